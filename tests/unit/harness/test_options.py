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
        *("--on", "segments=1byte", "--on", "delay=20ms"),
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
        changes={
            "people.crowd": "1000",
            "scenario": "a=b",
            "on.segments": "1byte",
            "on.delay": "20ms",
        },
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
        (("--on", "segments"), "--on takes KEY=VALUE, as in segments=1byte, not 'segments'"),
        (("--on", "segments="), "--on takes KEY=VALUE"),
        (("--on", "=1byte"), r"--on has no '' \(there are segments, delay\)"),
        (("--on", "segmets=1byte"), r"--on has no 'segmets' \(did you mean 'segments'\?\)"),
        (("--on", "x=1"), r"--on has no 'x' \(there are segments, delay\)"),
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
        ("--on", "segments=7 bytes", "--set", "on.delay=1ms", "--on", "segments=random"),
    ],
)
def test_the_command_that_repeats_a_run_means_the_same(words: tuple[str, ...]) -> None:
    given = options(*words)
    again = shlex.split(given.repeat_command("join.yaml", 12345))
    assert again[0] == "harness"
    meant = run_options(parser().parse_args(again[1:]))
    assert meant == options(*words, "--seed", "12345")


def test_how_bytes_are_cut_is_said_again_as_it_was_given() -> None:
    given = options("--on", "segments=1 byte", "--set", "people.crowd=3")
    assert given.repeat_command("join.yaml", 5) == (
        "harness run join.yaml --set people.crowd=3 --on 'segments=1 byte' --seed 5"
    )


def test_the_last_one_counts() -> None:
    words = ("--on", "delay=1s", "--set", "on.delay=2s", "--on", "delay=3s")
    assert options(*words).changes == {"on.delay": "3s"}


def test_help_tells_how_to_cut_and_how_to_use_the_schema(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command, words in {
        "run": ("--on segments=1byte", "--on KEY=VALUE"),
        "schema": ("harness schema > schema.json", "# yaml-language-server: $schema=./schema.json"),
    }.items():
        with pytest.raises(SystemExit):
            parser().parse_args([command, "--help"])
        said = capsys.readouterr().out
        assert all(each in said for each in words)


@pytest.mark.parametrize("command", ["run", "check", "list", "schema"])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args([command, "--help"])
    assert caught.value.code == 0
    assert f"  harness {command} " in capsys.readouterr().out
