"""Playing with programs of every kind: who is given the name when, and what is hostile."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from harness.client_scenario import read_client_scenario
from harness.clients import ClientRun, ClientSpec, judge_client, play_client, why_not
from harness.clients import happenings as happened
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.errors import UsageError
from harness.ports import free_port
from harness.reference_chat import reference_client
from harness.source import loads, validated
from harness.verdict import Outcome, Verdict

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

HEAD = "format: 1\nscenario: a test\n"
CHAT = """\
story:
  - {joins: true}
  - {server-sends: {from: bob, say: "{sentence}"}}
  - {shows: {from: bob}}
  - {types: "{sentence}"}
  - {server-hears: true}
  - {server-hears-nothing: true}
  - {shows-not: Traceback}
"""
LINES = """\
name: mine
about: a test
nickname: {ends: lf}
said: {ends: lf}
heard: {ends: lf}
relay: "<{nick}> {message}"
"""
ASKS_FIRST = """
import socket, sys, threading
name = sys.argv[3] if len(sys.argv) > 3 else input("Who are you? ")
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
sock.sendall(name.encode() + b"\\n")
def hear():
    for line in sock.makefile(encoding="utf-8"):
        print(line, end="", flush=True)
    print("no server any more")
threading.Thread(target=hear, daemon=True).start()
try:
    while True:
        sock.sendall(input().encode() + b"\\n")
except (EOFError, KeyboardInterrupt):
    sock.close()
"""


def dialect(text: str) -> Dialect:
    return validated(loads(text, "dialect"), Dialect)


def python(program: str, *words: str) -> ClientSpec:
    return ClientSpec((sys.executable, "-c", program.replace("{", "{{"), *words))


def played(
    spec: ClientSpec,
    spoken: Dialect,
    story: str = CHAT,
    *,
    terminal: bool = True,
    folder: Path | None = None,
) -> tuple[Verdict, ClientRun]:
    scenario = read_client_scenario(loads(HEAD + story, "test"))
    assert why_not(scenario, spoken) == ""
    run = asyncio.run(
        play_client(
            scenario,
            spoken,
            spec,
            terminal=terminal,
            seed=1,
            folder=folder,
            isolation="subreaper",
        )
    )
    return judge_client(scenario, spoken, run), run


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("name", ["raw", "lines", "nick"])
def test_the_reference_client_passes(name: str, terminal: bool) -> None:
    spec = ClientSpec(reference_client(name))
    verdict, run = played(spec, load_dialect(name), terminal=terminal)
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())


@pytest.mark.parametrize("terminal", [True, False])
def test_a_client_that_asks_before_it_connects(terminal: bool) -> None:
    spoken = dialect(LINES + "client: {nickname: before connecting}\n")
    spec = python(ASKS_FIRST, "{host}", "{port}")
    verdict, run = played(spec, spoken, terminal=terminal)
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())


@pytest.mark.parametrize("terminal", [True, False])
def test_a_client_that_is_given_the_name(terminal: bool) -> None:
    spec = python(ASKS_FIRST, "{host}", "{port}", "{nick}")
    verdict, run = played(spec, dialect(LINES), terminal=terminal)
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())


def test_a_dialect_that_wants_the_name_in_the_command_has_to_get_it() -> None:
    spoken = dialect(LINES + "client: {nickname: argument}\n")
    with pytest.raises(UsageError, match=r"needs \{nick\}"):
        played(python("pass", "{host}"), spoken)


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="command not found"):
        played(ClientSpec("/no/such/program"), dialect(LINES))


def test_a_fixed_port_is_listened_on() -> None:
    with free_port() as lease:
        command = python(ASKS_FIRST, "127.0.0.1", str(lease.port), "{nick}").command
        verdict, run = played(ClientSpec(command, port=lease.port), dialect(LINES))
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())


@pytest.mark.parametrize("terminal", [True, False])
def test_what_prints_without_end_is_stopped(terminal: bool) -> None:
    program = "import os\nwhile True: os.write(1, b'x' * 4000 + b'\\n')"
    verdict, run = played(python(program), dialect(LINES), terminal=terminal)
    assert verdict.outcome is not Outcome.PASS
    assert any(isinstance(one, happened.TooMuch) for one in run.happenings)
    assert len(run.output) < 4 << 20
    assert len(run.wire_log()) < 1 << 20


def test_what_sends_without_end_is_stopped() -> None:
    program = (
        "import socket, sys\n"
        "s = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "while True: s.sendall(b'x' * 60000)"
    )
    verdict, _ = played(python(program, "{host}", "{port}"), dialect(LINES))
    assert verdict.outcome is not Outcome.PASS


def test_what_connects_without_end_is_stopped() -> None:
    program = (
        "import socket, sys, time\n"
        "s = [socket.create_connection((sys.argv[1], int(sys.argv[2]))) for _ in range(21)]\n"
        "time.sleep(60)"
    )
    verdict, run = played(python(program, "{host}", "{port}"), dialect(LINES))
    assert verdict.outcome is not Outcome.PASS
    assert any(isinstance(one, happened.TooMuch) for one in run.happenings)


def test_what_it_leaves_behind_is_ended(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    program = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        f"    open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(600)\n"
        f"while not os.path.exists({str(note)!r}): time.sleep(0.01)\n"
    )
    played(python(program), dialect(LINES), terminal=False)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text(encoding="ascii")), 0)


def test_a_folder_keeps_what_was_seen(tmp_path: Path) -> None:
    spec = python(ASKS_FIRST, "{host}", "{port}", "{nick}")
    _, run = played(spec, dialect(LINES), folder=tmp_path)
    assert (tmp_path / "client.log").read_bytes() == run.output
    assert "person   types" in (tmp_path / "wire.txt").read_text(encoding="utf-8")
    assert "\x1b" not in run.wire_log()


def test_the_same_seed_says_the_same() -> None:
    spec = python(ASKS_FIRST, "{host}", "{port}", "{nick}")
    first, second = (played(spec, dialect(LINES))[1] for _ in range(2))
    assert first.script == second.script


def test_what_a_dialect_cannot_carry_is_told() -> None:
    needing = read_client_scenario(loads(HEAD + "needs: prompt\n" + CHAT, "test"))
    assert "the client speaks first" in why_not(needing, dialect(LINES))
    letters = read_client_scenario(loads(HEAD + CHAT.replace("{sentence}", "\u0416"), "test"))
    assert why_not(letters, dialect(LINES + "encoding: latin-1\n"))
