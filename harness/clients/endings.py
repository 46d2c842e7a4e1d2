"""Endings: how a client ends: soon, in words where that is asked, and without a traceback. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from harness.client_step import ClientVerb
from harness.client_values import Key
from harness.clients import happenings as happened
from harness.clients.case import ClientCase, missing, note, told, typed
from harness.clients.checks import Checked
from harness.clients.screen import Screen, without_controls
from harness.clients.script import Act
from harness.clients.wire import ended
from harness.deadlines import BUSY_SHARE, CLIENT_CLOSED
from harness.requirements import Level
from harness.verdict import Finding, Moment

CHECK = "ends"
# A shorter time says nothing of what a program does while it waits.
LEAST_WAIT = 0.5
# And whoever ends has something to do as well.
LEAST_BUSY = 0.4
_CRASHES = (4, 6, 7, 8, 11)  # SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV
# What the person typed last, or ^C, may stand before it in its line.
_TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)"  # Python
    r"|Exception in thread|^\s+at [\w.$<>/]+\([\w$ ]+(\.\w+)?(:\d+)?\)"  # Java
    r"|^\s+at .*[(/:]?[\w./-]+:\d+:\d+\)?$"  # Node.js
    r"|panic: |^goroutine \d+ \["  # Go
    r"|thread '.*' (\(\d+\) )?panicked at"  # Rust
    r"|Unhandled exception|terminate called|^\s+from .*:\d+:in |Segmentation fault|core dumped",
    re.MULTILINE,
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def ends(case: ClientCase) -> Checked:
    """The program ends as the story asks."""
    looked = 0
    found: list[Finding] = []
    for number in sorted(case.begun):
        act = case.acts[number]
        if act.verb in (ClientVerb.ENDS, ClientVerb.REFUSED):
            looked += 1
            if not case.gone_early:
                found += _ending(case, number, act)
    return looked, [*found, *_ended_in_the_middle(case)]


def _requirement(case: ClientCase, act: Act) -> str:
    if act.verb is ClientVerb.REFUSED:
        return "C-CONN-1"
    cause = case.ended_by()
    return "C-END-1" if cause is not None and cause.drop is not None else "C-END-2"


def _begin(case: ClientCase, act: Act) -> tuple[int, str]:
    """Return when that began which ends the program, and what it was, in words."""
    dropped = list(case.each(happened.Dropped))
    pressed = [one for one in case.each(happened.Pressed) if one.key != Key.ENTER]
    if act.verb is ClientVerb.REFUSED:
        return 0, "nothing listens where it connects"
    if _requirement(case, act) == "C-END-1" and dropped:
        how = "closed" if dropped[-1].how == "close" else "reset"
        return dropped[-1].at, f"the server {how} the connection"
    if pressed:
        ctrl_d = "the input ended" if not case.run.terminal else "the person pressed ctrl-d"
        what = ctrl_d if pressed[-1].key == Key.CTRL_D else "the person pressed ctrl-c"
        return pressed[-1].at, what
    return case.begun.get(case.acts.index(act), 0), "it should have ended"


def _ending(case: ClientCase, number: int, act: Act) -> Iterator[Finding]:
    requirement = _requirement(case, act)
    begin, what = _begin(case, act)
    failed = case.failed if case.failed and case.failed.act == number else None
    if case.run.interrupted or (failed and any(case.each(happened.TooMuch))):
        return
    moment = told(begin, what) if requirement != "C-END-2" else typed(begin, what)
    if failed:
        yield _still_there(case, requirement, what, failed, moment)
    elif case.exited:
        yield from _how(case, act, requirement, what, moment)
    yield from _spun(case, requirement, what, begin)
    if requirement != "C-END-2" and not failed:
        yield from _told_nothing(case, requirement, what, begin, moment)


def _still_there(
    case: ClientCase, requirement: str, what: str, failed: happened.Failed, moment: Moment
) -> Finding:
    says = f"{what}, and the program still ran {failed.deadline:g} s later"
    gone = missing(failed.at, "the program", "ends")
    finding = case.finding(
        CHECK, requirement, says, moment, gone, deadline=failed.deadline, late=failed.late
    )
    asking = requirement == "C-END-1" and case.is_before_the_nickname
    return replace(finding, level=Level.SHOULD) if asking else finding


def _how(
    case: ClientCase, act: Act, requirement: str, what: str, moment: Moment
) -> Iterator[Finding]:
    assert case.exited is not None
    status = case.exited.status
    last = note(case.exited.at, f"ended {ended(status)}")
    trace = _TRACEBACK.search(_printed(case))
    if trace:
        says = f"{what}, and the program ended with a traceback ({trace[0].strip()!r})"
        yield case.finding(CHECK, requirement, says, moment, last)
    elif -status in _CRASHES:
        yield case.finding(
            CHECK, requirement, f"{what}, and the program crashed, {ended(status)}", moment, last
        )
    elif act.ends is not None and not act.ends.status.fits(status):
        says = f"{what}, and the program ended {ended(status)}; {act.ends.status} is asked for"
        yield case.finding(CHECK, requirement, says, moment, last)
    if requirement == "C-END-2":
        yield from _left_open(case, what, moment, last)


def _left_open(case: ClientCase, what: str, *moments: Moment) -> Iterator[Finding]:
    opened = {one.conn for one in case.each(happened.Connected)}
    closed = {one.conn for one in case.each(happened.PeerEnded)}
    closed |= {one.conn for one in case.each(happened.Dropped)}
    if opened - closed:
        says = f"{what} and the program ended, and its connection stayed open"
        deadline, late = CLIENT_CLOSED, case.run.late
        yield case.finding(CHECK, "C-END-2", says, *moments, deadline=deadline, late=late)


def _spun(case: ClientCase, requirement: str, what: str, begin: int) -> Iterator[Finding]:
    used = [one for one in case.each(happened.Used) if one.at >= begin]
    if len(used) < 2:
        return
    # The beginning does not count: whoever ends at once has much to do in a short time.
    seconds = (used[-1].at - used[0].at) / 1e9
    busy = used[-1].cpu - used[0].cpu
    had = seconds - (used[-1].waited - used[0].waited)  # when it could have a processor
    spins = busy >= max(LEAST_BUSY, BUSY_SHARE * had)
    if seconds >= LEAST_WAIT and spins and requirement != "C-CONN-1":
        says = (
            f"{what}, and the program used {busy:.1f} s of a processor in the {seconds:.1f} s that "
            "followed"
        )
        moments = (note(used[0].at, "begins to wait"), note(used[-1].at, "is busy"))
        yield case.finding(CHECK, requirement, says, *moments)


def _told_nothing(
    case: ClientCase, requirement: str, what: str, begin: int, moment: Moment
) -> Iterator[Finding]:
    """Find a program that says nothing of what has happened."""
    if _new_words(case, begin):
        return
    at = case.exited.at if case.exited else begin
    says = f"{what}, and the program ended without a word about it"
    yield case.finding(CHECK, requirement, says, moment, missing(at, "the program", "says so"))


def _new_words(case: ClientCase, begin: int) -> bool:
    """Tell whether words came to be seen after `begin` that were not before, and are nobody's."""
    screen = Screen(terminal=case.run.terminal)
    before = _rehearsed(case)
    for one in case.run.happenings:
        if isinstance(one, happened.Printed):
            if one.at > begin and before is None:
                before = Counter(screen.lines())
            screen.feed(one.data)
            if before is not None and any(
                _LETTERS.search(_own_words(case, line)) for line in Counter(screen.lines()) - before
            ):
                return True
    return False


def _rehearsed(case: ClientCase) -> Counter[str] | None:
    """Return the lines that it prints before it is connected; None where that was not tried."""
    if not case.run.rehearsed:
        return None
    screen = Screen(terminal=case.run.terminal)
    screen.feed(case.run.rehearsed)
    return Counter(screen.lines())


def _own_words(case: ClientCase, line: str) -> str:
    """Return what is the program's own of a line: what was said, or typed, may be shown late."""
    given = [unit.text for unit in case.units]
    said = [
        words
        for message in case.messages
        for words in (message.text, message.token, message.sender)
    ]
    for words in filter(None, (*given, *said)):
        line = line.replace(words, "")
    return line


def _printed(case: ClientCase) -> str:
    """Return what was printed, without what a terminal obeys, and the typed words taken out."""
    raw = b"".join(one.data for one in case.run.happenings if isinstance(one, happened.Printed))
    return without_controls(raw.decode("utf-8", "replace")).replace("\r", "")


def _ended_in_the_middle(case: ClientCase) -> Iterator[Finding]:
    """Find a program that went where nothing had told it to, and that no other check explains."""
    gone, verbs = case.gone, (ClientVerb.ENDS, ClientVerb.REFUSED)
    if gone is None:
        return
    told = case.ended_by() is not None or any(case.was_done(verb) for verb in verbs)
    if told and not case.gone_early:
        return
    if any(not case.is_lost_with_it(case.units[number]) for number in case.alignment.missing):
        return
    act = case.failed_act
    if act is not None and act.verb in (ClientVerb.CONNECTS, ClientVerb.SHOWS):
        return
    at, how = gone
    requirement = "C-SHOW-2" if case.rough_words else "C-SHOW-1"
    trace = _TRACEBACK.search(_printed(case))
    why = f", with a traceback ({trace[0].strip()!r})" if trace else ""
    says = f"the program {how} by itself while the person was chatting{why}"
    yield case.finding(CHECK, requirement, says, note(at, how))
