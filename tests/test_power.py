"""Power: every faulty server is caught, by the check that should, and by no other.

A row names the faulty server, a scenario that shows its defect, the checks that must fail, and
the requirements that may be blamed for it; `also` are checks that the defect may trip, or not,
as the moment has it. `patience` below 1 only shortens how long a program
that never answers is waited for.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playing import Play

from harness.verdict import Outcome

ROUNDS = """
format: 1
scenario: Rounds of joins and departures leave nothing behind
people: {alice: , bob: , crowd: 4}
story:
  - {who: [alice, bob], join: true}
  - repeat:
      - {who: crowd, join: true}
      - {who: crowd, say: "{word}"}
      - together:
          - {who: crowd-001, drop: reset}
          - {who: crowd-002, drop: close}
          - {who: crowd-003, leave: true}
          - {who: crowd-004, drop: half-close}
      - {who: alice, say: "{sentence}"}
      - {who: bob, hears: {from: alice}}
    times: 6
"""

EMPTY = """
format: 1
scenario: When everyone has left the next one is served
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: hello}
  - {who: bob, hears: {from: alice}}
  - {who: everyone, leave: true}
"""

EARLY_RESET = """
format: 1
scenario: A reset before the nickname leaves no trace
people: {mute: , alice: , bob: }
story:
  - {who: alice, join: true}
  - {who: mute, connect: true}
  - {who: mute, drop: reset}
  - {who: bob, join: true}
  - {who: alice, say: hello}
  - {who: bob, hears: {from: alice}}
"""

LATECOMER = """
format: 1
scenario: Who comes late hears nothing of before
people: {alice: , bob: , carol: }
story:
  - {who: [alice, bob], join: true}
  - {who: alice, say: "{sentence}", times: 20}
  - {who: bob, hears: {from: alice}}
  - {who: carol, join: true}
  - {who: alice, say: "welcome"}
  - {who: carol, hears: {from: alice}}
"""

LAST_WORDS = """
format: 1
scenario: Last words of who leaves in good order are heard
people: {alice: , bob: , carol: }
story:
  - {who: everyone, join: true}
  - {who: carol, say: "good bye"}
  - {who: carol, leave: true}
  - {who: alice, say: "she was nice"}
"""

NAMESAKES = """
format: 1
scenario: Two members with one name hear each other
people: {one: {nick: bob}, two: {nick: bob}, alice: }
story:
  - {who: everyone, join: true}
  - {who: one, say: "{sentence}", times: 3}
  - {who: two, say: "{sentence}", times: 3}
  - {who: [two, alice], hears: {from: one}}
"""

LOOKALIKES = """
format: 1
scenario: Text that looks like protocol is relayed as text
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: nickname, bare: true}
  - {who: bob, hears: {from: alice}}
  - {who: alice, say: "and on"}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One faulty server, and how it is caught."""

    server: str
    scenario: str
    checks: set[str]
    requirements: set[str]
    dialect: str = "raw"
    patience: float = 1.0
    words: str = ""
    also: frozenset[str] = frozenset()


TABLE = [
    Row("loses_after_reset", "disconnect", {"delivery"}, {"LEAVE-3"}, words="left (reset)"),
    Row("loses_for_last", "concurrent", {"delivery"}, {"RELAY-1"}, patience=0.3),
    Row("repeats", "concurrent", {"once"}, {"RELAY-1"}, words="again"),
    Row("repeats", "concurrent", {"once"}, {"RELAY-1"}, "lines", words="again"),
    Row("echoes", "join", {"echo"}, {"RELAY-3"}, words="a copy of what"),
    Row("echoes", "long_messages", {"echo"}, {"RELAY-3"}),
    Row("wrong_name_under_concurrency", "concurrent", {"prefix"}, {"RELAY-8"}, words="the name of"),
    Row("reorders", "join", {"order"}, {"RELAY-5"}, words="before"),
    Row("reorders", "join", {"order"}, {"RELAY-5"}, "lines", words="before"),
    Row(
        "kicks_cut_character",
        "long_messages",
        {"delivery", "stays"},
        {"RELAY-7", "STAY-1"},
        patience=0.5,
        words="inside a character",
    ),
    Row("floods_on_close", "disconnect", {"nothing invented"}, {"RELAY-6"}),
    Row(
        "removes_wrong_member",
        "disconnect",
        {"stays"},
        {"STAY-1", "RELAY-1", "LEAVE-3"},
        patience=0.5,
        # Whoever is thrown out in the middle of a word is not heard to the end.
        also=frozenset({"delivery"}),
    ),
    Row("never_closes", "disconnect", {"cleanup"}, {"LEAVE-1", "LEAVE-6"}, words="CLOSE_WAIT"),
    Row("ignores_half_close", "disconnect", {"cleanup"}, {"LEAVE-1", "LEAVE-6"}),
    Row("holds_the_door", "silent_newcomer", {"story"}, {"JOIN-3"}, patience=3, words="mute"),
    Row("never_prompts", "join", {"story"}, {"JOIN-1"}, patience=0.3, words="no prompt"),
    Row("wrong_prompt", "join", {"story"}, {"JOIN-1"}, words="NICK"),
    Row("truncates", "long_messages", {"intact"}, {"RELAY-4", "RELAY-7"}, patience=0.5),
    Row("strips", "long_messages", {"intact"}, {"RELAY-4"}, patience=0.5),
    Row("changes_text", "join", {"intact"}, {"RELAY-4"}, patience=0.3),
    Row("adds_newline", "join", {"nothing invented"}, {"RELAY-6"}, words="line end"),
    Row("replays_history", LATECOMER, {"nothing invented"}, {"RELAY-6"}, words="joined only at"),
    Row("keeps_nickname_taken", "disconnect", {"cleanup"}, {"LEAVE-4"}, words="still refused"),
    Row("replaces_cut_character", "long_messages", {"intact"}, {"INPUT-2"}, patience=0.5),
    Row("cuts_character", "long_messages", {"intact"}, {"INPUT-2"}, words="inside a character"),
    Row("leaks_threads", ROUNDS, {"cleanup"}, {"LEAVE-6"}, words="threads"),
    Row("spins", "disconnect", {"cleanup"}, {"LEAVE-6"}, words="of a processor"),
    Row("dies_on_early_reset", EARLY_RESET, {"alive"}, {"LIFE-4"}, words="exit status"),
    Row("stops_after_everyone_leaves", EMPTY, {"alive"}, {"LEAVE-8"}, patience=0.5),
    Row("loses_last_words", LAST_WORDS, {"delivery"}, {"LEAVE-5"}, patience=0.5),
    Row("tells_strangers", "silent_newcomer", {"nothing invented"}, {"JOIN-5"}),
    Row("mistakes_namesakes", NAMESAKES, {"story"}, {"RELAY-1"}, patience=0.3),
    Row(
        "takes_a_read_for_a_line", "long_messages", {"intact"}, {"RELAY-4", "RELAY-7"}, "lines", 0.5
    ),
    Row("swallows_the_prompt", LOOKALIKES, {"delivery"}, {"RELAY-1"}, patience=0.5),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.server}-{row.dialect}")
def test_faulty_server_is_caught_by_the_check_that_should(row: Row, play: Play) -> None:
    played = play(row.scenario, f"faulty/{row.server}.py", row.dialect, patience=row.patience)
    assert played.verdict.outcome is Outcome.FAIL, played.explain()
    assert row.checks <= played.failed_checks <= row.checks | row.also, played.explain()
    assert played.blamed <= row.requirements, played.explain()
    words = " ".join(f"{one.says} {one.cause}" for one in played.failures)
    assert row.words in words, played.explain()


# What no verb can show yet; their own tests, in unit/servers, show it on plain sockets.
UNSEEN = {
    "admits_blank": "a blank nickname",
    "bad_bytes_poison": "send: bytes that are no text",
    "blocks_its_port": "a restart",
    "breaks_cut_nickname": "send: a nickname in pieces",
    "deaf_until_speaks": "join, say: people who have not spoken yet",
    "delays_all_for_stalled": "freeze",
    "dies_of_bad_bytes": "bytes that are no text",
    "dies_of_bad_nickname": "bytes that are no text",
    "drops_half_of_glued": "send: two lines in one segment",
    "exits_badly": "server: interrupt",
    "hoards_for_stalled_reader": "a member that stops reading",
    "ignores_signals": "a signal to the server",
    "keeps_endless_line": "bytes without a line end",
    "keeps_line_end_in_nickname": "send: a nickname with a line end",
    "leaks_memory": "repeat: join and leave",
    "leaves_connections_open": "server: interrupt",
    "lets_control_nickname_in": "refused: a nickname with control characters",
    "listens_everywhere": "another address",
    "loses_what_came_with_nickname": "send: nickname and message in one segment",
    "loses_while_paused": "server: stop, say, server: continue",
    "refuses_a_crowd": "join: more than twenty at once",
    "refuses_namesake_and_forgets": "refused: a second member of one name; then say",
    "relays_over_changing_list": "drop: reset, then say",
    "skips_stalled_reader": "a member that stops reading",
    "starves_others_in_flood": "say without a pause, much, by one member",
    "takes_cut_line_for_two": "send: a line in two segments",
    "waits_for_stalled_reader": "a member that stops reading",
}


def test_every_faulty_server_has_its_row() -> None:
    known = {path.stem for path in (Path(__file__).parent / "faulty").glob("[a-z]*.py")}
    caught = {row.server for row in TABLE}
    assert caught | set(UNSEEN) == known
    assert not caught & set(UNSEEN)
    assert len(caught) >= 10
