"""Markdown shows what a program said, and obeys nothing of it."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reports import FAILING, INTERRUPTED, KNOWN, PERFECT, STALE, about, hostile, report
from results import case, finding, run

from harness.conform.reports.markdown import cell, code, markdown
from harness.conform.results import Kind, Report
from harness.requirements import REQUIREMENTS

NASTY = "`<script>`@me [a](b) https://x.example www.x.example |``|```<!--"
texts = st.text(st.characters(exclude_categories=()), max_size=60) | st.text("`|\\ a<", max_size=30)


def outside(line: str) -> str:
    """Return what of `line` is no code, as CommonMark reads it: a run of ticks to one as long."""
    left, at = "", 0
    while opening := re.compile("`+").search(line, at):
        left += line[at : opening.start()]
        closing = re.compile(f"(?<!`){opening[0]}(?!`)").search(line, opening.end())
        at = closing.end() if closing else opening.end()
        left += "" if closing else opening[0]
    return left + line[at:]


def without_sentences(line: str) -> str:
    for one in REQUIREMENTS.values():
        line = line.replace(one.sentence, "")
    return line


@given(text=texts)
@example("`")
@example("a`b")
@example("``x`")
@example("`" * 100)
@example("\\|")
def test_code_is_code_from_end_to_end(text: str) -> None:
    shown = code(text)
    assert outside(shown) == ""
    assert "\n" not in shown
    assert max(map(len, re.findall("`+", shown)), default=0) < 80  # GitHub reads no longer ones


def test_code_shows_what_it_is_given() -> None:
    assert code("a `b` | c") == "`` a `b` | c ``"
    assert cell("a | c") == r"` a \| c `"
    assert code(" ") == ""


@given(text=texts)
@example(NASTY)
@example("`" * 100 + "<script>")
def test_nothing_hostile_stands_outside_of_code(text: str) -> None:
    marked = f"<script>{text}@me"
    for line in markdown(hostile(marked)).splitlines():
        if not line.startswith("    "):
            prose = outside(without_sentences(line)).replace("&lt;script", "")
            assert "<script" not in prose
            assert "@me" not in prose or line.startswith("<summary>")


@given(text=texts)
def test_every_row_has_as_many_cells(text: str) -> None:
    rows = [line for line in markdown(hostile(text)).splitlines() if line.startswith("| ")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {6}


@given(text=texts)
def test_tags_are_in_pairs(text: str) -> None:
    lines = markdown(hostile(f"</details>{text}")).splitlines()
    tags = [line for line in lines if "details>" in outside(line) and not line.startswith("    ")]
    assert [line for line in tags if not line.startswith("<summary>")] == [
        *("<details>", "</details>") * 2
    ]


def test_the_wire_keeps_its_beginning_and_its_end() -> None:
    wire = "\n".join(f"read {number}" for number in range(10_000))
    broken = replace(run(finding("JOIN-3")), wire=wire, about=about("harness again", "bye"))
    lines = markdown(report(case("door", "JOIN-3", broken))).splitlines()
    assert {"    read 0", "    read 9999", "    harness again", "    bye"} <= set(lines)
    assert "    read 5000" not in lines
    assert len("\n".join(lines)) < 20_000


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (PERFECT, "# Conforms strictly: ` mine `"),
        (PERFECT, "Order of messages: total."),
        (PERFECT, "Isolation: ` each run had a process namespace `."),
        (
            FAILING,
            "| JOIN-10: A hundred clients that connect at the same moment all become members.",
        ),
        (FAILING, "- Could not be judged: LOAD-1: ` it ran late `"),
        (FAILING, "- Not applicable: RELAY-3: ` nobody hears itself `"),
        (FAILING, "1 of 2 runs passed."),
        (KNOWN, "- JOIN-3 is known to be violated: ` one at a time ` (` https://example.org `)"),
        (STALE, "- **` JOIN-3 ` is kept now: take it out of the known deviations.**"),
        (INTERRUPTED, "**Interrupted: not all of it was run.**"),
    ],
)
def test_it_says(made: Report, words: str) -> None:
    assert words in markdown(made)


def test_of_a_client_no_order_is_told() -> None:
    assert "Order of messages" in markdown(PERFECT)
    assert "Order of messages" not in markdown(replace(PERFECT, kind=Kind.CLIENT))


def test_a_failing_case_of_which_no_run_is_left() -> None:
    made = report(case("join", "JOIN-2", run(finding("JOIN-2"))))
    bare = replace(made, cases=(replace(made.cases[0], runs=()),))
    assert "<summary>join: join holds</summary>" in markdown(bare)
    assert "Run it again" not in markdown(bare)
