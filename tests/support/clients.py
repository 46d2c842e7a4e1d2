"""Clients: which programs below `tests/` are right or wrong clients, and how each is started.

A row of `CAUGHT_CLIENTS` says that the case, at a terminal or in a pipe, fails that client in that
dialect, and blames the requirement. Plays nothing, and imports nothing of the harness.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from known_good import TESTS, begins
from power import LANGUAGES, Confession, confessed

GOOD = TESTS / "correct" / "clients"
FAULTY = TESTS / "faulty" / "clients"
ADDRESS = ("{host}", "{port}")

GOOD_CLIENTS: tuple[tuple[str, str], ...] = (
    ("asks_first.py", "asks_first"),
    ("line_by_line.java", "lines"),
    ("named.py", "nick"),
    ("poll.c", "raw"),
    ("readline.js", "raw"),
    ("readline_input.py", "raw"),
    ("redraw.py", "lines"),
    ("redraw.py", "raw"),
    ("select_loop.py", "nick"),
    ("select_loop.py", "raw"),
    ("threads.java", "nick"),
    ("two_threads.py", "lines"),
    ("two_threads.py", "raw"),
)
"""The right clients of other build, each with a dialect that it speaks."""

NAMED = ("named.py",)
"""Those of them that are given the nickname when they are started."""

Catch = tuple[str, str, str]  # a faulty client, a case with its place, a dialect

CAUGHT_CLIENTS: Mapping[str, tuple[Catch, ...]] = {
    "C-CONN-1": (
        ("raises_when_refused", "refused-pipe", "raw"),
        ("retries_for_ever", "refused_at_a_terminal-terminal", "raw"),
        ("says_nothing_when_refused", "refused-terminal", "raw"),
        ("tells_only_of_its_start", "refused_at_a_terminal-terminal", "raw"),
        ("tells_only_of_its_start", "refused-pipe", "lines"),
    ),
    "C-NICK-1": (
        ("gives_nickname_twice", "nickname-pipe", "raw"),
        ("tidies_nickname", "unusual_nickname-terminal", "lines"),
        ("trims_nickname", "nickname_with_blanks-terminal", "raw"),
        ("trims_nickname", "nickname_with_blanks-pipe", "lines"),
        ("never_asks", "nickname-terminal", "raw"),
    ),
    "C-NICK-2": (
        ("wants_prompt_in_one_read", "prompt_in_pieces-pipe", "raw"),
        ("wants_prompt_in_one_read", "prompt_with_a_message-terminal", "raw"),
        ("loses_what_came_with_prompt", "prompt_with_a_message-terminal", "raw"),
        ("loses_what_came_with_prompt", "prompt_with_a_message-terminal", "lines"),
        ("takes_a_piece_for_a_line", "prompt_in_pieces-terminal", "lines"),
        ("takes_first_byte_for_prompt", "prompt_in_pieces-terminal", "raw"),
    ),
    "C-SEND-1": (
        ("sends_line_ends", "typed_lines-terminal", "raw"),
        ("strips_lines", "typed_letters_of_every_kind-pipe", "lines"),
        ("trims_lines", "typed_blanks-terminal", "raw"),
        ("trims_lines", "typed_blanks-pipe", "lines"),
        ("drops_first_letters", "typed_lines-pipe", "raw"),
        ("sends_other_encoding", "typed_letters_of_every_kind-terminal", "raw"),
        ("keeps_a_line_back", "typed_lines-terminal", "lines"),
        ("writes_its_name", "typed_lines-pipe", "raw"),
        ("cuts_last_byte", "typed_lines-terminal", "raw"),
    ),
    "C-SHOW-1": (
        ("shows_after_enter", "shown_while_typing-terminal", "raw"),
        ("shows_after_enter", "shown_at_once-terminal", "raw"),
        ("shows_first_of_several", "messages_together-terminal", "lines"),
        ("shows_first_of_several", "messages_together-pipe", "lines"),
        ("shows_no_blanks", "shown_at_once-terminal", "raw"),
        ("shows_no_blanks", "shown_in_a_pipe-pipe", "lines"),
        ("waits_for_line_ends", "shown_in_a_pipe-pipe", "raw"),
    ),
    "C-SHOW-2": (
        ("replaces_cut_letters", "cut_letters-terminal", "raw"),
        ("dies_of_cut_letters", "bad_bytes-terminal", "raw"),
        ("dies_of_cut_letters", "cut_letters_in_a_pipe-pipe", "raw"),
        ("dies_of_bad_words", "bad_bytes_in_a_pipe-pipe", "lines"),
        ("goes_deaf_after_bad_words", "bad_bytes-terminal", "lines"),
        ("decodes_each_read", "cut_letters-terminal", "raw"),
    ),
    "C-SHOW-3": (
        ("answers_lookalikes", "prompt_lookalike-pipe", "raw"),
        ("answers_lookalikes", "prompt_lookalikes_while_typing-terminal", "raw"),
    ),
    "C-SHOW-4": (
        ("lets_controls_through", "colours_and_titles-terminal", "lines"),
        ("lets_controls_through", "cursor_moves_in_pieces-terminal", "raw"),
        ("strips_colours_alone", "colours_and_titles-terminal", "raw"),
        ("lets_c1_through", "controls_above_ascii-terminal", "raw"),
    ),
    "C-END-1": (
        ("ends_without_a_word", "server_resets-pipe", "raw"),
        ("ends_without_a_word", "server_closes-terminal", "lines"),
        ("ends_without_a_word", "server_closes_while_asking-terminal", "raw"),
        ("waits_for_a_line_at_the_end", "server_closes-terminal", "lines"),
        ("spins_at_the_end", "server_closes_while_typing-terminal", "raw"),
        ("raises_on_reset", "server_resets-terminal", "raw"),
        ("raises_on_reset", "server_resets_while_typing-terminal", "lines"),
        ("dies_of_reset", "server_resets-pipe", "raw"),
    ),
    "C-END-2": (
        ("raises_on_interrupt", "interrupt-terminal", "lines"),
        ("goes_on_without_input", "end_of_input-pipe", "raw"),
        ("raises_at_end_of_input", "end_of_input-terminal", "raw"),
        ("leaves_connection_open", "end_of_input-pipe", "raw"),
        ("raises_at_end_of_input", "end_of_input_before_the_nickname-pipe", "lines"),
        ("ignores_interrupt", "interrupt-pipe", "raw"),
        ("ignores_interrupt", "interrupt_before_the_nickname-terminal", "raw"),
    ),
}
"""For each requirement the faulty clients that violate it, each with a case that shows it."""


def dialect_of(name: str) -> str:
    """Return a dialect of `GOOD_CLIENTS` as it can be loaded: a name, or the path of its file."""
    file = GOOD / f"{name}.yaml"
    return str(file) if file.exists() else name


def good_client(program: str, dialect: str) -> tuple[str, ...]:
    """Return the command of one of `GOOD_CLIENTS`."""
    last = "{nick}" if program in NAMED else dialect
    return (*begins(GOOD / program), *ADDRESS, last)


def faulty_client(name: str, dialect: str) -> tuple[str, ...]:
    """Return the command of a faulty client."""
    return (*begins(_programs()[name]), *ADDRESS, dialect)


def file_of(name: str) -> str:
    """Return the file name of a faulty client."""
    return _programs()[name].name


def faulty_clients() -> list[str]:
    """List the faulty clients by name, in alphabetical order."""
    return sorted(_programs())


@cache
def client_confession(name: str) -> Confession:
    """Return what a faulty client says of itself; what it violates first is the most telling."""
    return confessed(_programs()[name])


@cache
def _programs() -> Mapping[str, Path]:
    paths = (path for kind in LANGUAGES for path in FAULTY.glob(f"[!_]*{kind}"))
    return {path.stem: path for path in paths}
