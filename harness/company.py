"""Company: everyone in a story while it is being planned, and who is meant by a step's `who`.

Whom `10 of crowd` means is drawn anew for each step; a newcomer is somebody new each time. What a
step asks of people who cannot do it is a mistake in the scenario. Pure.
"""

import re
from dataclasses import dataclass, field
from random import Random

from harness.dialect import Dialect
from harness.errors import Problem
from harness.fakes import Fakes
from harness.fitness import OWN_PEOPLE, of_nicknames
from harness.on import Cutting, On, Segments
from harness.plan import NEWCOMER, SERVES, Presence
from harness.player import Player
from harness.scenario import Scenario, Step
from harness.verbs import NOBODYS
from harness.who import Crowd, Everyone, Person, Some, Whom

GUESTS = re.compile(rf"{NEWCOMER}(-[0-9]+)?")


@dataclass(slots=True)
class Company:
    """The people of `scenario`; `problems` are its mistakes so far.

    `reasons` are what the dialect cannot carry, which is no mistake.
    """

    scenario: Scenario
    dialect: Dialect
    seed: int
    players: dict[str, Player]
    fakes: Fakes
    patience: float
    index: int = 0
    told: int = 0
    newcomers: int = 0
    problems: dict[str, Problem] = field(default_factory=dict)
    reasons: dict[str, Problem] = field(default_factory=dict)

    def people(self, step: Step, before: dict[str, Presence]) -> list[str]:
        """Return who does `step`, by name; `before` is where everyone was when it began."""
        if step.verb in NOBODYS:
            return []
        draw = Random(f"{self.seed}/step/{self.index}")
        known = self.told
        names: dict[str, None] = {}
        for whom in step.who:
            names |= dict.fromkeys(self._expand(whom, step, before, draw))
        if not names and self.told == known:
            self.problem(step, f"nobody can {step.verb} here", "nobody of them is there")
        return list(names)

    def _expand(
        self, whom: Whom, step: Step, before: dict[str, Presence], draw: Random
    ) -> list[str]:
        fit = [
            name for name in self.players if before.get(name, Presence.AWAY) in SERVES[step.verb]
        ]
        match whom:
            case Person(name):
                self._check_presence(name, step, before)
                return [name] if name in fit else []
            case Crowd(name):
                return [one for one in self.scenario.members(name) if one in set(fit)]
            case Everyone(but):
                left_out = {one for name in but for one in self.scenario.members(name)}
                return [name for name in fit if name not in left_out]
            case Some(count, crowd):
                return self._draw(count, crowd, step, set(fit), draw)
            case _:
                return [self._newcomer()]

    def _newcomer(self) -> str:
        self.newcomers += 1
        name = f"{NEWCOMER}-{self.newcomers}"
        self.players[name] = self.make_player(name, name, self.scenario.on)
        return name

    def make_player(self, name: str, nick: str, on: On | None) -> Player:
        """Return a person who speaks as `on` says, or as everyone where it does not."""
        common = self.scenario.on or On()
        own = on or On()
        segments = own.segments or common.segments or Segments(Cutting.WHOLE)
        delay = own.delay if own.delay is not None else common.delay
        return Player(
            name=name,
            nick=nick,
            random=Random(f"{self.seed}/{name}"),
            cutter=Random(f"{self.seed}/{name}/cuts"),
            dialect=self.dialect,
            fakes=self.fakes,
            segments=segments,
            delay=delay or 0.0,
        )

    def _draw(self, count: int, crowd: str, step: Step, fit: set[str], draw: Random) -> list[str]:
        members = [one for one in self.scenario.members(crowd) if one in fit]
        if len(members) < count:
            there = f"only {len(members)} of {crowd} can {step.verb} here"
            self.problem(step, there, f"{count} are asked for")
            return members
        return sorted(draw.sample(members, count))

    def _check_presence(self, name: str, step: Step, before: dict[str, Presence]) -> None:
        if before[name] not in SERVES[step.verb]:
            wanted = " or ".join(SERVES[step.verb])
            self.problem(
                step,
                f"{name} cannot {step.verb} here: {name} is {before[name]}",
                f"to {step.verb}, {name} must be {wanted} when this step begins",
            )

    def check_names(self) -> None:
        """Find the nicknames that cannot be had."""
        for player in self.players.values():
            message = f"{player.name} cannot be called {player.nick!r} in {self.dialect.name}"
            if GUESTS.fullmatch(player.name) or GUESTS.fullmatch(player.nick):
                hint = "so are the harness's own guests"
                self.problems[player.name] = Problem(message, self.scenario.origin, hint=hint)
            elif why := self.dialect.check_nick(player.nick):
                self.reasons[player.name] = Problem(message, self.scenario.origin, hint=why)
        nicks = [player.nick for player in self.players.values()]
        if why := of_nicknames(nicks, self.dialect):
            self.reasons["twice"] = Problem(why, self.scenario.origin)

    def check_most(self, step: Step, before: dict[str, Presence]) -> None:
        """Find out whether the dialect lets so many in, the harness's own people among them."""
        away = Presence.AWAY
        count = OWN_PEOPLE + sum(
            player.presence is not away or before.get(name, away) is not away
            for name, player in self.players.items()
        )
        if self.dialect.most is not None and count > self.dialect.most:
            most = f"{self.dialect.name} lets {self.dialect.most:,} people in"
            self.unfit(step, f"{most}, and here are up to {count:,}", "three are the harness's own")

    def problem(self, step: Step, message: str, hint: str) -> None:
        """Take down what is wrong with `step`."""
        self.told += 1
        # A step that is repeated is wrong once.
        problem = self._placed(step, message, hint)
        self.problems.setdefault(str(problem), problem)

    def unfit(self, step: Step, message: str, hint: str = "") -> None:
        """Take down why `step` cannot be told in the dialect."""
        reason = self._placed(step, message, hint)
        self.reasons.setdefault(str(reason), reason)

    def _placed(self, step: Step, message: str, hint: str) -> Problem:
        mark = step.mark
        place = (mark.line, mark.column) if mark else (0, 0)
        return Problem(message, self.scenario.origin, *place, hint)
