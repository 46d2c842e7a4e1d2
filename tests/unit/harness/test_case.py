"""`harness.case`: what a check is given, and the words that all checks share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import case, events
from harness.anomalies import Anomaly, Fault
from harness.attendance import Attendance
from harness.events import Failure, Role, StepFailed
from harness.lexicon import MARK
from harness.plan import PlannedStep, Scene
from harness.scenario import Verb
from harness.speech import Message
from harness.verdict import Direction, Finding, Moment, Outcome

if TYPE_CHECKING:
    from tests.unit.harness.conftest import MakeTale, Tale

ANN = Attendance(0, "ann", "nick", Role.PERSON, 1)


def message_of(tale: Tale, conn: int, number: int) -> Message:
    return tale.transcript().voices.speeches[conn].messages[number]


def test_anomalies_are_those_of_the_faults_asked_for(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.read(b, tale.tell(a, "one"))
    tale.read(a, b"nobody said this")
    made = tale.case()
    assert [(who.conn, one.fault) for who, one in made.anomalies(Fault.REPEATED)] == [
        (b, Fault.REPEATED)
    ]
    both = [who.conn for who, _ in made.anomalies(Fault.REPEATED, Fault.INVENTED)]
    assert both == [a, b]


def test_who_was_asked_for_a_name_again_has_heard_nothing_wrong(tale: Tale) -> None:
    conn = tale.join("ann")
    tale.read(conn, tale.dialect.prompt_bytes)
    assert tale.transcript().listeners[conn].anomalies
    assert list(tale.case().anomalies(*Fault)) == []


@pytest.mark.parametrize(("name", "closes"), [("bob", False), ("bob", True), ("cid", True)])
def test_who_is_told_why_it_is_not_let_in_has_heard_nothing(
    tale: Tale, name: str, closes: bool
) -> None:
    tale.room("ann", "bob")
    conn = tale.join(name)
    tale.members.discard(conn)
    tale.read(conn, b"Not you!\n")
    if closes:
        tale.add(events.Eof, conn)
    tale.end()
    assert tale.transcript().listeners[conn].anomalies
    assert list(tale.case().anomalies(*Fault)) == []


def test_who_is_told_something_and_is_neither_in_nor_out_was_told_it(tale: Tale) -> None:
    tale.room("ann", "bob")
    conn = tale.join("cid")
    tale.members.discard(conn)
    tale.read(conn, b"Not you!\n")
    tale.end()
    assert [who.conn for who, _ in tale.case().anomalies(Fault.INVENTED)] == [conn]


def test_the_worst_lag_is_the_longest(tale: Tale) -> None:
    assert tale.case().worst_lag == 0.0
    for lag in (0.25, 1.5, 0.5):
        tale.add(events.Lagged, lag)
    assert tale.case().worst_lag == tale.case().worst_wait == 1.5
    tale.add(events.Starved, 2.5)
    assert (tale.case().worst_lag, tale.case().worst_wait) == (1.5, 2.5)


def test_how_long_all_in_all_anybody_waited(tale: Tale) -> None:
    for kind, second, seconds in (
        (events.Lagged, 1, 0.25),
        (events.Starved, 3, 0.5),
        (events.Lagged, 5, 1.0),
        (events.Starved, 9, 2.0),
    ):
        tale.now = second * 1_000_000_000
        tale.events.append(kind(tale.now, seconds))
    made = tale.case()
    assert made.waited(0, tale.now) == 3.75
    assert made.waited(2_000_000_000, 4_000_000_000) == 1.5
    # It ended at nine, had begun two seconds before, and may have been noted half a second late.
    assert made.waited(6_000_000_000, 6_499_999_999) == 0.0
    assert made.waited(6_000_000_000, 6_500_000_000) == 2.0


def test_who_said_it_when_and_who_else_heard_it(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    data = tale.say(a, "one")
    tale.read(b, data)
    at = tale.now
    made = tale.case()
    # Each says hello to two others, and one more is heard.
    assert made.deliveries == 7
    message = made.transcript.voices.speeches[a].messages[1]
    assert made.sender(message).person == "ann"
    words = case.quoted(message)
    assert made.said(message) == Moment(message.at, "ann", Direction.TO_SERVER, f"says {words}")
    assert made.heard_by_another(message, c) == (
        Moment(at, "bob", Direction.FROM_SERVER, f"hears {words}"),
    )
    assert made.heard_by_another(message, b) == ()


def test_namesakes_are_the_others_of_that_name(tale: Tale) -> None:
    a, b, c = tale.join("ann", "x"), tale.join("bob", "x"), tale.join("cid", "y")
    made = tale.case()
    people = made.transcript.people
    assert [one.conn for one in made.namesakes(people[a])] == [b]
    assert made.namesakes(people[c]) == []


@pytest.mark.parametrize(
    ("leaves", "heard", "reused"),
    [(True, True, True), (False, True, False), (True, False, False)],
    ids=["its owner had gone", "its owner is there", "its owner was never in"],
)
def test_a_name_is_reused_when_those_who_had_it_have_gone(
    tale: Tale, leaves: bool, heard: bool, reused: bool
) -> None:
    tale.join("bob")
    owner = tale.join("ann", "x")
    if heard:
        tale.tell(owner, "hello")
    if leaves:
        tale.leave(owner)
    later = tale.join("cid", "x")
    made = tale.case()
    assert made.is_reused(made.transcript.people[later]) is reused


def test_whose_words_went_out_cut(tale: Tale) -> None:
    a, b = tale.room("ann", "bob")
    tale.add(events.Cut, a, 2, 2, 0)
    made = tale.case()
    assert [made.was_cut(message_of(tale, conn, 0)) for conn in (a, b)] == [True, False]


@pytest.mark.parametrize(
    ("programs", "late"), [("", False), ("python sh", False), ("sh java", True), ("beam.smp", True)]
)
def test_a_program_with_a_collector_keeps_garbage(tale: Tale, programs: str, late: bool) -> None:
    tale.add(events.Programs, programs)
    assert tale.case().collects_late is late


def test_moments_of_joining_and_beside(tale: Tale) -> None:
    a, b = tale.join("ann"), tale.connect("bob")
    made = tale.case()
    people = made.transcript.people
    joining = people[a].joining
    assert joining is not None
    assert made.joined(people[a]) == (Moment(joining, "ann", Direction.TO_SERVER, "joins"),)
    assert made.joined(people[b]) == ()
    assert case.beside(5, ANN, "waits") == Moment(5, "ann", Direction.NOTE, "waits")
    assert case.into(5, ANN, "x", missing=True).missing


def test_the_size_of_reads_is_the_commonest_distance_of_cuts(tale: Tale) -> None:
    a, b, c = tale.room("ann", "bob", "cid")
    assert tale.case().read_size() == 0
    name = tale.dialect.prefix("ann")
    body = tale.say(a, "".join(chr(97 + at % 26) for at in range(60))).removeprefix(name)
    pieces = [body[:20], body[20:30], body[30:40], body[40:50], body[50:]]
    tale.read(b, b"".join(name + piece for piece in pieces))
    # How far the cuts of two speakers are apart says nothing.
    other = tale.say(c, "y" * 40).removeprefix(tale.dialect.prefix("cid"))
    tale.read(b, b"".join(tale.dialect.prefix("cid") + one for one in (other[:30], other[30:])))
    assert tale.case().read_size() == 10


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"hi", "“hi”"),
        (b"x" * 40, f"“{'x' * 40}”"),
        (b"x" * 41, f"“{'x' * 40}…” (41 bytes)"),
        (b"a\xff", "“a\\xff”"),
    ],
)
def test_bytes_are_quoted_from_their_beginning(data: bytes, words: str) -> None:
    assert case.quoted_bytes(data) == words


def test_things_are_counted_and_listed() -> None:
    assert [case.counted(n, "word") for n in (0, 1, 2)] == ["0 words", "1 word", "2 words"]
    assert case.counted(2, "person", "people") == "2 people"
    lists = [case.listed(names) for names in ("", "a", "aba", "abc", "abcdefg")]
    assert lists == ["", "a", "a and b", "a, b and c", "a, b, c, d, e and 2 more"]
    assert case.seconds(1_234_567_890) == "1.235 s"


@pytest.mark.parametrize(
    ("deadline", "late", "outcome"),
    [
        (4.0, 1.1, Outcome.INCONCLUSIVE),
        (4.0, 1.0, Outcome.FAIL),
        (0.0, 9.0, Outcome.FAIL),
    ],
    ids=["too much of it was waited", "a quarter is borne", "certain"],
)
def test_a_deadline_that_was_spent_waiting_proves_nothing(
    deadline: float, late: float, outcome: Outcome
) -> None:
    finding = Finding("delivery", "RELAY-1", "It did not come", deadline=deadline)
    judged = case.unless_late(finding, late)
    assert judged.outcome is outcome
    waited = (
        "(but harness or server waited 1.1 s for a processor meanwhile, so this proves nothing)"
    )
    told = f"It did not come {waited}" if outcome is Outcome.INCONCLUSIVE else "It did not come"
    assert judged.says == told


def test_alike_findings_are_one_counted_and_in_the_order_of_time() -> None:
    def found(says: str, at: int) -> Finding:
        return Finding("once", "RELAY-1", says, moments=(case.out(at, ANN, "x"),))

    bare = Finding("once", "RELAY-1", "c")
    merged = case.merged([found("a", 9), found("b", 5), found("a", 2), bare], lambda one: one.says)
    assert [(one.says, one.count) for one in merged] == [("c", 1), ("b", 1), ("a", 2)]


def test_a_result_is_as_bad_as_its_worst_finding_and_bounded() -> None:
    findings = [Finding("once", "RELAY-1", str(at)) for at in range(case.MOST_FINDINGS + 1)]
    many = case.result("once", 7, findings)
    assert (many.outcome, many.looked_at) == (Outcome.FAIL, 7)
    assert many.findings == tuple(findings[:-1])
    assert case.result("once", 3, []).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("failure", "note", "deadline", "words"),
    [
        (Failure.LISTENING, "", 2.0, "nothing listened within 2 s"),
        (Failure.CONNECT, "refused", 0.5, "no connection came about within 0.5 s (refused)"),
        (Failure.CONNECT, "", 0.0, "no connection came about"),
        (Failure.REFUSED, "", 0.0, "after the nickname the server closed the connection"),
        (Failure.REFUSED, "reset it", 0.0, "after the nickname the server reset it"),
    ],
)
def test_a_failure_in_words(failure: Failure, note: str, deadline: float, words: str) -> None:
    assert case.failure_words(StepFailed(1, 0, 0, "ann", failure, deadline, 0.0, note)) == words


def test_every_failure_has_words_of_its_own() -> None:
    every = [case.failure_words(StepFailed(1, 0, 0, "", one, 1.0, 0.0, "")) for one in Failure]
    assert len(set(every)) == len(Failure)


def test_only_what_a_join_says_is_a_greeting(tale: Tale) -> None:
    tale.join("ann")
    tale.say(0, "hello", step=0)
    tale.say(0, "later", step=1)
    tale.say(0, kind=events.Kind.PROBE, step=0)
    tale.scenes = (Scene((PlannedStep(0, 1, "ann: join", Verb.JOIN),)),)
    made = tale.case()
    greetings = [made.is_greeting(message_of(tale, 0, number)) for number in range(3)]
    assert greetings == [True, False, False]


@pytest.mark.parametrize(
    ("dialect", "lines", "wide"), [("raw", False, True), ("lines", True, True)]
)
def test_what_can_be_cut_depends_on_the_dialect(
    tell: MakeTale, dialect: str, lines: bool, wide: bool
) -> None:
    made = tell(dialect).case()
    assert (made.has_lines, made.has_wide_characters) == (lines, wide)


def test_one_byte_is_never_cut(tale: Tale) -> None:
    tale.dialect = tale.dialect.model_copy(update={"encoding": "latin-1"})
    assert not tale.case().has_wide_characters


def test_a_check_that_has_nothing_to_look_at_says_why() -> None:
    told = case.not_applicable("echo", "nobody hears himself")
    assert (told.check, told.outcome, told.looked_at, told.reason) == (
        "echo",
        Outcome.NOT_APPLICABLE,
        0,
        "nobody hears himself",
    )


@pytest.mark.parametrize(
    ("dialect", "text", "shown"),
    [
        ("raw", b"what is this", "“what is this”"),
        ("lines", b"what is this\n", "“what is this\n”"),
        ("lines", b"what is this\0\n", "“what is this\0\n”"),
        ("nick", MARK + b"what is this\0", "“what is this”"),
        ("timestamps", MARK + b"what\n" + MARK + b"is this\n", "“what\nis this\n”"),
    ],
)
def test_what_somebody_read_is_shown_as_it_came(
    tell: MakeTale, dialect: str, text: bytes, shown: str
) -> None:
    anomaly = Anomaly(Fault.INVENTED, 0, 0, None, 0, (), text)
    assert tell(dialect).case().shown(anomaly) == shown
