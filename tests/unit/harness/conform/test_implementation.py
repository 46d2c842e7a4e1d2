"""The file of a program, its known deviations, and the command that repeats a case."""

from pathlib import Path

import pytest

from harness.conform.deviations import load_deviations, placed
from harness.conform.implementation import (
    Implementation,
    load_implementation,
    names,
    repeat_command,
)
from harness.conform.results import Deviation, Kind
from harness.errors import InputError

WHOLE = """\
name: My server
server: java Chat
port: 14901
build: javac Chat.java
dialect: lines
claims: [strict, RELAY-11]
deviations:
  - {of: JOIN-6, reason: nc users want it, link: "https://example.org/1"}
  - of: flood
    reason: slow
"""


def read(tmp_path: Path, text: str) -> Implementation:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return load_implementation(path)


def test_a_whole_file(tmp_path: Path) -> None:
    one = read(tmp_path, WHOLE)
    assert (one.name, one.kind, one.command, one.port) == (
        "My server",
        Kind.SERVER,
        "java Chat",
        14901,
    )
    assert (one.build, one.dialect, one.claims) == (
        "javac Chat.java",
        "lines",
        ("strict", "RELAY-11"),
    )
    assert one.folder == tmp_path
    assert one.source is not None
    known = placed(one.deviations, one.source, ("deviations",), ("JOIN-6", "flood"))
    path = tmp_path / "mine.yaml"
    assert known == (
        Deviation("JOIN-6", "nc users want it", "https://example.org/1", f"{path}:8:5"),
        Deviation("flood", "slow", "", f"{path}:9:5"),
    )


def test_the_least_file(tmp_path: Path) -> None:
    one = read(tmp_path, "client: ./chat {host} {port}")
    assert (one.name, one.kind, one.dialect) == ("mine", Kind.CLIENT, "raw")
    one = read(tmp_path, "connect: 127.0.0.1:14901")
    assert (one.connect, one.shown) == (("127.0.0.1", 14901), "127.0.0.1:14901")


def test_a_dialect_beside_the_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").touch()
    assert read(tmp_path, "server: x\ndialect: ours.yaml").dialect == str(tmp_path / "ours.yaml")
    assert read(tmp_path, "server: x\ndialect: learn").dialect == "learn"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: x", ":1:1: no program is named (as in server:"),
        ("server: a\nclient: b", ":2:1: server is named already"),
        ("connect: 1.2.3.4", "'1.2.3.4' is no HOST:PORT"),
        ("connect: a:1\nport: 2", ":2:1: port is for a program that is started"),
        ("sever: x", "did you mean 'server'?"),
        ("server: x\nclaims: [JOIN-33]", "nobody can claim 'JOIN-33' (did you mean"),
        ("server: x\nport: 70000", ":2:7:"),
        ("server: x\ndeviations: [{of: A-1}]", ":2:14:"),
        ("server: x\ndeviations: [{of: A-1, reason: ' '}]", "a deviation needs a reason"),
    ],
)
def test_mistakes_have_their_places(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert words in str(error.value)


def test_a_file_of_deviations(tmp_path: Path) -> None:
    path = tmp_path / "known.yaml"
    path.write_text("deviations:\n  - {of: JOIN-6, reason: so}\n")
    assert load_deviations(path, ["JOIN-6"]) == (Deviation("JOIN-6", "so", "", f"{path}:2:5"),)
    with pytest.raises(InputError) as error:
        load_deviations(path, ["JOIN-66"])
    assert f"{path}:2:10: there is no requirement and no case 'JOIN-6'" in str(error.value)


def test_what_a_deviation_can_be_of() -> None:
    assert {"JOIN-6", "C-END-1", "flood"} <= set(names(["flood"]))


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Implementation("x", command="a {port}"), "harness conform --server 'a {port}'"),
        (
            Implementation("x", Kind.CLIENT, command="c", port=7, dialect="lines"),
            "harness conform --client c --port 7 --dialect lines",
        ),
        (Implementation("x", connect=("::1", 7)), "harness conform --connect '[::1]:7'"),
        (Implementation("x", Kind.CLIENT), "harness conform --reference-client"),
        (Implementation("x"), "harness conform"),
    ],
)
def test_the_command_that_runs_a_case_again(one: Implementation, words: str) -> None:
    assert repeat_command(one, "join", 5, 1.0) == f"{words} --case join --seed 5"
    assert "--patience 2.5" in repeat_command(one, "join", 5, 2.5)


def test_the_command_of_a_file_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    again = repeat_command(read(tmp_path, "server: x"), "join", 5, 1.0)
    assert again == f"harness conform {path} --case join --seed 5"
