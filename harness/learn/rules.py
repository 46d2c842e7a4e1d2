"""Rules: what becomes of a nickname that is empty or taken, which word quits, how many get in."""

from harness.escape import counted
from harness.learn.coming import ENDS_WITHIN, Told, tell_farewell
from harness.learn.findings import quoted
from harness.learn.lab import Lab
from harness.learn.probe import Probe

QUIT_WORDS = (
    *("/quit", "/exit", "quit", "exit", ":q", "/q", "bye", "/bye", "/leave", "QUIT", "{quit}"),
    *("!quit", ".quit", "/disconnect"),
)
MOST_PEOPLE = 12
HISTORY_SAID = 60
_HEARD_WITHIN = 0.5


async def duplicate(lab: Lab) -> None:
    """Find out what becomes of somebody whose nickname another has."""
    key = "duplicate"
    if not lab.manner.nicks:
        return
    people = await lab.assemble()
    lab.doing = "somebody gave a nickname that another had"
    first = people[2]
    second = await lab.enter(first.nick)
    await second.until(lambda: second.ended or bool(second.heard), lab.quiet)
    await lab.settle((second,), lab.brief)
    if second.ended:
        lab.findings.found(key, "refuse", "who gave a nickname that another had was disconnected")
    elif _is_asked(lab, second):
        lab.findings.found(key, "ask again", "who gave a nickname that another had was asked again")
    elif not await lab.is_in(second):
        lab.findings.unknown(key, "who gave a nickname that another had heard nobody")
    else:
        await _let_in_beside(lab, people, first, second)
    second.close()
    await lab.settle(people, lab.brief)


def _is_asked(lab: Lab, probe: Probe) -> bool:
    return bool(lab.manner.prompt) and probe.heard.endswith(lab.manner.prompt)


async def _let_in_beside(lab: Lab, people: list[Probe], first: Probe, second: Probe) -> None:
    key = "duplicate"
    listener = people[0]
    word = lab.names.word()
    if first.ended:
        saw = "who had a nickname was disconnected when another gave the same"
        lab.findings.found(key, "replace", saw)
        return
    listener.take()
    await lab.say(second, word, [listener])
    await lab.settle([listener], lab.brief)
    heard = listener.take().decode("utf-8", "replace")
    if "{nick}" in lab.manner.relay and not _is_named(lab, heard, first):
        why = "who gave a nickname that another had was let in under another name"
        lab.findings.unknown(key, why)
        return
    lab.findings.found(key, "let in", "two people with one nickname were in, and were heard")


def _is_named(lab: Lab, heard: str, person: Probe) -> bool:
    """Tell whether `heard` has the name of `person`, and right behind it what the relay has."""
    behind = lab.manner.relay.partition("{nick}")[2].partition("{")[0].replace("}}", "}")
    return f"{person.nick}{behind}" in heard


async def empty(lab: Lab) -> None:
    """Find out what becomes of an empty nickname."""
    key = "empty"
    if not lab.manner.nicks:
        return
    people = await lab.assemble()
    lab.doing = "somebody gave an empty nickname"
    probe = await lab.open()
    payload = b"" if lab.manner.nickname.marked else b"\n"
    probe.send(lab.manner.nickname.wrap(payload))
    await lab.read(probe)
    await probe.until(lambda: probe.ended or bool(probe.heard), lab.quiet)
    await lab.settle((probe,), lab.brief)
    if probe.ended:
        lab.findings.found(key, "refuse", "who gave an empty nickname was disconnected")
    elif _is_asked(lab, probe):
        lab.findings.found(key, "ask again", "who gave an empty nickname was asked again")
    else:
        await lab.say(people[0], lab.names.word(), [probe], lab.quiet)
        await _blank(lab, people, probe)
    probe.close()


async def _blank(lab: Lab, people: list[Probe], probe: Probe) -> None:
    word = lab.names.word()
    if await lab.say(probe, word, [people[0]], _HEARD_WITHIN):
        lab.findings.unknown("empty", "who gave an empty nickname was let in")
        lab.findings.defect("an empty nickname is let in")
    else:
        lab.findings.unknown("empty", "who gave an empty nickname was neither let in nor told so")


async def quit_word(lab: Lab) -> None:
    """Find out which word ends a connection."""
    key = "quit"
    people = await lab.assemble()
    speaker = await lab.join()
    for word in QUIT_WORDS:
        lab.doing = f"{word} was said"
        for one in (speaker, people[0]):
            one.take()
        speaker.send(lab.manner.said.wrap(word.encode()))
        heard = word.encode()
        await speaker.until(lambda h=heard: speaker.ended or h in people[0].heard, 0)  # type: ignore[misc]
        await _heard_or_ended(lab, people[0], speaker, heard)
        if speaker.ended:
            lab.check_alive()
            lab.findings.found(key, quoted(word), "who said this was disconnected")
            await _bidden(lab, people, speaker, word)
            return
    speaker.close()
    lab.findings.nothing(key, f"none of {', '.join(QUIT_WORDS)} ends a connection")


async def _bidden(lab: Lab, people: list[Probe], first: Probe, word: str) -> None:
    """Find out what somebody is told who has said the `word` that ends a connection."""
    left = [await _told(lab, people, first)]
    if left[0].own:
        second = await lab.join()
        await lab.settle(people, lab.brief)
        for one in (second, *people):
            one.take()
        second.send(lab.manner.said.wrap(word.encode()))
        await second.until(lambda: second.ended, ENDS_WITHIN)
        left.append(await _told(lab, people, second))
    tell_farewell(lab, left, f"said {word}")


async def _told(lab: Lab, people: list[Probe], left: Probe) -> Told:
    await lab.settle(people, lab.brief)
    own, others = lab.texts(left.take()), lab.texts(people[0].take())
    return Told(left, tuple(own), tuple(others), tuple(lab.names.nicks))


async def _heard_or_ended(lab: Lab, listener: Probe, speaker: Probe, heard: bytes) -> None:
    """Wait until a word was relayed, or its speaker is out, or nothing comes."""
    left = lab.quiet
    while left > 0 and not speaker.ended and heard not in listener.heard:
        await listener.until(lambda: heard in listener.heard or speaker.ended, 0.02)
        left -= 0.02
    if heard in listener.heard:
        await lab.settle([listener, speaker], 0.01)


async def history(lab: Lab) -> None:
    """Find out how many earlier messages a newcomer is told."""
    key = "history"
    if not lab.earlier:
        lab.findings.nothing(key, "newcomers were told nothing of what was said before")
        return
    people = await lab.assemble()
    lab.doing = "much was said"
    for _ in range(HISTORY_SAID):
        await lab.say(people[0], lab.names.word(), [people[1]])
    newcomer = await lab.enter()
    await lab.settle([newcomer], lab.quiet)
    told = newcomer.door + newcomer.take()
    count = sum(text.encode() in told for text in lab.said)
    newcomer.close()
    if count < HISTORY_SAID:
        saw = f"{counted(HISTORY_SAID, 'message', 'messages')} were said, and a newcomer was told"
        lab.findings.found(key, str(count), f"{saw} the last {count}")
    else:
        saw = f"a newcomer was told all of the last {HISTORY_SAID} messages, and earlier ones"
        lab.findings.found(key, "1000000", saw)


async def most(lab: Lab) -> None:
    """Find out whether somebody is refused for want of room."""
    people = await lab.assemble()
    lab.doing = "more and more people came"
    newcomers: list[Probe] = []
    while len(people) + len(newcomers) < MOST_PEOPLE:
        one = await lab.enter()
        newcomers.append(one)
        if one.ended:
            break
    await lab.settle(newcomers, lab.quiet)
    await lab.say(people[0], lab.names.word(), newcomers, _HEARD_WITHIN)
    inside = [one for one in newcomers if not one.ended and lab.said[-1].encode() in one.heard]
    count = len(people) + len(inside)
    if len(inside) == len(newcomers):
        lab.findings.nothing("most", f"{count} people were in at the same time")
    elif all(one.ended for one in newcomers if one not in inside):
        lab.findings.found("most", str(count), f"with {count} people in, the next was disconnected")
    else:
        lab.findings.unknown("most", f"with {count} people in, the next heard nobody")
    for one in newcomers:
        one.close()
    await lab.settle(people, lab.brief)
