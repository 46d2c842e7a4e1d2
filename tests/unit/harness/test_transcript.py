"""`harness.transcript`: a history, event by event, as what everyone said, heard and did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import events
from harness.attendance import MOST_ANSWER, MOST_AT_THE_DOOR
from harness.dialect_files import load_dialect
from harness.events import Ending, Failure, Kind, Stage
from harness.tokens import mint
from harness.transcript import Transcript

if TYPE_CHECKING:
    from tests.unit.harness.conftest import Tale


def ended(*acts: str) -> tuple[int, int, int]:
    """Let each act happen; return how many ends were unasked, asked for, and false starts."""
    transcript = Transcript(load_dialect("raw"))
    for at, act in enumerate(acts, start=1):
        word, _, name = act.partition(" ")
        if word == "told":
            transcript.observe(events.ServerTold(at, name, 0))
        elif word == "done":
            transcript.observe(events.ServerDone(at, name))
        else:
            transcript.observe(events.Exited(at, 1))
    return len(transcript.exits), len(transcript.ends), len(transcript.false_starts)


@pytest.mark.parametrize(
    ("acts", "counts"),
    [
        pytest.param(["exit"], (1, 0, 0), id="unasked"),
        pytest.param(["told pause", "exit"], (1, 0, 0), id="told something else"),
        pytest.param(["told kill", "exit"], (0, 1, 0), id="as it was told"),
        pytest.param(["told kill", "exit", "exit"], (1, 1, 0), id="once more than it was told"),
        pytest.param(["told kill", "exit", "told kill", "exit"], (0, 2, 0), id="told twice"),
        pytest.param(["told restart", "exit"], (0, 0, 1), id="instead of a new beginning"),
        pytest.param(["told restart", "done restart", "exit"], (1, 0, 0), id="after it had begun"),
        pytest.param(
            ["told restart", "done restart", "told restart", "exit"], (0, 0, 1), id="second start"
        ),
        pytest.param(["told kill", "exit", "told restart", "exit"], (0, 1, 1), id="both"),
    ],
)
def test_an_end_of_the_process_is_unasked_told_or_a_false_start(
    acts: list[str], counts: tuple[int, int, int]
) -> None:
    assert ended(*acts) == counts


def test_what_is_read_before_a_name_is_kept_so_far(tale: Tale) -> None:
    conn = tale.connect("ann")
    tale.read(conn, b"x" * MOST_AT_THE_DOOR)
    person = tale.transcript().people[conn]
    assert bytes(person.doorstep) == (b"nickname" + b"x" * MOST_AT_THE_DOOR)[:MOST_AT_THE_DOOR]
    assert not person.answer


def test_what_a_stranger_reads_is_its_answer(tale: Tale) -> None:
    conn = tale.connect("ann")
    tale.add(events.Sent, conn, b"\xff")
    strange = tale.now
    tale.add(events.Sent, conn, b"\xfe")
    tale.read(conn, b"who?")
    person = tale.transcript().people[conn]
    assert (person.strange, bytes(person.doorstep), bytes(person.answer)) == (
        strange,
        tale.dialect.prompt_bytes,
        b"who?",
    )


def test_bytes_sent_by_one_who_has_a_name_make_no_stranger(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.add(events.Sent, conn, b"h")
    assert tale.transcript().people[conn].strange is None


def test_what_comes_after_a_name_is_kept_until_one_is_in(tale: Tale) -> None:
    a, b = tale.join("ann"), tale.join("bob")
    tale.read(b, b"x" * (MOST_ANSWER + 1))
    tale.read(b, b"y")
    tale.tell(a, "one")
    people = tale.transcript().people
    assert (bytes(people[a].answer), bytes(people[b].answer)) == (b"", b"x" * MOST_ANSWER)


def test_who_reads_what_was_said_later_is_in_and_so_is_who_is_heard(tale: Tale) -> None:
    a, b, c = (tale.join(name) for name in ("ann", "bob", "cid"))
    relayed = tale.say(a, "one")
    tale.read(b, relayed)
    at = tale.now
    people = tale.transcript().people
    assert [people[conn].joined for conn in (a, b, c)] == [at, at, None]


def test_who_reads_only_what_was_said_before_is_not_known_to_be_in(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    old = tale.say(a, "old")
    tale.read(b, old)
    c = tale.join("cid")
    tale.read(c, old)
    assert tale.transcript().people[c].joined is None


def test_a_second_name_begins_anew(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.read(conn, tale.dialect.prompt_bytes)
    tale.add(events.Named, conn, b"ann")
    named = tale.now
    person = tale.transcript().people[conn]
    assert (person.named, person.joining, bytes(person.answer)) == (2, named, b"")


def test_the_first_act_to_end_and_the_first_sign_of_an_end_count(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.add(events.Left, conn, Ending.HALF_CLOSE)
    leaving = tale.now
    tale.add(events.Left, conn, Ending.TEARDOWN)
    tale.add(events.Eof, conn)
    gone = tale.now
    tale.add(events.Broken, conn, "reset")
    tale.add(events.Closed, conn)
    person = tale.transcript().people[conn]
    assert (person.leaving, person.how) == (leaving, Ending.HALF_CLOSE)
    assert (person.gone, person.eof, person.error) == (gone, True, "reset")
    assert person.closed == tale.now == tale.transcript().end


def test_each_span_without_reading_is_kept_with_its_end(tale: Tale) -> None:
    a, b = tale.join("ann"), tale.join("bob")
    marks = []
    for kind, conn in ((events.Froze, a), (events.Froze, b), (events.Thawed, a), (events.Froze, a)):
        tale.add(kind, conn)
        marks.append(tale.now)
    transcript = tale.transcript()
    assert transcript.freezes == [(a, marks[0], marks[2]), (b, marks[1], None), (a, marks[3], None)]
    assert (transcript.people[a].froze, transcript.people[a].thawed) == (marks[0], None)


def test_from_the_first_bytes_that_are_no_text_on_a_speaker_is_not_judged(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.say_bytes(a, b"\xff")
    first = tale.now
    tale.say_bytes(a, b"\xfe")
    transcript = tale.transcript()
    assert (transcript.people[a].untext, transcript.voices.speeches[a].untext) == (first, 1)
    assert transcript.last_owed(a) == -1


def test_what_belongs_to_nobody_is_collected_by_its_kind(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.add(events.StepBegun, 4)
    begun = tale.now
    tale.add(events.StepEnded, 4)
    step = (begun, tale.now)
    tale.add(events.StageBegun, Stage.STORY)
    stage = tale.now
    tale.fail(conn, Failure.HEARS)
    tale.sample("before")
    tale.add(events.Skipped, 4, "ann")
    tale.add(events.Lagged, 0.5)
    tale.add(events.ConnectFailed, 7, "refused")
    tale.add(events.Cut, conn, 2, 1, 0)
    tale.add(events.Silent, conn, 4)
    tale.add(events.Bitten, conn, 1, "it was felt")
    tale.add(events.ServerDone, "pause")
    for names in ("python java", "java"):
        tale.add(events.Programs, names)
    tale.add(events.Listening, "127.0.0.1:1")
    tale.add(events.Noise, conn, 9)
    tale.add(events.Interrupted)
    tale.add(events.Overran, "it wrote too much")
    known = {type(event): event for event in tale.events}
    found = tale.transcript()
    assert (found.steps, found.stages) == ({4: step}, [(stage, Stage.STORY)])
    kept = (found.failures, found.samples, found.skipped, found.lags, found.refused, found.cuts)
    kinds = (events.StepFailed, events.Sampled, events.Skipped, events.Lagged)
    assert kept == tuple([known[kind]] for kind in (*kinds, events.ConnectFailed, events.Cut))
    more = (found.silences, found.bites, found.done)
    assert more == tuple([known[k]] for k in (events.Silent, events.Bitten, events.ServerDone))
    assert (found.addresses, found.programs) == (["127.0.0.1:1"], {"python", "java"})
    assert (found.noise, found.interrupted) == (known[events.Noise], True)
    assert found.overran == "it wrote too much"


def test_a_stage_that_never_began_has_no_time(tale: Tale) -> None:
    tale.end()
    transcript = tale.transcript()
    assert transcript.stage_began(Stage.ROLL_CALL) == 1_000_000
    assert transcript.stage_began(Stage.STORY) is None


def test_the_closings_are_what_was_said_at_the_roll_call(tale: Tale) -> None:
    conns = tale.room("ann", "bob")
    tale.end()
    closings = tale.transcript().closings()
    assert [(m.conn, m.number, m.kind) for m in closings] == [
        (conn, 1, Kind.CLOSING) for conn in conns
    ]


@pytest.mark.parametrize(
    ("how", "owed"),
    [
        pytest.param(None, 1, id="what was heard"),
        pytest.param(Ending.CLOSE, 1, id="a close may lose the rest"),
        pytest.param(Ending.LEAVE, 2, id="in good order all that was accepted"),
    ],
)
def test_a_server_surely_had_what_was_heard_and_what_was_accepted_before_a_good_end(
    tale: Tale, how: Ending | None, owed: int
) -> None:
    a, b = tale.room("ann", "bob")
    tale.read(b, tale.say(a, "heard"))
    tale.say(a, "accepted")
    tale.say(a, "not even accepted", accepted=False)
    if how:
        tale.leave(a, how)
    assert tale.transcript().last_owed(a) == owed


def test_a_server_had_what_it_accepted_from_one_whom_it_threw_out(tale: Tale) -> None:
    a, _ = tale.room("ann", "bob")
    tale.say(a, "accepted")
    tale.add(events.Eof, a)
    assert tale.transcript().last_owed(a) == 1


def test_departures_come_in_order_and_without_who_was_taken_down_at_the_end(tale: Tale) -> None:
    a, b, c, d, e = tale.room("ann", "bob", "cid", "dan", "eve")
    tale.add(events.Eof, c)
    tale.leave(a)
    tale.add(events.Broken, d, "reset")
    for conn in (b, d):
        tale.add(events.Left, conn, Ending.TEARDOWN)
    assert [one.conn for one in tale.transcript().departures()] == [c, a, d]
    assert e in tale.transcript().people


def test_an_event_of_no_known_kind_only_moves_the_end() -> None:
    transcript = Transcript(load_dialect("raw"))
    transcript.observe(events.Event(7))
    assert (transcript.end, transcript.people) == (7, {})


def test_what_is_read_is_decoded_where_the_dialect_needs_it() -> None:
    dialect = load_dialect("nick")
    history: list[events.Event] = []
    for conn, nick in enumerate(["ann", "bob"]):
        history += [
            events.Connect(1, conn, nick, nick, events.Role.PERSON),
            events.Connected(2, conn),
            events.Named(3, conn, nick.encode()),
        ]
    token = mint(1, 0)
    said = dialect.said_bytes(f"hi {token.decode()}", "bob")
    history += [
        events.Said(4, 1, 0, said, token, Kind.STORY, 4, -1),
        events.Read(5, 0, b"bob joined!" + said[:4]),
        events.Read(6, 0, said[4:] + b"ann left!wh"),
        events.Read(7, 0, b"at"),
    ]
    listener = Transcript.of(dialect, history).listeners[0]
    assert [message.token for message in listener.messages] == [token]
    assert listener.times == [6]
    assert [(one.occasion, one.nick, one.at) for one in listener.notices] == [
        ("join", "bob", 5),
        ("leave", "ann", 6),
    ]
    assert [one.at for one in listener.anomalies] == [6]
