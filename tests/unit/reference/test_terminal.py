"""The client at a terminal is tested in a pseudo-terminal, with prompt_toolkit and without."""

from __future__ import annotations

import importlib.util
import os
import pty
import re
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

    from tests.unit.reference.conftest import Peer

BOUND = 60.0
SEQUENCE = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|[=>]|\][^\x07]*\x07)")
# Ctrl-C becomes a signal only where the terminal controls the session.
AS_A_SESSION = """
import os, sys
os.login_tty(0)
os.execv(sys.executable, [sys.executable, "-m", "reference.client", "--port", *sys.argv[1:]])
"""
has_toolkit = importlib.util.find_spec("prompt_toolkit") is not None


class Terminal:
    """A client in a pseudo-terminal, and what it has written there."""

    def __init__(self, port: int, environment: dict[str, str], *arguments: str) -> None:
        self.screen = ""
        self._bytes = b""
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", AS_A_SESSION, str(port), *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
        )
        os.close(slave)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode("utf-8", "surrogateescape"))

    def wait_for(self, wanted: str) -> None:
        while wanted not in self.screen:
            assert select.select([self.master], [], [], BOUND)[0], self.screen
            assert self._read(), self.screen

    def end(self) -> int:
        """Its exit status; the screen is complete then."""
        while self._read():
            pass
        return self.process.wait(BOUND)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(BOUND)
        os.close(self.master)

    def _read(self) -> bytes:
        try:
            data = os.read(self.master, 65536)
        except OSError:  # nobody has the other side any more
            return b""
        self._bytes += data
        self.screen = SEQUENCE.sub("", self._bytes.decode("utf-8", "replace"))
        return data


@pytest.fixture(params=["prompt_toolkit", "plain"])
def environment(request: pytest.FixtureRequest, tmp_path: Path, python_path: str) -> dict[str, str]:
    """An environment in which prompt_toolkit is there, or is not."""
    if request.param == "plain":
        hidden = 'raise ImportError("not installed")\n'
        (tmp_path / "prompt_toolkit.py").write_text(hidden)
        python_path = f"{tmp_path}{os.pathsep}{python_path}"
    elif not has_toolkit:
        pytest.skip("prompt_toolkit is not installed")
    changes = {"PYTHONPATH": python_path, "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    return dict(os.environ) | changes


@pytest.fixture
def terminal(environment: dict[str, str], listener: socket.socket, cleanup: ExitStack) -> Terminal:
    started = Terminal(listener.getsockname()[1], environment)
    cleanup.callback(started.close)
    return started


def test_what_arrives_is_shown_while_a_line_is_typed(
    terminal: Terminal, accept: Callable[[], Peer]
) -> None:
    server = accept()
    terminal.wait_for("Connected to")
    server.send(b"nickname")
    terminal.wait_for("Choose a nickname:")
    terminal.type("Зоя\n")
    assert server.read(6) == "Зоя".encode()
    terminal.type("half a li")
    terminal.wait_for("half a li")
    server.send(b"bob: \x1b]0;title\x07 hi")
    terminal.wait_for("bob: \\x1b]0;title\\x07 hi")
    terminal.type("ne\n")
    assert server.read(11) == b"half a line"
    server.socket.close()
    assert terminal.end() == 0
    assert "The server has closed the connection" in terminal.screen
    assert "Traceback" not in terminal.screen


def test_what_is_typed_ahead_is_sent_before_the_end_of_input(
    terminal: Terminal, accept: Callable[[], Peer]
) -> None:
    server = accept()
    server.send(b"nickname")
    terminal.wait_for("Choose a nickname:")
    terminal.type("ann\none\n\ntwo\n\x04")
    assert server.read_to_end() == b"annonetwo"
    server.socket.close()
    assert terminal.end() == 0


@pytest.mark.parametrize("environment", ["prompt_toolkit"], indirect=True)
@pytest.mark.parametrize(("dialect", "prompt"), [("raw", b"nickname"), ("nick", b"NICK")])
def test_a_line_stays_unless_the_server_sends_it_back(
    environment: dict[str, str],
    listener: socket.socket,
    accept: Callable[[], Peer],
    cleanup: ExitStack,
    dialect: str,
    prompt: bytes,
) -> None:
    port = listener.getsockname()[1]
    terminal = Terminal(port, environment, "--dialect", dialect, "--nick", "ann")
    cleanup.callback(terminal.close)
    server = accept()
    server.send(prompt)
    assert server.read(3) == b"ann"
    said = b"ann: hi" if dialect == "nick" else b"hi"
    terminal.wait_for(">")
    terminal.type("hi\n")
    assert server.read(len(said)) == said
    server.send(b"ann: hi")
    terminal.wait_for("ann: hi")
    server.socket.close()
    assert terminal.end() == 0
    assert bool(re.search("> hi\r+\n", terminal.screen)) == (dialect == "raw")


@pytest.mark.parametrize("key", ["\x03", "\x04"])
@pytest.mark.parametrize("named", [False, True])
def test_ctrl_c_and_ctrl_d_end_it(
    terminal: Terminal, accept: Callable[[], Peer], key: str, *, named: bool
) -> None:
    server = accept()
    server.send(b"nickname")
    terminal.wait_for("Choose a nickname:")
    if named:
        terminal.type("ann\n")
        assert server.read(3) == b"ann"
        server.send(b"bob: hi")
        terminal.wait_for("bob: hi")
    terminal.type(key)
    assert server.read_to_end() == b""
    server.socket.close()
    assert terminal.end() == 0
    assert "Traceback" not in terminal.screen


def test_a_server_that_is_gone_ends_it_in_the_middle_of_a_line(
    terminal: Terminal, accept: Callable[[], Peer]
) -> None:
    server = accept()
    server.send(b"nickname")
    terminal.wait_for("Choose a nickname:")
    terminal.type("an")
    terminal.wait_for("an")
    server.reset()
    assert terminal.end() == 0
    assert "The connection to the server is broken" in terminal.screen
    assert "Traceback" not in terminal.screen
