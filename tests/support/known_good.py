"""Known good: which programs below `tests/` speak a dialect rightly, and how each is started.

Knows nothing of the harness. A program that is not Python needs a tool that may be missing.
"""

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

TESTS = Path(__file__).parent.parent

OLD = (
    "correct/gluing.py",
    "correct/odd_chunks.py",
    "correct/per_process.py",
    "correct/selectors_loop.py",
    "correct/slow.py",
    "correct/streams.py",
    "correct/threads.py",
)
"""They speak `raw` and `lines`, as the reference does."""

KNOWN_GOOD: Mapping[str, tuple[str, ...]] = {
    "addresses": ("correct/broadcast.py",),
    "announcing": ("correct/announcer.py",),
    "announcing-raw": ("correct/announcer.py",),
    "anonymous": ("correct/broadcast.py",),
    "client-first": ("correct/framed.py",),
    "history": ("correct/remembering.py",),
    "length": ("correct/framed.py", "correct/length.js"),
    "lines": OLD,
    "nick": ("correct/announcer.py",),
    "nul": ("correct/framed.py", "correct/nul.c"),
    "raw": OLD,
    "telnet": ("correct/doorman.py",),
    "timestamps": ("correct/remembering.py",),
    "tutorial-lines": ("correct/doorman.py",),
}
"""For each built-in dialect the programs, as paths below `tests/`, that are right in it."""

TOOLS = {".c": "gcc", ".java": "javac", ".js": "node"}
_FLAGS: Mapping[str, tuple[str, ...]] = {
    ".c": ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-o"),
    ".java": ("-Xlint:all", "-Werror", "-d"),
}


def missing_tool(program: str) -> str | None:
    """Return what this machine lacks to run `program`; None where it lacks nothing."""
    tool = TOOLS.get(Path(program).suffix)
    return tool if tool and shutil.which(tool) is None else None


def begins(path: Path) -> tuple[str, ...]:
    """Return the words that start a program, built where it has to be, without its arguments."""
    if path.suffix == ".c":
        return (str(_built(path)),)
    if path.suffix == ".java":
        java = shutil.which("java") or "java"
        return (java, "-XX:TieredStopAtLevel=1", "-cp", str(_built(path)), "Main")
    if path.suffix == ".js":
        return (shutil.which("node") or "node", str(path))
    return (sys.executable, str(path))


def command(program: str | Path, dialect: str) -> tuple[str, ...]:
    """Return the command that starts `program`, a path below `tests/`, with {port} for its port."""
    return (*begins(TESTS / program), "{port}", "--dialect", dialect)


def known_good(dialect: str) -> tuple[tuple[str, ...], ...]:
    """Return the commands of the servers that speak `dialect` rightly and can run here."""
    return tuple(
        command(program, dialect)
        for program in KNOWN_GOOD[dialect]
        if missing_tool(program) is None
    )


def cases(*but: str) -> Iterator[ParameterSet]:
    """Yield (program, dialect) of the whole table, without the dialects `but`, for parametrize."""
    for dialect, programs in KNOWN_GOOD.items():
        for program in programs if dialect not in but else ():
            tool = missing_tool(program)
            skip = pytest.mark.skipif(tool is not None, reason=f"there is no {tool} here")
            yield pytest.param(program, dialect, marks=skip, id=f"{Path(program).stem}-{dialect}")


@cache
def _built(source: Path) -> Path:
    """Compile a program, once in a process, and return it, or the folder of its classes.

    It goes when the process ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="whoheard-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    built = folder / source.stem
    words = (TOOLS[source.suffix], *_FLAGS[source.suffix], str(built), str(source))
    subprocess.run(words, check=True, timeout=120)
    return built
