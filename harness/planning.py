"""Planning: Scenario + seed -> Plan.

Who is in the room is followed through the story, so that a step that cannot be (someone speaks who
has left) is a mistake in the scenario, found before anything runs. Everything random comes from
the seed; each person has a stream of their own, so adding one does not change the others. Pure.
"""

from dataclasses import dataclass, field, replace
from random import Random

from harness.company import Company
from harness.dialect import Dialect
from harness.errors import InputError, Problem
from harness.events import Ending
from harness.fakes import Fakes
from harness.feature import Feature
from harness.fitness import NotApplicableError, of_a_send, reasons
from harness.on import Cutting
from harness.plan import (
    ACTS,
    BECOMES,
    NEEDS_SERVER,
    Deed,
    Plan,
    PlannedStep,
    Presence,
    Scene,
    Server,
    Utterance,
    in_words,
)
from harness.player import LOOKS_LIKE_TOKEN, Player
from harness.scenario import DropKind, Scenario, ServerAct, Step, Verb
from harness.seeing import with_seen
from harness.tokens import LIMIT

# What tokens can number, with room for the beacons' and closing messages.
MOST_MESSAGES = LIMIT * 9 // 10
MOST_LIVES = LIMIT * 9 // 10
MEMBERS = (Presence.IN_THE_ROOM, Presence.FROZEN)
OPENS = (Verb.CONNECT, Verb.JOIN, Verb.REFUSED)
_ENDINGS = {
    DropKind.CLOSE: Ending.CLOSE,
    DropKind.RESET: Ending.RESET,
    DropKind.HALF_CLOSE: Ending.HALF_CLOSE,
}


@dataclass(slots=True)
class _Planner(Company):
    """The story so far."""

    lives: int = 0
    repeats: int = 0
    messages: int = 0
    server: Server = Server.RUNS
    moved: set[str] = field(default_factory=set)
    scenes: list[Scene] = field(default_factory=list)

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
        up = self.server
        planned = tuple(self._step(step, before, later) for step in steps)
        for step in steps:
            self._check_server(step, up)
        for step, plan in zip(steps, planned, strict=True):
            self._check_heard(step, plan)
        planned = tuple(with_seen(self, *both) for both in zip(steps, planned, strict=True))
        for step in steps[:1]:
            self.check_most(step, before)
        self.scenes.append(Scene(planned, empties=self._emptied(planned, before)))

    def _can_stand_here(self, step: Step) -> bool:
        if step.verb is Verb.REPEAT:
            hint = "put the repeat before or behind it, or the together into the repeat"
            self.problem(step, "'repeat' inside of 'together'", hint)
        return step.verb is not Verb.REPEAT

    def _check_server(self, step: Step, server: Server) -> None:
        """Find what cannot be done while the server is stopped, or not running."""
        if step.verb in NEEDS_SERVER and server is not Server.RUNS:
            hint = "server: continue" if server is Server.STOPPED else "server: restart"
            self.problem(step, f"the server is {server} here", f"let it go on first: {hint}")
        says = step.verb in (Verb.SAY, Verb.SEND)
        if says and server is Server.STOPPED and self.dialect.one_at_a_time:
            self.unfit(step, f"what is said meanwhile is glued, and {Feature.PIECES.lack}")

    def _tell_server(self, step: Step, act: ServerAct) -> None:
        wanted, becomes = ACTS[act]
        if self.server not in wanted:
            hint = f"{act} needs one that is {wanted[0]}"
            self.problem(step, f"the server is {self.server} here", hint)
        self.server = becomes
        if act in (ServerAct.STOP, ServerAct.CONTINUE):
            return
        for player in self.players.values():
            if player.name in self.moved:
                hint = "what comes and goes at the same time has no order: make two steps of them"
                self.problem(step, f"{player.name} comes or goes while the server ends", hint)
            player.presence = Presence.AWAY
            self.moved.add(player.name)

    def _check_heard(self, step: Step, plan: PlannedStep) -> None:
        """Find a `hears` that nothing could ever violate, as there is nothing to hear."""
        if step.hears is None or step.hears.from_ is None or not plan.deeds:
            return
        speakers = {name for deed in plan.deeds for name in deed.hears_from}
        if not any(self.players[name].said for name in speakers):
            hint = "let them say something first, in the time since they joined"
            self.problem(step, f"nothing of {step.hears.from_} is there to hear", hint)

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
        if step.server is not None:
            self._tell_server(step, step.server)
        people = self.people(step, before)
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
            server=step.server,
            after=after if step.server else 0.0,
            within=self._within(step),
        )

    # -- one person's part -------------------------------------------------------------------

    def _deed(self, step: Step, player: Player, after: float) -> Deed:
        self._check_silence(step, player)
        # What is said belongs to the connection that it is said on.
        utterances = self._utterances(step, player)
        self._move(step, player)
        hears = step.hears
        if step.verb in (Verb.JOIN, Verb.REFUSED) and self._greets(step, player):
            utterances = (player.greeting(),)
        return Deed(
            person=player.name,
            verb=step.verb,
            life=player.life,
            after=after,
            utterances=utterances,
            hears_from=self._heard(step, player) if hears and hears.from_ else (),
            hears_text=hears.text if hears else None,
            how=self._ending(step),
            within=self._within(step),
            cuts=player.nickname_cuts() if step.verb in (Verb.JOIN, Verb.REFUSED) else (),
            delay=player.delay,
            or_refused=step.or_refused,
        )

    def _check_silence(self, step: Step, player: Player) -> None:
        """Find a member who must hear nothing of what was said, and is told it by the server."""
        heard = step.hears_nothing and player.presence is Presence.IN_THE_ROOM
        if heard and self.dialect.history:
            self.unfit(step, f"in {self.dialect.name} newcomers are told what was said before")

    def _within(self, step: Step) -> float | None:
        return step.within * self.patience if step.within else None

    def _greets(self, step: Step, player: Player) -> bool:
        """Tell whether a first message goes out together with the nickname."""
        glued = player.segments.cutting is Cutting.GLUED and step.verb is Verb.JOIN
        nickname = self.dialect.nickname
        marked = nickname is not None and nickname.ends.marked and self.dialect.said.ends.marked
        return glued and marked

    def _move(self, step: Step, player: Player) -> None:
        if step.verb is Verb.SEND and player.presence is Presence.AT_THE_DOOR:
            player.presence = Presence.STRANGE
        if step.verb not in BECOMES:
            return
        if player.name in self.moved:
            hint = "what comes and goes at the same time has no order: make two steps of them"
            self.problem(step, f"{player.name} comes or goes twice in one 'together'", hint)
        self.moved.add(player.name)
        player.freezes = player.freezes or step.verb is Verb.FREEZE
        if step.verb in OPENS and player.presence is Presence.AWAY:
            player.begin(self.lives)
            self.lives += 1
            if self.lives > MOST_LIVES:
                raise self._too_much(f"more than {MOST_LIVES:,} connections")
        was, player.presence = player.presence, BECOMES[step.verb]
        if step.verb is Verb.JOIN:
            player.came, player.came_life = len(self.scenes), player.life
        elif step.verb in (Verb.LEAVE, Verb.DROP) and was in MEMBERS:
            player.went, player.went_life = len(self.scenes), player.life
            player.went_how = self._ending(step)

    def _heard(self, step: Step, player: Player) -> tuple[str, ...]:
        hears = step.hears
        speakers = self.scenario.members(hears.from_ if hears and hears.from_ else player.name)
        return tuple(name for name in speakers if name != player.name)

    @staticmethod
    def _ending(step: Step) -> Ending | None:
        if step.leave:
            return Ending.LEAVE
        return _ENDINGS[step.drop] if step.drop else None

    def _utterances(self, step: Step, player: Player) -> tuple[Utterance, ...]:
        if step.say is None and step.send is None:
            return ()
        self.messages += step.times
        if self.messages > MOST_MESSAGES:
            raise self._too_much(f"more than {MOST_MESSAGES:,} messages")
        times = enumerate(_schedule(step, player.random))
        return tuple(self._utterance(step, player, at, index) for index, at in times)

    def _utterance(self, step: Step, player: Player, at: float, index: int) -> Utterance:
        if step.say is not None:
            said, problem = player.say(step, step.say, at, index)
        else:
            member = player.presence is Presence.IN_THE_ROOM
            said, problem = player.send(step, at, member)
            cuts = len(said.cuts)
            problem = problem or of_a_send(step, said.data, cuts, member, self.dialect)
        if problem:
            verb = "said" if step.say is not None else "sent"
            # What looks like a token does so in every dialect; for the rest another one may serve.
            tell = self.problem if problem == LOOKS_LIKE_TOKEN else self.unfit
            tell(step, f"this cannot be {verb} in {self.dialect.name}", problem)
        return said

    def _too_much(self, what: str) -> InputError:
        return InputError([Problem(f"the story has {what}", self.scenario.origin)])


def make_plan(
    scenario: Scenario, dialect: Dialect, *, name: str, seed: int, patience: float = 1.0
) -> Plan:
    """Return what `scenario` means under `seed`; raises `InputError` with all its mistakes."""
    fakes = Fakes(scenario.locale)
    cast = scenario.cast()
    nicks = fakes.nicknames(cast, seed)
    planner = _Planner(scenario, dialect, seed, {}, fakes, patience)
    for one in cast:
        on = scenario.people[one.group].on
        planner.players[one.name] = planner.make_player(one.name, nicks[one.name], on)
        planner.players[one.name].typed = scenario.people[one.group].typed
    planner.reasons.update((str(reason), reason) for reason in reasons(scenario, dialect))
    planner.check_names()
    planner.tell(scenario.story)
    if planner.server is Server.STOPPED:
        planner.problems["stopped"] = Problem(
            "the server is still stopped when the story ends",
            scenario.origin,
            hint="let it go on: server: continue",
        )
    if planner.reasons:
        # What the dialect cannot say is missing from the story, which may seem a mistake there.
        raise NotApplicableError(planner.reasons.values())
    if planner.problems:
        raise InputError(planner.problems.values())
    return Plan(
        name=name,
        title=scenario.scenario,
        requirements=scenario.requirement,
        seed=seed,
        dialect=dialect.name,
        patience=patience,
        people=tuple(one.planned() for one in planner.players.values()),
        scenes=tuple(planner.scenes),
        lives=planner.lives,
        limits=scenario.limits,
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
