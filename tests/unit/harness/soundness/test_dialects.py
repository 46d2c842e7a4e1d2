"""A correct server is never failed in any dialect that is understood as it comes, without decoder.

Own words come back in one form or another, the server tells who comes and goes in a stream without
frames, an address stands before words, or nothing at all.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import pytest
from edits import Edit, certain, edited
from mutants import MUTANTS

from harness.dialect import Dialect
from harness.judge import judge
from harness.transcript import Transcript
from harness.verdict import Outcome

if TYPE_CHECKING:
    from rooms import Room

    from tests.unit.harness.soundness.conftest import MakeRoom, MakeTrial

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

SEEDS = 6
RAW = {
    "prompt": "nickname",
    "nickname": {"ends": "none"},
    "said": {"ends": "none"},
    "heard": {"ends": "none"},
}
LINES = {
    "prompt": "nickname\n",
    "nickname": {"ends": "lf"},
    "said": {"ends": "lf"},
    "heard": {"ends": "lf"},
}
NAMELESS = {"said": {"ends": "lf"}, "heard": {"ends": "lf"}}
TOLD = {
    "greeting": "Welcome, {nick}!\n",
    "join": {"text": "*** {nick} has joined the chat ***\n"},
    "leave": {"text": "{nick} left!"},
}
DIALECTS = {
    "echo in raw": {**RAW, "relay": "{nick}: {message}", "echo": "You: {message}"},
    "same echo in raw": {**RAW, "relay": "[{nick}] {message}", "echo": "[{nick}] {message}"},
    "announcing in raw": {**RAW, "relay": "[{nick}] {message}", **TOLD},
    "all in raw": {**RAW, "relay": "{nick}: {message}", "echo": "You: {message}", **TOLD},
    "echo in lines": {**LINES, "relay": "{nick}: {message}", "echo": "You: {message}"},
    "bare echo in lines": {**LINES, "relay": "{nick} says {message}", "echo": "{message}"},
    "addresses": {**NAMELESS, "relay": "{host}:{port}> {message}"},
    "anonymous": {**NAMELESS, "relay": "{message}"},
    "anonymous with echo": {**NAMELESS, "relay": "{message}", "echo": "{message}"},
}


# A server that is asked for copies of own words is none that should not send them.
DEFECTS = {name: mutate for name, (mutate, _) in MUTANTS.items() if name not in ("echo", "replay")}


def dialect_of(name: str) -> Dialect:
    return Dialect.model_validate({"name": name, "about": name, **DIALECTS[name]})


def check_is_sound(room: Room) -> int:
    """Judge a history of a correct server; return what was owed in it."""
    verdict = judge(room.plan(), room.dialect, room.events)
    assert verdict.findings == ()
    return verdict.figures.obligations


def check_is_true(room: Room) -> None:
    """Compare what each receiver is said to have heard with what it heard."""
    transcript = Transcript.of(room.dialect, room.events)
    for conn, listener in transcript.listeners.items():
        peer = room.peers[conn]
        doubtful = {(message.conn, message.number) for message in listener.doubtful}
        truth = {(word.conn, word.number) for word in peer.heard}
        told = {(message.conn, message.number) for message in listener.messages}
        assert truth - doubtful == told - doubtful
        assert len(told) == len(listener.messages)
        if not room.dialect.framed and not peer.unread:
            check_notices(room, conn, transcript)


def check_notices(room: Room, conn: int, transcript: Transcript) -> None:
    listener, told = transcript.listeners[conn], Counter(room.peers[conn].told)
    certain = Counter((one.occasion, one.nick) for one in listener.notices)
    doubtful = Counter((one.occasion, one.nick) for one in listener.doubtful_notices)
    assert certain <= told <= certain + doubtful


@pytest.mark.parametrize("threads", [False, True], ids=["loop", "threads"])
@pytest.mark.parametrize("name", DIALECTS)
def test_correct_servers_pass(make_room: MakeRoom, name: str, threads: bool) -> None:
    dialect, owed = dialect_of(name), 0
    framed = dialect.framed
    for seed in range(SEEDS):
        for adversarial in (False, True):
            how = {"framed": framed, "threads": threads, "adversarial": adversarial}
            owed += check_is_sound(make_room(seed, dialect, **how))
    assert owed > 100


@pytest.mark.parametrize("name", DIALECTS)
def test_no_defect_passes(make_room: MakeRoom, name: str) -> None:
    dialect, seen = dialect_of(name), Counter[str]()
    for seed in range(6):
        how = {"framed": dialect.framed, "threads": bool(seed % 2), "whole": True}
        for mutant, mutate in DEFECTS.items():
            room = make_room(seed, dialect, **how)
            events = mutate(room, Random(f"{seed}/{mutant}"))
            if events is not None:
                seen[mutant] += 1
                assert judge(room.plan(), dialect, events).outcome is Outcome.FAIL, (mutant, seed)
    # Where nobody has a name, nobody can be given another's.
    assert seen.keys() >= DEFECTS.keys() - {"misname"}


@pytest.mark.parametrize("name", [name for name in DIALECTS if "echo" in DIALECTS[name]])
@pytest.mark.parametrize("wrong", ["lost", "twice", "as the others hear it"])
def test_a_wrong_copy_of_own_words_is_found(make_room: MakeRoom, name: str, wrong: str) -> None:
    dialect = dialect_of(name)
    for seed in range(4):
        room = make_room(seed, dialect, framed=dialect.framed, threads=bool(seed % 2), whole=True)
        one = Random(seed).choice([one for one in certain(room) if one.word.conn == one.peer.conn])
        part, peer = one.parts[0], one.peer
        end = part.at + len(part.data)
        edit = {
            "lost": Edit(part.at, end),
            "twice": Edit(end, end, part.data),
            "as the others hear it": Edit(part.at, part.at + len(peer.echo or b""), peer.prefix),
        }[wrong]
        if edit.data == (peer.echo or b""):
            continue  # the others hear it in the same form
        events = edited(room, peer.conn, [edit])
        assert judge(room.plan(), dialect, events).outcome is Outcome.FAIL, seed


# Who is put out while it does not read cannot tell when: notices of that are not judged here.
@pytest.mark.parametrize("name", [name for name in DIALECTS if not dialect_of(name).notices])
def test_correct_servers_pass_whatever_happens_beside(make_trial: MakeTrial, name: str) -> None:
    dialect = dialect_of(name)
    for seed in range(SEEDS):
        how = {"framed": dialect.framed, "threads": bool(seed % 2), "adversarial": seed % 3 == 0}
        check_is_sound(make_trial(seed, dialect, **how))


@pytest.mark.parametrize("name", DIALECTS)
def test_what_is_understood_is_what_was_heard(make_room: MakeRoom, name: str) -> None:
    dialect = dialect_of(name)
    for seed in range(6):
        for adversarial in (False, True):
            how = {"framed": dialect.framed, "threads": bool(seed % 2), "adversarial": adversarial}
            check_is_true(make_room(seed, dialect, **how))
