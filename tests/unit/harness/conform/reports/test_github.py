"""Annotations are read as the runner of GitHub Actions reads them, and nothing else is."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from reports import FAILING, INTERRUPTED, KNOWN, PERFECT, STALE, hostile, report
from results import case, inconclusive

from harness.conform.reports.github import annotations, unheeded
from harness.conform.results import Report
from harness.escape import excerpt

texts = st.text(st.characters(exclude_categories=()), max_size=60) | st.text(
    "%:,\r\n0AD ", max_size=30
)


def read(line: str) -> tuple[str, dict[str, str], str]:
    """Return the command, its properties and its message, as the runner takes a line apart."""
    head, message = line[2:].split("::", 1)
    name, _, rest = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.split(","))
    properties = {key: decoded(value, ("%3A", ":"), ("%2C", ",")) for key, value in pairs}
    return name, properties, decoded(message)


def decoded(text: str, *also: tuple[str, str]) -> str:
    for escape, char in (("%0D", "\r"), ("%0A", "\n"), *also, ("%25", "%")):
        text = text.replace(escape, char)
    return text


def commands(made: Report) -> list[tuple[str, str]]:
    parts = [read(line) for line in annotations(made).splitlines()]
    return [(name, properties["title"]) for name, properties, _ in parts]


def test_the_verdict_is_first_and_what_to_fix_first_above_the_rest() -> None:
    assert commands(FAILING) == [
        ("notice", "Does not conform"),
        ("error", "JOIN-3 is violated"),
        ("error", "RELAY-1 is violated"),
        ("warning", "JOIN-6 is violated"),
        ("warning", "JOIN-10 is violated"),
        ("warning", "LOAD-1 could not be judged"),
    ]


def test_strictly_what_should_be_is_an_error_too() -> None:
    assert ("error", "JOIN-6 is violated") in commands(replace(FAILING, strict=True))


def test_what_is_known_is_no_annotation_and_what_is_stale_is_an_error() -> None:
    assert commands(KNOWN) == [("notice", "Conforms, but for known deviations")]
    assert ("error", "JOIN-3 is kept now") in commands(STALE)
    assert ("error", "LOAD-1 is claimed") in commands(replace(PERFECT, unmet=("LOAD-1",)))


def test_an_interruption_is_a_warning() -> None:
    assert ("warning", "Interrupted") in commands(INTERRUPTED)


def test_one_reason_is_one_annotation() -> None:
    names = ("LOAD-1", "LOAD-2")
    made = report(*(case(name, name, inconclusive(name), reason="it ran late") for name in names))
    assert ("warning", "LOAD-1, LOAD-2 could not be judged") in commands(made)


@given(text=texts)
def test_the_runner_reads_the_message_that_was_meant(text: str) -> None:
    for line in annotations(hostile(text)).splitlines():
        name, properties, message = read(line)
        assert name in ("error", "warning", "notice")
        assert list(properties) == ["title"]
        if properties["title"] == "JOIN-3 is violated":
            sentence = hostile("").requirement("JOIN-3").sentence
            assert message == excerpt(f"{sentence} {text}", 1_000)


def test_between_the_fences_nothing_is_obeyed() -> None:
    assert unheeded("::error::x\n", "a1b2") == "::stop-commands::a1b2\n::error::x\n::a1b2::"
