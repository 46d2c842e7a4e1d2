"""Seeing: which announcements a `sees-join` or `sees-leave` waits for, while a story is planned.

Who is to be seen must come or go before that step or beside it, and later than whoever is to see
it came. Knows nothing of what is said. Pure.
"""

from dataclasses import replace

from harness.announcement import Announcement, Audience
from harness.company import Company
from harness.dialect import Dialect
from harness.events import Ending
from harness.feature import Feature
from harness.plan import Deed, PlannedStep
from harness.player import Player
from harness.scenario import Step
from harness.verbs import SEES, Verb


def with_seen(company: Company, step: Step, plan: PlannedStep) -> PlannedStep:
    """Return `plan` with the connections that `step` is about; its mistakes go to `company`."""
    if step.verb not in SEES:
        return plan
    return replace(plan, deeds=tuple(_deed(company, step, deed) for deed in plan.deeds))


def _deed(company: Company, step: Step, deed: Deed) -> Deed:
    seer = company.players[deed.person]
    names = company.scenario.members(step.seen or "")
    others = [company.players[name] for name in names if name != deed.person]
    if not others:
        company.problem(step, f"{seer.name} is told of nobody else", "name somebody else")
    for other in others:
        _check_order(company, step, seer, other)
        if why := _untold(step.verb, other, company.dialect):
            company.unfit(step, f"in {company.dialect.name} {why}")
    return replace(
        deed,
        hears_from=tuple(other.name for other in others),
        sees=tuple(_life(step.verb, other) for other in others),
    )


def _life(verb: Verb, other: Player) -> int:
    return other.came_life if verb is Verb.SEES_JOIN else other.went_life


def _check_order(company: Company, step: Step, seer: Player, other: Player) -> None:
    comes = step.verb is Verb.SEES_JOIN
    at = other.came if comes else other.went
    does = "comes" if comes else "goes"
    if at < 0:
        hint = "let it happen in a step before this one, or beside it"
        company.problem(step, f"{other.name} never {does} here, so nobody is told of it", hint)
    elif at <= seer.came:
        hint = f"let {seer.name} join in a step before"
        company.problem(step, f"{seer.name} was not in the room when {other.name} {does}", hint)


def _untold(verb: Verb, other: Player, dialect: Dialect) -> str:
    """Say why nobody else is told of it in `dialect`; "" where the others are."""
    if Feature.ANNOUNCEMENTS not in dialect.features:
        return Feature.ANNOUNCEMENTS.lack
    told, what = _announcement(verb, other, dialect)
    if told is None:
        return f"nobody is told who {what}"
    if told.to is Audience.NEWCOMER:
        return f"only whom it is about is told who {what}"
    return ""


def _announcement(verb: Verb, other: Player, dialect: Dialect) -> tuple[Announcement | None, str]:
    if verb is Verb.SEES_JOIN:
        return dialect.join, "comes"
    if other.went_how is not Ending.RESET:
        return dialect.leave, "goes"
    if dialect.silent_loss:
        return None, "is lost"
    return dialect.lost or dialect.leave, "is lost"
