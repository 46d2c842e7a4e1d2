"""Each faulty server shows its one defect to whoever looks, with plain sockets.

A test of the harness that uses a faulty server proves something only if the defect is there.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Person, Server, Start

FAULTY = sorted((Path(__file__).parents[2] / "faulty").glob("[!_]*.py"))
CLOSE_WAIT = 8

Observation = Callable[["Server"], None]
OBSERVATIONS: dict[str, Observation] = {}


def shows(observation: Observation) -> Observation:
    OBSERVATIONS[observation.__name__] = observation
    return observation


def numbered(sender: Person, count: int) -> list[str]:
    texts = [f"<m{number}>" for number in range(count)]
    for text in texts:
        sender.say_apart(text)
    return texts


def missing(person: Person, texts: list[str]) -> list[str]:
    return [text for text in texts if text.encode() not in person.heard]


@shows
def loses_after_reset(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    texts = numbered(a, 9)
    b.hears(texts[-1])
    assert len(missing(b, texts)) == 1


@shows
def loses_for_last(server: Server) -> None:
    a, b, c = server.room()
    texts = numbered(a, 11)
    b.hears(*texts)
    c.reads(lambda: any(text.encode() in c.heard for text in texts[9:]), "one of the last two")
    assert len(missing(c, texts[:9])) == 3


@shows
def repeats(server: Server) -> None:
    a, b, _ = server.room()
    texts = numbered(b, 9)
    a.hears(texts[-1])
    assert [a.heard.count(text.encode()) for text in texts].count(2) == 3


@shows
def echoes(server: Server) -> None:
    a, _, _ = server.room()
    a.say("my own")
    a.hears("a: my own")


@shows
def wrong_name_under_concurrency(server: Server) -> None:
    a, b, c = server.room()
    for number in range(50):
        a.sock.sendall(f"<a{number}>{server.end}".encode())
        b.sock.sendall(f"<b{number}>{server.end}".encode())
        c.hears(f"<a{number}>", f"<b{number}>")
        if re.search(rb"a: <b|b: <a", c.heard):
            return
    pytest.fail("every message came under its own name")


@shows
def reorders(server: Server) -> None:
    a, b, _ = server.room()
    for number in range(50):
        first, second = f"<{number} first>", f"<{number} second>"
        a.say_apart(first)
        a.say(second)
        b.hears(first, second)
        if b.heard.index(second.encode()) < b.heard.index(first.encode()):
            return
    pytest.fail("every message came in its order")


@shows
def kicks_cut_character(server: Server) -> None:
    a, _, _ = server.room()
    a.sock.sendall(f"x{'я' * 2500}{server.end}".encode())
    a.reads_end()


@shows
def floods_on_close(server: Server) -> None:
    a, _, c = server.room()
    c.half_close()
    a.reads(lambda: a.heard.count(f"c: {server.end}".encode()) > 1000, "a flood")


@shows
def removes_wrong_member(server: Server) -> None:
    a, b, c = server.room()
    b.half_close()
    c.reads_end()
    assert not a.ended


@shows
def never_closes(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    server.processed(a, b)
    assert server.state_of(c) == CLOSE_WAIT


@shows
def holds_the_door(server: Server) -> None:
    a, b, _ = server.room()
    mute = server.connect()
    server.expect_prompt(mute)
    late = server.connect()
    server.processed(a, b)
    with pytest.raises(TimeoutError):
        late.reads(lambda: late.heard, "the prompt", within=0.1)
    mute.reset()
    server.expect_prompt(late)


@shows
def never_prompts(server: Server) -> None:
    a, b = server.connect(), server.connect()
    for person, nick in ((a, "a"), (b, "b")):
        person.say_apart(nick)
    server.settle(a, b)
    assert a.heard.startswith(b"b: ")


@shows
def wrong_prompt(server: Server) -> None:
    person = server.connect()
    prompt = f"NICK{server.end}".encode()
    person.reads(lambda: person.heard == prompt, "another word")


@shows
def truncates(server: Server) -> None:
    a, b, _ = server.room()
    a.say_apart("x" * 600 + "<tail>")
    a.say("<next>")
    b.hears("x" * 512, "<next>")
    assert missing(b, ["x" * 513, "<tail>"]) == ["x" * 513, "<tail>"]


@shows
def strips(server: Server) -> None:
    a, b, _ = server.room()
    a.say_apart("  <blanks>\t")
    a.say("<next>")
    b.hears(f"a: <blanks>{server.end}a: <next>")


@shows
def replays_history(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<old>")
    b.hears("<old>")
    server.join("d").hears("a: <old>")


@shows
def keeps_nickname_taken(server: Server) -> None:
    a, b, c = server.room()
    c.reset()
    server.processed(a, b)
    server.join("c").reads_end()


@shows
def replaces_cut_character(server: Server) -> None:
    a, b, _ = server.room()
    a.say(f"x{'я' * 2500}")
    b.hears("\ufffd")


@shows
def cuts_character(server: Server) -> None:
    a, b, _ = server.room()
    a.say(f"x{'я' * 2500}<end>")
    b.hears("<end>")
    with pytest.raises(UnicodeDecodeError):
        b.heard.decode()


@shows
def leaks_threads(server: Server) -> None:
    server.room()
    before = server.threads()
    for _ in range(3):
        guest = server.join("d")
        guest.half_close()
        guest.reads_end()
    server.waits(lambda: server.threads() == before + 3, "a thread more for each departure")


@shows
def spins(server: Server) -> None:
    _, _, c = server.room()
    before = server.cpu_ticks()
    c.half_close()
    server.waits(lambda: server.cpu_ticks() > before + 20, "0.2 s of a processor, in silence")


@shows
def dies_on_early_reset(server: Server) -> None:
    a, _, _ = server.room()
    early = server.connect()
    server.expect_prompt(early)
    early.reset()
    assert server.exit_status() == 1
    a.reads_end()


@shows
def changes_text(server: Server) -> None:
    a, b, _ = server.room()
    a.say("two words")
    b.hears("a: two_words")


@shows
def adds_newline(server: Server) -> None:
    a, b, _ = server.room()
    a.say("<one>")
    b.hears("a: <one>\n")


@shows
def stops_after_everyone_leaves(server: Server) -> None:
    for person in server.room():
        person.half_close()
        person.reads_end()
    late = server.connect()
    with pytest.raises(TimeoutError):
        late.reads(lambda: late.heard, "the prompt", within=0.1)


@shows
def ignores_half_close(server: Server) -> None:
    a, b, c = server.room()
    c.half_close()
    server.processed(a, b)
    a.say("<still here?>")
    c.hears("a: <still here?>")


def constants(program: Path) -> dict[str, object]:
    """Read the constants at the top of a program, without running it."""
    tree = ast.parse(program.read_text())
    found: dict[str, object] = {"doc": ast.get_docstring(tree)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            with contextlib.suppress(ValueError):
                found[node.targets[0].id] = ast.literal_eval(node.value)
    return found


def dialects(program: Path) -> tuple[str, ...]:
    found = constants(program)["DIALECTS"]
    assert isinstance(found, tuple)
    return found


CASES = [(program, dialect) for program in FAULTY for dialect in dialects(program)]


@pytest.mark.parametrize(
    ("program", "dialect"), CASES, ids=lambda value: getattr(value, "stem", value)
)
def test_a_faulty_server_shows_its_defect(start: Start, program: Path, dialect: str) -> None:
    OBSERVATIONS[program.stem](start(program, dialect))


@pytest.mark.parametrize("program", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_server_says_what_is_wrong_with_it(program: Path) -> None:
    said = constants(program)
    violates = said["VIOLATES"]
    assert isinstance(violates, tuple)
    assert violates
    assert str(said["doc"]).startswith(f"{said['DEFECT']}\n\nViolates {', '.join(violates)}.")


def test_every_observation_is_of_a_server_that_exists() -> None:
    assert set(OBSERVATIONS) == {program.stem for program in FAULTY}
