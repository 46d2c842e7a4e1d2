"""The correct servers, and each core without a defect, serve three people in both dialects.

The faulty ones say what is wrong with them, and each has a test that shows it.
"""

from __future__ import annotations

import ast
import contextlib
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from known_good import OLD

if TYPE_CHECKING:
    from tests.unit.servers.conftest import Person, Server, Start

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

TESTS = Path(__file__).parents[2]
CORRECT = [TESTS / program for program in OLD]
FAULTY = sorted((TESTS / "faulty").glob("[!_]*.py"))
SPOKEN = (("raw", "lines"), ("raw",), ("lines",), ("nick",), ("announcing-raw",))
CORES = sorted((TESTS / "faulty").glob("_core_*.py"))


@pytest.mark.parametrize("dialect", ["raw", "lines"])
@pytest.mark.parametrize("program", CORRECT + CORES, ids=lambda path: path.stem)
def test_a_correct_server_serves_three_people(start: Start, program: Path, dialect: str) -> None:
    server = start(program, dialect)
    a, b, c = server.room()
    mute = server.connect()
    server.expect_prompt(mute)
    relays_everything(a, b, c)
    goes_on_without_the_departed(server, a, b, c)
    assert mute.heard == f"nickname{server.end}".encode()
    server.process.send_signal(signal.SIGTERM)
    assert server.exit_status() == 0
    a.reads_end()


def relays_everything(a: Person, b: Person, c: Person) -> None:
    texts = [" blanks ", "я" * 2500, "nickname", "b: hi", "\t😀\u2028", "last."]
    for person in (a, b, c):
        person.heard = b""
    for text in texts:
        a.say(text)
    for person in (b, c):
        person.hears("last.")
        assert person.heard.decode().replace("a: ", "") == "".join(text + a.end for text in texts)
    b.say("answer.")
    for person in (a, c):
        person.hears("b: answer.")
    assert a.heard == f"b: answer.{a.end}".encode()


def goes_on_without_the_departed(server: Server, a: Person, b: Person, c: Person) -> None:
    c.half_close()
    c.reads_end()
    d = server.join("d")
    server.settle(a, b, d)
    d.reset()
    for number in range(5):
        a.say(f"<{number}>")
    b.hears(*(f"<{number}>" for number in range(5)))


def constants(program: Path) -> dict[str, object]:
    """Read the constants at the top of a program, without running it."""
    tree = ast.parse(program.read_text())
    found: dict[str, object] = {"doc": ast.get_docstring(tree)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            with contextlib.suppress(ValueError):
                found[ast.unparse(node.targets[0])] = ast.literal_eval(node.value)
    return found


@pytest.mark.parametrize("program", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_server_says_what_is_wrong_with_it(program: Path) -> None:
    said = constants(program)
    violates = said["VIOLATES"]
    assert isinstance(violates, tuple)
    assert violates
    assert said["DIALECTS"] in SPOKEN
    assert str(said["doc"]).startswith(f"{said['DEFECT']}\n\nViolates {', '.join(violates)}.")


def test_each_faulty_server_has_a_test_that_shows_its_defect() -> None:
    shown = {
        node.name.removeprefix("test_")
        for file in Path(__file__).parent.glob("test_faulty_*.py")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }
    assert shown == {program.stem for program in FAULTY}
