"""Conclude: what the results of the cases mean for each requirement, and for the whole.

A requirement fails where anything found in any case violates it. It passes where a case of its own
passed and none was inconclusive; a case that failed for another requirement's sake alone says
nothing about it. Total and causal order are levels, which nobody fails. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.conform.results import (
    Advice,
    CaseResult,
    Conformity,
    Deviation,
    RequirementResult,
    Standing,
)
from harness.requirements import REQUIREMENTS, Level, Requirement
from harness.verdict import Finding, Levels, Order, Outcome

CERTAIN = (Level.MUST, Level.SHOULD)
_TOTAL, _CAUSAL = "RELAY-11", "RELAY-12"
_ORDERS = (Order.NONE, Order.PER_SENDER, Order.CAUSAL, Order.TOTAL)


def failures(case: CaseResult) -> Iterator[Finding]:
    """Yield what failed in any run of `case`."""
    return (one for one in case.findings if one.outcome is Outcome.FAIL)


def says_of(case: CaseResult, requirement: str) -> Outcome | None:
    """Return what `case` says of `requirement`; None where it says nothing.

    A case that failed without blaming it says nothing: what it would have shown was disturbed, but
    where a mere part of another requirement is violated, which disturbs nothing.
    """
    if requirement in case.blamed:
        return Outcome.FAIL
    if requirement not in case.of:
        return None
    if case.outcome is Outcome.FAIL:
        return Outcome.PASS if _is_undisturbed(case) else None
    return case.outcome


def _is_undisturbed(case: CaseResult) -> bool:
    """Tell whether all that was found in `case` is a part that SHOULD be of what MUST be."""
    return all(one.outcome is Outcome.FAIL and one.level for one in case.findings)


def excuse(case: CaseResult, requirement: str, known: Sequence[Deviation]) -> Deviation | None:
    """Return the known deviation that `case` failing `requirement` is, if it is one."""
    return next((one for one in known if one.of in (case.id, requirement)), None)


def standing_of(
    requirement: Requirement,
    cases: Sequence[CaseResult],
    known: Sequence[Deviation] = (),
    scope: str = "",
) -> RequirementResult | None:
    """Return how it stands with `requirement`, None where no case was to say anything about it.

    `scope` is why the dialect lets nobody see it; empty where it does.
    """
    name = requirement.id
    told = {one.id: says for one in cases if (says := says_of(one, name)) is not None}
    mine = [one for one in cases if name in one.of]
    if not told and not mine:
        return None
    standing, reason = _standing(requirement, told, cases, scope, mine)
    guilty = [one for one in cases if told.get(one.id) is Outcome.FAIL]
    found = [one for case in guilty for one in failures(case) if one.requirement == name]
    return RequirementResult(
        id=name,
        level=requirement.level,
        sentence=requirement.sentence,
        standing=standing,
        cases=told,
        reason=reason,
        deviation=_deviation(guilty, name, known) if told else _shade(mine, known),
        only=_only(found, requirement),
        says=found[0].says if found else "",
    )


def _standing(
    requirement: Requirement,
    told: Mapping[str, Outcome],
    cases: Sequence[CaseResult],
    scope: str,
    mine: Sequence[CaseResult],
) -> tuple[Standing, str]:
    if Outcome.FAIL in told.values():
        return Standing.FAIL, ""
    if scope:
        return Standing.NOT_APPLICABLE, scope
    if requirement.level is Level.LEVEL:
        return _reached(requirement.id, cases)
    applicable = {name: says for name, says in told.items() if says is not Outcome.NOT_APPLICABLE}
    if not told:
        names = ", ".join(one.id for one in mine)
        return Standing.INCONCLUSIVE, f"other requirements failed in what would show it: {names}"
    if not applicable:
        return Standing.NOT_APPLICABLE, _first_reason(mine, Outcome.NOT_APPLICABLE)
    if Outcome.INCONCLUSIVE in applicable.values():
        return Standing.INCONCLUSIVE, _first_reason(mine, Outcome.INCONCLUSIVE)
    return Standing.PASS, ""


def _first_reason(cases: Iterable[CaseResult], outcome: Outcome) -> str:
    return next((f"{one.id}: {one.reason}" for one in cases if one.outcome is outcome), "")


def _deviation(
    guilty: Sequence[CaseResult], name: str, known: Sequence[Deviation]
) -> Deviation | None:
    """Return the deviation that all of `guilty` are, None where one is not known."""
    excuses = [excuse(case, name, known) for case in guilty]
    return excuses[0] if excuses and all(excuses) else None


def _shade(cases: Sequence[CaseResult], known: Sequence[Deviation]) -> Deviation | None:
    """Return the deviation for whose sake all of `cases` failed that would show something else."""
    excuses = [excuse(case, name, known) for case in cases for name in case.blamed or ("",)]
    return excuses[0] if excuses and all(excuses) else None


def _only(found: Sequence[Finding], requirement: Requirement) -> Level | None:
    """Return the level of what was found, where none of it is as grave as the requirement."""
    lower = [Level(one.level) for one in found if one.level and one.level != requirement.level]
    return lower[0] if lower and len(lower) == len(found) else None


# -- order ---------------------------------------------------------------------------------------


def order_of(cases: Iterable[CaseResult]) -> Order:
    """Return the best order that every run showed, of those in which one could be seen."""
    shown = [levels.order for levels in _levels(cases) if levels.order in _ORDERS]
    return min(shown, key=_ORDERS.index, default=Order.UNDETERMINED)


def _levels(cases: Iterable[CaseResult]) -> Iterator[Levels]:
    for case in cases:
        for run in case.runs:
            if run.verdict.levels is not None:
                yield run.verdict.levels


def _reached(name: str, cases: Sequence[CaseResult]) -> tuple[Standing, str]:
    order = order_of(cases)
    if order is Order.UNDETERMINED:
        return Standing.INCONCLUSIVE, "no run showed in which order messages are heard"
    needed = {_TOTAL: Order.TOTAL, _CAUSAL: Order.CAUSAL}[name]
    if _ORDERS.index(order) >= _ORDERS.index(needed):
        return Standing.PASS, ""
    refuted = (one.causal if name == _CAUSAL else one.refuted for one in _levels(cases))
    return Standing.NOT_REACHED, next((one.says for one in refuted if one), f"order: {order}")


# -- the whole -----------------------------------------------------------------------------------


def conformity_of(requirements: Sequence[RequirementResult]) -> Conformity:
    """Return what holds of an implementation of which all `requirements` were looked at."""
    asked = [one for one in requirements if one.level in CERTAIN]
    failed = [one for one in asked if one.standing is Standing.FAIL]
    open_ = [one for one in asked if _is_open(one)]
    looked_at = any(one.standing is Standing.PASS for one in asked)
    grave = [one for one in failed if level_of(one) is Level.MUST]
    if any(one.deviation is None for one in grave):
        return Conformity.FAILS
    if any(one.level is Level.MUST for one in open_) or not (looked_at or failed):
        return Conformity.UNKNOWN
    if grave:
        return Conformity.DEVIATES
    return Conformity.CONFORMS if failed or open_ else Conformity.STRICT


def _is_open(one: RequirementResult) -> bool:
    """Tell whether it is not known how it stands, and not for the sake of a known deviation."""
    return one.standing is Standing.INCONCLUSIVE and one.deviation is None


def level_of(result: RequirementResult) -> Level:
    """Return the level of what is violated: of the requirement, or of its part that is."""
    return result.only or result.level


def outcome_of(
    conformity: Conformity,
    requirements: Sequence[RequirementResult],
    *,
    strict: bool,
    stale: Sequence[Deviation] = (),
    unmet: Sequence[str] = (),
) -> Outcome:
    """Return what a command that judged the implementation ends with.

    A deviation that is known fails nobody; one that is none any more does, and so does a claim
    that was not shown to be kept.
    """
    if stale or unmet or conformity is Conformity.FAILS:
        return Outcome.FAIL
    if strict and any(
        one.standing is Standing.FAIL and one.deviation is None for one in requirements
    ):
        return Outcome.FAIL
    if conformity is Conformity.UNKNOWN:
        return Outcome.INCONCLUSIVE
    doubtful = any(_is_open(one) and one.level in CERTAIN for one in requirements)
    return Outcome.INCONCLUSIVE if strict and doubtful else Outcome.PASS


def unmet_of(claims: Iterable[str], requirements: Sequence[RequirementResult]) -> tuple[str, ...]:
    """Return the requirements among `claims` that were not shown to be kept."""
    kept = {one.id for one in requirements if one.standing is Standing.PASS}
    return tuple(name for name in claims if name in REQUIREMENTS and name not in kept)


def stale_of(cases: Sequence[CaseResult], known: Sequence[Deviation]) -> Iterator[Deviation]:
    """Yield the known deviations that are none any more: what they name was run, and passed."""
    failed = {name for case in cases for name in (*case.blamed, *_failed_id(case))}
    passed = {
        name for case in cases if case.outcome is Outcome.PASS for name in (case.id, *case.of)
    }
    undecided = {
        name
        for case in cases
        if case.outcome is Outcome.INCONCLUSIVE
        for name in (case.id, *case.of)
    }
    return (one for one in known if one.of in passed - failed - undecided)


def _failed_id(case: CaseResult) -> tuple[str, ...]:
    return (case.id,) if case.outcome is Outcome.FAIL else ()


def advice_of(
    cases: Sequence[CaseResult], requirements: Sequence[RequirementResult]
) -> Iterator[Advice]:
    """Yield what to fix: what MUST be before what SHOULD be, what explains most cases first.

    A case is explained by a requirement that it blames; the fewer others it blames too, the more
    it counts.
    """
    failed = [case for case in cases if case.outcome is Outcome.FAIL]
    weight: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    for case in failed:
        for name in case.blamed:
            weight[name] += 1_000 // len(case.blamed)
            explained[name] += 1
    todo = [one for one in requirements if one.standing is Standing.FAIL and not one.deviation]
    todo.sort(key=lambda one: (level_of(one) is not Level.MUST, -weight[one.id]))
    for one in todo:
        cause = next((f.cause for f in _found(failed, one.id) if f.cause), "")
        yield Advice(one.id, explained[one.id], len(failed), one.says, cause)


def _found(cases: Iterable[CaseResult], name: str) -> Iterator[Finding]:
    return (one for case in cases for one in failures(case) if one.requirement == name)


def requirements_of(
    cases: Sequence[CaseResult],
    known: Sequence[Deviation],
    scopes: Mapping[str, str],
) -> tuple[RequirementResult, ...]:
    """Return how it stands with every requirement that any case says something about."""
    results = (
        standing_of(one, cases, known, scopes.get(one.id, "")) for one in REQUIREMENTS.values()
    )
    return tuple(one for one in results if one is not None)
