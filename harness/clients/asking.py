"""Asking: whether a client knows the prompt when it comes, and asks the person. Pure."""

from collections.abc import Iterator
from itertools import accumulate

from harness.client_step import ClientVerb
from harness.clients import happenings as happened
from harness.clients.case import ClientCase, missing, note
from harness.clients.checks import Checked, replay
from harness.clients.script import Act
from harness.deadlines import CLIENT_ASKS
from harness.dialect import Asking
from harness.verdict import Finding

CHECK = "asks"
# Shorter ones are words, or names.
LEAST_TAIL = 5


def asks(case: ClientCase) -> Checked:
    """The person is asked for the nickname: at a terminal something is to be seen before."""
    script = case.run.script
    if script.asking is not Asking.ASKED or not script.nick_wire or case.dialect.prompt is None:
        return 0, []
    prompts = [act for act in case.was_done(ClientVerb.SERVER_SENDS) if act.prompts]
    found = [*_silent(case), *_taken_for_words(case, prompts[:1])]
    return len(prompts[:1]), found[:1]


def _silent(case: ClientCase) -> Iterator[Finding]:
    typed_at = next((one.at for one in case.each(happened.Typed)), None)
    if not case.run.terminal or typed_at is None or not case.sent:
        return
    if any(one.at < typed_at for one in case.each(happened.Printed)):
        return
    says = "the server asked for a nickname, and the program asked the person nothing"
    moment = missing(typed_at, "the program", "asks for a nickname")
    requirement = "C-NICK-2" if case.troubled_prompt else "C-NICK-1"
    deadline = CLIENT_ASKS * case.run.patience
    yield case.finding(CHECK, requirement, says, moment, deadline=deadline, late=case.run.late)


def _taken_for_words(case: ClientCase, prompts: list[Act]) -> Iterator[Finding]:
    """Find a prompt that is shown as if somebody had said it: it was not recognised.

    A program that shows all that comes as it comes shows a prompt in pieces whole.
    """
    for act in prompts:
        if not act.troubled:
            continue
        lines = [line.strip() for line in replay(case).lines()]
        at = max((one.at for one in case.each(happened.Printed)), default=0)
        glued = _glued_words(case, act)
        if glued and any(glued in line for line in lines):
            says = f"the prompt came together with a message, and the screen shows {glued!r}"
            yield case.finding(CHECK, "C-NICK-2", says, note(at, glued))
        elif in_pieces := _pieces_shown(act, lines):
            says = f"the prompt came in pieces, and the screen shows them as words: {in_pieces}"
            yield case.finding(CHECK, "C-NICK-2", says, note(at, in_pieces))


def _glued_words(case: ClientCase, act: Act) -> str:
    """Return what stands on the screen where a prompt was taken for a part of what follows it."""
    prompt = case.dialect.prompt.text if case.dialect.prompt else ""
    message = act.messages[0] if act.messages else None
    if message is None or prompt != prompt.strip():
        return ""
    before = case.dialect.relay.render({"nick": message.sender, "message": ""})
    return prompt + before.strip() if before.strip() else ""


def _tail_shown(act: Act, lines: list[str]) -> str:
    """Return the most of a prompt of one line that begins or ends a line, without what is before.

    What the person just types may stand beside it. The program may ask in the same words itself.
    """
    sent = b"".join(act.segments)
    whole = sent.decode("utf-8", "replace").strip()
    others = [line for line in lines if not line.casefold().endswith(whole.casefold())]
    ends = list(accumulate(map(len, act.segments)))[:-1] if "\n" not in whole else []
    tails = [sent[end:].decode("utf-8", "replace").strip() for end in ends]
    most = [tail for tail in tails if len(tail) >= max(len(whole) / 2, LEAST_TAIL)]
    at_edge = (tail for tail in most for line in others if _is_at_edge(tail, line))
    return next(at_edge, "")


def _is_at_edge(tail: str, line: str) -> bool:
    return line.startswith(tail) or line.endswith(tail)


def _pieces_shown(act: Act, lines: list[str]) -> str:
    """Return the pieces of a prompt that stand in lines of their own; "" where none do.

    All of them, each by itself, or the most of it in one: the first was taken for the prompt.
    """
    decoded = (one.decode("utf-8", "replace").strip() for one in act.segments)
    pieces = [piece for piece in decoded if piece]  # the last may be a line end
    if act.messages or len(pieces) < 2:
        return ""
    if tail := _tail_shown(act, lines):
        return tail
    first = next((at for at, line in enumerate(lines) if line.endswith(pieces[0])), len(lines))
    rest = iter(lines[first + 1 :])  # what the person types may stand between
    return ", ".join(pieces) if all(piece in rest for piece in pieces[1:]) else ""
