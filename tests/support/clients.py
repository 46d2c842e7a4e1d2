"""Clients: which programs below `tests/` are right or wrong clients, and how each is started.

A row of `CAUGHT_CLIENTS` says that the case fails that client, and blames the requirement. Knows
nothing of how a case is played.
"""

import ast
import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent.parent
FAULTY = TESTS / "faulty" / "clients"
ADDRESS = ("{host}", "{port}")

GOOD_CLIENTS: tuple[tuple[str, str], ...] = (
    ("two_threads.py", "raw"),
    ("two_threads.py", "lines"),
    ("select_loop.py", "raw"),
    ("redraw.py", "raw"),
    ("readline.js", "raw"),
    ("poll.c", "raw"),
    ("Threads.java", "nick"),
)
"""The right clients of other build, each with a dialect that it speaks."""

CAUGHT_CLIENTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "C-CONN-1": (
        ("raises_when_refused", "refused-pipe"),
        ("retries_for_ever", "refused_at_a_terminal-terminal"),
    ),
    "C-NICK-1": (
        ("gives_nickname_twice", "nickname-pipe"),
        ("tidies_nickname", "unusual_nickname-terminal"),
    ),
    "C-NICK-2": (
        ("wants_prompt_in_one_read", "prompt_in_pieces-pipe"),
        ("wants_prompt_in_one_read", "prompt_with_a_message-terminal"),
    ),
    "C-SEND-1": (
        ("sends_line_ends", "typed_lines-terminal"),
        ("strips_lines", "typed_letters_of_every_kind-pipe"),
    ),
    "C-SHOW-1": (
        ("shows_after_enter", "shown_while_typing-terminal"),
        ("shows_after_enter", "shown_at_once-terminal"),
    ),
    "C-SHOW-2": (
        ("replaces_cut_letters", "cut_letters-terminal"),
        ("dies_of_cut_letters", "bad_bytes-terminal"),
        ("dies_of_cut_letters", "cut_letters_in_a_pipe-pipe"),
    ),
    "C-SHOW-3": (
        ("answers_lookalikes", "prompt_lookalike-pipe"),
        ("answers_lookalikes", "prompt_lookalikes_while_typing-terminal"),
    ),
    "C-SHOW-4": (
        ("lets_controls_through", "colours_and_titles-terminal"),
        ("lets_controls_through", "cursor_moves_in_pieces-terminal"),
    ),
    "C-END-1": (
        ("ends_without_a_word", "server_resets-pipe"),
        ("waits_for_a_line_at_the_end", "server_closes-terminal"),
        ("spins_at_the_end", "server_closes_while_typing-terminal"),
    ),
    "C-END-2": (
        ("raises_on_interrupt", "interrupt-terminal"),
        ("goes_on_without_input", "end_of_input-pipe"),
    ),
}
"""For each requirement the faulty clients that violate it, each with a case that shows it."""

_TOOLS = {".c": "gcc", ".js": "node", ".java": "javac"}


def missing_tool(program: str) -> str | None:
    """Return what this machine lacks to run `program`; None where it lacks nothing."""
    tool = _TOOLS.get(Path(program).suffix)
    return tool if tool and shutil.which(tool) is None else None


def good_client(program: str, dialect: str) -> tuple[str, ...]:
    """Return the command of one of `GOOD_CLIENTS`; those of Python are told the dialect."""
    path = TESTS / "correct" / "clients" / program
    begins: tuple[str, ...] = (sys.executable, str(path))
    if path.suffix == ".js":
        begins = (shutil.which("node") or "node", str(path))
    elif path.suffix == ".c":
        begins = (str(_compiled(path) / path.stem),)
    elif path.suffix == ".java":
        begins = ("java", "-cp", str(_compiled(path)), path.stem)
    told = (dialect,) if path.suffix == ".py" else ()
    return (*begins, *ADDRESS, *told)


def faulty_client(name: str) -> tuple[str, ...]:
    """Return the command of a faulty client."""
    return (sys.executable, str(FAULTY / f"{name}.py"), *ADDRESS)


def faulty_clients() -> list[str]:
    """List the faulty clients by name."""
    return sorted(path.stem for path in FAULTY.glob("[a-z]*.py"))


def violates(name: str) -> tuple[str, ...]:
    """Return the requirements that a faulty client says it violates, the most telling one first."""
    return tuple(_said(name, "VIOLATES"))


def defect(name: str) -> str:
    """Return what a faulty client says is wrong with it."""
    return "".join(_said(name, "DEFECT"))


def _said(name: str, what: str) -> Iterable[str]:
    tree = ast.parse((FAULTY / f"{name}.py").read_text(encoding="utf-8"))
    values: dict[str, Iterable[str]] = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return values[what]


@cache
def _compiled(source: Path) -> Path:
    """Compile a program, once in a process; return the folder it is in, which goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="whoheard-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if source.suffix == ".java":
        words = ["javac", "-d", str(folder), str(source)]
    else:
        flags = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror")
        words = ["gcc", *flags, "-o", str(folder / source.stem), str(source)]
    subprocess.run(words, check=True, timeout=120)
    return folder
