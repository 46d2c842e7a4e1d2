"""Checks: what can be wrong with a client, each found in the history of one run.

Each check returns its findings and how much it looked at. Pure; a check does not know the others.
"""

from collections.abc import Callable, Iterator

from harness.client_step import ClientVerb
from harness.clients import happenings as happened
from harness.clients.case import ClientCase, missing, note, sent, told, typed
from harness.clients.screen import Screen
from harness.clients.script import Message
from harness.clients.sending import Extra, Owed
from harness.clients.showing import is_shown, must_see
from harness.clients.wire import shown_bytes
from harness.dialect import Asking
from harness.verdict import Finding

Checked = tuple[int, list[Finding]]
_LINE_ENDS = b"\r\n\0"


def connects(case: ClientCase) -> Checked:
    """The program connects, where somebody listens."""
    failed, act = case.failed, case.failed_act
    looked = len(case.was_done(ClientVerb.CONNECTS))
    if failed is None or act is None or act.verb is not ClientVerb.CONNECTS:
        return looked, []
    requirement = "C-NICK-1" if case.run.script.nick_wire else "C-SEND-1"
    if case.exited:
        says = "the program ended without connecting, and the server was listening"
    else:
        says = f"the program did not connect within {failed.deadline:g} s"
    asked = case.run.script.asking is Asking.ASKED and case.run.script.nick_wire
    last = replay(case).lines()[-1:]
    cause = f"it printed last: {last[0].strip()}" if last else ""
    if asked and not case.exited:
        cause = (
            "if it asks for a name before it connects, say so in the dialect: "
            "client: {nickname: before connecting}"
        )
    moment = missing(failed.at, "the program", "connects")
    return looked, [
        case.finding(
            *("connects", requirement, says, moment),
            cause=cause,
            deadline=failed.deadline,
            late=failed.late,
        )
    ]


# -- what it sends ---------------------------------------------------------------------------------


def sends(case: ClientCase) -> Checked:
    """What is typed is sent: once, in order, byte for byte; and nothing else."""
    found = [*_missing(case), *_changed(case), *_extra(case)]
    return len(case.alignment.found) + len(found), found


def _name(unit: Owed) -> str:
    return f"the nickname {unit.text!r}" if unit.is_nickname else f"the line {unit.text!r}"


def _of(case: ClientCase, unit: Owed) -> str:
    """Return which requirement is violated where `unit` does not arrive as it should."""
    if not unit.is_nickname:
        return "C-SEND-1"
    return "C-NICK-2" if case.troubled_prompt else "C-NICK-1"


def _missing(case: ClientCase) -> Iterator[Finding]:
    failed = case.failed
    if case.run.interrupted or any(case.each(happened.TooMuch)):
        return
    for number in case.alignment.missing[:1]:
        unit = case.units[number]
        if case.is_lost_with_it(unit):
            continue
        begun = case.begun.get(unit.act, 0)
        ended = case.exited
        deadline = failed.deadline if failed and not ended else 0.0
        within = f" within {deadline:g} s" if deadline else ""
        how = "was typed" if case.acts[unit.act].line else "was asked for"
        says = f"{_name(unit)} {how}, and the server never got it{within}"
        if ended:
            says = f"{says}: the program had ended"
        at = failed.at if failed else begun
        moments = (typed(begun, unit.text), missing(at, "the server", f"gets {unit.wire!r}"))
        late = failed.late if failed else 0.0
        yield case.finding("sends", _of(case, unit), says, *moments, deadline=deadline, late=late)


def _changed(case: ClientCase) -> Iterator[Finding]:
    for number, data in case.alignment.changed.items():
        unit = case.units[number]
        begun = case.begun.get(unit.act, 0)
        says = f"{_name(unit)} was sent as {shown_bytes(data)}, not as {shown_bytes(unit.wire)}"
        cause = ""
        if case.dialect.by_client and unit.wire.endswith(data):
            cause = "in this dialect a client writes the nickname before what is said"
        elif unit.wire.startswith(data):
            cause = "what ends a message was not sent"
        moments = (typed(begun, unit.text), sent(case.sent_at(case.sent.find(data)), repr(data)))
        requirement = "C-NICK-1" if unit.is_nickname else "C-SEND-1"
        yield case.finding("sends", requirement, says, *moments, cause=cause)


def _extra(case: ClientCase) -> Iterator[Finding]:
    for extra in case.alignment.extras:
        requirement, says, cause = _blame(case, extra)
        at = case.sent_at(extra.offset)
        yield case.finding("sends", requirement, says, sent(at, repr(extra.data)), cause=cause)


def _blame(case: ClientCase, extra: Extra) -> tuple[str, str, str]:
    """Return the requirement, the words and the cause of bytes that nobody typed."""
    shown = shown_bytes(extra.data)
    before = case.units[extra.behind] if extra.behind >= 0 else None
    if before and not extra.data.strip(_LINE_ENDS):
        requirement = "C-NICK-1" if before.is_nickname else "C-SEND-1"
        cause = "in this dialect a line end is a part of what is sent"
        return requirement, f"behind {_name(before)} {shown} was sent as well", cause
    for unit in case.units:
        if unit.token and unit.token in extra.data:
            return "C-SEND-1", f"{_name(unit)} was sent more than once", ""
    if glued := _glued(case, extra):
        return "C-SEND-1", glued, ""
    nick = case.run.script.nick_wire
    if nick and nick.strip(_LINE_ENDS) and nick.strip(_LINE_ENDS) in extra.data:
        if case.sent_at(extra.offset) > _lookalike_at(case):
            says = "a chat message equals the prompt, and the program answered it with the nickname"
            return "C-SHOW-3", says, "a prompt is expected once, at the beginning"
        if before is None or before.is_nickname:
            return "C-NICK-1", f"the nickname was sent more than once: {shown}", ""
    for message in case.messages:
        if message.token and message.token.encode() in extra.data:
            says = f"the program sent back to the server what {message.sender} said: {shown}"
            return "C-SHOW-3", says, ""
    return "C-SHOW-3", f"nobody typed it, and the program sent {shown}", ""


def _glued(case: ClientCase, extra: Extra) -> str:
    """Say to which line bytes were added that came with it; "" where they came by themselves."""
    nick = case.run.script.nick_wire.strip(_LINE_ENDS)
    if extra.data.strip(_LINE_ENDS) == nick:
        return ""
    begin, end = extra.offset, extra.offset + len(extra.data)
    before = case.units[extra.behind] if extra.behind >= 0 else None
    if before and not before.is_nickname and case.sent_at(begin - 1) == case.sent_at(begin):
        return f"{_name(before)} was sent with {shown_bytes(extra.data)} behind it"
    lines = (unit for unit in case.units[extra.behind + 1 :] if unit.wire and not unit.is_nickname)
    for unit in lines:
        if case.sent.startswith(unit.wire, end) and case.sent_at(end - 1) == case.sent_at(end):
            return f"{_name(unit)} was sent with {shown_bytes(extra.data)} before it"
    return ""


def _lookalike_at(case: ClientCase) -> int:
    acts = ((at, case.acts[number]) for number, at in case.begun.items())
    return min((at for at, act in acts if act.lookalike), default=1 << 62)


# -- what it shows ---------------------------------------------------------------------------------


def shows(case: ClientCase) -> Checked:
    """What is said stands on the screen: at a terminal at once, in a pipe by the end."""
    wanted = [number for number in sorted(case.begun) if case.acts[number].verb is ClientVerb.SHOWS]
    if case.run.terminal:
        return len(wanted), list(_not_shown_in_time(case))
    return _printed(case, wanted)


def _not_shown_in_time(case: ClientCase) -> Iterator[Finding]:
    failed, act = case.failed, case.failed_act
    if failed is None or act is None or act.verb is not ClientVerb.SHOWS:
        return
    if case.run.interrupted or any(case.each(happened.TooMuch)):
        return
    says, requirement = _not_seen(case, act.message, act.text, replay(case))
    if failed.deadline:
        says = f"{says} within {failed.deadline:g} s"
    if case.exited:
        says = f"{says}: the program had ended"
    begun = case.begun[failed.act]
    said_at = _said_at(case, act.message, begun)
    moments = (
        told(said_at, act.message.text if act.message else act.text),
        missing(failed.at, "the screen", "shows it"),
    )
    deadline = 0.0 if case.exited else failed.deadline
    yield case.finding("shows", requirement, says, *moments, deadline=deadline, late=failed.late)


def _not_seen(
    case: ClientCase, message: Message | None, text: str, screen: Screen
) -> tuple[str, str]:
    """Say what is not seen, and which requirement asks for it."""
    if message is None:
        return f"the screen did not show {text!r}", "C-SHOW-1"
    said = f"{message.sender} said {message.text!r}"
    if message.token and screen.has(message.token):
        requirement = "C-SHOW-2" if case.rough_words else "C-SHOW-1"
        return f"{said}, and the screen did not show it whole", requirement
    together = any(
        act.prompts and message in act.messages for act in case.was_done(ClientVerb.SERVER_SENDS)
    )
    if together:
        return f"{said} together with the prompt, and the screen did not show it", "C-NICK-2"
    requirement = "C-SHOW-2" if case.rough_words else "C-SHOW-1"
    return f"{said}; the screen did not show it", requirement


def _said_at(case: ClientCase, message: Message | None, otherwise: int) -> int:
    for number, at in case.begun.items():
        if message is not None and message in case.acts[number].messages:
            return at
    return otherwise


def _printed(case: ClientCase, wanted: list[int]) -> Checked:
    """Judge a pipe; what was printed is known for certain once the program has ended itself."""
    screen = replay(case)
    found, looked = [], 0
    status = case.exited.status if case.exited else -1
    for number in wanted:
        act = case.acts[number]
        if is_shown(act, screen):
            looked += 1
            continue
        says, requirement = _not_seen(case, act.message, act.text, screen)
        if status < 0:
            continue  # it was ended, and what it had not written yet is lost with it
        looked += 1
        says = says.replace("the screen did not show", "the program never printed")
        at = case.exited.at if case.exited else 0
        said_at = _said_at(case, act.message, case.begun[number])
        text = must_see(act.message) if act.message else act.text
        moments = (told(said_at, text), missing(at, "the program", "prints it"))
        found.append(case.finding("shows", requirement, says, *moments))
    return looked, found


def replay(case: ClientCase) -> Screen:
    """Return the screen as it is at the end."""
    screen = Screen(terminal=case.run.terminal)
    for one in case.run.happenings:
        if isinstance(one, happened.Printed):
            screen.feed(one.data)
    return screen


def shows_not(case: ClientCase) -> Checked:
    """What must not be shown never is."""
    wanted = [one for one in case.was_done(ClientVerb.SHOWS_NOT) if one.step >= 0]
    screen = replay(case) if wanted else None
    found = []
    for act in wanted:
        if screen is not None and screen.has(act.text):
            says = f"the screen showed {act.text!r}"
            at = max((one.at for one in case.each(happened.Printed)), default=0)
            found.append(case.finding("shows-not", "C-SHOW-1", says, note(at, act.text)))
    return len(wanted), found


def controls(case: ClientCase) -> Checked:
    """No control sequence of a message reaches the terminal."""
    if not case.run.terminal:
        return 0, []
    raw = b"".join(one.data for one in case.run.happenings if isinstance(one, happened.Printed))
    found, looked = [], 0
    for message in case.messages:
        if not message.harmful:
            continue
        looked += 1
        if message.harmful in raw:
            harmful = shown_bytes(message.harmful)
            says = f"{message.sender} said {harmful}, and the program wrote it to the terminal"
            at = _said_at(case, message, 0)
            cause = "whoever chats can so change the other's terminal"
            moment = note(at, repr(message.harmful))
            found.append(case.finding("controls", "C-SHOW-4", says, moment, cause=cause))
    return looked, found


Check = Callable[[ClientCase], Checked]
