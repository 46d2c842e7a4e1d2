"""Meeting: two people come, and one hears the other: how a nickname and a message end.

What ends them is tried out, the likeliest first; then with less.
"""

import asyncio

from harness.ends import CRLF, LENGTH, LF, NONE, Ends
from harness.learn.framing import likely_ends
from harness.learn.lab import FIRST_WORD, DiedError, Lab, NotLearntError, decoded
from harness.learn.probe import Probe
from harness.learn.samples import same_form


async def meet(lab: Lab) -> None:
    """Find how two people come to hear each other. Raises `NotLearntError`."""
    first: Probe | None = await lab.open()
    assert first is not None
    door = first.door
    lab.manner.speaks_first = bool(first.door)
    if first.ended and not first.noisy:
        raise NotLearntError("the server ends a connection before anything is said on it")
    tried = []
    for ends in likely_ends(door):
        lab.doing = f"a nickname and a text were given that end with {_name(ends)}"
        try:
            if await _hear_each_other(lab, ends, first):
                return
            lab.check_alive()
        except DiedError:
            await lab.restart()
        tried.append(str(ends))
        first = None
    raise NotLearntError(
        "nobody heard what another said; nicknames and messages were ended by " + ", ".join(tried)
    )


async def _hear_each_other(lab: Lab, ends: Ends, first: Probe | None) -> bool:
    one = first or await lab.open()
    lab.manner.nickname = lab.manner.said = ends
    lab.name(one, lab.names.nick())
    await lab.read(one)
    lab.refused = lab.refused or one.ended
    if one.ended:
        return False
    other = await lab.open()
    # What is told of a connection is not what is told of its first text.
    await lab.settle((one, other), lab.quiet)
    one.take()
    lab.name(other, lab.names.nick())
    await lab.read(other)
    await lab.settle((one, other), lab.quiet)
    on_name = one.take()
    # What ends a message may be too much for a nickname: then it has been refused with it.
    for said in (NONE, LF) if ends is NONE and lab.refused else (ends,):
        lab.manner.said = said
        if await _talk(lab, one, other, on_name):
            return True
    one.close()
    other.close()
    return False


async def _talk(lab: Lab, one: Probe, other: Probe, on_name: bytes) -> bool:
    word = lab.names.word()
    heard = await asyncio.gather(
        lab.say(one, lab.names.word(), [other], FIRST_WORD),
        lab.say(other, word, [one], FIRST_WORD),
    )
    if not any(heard):
        return False
    await lab.settle((one, other), lab.brief)
    one.take()
    nick, then = decoded(on_name), ""
    if other.nick in nick:
        # Alone, for a copy of what `one` said would stand beside it.
        word = lab.names.word()
        await lab.say(other, word, [one], FIRST_WORD)
        await lab.settle((one, other), lab.brief)
        then = decoded(one.take())
    lab.manner.nicks = not same_form(nick, other.nick, then, word)
    lab.people = [one, other]
    return True


# -- what ends a message -----------------------------------------------------------------------


async def end_of_message(lab: Lab) -> None:
    """Find out whether a message needs an end."""
    ends, key = lab.manner.said, "said"
    if ends is NONE or ends is LENGTH:
        lab.findings.found(key, f"{{ends: {ends}}}", _why_heard(ends))
        return
    speaker, listener = lab.people[:2]
    listener.take()
    bare = lab.names.word()
    lab.said.append(bare)
    speaker.send(bare.encode())
    if await listener.hears(bare.encode(), max(0.2, 1.5 * lab.quiet)):
        await _without_end(lab, speaker, listener, ends)
        return
    speaker.send(ends.terminator)
    await listener.hears(bare.encode(), FIRST_WORD)
    await lab.settle([listener], lab.brief)
    plain = listener.take()
    saw = f"nothing was relayed of a text until its {_name(ends)} came"
    if ends is LF and await _takes_crlf(lab, speaker, listener, plain.partition(bare.encode())[2]):
        ends, saw = CRLF, "lines; CRLF is taken off as LF is, and the server's own end with CRLF"
    lab.manner.said = ends
    lab.findings.found(key, f"{{ends: {_yaml(ends)}}}", saw)


async def _takes_crlf(lab: Lab, speaker: Probe, listener: Probe, tail: bytes) -> bool:
    word = lab.names.word()
    lab.said.append(word)
    speaker.send(CRLF.wrap(word.encode()))
    if not await listener.hears(word.encode(), FIRST_WORD):
        return False
    await lab.settle([listener], lab.brief)
    return listener.take().partition(word.encode())[2] == tail == CRLF.terminator


async def _without_end(lab: Lab, speaker: Probe, listener: Probe, ends: Ends) -> None:
    """Tell a server that relays what it reads from one that cuts it into lines, and keeps none."""
    await lab.settle([listener], lab.brief)
    listener.take()
    one, two = lab.names.word().encode(), lab.names.word().encode()
    lab.said += [one.decode(), two.decode()]
    speaker.send(ends.wrap(one) + ends.wrap(two))
    await listener.hears(two, FIRST_WORD)
    await lab.settle([listener], lab.brief)
    between = listener.take().partition(one)[2].partition(two)[0]
    if between == ends.terminator:
        lab.manner.said = NONE
        saw = "a text without any end was relayed at once, and two lines in one segment as one text"
    elif speaker.nick.encode() in between:
        saw = f"two texts in one segment, each with {_name(ends)}, were relayed as two"
        lab.findings.defect(f"a text is relayed at once, though its {_name(ends)} has not come")
    else:
        lab.manner.said = NONE
        saw = "a text without any end was relayed at once"
    lab.findings.found("said", f"{{ends: {_yaml(lab.manner.said)}}}", saw)


def _why_heard(ends: Ends) -> str:
    if ends is NONE:
        return "a text without any end was relayed"
    return "a text was relayed when its length stood before it"


# -- what ends a nickname ----------------------------------------------------------------------


async def end_of_nickname(lab: Lab) -> None:
    """Find out whether a nickname needs an end."""
    ends = lab.manner.nickname
    if not lab.manner.nicks:
        saw = "the first text of a connection was relayed as every other is"
        lab.findings.nothing("nickname", saw)
        return
    if ends is NONE or ends is LENGTH:
        saw = "without any end" if ends is NONE else "with its length before it"
        lab.findings.found("nickname", f"{{ends: {ends}}}", f"a nickname {saw} was taken")
        return
    if await _is_taken_bare(lab):
        ends, saw = NONE, "a nickname without any end was taken, and the next text was a message"
    else:
        saw = f"a nickname was taken when its {_name(ends)} came, not before"
        if lab.manner.said is CRLF and ends is LF and await _takes_crlf_off(lab):
            ends = CRLF
    lab.manner.nickname = ends
    lab.findings.found("nickname", f"{{ends: {_yaml(ends)}}}", saw)


async def _is_taken_bare(lab: Lab) -> bool:
    listener = lab.people[0]
    probe = await lab.open()
    nick, first, second = lab.names.nick(), lab.names.word(), lab.names.word()
    probe.send(nick.encode())
    await lab.read(probe)
    await lab.settle((probe, listener), lab.quiet)
    listener.take()
    await lab.say(probe, first, [listener], lab.quiet)
    await lab.say(probe, second, [listener], FIRST_WORD)
    await lab.settle([listener], lab.brief)
    came = decoded(listener.take()).casefold()
    probe.close()
    # A server may write names in letters of its own.
    return first in came and f"{nick}{first}" not in came


async def _takes_crlf_off(lab: Lab) -> bool:
    listener = lab.people[0]
    probe = await lab.open()
    nick, word = lab.names.nick(), lab.names.word()
    probe.send(CRLF.wrap(nick.encode()))
    await lab.read(probe)
    heard = await lab.say(probe, word, [listener], FIRST_WORD)
    came = listener.take()
    probe.close()
    return heard and nick.encode() + b"\r" not in came


def _name(ends: Ends) -> str:
    return {"lf": "LF", "crlf": "CRLF", "nul": "NUL"}.get(ends.name, f"byte {ends.name}")


def _yaml(ends: Ends) -> str:
    return ends.name
