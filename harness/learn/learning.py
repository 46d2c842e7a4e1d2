"""Learning: all questions in their order, whatever the server does, within a minute.

What it does when asked is each question's own; when it ends meanwhile, it is started again.
"""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from harness.dialect import Dialect
from harness.errors import HarnessError
from harness.escape import for_terminal
from harness.learn import coming, contents, hearing, meeting, rules
from harness.learn.findings import Findings, Sort
from harness.learn.lab import DiedError, Lab, NotLearntError
from harness.learn.writing import written
from harness.source import loads, validated
from harness.target import TargetSpec, launch

MOST_SECONDS = 60.0
_OPTION = "-"

Question = Callable[[Lab], Awaitable[None]]

_QUESTIONS: tuple[tuple[tuple[str, ...], Question], ...] = (
    (("prompt",), coming.prompt),
    (("greeting", "join", "leave", "lost", "farewell"), coming.comings_and_goings),
    (("history",), rules.history),
    (("encoding",), contents.encoding),
    (("bad-bytes",), contents.bad_bytes),
    (("empty",), rules.empty),
    (("duplicate",), rules.duplicate),
    (("quit",), rules.quit_word),
    (("most",), rules.most),
    ((), contents.long_texts),
)


class _GoneError(Exception):
    """There is nobody left to ask."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was found out: the dialect, its file, and every answer."""

    dialect: Dialect
    text: str
    findings: Findings


def learn(spec: TargetSpec, say: Callable[[str], None]) -> Learnt:
    """Ask the server of `spec` everything; `say` is told each answer.

    Raises `UsageError` where it cannot be started, `NotLearntError` where nothing can be said.
    """
    findings = asyncio.run(_asked(spec, say))
    name = name_of(spec)
    text = written(name, f"Learnt by trying {name}.", findings)
    try:
        return Learnt(validated(loads(text, "learnt.yaml"), Dialect), text, findings)
    except HarnessError as error:
        raise NotLearntError(f"what was found out is no dialect:\n{error}") from error


def name_of(spec: TargetSpec) -> str:
    """Return what the server is called: the file that is run, or nothing of its own."""
    if spec.command is None:
        return "learnt"
    words = shlex.split(spec.command) if isinstance(spec.command, str) else spec.command
    files = [word for word in words if Path(word).suffix and not word.startswith(_OPTION)]
    return Path((files or words)[0]).stem or "learnt"


async def _asked(spec: TargetSpec, say: Callable[[str], None]) -> Findings:
    findings = Findings()
    target = await launch(spec, None)
    lab = Lab(target, findings)
    try:
        await _ask(lab, _Teller(findings, say))
    finally:
        await lab.close()
        await target.stop()
    return findings


class _Teller:
    """Says what has not been said yet."""

    def __init__(self, findings: Findings, say: Callable[[str], None]) -> None:
        self._findings = findings
        self._say = say
        self._said: set[str] = set()

    def tell(self) -> None:
        """Say what is new."""
        for line in map(str, self._findings.told):
            if line not in self._said:
                self._said.add(line)
                self._say(line)


async def _ask(lab: Lab, teller: _Teller) -> None:
    try:
        async with asyncio.timeout(MOST_SECONDS):
            await _essential(lab)
            teller.tell()
            for keys, question in _QUESTIONS:
                await _one(lab, keys, question)
                teller.tell()
    except _GoneError as error:
        for keys, _ in _QUESTIONS:
            _not_asked(lab, keys, str(error))
        teller.tell()
    except TimeoutError:
        if not lab.manner.relay:
            raise NotLearntError("the server answers too slowly, or not at all") from None
        lab.findings.defect(f"asking took more than {MOST_SECONDS:.0f} seconds")
        for keys, _ in _QUESTIONS:
            _not_asked(lab, keys, "the time was over")
        teller.tell()


async def _essential(lab: Lab) -> None:
    """Ask without which nothing can be asked; raises `NotLearntError`."""
    try:
        await meeting.meet(lab)
        for question in (meeting.end_of_message, meeting.end_of_nickname, _heard):
            await _outlived(lab, question)
    except DiedError:
        raise NotLearntError(_end(lab)) from None
    except NotLearntError:
        if lab.is_noisy:
            raise NotLearntError("the server talks without end") from None
        raise


async def _heard(lab: Lab) -> None:
    await lab.dismiss()
    await hearing.relay_and_echo(lab)


async def _outlived(lab: Lab, question: Question) -> None:
    """Ask once more where the server has ended: maybe of one who left, and not of the question."""
    try:
        await question(lab)
    except DiedError:
        lab.note_end()
        await lab.restart()
        await question(lab)


def _end(lab: Lab) -> str:
    if not lab.target.started or not lab.target.exited.done():
        return "nobody is let in where the server should listen"
    printed = lab.target.output()[-600:].decode("utf-8", "backslashreplace").strip()
    words = f"the server ended with {lab.target.exited.result()}"
    harmless = "\n".join(map(for_terminal, printed.splitlines()))
    return f"{words}; it printed:\n{harmless}" if printed else words


async def _one(lab: Lab, keys: tuple[str, ...], question: Question) -> None:
    try:
        await question(lab)
    except DiedError:
        lab.note_end()
        _not_asked(lab, keys, f"the server did not outlive that {lab.doing}")
        if not lab.target.started:
            raise _GoneError("the server had ended, and is not ours to start") from None
        await lab.restart()
    except NotLearntError as error:
        _not_asked(lab, keys, str(error))
        await lab.dismiss()


def _not_asked(lab: Lab, keys: tuple[str, ...], why: str) -> None:
    for key in keys:
        answer = lab.findings.of(key)
        if answer is None or answer.sort is Sort.UNKNOWN:
            lab.findings.unknown(key, why)
