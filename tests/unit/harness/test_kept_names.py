"""`harness.kept_names`: what a server writes of a name that it should have put right is found."""

import pytest

from harness.dialect_files import load_dialect
from harness.events import Connect, Event, Named, Read, Role
from harness.kept_names import Kept, put_right
from harness.verdict import Outcome
from tests.unit.harness.conftest import MakeTale, Tale

RAW, LINES, ANONYMOUS = map(load_dialect, ("raw", "lines", "anonymous"))


def _history(sent: dict[str, bytes], reads: list[tuple[int, bytes]]) -> list[Event]:
    people: list[Event] = [Connect(at, at, nick, nick, Role.PERSON) for at, nick in enumerate(sent)]
    people += [Named(at, at, data) for at, data in enumerate(sent.values())]
    return [*people, *(Read(100 + at, *read) for at, read in enumerate(reads))]


def _reads(kept: Kept | None) -> list[tuple[int, int, bytes]]:
    assert kept is not None
    return [(one.at, one.conn, one.data) for one in kept.history if isinstance(one, Read)]


@pytest.mark.parametrize(
    ("sent", "reads", "right"),
    [
        ([b"bob\n"], [b"bob\n: hi"], [b"bob: hi"]),
        ([b"bob\r\n"], [b"* bob\r\n is in *bob\r\n: hi"], [b"* bob is in *bob: hi"]),
        ([b"bob\n"], [b"xbo", b"b", b"\n: ", b"hi"], [b"xbob", b": ", b"hi"]),
        ([b"bob\n"], [b"xbob", b"\n", b": hi"], [b"xbob", b": hi"]),
        ([b" bob "], [b"< bob > hi"], [b"<bob> hi"]),
        ([b"BOB"], [b"BOB: hi BOB"], [b"bob: hi bob"]),
        ([b"bob\n", b"bob\n\n"], [b"bob\n\n: hi, bob\n: ho"], [b"bob: hi, bob: ho"]),
        ([b"bob\n", b"carol\n"], [b"bob\n: hicarol\n: ho"], [b"bob: hicarol: ho"]),
    ],
)
def test_a_name_is_put_right_wherever_it_stands(
    sent: list[bytes], reads: list[bytes], right: list[bytes]
) -> None:
    names = {one.strip().decode().lower() + " " * at: one for at, one in enumerate(sent)}
    history = _history(names, [(0, one) for one in reads])
    history = [
        Connect(one.at, one.conn, one.person, one.nick.strip(), one.role)
        if isinstance(one, Connect)
        else one
        for one in history
    ]
    kept = put_right(RAW, history)
    assert [data for *_, data in _reads(kept)] == right


def test_each_connection_has_a_stream_of_its_own_and_times_stay() -> None:
    reads = [(0, b"a bo"), (1, b"b\nbob\n"), (0, b"b\n: hi")]
    kept = put_right(RAW, _history({"bob": b"bob\n", "ann": b"ann"}, reads))
    assert _reads(kept) == [(100, 0, b"a bob"), (101, 1, b"b\nbob"), (102, 0, b": hi")]
    assert kept is not None
    assert (kept.read, kept.name.data) == (Read(100, 0, b"a bo"), b"bob\n")


def test_what_was_read_is_told_from_the_name_on() -> None:
    kept = put_right(RAW, _history({"bob": b"bob\n"}, [(0, b"ann: x"), (0, b"long bob\n: hi")]))
    assert kept is not None
    assert (kept.read.at, kept.text) == (101, b"bob\n: hi")


@pytest.mark.parametrize(
    ("dialect", "sent", "read"),
    [
        (RAW, b"bob", b"bob\n: hi"),
        (RAW, b"bob\n", b"bob: hi"),
        (LINES, b"bob\n", b"bob\n: hi\n"),
        (ANONYMOUS, b"bob\n", b"bob\n"),
    ],
    ids=["sent right", "put right", "a line end is no part of it", "nobody has a nickname"],
)
def test_nothing_was_kept(dialect: object, sent: bytes, read: bytes) -> None:
    assert put_right(dialect, _history({"bob": sent}, [(0, read)])) is None  # type: ignore[arg-type]


# -- judged ----------------------------------------------------------------------------------------


def _netcat(tale: Tale) -> tuple[int, int]:
    """Let `bob` come with a line end, and be heard by ann with it."""
    ann, _ = tale.room("ann", "cid")
    bob = tale.connect("bob")
    tale.add(Named, bob, b"bob\n")
    tale.members.add(bob)
    return ann, bob


def _says(tale: Tale, bob: int) -> None:
    relayed = tale.say(bob, "hi").replace(b"bob", b"bob\n")
    for one in sorted(tale.members - {bob}):
        tale.read(one, relayed)


def test_nothing_else_is_blamed_where_only_the_name_is_wrong(tale: Tale) -> None:
    _, bob = _netcat(tale)
    _says(tale, bob)
    verdict = tale.verdict()
    (finding,) = verdict.findings
    assert verdict.outcome is Outcome.FAIL
    assert (finding.check, finding.requirement) == ("prefix", "JOIN-6")
    assert finding.says.startswith("bob, who sent “bob\n” to be called bob, is “bob\n” for ann")
    assert [one.who for one in finding.moments] == ["bob", "ann"]


def test_what_is_wrong_beside_the_name_is_told_too(tale: Tale) -> None:
    ann, bob = _netcat(tale)
    _says(tale, bob)
    tale.read(ann, b"WHAT?")
    found = {one.requirement for one in tale.verdict().findings}
    assert found == {"JOIN-6", "RELAY-6"}


def test_a_name_that_explains_nothing_is_not_blamed(tell: MakeTale) -> None:
    tale = tell("raw")
    ann, bob = _netcat(tale)
    tale.tell(bob, "hi")
    tale.read(ann, b"bob\n?")
    found = {one.requirement for one in tale.verdict().findings}
    assert found == {"RELAY-6"}
