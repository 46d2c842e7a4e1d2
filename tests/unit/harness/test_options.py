"""`harness.options`: what a command line means, and what it cannot mean."""

import shlex
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.options import RunOptions, parser, run_options


def options(*words: str) -> RunOptions:
    return run_options(parser().parse_args(["run", "join.yaml", *words]))


def test_what_is_not_given_has_its_usual_value() -> None:
    assert options() == RunOptions(
        scenarios=("join.yaml",),
        server=None,
        connect=None,
        port=None,
        build=None,
        dialect="raw",
        seed=None,
        repeat=1,
        patience=1.0,
        changes={},
        out=None,
        json=None,
        quiet=False,
        verbose=False,
    )


def test_everything_can_be_given() -> None:
    given = options(
        *("b.yaml", "--server", "x {port}", "--port", "14901", "--build", "make", "--seed", "7"),
        *("--dialect", "lines", "--repeat", "3", "--patience", "0.5", "--out", "o", "--quiet"),
        *("--set", "people.crowd=1000", "--set", "scenario=a=b", "--report", "json=v.json"),
        "--verbose",
    )
    assert given == RunOptions(
        scenarios=("join.yaml", "b.yaml"),
        server="x {port}",
        connect=None,
        port=14901,
        build="make",
        dialect="lines",
        seed=7,
        repeat=3,
        patience=0.5,
        changes={"people.crowd": "1000", "scenario": "a=b"},
        out=Path("o"),
        json=Path("v.json"),
        quiet=True,
        verbose=True,
    )


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("127.0.0.1:14901", ("127.0.0.1", 14901)),
        ("localhost:1", ("localhost", 1)),
        ("[::1]:65535", ("::1", 65535)),
    ],
)
def test_addresses(address: str, meant: tuple[str, int]) -> None:
    assert options("--connect", address).connect == meant


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--connect", "14901"), "is no HOST:PORT"),
        (("--connect", ":14901"), "is no HOST:PORT"),
        (("--connect", "a:0"), "is no port"),
        (("--connect", "a:b"), "is no port"),
        (("--server", "x", "--port", "65536"), "is no port"),
        (("--server", "x", "--port", "-1"), "is no port"),
        (("--seed", "-1"), "not a whole number from 0"),
        (("--seed", str(2**64)), "not a whole number from 0"),
        (("--seed", "1.5"), "not a whole number"),
        (("--repeat", "0"), "not a whole number from 1"),
        (("--patience", "0"), "not a number from 0.1"),
        (("--patience", "nan"), "not a number from 0.1"),
        (("--patience", "inf"), "not a number from 0.1"),
        (("--patience", "x"), "not a number from 0.1"),
        (("--frobnicate",), "unrecognized"),
    ],
)
def test_what_is_no_value(
    words: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        options(*words)
    assert caught.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--server", "x", "--connect", "a:1"), "give one of them"),
        (("--port", "1"), "give both"),
        (("--port", "1", "--connect", "a:1"), "give both"),
        (("--set", "people"), "KEY=VALUE"),
        (("--set", "=3"), "KEY=VALUE"),
        (("--report", "html=x"), "json=FILE"),
        (("--report", "json="), "json=FILE"),
        (("--report", "json=a", "--report", "json=b"), "once"),
    ],
)
def test_what_contradicts_itself(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        options(*words)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--server", "java -cp 'a b' Chat {port}", "--build", "javac Chat.java"),
        ("--server", "x", "--port", "14901", "--patience", "2.5"),
        ("--connect", "[::1]:14901", "--dialect", "my own.yaml"),
        ("--connect", "localhost:14901", "--set", "people.crowd=3", "--set", "scenario=a b"),
    ],
)
def test_the_command_that_repeats_a_run_means_the_same(words: tuple[str, ...]) -> None:
    given = options(*words)
    again = shlex.split(given.repeat_command("join.yaml", 12345))
    assert again[0] == "harness"
    meant = run_options(parser().parse_args(again[1:]))
    assert meant == options(*words, "--seed", "12345")


@pytest.mark.parametrize("command", ["run", "check", "list"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args([command, "--help"])
    assert caught.value.code == 0
    assert f"  harness {command} " in capsys.readouterr().out
