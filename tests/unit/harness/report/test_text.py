"""The report for a person: short for a pass, and for a failure all that helps to mend it."""

from dataclasses import replace
from time import process_time

import pytest

from harness.escape import cells
from harness.report.text import About, render
from harness.requirements import Level, Requirement
from harness.verdict import (
    CheckResult,
    Direction,
    Figures,
    Finding,
    Inapplicable,
    Levels,
    Moment,
    Order,
    Outcome,
    Refuted,
    Verdict,
)

ABOUT = About(
    "disconnect",
    "One cut cable does not disturb the room",
    7,
    "raw",
    "python chat.py {port}",
    "harness run scenarios/disconnect.yaml --seed 7",
    "runs/2025-01-31-disconnect/",
)
FIGURES = Figures(22, 214, 4512, 4512, 1.424, 0.003)
REQUIREMENTS = {
    "RELAY-1": Requirement("RELAY-1", Level.MUST, "Everyone else gets each message once."),
    "LOAD-4": Requirement("LOAD-4", Level.SHOULD, "One who floods delays nobody."),
    "RELAY-11": Requirement("RELAY-11", Level.LEVEL, "Everyone sees one order."),
}
LOST = Finding(
    "delivery",
    "RELAY-1",
    "bob did not hear alice's message 'you?', though he was in the room since 0.301 s.",
    cause="the server left bob out.",
    moments=(
        Moment(500_000_000, "alice", Direction.TO_SERVER, "you?"),
        Moment(500_400_000, "bob", Direction.FROM_SERVER, "alice: you?", missing=True),
    ),
    count=13,
)
LATE = Finding("stalled", "LOAD-4", "dave waited 3.1 s.", Outcome.INCONCLUSIVE, deadline=2.5)
ORDER = Finding("levels", "RELAY-11", "Two orders were seen.", Outcome.PASS)

PASSED = Verdict(Outcome.PASS, (CheckResult("delivery", Outcome.PASS, 4512),), FIGURES)
FAILED = Verdict(
    Outcome.FAIL,
    (
        CheckResult("delivery", Outcome.FAIL, 4512, (LOST,)),
        CheckResult("once", Outcome.PASS, 4512),
        CheckResult("stalled", Outcome.INCONCLUSIVE, 12, (LATE,)),
    ),
    FIGURES,
)
NOTHING = Verdict(Outcome.INCONCLUSIVE, (), reason="nothing ever listened on port 5000 (10 s).")


def shown(
    verdict: Verdict, about: About = ABOUT, *, width: int = 100, verbose: bool = False
) -> str:
    return render(verdict, about, width=width, verbose=verbose, requirements=REQUIREMENTS)


def test_a_pass_is_two_lines() -> None:
    assert shown(PASSED) == (
        "PASS  disconnect: One cut cable does not disturb the room · 22 people, 214 messages, "
        "4 512 deliveries checked · 1.42 s · seed 7\n"
        "Kept in runs/2025-01-31-disconnect/\n"
    )


def test_a_failure() -> None:
    assert (
        shown(FAILED)
        == """\
FAIL  disconnect: One cut cable does not disturb the room · 22 people, 214 messages, \
4 512 deliveries checked · 1.42 s · seed 7
Server: python chat.py {port} (dialect raw)

 1  delivery: RELAY-1, a MUST, is violated
    "Everyone else gets each message once."
    bob did not hear alice's message 'you?', though he was in the room since 0.301 s.
    Likely cause: the server left bob out.

    seconds   alice        server               bob
                │             │                  │
      0.500     ├── you? ────►│                  │
      never     │             ├─ alice: you? ─ ✗ │

    and 12 more like this

 2  stalled: LOAD-4, a SHOULD, could not be judged
    "One who floods delays nobody."
    dave waited 3.1 s.
    within 2.5 s (a deadline: --patience multiplies it)

checks: delivery 4 512 (fail), once 4 512, stalled 12 (inconclusive)

Run it again: harness run scenarios/disconnect.yaml --seed 7
Kept in runs/2025-01-31-disconnect/
"""
    )


def test_nothing_could_be_judged() -> None:
    about = replace(ABOUT, title="", repeat_command="", run_folder="")
    assert (
        shown(NOTHING, about)
        == """\
INCONCLUSIVE  disconnect · 0 people, 0 messages, 0 deliveries checked · 0.00 s · seed 7
Server: python chat.py {port} (dialect raw)
Could not be judged: nothing ever listened on port 5000 (10 s).

checks: none

"""
    )


def test_a_failure_may_have_a_reason_too() -> None:
    verdict = replace(FAILED, reason="the check 'order' broke down.")
    assert "\nthe check 'order' broke down.\n" in shown(verdict)


def test_a_level_is_not_called_violated() -> None:
    level = CheckResult("levels", Outcome.PASS, 9, (ORDER,))
    text = shown(replace(FAILED, checks=(*FAILED.checks, level)))
    assert "\n 3  levels: RELAY-11\n" in text


OPPOSITE = Refuted(
    "carol heard hi before yo, dan after it", (Moment(1, "carol", Direction.FROM_SERVER, "hi"),)
)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        (Levels(Order.TOTAL), "total"),
        (Levels(Order.UNDETERMINED, note="nobody spoke"), "not determined (nobody spoke)"),
        (Levels(Order.CAUSAL, total=OPPOSITE), f"causal ({OPPOSITE.says})"),
        (
            Levels(Order.PER_SENDER, causal=OPPOSITE, note="and more"),
            f"per sender ({OPPOSITE.says}; and more)",
        ),
        (Levels(Order.NONE, sender=OPPOSITE), f"none ({OPPOSITE.says})"),
    ],
)
def test_the_order_is_a_line_of_every_report(levels: Levels, words: str) -> None:
    text = shown(replace(PASSED, levels=levels))
    assert text.splitlines()[1:] == [f"order: {words}", "Kept in runs/2025-01-31-disconnect/"]
    assert f"\n\norder: {words}\n" not in shown(replace(FAILED, levels=levels))
    assert f"(inconclusive)\norder: {words}\n\n" in shown(replace(FAILED, levels=levels))


@pytest.mark.parametrize("verbose", [False, True])
def test_why_there_is_no_better_order_is_drawn_for_who_asks(verbose: bool) -> None:
    levels = Levels(Order.CAUSAL, total=OPPOSITE)
    text = shown(replace(PASSED, levels=levels), verbose=verbose)
    assert ("◄─ hi ──" in text) is verbose


def test_the_words_of_an_order_are_escaped() -> None:
    levels = Levels(Order.CAUSAL, total=Refuted("\x1b[2J", ()))
    assert "\x1b" not in shown(replace(PASSED, levels=levels))


def test_a_finding_is_told_without_a_requirement_and_a_diagram() -> None:
    finding = Finding("own", "HOUSE-7", "It is wrong.")
    text = shown(Verdict(Outcome.FAIL, (CheckResult("own", Outcome.FAIL, 1, (finding,)),)))
    assert "\n 1  own: HOUSE-7 is violated\n    It is wrong.\n\nchecks:" in text


@pytest.mark.parametrize(
    ("count", "words"), [(11, "1 more finding"), (1010, "1 000 more findings")]
)
def test_ten_findings_are_told_in_full(count: int, words: str) -> None:
    check = CheckResult("delivery", Outcome.FAIL, 4512, (LOST,) * count)
    text = shown(Verdict(Outcome.FAIL, (check,)))
    assert text.count("did not hear") == 10
    assert "\n10  delivery: " in text
    assert f"\n\n… and {words}: see verdict.json\n\n" in text


def test_how_the_server_ended_and_what_it_printed() -> None:
    output = "".join(f"line {line}\r\n" for line in range(30)) + "\tTraceback \x1b[31m\n\n"
    text = shown(FAILED, replace(ABOUT, server_output_tail=output, server_exit="exit status 1"))
    assert (
        "\n\nThe server ended by itself: exit status 1\nThe last that the server printed:\n"
        "    │ line 11\n" in text
    )
    assert "    │ line 29\n    │     Traceback \\x1b[31m\n\nRun it again" in text


@pytest.mark.parametrize("output", ["", " \n\n"])
def test_a_server_that_printed_nothing(output: str) -> None:
    text = shown(FAILED, replace(ABOUT, server_output_tail=output, server_exit="SIGKILL"))
    assert "The server ended by itself: SIGKILL\n\nRun it again" in text


def test_a_pass_tells_nothing_of_the_server() -> None:
    about = replace(ABOUT, server_output_tail="listening", server_exit="exit status 0")
    assert shown(PASSED, about) == shown(PASSED)


def test_a_table_of_the_checks() -> None:
    table = """\

check     outcome       looked at  findings
delivery  fail              4 512        13
once      pass              4 512         0
stalled   inconclusive         12         1

"""
    assert table in shown(FAILED, verbose=True)
    assert "checks:" not in shown(FAILED, verbose=True)
    assert "delivery  pass         4 512         0\n" in shown(PASSED, verbose=True)


def test_a_narrow_report_keeps_its_width_but_for_what_is_copied() -> None:
    long = "a tale of words " * 30
    finding = replace(LOST, says=long, cause=long)
    verdict = Verdict(Outcome.FAIL, (CheckResult("delivery", Outcome.FAIL, 1, (finding,)),))
    text = shown(verdict, replace(ABOUT, server_output_tail=long), width=60)
    wide = [line for line in text.splitlines()[1:] if cells(line) > 60]
    assert all(line.startswith(("Run it again: ", "Kept in ")) for line in wide)


def test_ascii_only() -> None:
    about = replace(ABOUT, title="Кабель", server_output_tail="ошибка")
    many = CheckResult("delivery", Outcome.FAIL, 4512, (LOST,) * 11)
    text = render(Verdict(Outcome.FAIL, (many,)), about, ascii_only=True)
    assert text.isascii()
    assert text.startswith("FAIL  disconnect: \\u041a\\u0430")
    assert " | seed 7\n" in text
    assert "\n... and 1 more finding" in text
    assert "    | \\u043e" in text


@pytest.mark.parametrize(
    ("verdict", "begin"),
    [(PASSED, "\x1b[32mPASS"), (FAILED, "\x1b[31mFAIL"), (NOTHING, "\x1b[33mINCONCLUSIVE")],
)
def test_colours_where_they_are_wanted(verdict: Verdict, begin: str) -> None:
    assert render(verdict, ABOUT, colour=True).startswith(begin)
    assert "\x1b" not in render(verdict, ABOUT)


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.INCONCLUSIVE])
@pytest.mark.parametrize(
    "nasty", ["\x1b[2J", "\0", "\u202e", "\udcff", "\u2028", "\r\n", "\u0301", "\x9b"]
)
def test_whatever_is_said_does_no_harm_and_has_an_end(outcome: Outcome, nasty: str) -> None:
    huge = nasty * 2_000_000
    moment = Moment(1, huge, Direction.FROM_SERVER, huge, missing=True)
    finding = Finding(huge, huge, huge, outcome, huge, (moment,) * 100, 10**30, 1e300)
    verdict = Verdict(outcome, (CheckResult(huge, outcome, 10**30, (finding,) * 30),), reason=huge)
    about = About(huge, huge, 7, huge, huge, huge, huge, huge, huge)
    begun = process_time()
    text = render(verdict, about) + render(verdict, about, verbose=True, ascii_only=True)
    # Copying the texts costs a little; escaping a single one of them whole takes longer than this.
    assert process_time() - begun < 5
    assert len(text) < 200_000
    assert all(line.isprintable() for line in text.split("\n"))


UNSEEN = Verdict(
    Outcome.PASS,
    (
        CheckResult("delivery", Outcome.PASS, 4512),
        CheckResult("prefix", Outcome.NOT_APPLICABLE, 0, reason="nothing tells who speaks"),
    ),
    FIGURES,
    inapplicable=(
        Inapplicable("JOIN-1", "the client speaks first"),
        Inapplicable("RELAY-2", "nothing tells who speaks"),
    ),
)


def test_what_is_not_applicable_is_no_pass() -> None:
    lines = shown(UNSEEN, verbose=True).splitlines()
    assert "prefix    n/a              0         0" in lines
    assert "n/a: prefix, RELAY-2: nothing tells who speaks" in lines
    assert "n/a: JOIN-1: the client speaks first" in lines


def test_a_failure_says_what_is_not_applicable_in_short() -> None:
    verdict = replace(FAILED, checks=(*FAILED.checks, UNSEEN.checks[1]))
    assert "stalled 12 (inconclusive), prefix n/a\n" in shown(verdict)
