"""The judge of clients, on histories that were never played."""

from dataclasses import replace

import pytest

from harness.client_scenario import ClientScenario, read_client_scenario
from harness.client_step import ClientVerb
from harness.clients import ClientRun, judge_client
from harness.clients import happenings as happened
from harness.clients.happenings import Happening
from harness.clients.writing import write_script
from harness.dialect_files import load_dialect
from harness.source import loads
from harness.verdict import Outcome, Verdict

HEAD = "format: 1\nscenario: a test\nnick: ann\n"
SHOWS = """\
story:
  - {joins: true}
  - {server-sends: {from: bob, say: hello}}
  - {shows: {from: bob}}
"""
ASKED = (
    "story:\n  - {connects: true}\n  - {server-sends: {prompt: true}}\n  - {server-drops: close}\n"
)
ENDS = "story:\n  - {joins: true}\n  - {server-drops: close}\n  - {ends: true}\n"
INTERRUPTS = "story:\n  - {joins: true}\n  - {keys: ctrl-c}\n  - {ends: true}\n"
LINES = load_dialect("lines")
SECOND = 1_000_000_000


def scenario_of(story: str) -> ClientScenario:
    return read_client_scenario(loads(HEAD + story, "test"))


class History:
    """A history in the making: acts take a hundredth of a second each."""

    def __init__(self, story: str, *, terminal: bool = True) -> None:
        self.scenario = scenario_of(story)
        self.script = write_script(self.scenario, LINES, 1)
        self.terminal = terminal
        self.at = 0
        self.list: list[Happening] = []

    def add(self, one: Happening, after: float = 0.01) -> None:
        self.at += int(after * SECOND)
        self.list.append(replace(one, at=self.at))

    def number(self, verb: ClientVerb) -> int:
        return next(at for at, act in enumerate(self.script.acts) if act.verb is verb)

    def until(self, verb: ClientVerb) -> None:
        """Let everything go well, up to the beginning of an act of this verb."""
        for number, act in enumerate(self.script.acts):
            self.add(happened.Begun(0, number))
            if act.verb is verb:
                return
            if act.verb is ClientVerb.CONNECTS:
                self.add(happened.Connected(0, 0))
                self.add(happened.Printed(0, b"Your name? "))
            if act.verb is ClientVerb.GIVES_NICK:
                self.add(happened.Typed(0, b"ann\r"))
                self.add(happened.Received(0, 0, b"ann\n"))
            if act.drop is not None:
                self.add(happened.Dropped(0, 0, "close"))
            if act.key is not None:
                self.add(happened.Pressed(0, act.key))
            self.add(happened.Done(0, number))

    def judged(self, status: int | None = None) -> Verdict:
        run = ClientRun(self.script, tuple(self.list), self.terminal, exit_status=status)
        return judge_client(self.scenario, LINES, run)

    def ended(self, words: bytes, status: int = 0, after: float = 0.1) -> Verdict:
        self.add(happened.Printed(0, words), after)
        self.add(happened.PeerEnded(0, 0))
        self.add(happened.Exited(0, status))
        self.add(happened.Done(0, len(self.script.acts) - 1))
        return self.judged(status)


def blamed(verdict: Verdict) -> set[str]:
    return {one.requirement for one in verdict.findings if one.outcome is Outcome.FAIL}


@pytest.mark.parametrize(("late", "outcome"), [(0.1, Outcome.FAIL), (3.0, Outcome.INCONCLUSIVE)])
def test_a_deadline_proves_nothing_where_the_harness_was_late(
    late: float, outcome: Outcome
) -> None:
    history = History(SHOWS)
    history.until(ClientVerb.SHOWS)
    history.add(happened.Failed(0, history.number(ClientVerb.SHOWS), 5.0, late), 5.0)
    verdict = history.judged()
    assert verdict.outcome is outcome
    assert [one.requirement for one in verdict.findings] == ["C-SHOW-1"]
    assert "bob said" in verdict.findings[0].says
    assert verdict.findings[0].timed


def test_a_run_without_anything_shows_nothing() -> None:
    assert History(SHOWS).judged().outcome is Outcome.INCONCLUSIVE


def test_an_interrupted_run_shows_nothing() -> None:
    history = History(SHOWS)
    history.until(ClientVerb.SHOWS)
    run = ClientRun(history.script, tuple(history.list), terminal=True, interrupted=True)
    assert judge_client(history.scenario, LINES, run).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "words",
    [
        b"Traceback (most recent call last):\r\n  File ...",
        b"Exception in thread main java.io.IOException\r\n",
        b"Error: x\r\n    at Socket.onEnd (/home/ann/chat.js:12:9)\r\n",
        b"panic: runtime error\r\n",
        b"thread 'main' panicked at src/main.rs:3\r\n",
    ],
)
def test_a_traceback_is_no_way_to_end(words: bytes) -> None:
    history = History(INTERRUPTS)
    history.until(ClientVerb.ENDS)
    verdict = history.ended(words, status=1)
    assert blamed(verdict) == {"C-END-2"}
    assert "traceback" in verdict.findings[0].says


@pytest.mark.parametrize(
    "words", [b"Bye!\r\n", b"", b"at 12:30:15 you left\r\n", b"Error: connection lost\r\n"]
)
@pytest.mark.parametrize("status", [0, 1, 130, -2])
def test_other_ways_to_end_are_right(words: bytes, status: int) -> None:
    history = History(INTERRUPTS)
    history.until(ClientVerb.ENDS)
    assert history.ended(words, status).outcome is Outcome.PASS


def test_a_crash_is_no_way_to_end() -> None:
    history = History(INTERRUPTS)
    history.until(ClientVerb.ENDS)
    assert blamed(history.ended(b"", -11)) == {"C-END-2"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (b"\r\nThe server has gone\r\n", True),
        ("\r\n\u0421\u0435\u0440\u0432\u0435\u0440\r\n".encode(), True),
        (b"\x1b[?25h\x1b[0m\r\n", False),
        (b"\r\x1b[K> \r\n", False),
        (b"\rYour name? ", False),
    ],
)
def test_the_person_is_told_in_words(words: bytes, told: bool) -> None:
    history = History(ENDS)
    history.until(ClientVerb.ENDS)
    assert blamed(history.ended(words)) == (set() if told else {"C-END-1"})


@pytest.mark.parametrize(
    ("busy", "waited", "spins"), [(1.5, 0.0, True), (0.1, 0.0, False), (0.5, 1.2, True)]
)
def test_who_spins_is_told_from_who_waits(busy: float, waited: float, spins: bool) -> None:
    history = History(ENDS)
    history.until(ClientVerb.ENDS)
    history.add(happened.Used(0, 0.3))
    history.add(happened.Used(0, 0.3 + busy, waited), 1.7)
    assert blamed(history.ended(b"gone\r\n")) == ({"C-END-1"} if spins else set())


@pytest.mark.parametrize(
    ("story", "level"),
    [
        pytest.param(ASKED + "  - {ends: true}\n", "SHOULD", id="the person is asked"),
        pytest.param(ASKED + "  - {types: bob}\n  - {ends: true}\n", "", id="and has answered"),
        pytest.param(ENDS, "", id="the person chats"),
    ],
)
def test_who_asks_for_the_nickname_may_wait_for_it(story: str, level: str) -> None:
    history = History(story)
    history.until(ClientVerb.ENDS)
    history.add(happened.Failed(0, history.number(ClientVerb.ENDS), 2.0, 0.0), 2.0)
    (finding,) = history.judged().findings
    assert (finding.requirement, finding.level) == ("C-END-1", level)


def test_who_dies_in_the_middle_is_blamed() -> None:
    history = History(SHOWS)
    history.until(ClientVerb.SHOWS)
    history.add(happened.Printed(0, b"bob: " + history.script.acts[-1].text.encode()))
    history.add(happened.Exited(0, 1))
    failed = happened.Failed(0, history.number(ClientVerb.SHOWS), 0.0, 0.0)
    history.add(failed)
    history.add(happened.Released(0))
    assert blamed(history.judged(1)) == {"C-SHOW-1"}


def test_what_was_lost_with_a_signal_in_a_pipe_is_not_known() -> None:
    history = History(SHOWS, terminal=False)
    history.until(ClientVerb.SHOWS)
    history.add(happened.Done(0, history.number(ClientVerb.SHOWS)))
    history.add(happened.Released(0))
    assert history.judged().outcome is Outcome.INCONCLUSIVE
    history.add(happened.Exited(0, 0))
    assert blamed(history.judged(0)) == {"C-SHOW-1"}


def test_a_run_that_was_cut_short_shows_nothing() -> None:
    history = History(SHOWS)
    history.until(ClientVerb.SHOWS)
    history.add(happened.TooMuch(0, "the program used 3,000 MiB of memory"))
    verdict = history.judged()
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == "the run was cut short: the program used 3,000 MiB of memory"


def test_what_nothing_explains_shows_nothing() -> None:
    history = History(SHOWS)
    history.until(ClientVerb.SERVER_SENDS)
    history.add(happened.Failed(0, history.number(ClientVerb.SERVER_SENDS), 5.0, 0.0))
    verdict = history.judged()
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == (
        "'server-sends' was not complete, and nothing that was seen tells why"
    )


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_shown_is_right(terminal: bool) -> None:
    history = History(SHOWS, terminal=terminal)
    history.until(ClientVerb.SHOWS)
    (act,) = (one for one in history.script.acts if one.verb is ClientVerb.SHOWS)
    assert act.message is not None
    history.add(happened.Printed(0, b"bob: " + act.message.text.encode() + b"\r\n"))
    history.add(happened.Done(0, history.number(ClientVerb.SHOWS)))
    history.add(happened.Released(0))
    history.add(happened.PeerEnded(0, 0))
    history.add(happened.Exited(0, 0))
    assert history.judged(0).outcome is Outcome.PASS, history.judged(0).findings


def test_what_is_shown_at_a_terminal_is_known_though_a_signal_ended_it() -> None:
    history = History(ENDS.replace("{ends: true}", "{shows: {text: gone}}"))
    history.until(ClientVerb.SHOWS)
    history.add(happened.Printed(0, b"the server has gone\r\n"))
    history.add(happened.Done(0, history.number(ClientVerb.SHOWS)))
    history.add(happened.Exited(0, -2))
    assert "is not known" not in history.judged(-2).reason
