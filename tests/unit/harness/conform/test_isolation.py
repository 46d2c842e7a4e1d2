"""A program under test has a network of its own, and does not see the harness."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.conform.implementation import Implementation
from harness.conform.isolate import isolate
from harness.conform.playing import to_hide
from harness.conform.suite import has_network

needs_network = pytest.mark.skipif(not has_network(), reason="no network of one's own is allowed")


def in_a_child(act: Callable[[], bool]) -> bool:
    """Run `act` in a process of its own; whether it returned true."""
    pid = os.fork()
    if not pid:
        try:
            os._exit(0 if act() else 1)
        finally:
            os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@needs_network
def test_in_there_a_used_port_is_free_and_loopback_works() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        def act() -> bool:
            assert isolate()
            with (
                socket.create_server(("127.0.0.1", port)) as own,
                socket.create_connection(own.getsockname(), timeout=5) as client,
            ):
                return bool(client.getpeername()[1] == port)

        assert in_a_child(act)


@needs_network
def test_in_there_nobody_else_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as outside:

        def act() -> bool:
            assert isolate()
            with socket.socket() as client:
                return client.connect_ex(outside.getsockname()) != 0

        assert in_a_child(act)


def test_elsewhere_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not isolate()


PACKAGE = Path(__file__).parents[4] / "harness"


def test_the_harness_the_reference_and_the_suite_are_hidden() -> None:
    import harness.places  # noqa: PLC0415

    hidden = to_hide(Implementation("x", command="python my_server.py {port}"))
    assert str(Path(harness.places.__file__).parent) in hidden
    assert str(harness.places.scenario_folder()) in hidden


@pytest.mark.parametrize(
    "command", [None, "python -m reference.server --port {port}", "python -m harness.x"]
)
def test_what_is_named_openly_is_not_hidden(command: str | None) -> None:
    assert to_hide(Implementation("x", command=command)) == ()
