"""A client with a fault is blamed for it and for nothing else; one without is not."""

import asyncio
import sys
from pathlib import Path

import pytest

from harness.client_scenario import read_client_scenario
from harness.clients import ClientRun, ClientSpec, judge_client, play_client
from harness.dialect_files import load_dialect
from harness.source import loads
from harness.verdict import Outcome, Verdict

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

PROGRAM = Path(__file__).with_name("plain_client.py")
HEAD = "format: 1\nscenario: a test\n"
SAID = '  - {server-sends: {from: bob, say: "{sentence}"}}\n  - {shows: {from: bob}}\n'
STORIES = {
    "chat": "story:\n  - {joins: true}\n" + SAID + "  - {types: ' hello '}\n"
    "  - {server-hears: true}\n  - {types: '{sentence}'}\n  - {types: '{word}'}\n"
    "  - {server-hears: true}\n  - {server-hears-nothing: true}\n",
    "typing": "client: terminal\nstory:\n  - {joins: true}\n"
    "  - {types: half, enter: false}\n" + SAID + "  - {types: ' whole'}\n"
    "  - {server-hears: true}\n",
    "lookalike": "story:\n  - {joins: true}\n  - {server-sends: {text: '{prompt}{end}'}}\n"
    "  - {server-hears-nothing: true}\n",
    "bytes": "story:\n  - {joins: true}\n"
    "  - {server-sends: {from: bob, say: [{hex: 'ff fe'}, ' x']}}\n" + SAID,
    "cut": "story:\n  - {joins: true}\n"
    "  - {server-sends: {from: bob, say: 'Жук'}, segments: 1 byte}\n  - {shows: {from: bob}}\n",
    "together": "story:\n  - {connects: true}\n"
    "  - {server-sends: [{prompt: true}, {from: bob, say: '{sentence}'}]}\n"
    "  - {gives-nick: true}\n  - {shows: {from: bob}}\n",
    "pieces": "story:\n  - {joins: true, segments: 3 bytes}\n",
    "controls": "client: terminal\nstory:\n  - {joins: true}\n"
    "  - {server-sends: {from: bob, say: hello, controls: title}}\n  - {shows: {from: bob}}\n"
    "  - {server-sends: {from: bob, say: hello, controls: colour}}\n  - {shows: {from: bob}}\n",
    "close": "story:\n  - {joins: true}\n  - {server-drops: close}\n  - {ends: true}\n",
    "reset": "story:\n  - {joins: true}\n  - {server-drops: reset}\n  - {ends: true}\n",
    "ctrl-c": "story:\n  - {joins: true}\n  - {keys: ctrl-c}\n  - {ends: true}\n",
    "ctrl-d": "story:\n  - {joins: true}\n  - {types: '{word}'}\n  - {keys: ctrl-d}\n"
    "  - {server-hears: true}\n  - {ends: {status: 0}}\n",
    "unfinished": "story:\n  - {joins: true}\n  - {types: half, enter: false}\n" + SAID,
    "refused": "listening: false\nstory:\n  - {refused: true}\n  - {shows-not: hello}\n",
    "empty": "story:\n  - {joins: true}\n  - {types: '', bare: true}\n  - {keys: enter}\n"
    "  - {types: '{word}'}\n  - {server-hears: true}\n",
}
# The fault, the story that shows it, at a terminal and in a pipe, and what is blamed.
FAULTS = [
    ("gives_nickname_twice", "chat", (True, False), {"C-NICK-1"}),
    ("asks_nothing", "pieces", (True,), {"C-NICK-2"}),
    ("asks_nothing", "chat", (True,), {"C-NICK-1"}),
    ("takes_a_read_for_a_line", "pieces", (True, False), {"C-NICK-2"}),
    ("strips", "chat", (True, False), {"C-SEND-1"}),
    ("sends_twice", "chat", (True, False), {"C-SEND-1"}),
    ("forgets_a_line", "chat", (True,), {"C-SEND-1"}),
    ("adds_carriage_return", "chat", (True, False), {"C-SEND-1"}),
    ("shows_nothing", "chat", (True, False), {"C-SHOW-1"}),
    ("shows_half", "chat", (False,), {"C-SHOW-1"}),
    ("shows_after_enter", "typing", (True,), {"C-SHOW-1"}),
    ("dies_of_bad_bytes", "bytes", (True, False), {"C-SHOW-2"}),
    ("takes_a_read_for_a_line", "cut", (True, False), {"C-SHOW-2"}),
    ("answers_lookalike", "lookalike", (True, False), {"C-SHOW-3"}),
    ("passes_controls", "controls", (True,), {"C-SHOW-4"}),
    ("hangs_when_dropped", "close", (True, False), {"C-END-1"}),
    ("spins_when_dropped", "reset", (True, False), {"C-END-1"}),
    ("silent_when_dropped", "close", (True, False), {"C-END-1"}),
    ("raises_on_ctrl_c", "ctrl-c", (True, False), {"C-END-2"}),
    ("ignores_end_of_input", "ctrl-d", (True, False), {"C-END-2"}),
    ("leaves_open", "ctrl-d", (False,), {"C-END-2"}),
    ("raises_when_refused", "refused", (True, False), {"C-CONN-1"}),
    ("silent_when_refused", "refused", (True, False), {"C-CONN-1"}),
]


def played(
    story: str, terminal: bool, fault: str = "", patience: float = 1.0
) -> tuple[Verdict, ClientRun]:
    scenario = read_client_scenario(loads(HEAD + STORIES[story], story))
    dialect = load_dialect("lines")
    spec = ClientSpec((sys.executable, str(PROGRAM), "{host}", "{port}", fault))
    run = asyncio.run(
        play_client(
            scenario,
            dialect,
            spec,
            terminal=terminal,
            seed=3,
            patience=patience,
            isolation="subreaper",
        )
    )
    return judge_client(scenario, dialect, run), run


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("story", [one for one in STORIES if one not in ("typing", "controls")])
def test_a_right_client_passes(story: str, terminal: bool) -> None:
    verdict, run = played(story, terminal)
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())
    assert any(check.looked_at for check in verdict.checks)


@pytest.mark.parametrize("story", ["typing", "controls"])
def test_a_right_client_passes_at_a_terminal(story: str) -> None:
    verdict, run = played(story, terminal=True)
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())


@pytest.mark.parametrize(
    ("fault", "story", "terminal", "blamed"),
    [(fault, story, one, blamed) for fault, story, where, blamed in FAULTS for one in where],
)
def test_a_fault_is_blamed(fault: str, story: str, terminal: bool, blamed: set[str]) -> None:
    # What never comes need not be waited for long; on a busy machine that proves nothing.
    for patience in (0.4, 1.0, 3.0):
        verdict, run = played(story, terminal, fault, patience)
        if verdict.outcome is not Outcome.INCONCLUSIVE:
            break
    found = {one.requirement for one in verdict.findings}
    assert verdict.outcome is Outcome.FAIL, (verdict.reason, run.wire_log())
    assert found == blamed, (verdict.findings, run.wire_log())


def test_what_is_left_unfinished_may_be_sent_without_its_end() -> None:
    verdict, run = played("unfinished", terminal=True)
    assert verdict.outcome is Outcome.PASS, (verdict.findings, verdict.reason, run.wire_log())
    assert played("unfinished", terminal=True, fault="sends_the_rest")[0].outcome is Outcome.PASS
