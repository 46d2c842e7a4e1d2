"""Judge: Plan + History -> Verdict. Every check, merged; the same history gives the same verdict.

A check that crashes makes the verdict inconclusive and takes nothing from the others. Where nobody
had to hear anything, nothing was looked at, and that is no pass. Which order the run shows is told
beside that, and fails nobody. Pure.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from harness.case import Case, quoted_bytes
from harness.checks import CHECKS
from harness.dialect import Dialect
from harness.events import Connect, Cut, Event, Role
from harness.kept_names import Kept, put_right
from harness.levels import levels_of
from harness.membership import Membership
from harness.plan import Plan
from harness.requirements import REQUIREMENTS
from harness.requirements.scope import why_not
from harness.transcript import Transcript
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
    Verdict,
    worst,
)


def judge(plan: Plan, dialect: Dialect, history: Iterable[Event]) -> Verdict:
    """Return the verdict on one run."""
    history = list(history)
    verdict = _verdict(plan, dialect, history)
    kept = put_right(dialect, history) if verdict.outcome is Outcome.FAIL else None
    if kept is None:
        return verdict
    otherwise = _verdict(plan, dialect, kept.history)
    explained = _violated(otherwise) < _violated(verdict)
    return _with_kept_name(otherwise, kept) if explained else verdict


def _violated(verdict: Verdict) -> set[str]:
    return {one.requirement for one in verdict.findings if one.outcome is Outcome.FAIL}


def _with_kept_name(verdict: Verdict, kept: Kept) -> Verdict:
    """Return `verdict`, that on the names put right, with the finding that they were not."""
    people = {one.conn: one for one in kept.history if isinstance(one, Connect)}
    owner, receiver = people[kept.name.conn], people[kept.read.conn].person
    name, text = quoted_bytes(kept.name.data), quoted_bytes(kept.text)
    finding = Finding(
        check="prefix",
        requirement="JOIN-6",
        says=f"{owner.person}, who sent {name} to be called {owner.nick}, is {name} for "
        f"{receiver}, who read {text}.",
        cause="the server keeps the nickname as it reads it: take off what is no part of it",
        moments=(
            Moment(kept.name.at, owner.person, Direction.TO_SERVER, f"joins as {name}"),
            Moment(kept.read.at, receiver, Direction.FROM_SERVER, f"reads {text}"),
        ),
    )
    checks = tuple(
        replace(one, outcome=Outcome.FAIL, findings=(finding, *one.findings))
        if one.check == finding.check
        else one
        for one in verdict.checks
    )
    return replace(verdict, outcome=Outcome.FAIL, checks=checks, reason="")


def _verdict(plan: Plan, dialect: Dialect, history: Iterable[Event]) -> Verdict:
    try:
        transcript = Transcript.of(dialect, history)
    except Exception as error:  # noqa: BLE001 - our mistake must not fail anybody's server
        words = f"{type(error).__name__}: {error}"
        return Verdict(Outcome.INCONCLUSIVE, (), reason=f"the harness made a mistake: {words}")
    case = Case(plan, transcript, Membership(transcript))
    checks = tuple(_run(name, check, case) for name, check in CHECKS.items())
    outcome = worst(check.outcome for check in checks)
    reason = "" if outcome is Outcome.FAIL else _inconclusive(case, checks)
    if reason and outcome is Outcome.PASS:
        outcome = Outcome.INCONCLUSIVE
    return Verdict(
        outcome=outcome,
        checks=checks,
        figures=_figures(case),
        reason=reason,
        levels=_levels(transcript),
        notes=tuple(_notes(case, checks)),
        inapplicable=tuple(_inapplicable(dialect)),
    )


def _run(name: str, check: Callable[[Case], CheckResult], case: Case) -> CheckResult:
    try:
        return check(case)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks must be heard
        says = f"The check itself failed: {type(error).__name__}: {error}. This is our mistake."
        finding = Finding(name, "", says, outcome=Outcome.INCONCLUSIVE)
        return CheckResult(name, Outcome.INCONCLUSIVE, 0, (finding,))


def _inapplicable(dialect: Dialect) -> Iterator[Inapplicable]:
    for one in REQUIREMENTS.values():
        if reason := why_not(one, dialect):
            yield Inapplicable(one.id, reason)


def _levels(transcript: Transcript) -> Levels:
    try:
        return levels_of(transcript)
    except Exception as error:  # noqa: BLE001 - it judges nobody, so nobody may suffer from it
        note = f"the harness made a mistake: {type(error).__name__}: {error}"
        return Levels(Order.UNDETERMINED, note=note)


def _inconclusive(case: Case, checks: tuple[CheckResult, ...]) -> str:
    """Return why a run that found nothing wrong proves nothing; empty where it does prove."""
    transcript = case.transcript
    if cut_short := _cut_short(transcript):
        return cut_short
    if not any(one.connected is not None for one in transcript.people.values()):
        return "nothing ever listened on the port" + _end_of(transcript)
    if any(check.outcome is Outcome.INCONCLUSIVE for check in checks):
        return "what was found could not be told for certain"
    harmless = [one for one in transcript.bites if one.bit == 0]
    if harmless:
        return f"a fault was not felt, so it proves nothing: {harmless[0].proof}"
    if transcript.cuts and all(_is_whole(cut) for cut in transcript.cuts):
        return "no cut was felt: the server read every message in one piece"
    too_many = [one for one in case.listeners if one.overwhelmed]
    if too_many:
        who = transcript.people[too_many[0].conn].person
        return f"what {who} heard can be read in too many ways: the texts are too alike"
    looked_at = any(check.looked_at for check in checks)
    if not (looked_at and case.membership.of_the_cast):
        return "nobody had to hear anything: the scenario proves nothing"
    return ""


def _cut_short(transcript: Transcript) -> str:
    if transcript.interrupted:
        return "the run was interrupted"
    if transcript.overran:
        return f"the harness ended the program: it {transcript.overran}"
    return ""


def _notes(case: Case, checks: tuple[CheckResult, ...]) -> Iterator[str]:
    """Yield what a reader of the verdict should know beside it."""
    transcript = case.transcript
    if any(one.bit < 0 for one in transcript.bites) or any(
        one.apart < 0 for one in transcript.cuts
    ):
        yield "whether a fault was felt is not proved here: this system does not tell what was read"
    findings = [finding for check in checks for finding in check.findings]
    if any("beacon-" in f"{one.says}{one.cause}" for one in findings):
        yield (
            "who is called beacon is one of the harness's own people; they talk while somebody "
            "joins, and must be heard like anyone"
        )


def _is_whole(cut: Cut) -> bool:
    return cut.pieces > 1 and cut.apart == 0 and cut.glued == 1


def _end_of(transcript: Transcript) -> str:
    if not transcript.exits:
        return ""
    return f": the program ended by itself, with {transcript.exits[0].status}, before it did"


def _figures(case: Case) -> Figures:
    people = [one for one in case.transcript.people.values() if one.role is Role.PERSON]
    speeches = case.transcript.voices.speeches.values()
    return Figures(
        people=len({one.person for one in people}),
        messages=sum(len(speech.messages) for speech in speeches),
        deliveries=case.deliveries,
        obligations=case.membership.obligations,
        seconds=case.transcript.end / 1e9,
        lag=case.worst_lag,
    )
