"""Planning: Scenario + seed -> Plan.

Who is in the room is followed through the story, so that a step that cannot be (someone speaks who
has left) is a mistake in the scenario, found before anything runs. Everything random comes from
the seed; each person has a stream of their own, so adding one does not change the others. Pure.
"""

from dataclasses import dataclass, field, replace
from random import Random

from harness.dialect import Dialect
from harness.errors import InputError, Problem
from harness.events import Ending
from harness.fakes import Fakes
from harness.plan import (
    BECOMES,
    NEWCOMER,
    SERVES,
    Deed,
    Plan,
    PlannedPerson,
    PlannedStep,
    Presence,
    Scene,
    Utterance,
    in_words,
)
from harness.scenario import DropKind, Scenario, Step, Verb
from harness.texts import Text
from harness.tokens import LIMIT, PATTERN, mint
from harness.who import Crowd, Everyone, Person, Some, Whom

# What tokens can number, with room for the beacons' and closing messages.
MOST_MESSAGES = LIMIT * 9 // 10
MOST_LIVES = LIMIT * 9 // 10
_ENDINGS = {
    DropKind.CLOSE: Ending.CLOSE,
    DropKind.RESET: Ending.RESET,
    DropKind.HALF_CLOSE: Ending.HALF_CLOSE,
}


@dataclass(slots=True)
class _Player:
    """One person while the story is being planned."""

    name: str
    nick: str
    random: Random
    presence: Presence = Presence.AWAY
    life: int = -1
    said: int = 0


@dataclass(slots=True)
class _Planner:
    """The story so far."""

    scenario: Scenario
    dialect: Dialect
    seed: int
    players: dict[str, _Player]
    fakes: Fakes
    patience: float
    lives: int = 0
    index: int = 0
    repeats: int = 0
    messages: int = 0
    told: int = 0
    moved: set[str] = field(default_factory=set)
    scenes: list[Scene] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)

    # -- the story ---------------------------------------------------------------------------

    def tell(self, story: tuple[Step, ...], later: float = 0.0) -> None:
        """Add `story` scene after scene; the first of it begins `later` seconds late."""
        for step in story:
            begin = later + (step.after or 0.0) if step.block else later
            if step.verb is Verb.REPEAT:
                self._repeat(step, begin)
            else:
                self._scene(step.together or (step,), begin)
            later = 0.0

    def _repeat(self, step: Step, later: float) -> None:
        self.repeats += 1
        number = self.repeats
        for turn in range(step.times):
            self.tell(step.repeat or (), later if turn == 0 else 0.0)
            self.scenes[-1] = replace(self.scenes[-1], round=(number, turn))

    def _scene(self, steps: tuple[Step, ...], later: float) -> None:
        before = {name: player.presence for name, player in self.players.items()}
        self.moved = set()
        steps = tuple(filter(self._can_stand_here, steps))
        planned = tuple(self._step(step, before, later) for step in steps)
        for step, plan in zip(steps, planned, strict=True):
            self._check_heard(step, plan)
        self.scenes.append(Scene(planned, empties=self._emptied(planned, before)))

    def _can_stand_here(self, step: Step) -> bool:
        if step.verb is Verb.REPEAT:
            hint = "put the repeat before or behind it, or the together into the repeat"
            self._problem(step, "'repeat' inside of 'together'", hint)
        return step.verb is not Verb.REPEAT

    def _check_heard(self, step: Step, plan: PlannedStep) -> None:
        """Find a `hears` that nothing could ever violate, as there is nothing to hear."""
        if step.hears is None or step.hears.from_ is None or not plan.deeds:
            return
        speakers = {name for deed in plan.deeds for name in deed.hears_from}
        if not any(self.players[name].said for name in speakers):
            hint = "let them say something first, in the time since they joined"
            self._problem(step, f"nothing of {step.hears.from_} is there to hear", hint)

    def _emptied(
        self, steps: tuple[PlannedStep, ...], before: dict[str, Presence]
    ) -> Ending | None:
        if any(player.presence is not Presence.AWAY for player in self.players.values()):
            return None
        if all(presence is Presence.AWAY for presence in before.values()):
            return None
        return next((deed.how for step in steps for deed in step.deeds if deed.how), None)

    # -- one step ----------------------------------------------------------------------------

    def _step(self, step: Step, before: dict[str, Presence], later: float) -> PlannedStep:
        index = self.index
        self.index += 1
        people = self._people(step, before)
        after = later + (step.after or 0.0)
        # Of several messages each takes its share of the time, and the people share that.
        spread = (step.over or 0.0) / step.times / max(len(people), 1)
        deeds = tuple(
            self._deed(step, self.players[name], after + turn * spread)
            for turn, name in enumerate(people)
        )
        return PlannedStep(
            index=index,
            line=step.mark.line if step.mark else 0,
            words=in_words(step),
            verb=step.verb,
            deeds=deeds,
            wait=after + step.wait if step.wait is not None else 0.0,
            at_once=step.over == 0,
        )

    def _people(self, step: Step, before: dict[str, Presence]) -> list[str]:
        if step.verb is Verb.WAIT:
            return []
        draw = Random(f"{self.seed}/step/{self.index}")
        known = self.told
        names: dict[str, None] = {}
        for whom in step.who:
            names |= dict.fromkeys(self._expand(whom, step, before, draw))
        if not names and self.told == known:
            self._problem(step, f"nobody can {step.verb} here", "nobody of them is there")
        return list(names)

    def _expand(
        self, whom: Whom, step: Step, before: dict[str, Presence], draw: Random
    ) -> list[str]:
        fit = [name for name in self.players if before[name] in SERVES[step.verb]]
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

    def _draw(self, count: int, crowd: str, step: Step, fit: set[str], draw: Random) -> list[str]:
        members = [one for one in self.scenario.members(crowd) if one in fit]
        if len(members) < count:
            there = f"only {len(members)} of {crowd} can {step.verb} here"
            self._problem(step, there, f"{count} are asked for")
            return members
        return sorted(draw.sample(members, count))

    def _check_presence(self, name: str, step: Step, before: dict[str, Presence]) -> None:
        if before[name] not in SERVES[step.verb]:
            wanted = " or ".join(SERVES[step.verb])
            self._problem(
                step,
                f"{name} cannot {step.verb} here: {name} is {before[name]}",
                f"to {step.verb}, {name} must be {wanted} when this step begins",
            )

    def _problem(self, step: Step, message: str, hint: str) -> None:
        mark = step.mark
        problem = Problem(
            message,
            self.scenario.origin,
            mark.line if mark else 0,
            mark.column if mark else 0,
            hint,
        )
        self.told += 1
        # A step that is repeated is wrong once.
        self.problems.setdefault(str(problem), problem)

    # -- one person's part -------------------------------------------------------------------

    def _deed(self, step: Step, player: _Player, after: float) -> Deed:
        self._move(step, player)
        hears = step.hears
        return Deed(
            person=player.name,
            verb=step.verb,
            life=player.life,
            after=after,
            utterances=self._utterances(step, player) if step.say is not None else (),
            hears_from=self._heard(step, player) if hears and hears.from_ else (),
            hears_text=hears.text if hears else None,
            how=self._ending(step),
            within=step.within * self.patience if step.within else None,
        )

    def _move(self, step: Step, player: _Player) -> None:
        if step.verb not in BECOMES:
            return
        if player.name in self.moved:
            hint = "what comes and goes at the same time has no order: make two steps of them"
            self._problem(step, f"{player.name} comes or goes twice in one 'together'", hint)
        self.moved.add(player.name)
        if step.verb in (Verb.CONNECT, Verb.JOIN) and player.presence is Presence.AWAY:
            player.life, player.said = self.lives, 0
            self.lives += 1
            if self.lives > MOST_LIVES:
                raise self._too_much(f"more than {MOST_LIVES:,} connections")
        player.presence = BECOMES[step.verb]

    def _heard(self, step: Step, player: _Player) -> tuple[str, ...]:
        hears = step.hears
        speakers = self.scenario.members(hears.from_ if hears and hears.from_ else player.name)
        return tuple(name for name in speakers if name != player.name)

    @staticmethod
    def _ending(step: Step) -> Ending | None:
        if step.leave:
            return Ending.LEAVE
        return _ENDINGS[step.drop] if step.drop else None

    def _utterances(self, step: Step, player: _Player) -> tuple[Utterance, ...]:
        self.messages += step.times
        if self.messages > MOST_MESSAGES:
            raise self._too_much(f"more than {MOST_MESSAGES:,} messages")
        return tuple(
            self._utterance(step, step.say or (), player, at)
            for at in _schedule(step, player.random)
        )

    def _too_much(self, what: str) -> InputError:
        return InputError([Problem(f"the story has {what}", self.scenario.origin)])

    def _utterance(self, step: Step, text: Text, player: _Player, at: float) -> Utterance:
        said = self.fakes.render(text, player.random)
        token = b"" if step.bare else mint(player.life, player.said)
        behind = player.random.random() < 0.5
        body = _with_token(said, token.decode(), behind)
        problem = self.dialect.check_text(body)
        if PATTERN.search(said.encode()):
            problem = "part of it looks like a token, by which the harness knows its messages"
        if problem:
            self._problem(step, f"this cannot be said in {self.dialect.name}", problem)
            return Utterance(at, said, b"", token)
        player.said += 1
        return Utterance(at, said, self.dialect.said_bytes(body), token)


def make_plan(
    scenario: Scenario, dialect: Dialect, *, name: str, seed: int, patience: float = 1.0
) -> Plan:
    """Return what `scenario` means under `seed`; raises `InputError` with all its mistakes."""
    fakes = Fakes(scenario.locale)
    cast = scenario.cast()
    nicks = fakes.nicknames(cast, seed)
    players = {
        one.name: _Player(one.name, nicks[one.name], Random(f"{seed}/{one.name}")) for one in cast
    }
    planner = _Planner(scenario, dialect, seed, players, fakes, patience)
    for player in players.values():
        problem = dialect.check_nick(player.nick)
        if NEWCOMER in (player.name, player.nick):
            problem = "so is the harness's own guest at the end"
        if problem:
            message = f"{player.name} cannot be called {player.nick!r} in {dialect.name}"
            planner.problems[player.name] = Problem(message, scenario.origin, hint=problem)
    planner.tell(scenario.story)
    if planner.problems:
        raise InputError(planner.problems.values())
    return Plan(
        name=name,
        title=scenario.scenario,
        requirements=scenario.requirement,
        seed=seed,
        dialect=dialect.name,
        patience=patience,
        people=tuple(PlannedPerson(one.name, one.nick) for one in players.values()),
        scenes=tuple(planner.scenes),
        lives=planner.lives,
    )


def _schedule(step: Step, random: Random) -> list[float]:
    """Return when each of a step's messages is due, in seconds from the person's beginning."""
    if step.over is not None:
        return [turn * step.over / step.times for turn in range(step.times)]
    times, at = [], 0.0
    for _ in range(step.times):
        times.append(at)
        if step.every is not None:
            at += random.uniform(step.every.least, step.every.most)
    return times


def _with_token(text: str, token: str, behind: bool) -> str:
    if not token or not text:
        return token or text
    return f"{text} {token}" if behind else f"{token} {text}"
