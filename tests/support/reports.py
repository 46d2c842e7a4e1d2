"""Reports on made-up implementations, for the tests of how they are told."""

from dataclasses import replace

from results import case, finding, inconclusive, run

from harness.conform import conclude
from harness.conform.results import CaseResult, CaseRun, Deviation, Kind, Report
from harness.report.text import About
from harness.verdict import CheckResult, Direction, Finding, Moment, Outcome, Verdict


def report(*cases: CaseResult, name: str = "mine", known: tuple[Deviation, ...] = ()) -> Report:
    """Return the report on these cases."""
    excused = {one.of: one for one in known}
    cases = tuple(
        replace(one, deviation=next(iter(excused.get(name) for name in one.blamed), None))
        for one in cases
    )
    requirements = conclude.requirements_of(cases, known, {})
    conformity = conclude.conformity_of(requirements)
    stale = tuple(conclude.stale_of(cases, known))
    outcome = conclude.outcome_of(conformity, requirements, strict=False, stale=stale)
    return Report(
        name=name,
        kind=Kind.SERVER,
        command="./server {port}",
        dialect="raw",
        cases=cases,
        requirements=requirements,
        conformity=conformity,
        outcome=outcome,
        order=conclude.order_of(cases),
        advice=tuple(conclude.advice_of(cases, requirements)),
        stale=stale,
        isolation="each run had a process namespace",
        seconds=1.25,
        version="1.0",
    )


def hostile_run(text: str) -> CaseRun:
    """Return a failed run in which everything that a program can say is `text`."""
    moment = Moment(5, text, Direction.FROM_SERVER, text)
    bad = Finding("delivery", "JOIN-3", text, cause=text, moments=(moment,))
    verdict = Verdict(
        Outcome.FAIL, (CheckResult("delivery", Outcome.FAIL, 1, (bad,)),), reason=text
    )
    what = About("case", "A claim", 1, "raw", text, "harness conform", "", text, "exit status 1")
    return CaseRun(1, verdict, what, wire=text, crash=text)


def hostile(text: str) -> Report:
    """Return a report in which every text that somebody else chose is `text`."""
    known = (Deviation("JOIN-6", text, text, text),)
    late = replace(inconclusive(), about=hostile_run(text).about)
    made = report(
        case("bad", "JOIN-3", hostile_run(text)),
        case("known", "JOIN-6", run(finding("JOIN-6"))),
        case("unsure", "JOIN-4", late, reason=text),
        case("unfit", "JOIN-5", reason=text),
        name=text,
        known=known,
    )
    titled = tuple(replace(one, title=text) for one in made.cases)
    return replace(
        made,
        cases=titled,
        command=text,
        dialect=text,
        notes=(text,),
        stale=known,
        unmet=(text,),
        isolation=text,
        selected=text,
    )


def repeated() -> Report:
    """Return a report in which a case was doubtful first, and failed then; another never did."""
    doubtful = replace(inconclusive("LOAD-1"), about=about("harness conform --seed 1"))
    failed = replace(run(finding("LOAD-1"), seed=2), about=about("harness conform --seed 2"))
    return report(
        case("stall", "LOAD-1", doubtful, failed, run(seed=3)),
        case("join", "JOIN-2", run(), run(seed=2), run(seed=3)),
    )


def about(repeat_command: str = "", printed: str = "", ended: str = "") -> About:
    """Return what a run was of."""
    return About(
        name="case",
        title="A claim",
        seed=1,
        dialect="raw",
        server="./server",
        repeat_command=repeat_command,
        server_output_tail=printed,
        server_exit=ended,
    )


PERFECT = report(case("join", "JOIN-2 RELAY-1", run()), case("door", "JOIN-3", run()))
FAILING = report(
    case("join", "JOIN-2", run()),
    case("door", "JOIN-3", run(finding("JOIN-3", cause="it waits"))),
    case("crowd", "JOIN-3 JOIN-10", run(finding("JOIN-3"), finding("JOIN-10"))),
    case("blank", "JOIN-6", run(finding("JOIN-6"))),
    case("late", "LOAD-1", inconclusive("LOAD-1"), reason="it ran late"),
    case("echo", "RELAY-3", reason="nobody hears itself"),
    case("shaky", "RELAY-1", run(), run(finding("RELAY-1"), seed=2)),
)
KNOWN = report(
    case("door", "JOIN-3", run(finding("JOIN-3"))),
    case("join", "JOIN-2", run()),
    known=(Deviation("JOIN-3", "one at a time", "https://example.org"),),
)
STALE = report(
    case("door", "JOIN-3", run()), known=(Deviation("JOIN-3", "once", "", "k.yaml:1:1"),)
)
INTERRUPTED = replace(report(case("join", "JOIN-2", reason="it was not run")), interrupted=True)
ALL = (PERFECT, FAILING, KNOWN, STALE, INTERRUPTED)
