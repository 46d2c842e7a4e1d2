"""Coming and going: what the server says by itself, on which occasion, and to whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.ends import NONE
from harness.escape import counted
from harness.learn.findings import Sort, quoted, quoted_all
from harness.learn.framing import frames
from harness.learn.lab import DiedError, Lab, decoded
from harness.learn.probe import Probe
from harness.learn.samples import Sample, infer, prompt_of

ENDS_WITHIN = 2.0
_ROOMS = (3, 2)
_LOSING = "a connection was reset"
_MANY_TEXTS, _MANY_BYTES = 6, 4096


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody, and others, were told when that person came or went; texts without ends."""

    probe: Probe
    own: tuple[str, ...]
    others: tuple[str, ...]
    nicks: tuple[str, ...]
    earlier: int = 0
    flooded: bool = False
    answered: bool = True

    def sample(self, text: str) -> Sample:
        """Return one of the texts with what may stand in it."""
        host, port = self.probe.address
        nick = {"nick": self.named(text)} if self.probe.nick else {}
        return Sample(text, {**nick, "host": host, "port": str(port)})

    def greeting(self, text: str) -> Sample:
        """Return one of the texts that it was told itself, maybe with who is in."""
        sample, own = self.sample(text), self.probe.nick
        values = {**sample.values, "nick": own} if own else sample.values
        return Sample(text, values, tuple(one for one in self.nicks if one != own))

    def named(self, text: str) -> str:
        """Return whose nickname stands in a text: its own, or that of another by mistake."""
        others = (nick for nick in self.nicks if nick in text)
        return self.probe.nick if self.probe.nick in text else next(others, self.probe.nick)


@dataclass(frozen=True, slots=True)
class _Visit:
    """What was told of somebody who came and went."""

    came: Told
    went: Told

    @property
    def tells(self) -> bool:
        return any((self.came.own, self.came.others, self.went.own, self.went.others))


async def prompt(lab: Lab) -> None:
    """Find out what the server says first, from all connections so far."""
    key = "prompt"
    if not lab.manner.nicks:
        lab.findings.nothing(key, "nobody is asked for a nickname")
        return
    if not any(lab.doors):
        lab.findings.nothing(key, "nothing came until the client had spoken: it speaks first")
        return
    found = prompt_of([decoded(door) for door in lab.doors])
    if found is None:
        lab.findings.unknown(key, "what is said first differs from connection to connection")
        return
    text, exact = found
    lab.manner.prompt = text.encode("utf-8", "surrogateescape")
    if exact:
        lab.findings.found(key, quoted(text), "each connection was first told exactly this")
    else:
        saw = "what each connection was first told ended so, and more stood before it"
        lab.findings.found(key, f"{{ends-with: {quoted(text)}}}", saw)


# -- coming ------------------------------------------------------------------------------------


async def comings_and_goings(lab: Lab) -> None:
    """Find out who is told what of a newcomer, and of somebody who leaves or is lost."""
    left, lost = await _all_visits(lab)
    _tell_join(lab, await _arrivals(lab, left, lost))
    _tell_leave(lab, [visit.went for visit in left])
    tell_farewell(lab, [visit.went for visit in left], "half-closed")
    _tell_lost(lab, [visit.went for visit in lost])
    people = await lab.assemble()
    lab.doing = "somebody spoke after others had left"
    if not await lab.say(people[0], lab.names.word(), people[1:]):
        lab.check_alive()
        lab.findings.defect("after some had left or were lost, not everybody is heard any more")
        await lab.dismiss()


async def _all_visits(lab: Lab) -> tuple[list[_Visit], list[_Visit]]:
    """Return visits that were told alike; none that was lost where the server outlives no loss."""
    try:
        left, lost = await _visits(lab, lab.quiet)
        return (left, lost) if _are_alike(left, lost) else await _visits(lab, 2 * lab.quiet)
    except DiedError:
        if lab.doing != _LOSING or not lab.target.started:
            raise
        lab.note_end()
        await lab.restart()
        return await _visits(lab, 2 * lab.quiet, losses=False)


async def _arrivals(lab: Lab, left: Sequence[_Visit], lost: Sequence[_Visit]) -> list[Told]:
    """Return who came; anew, where the server has gone wrong with somebody who had left before.

    Whoever is told of such a one late, or of another, is told so together with who comes next.
    """
    if all(visit.went.answered for visit in left) or not lab.target.started:
        return [visit.came for visit in (*left, *lost)]
    await lab.restart()
    people = await lab.assemble()
    came = [await _arrives(lab, people, lab.quiet) for _ in _ROOMS]
    await lab.restart()
    return came


async def _visits(
    lab: Lab, quiet: float, *, losses: bool = True
) -> tuple[list[_Visit], list[_Visit]]:
    """Let people come and leave, and come and be lost; again where anything was told of it.

    The second time fewer are in the room: what is told may say how many there are.
    """
    people = await lab.assemble()
    left, lost = list[_Visit](), list[_Visit]()
    for size in _ROOMS:
        for one in people[size:]:
            one.close()
            await lab.settle(people[:size], quiet)
        left.append(await _visit(lab, people[:size], quiet, reset=False))
        if losses:
            lost.append(await _visit(lab, people[:size], quiet, reset=True))
        if not any(one.tells for one in (*left, *lost)):
            break
    return left, lost


def _are_alike(left: Sequence[_Visit], lost: Sequence[_Visit]) -> bool:
    """Tell whether the same number of texts was told each time."""
    came = {(len(one.came.own), len(one.came.others)) for one in (*left, *lost)}
    gone = (len({len(one.went.others) for one in some}) for some in (left, lost))
    return len(came) == 1 and all(number <= 1 for number in gone)


async def _visit(lab: Lab, people: Sequence[Probe], quiet: float, *, reset: bool) -> _Visit:
    came = await _arrives(lab, people, quiet)
    return _Visit(came, await _goes(lab, people, came.probe, quiet, reset=reset))


async def _arrives(lab: Lab, people: Sequence[Probe], quiet: float) -> Told:
    lab.doing = "somebody joined"
    for one in people:
        one.take()
    probe = await lab.enter()
    await lab.settle((probe, *people), quiet)
    own, others = probe.take(), people[1].take()
    if not lab.manner.nicks:
        probe.nick, own = "", probe.door + own
    earlier = sum(word.encode() in own for word in lab.said)
    told_own, told_others = lab.texts(own), lab.texts(others)
    await lab.is_in(probe)
    await lab.settle((probe, *people), lab.brief)
    if lab.manner.heard is not NONE:
        told_own += lab.texts(probe.take())
        told_others += lab.texts(people[1].take())
    for one in (probe, *people):
        one.take()
    return Told(probe, tuple(told_own), tuple(told_others), tuple(lab.names.nicks), earlier)


def _tell_join(lab: Lab, arrivals: Sequence[Told]) -> None:
    join = _notice(lab, "join", arrivals, "somebody came")
    if join is None:
        lab.findings.nothing("join", f"{_people(arrivals)} came, and others were told nothing")
    own = [list(one.own) for one in arrivals]
    if join and all(_has(one.own, one.others) for one in arrivals):
        own = [_less(one.own, one.others) for one in arrivals]
        saw = f"{_people(arrivals)} came, and everybody was told so, they themselves, too"
        lab.findings.found("join", f"{{text: {quoted(join)}, to: all}}", saw)
    elif join:
        saw = f"{_people(arrivals)} came, and the others were told so"
        lab.findings.found("join", f"{{text: {quoted(join)}, to: others}}", saw)
    lab.earlier = max(one.earlier for one in arrivals)
    _tell_greeting(lab, arrivals, own)


def _has(own: Sequence[str], others: Sequence[str]) -> bool:
    return bool(others) and any(others[0] in text for text in own)


def _less(own: Sequence[str], others: Sequence[str]) -> list[str]:
    """Take what others are told, too, out of what a newcomer is told."""
    found: list[str] = []
    for text in own:
        parts = text.partition(others[0]) if others[0] in text else (text, "", "")
        found += [part for part in (parts[0], parts[2]) if part.strip()]
    return found


def _tell_greeting(lab: Lab, arrivals: Sequence[Told], own: list[list[str]]) -> None:
    if lab.manner.heard is NONE and lab.earlier:
        why = "a newcomer is told what was said before, and nothing ends it"
        lab.findings.unknown("greeting", why)
        return
    _tell_own(lab, "greeting", arrivals, own, ("newcomers", "after joining"))


def _tell_own(
    lab: Lab,
    key: str,
    people: Sequence[Told],
    own: Sequence[Sequence[str]],
    words: tuple[str, str],
) -> None:
    """Find the one form of what each of `people` was told alone; `words` say who, and when."""
    who, when = words
    told = [[text for text in texts if text.strip()] for texts in own]
    if not any(told):
        lab.findings.nothing(key, f"{who} were told nothing")
        return
    if len({len(texts) for texts in told}) > 1:
        lab.findings.unknown(key, f"{who} are told more, or less, from one to the next")
        return
    found = [
        infer([one.greeting(text) for one, text in zip(people, texts, strict=True)], frozenset())
        for texts in zip(*told, strict=True)
    ]
    known = [text for text in found if text and _has_text(text)]
    if len(known) < len(found):
        lab.findings.unknown(key, f"what {who} are told has no one form")
        return
    lab.findings.found(key, quoted_all(known), f"{who} were told this {when}")


def _has_text(template: str) -> bool:
    return bool(template.replace("{any}", "").replace("{nick}", "").strip())


def _notice(lab: Lab, key: str, told: Sequence[Told], when: str) -> str | None:
    """Return the one text that others are told; None where it is nothing, or has no one form."""
    if any(one.flooded for one in told) or not any(one.others for one in told):
        return None
    texts = [[text for text in one.others if text.strip()] for one in told]
    if len({len(one) for one in texts}) > 1:
        lab.findings.unknown(key, f"when {when}, others were told of it, but not each time")
        return ""
    if any(
        one.named(text) != one.probe.nick
        for one, each in zip(told, texts, strict=True)
        for text in each
    ):
        lab.findings.defect(f"when {when}, others are told the name of somebody else")
    found = [
        infer([one.sample(text) for one, text in zip(told, column, strict=True)], frozenset())
        for column in zip(*texts, strict=True)
    ]
    known = [text for text in found if text and _has_text(text)]
    if len(found) > 1:
        lab.findings.defect(f"when {when}, others are told {len(found)} texts, and one is known")
    if not known:
        lab.findings.unknown(key, f"what others were told when {when} has no one form")
        return ""
    return next((text for text in known if "{nick}" in text), known[0])


# -- going -------------------------------------------------------------------------------------


async def _goes(
    lab: Lab, people: Sequence[Probe], probe: Probe, quiet: float, *, reset: bool
) -> Told:
    lab.doing = _LOSING if reset else "somebody half-closed"
    for one in (probe, *people):
        one.take()
    answered = True
    if reset:
        probe.reset()
    else:
        probe.half_close()
        answered = await probe.until(lambda: probe.ended, ENDS_WITHIN)
        if not answered:
            lab.check_alive()
            lab.findings.defect("who half-closes is not answered: the connection stays open")
        own = probe.take()
        probe.close()
    listener = people[1]
    if not await listener.until(lambda: bool(listener.heard), 2 * quiet):
        lab.check_alive()
    await lab.settle(people, quiet)
    others = listener.take()
    lab.check_alive()
    texts = [decoded(one) for one in frames(others, lab.manner.heard)]
    flooded = len(texts) > _MANY_TEXTS or len(others) > _MANY_BYTES
    if flooded:
        lab.findings.defect(f"when {lab.doing}, the others are flooded")
    told_own = () if reset else tuple(lab.texts(own))
    nicks = tuple(lab.names.nicks)
    return Told(probe, told_own, tuple(texts), nicks, flooded=flooded, answered=answered)


def _people(told: Sequence[Told]) -> str:
    return counted(len(told), "person", "people")


def _tell_leave(lab: Lab, left: Sequence[Told]) -> None:
    leave = _notice(lab, "leave", left, "somebody left")
    if leave:
        to_all = all(_has(one.own, one.others) for one in left)
        saw = f"{_people(left)} half-closed, and {'all' if to_all else 'the others'} were told"
        to = "all" if to_all else "others"
        lab.findings.found("leave", f"{{text: {quoted(leave)}, to: {to}}}", saw)
    elif leave is None:
        lab.findings.nothing("leave", f"{_people(left)} half-closed, and nobody was told")


def _tell_lost(lab: Lab, lost: Sequence[Told]) -> None:
    if not lost:
        lab.findings.unknown("lost", f"the server did not outlive that {_LOSING}")
        return
    leave, text = lab.findings.of("leave"), _notice(lab, "lost", lost, _LOSING)
    announced = leave is not None and leave.value.startswith("{text: ")
    if text and leave and leave.value.startswith(f"{{text: {quoted(text)},"):
        lab.findings.nothing("lost", "of a connection that was reset the same was told")
    elif text:
        saw = "a connection was reset, and the others were told so"
        lab.findings.found("lost", f"{{text: {quoted(text)}, to: others}}", saw)
    elif text is None and announced and not any(one.flooded for one in lost):
        saw = "a connection was reset, and nobody was told"
        lab.findings.found("silent-loss", "true", saw)
    elif text is None:
        lab.findings.nothing("lost", "a connection was reset, and nobody was told")


def tell_farewell(lab: Lab, left: Sequence[Told], how: str) -> None:
    """Find what those who left were told themselves, beside what the others were told."""
    key, before = "farewell", lab.findings.of("farewell")
    own = [_less(one.own, one.others) if one.others else one.own for one in left]
    if any(own) or before is None:
        _tell_own(lab, key, left, own, (f"those who {how}", "before the end"))
    after = lab.findings.of(key)
    both = [one for one in (before, after) if one and one.sort is Sort.FOUND]
    if len({one.value for one in both}) > 1:
        values = ", ".join(one.value.removeprefix("[").removesuffix("]") for one in both)
        lab.findings.found(key, f"[{values}]", " or ".join(one.saw for one in both))
