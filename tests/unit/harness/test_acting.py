"""`harness.acting`: the story is told as planned, and who fails is left out, visibly."""

import asyncio
import contextlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from itertools import pairwise

import pytest

from harness import events, kernel
from harness.acting import Story
from harness.attendance import Attendance
from harness.beacons import Beacons
from harness.crew import Crew, StepFailureError
from harness.dialect_files import load_dialect
from harness.events import Bitten, Ending, Failure, Kind, Silent
from harness.lifecycle import Lifecycle
from harness.planning import make_plan
from harness.recorder import Recorder
from harness.scenario import ServerAct, read_scenario
from harness.source import loads
from harness.target import Target
from harness.transcript import Transcript
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
Room = Callable[..., Handler]
WAIT = 30.0
HEAD = "format: 1\nscenario: A test\npeople: {alice: , bob: , carol: }\nstory:\n"
ALL_JOIN = "{who: everyone, join: true}"


@contextlib.asynccontextmanager
async def story_at(port: int, *steps: str, patience: float = 1.0) -> AsyncIterator[Story]:
    dialect = load_dialect("raw")
    text = HEAD + "".join(f"  - {step}\n" for step in steps)
    scenario = read_scenario(loads(text, "test.yaml"))
    plan = make_plan(scenario, dialect, name="test", seed=1, patience=patience)
    recorder = Recorder(dialect, None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), patience, plan.lives)
    beacons = Beacons(crew)
    async with asyncio.timeout(WAIT):
        try:
            yield Story(plan, crew, beacons)
        finally:
            beacons.close()
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


def transcript_of(story: Story) -> Transcript:
    return story.crew.recorder.transcript


def lives_of(story: Story, person: str) -> list[Attendance]:
    return [one for one in transcript_of(story).people.values() if one.person == person]


def failures(story: Story) -> list[tuple[int, str, Failure]]:
    return [(one.step, one.person, one.failure) for one in transcript_of(story).failures]


def skipped(story: Story) -> list[tuple[int, str]]:
    return [(one.step, one.person) for one in transcript_of(story).skipped]


def heard_by(story: Story, person: str) -> list[bytes]:
    listener = transcript_of(story).listeners[lives_of(story, person)[-1].conn]
    return [message.data for message in listener.messages if message.kind is Kind.STORY]


def test_everyone_does_what_is_planned(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (
            ALL_JOIN,
            "{who: alice, say: one, bare: true}",
            "{who: [bob, carol], hears: {from: alice}}",
            "{who: bob, say: two, bare: true, times: 2, every: 1ms}",
            "{who: [alice, carol], hears: {text: two}}",
            "{wait: 1ms}",
            "{who: carol, leave: true}",
            "{who: bob, drop: reset}",
            "{who: bob, join: true}",
        )
        shown = []
        async with serve(room()) as port, story_at(port, *steps) as story:
            story.on_step = lambda: shown.append(story.words)
            await story.tell()
            assert failures(story) == []
            assert skipped(story) == []
            assert heard_by(story, "alice") == [b"two", b"two"]
            assert heard_by(story, "carol") == [b"one", b"two", b"two"]
            assert [one.how for one in lives_of(story, "bob")] == [Ending.RESET, None]
            assert lives_of(story, "carol")[0].in_good_order
            assert len(shown) == len(steps)
            assert sorted(transcript_of(story).steps) == list(range(9))
            assert all(end is not None for _, end in transcript_of(story).steps.values())

    asyncio.run(main())


def test_a_step_begins_when_the_one_before_is_complete(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (ALL_JOIN, "{who: everyone, say: a, times: 3, every: 3ms}", "{who: bob, say: b}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            told = sorted(transcript_of(story).steps.items())
            for (_, (_, end)), (_, (begin, _)) in pairwise(told):
                assert end is not None
                assert end <= begin

    asyncio.run(main())


def test_messages_keep_an_absolute_schedule(serve: Serve, room: Room) -> None:
    async def main() -> None:
        say = "{who: alice, say: a, times: 5, every: 10ms, after: 20ms}"
        async with serve(room()) as port, story_at(port, ALL_JOIN, say) as story:
            await story.tell()
            begin, _ = transcript_of(story).steps[1]
            [alice] = lives_of(story, "alice")
            messages = transcript_of(story).voices.speeches[alice.conn].messages
            due = [message.due for message in messages]
            gaps = [b - a for a, b in pairwise(due)]
            assert all(abs(gap - 10_000_000) <= 1 for gap in gaps)
            assert due[0] >= begin + 20_000_000
            assert all(message.at >= message.due for message in messages)

    asyncio.run(main())


def test_together_runs_side_by_side(serve: Serve, room: Room) -> None:
    async def main() -> None:
        # Bob's step would never end if alice's did not begin beside it.
        steps = (
            ALL_JOIN,
            "{together: [{who: bob, hears: {text: now}}, {who: alice, say: now, after: 10ms}]}",
        )
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []

    asyncio.run(main())


def test_who_fails_is_reset_and_left_out_and_the_others_go_on(serve: Serve, room: Room) -> None:
    async def main() -> None:
        handle = room()

        async def refuse_bob(reader: Reader, writer: Writer) -> None:
            feed = reader.feed_data

            def look(data: bytes) -> None:
                if data == b"bob":
                    writer.transport.abort()
                feed(data)

            reader.feed_data = look  # type: ignore[method-assign, assignment]
            await handle(reader, writer)

        steps = (
            ALL_JOIN,
            "{who: bob, say: a}",
            "{who: alice, say: fine, bare: true}",
            "{who: bob, drop: reset}",
            "{who: bob, join: true}",
            "{who: carol, hears: {from: alice}}",
        )
        async with serve(refuse_bob) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == [(0, "bob", Failure.REFUSED)]
            assert skipped(story) == [(1, "bob"), (3, "bob"), (4, "bob")]
            assert heard_by(story, "carol") == [b"fine"]
            [bob] = lives_of(story, "bob")
            assert bob.joined is None

    asyncio.run(main())


def test_who_waits_in_vain_stays_in_the_room(serve: Serve, room: Room) -> None:
    async def main() -> None:
        losing = room(lambda sender, _to, data: b"" if sender == "alice" else data)
        steps = (
            ALL_JOIN,
            "{who: alice, say: a}",
            "{who: [bob, carol], hears: {from: alice}, within: 1s}",
            "{who: bob, say: b}",
        )
        async with serve(losing) as port, story_at(port, *steps, patience=0.1) as story:
            story.crew.patience = 1
            await story.tell()
            told = [
                (one.person, one.failure, one.deadline) for one in transcript_of(story).failures
            ]
            assert sorted(told) == [("bob", Failure.HEARS, 0.1), ("carol", Failure.HEARS, 0.1)]
            assert lives_of(story, "bob")[0].present
            assert skipped(story) == [(3, "bob")]

    asyncio.run(main())


def test_a_server_that_takes_nothing_more_is_not_written_to_forever(
    serve: Serve, room: Room
) -> None:
    async def main() -> None:
        handle = room()

        async def stall(reader: Reader, writer: Writer) -> None:
            feed = reader.feed_data

            def look(data: bytes) -> None:
                feed(data)
                if b"xxxx" in data:
                    assert isinstance(writer.transport, asyncio.Transport)
                    writer.transport.pause_reading()

            reader.feed_data = look  # type: ignore[method-assign, assignment]
            await handle(reader, writer)

        steps = (ALL_JOIN, '{who: alice, say: "{x*1000000}", times: 20}')
        async with serve(stall) as port, story_at(port, *steps) as story:
            await story.beacons.begin()
            await story._play(story.plan.scenes[0])  # noqa: SLF001
            story.crew.patience = 0.05
            await story._play(story.plan.scenes[1])  # noqa: SLF001
            assert failures(story) == [(1, "alice", Failure.ACCEPT)]
            assert lives_of(story, "alice")[0].how is Ending.GIVEN_UP

    asyncio.run(main())


def test_who_was_thrown_out_says_no_more_and_that_shows(serve: Serve, room: Room) -> None:
    async def main() -> None:
        handle = room()
        writers: list[Writer] = []

        async def keep(reader: Reader, writer: Writer) -> None:
            writers.append(writer)
            await handle(reader, writer)

        steps = (ALL_JOIN, "{who: everyone, say: a, times: 2}", "{who: alice, hears: {from: bob}}")
        async with serve(keep) as port, story_at(port, *steps) as story:
            await story._play(story.plan.scenes[0])  # noqa: SLF001
            alice = next(u for u in story.crew.users.values() if u.person == "alice")
            for writer in writers:
                assert alice.addresses
                if writer.get_extra_info("peername") == alice.addresses[0]:
                    writer.close()
            assert await alice.until(alice.is_gone, WAIT)
            for scene in story.plan.scenes[1:]:
                await story._play(scene)  # noqa: SLF001
            assert failures(story) == []
            assert skipped(story) == [(1, "alice"), (2, "alice")]

    asyncio.run(main())


def test_a_server_that_keeps_who_has_half_closed(serve: Serve) -> None:
    async def main() -> None:
        members: list[Writer] = []

        async def keep(reader: Reader, writer: Writer) -> None:
            writer.write(b"nickname")
            nick = await reader.read(100)
            members.append(writer)
            while data := await reader.read(4096):
                for member in members:
                    if member is not writer:
                        member.write(nick + b": " + data)
            await asyncio.Event().wait()

        steps = (ALL_JOIN, "{who: bob, leave: true}", "{who: bob, join: true}")
        async with serve(keep) as port, story_at(port, *steps) as story:
            await story._play(story.plan.scenes[0])  # noqa: SLF001
            story.crew.patience = 0.05
            for scene in story.plan.scenes[1:]:
                await story._play(scene)  # noqa: SLF001
            assert failures(story) == [(1, "bob", Failure.EOF)]
            assert transcript_of(story).failures[0].deadline == 0.1
            assert skipped(story) == [(2, "bob")]

    asyncio.run(main())


def test_after_a_departure_the_beacons_say_something_that_all_must_hear(
    serve: Serve, room: Room
) -> None:
    async def main() -> None:
        steps = (ALL_JOIN, "{who: bob, drop: close}", "{who: carol, leave: true}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            speeches = transcript_of(story).voices.speeches.values()
            probes = [m for one in speeches for m in one.messages if m.kind is Kind.PROBE]
            assert len(probes) == 4

    asyncio.run(main())


def test_the_next_come_to_a_room_that_is_surely_empty(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (ALL_JOIN, "{who: everyone, leave: true}", "{who: alice, join: true}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []
            old, new = (lives_of(story, name)[0] for name in ("beacon-2", "beacon-3"))
            assert old.gone is not None
            assert new.connecting is not None
            assert old.gone < new.connecting

    asyncio.run(main())


def test_the_last_person_takes_the_beacons_too(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (ALL_JOIN, "{who: everyone, drop: reset}", "{who: alice, join: true}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []
            beacons = ("beacon-1", "beacon-2", "beacon-3", "beacon-4")
            ends = [[one.how for one in lives_of(story, name)] for name in beacons]
            assert ends == [[Ending.RESET], [Ending.RESET], [None], [None]]
            assert lives_of(story, "alice")[-1].present

    asyncio.run(main())


def test_what_is_sent_before_a_name_is_none(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = ("{who: bob, connect: true}", "{who: alice, join: true}", "{who: bob, join: true}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []
            [bob] = lives_of(story, "bob")
            assert bob.connecting < lives_of(story, "alice")[0].connecting < (bob.joining or 0)
            named = [e for e in story.crew.recorder.history if isinstance(e, events.Named)]
            assert [event.data for event in named if event.conn == bob.conn] == [b"bob"]

    asyncio.run(main())


# Bytes


def test_bytes_of_a_story_are_messages_of_a_member_and_none_of_a_stranger(
    serve: Serve, room: Room
) -> None:
    async def main() -> None:
        steps = (
            "{who: [alice, bob], join: true}",
            "{who: carol, connect: true}",
            "{who: alice, send: [one, two]}",
            "{who: carol, send: [{hex: 'ff fe'}]}",
            "{who: bob, hears: {from: alice}}",
            "{who: carol, drop: reset}",
        )
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []
            assert heard_by(story, "bob") == [b"onetwo"]
            [carol] = lives_of(story, "carol")
            assert carol.strange is not None
            assert carol.joining is None
            cuts = [e for e in story.crew.recorder.history if isinstance(e, events.Cut)]
            assert [cut.pieces for cut in cuts] == [2]
            assert carol.conn not in transcript_of(story).voices.speeches

    asyncio.run(main())


def test_from_when_on_one_may_hear_nothing_is_taken_down(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (ALL_JOIN, "{who: bob, hears-nothing: true}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            [silent] = [e for e in story.crew.recorder.history if isinstance(e, Silent)]
            assert (silent.conn, silent.step) == (lives_of(story, "bob")[0].conn, 1)

    asyncio.run(main())


# Refused


def gatekeeper(room: Handler, how: str) -> Handler:
    """Make a room that does not let bob in: it closes, resets or asks again; or it keeps quiet."""

    async def handle(reader: Reader, writer: Writer) -> None:
        feed = reader.feed_data

        def look(data: bytes) -> None:
            if data != b"bob":
                feed(data)
            elif how == "asks again":
                writer.write(b"nickname")
            elif how == "asks in its own words":
                writer.write(b"Sorry, that one is taken. Another?")
            elif how != "is silent":
                if how == "resets":
                    sock = writer.get_extra_info("socket")
                    sock.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
                writer.transport.abort()

        reader.feed_data = look  # type: ignore[method-assign, assignment]
        await room(reader, writer)

    return handle


@pytest.mark.parametrize("how", ["closes", "resets", "asks again"])
@pytest.mark.parametrize("connects", [True, False])
def test_who_is_not_let_in_is_refused(serve: Serve, room: Room, how: str, connects: bool) -> None:
    async def main() -> None:
        first = ("{who: bob, connect: true}",) if connects else ()
        steps = (
            "{who: [alice, carol], join: true}",
            *first,
            "{who: bob, refused: true}",
            "{who: alice, say: fine}",
            "{who: carol, hears: {from: alice}}",
        )
        async with serve(gatekeeper(room(), how)) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []
            [bob] = lives_of(story, "bob")
            assert (bob.joined, bob.how) == (None, Ending.GIVEN_UP)
            # Those who stayed are asked whether they still hear.
            speeches = transcript_of(story).voices.speeches.values()
            assert any(m.kind is Kind.PROBE for one in speeches for m in one.messages)

    asyncio.run(main())


def test_who_is_let_in_is_not_refused(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (
            "{who: [alice, carol], join: true}",
            "{who: bob, refused: true}",
            "{who: bob, join: true}",
        )
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == [(1, "bob", Failure.NOT_REFUSED)]
            assert transcript_of(story).failures[0].deadline == 0
            assert skipped(story) == [(2, "bob")]
            assert lives_of(story, "bob")[0].how is Ending.GIVEN_UP

    asyncio.run(main())


def test_who_is_neither_let_in_nor_refused_is_waited_for_a_while(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = ("{who: [alice, carol], join: true}", "{who: bob, refused: true, within: 300ms}")
        server = gatekeeper(room(), "is silent")
        async with serve(server) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == [(1, "bob", Failure.NOT_REFUSED)]
            assert transcript_of(story).failures[0].deadline == 0.3

    asyncio.run(main())


@pytest.mark.parametrize(
    ("how", "failed"),
    [("asks in its own words", []), ("closes", []), ("is silent", [(1, "bob", Failure.JOIN)])],
)
def test_who_may_be_refused_may_be_asked_again_in_any_words(
    serve: Serve, room: Room, how: str, failed: list[tuple[int, str, Failure]]
) -> None:
    async def main() -> None:
        joins = "{who: bob, join: true, or-refused: true, within: 300ms}"
        steps = ("{who: [alice, carol], join: true}", joins)
        async with serve(gatekeeper(room(), how)) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == failed

    asyncio.run(main())


@pytest.mark.parametrize("thrown_out", [True, False])
def test_who_is_in_may_be_refused_what_it_sends(serve: Serve, room: Room, thrown_out: bool) -> None:
    async def main() -> None:
        def strict(sender: str, _receiver: str, data: bytes) -> bytes:
            if sender == "alice" and b"bad" in data and thrown_out:
                for writer in writers:
                    if writer.get_extra_info("peername") == own:
                        writer.transport.abort()
            return data

        handle, writers = room(strict), []
        own: object = None

        async def keep(reader: Reader, writer: Writer) -> None:
            writers.append(writer)
            await handle(reader, writer)

        steps = (ALL_JOIN, "{who: alice, send: bad}", "{who: alice, refused: true, within: 300ms}")
        async with serve(keep) as port, story_at(port, *steps) as story:
            await story._play(story.plan.scenes[0])  # noqa: SLF001
            user = next(u for u in story.crew.users.values() if u.person == "alice")
            assert user.addresses
            own = user.addresses[0]
            for scene in story.plan.scenes[1:]:
                await story._play(scene)  # noqa: SLF001
            wanted = [] if thrown_out else [(2, "alice", Failure.NOT_REFUSED)]
            assert failures(story) == wanted

    asyncio.run(main())


# Frozen


def test_who_is_frozen_hears_it_all_when_thawed(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (
            ALL_JOIN,
            "{who: carol, freeze: true}",
            "{who: alice, say: one, bare: true}",
            "{who: bob, hears: {from: alice}}",
            "{who: carol, thaw: true}",
            "{who: carol, hears: {from: alice}}",
        )
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert failures(story) == []
            [carol] = lives_of(story, "carol")
            assert heard_by(story, "carol") == [b"one"]
            assert carol.froze is not None
            assert carol.thawed is not None
            bites = [e for e in story.crew.recorder.history if isinstance(e, Bitten)]
            assert [bite.conn for bite in bites] == [carol.conn]
            assert bites[0].at <= carol.thawed
            # Only who will freeze has a small buffer.
            buffers = {one.person: bool(one.buffer) for one in story.crew.users.values()}
            assert [name for name, small in buffers.items() if small] == ["carol"]

    asyncio.run(main())


def test_who_stays_frozen_is_told_at_the_end(serve: Serve, room: Room) -> None:
    async def main() -> None:
        steps = (ALL_JOIN, "{who: [bob, carol], freeze: true}", "{who: alice, say: one}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            conns = {lives_of(story, name)[0].conn for name in ("bob", "carol")}
            bites = [e for e in story.crew.recorder.history if isinstance(e, Bitten)]
            assert {bite.conn for bite in bites} == conns
            assert len(bites) == 2

    asyncio.run(main())


@pytest.mark.skipif(not kernel.available(), reason="this kernel has no sock_diag")
@pytest.mark.parametrize("how", ["reset", "close", "half-close"])
def test_who_is_dropped_frozen_is_not_taken_for_thrown_out(
    serve: Serve, room: Room, how: str
) -> None:
    async def main() -> None:
        steps = (
            ALL_JOIN,
            "{who: carol, freeze: true}",
            "{who: alice, say: one}",
            f"{{who: carol, drop: {how}}}",
        )
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            [carol] = lives_of(story, "carol")
            [bite] = [e for e in story.crew.recorder.history if isinstance(e, Bitten)]
            assert (bite.conn, bite.bit) == (carol.conn, 0)
            assert bite.at <= (carol.leaving or 0)

    asyncio.run(main())


# The server


def test_what_the_server_does_not_do_is_nobody_s_and_the_story_goes_on(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[ServerAct, int, float | None]] = []

    async def tell(_self: Lifecycle, act: ServerAct, step: int, within: float | None) -> None:
        told.append((act, step, within))
        raise StepFailureError(Failure.STOP, 2.5)

    monkeypatch.setattr(Lifecycle, "tell", tell)

    async def main() -> None:
        steps = (
            ALL_JOIN,
            "{server: stop, after: 10ms}",
            "{server: continue}",
            "{who: alice, say: one, bare: true}",
            "{who: bob, hears: {from: alice}}",
        )
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert told == [(ServerAct.STOP, 1, None), (ServerAct.CONTINUE, 2, None)]
            assert failures(story) == [(1, "", Failure.STOP), (2, "", Failure.STOP)]
            assert {one.conn for one in transcript_of(story).failures} == {-1}
            assert heard_by(story, "bob") == [b"one"]
            assert all(end is not None for _, end in transcript_of(story).steps.values())

    asyncio.run(main())


@pytest.mark.parametrize("act", ["interrupt", "kill", "restart"])
def test_before_the_server_ends_it_is_told_whether_a_stall_was_felt(
    serve: Serve, room: Room, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    bites: list[int] = []

    async def tell(self: Lifecycle, *_: object) -> None:
        history = self.crew.recorder.history
        bites.append(sum(isinstance(event, Bitten) for event in history))

    monkeypatch.setattr(Lifecycle, "tell", tell)

    async def main() -> None:
        steps = (ALL_JOIN, "{who: carol, freeze: true}", f"{{server: {act}}}")
        async with serve(room()) as port, story_at(port, *steps) as story:
            await story.tell()
            assert bites == [1]

    asyncio.run(main())


def test_a_stall_that_others_feel_is_nobody_s_and_the_story_goes_on(
    serve: Serve, room: Room
) -> None:
    async def main() -> None:
        frozen = False

        def lose(sender: str, receiver: str, data: bytes) -> bytes:
            return b"" if frozen and (sender, receiver) == ("alice", "bob") else data

        steps = (
            ALL_JOIN,
            "{who: carol, freeze: true}",
            "{who: alice, say: one}",
            "{who: carol, thaw: true, within: 200ms}",
            "{who: bob, say: two}",
            "{who: carol, hears: {from: bob}}",
        )
        async with serve(room(lose)) as port, story_at(port, *steps) as story:
            for scene in story.plan.scenes[:2]:
                await story._play(scene)  # noqa: SLF001
            frozen = True
            for scene in story.plan.scenes[2:]:
                await story._play(scene)  # noqa: SLF001
            assert failures(story) == [(3, "", Failure.STALL)]
            assert transcript_of(story).failures[0].note == "bob did not hear alice"
            assert not lives_of(story, "carol")[0].frozen
            assert skipped(story) == []

    asyncio.run(main())
