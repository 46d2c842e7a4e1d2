"""The report for a person: short where all is well, and what to fix first where not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import FAILING, PERFECT, about, hostile, repeated, report
from results import case, finding, inconclusive, run

from harness.conform.reports.text import LATER_PRINTED, MOST_PRINTED, MOST_SHOWN, render
from harness.conform.results import Conformity, Kind, Report
from harness.escape import cells
from harness.requirements import GROUPS, Level
from harness.verdict import Order

UNSEEN = {
    "JOIN-9": "it needs lines, and in raw nothing marks the end of a message to the server",
    "RELAY-9": "it needs lines, and in raw nothing marks the end of a message to the server",
    "INPUT-3": "it needs lines, and in raw nothing marks the end of a message to the server",
    "LEAVE-7": "it needs announcements, and in raw nobody is told who comes and goes",
}
SERVER = [one for name, group in GROUPS.items() if name != "client" for one in group]


def whole(order: Order = Order.TOTAL) -> Report:
    """Return the report on a good server, judged by a case for each requirement of servers."""
    made = report(
        *(
            case(f"case_{one.id}", one.id, reason=UNSEEN[one.id])
            if one.id in UNSEEN
            else case(f"case_{one.id}", one.id, run(order=order))
            for one in SERVER
        ),
        name="python my_server.py {port}",
    )
    isolated = "each run had a network of its own and a process namespace, and saw no harness"
    return replace(made, isolation=isolated)


def test_the_whole_suite_on_a_perfect_server_is_told_in_few_lines() -> None:
    lines = render(whole()).splitlines()
    assert len(lines) < 15
    assert lines[0].startswith("CONFORMS STRICTLY  python my_server.py {port}")
    assert lines[-1].startswith("isolation: ")
    assert "n/a: JOIN-9, RELAY-9, INPUT-3: it needs lines" in "\n".join(lines)


def test_verbose_tells_of_each_requirement_and_each_case() -> None:
    text = render(whole(), verbose=True, width=400)
    for one in SERVER:
        assert one.sentence in text
        assert f"case_{one.id}" in text


def test_a_case_that_was_asked_for_is_told_where_it_was_not_run() -> None:
    made = report(case("join", "JOIN-2", run()), case("restart", "JOIN-2", reason="it ran already"))
    assert "n/a: restart: it ran already" not in render(made)
    assert "n/a: restart: it ran already" in render(replace(made, selected="join, restart"))


def test_a_level_that_is_not_reached_is_told_with_the_order() -> None:
    text = render(whole(Order.PER_SENDER))
    assert text.startswith("CONFORMS STRICTLY")
    assert "order: per sender (" in text
    assert "· RELAY-11  level  not reached" in text


def test_violations_stand_in_the_order_in_which_to_fix_them() -> None:
    lines = render(FAILING).splitlines()
    told = [line.split(",")[0] for line in lines if line.endswith("is violated")]
    assert told == [one.requirement for one in FAILING.advice]
    assert "  ✗ JOIN-3    MUST   violated in 2 of 2 cases" in lines
    assert "relaying        1 violated, 1 not applicable" in lines


def test_at_most_ten_are_shown_and_the_rest_is_counted() -> None:
    must = [one.id for one in SERVER if one.level is Level.MUST][: MOST_SHOWN + 3]
    text = render(report(*(case(f"of_{name}", name, run(finding(name))) for name in must)))
    assert text.count("is violated") == MOST_SHOWN
    assert "... and 3 more that are violated" in text


def test_the_run_that_shows_it_is_the_one_to_run_again() -> None:
    text = render(repeated())
    assert "LOAD-1 was not kept" in text
    assert "Run it again: harness conform --seed 2\n" in text
    assert "--seed 1" not in text


def test_stability_is_told_of_what_was_run_more_than_once() -> None:
    text = render(repeated())
    assert "unstable: stall                    1 of 3 runs passed" in text
    assert "stable: 1 case came out the same in every run" in text
    assert "stable" not in render(PERFECT)


def test_what_the_program_printed_last_and_how_it_ended_are_told_once() -> None:
    printed = "".join(f"line {number}\n" for number in range(50))
    both = (finding("JOIN-3"), finding("JOIN-10"))
    died = replace(run(*both), about=about("again", printed, "exit status 1"))
    text = render(report(case("crowd", "JOIN-3 JOIN-10", died)))
    assert text.count("The server ended by itself: exit status 1") == 1
    assert text.count("│ line ") == MOST_PRINTED
    assert "│ line 49" in text
    assert text.count("Run it again: again") == 2


def test_of_what_is_told_later_fewer_lines_are_shown() -> None:
    printed = "".join(f"line {number}\n" for number in range(50))
    first = replace(run(finding("JOIN-3")), about=about("", printed))
    later = replace(run(finding("JOIN-4")), about=about("", printed))
    text = render(report(case("door", "JOIN-3", first), case("gone", "JOIN-4", later)))
    assert text.count("│ line ") == MOST_PRINTED + LATER_PRINTED


def test_what_other_failures_hide_is_one_line() -> None:
    text = render(
        report(
            case("crowd", "JOIN-10", run(finding("JOIN-1"))),
            case("blank", "JOIN-6", run(finding("JOIN-1"))),
        )
    )
    hidden = "JOIN-6, JOIN-10: other requirements failed in what would show it\n"
    assert f"Could not be judged: {hidden}" in text


def test_what_could_not_be_judged_for_one_reason_is_one_line() -> None:
    names = ["LOAD-1", "LOAD-2", "RELAY-5"]
    unsure = [case(f"of_{name}", name, inconclusive(name), reason="it ran late") for name in names]
    text = render(report(case("join", "JOIN-2", run()), *unsure))
    told = "RELAY-5, LOAD-1, LOAD-2 (of_LOAD-1, of_LOAD-2, of_RELAY-5)"
    assert f"Could not be judged: {told}: it ran late" in text.replace("\n", " ")
    assert text.count("it ran late") == 1


def test_a_case_that_could_not_be_judged_is_told_also_where_its_requirement_failed() -> None:
    text = render(
        report(
            case("bad", "LOAD-1", run(finding("LOAD-1"))),
            case("late", "LOAD-1", inconclusive("LOAD-1"), reason=""),
        )
    )
    assert "Could not be judged: late: too late to tell" in text


def test_strictness_is_told_where_it_is_why_it_fails() -> None:
    lax = report(case("join", "JOIN-2", run()), case("blank", "JOIN-6", run(finding("JOIN-6"))))
    assert lax.conformity is Conformity.CONFORMS
    strictly = "It has to conform strictly"
    assert strictly not in render(lax)
    assert strictly in render(replace(lax, strict=True))


def test_a_failure_without_findings_is_told_all_the_same() -> None:
    bare = replace(case("join", "JOIN-2", run(finding("JOIN-2"))), runs=())
    made = report(case("join", "JOIN-2", run(finding("JOIN-2"))))
    assert "JOIN-2, a MUST, is violated" in render(replace(made, cases=(bare,)))


@pytest.mark.parametrize("width", [72, 100])
@given(text=st.text(max_size=200))
def test_hostile_texts_stay_within_the_width(width: int, text: str) -> None:
    for line in render(hostile(text), width=width, verbose=True).splitlines():
        assert cells(line) <= width or "Run it again" in line  # which is meant to be copied


def test_what_was_not_run_and_where_it_is_kept() -> None:
    failed = replace(run(finding("JOIN-2")), about=replace(about(), run_folder="runs/x/join-1"))
    text = render(replace(report(case("join", "JOIN-2", failed)), interrupted=True))
    assert "Interrupted: not all of it was run." in text
    assert "Kept in runs/x\n" in text


def test_of_a_client_no_order_is_told() -> None:
    assert "order: " in render(PERFECT)
    assert "order: " not in render(replace(PERFECT, kind=Kind.CLIENT))
