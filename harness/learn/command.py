"""Command: `harness learn`, from its options to its exit status."""

from collections.abc import Callable
from pathlib import Path

from harness.dialect_files import load_dialect
from harness.errors import HarnessError, UsageError
from harness.learn.learning import learn
from harness.learn.trial import try_out
from harness.learn.writing import MARK
from harness.options import LearnOptions
from harness.target import TargetSpec
from harness.verdict import Outcome

NO_PASS = 1


def learn_command(options: LearnOptions, say: Callable[[str], None]) -> int:
    """Learn, write the file, and try it out; return 0 where the trial passes, and 1 where not.

    Raises `HarnessError`: with 2 for what is wrong with the input, with 3 where nothing is learnt.
    """
    _check_out(options.out, force=options.force)
    spec = TargetSpec(command=options.server, connect=options.connect, port=options.port)
    learnt = learn(spec, say)
    _write(options.out, learnt.text)
    say(f"written: {options.out}")
    server = options.server or "the server"
    outcome, report = try_out(load_dialect(str(options.out)), spec, server)
    say(report.rstrip("\n"))
    return 0 if outcome is Outcome.PASS else NO_PASS


def _check_out(path: Path, *, force: bool) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise UsageError(f"--out: {path} cannot be written: name a file in a folder")
    if path.suffix not in (".yaml", ".yml"):
        raise UsageError(f"--out: {path} is to be a YAML file: name it with .yaml at its end")
    if path.exists() and not force and not _is_learnt(path):
        raise UsageError(
            f"{path} was not written by learn: name another with --out, or add --force"
        )


def _is_learnt(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(MARK)) == MARK.encode()
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise HarnessError(f"{path} cannot be written: {error.strerror}") from error
