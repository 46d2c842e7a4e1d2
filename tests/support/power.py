"""The power table: how each faulty server of `tests/faulty/` is caught, and what is blamed for it.

A row names the faulty server, a scenario that shows its defect, the checks that must fail, and
the requirements that must be blamed; `also` are checks and requirements that the defect may trip,
or not, as the moment has it. `patience` below 1 only shortens how long a program that never
answers is waited for. Plays nothing, and imports nothing of the harness: `tests/test_power.py`
plays the rows, and `tools/docs.py` writes `docs/power.md` from them.
"""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAULTY = Path(__file__).parent.parent / "faulty"
LANGUAGES = (".py", ".c", ".js", ".java")
_VIOLATES = re.compile(r"Violates ([A-Z0-9, -]+)\. Speaks ([a-z, -]+)\.")

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

STALLED = """
format: 1
scenario: Somebody who stops reading, while little more is said than a server keeps for one
people: {sleeper: , alice: , bob: , carol: }
story:
  - {who: everyone, join: true}
  - {who: [alice, bob, carol], say: "{sentence}", times: 3, every: 5ms}
  - {who: sleeper, freeze: true}
  - {who: [alice, bob, carol], say: "{x*16000}", times: 24}
  - {who: sleeper, thaw: true}
  - {who: alice, say: "welcome back"}
  - {who: [bob, carol], hears: {from: alice}}
"""

ALLOWED = """
format: 1
scenario: Somebody who stops reading costs the server no more memory than is allowed
people: {sleeper: , alice: }
limits: {memory: 28MB}
story:
  - {who: everyone, join: true}
  - {who: sleeper, freeze: true}
  - {who: alice, say: "{x*64000}", times: 400}
  - {who: sleeper, thaw: true}
"""

RESET = """
format: 1
scenario: Whose connection is reset is gone for all
people: {alice: , bob: , carol: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: "{sentence}"}
  - {who: carol, drop: reset}
  - {who: alice, say: "where is carol?"}
  - {who: bob, hears: {from: alice}}
"""

TERMINATED = """
format: 1
scenario: On SIGTERM the server ends in time
people: {alice: , bob: }
story:
  - {who: everyone, join: true}
  - {who: alice, say: "{sentence}"}
  - {who: bob, hears: {from: alice}}
  - {server: terminate}
"""

IN_TWO = """
format: 1
scenario: A line that comes in two segments is one message
needs: frames
people: {alice: , bob: , carol: }
story:
  - {who: everyone, join: true}
  - {who: alice, send: ["one li", "ne{end}"]}
  - {who: everyone, say: "{sentence}"}
"""

FORTY_FIVE = """
format: 1
scenario: Forty-five people who connect at the same moment all get in
people: {crowd: 45}
story:
  - {who: crowd, join: true, over: 0s}
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One faulty server, and how it is caught.

    `scenario` is a name in `scenarios/`, or YAML; `words` are some of the finding's.
    """

    server: str
    scenario: str
    checks: frozenset[str]
    requirements: frozenset[str]
    dialect: str = "raw"
    patience: float = 1.0
    words: str = ""
    also: frozenset[str] = frozenset()

    @property
    def is_inline(self) -> bool:
        """Whether the scenario is written here, and is not one of `scenarios/`."""
        return "\n" in self.scenario

    @property
    def name(self) -> str:
        """What the scenario is called: its file's name, or its one sentence."""
        if not self.is_inline:
            return self.scenario
        lines = self.scenario.splitlines()
        return next(line for line in lines if line.startswith("scenario:"))[len("scenario: ") :]


@dataclass(frozen=True, slots=True)
class Confession:
    """What a faulty server says of itself: its defect, the requirements broken, in which dialects.

    The first of `violates` is the most telling.
    """

    defect: str
    violates: tuple[str, ...]
    dialects: tuple[str, ...]


@cache
def confession(server: str) -> Confession:
    """Return what a server of `tests/faulty/` says of itself, without running it."""
    return confessed(program(server))


def confessed(path: Path) -> Confession:
    """Return what the faulty program in a file says of itself."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return _in_a_comment(text)
    tree = ast.parse(text)
    said = {
        ast.unparse(node.targets[0]): node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    values = (ast.literal_eval(said[name]) for name in ("DEFECT", "VIOLATES", "DIALECTS"))
    return Confession(*values)


def _in_a_comment(text: str) -> Confession:
    """Return what a program in C or for Node says in its first comment."""
    defect = text.lstrip("/* ").splitlines()[0]
    found = _VIOLATES.search(text)
    assert found, f"this does not say what it violates: {defect}"
    violates, dialects = (tuple(re.split(r",\s*", words)) for words in found.groups())
    return Confession(defect, violates, dialects)


def program(server: str) -> Path:
    """Return the file of a server of `tests/faulty/`."""
    return next(path for path in _programs() if path.stem == server)


def faulty_servers() -> list[str]:
    """Return the names of all faulty servers, in alphabetical order."""
    return sorted(path.stem for path in _programs())


@cache
def _programs() -> tuple[Path, ...]:
    paths = (path for kind in LANGUAGES for path in FAULTY.glob(f"[!_]*{kind}"))
    return tuple(sorted(paths))


def _row(
    server: str,
    scenario: str,
    checks: str,
    requirements: str,
    dialect: str = "raw",
    *,
    patience: float = 1.0,
    words: str = "",
    also: str = "",
) -> Row:
    """Return a row; several checks are separated by `, `, as are several requirements."""
    sets = (frozenset(filter(None, one.split(", "))) for one in (checks, requirements, also))
    failing, blamed, perhaps = sets
    return Row(server, scenario, failing, blamed, dialect, patience, words, perhaps)


JOINING = (
    _row("never_prompts", "join", "story", "JOIN-1", patience=0.3, words="no prompt"),
    _row("wrong_prompt", "join", "story", "JOIN-1", words="NICK"),
    _row("deaf_until_speaks", "concurrent", "delivery", "JOIN-2", patience=0.5),
    _row("holds_the_door", "silent_newcomer", "story", "JOIN-3", patience=3, words="mute"),
    _row("dies_on_early_reset", "early_departure", "alive", "JOIN-4", words="exit status"),
    _row("tells_strangers", "silent_newcomer", "nothing invented", "JOIN-5"),
    _row("keeps_line_end_in_nickname", "netcat", "prefix", "JOIN-6"),
    _row("announces_line_end_of_nickname", "netcat", "prefix", "JOIN-6", "announcing-raw"),
    _row("admits_blank", "blank_nickname", "hears nothing", "JOIN-6"),
    _row("lets_control_nickname_in", "blank_nickname", "hears nothing", "JOIN-6"),
    _row("mistakes_namesakes", "same_nickname", "delivery", "JOIN-7", patience=0.4),
    _row("refuses_namesake_and_forgets", "same_nickname", "delivery", "JOIN-7", patience=0.4),
    _row("dies_of_bad_nickname", "bad_bytes", "alive", "JOIN-8"),
    _row(
        "breaks_cut_nickname",
        "segments",
        "delivery, nothing invented, prefix",
        "JOIN-9",
        "lines",
        patience=0.5,
    ),
    _row("loses_what_came_with_nickname", "glued", "delivery", "JOIN-9", "lines", patience=0.5),
    _row("refuses_a_crowd", "simultaneous_joins", "story", "JOIN-10"),
    _row(
        "serves_forty",
        # Both are proved by a deadline, which has to pass without much to do.
        FORTY_FIVE,
        "alive, story",
        "JOIN-10, LIFE-4",
        "lines",
    ),
)

RELAYING = (
    _row("loses_for_last", "concurrent", "delivery", "RELAY-1", patience=0.3),
    _row("loses_while_paused", "pause", "delivery", "RELAY-1", patience=0.3),
    _row("repeats", "concurrent", "once", "RELAY-1", words="again"),
    _row("repeats", "concurrent", "once", "RELAY-1", "lines", words="again"),
    _row("forgets_prefix", "join", "prefix", "RELAY-2"),
    _row("echoes", "join", "echo", "RELAY-3", words="a copy of what"),
    _row("echoes", "long_messages", "echo", "RELAY-3"),
    _row("changes_text", "join", "intact", "RELAY-4", patience=0.3),
    _row(
        "escapes_markup",
        "conformance/server/texts_as_they_are",
        "intact",
        "RELAY-4",
        patience=0.3,
    ),
    _row("strips", "long_messages", "intact", "RELAY-4", patience=0.3),
    _row("echoes_twice", "join", "echo", "RELAY-3", "nick", words="again"),
    _row("forgets_echo", "join", "echo", "RELAY-3", "nick", patience=0.3, words="no copy"),
    _row("reorders", "join", "order", "RELAY-5", words="before"),
    _row("reorders", "join", "order", "RELAY-5", "lines", words="before"),
    _row(
        "adds_newline",
        "join",
        "nothing invented",
        "RELAY-6",
        words="line end",
        also="intact, RELAY-4",
    ),
    _row("floods_on_close", "disconnect", "nothing invented", "RELAY-6"),
    _row(
        "replays_history",
        "latecomer",
        "nothing invented",
        "RELAY-6",
        words="joined only at",
        also="hears nothing",
    ),
    _row("truncates", "long_messages", "intact", "RELAY-7", patience=0.3, also="RELAY-4"),
    _row("wrong_name_under_concurrency", "concurrent", "prefix", "RELAY-8", words="the name of"),
    _row("drops_half_of_glued", "glued", "delivery", "RELAY-9", "lines", patience=0.3),
    _row(
        "takes_a_read_for_a_line",
        IN_TWO,
        "delivery, nothing invented",
        "RELAY-9",
        "lines",
        patience=0.3,
        also="prefix, RELAY-2",
    ),
    _row(
        "takes_cut_line_for_two",
        "segments",
        "delivery, intact, nothing invented",
        "RELAY-9",
        "lines",
        patience=0.3,
    ),
    _row(
        "takes_piece_for_message",
        IN_TWO,
        "delivery, nothing invented",
        "RELAY-9",
        "nul",
        patience=0.3,
        also="prefix, intact",
    ),
    _row("forgets_second_frame", "glued", "delivery", "RELAY-9", "length", patience=0.3),
    _row("swallows_the_prompt", "protocol_lookalikes", "delivery", "RELAY-10", patience=0.3),
)

LEAVING = (
    _row(
        "removes_wrong_member",
        "disconnect",
        "stays",
        "STAY-1",
        patience=0.3,
        also="delivery, RELAY-1, LEAVE-3",
    ),
    _row(
        "hangs_up_on_talkers",
        "conformance/server/long_talk",
        "stays",
        "STAY-1",
        patience=0.3,
        also="delivery, story, RELAY-1",
    ),
    _row(
        "dies_of_unhandled_error",
        "conformance/server/ways_to_go",
        "alive",
        "LEAVE-2",
        "length",
        words="left (reset)",
    ),
    _row("never_closes", "disconnect", "cleanup", "LEAVE-1, LEAVE-6", words="CLOSE_WAIT"),
    _row("ignores_half_close", "disconnect", "cleanup", "LEAVE-1, LEAVE-6"),
    _row("loses_after_reset", "disconnect", "delivery", "LEAVE-3", words="left (reset)"),
    _row("relays_over_changing_list", "disconnect", "delivery", "LEAVE-3", patience=0.5),
    _row("keeps_nickname_taken", "disconnect", "cleanup", "LEAVE-4", words="still refused"),
    _row("loses_last_words", "last_words", "delivery", "LEAVE-5", patience=0.5),
    _row("announces_twice", "join", "announcements", "LEAVE-7", "nick", words="told again"),
    _row("announces_wrong_name", "join", "announcements", "LEAVE-7", "nick", patience=0.3),
    _row(
        "forgets_to_announce",
        RESET,
        "announcements",
        "LEAVE-7",
        "nick",
        patience=0.3,
        words="left (reset)",
    ),
    _row("leaks_memory", "churn", "cleanup", "LEAVE-6", words="memory"),
    _row("leaks_threads", ROUNDS, "cleanup", "LEAVE-6", words="threads"),
    _row("spins", "disconnect", "cleanup", "LEAVE-6", words="of a processor"),
    _row("stops_after_everyone_leaves", "everyone_leaves", "alive, story", "LEAVE-8", patience=0.5),
)

LOAD_AND_INPUT = (
    _row("delays_all_for_stalled", STALLED, "stalled reader", "LOAD-1", patience=0.5),
    _row("waits_for_stalled_reader", STALLED, "stalled reader", "LOAD-1", patience=0.5),
    _row(
        "skips_stalled_reader", "stalled_reader", "delivery", "LOAD-2", patience=0.5, also="intact"
    ),
    _row("hoards_for_stalled_reader", "bounded_memory", "stalled reader", "LOAD-3"),
    _row("hoards_for_stalled_reader", ALLOWED, "limits", "", words="28 MiB"),
    _row("starves_others_in_flood", "flood", "flood", "LOAD-4"),
    _row("starves_others_in_flood", "flood", "flood", "LOAD-4", "lines"),
    _row("bad_bytes_poison", "bad_bytes", "stays", "INPUT-1", patience=0.3, also="delivery"),
    _row(
        "bad_bytes_poison", "bad_bytes", "stays", "INPUT-1", "lines", patience=0.3, also="delivery"
    ),
    _row("dies_of_bad_bytes", "bad_bytes", "alive", "INPUT-1"),
    _row("cuts_character", "long_messages", "intact", "INPUT-2", words="inside a character"),
    _row(
        "kicks_cut_character",
        "long_messages",
        "delivery, stays",
        "STAY-1, RELAY-7, INPUT-2",
        patience=0.5,
        words="inside a character",
    ),
    _row(
        "replaces_cut_character", "long_messages", "intact", "INPUT-2", patience=0.5, also="RELAY-4"
    ),
    _row("keeps_endless_line", "endless_line", "story", "INPUT-3", "lines", patience=0.6),
)

LIFE = (
    _row(
        "overflows_its_history",
        "conformance/server/still_serving",
        "alive",
        "LIFE-4",
        "nul",
        words="SIGABRT",
    ),
    _row("exits_badly", "shutdown", "lifecycle", "LIFE-1", words="exit status 1"),
    _row("ignores_signals", "shutdown", "lifecycle", "LIFE-1", words="SIGINT", patience=2),
    _row("ignores_signals", TERMINATED, "lifecycle", "LIFE-1", words="SIGTERM", patience=2),
    _row("leaves_connections_open", "shutdown", "lifecycle", "LIFE-1", patience=2),
    _row("blocks_its_port", "restart", "lifecycle", "LIFE-2"),
    _row("listens_everywhere", "loopback", "lifecycle", "LIFE-3"),
)

TABLE = (*JOINING, *RELAYING, *LEAVING, *LOAD_AND_INPUT, *LIFE)

# Servers that no scenario shows yet; their own tests, in unit/servers, do on plain sockets.
UNSEEN: dict[str, str] = {}
