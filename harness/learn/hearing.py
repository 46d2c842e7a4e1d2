"""Hearing: what stands around a message that others receive, and what its sender gets of it."""

from dataclasses import dataclass

from harness.ends import NONE, Ends
from harness.escape import counted
from harness.learn.findings import quoted, quoted_all
from harness.learn.framing import ends_of, frames
from harness.learn.lab import Lab, NotLearntError, decoded
from harness.learn.probe import Probe
from harness.learn.samples import Sample, infer

CLIENT_WRITES = "{nick}: {message}"
_ONCE = frozenset({"message", "nick"})


@dataclass(frozen=True, slots=True)
class _Heard:
    """What others and the speaker received when one message was said."""

    speaker: Probe
    text: str
    others: tuple[bytes, ...]
    own: bytes

    def sample(self, text: str) -> Sample:
        host, port = self.speaker.address
        return Sample(
            text,
            {"nick": self.speaker.nick, "message": self.text, "host": host, "port": str(port)},
        )


async def relay_and_echo(lab: Lab) -> None:
    """Find out in what form a message is relayed. Raises `NotLearntError`."""
    people = await lab.assemble()
    heard = await _conversation(lab, people, lab.brief)
    if not _is_in_step(heard):
        heard = await _conversation(lab, people, 2 * lab.quiet)
    ends = _heard_ends(heard)
    lab.manner.heard = ends
    relay = infer([one.sample(text) for one in heard for text in _texts(one, ends)], _ONCE)
    if relay is None:
        raise NotLearntError("what stands around a message is not the same for all of them")
    if "\0" in relay:
        # None of the ends that are known: a length of two bytes, or in another order, say.
        raise NotLearntError(f"what stands around a message is no text: {quoted(relay)}")
    many = counted(len(heard), "message", "messages")
    saw = f"of {many} of {len(people)} people each ended so for the others"
    lab.findings.found("heard", f"{{ends: {ends}}}", saw)
    bare = _relay(lab, relay, many)
    lab.manner.relay = relay
    _echo(lab, heard, ends, bare)


def _is_in_step(heard: list[_Heard]) -> bool:
    """Tell whether each came before the next was said, and nothing else did."""
    texts = [one.text.encode() for one in heard]
    took = [(one, data) for one in heard for data in (*one.others, *([one.own] if one.own else []))]
    alone = all(sum(text in data for text in texts) == 1 for _, data in took)
    right = all(one.text.encode() in data for one, data in took)
    return alone and right and len({bool(one.own) for one in heard}) == 1


async def _conversation(lab: Lab, people: list[Probe], quiet: float) -> list[_Heard]:
    found = []
    for speaker in people:
        for text in (lab.names.word(), lab.names.text()):
            for one in people:
                one.take()
            others = [one for one in people if one is not speaker]
            if not await lab.say(speaker, text, others):
                lab.check_alive()
                raise NotLearntError("not everybody heard what one said")
            await lab.settle(people, quiet)
            took = tuple(one.take() for one in others)
            found.append(_Heard(speaker, text, took, speaker.take()))
    return found


def _heard_ends(heard: list[_Heard]) -> Ends:
    pieces = [piece for one in heard for piece in one.others]
    ends = ends_of(pieces)
    return ends if all(len(frames(piece, ends)) == 1 for piece in pieces) else NONE


def _texts(one: _Heard, ends: Ends) -> list[str]:
    return [decoded(frame) for piece in one.others for frame in frames(piece, ends)]


def _relay(lab: Lab, relay: str, many: str) -> bool:
    """Note the form; tell whether the client is to write the nickname."""
    bare = lab.manner.nicks and relay == "{message}"
    if bare:
        saw = "a nickname is asked for, and others got a text as it was said: so clients write it"
        lab.findings.found("relay", quoted(CLIENT_WRITES), saw)
        lab.findings.found("prefix-by", "client", saw)
        return True
    lab.findings.found("relay", quoted(relay), f"all that others got of {many} looked so")
    if lab.manner.nicks and "{nick}" not in relay:
        lab.findings.nothing("prefix-by", "others were not told who had said a text")
    return False


def _is_answer(heard: list[_Heard]) -> bool:
    """Tell whether each sender got one and the same text, whatever it had said."""
    return len({one.own for one in heard}) == 1 and all(
        one.text.encode() not in one.own for one in heard
    )


def _echo(lab: Lab, heard: list[_Heard], ends: Ends, by_client: bool) -> None:
    key = "echo"
    if not any(one.own for one in heard):
        lab.findings.nothing(key, f"of {len(heard)} messages a sender got nothing")
        return
    if _is_answer(heard):
        texts = [decoded(frame) for frame in frames(heard[0].own, ends)]
        saw = f"after each of {len(heard)} messages its sender got this"
        lab.findings.nothing(key, "what a sender got was no copy")
        lab.findings.found("answer", quoted_all(texts), saw)
        return
    own = [(one, [decoded(frame) for frame in frames(one.own, ends)]) for one in heard]
    told = [one.sample(texts[0]) for one, texts in own if len(texts) == 1]
    echo = infer(told, frozenset({"message"})) if len(told) == len(heard) else None
    if echo is None or "{message}" not in echo:
        lab.findings.unknown(key, "what a sender got of its own messages has no one form")
        return
    if by_client:
        echo = echo.replace("{message}", CLIENT_WRITES)
    saw = f"of {len(heard)} messages each sender got a copy that looked so"
    lab.findings.found(key, quoted(echo), saw)
