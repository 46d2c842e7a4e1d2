"""`harness.run`: the parts of a run in their order, and its end in any case."""

import asyncio
import os
import resource
import signal
import socket
import sys
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psutil
import pytest

from harness import events, run
from harness.dialect_files import load_dialect
from harness.errors import UsageError
from harness.events import Ending, Failure, Role, Stage
from harness.history import read_history
from harness.plan import Plan
from harness.planning import make_plan
from harness.ports import free_port
from harness.run import RunResult, RunState, run_plan
from harness.scenario import read_scenario
from harness.source import loads
from harness.target import TargetSpec
from harness.transcript import Transcript

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
Room = Callable[..., Handler]
WAIT = 30.0
RAW = load_dialect("raw")
HEAD = "format: 1\nscenario: A test\npeople: {alice: , bob: }\nstory:\n"
TALK = (
    "{who: everyone, join: true}",
    "{who: alice, say: hello, times: 3}",
    "{who: bob, hears: {from: alice}}",
)
LONG = (*TALK, "{wait: 10m}")


def plan_of(*steps: str, patience: float = 1.0) -> Plan:
    text = HEAD + "".join(f"  - {step}\n" for step in steps)
    scenario = read_scenario(loads(text, "test.yaml"))
    return make_plan(scenario, RAW, name="test", seed=1, patience=patience)


def transcript_of(result: RunResult) -> Transcript:
    return Transcript.of(RAW, result.history)


def stages(result: RunResult) -> list[Stage]:
    return [stage for _, stage in transcript_of(result).stages]


def at(port: int) -> TargetSpec:
    return TargetSpec(connect=("127.0.0.1", port))


async def bounded(doing: Awaitable[RunResult]) -> RunResult:
    async with asyncio.timeout(WAIT):
        return await doing


def test_a_run_goes_through_its_stages_and_shows_how_far_it_is(
    serve: Serve, room: Room, tmp_path: Path
) -> None:
    shown: list[RunState] = []

    async def main() -> RunResult:
        async with serve(room()) as port:
            return await bounded(run_plan(plan_of(*TALK), RAW, at(port), tmp_path, shown.append))

    result = asyncio.run(main())
    assert stages(result) == list(Stage)
    assert not result.interrupted
    assert result.exit_status is None
    assert transcript_of(result).failures == []
    newcomers = [p for p in transcript_of(result).people.values() if p.role is Role.NEWCOMER]
    assert [one.joined is not None for one in newcomers] == [True]
    assert shown
    assert all(0 <= state.people_in <= 2 for state in shown)
    assert list(read_history(tmp_path / "history.jsonl")) == result.history.events


def test_without_a_folder_nothing_is_written(serve: Serve, room: Room) -> None:
    async def main() -> RunResult:
        async with serve(room()) as port:
            return await bounded(run_plan(plan_of(*TALK), RAW, at(port), None))

    assert stages(asyncio.run(main()))[-1] is Stage.DONE


def test_nobody_ever_listens(deaf_port: int) -> None:
    async def main() -> RunResult:
        return await bounded(run_plan(plan_of(*TALK, patience=0.01), RAW, at(deaf_port), None))

    result = asyncio.run(main())
    assert [one.failure for one in transcript_of(result).failures] == [Failure.LISTENING]
    assert stages(result) == [Stage.STORY]


def test_a_failure_of_the_beacons_is_theirs(serve: Serve) -> None:
    async def closes(_reader: Reader, _writer: Writer) -> None:
        pass

    async def main() -> RunResult:
        async with serve(closes) as port:
            return await bounded(run_plan(plan_of(*TALK), RAW, at(port), None))

    transcript = transcript_of(asyncio.run(main()))
    [failure] = transcript.failures
    assert failure.person == "beacon-1"
    assert transcript.people[failure.conn].role is Role.BEACON
    assert transcript.steps == {}


def test_a_newcomer_who_is_not_served_is_reported(serve: Serve, room: Room) -> None:
    async def main() -> RunResult:
        handle, count = room(), 0

        async def few(reader: Reader, writer: Writer) -> None:
            nonlocal count
            count += 1
            if count <= 4:
                await handle(reader, writer)

        async with serve(few) as port:
            return await bounded(run_plan(plan_of(*TALK), RAW, at(port), None))

    [failure] = transcript_of(asyncio.run(main())).failures
    assert (failure.person, failure.failure) == ("newcomer", Failure.DISCONNECTED)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_and_loses_nothing(
    serve: Serve, room: Room, tmp_path: Path, signum: signal.Signals
) -> None:
    def interrupt(state: RunState) -> None:
        if state.step.startswith("wait"):
            os.kill(os.getpid(), signum)

    async def main() -> RunResult:
        async with serve(room()) as port:
            plan = plan_of(*LONG)
            return await bounded(run_plan(plan, RAW, at(port), tmp_path, interrupt))

    result = asyncio.run(main())
    assert result.interrupted
    assert stages(result) == [Stage.STORY]
    assert list(read_history(tmp_path / "history.jsonl")) == result.history.events
    assert any(isinstance(event, events.Said) for event in result.history)


def test_noise_without_end_cuts_it_short(serve: Serve, room: Room) -> None:
    async def main() -> RunResult:
        noise = b"\xff?" * 5_000_000
        loud = room(lambda _s, _r, data: data + noise if b"hello" in data else data)
        async with serve(loud) as port:
            return await bounded(run_plan(plan_of(*LONG), RAW, at(port), None))

    result = asyncio.run(main())
    assert transcript_of(result).noise is not None
    assert sum(len(e.data) for e in result.history if isinstance(e, events.Read)) < 5_000_000


def test_our_own_mistake_ends_it_and_the_history_is_whole(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    observe = Transcript.observe

    def stumble(self: Transcript, event: events.Event) -> None:
        if isinstance(event, events.Said) and event.kind is events.Kind.STORY:
            raise ZeroDivisionError
        observe(self, event)

    async def main() -> RunResult:
        async with serve(room()) as port:
            return await bounded(run_plan(plan_of(*LONG), RAW, at(port), None))

    with monkeypatch.context() as patch:
        patch.setattr(Transcript, "observe", stumble)
        result = asyncio.run(main())
    assert any(isinstance(event, events.Said) for event in result.history)


SERVER = """
import os, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("here", flush=True)
listener.accept()[0].sendall(b"nickname")
os._exit(3)
"""


def test_a_server_that_ends_is_noticed_and_gone(tmp_path: Path) -> None:
    async def main() -> RunResult:
        spec = TargetSpec(command=(sys.executable, "-c", SERVER, "{port}"))
        return await bounded(run_plan(plan_of(*LONG), RAW, spec, tmp_path))

    before = psutil.Process().children()
    result = asyncio.run(main())
    assert result.exit_status == 3
    assert [one.status for one in transcript_of(result).exits] == [3]
    assert result.output == b"here\n"
    assert (tmp_path / "server.log").read_bytes() == b"here\n"
    assert psutil.Process().children() == before


def test_too_many_people_for_this_machine_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (20, 60))

    async def main() -> RunResult:
        return await bounded(run_plan(plan_of(*TALK), RAW, at(1), None))

    with pytest.raises(UsageError, match="needs 66 open files and the system allows 60"):
        asyncio.run(main())


def test_as_many_files_as_the_system_allows_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (256, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda *limits: asked.append(limits))
    run._allow_files(300)  # noqa: SLF001
    assert asked == [(resource.RLIMIT_NOFILE, (4096, 4096))]


# What is done to the server


CHAT = """
import contextlib, os, signal, socket, sys, threading
port, *flags = sys.argv[1:]
signal.signal(signal.SIGINT, signal.SIG_IGN if "deaf" in flags else lambda *_: os._exit(0))
signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
listener = socket.socket()
if "lingers" not in flags:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(port)))
listener.listen(50)
members, lock = {}, threading.Lock()
def heard(sock):
    with contextlib.suppress(OSError):
        return sock.recv(4096)
def serve(sock):
    sock.sendall(b"nickname")
    nick = heard(sock)
    with lock:
        members[sock] = nick
    while data := heard(sock):
        if b"die" in data:
            os._exit(5)
        with lock:
            for each in members:
                with contextlib.suppress(OSError):
                    each is sock or each.sendall(nick + b": " + data)
    with lock:
        del members[sock]
    sock.close()
while True:
    sock = listener.accept()[0]
    threading.Thread(target=serve, args=(sock,), daemon=True).start()
"""
AGAIN = (*TALK, "{server: restart}", *TALK)


def played(*steps: str, flags: tuple[str, ...] = ()) -> RunResult:
    """Run a story with a server of its own; afterwards no process is left and its port is quiet."""
    before = psutil.Process().children()
    lease = free_port("127.0.0.1")
    words = (sys.executable, "-I", "-S", "-c", CHAT.replace("{", "{{"), "{port}", *flags)

    async def main() -> RunResult:
        spec = TargetSpec(command=words, port=lease.port)
        return await bounded(run_plan(plan_of(*steps), RAW, spec, None))

    try:
        result = asyncio.run(main())
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", lease.port))
    finally:
        lease.release()
    assert psutil.Process().children() == before
    return result


def test_a_server_that_starts_again_is_served_to_the_end() -> None:
    result = played(*AGAIN)
    transcript = transcript_of(result)
    assert transcript.failures == []
    assert stages(result) == list(Stage)
    assert (transcript.exits, transcript.false_starts) == ([], [])
    assert [end.status for end in transcript.ends] == [0]
    alices = [one for one in transcript.people.values() if one.person == "alice"]
    assert [one.how for one in alices] == [Ending.SERVER, None]
    assert transcript.addresses == ["127.0.0.1"]
    assert transcript.programs


@pytest.mark.parametrize(
    ("act", "status"), [("interrupt", 0), ("terminate", 7), ("kill", -signal.SIGKILL)]
)
def test_an_end_that_was_asked_for_ends_nothing_else(act: str, status: int) -> None:
    result = played(*TALK, f"{{server: {act}}}", "{wait: 300ms}")
    transcript = transcript_of(result)
    assert transcript.failures == []
    # Nobody is there whom a newcomer could join.
    assert stages(result) == [stage for stage in Stage if stage is not Stage.ALIVE]
    assert (transcript.exits, [end.status for end in transcript.ends]) == ([], [status])
    assert result.exit_status is None  # it is for what nobody had asked for
    assert all(end is not None for _, end in transcript.steps.values())


def test_a_server_that_ignores_its_signal_is_ended_and_the_run_goes_on() -> None:
    result = played(*TALK, "{server: interrupt, within: 300ms}", flags=("deaf",))
    transcript = transcript_of(result)
    assert [(one.failure, one.deadline) for one in transcript.failures] == [(Failure.STOP, 0.3)]
    assert [end.status for end in transcript.ends] == [-signal.SIGKILL]
    assert stages(result)[-1] is Stage.DONE


def test_a_server_whose_port_is_in_use_is_a_false_start_and_its_port_is_quiet_afterwards() -> None:
    result = played(*AGAIN, flags=("lingers",))
    transcript = transcript_of(result)
    assert [end.status for end in transcript.ends] == [0]
    failed = [one.failure for one in transcript.failures]
    assert failed == [Failure.RESTART] or [one.status for one in transcript.false_starts] == [1]
    assert transcript.exits == []
    assert b"Address already in use" in result.output
    assert Stage.ALIVE not in stages(result)


def test_a_stopped_server_goes_on() -> None:
    result = played(*TALK, "{server: stop}", "{wait: 50ms}", "{server: continue}", *TALK[1:])
    transcript = transcript_of(result)
    assert transcript.failures == []
    assert [(one.conn, one.bit) for one in transcript.bites] == [(-1, 1)]
    assert [one.act for one in transcript.done] == ["stop", "continue"]
    assert stages(result) == list(Stage)


def test_it_may_end_and_start_again_as_often_as_is_asked() -> None:
    steps = ("{server: kill}", "{server: restart}", *TALK)
    transcript = transcript_of(played(*AGAIN, *steps))
    assert transcript.failures == []
    assert [end.status for end in transcript.ends] == [0, -signal.SIGKILL]
    assert transcript.exits == []


def test_an_end_after_a_new_beginning_is_a_surprise_again() -> None:
    result = played(*AGAIN, "{who: alice, say: die}", "{wait: 10m}")
    transcript = transcript_of(result)
    assert [end.status for end in transcript.ends] == [0]
    assert [end.status for end in transcript.exits] == [5]
    assert stages(result) == [Stage.STORY]
