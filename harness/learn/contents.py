"""Contents: what is passed on of text in an encoding, of bytes that are no text, of long texts."""

from collections.abc import Sequence

from harness.ends import NONE
from harness.learn.framing import pieces_of, read_size
from harness.learn.lab import Lab
from harness.learn.probe import Probe
from harness.template import parse_template

_TEXTS = {"utf-8": ("ж", "€", "😀"), "latin-1": ("é", "ñ")}
"""One character each: nobody reads less at once."""
_BAD = b"\xff"
_SIZES = (20_000, 150_000)
_LONG_LINE = 60_000
_HEARD_WITHIN = 0.5
_LONG_WITHIN = 1.5
_REPLACED = ("\ufffd".encode(), b"?")


async def encoding(lab: Lab) -> None:
    """Find out whether UTF-8 arrives as it was sent."""
    key = "encoding"
    for name, texts in _TEXTS.items():
        lab.doing = f"a text in {name} was said"
        if await _arrive(lab, [text.encode(name) for text in texts]):
            lab.findings.found(key, name, f"a text in {name} arrived as it was sent")
            return
    saw = "texts in utf-8 and in latin-1 arrived changed, or not at all"
    lab.findings.found(key, "ascii", saw)


async def _arrive(lab: Lab, texts: Sequence[bytes]) -> bool:
    people = await lab.assemble()
    speaker = await lab.join()
    people[0].take()
    heard = True
    for data in texts:
        speaker.send(lab.manner.said.wrap(data))
        heard = heard and await people[0].hears(data, _HEARD_WITHIN)
    speaker.close()
    await lab.settle(people, lab.brief)
    return heard


async def bad_bytes(lab: Lab) -> None:
    """Find out what becomes of bytes that are no text."""
    key = "bad-bytes"
    people = await lab.assemble()
    speaker = await lab.join()
    lab.doing = "bytes that are no UTF-8 were said"
    word = lab.names.word().encode()
    one, two = word[:3], word[3:]
    people[0].take()
    speaker.send(lab.manner.said.wrap(one + _BAD + two))
    await people[0].until(lambda: two in people[0].heard or speaker.ended, _HEARD_WITHIN)
    await lab.settle([people[0], speaker], lab.quiet)
    value, saw = _became(people[0].take(), one, two, ended=speaker.ended)
    speaker.close()
    if not await lab.say(people[0], lab.names.word(), people[1:]):
        # Whoever was cut off with all others tells nothing of a manner.
        lab.check_alive()
        lab.findings.defect("after bytes that are no text, not everybody is heard any more")
        await lab.dismiss()
        value = "" if value == "close" else value
    if value:
        lab.findings.found(key, value, saw)
    else:
        lab.findings.unknown(key, saw)


def _became(heard: bytes, one: bytes, two: bytes, *, ended: bool) -> tuple[str, str]:
    """Return the value, "" where there is none, and what was seen."""
    if ended:
        return "close", "who said bytes that are no text was disconnected"
    if one + _BAD + two in heard:
        return "pass", "bytes that are no text arrived as they were sent"
    between = heard.partition(one)[2].partition(two)[0]
    if two in heard and one in heard and between and any(mark in between for mark in _REPLACED):
        return "replace", "in place of bytes that are no text another character arrived"
    if one + two in heard:
        return "drop", "bytes that are no text were left out of their message"
    if not heard:
        return "drop", "a message with bytes that are no text was not relayed"
    return "", "a message with bytes that are no text arrived in a form that is not known"


# -- long texts --------------------------------------------------------------------------------


async def long_texts(lab: Lab) -> None:
    """Find out where a server without ends cuts a long text, and whether it takes one."""
    if lab.manner.said is not NONE:
        await _long_line(lab)
        return
    for size in _SIZES:
        people = await lab.assemble()
        speaker = await lab.join()
        lab.doing = f"a text of {size:,} bytes was said"
        heard = await _said(lab, speaker, people[0], size)
        if speaker.ended:
            lab.check_alive()
            lab.findings.defect(f"who says {size:,} bytes at once is disconnected")
            return
        found = read_size(_pieces(lab, speaker, heard), size)
        speaker.close()
        await lab.settle(people, lab.brief)
        if found is not None and found >= 16:
            saw = f"{size:,} bytes were relayed in pieces of {found:,} at most"
            lab.findings.found("said", f"{{ends: none, read: {found}}}", saw)
            return


async def _long_line(lab: Lab) -> None:
    people = await lab.assemble()
    speaker = await lab.join()
    lab.doing = f"a message of {_LONG_LINE:,} bytes was said"
    heard = await _said(lab, speaker, people[0], _LONG_LINE)
    lab.check_alive()
    if speaker.ended:
        lab.findings.defect(f"who says a message of {_LONG_LINE:,} bytes is disconnected")
    elif heard.count(b"x") < _LONG_LINE:
        lab.findings.defect(f"of a message of {_LONG_LINE:,} bytes not all arrived")
    speaker.close()
    await lab.settle(people, lab.brief)


async def _said(lab: Lab, speaker: Probe, listener: Probe, size: int) -> bytes:
    listener.take()
    speaker.send(lab.manner.said.wrap(b"x" * size))
    await listener.until(lambda: listener.heard.count(b"x") >= size, _LONG_WITHIN)
    await lab.settle([listener], lab.quiet)
    return listener.take()


def _pieces(lab: Lab, speaker: Probe, heard: bytes) -> list[int]:
    template = parse_template(lab.manner.relay, ("nick", "message", "host", "port", "time", "any"))
    if template.varies or template.parts[-1] != ("message", True):
        return []
    host, port = speaker.address
    values = {"nick": speaker.nick, "host": host, "port": str(port)}
    prefix = template.render(values).encode()
    return pieces_of(heard, prefix, lab.manner.heard.terminator)
