"""`harness.lifecycle`: what real servers do when they are told to stop, to end, to start again."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness import deadlines, lifecycle
from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.dialect_files import load_dialect
from harness.events import Bitten, Ending, Failure, Kind, Role, ServerDone, ServerTold
from harness.lifecycle import Lifecycle
from harness.ports import free_port
from harness.recorder import Recorder
from harness.scenario import ServerAct
from harness.target import Target, TargetSpec, launch
from harness.tokens import mint
from harness.user import User
from harness.watch import Watch

WAIT = 60.0
# A room with a thread for each; what it does otherwise is told behind the port.
SERVER = """
import os, signal, socket, sys, threading, time
port, *flags = sys.argv[1:]
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.signal(signal.SIGINT, signal.SIG_IGN if "deaf" in flags else lambda *_: os._exit(0))
if "apart" in flags and os.fork():
    while True:
        signal.pause()
elif "apart" in flags:
    os.setsid()
listener = socket.socket()
if "lingers" not in flags:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(port)))
listener.listen(50)
members, lock = {}, threading.Lock()
def serve(sock):
    sock.sendall(b"nickname")
    nick = sock.recv(4096)
    with lock:
        members[sock] = nick
    while data := sock.recv(4096):
        with lock:
            for each in members:
                if each is not sock:
                    each.sendall(nick + b": " + data)
    with lock:
        del members[sock]
    sock.close()
while True:
    sock = listener.accept()[0]
    if "forks" not in flags:
        threading.Thread(target=serve, args=(sock,), daemon=True).start()
    elif not os.fork():
        os.setsid()
        sock.sendall(b"nickname")
        time.sleep(1000)
    else:
        sock.close()
"""


class Scene:
    """A server that runs, and what can be done with it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        recorder = Recorder(load_dialect("raw"), None)
        self.crew = Crew(recorder, target, Watch(recorder, target), 1.0, 10)
        self.beacons = Beacons(self.crew)
        self.lifecycle = Lifecycle(self.crew, self.beacons)

    async def tell(self, act: ServerAct, within: float | None = None) -> None:
        await self.lifecycle.tell(act, 3, within)

    async def fails(self, act: ServerAct, within: float | None = None) -> StepFailureError:
        with pytest.raises(StepFailureError) as caught:
            await self.tell(act, within)
        return caught.value

    async def join(self, name: str) -> User:
        user = self.crew.enrol(name, name, Role.PERSON)
        async with self.beacons.talking():
            return await self.crew.join(user)

    async def heard(self, speaker: User, listener: User) -> None:
        token = mint(speaker.conn, speaker.said)
        message = speaker.say(token, token, Kind.STORY)
        assert await listener.until(lambda: listener.has_heard(message), WAIT)

    def acts(self) -> list[str]:
        kinds = (ServerTold, ServerDone)
        history = self.crew.recorder.history
        return [f"{event.TAG} {event.act}" for event in history if isinstance(event, kinds)]

    def bites(self) -> list[tuple[int, int, str]]:
        history = self.crew.recorder.history
        found = [event for event in history if isinstance(event, Bitten)]
        return [(event.conn, event.bit, event.proof) for event in found]

    async def reset_all(self) -> None:
        for user in self.crew.users.values():
            user.abort()
            await user.until_closed()


@pytest.fixture
def none_left() -> Iterator[None]:
    """Afterwards this process has no child that it did not have before."""
    before = psutil.Process().children()
    yield
    assert psutil.Process().children() == before


pytestmark = pytest.mark.usefixtures("none_left")


@contextlib.asynccontextmanager
async def scene_of(*flags: str, command: tuple[str, ...] = ()) -> AsyncIterator[Scene]:
    lease = free_port("127.0.0.1")
    code = SERVER.replace("{", "{{")
    words = command or (sys.executable, "-I", "-S", "-c", code, "{port}", *flags)
    async with asyncio.timeout(WAIT):
        try:
            target = await launch(TargetSpec(words, port=lease.port), None)
            scene = Scene(target)
            try:
                yield scene
            finally:
                scene.beacons.close()
                scene.crew.cutter.close()
                await scene.reset_all()
                await target.stop(grace=0)
        finally:
            lease.release()


async def until(true: Callable[[], bool]) -> None:
    while not true():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0.005)


def is_quiet(port: int) -> bool:
    """Tell whether a server without SO_REUSEADDR could start there now."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# Stopping


def test_a_stopped_server_serves_again_once_it_is_continued() -> None:
    async def main() -> None:
        async with scene_of() as scene:
            alice, bob = await scene.join("alice"), await scene.join("bob")
            await scene.tell(ServerAct.STOP)
            assert scene.target.is_stopped()
            assert scene.bites() == [(-1, 1, "its processes were stopped")]
            assert scene.lifecycle.runs
            token = mint(alice.conn, alice.said)
            message = alice.say(token, token, Kind.STORY)
            assert scene.crew.cutter.has_read(alice) in (False, None)
            await scene.tell(ServerAct.CONTINUE)
            assert await bob.until(lambda: bob.has_heard(message), WAIT)
            assert not scene.target.is_stopped()
            assert scene.acts() == [
                *("server-told stop", "server-done stop"),
                *("server-told continue", "server-done continue"),
            ]
            assert alice.present

    asyncio.run(main())


def test_a_server_that_works_elsewhere_is_not_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "STOPS_WITHIN", 0.1)

    async def main() -> None:
        async with scene_of("apart") as scene:
            alice, bob = await scene.join("alice"), await scene.join("bob")
            await scene.tell(ServerAct.STOP)
            assert scene.bites() == [(-1, 0, "its processes went on")]
            await scene.heard(alice, bob)

    asyncio.run(main())


# Ending


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (ServerAct.INTERRUPT, 0),
        (ServerAct.TERMINATE, 0),
        (ServerAct.KILL, -signal.SIGKILL),
    ],
)
def test_everyone_is_out_before_it_is_told_to_end(act: ServerAct, status: int) -> None:
    async def main() -> None:
        async with scene_of() as scene:
            alice = await scene.join("alice")
            await scene.tell(act, within=WAIT)
            assert await scene.target.exited == status
            assert scene.acts() == [f"server-told {act}", f"server-done {act}"]
            assert not scene.lifecycle.runs
            history = scene.crew.recorder.history
            [told] = [event for event in history if isinstance(event, ServerTold)]
            for user in (alice, *scene.beacons.pair):
                assert user.attendance.how is Ending.SERVER
                assert (user.attendance.leaving or 0) <= told.at
                assert not user.attendance.thrown_out
                assert await user.until(user.is_gone, WAIT)
            assert scene.beacons.alive == []

    asyncio.run(main())


def test_a_stopped_server_can_be_killed() -> None:
    async def main() -> None:
        async with scene_of() as scene:
            await scene.join("alice")
            await scene.tell(ServerAct.STOP)
            await scene.tell(ServerAct.KILL, within=WAIT)
            assert await scene.target.exited == -signal.SIGKILL

    asyncio.run(main())


def test_a_server_that_ignores_it_is_killed_after_the_deadline() -> None:
    async def main() -> None:
        async with scene_of("deaf") as scene:
            alice = await scene.join("alice")
            told = await scene.fails(ServerAct.INTERRUPT, within=0.2)
            assert (told.failure, told.deadline) == (Failure.STOP, 0.2)
            assert await scene.target.exited == -signal.SIGKILL
            assert scene.acts() == ["server-told interrupt"]
            assert not scene.lifecycle.runs
            assert alice.attendance.how is Ending.SERVER

    asyncio.run(main())


def test_a_server_that_ends_has_the_usual_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "SERVER_ENDS", 0.1)

    async def main() -> None:
        async with scene_of("deaf") as scene:
            await scene.join("alice")
            scene.crew.patience = 2
            told = await scene.fails(ServerAct.INTERRUPT)
            assert (told.failure, told.deadline) == (Failure.STOP, 0.2)

    asyncio.run(main())


def test_a_server_whose_children_keep_connections_open() -> None:
    async def main() -> None:
        async with scene_of("forks") as scene:
            user = await scene.crew.connect_first(
                lambda: scene.crew.enrol("alice", "alice", Role.PERSON)
            )
            told = await scene.fails(ServerAct.INTERRUPT, within=1.0)
            assert (told.failure, told.note) == (Failure.CONNECTIONS, "alice did not read the end")
            assert await scene.target.exited == 0
            assert not user.is_gone()

    asyncio.run(main())


def test_who_is_frozen_reads_no_end_and_is_not_waited_for() -> None:
    async def main() -> None:
        async with scene_of() as scene:
            alice = await scene.join("alice")
            alice.freeze()
            await scene.tell(ServerAct.INTERRUPT, within=WAIT)
            assert not alice.is_gone()

    asyncio.run(main())


# Starting again


def test_it_starts_again_on_its_port_and_everyone_may_come_back() -> None:
    async def main() -> None:
        async with scene_of() as scene:
            before = [await scene.join(name) for name in ("alice", "bob")]
            pids, pair = scene.target.pids(), scene.beacons.pair
            await scene.tell(ServerAct.RESTART)
            assert scene.lifecycle.runs
            assert not set(scene.target.pids()) & set(pids)
            assert not set(scene.beacons.pair) & set(pair)
            assert scene.acts() == [
                *("server-told interrupt", "server-told restart", "server-done restart")
            ]
            assert not any(user.present for user in before)
            alice, bob = [await scene.join(name) for name in ("alice", "bob")]
            await scene.heard(alice, bob)
            # And once more: what it left behind does not pile up.
            await scene.tell(ServerAct.RESTART)
            assert len(scene.beacons.alive) == 2

    asyncio.run(main())


@pytest.mark.parametrize("act", [ServerAct.KILL, ServerAct.TERMINATE])
def test_it_may_start_again_after_another_end(act: ServerAct) -> None:
    async def main() -> None:
        async with scene_of() as scene:
            await scene.join("alice")
            await scene.tell(act, within=WAIT)
            await scene.tell(ServerAct.RESTART)
            assert scene.acts()[2:] == ["server-told restart", "server-done restart"]
            assert scene.lifecycle.runs
            assert (await scene.join("alice")).present

    asyncio.run(main())


def test_afterwards_its_port_is_quiet() -> None:
    async def main() -> None:
        async with scene_of() as scene:
            await scene.join("alice")
            await scene.tell(ServerAct.RESTART)
            await scene.join("alice")
            await scene.tell(ServerAct.INTERRUPT, within=WAIT)
            await scene.reset_all()
            assert is_quiet(scene.target.port)

    asyncio.run(main())


def _ended_with(exited: "asyncio.Future[int]", status: int) -> bool:
    return exited.done() and exited.result() == status


def test_connections_that_it_closed_first_are_in_its_way_and_then_no_more() -> None:
    async def main() -> None:
        async with scene_of("lingers") as scene:
            await scene.join("alice")
            before = list(scene.crew.users.values())
            restart = asyncio.create_task(scene.tell(ServerAct.RESTART, within=WAIT))
            # It cannot bind, and says so; a run would end here, as nobody listens any more.
            await until(lambda: b"Address already in use" in scene.target.output())
            # What it says may be there before the harness knows the process that says it.
            await until(lambda: _ended_with(scene.target.exited, 1))
            assert not is_quiet(scene.target.port)
            restart.cancel()
            await asyncio.wait([restart])
            assert scene.acts() == ["server-told interrupt", "server-told restart"]
            for user in before:
                await user.until_closed()
            assert is_quiet(scene.target.port)

    asyncio.run(main())


def test_one_that_had_to_be_killed_is_started_again_all_the_same() -> None:
    async def main() -> None:
        async with scene_of("deaf") as scene:
            await scene.join("alice")
            told = await scene.fails(ServerAct.RESTART, within=0.2)
            assert (told.failure, told.deadline) == (Failure.STOP, 0.2)
            assert scene.acts() == [
                *("server-told interrupt", "server-told restart", "server-done restart")
            ]
            assert scene.lifecycle.runs
            assert (await scene.join("alice")).present

    asyncio.run(main())


def test_nobody_listens_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with scene_of("lingers") as scene:
            await scene.join("alice")
            await scene.tell(ServerAct.INTERRUPT, within=WAIT)
            monkeypatch.setattr(deadlines, "LISTENING", 0.0)
            told = await scene.fails(ServerAct.RESTART)
            assert (told.failure, told.deadline) == (Failure.RESTART, 0.0)
            assert scene.acts()[-1] == "server-told restart"
            await scene.target.stop(grace=0)
            await scene.reset_all()
            assert is_quiet(scene.target.port)

    asyncio.run(main())


def test_a_program_that_has_vanished_cannot_start_again(tmp_path: Path) -> None:
    program = tmp_path / "server"
    (tmp_path / "server.py").write_text(SERVER)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {tmp_path}/server.py "$@"\n')
    program.chmod(0o755)

    async def main() -> None:
        async with scene_of(command=(str(program), "{port}")) as scene:
            alice = await scene.join("alice")
            program.unlink()
            told = await scene.fails(ServerAct.RESTART)
            assert told.failure is Failure.RESTART
            assert "command not found" in told.note
            assert not scene.lifecycle.runs
            # Nothing waits on its port all the same.
            await alice.until_closed()
            assert is_quiet(scene.target.port)

    asyncio.run(main())


def test_a_beginning_that_is_cut_short_leaves_nothing() -> None:
    async def main() -> None:
        async with scene_of() as scene:
            alice = await scene.join("alice")
            telling: Awaitable[None] = scene.tell(ServerAct.RESTART)
            task = asyncio.ensure_future(telling)
            await until(lambda: "server-told restart" in scene.acts())
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            await alice.until_closed()
            await scene.target.stop()
            assert scene.target.pids() == []
            assert is_quiet(scene.target.port)

    asyncio.run(main())
