"""Keys are pressed as a person presses them: not in a moment in which the terminal loses them."""

import asyncio
import sys

from harness.client_scenario import read_client_scenario
from harness.clients import ClientSpec, judge_client, play_client
from harness.clients import happenings as happened
from harness.dialect_files import load_dialect
from harness.source import loads
from harness.verdict import Outcome

# After a line it needs a while until it reads single keys: a Ctrl-D before that is no key for it.
CHANGES_ITS_TERMINAL = """
import os, socket, sys, termios, time, tty
sock = socket.create_connection((sys.argv[1], int(sys.argv[2])))
sock.recv(100)
print("Your name?", flush=True)
sock.sendall(os.read(0, 100))
time.sleep(0.5)
tty.setcbreak(0, termios.TCSADRAIN)
while os.read(0, 1) not in (b"", b"\\x04"):
    pass
"""
STORY = """format: 1
scenario: The end of the input
story:
  - {joins: true}
  - {keys: ctrl-d}
  - {ends: true}
"""


def test_an_end_of_the_input_that_the_terminal_lost_is_typed_again() -> None:
    scenario = read_client_scenario(loads(STORY, "story"))
    lines = load_dialect("lines")
    spec = ClientSpec((sys.executable, "-c", CHANGES_ITS_TERMINAL, "{host}", "{port}"))
    run = asyncio.run(
        play_client(scenario, lines, spec, terminal=True, seed=1, isolation="subreaper")
    )
    verdict = judge_client(scenario, lines, run)
    assert verdict.outcome is Outcome.PASS, run.wire_log()
    again = [one for one in run.happenings if isinstance(one, happened.Typed) and one.data == b"\4"]
    assert len(again) == 1
