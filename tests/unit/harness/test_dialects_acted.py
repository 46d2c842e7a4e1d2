"""`harness.acting` in dialects of other shapes: no nickname or prompt, a word that quits, notices.

Each server here is a few lines in this process, right or with one thing amiss.
"""

import asyncio
import contextlib
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness.acting import Story
from harness.beacons import Beacons
from harness.crew import Crew
from harness.dialect import Dialect
from harness.events import Ending, Failure, Left, Named, Sent
from harness.planning import make_plan
from harness.recorder import Recorder
from harness.scenario import read_scenario
from harness.source import loads
from harness.target import Target
from harness.watch import Watch

Handler = Callable[[Reader, Writer], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
WAIT = 30.0
LINE = {"ends": "lf"}
HEAD = "format: 1\nscenario: A test\npeople: {alice: , bob: , carol: }\nstory:\n"
TWO = ("{who: alice, join: true}", "{who: bob, join: true}")


def dialect(**changes: object) -> Dialect:
    base = {
        "name": "test",
        "about": "A test.",
        "nickname": LINE,
        "said": LINE,
        "heard": LINE,
        "relay": "{nick}: {message}",
    }
    given = {**base, **changes}
    return Dialect.model_validate({key: value for key, value in given.items() if value is not None})


class Lines:
    """A chat of lines; `told` is what it announces, and `quit` the word that ends a connection."""

    def __init__(self, *, prompt: str = "", names: bool = True, quit_word: str = "") -> None:
        self.prompt, self.names, self.quit = prompt, names, quit_word
        self.told: dict[str, str] = {}
        self.members: dict[Writer, str] = {}
        self.eofs: list[str] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        writer.write(self.prompt.encode())
        nick = (await reader.readline()).decode().strip() if self.names else ""
        if self.names and not nick:
            return
        self.tell("join", nick)
        self.members[writer] = nick
        try:
            await self.talk(reader, writer, nick)
        finally:
            del self.members[writer]
            self.tell("leave", nick)

    async def talk(self, reader: Reader, writer: Writer, nick: str) -> None:
        while line := (await reader.readline()).decode():
            if self.quit and line == f"{self.quit}\n":
                return
            self.send(f"{nick}: {line}" if self.names else line, writer)
        self.eofs.append(nick)

    def tell(self, what: str, nick: str) -> None:
        if what in self.told:
            self.send(self.told[what].replace("{nick}", nick) + "\n")

    def send(self, line: str, but: Writer | None = None) -> None:
        for one in self.members:
            if one is not but:
                one.write(line.encode())


@contextlib.asynccontextmanager
async def told(
    port: int, spoken: Dialect, *steps: str, patience: float = 1.0
) -> AsyncIterator[Story]:
    """Tell a story; give it when it is over."""
    text = HEAD + "".join(f"  - {step}\n" for step in steps)
    plan = make_plan(
        read_scenario(loads(text, "t")), spoken, name="test", seed=1, patience=patience
    )
    recorder = Recorder(spoken, None)
    target = Target("127.0.0.1", port)
    crew = Crew(recorder, target, Watch(recorder, target), patience, plan.lives)
    beacons = Beacons(crew)
    async with asyncio.timeout(WAIT):
        try:
            story = Story(plan, crew, beacons)
            await beacons.begin()
            await story.tell()
            yield story
        finally:
            beacons.close()
            crew.cutter.close()
            for user in crew.users.values():
                user.abort()
                await user.until_closed()


def failures(story: Story) -> list[tuple[str, Failure, str]]:
    found = story.crew.recorder.transcript.failures
    return [(one.person, one.failure, one.note) for one in found]


def skipped(story: Story) -> list[str]:
    return [one.person for one in story.crew.recorder.transcript.skipped]


def test_who_speaks_first_waits_for_nothing(serve: Serve) -> None:
    async def main() -> None:
        talk = ("{who: alice, say: hi}", "{who: bob, hears: {from: alice}}")
        connects = "{who: carol, connect: true}"
        async with serve(Lines()) as port, told(port, dialect(), connects, *TWO, *talk) as story:
            assert failures(story) == []
            assert skipped(story) == []

    asyncio.run(main())


def test_where_nobody_has_a_nickname_to_connect_is_to_join(serve: Serve) -> None:
    async def main() -> None:
        nobody = dialect(nickname=None, relay="{message}")
        server = Lines(names=False)
        steps = (*TWO, "{who: alice, say: hi}", "{who: bob, hears: {from: alice}}")
        async with serve(server) as port, told(port, nobody, *steps) as story:
            assert failures(story) == []
            history = list(story.crew.recorder.history)
            named = [event for event in history if isinstance(event, Named)]
            assert [event.data for event in named] == [b""] * 4
            assert len({event.conn for event in named}) == 4
            people = story.crew.recorder.transcript.people
            assert all(one.joined is not None for one in people.values())
            # Nothing is sent for a name, so it is noted once connected; but the server may let
            # somebody in before the client knows of it.
            for event in named:
                one = people[event.conn]
                assert one.connected is not None
                assert one.joining == one.connecting <= one.connected <= event.at

    asyncio.run(main())


def test_a_prompt_is_known_by_its_end(serve: Serve) -> None:
    async def main() -> None:
        asks = dialect(prompt={"ends-with": "name: "})
        server = Lines(prompt="Today is Monday.\nYour name: ")
        async with serve(server) as port, told(port, asks, *TWO) as story:
            assert failures(story) == []
            assert len(server.members) == 4

    asyncio.run(main())


def test_who_leaves_says_the_word_that_quits(serve: Serve) -> None:
    async def main() -> None:
        server = Lines(quit_word="/quit")
        quits = dialect(quit="/quit")
        async with serve(server) as port, told(port, quits, *TWO, "{who: bob, leave: true}") as one:
            assert failures(one) == []
            assert server.eofs == []
            history = list(one.crew.recorder.history)
            (left,) = [event for event in history if isinstance(event, Left)]
            (sent,) = [event for event in history if isinstance(event, Sent)]
            assert (left.how, sent.data, sent.conn) == (Ending.LEAVE, b"/quit\n", left.conn)
            person = one.crew.recorder.transcript.people[left.conn]
            assert person.in_good_order
            assert not person.thrown_out

    asyncio.run(main())


def test_a_half_close_is_no_word(serve: Serve) -> None:
    async def main() -> None:
        server = Lines(quit_word="/quit")
        steps = (*TWO, "{who: bob, drop: half-close}", "{who: alice, leave: true}")
        async with serve(server) as port, told(port, dialect(quit="/quit"), *steps) as story:
            assert failures(story) == []
            while server.eofs != ["bob"]:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.001)

    asyncio.run(main())


def test_a_server_that_does_not_know_the_word(serve: Serve) -> None:
    async def main() -> None:
        quits = dialect(quit="/quit")
        steps = (*TWO, "{who: bob, leave: true, within: 50ms}")
        async with serve(Lines()) as port, told(port, quits, *steps) as story:
            assert failures(story) == [("bob", Failure.EOF, "")]

    asyncio.run(main())


JOINS = {"join": {"text": "{nick} is here"}}
LEAVES = {"leave": {"text": "{nick} is away"}}
SEES = "{who: alice, sees-join: bob}"
UNTOLD = [("alice", Failure.HEARS, "nothing was told of bob")]
MISSES = "{who: alice, sees-leave: bob, within: 100ms}"


@pytest.mark.parametrize(
    ("announced", "failed"),
    [
        ({"join": "{nick} is here", "leave": "{nick} is away"}, []),
        ({"leave": "{nick} is away"}, UNTOLD),
        # Of somebody else.
        ({"join": "carol is here"}, UNTOLD),
    ],
)
def test_who_came_is_told(
    serve: Serve, announced: dict[str, str], failed: list[tuple[str, Failure, str]]
) -> None:
    async def main() -> None:
        server = Lines()
        server.told = announced
        sees = SEES.replace("bob}", "bob, within: 100ms}") if failed else SEES
        async with serve(server) as port, told(port, dialect(**JOINS), *TWO, sees) as story:
            assert failures(story) == failed
            # Whoever was told nothing stays, and goes on.
            assert all(user.present for user in story.crew.members)
            assert len(story.crew.members) == 4

    asyncio.run(main())


@pytest.mark.parametrize("how", ["leave: true", "drop: close", "drop: reset", "drop: half-close"])
def test_who_went_is_told_in_whatever_way(serve: Serve, how: str) -> None:
    async def main() -> None:
        server = Lines()
        server.told = {"leave": "{nick} is away"}
        beside = f"{{together: [{MISSES.replace(', within: 100ms', '')}, {{who: bob, {how}}}]}}"
        async with serve(server) as port, told(port, dialect(**LEAVES), *TWO, beside) as story:
            assert failures(story) == []

    asyncio.run(main())


def test_an_old_departure_is_none_of_the_new_one(serve: Serve) -> None:
    async def main() -> None:
        server = Lines()
        server.told = {"leave": "{nick} is away"}
        spoken = dialect(**LEAVES)
        once = ("{who: bob, leave: true}", MISSES.replace("100ms", "9s"))
        again = ("{who: bob, join: true}", "{who: bob, leave: true}", MISSES)
        async with serve(server) as port:

            def forget(what: str, nick: str) -> None:
                if nick != "bob" or server.told:
                    Lines.tell(server, what, nick)
                    if (what, nick) == ("leave", "bob"):
                        server.told = {}

            server.tell = forget  # type: ignore[method-assign]
            async with told(port, spoken, *TWO, *once, *again) as story:
                assert failures(story) == UNTOLD

    asyncio.run(main())


def test_of_one_who_did_not_get_in_nobody_need_be_told(serve: Serve) -> None:
    async def main() -> None:
        server = Lines()
        server.told = {"join": "{nick} is here"}

        async def strict(reader: Reader, writer: Writer) -> None:
            name = await reader.readline()
            if name != b"bob\n":
                reader.feed_data(b"")
                feed = reader.readline
                first = [name]

                async def again() -> bytes:
                    return first.pop() if first else await feed()

                reader.readline = again  # type: ignore[method-assign]
                await server(reader, writer)

        steps = (*TWO, "{who: alice, sees-join: bob, within: 9s}", "{who: alice, say: hi}")
        async with serve(strict) as port, told(port, dialect(**JOINS), *steps) as story:
            assert [one[:2] for one in failures(story)] == [("bob", Failure.REFUSED)]
            assert skipped(story) == ["alice"]

    asyncio.run(main())
