"""Blame: which requirement explains best what was lost or broken, from what happened beside it.

A message that is lost violates RELAY-1 in any case; whoever has to mend a server is helped more by
what the loss goes with: a departure, a cut, bytes that are no text. Pure.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harness.announcement import Notice
from harness.anomalies import Anomaly
from harness.attendance import Attendance, departed_at
from harness.case import Case, listed
from harness.dialect import Dialect
from harness.events import Ending, StepFailed
from harness.membership import Miss
from harness.speech import Message

# A longer message does not fit into the read buffer of an ordinary server.
LONG = 1000
# What is done by one act is seen a little later.
SOON = 1_000_000_000
# A server that has nothing else to do notices an end within this time.
NOTICED = 100_000_000


@dataclass(frozen=True, slots=True)
class Lost:
    """One message, and everyone who should have heard it."""

    message: Message
    misses: tuple[Miss, ...]


def of_losses(case: Case, lost: list[Lost]) -> str:
    """Return the most telling requirement that explains all of `lost`."""
    for requirement, explains in _LOSSES:
        if all(explains(case, one) for one in lost):
            return requirement
    return "RELAY-1"


# -- losses ------------------------------------------------------------------------------------


def _was_frozen(_: Case, lost: Lost) -> bool:
    return all(miss.receiver.froze is not None for miss in lost.misses)


def _is_behind_sleeper(case: Case, lost: Lost) -> bool:
    """Tell whether somebody did not read when it was said, and it may still be on its way."""
    asleep = any(
        begin < (lost.message.at if end is None else end) and (end is None or lost.message.at < end)
        for _, begin, end in case.transcript.freezes
    )
    return asleep and not any(miss.certain for miss in lost.misses)


def _came_with_nickname(case: Case, lost: Lost) -> bool:
    return case.was_cut(lost.message) and case.is_greeting(lost.message)


def _has_broken_name(case: Case, lost: Lost) -> bool:
    return lost.message.conn in broken_names(case)


def _was_cut_line(case: Case, lost: Lost) -> bool:
    return case.has_lines and case.was_cut(lost.message)


def _was_cut_character(case: Case, lost: Lost) -> bool:
    wide = case.has_wide_characters and any(byte >= 0x80 for byte in lost.message.data)
    return wide and case.was_cut(lost.message)


def _is_beside_bad_bytes(case: Case, lost: Lost) -> bool:
    people = [case.sender(lost.message), *(miss.receiver for miss in lost.misses)]
    return any(one.wronged and is_after_bad_bytes(case, one.gone) for one in people)


def _has_namesake(case: Case, lost: Lost) -> bool:
    at = lost.message.at
    sender = case.sender(lost.message)
    return _is_disturbed(case, sender, at) or all(
        _is_disturbed(case, miss.receiver, at) for miss in lost.misses
    )


def _is_disturbed(case: Case, person: Attendance, at: int) -> bool:
    """Tell whether somebody had come under the name of `person`, who was there already, by `at`."""
    came = (one.strange or one.joining for one in case.namesakes(person))
    return any(then is not None and (person.joining or 0) < then <= at for then in came)


def _is_long(_: Case, lost: Lost) -> bool:
    return len(lost.message.data) > LONG


def _is_last_word(case: Case, lost: Lost) -> bool:
    sender = case.sender(lost.message)
    heard = case.membership.highest_received(lost.message.conn)
    return sender.in_good_order and lost.message.number > heard


def _is_beside_departure(case: Case, lost: Lost) -> bool:
    # Where the server threw out its sender, that it threw out others as well explains nothing.
    wronged = case.sender(lost.message).wronged
    gone = departures_beside(case, lost.message)
    return any(not (wronged and one.wronged) for one in gone)


def _looks_like_protocol(case: Case, lost: Lost) -> bool:
    data = lost.message.data
    words = (case.dialect.prompt_bytes.strip(), case.transcript.voices.between)
    told = any(is_like(notice, data, case.dialect) for notice in case.dialect.notices)
    return told or any(word in data for word in words if word.strip())


def is_like(notice: Notice, data: bytes, dialect: Dialect) -> bool:
    """Tell whether `data` has all that is fixed in `notice`, in its order."""
    at = 0
    for text, is_field in notice.template.parts:
        if not is_field:
            fixed = dialect.encode(text)
            at = data.find(fixed, at)
            if at < 0:
                return False
            at += len(fixed)
    return True


def _is_not_yet_heard(case: Case, lost: Lost) -> bool:
    """Tell whether those who missed it heard others, but nothing yet of its sender; others did."""
    heard = any(lost.message in listener.messages for listener in case.listeners)
    return heard and all(_hears_only_others(case, miss) for miss in lost.misses)


def _hears_only_others(case: Case, miss: Miss) -> bool:
    listener, sender = case.transcript.listeners[miss.receiver.conn], miss.message.conn
    before = listener.numbers.get(sender, set())
    others = any(conn != sender and numbers for conn, numbers in listener.numbers.items())
    return others and not any(number < miss.message.number for number in before)


_LOSSES = (
    ("LOAD-2", _was_frozen),
    ("LOAD-1", _is_behind_sleeper),
    ("JOIN-9", _came_with_nickname),
    ("JOIN-9", _has_broken_name),
    ("RELAY-9", _was_cut_line),
    ("INPUT-2", _was_cut_character),
    ("INPUT-1", _is_beside_bad_bytes),
    ("JOIN-7", _has_namesake),
    ("RELAY-7", _is_long),
    ("LEAVE-5", _is_last_word),
    ("LEAVE-3", _is_beside_departure),
    ("RELAY-10", _looks_like_protocol),
    ("JOIN-2", _is_not_yet_heard),
)


def departures_beside(case: Case, message: Message) -> list[Attendance]:
    """Return who went while `message` was under way, or just before it was said.

    Just before: after its sender's last word, or when the server may not yet have noticed: it
    still had to give out what had been said before, or had done so a moment ago.
    """
    speech = case.transcript.voices.speeches[message.conn]
    before = speech.messages[message.number - 1].at if message.number else 0
    heard = first_heard(case, message)
    return [
        person
        for person in case.transcript.departures()
        if person.joining is not None
        and departed_at(person) <= heard
        and (
            before <= departed_at(person)
            or message.at <= _given_out(case, departed_at(person)) + NOTICED
        )
    ]


def _given_out(case: Case, at: int) -> int:
    """Return when the last of what was said up to `at` was heard; looks on for a second only."""
    last = at
    for listener in case.listeners:
        begin = bisect_right(listener.times, at)
        end = bisect_right(listener.times, at + SOON)
        heard = zip(listener.messages[begin:end], listener.times[begin:end], strict=True)
        last = max([last, *(time for message, time in heard if message.at <= at)])
    return last


def first_heard(case: Case, message: Message) -> int:
    """Return when the first of all heard `message`; when it was said where nobody did."""
    times = (
        listener.times[listener.messages.index(message)]
        for listener in case.listeners
        if message in listener.messages
    )
    return min(times, default=message.at)


# -- what happened just before -----------------------------------------------------------------


def is_after_bad_bytes(case: Case, at: int | None) -> bool:
    """Tell whether somebody had sent what is no text shortly before `at`."""
    return at is not None and any(at - SOON < then <= at for then in _bad_bytes(case))


def of_throw_out(case: Case, person: Attendance) -> str:
    """Return what explains best that `person` was thrown out."""
    if is_after_bad_bytes(case, person.gone):
        return "INPUT-1"
    came = [one.joining for one in case.namesakes(person) if one.joining is not None]
    gone = person.gone or 0
    return "JOIN-7" if any(gone - SOON < then <= gone for then in came) else "STAY-1"


def of_sleepers(case: Case, failure: StepFailed) -> str:
    """Say who did not read while a step was waited for, as a cause; "" where everybody did."""
    frozen = [
        case.transcript.people[conn].person
        for conn, begin, end in case.transcript.freezes
        if begin < failure.at and (end is None or end > failure.at - failure.deadline * 1e9)
    ]
    who = f"{listed(frozen)} did not read"
    return f"{who}: the server waits for whoever does not" if frozen else ""


def _bad_bytes(case: Case) -> Iterator[int]:
    for person in case.transcript.people.values():
        if person.untext is not None:
            yield person.untext


# -- words under a name that is no one's -------------------------------------------------------


def broken_names(case: Case) -> set[int]:
    """Return whose nickname came in pieces, and whose words were heard under a piece of it."""
    cut = {one.conn for one in case.transcript.cuts}
    texts = [anomaly.text for listener in case.listeners for anomaly in listener.anomalies]
    return {conn for conn in cut if _is_broken(case, conn, texts)}


def _is_broken(case: Case, conn: int, texts: Iterable[bytes]) -> bool:
    nick = case.transcript.people[conn].nick
    return any(is_under_piece(case, nick, text) for text in texts)


def is_under_piece(case: Case, nick: str, text: bytes) -> bool:
    """Tell whether `text` stands behind the prefix of a piece of `nick`."""
    voices = case.transcript.voices
    pieces = (nick[:end] for end in range(1, len(nick)))
    prefixes = (voices.dialect.prefix(piece) for piece in pieces)
    return any(text.startswith(one) and one not in voices.prefixes for one in prefixes)


def of_strange_text(case: Case, anomaly: Anomaly, otherwise: str) -> str:
    """Return what explains text that nobody said as it came, `otherwise` if nothing does."""
    if not case.has_lines:
        return otherwise
    cut = {one.conn for one in case.transcript.cuts}
    if any(is_under_piece(case, case.transcript.people[conn].nick, anomaly.text) for conn in cut):
        return "JOIN-9"
    # The end of a nickname came in a segment of its own, and was taken for a message.
    ending = case.dialect.ending
    if any(anomaly.text == _prefix_of(case, conn) + ending for conn in cut):
        return "JOIN-9"
    if any(_is_part_of(case, conn, anomaly.text) for conn in cut):
        return "RELAY-9"
    return otherwise


def _prefix_of(case: Case, conn: int) -> bytes:
    speech = case.transcript.voices.speeches.get(conn)
    return speech.prefix if speech else b""


def _is_part_of(case: Case, conn: int, text: bytes) -> bool:
    speech = case.transcript.voices.speeches.get(conn)
    if speech is None or not text.startswith(speech.prefix):
        return False
    return text.removeprefix(speech.prefix).rstrip(case.dialect.ending or b"\n") in speech.data


def of_end(case: Case, at: int) -> tuple[str, str]:
    """Return the requirement for a server that died at `at`, and what happened just before."""
    last: tuple[int, str, str] = (at - SOON, "LIFE-4", "")
    for one in case.transcript.people.values():
        for then, requirement, does in (
            (one.untext, "INPUT-1", "said what is no text"),
            (one.strange, "JOIN-8", "sent other bytes in place of a nickname"),
            _of_departure(one),
        ):
            if then is not None and last[0] < then <= at:
                last = (then, requirement, f"{one.person} had just {does}")
    return last[1], last[2]


def _of_departure(person: Attendance) -> tuple[int | None, str, str]:
    left = person.how in (Ending.LEAVE, Ending.CLOSE, Ending.RESET, Ending.HALF_CLOSE)
    at = person.leaving if left and not person.thrown_out else None
    if person.joining is None:
        # Of who sent other bytes in place of a nickname, these are what counts.
        return at if person.strange is None else None, "JOIN-4", "left before giving a nickname"
    return at, "LEAVE-2" if person.how is Ending.RESET else "LEAVE-1", f"left ({person.how})"
