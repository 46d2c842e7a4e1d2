"""A client's scenario, written out: what is sent in pieces, and what may be shown in pieces."""

import pytest

from harness.client_scenario import read_client_scenario
from harness.clients.writing import write_script
from harness.dialect_files import load_dialect
from harness.source import loads

STORY = """\
format: 1
scenario: somebody speaks
requirement: C-SHOW-1
client: terminal
story:
  - {{joins: true}}
  - {{server-sends: {{from: bob, say: "{say}"}}{cut}}}
  - {{shows: {{from: bob}}}}
"""
CASES = [
    pytest.param("raw", ", segments: 1 byte", True, id="nothing tells pieces from messages"),
    pytest.param("lines", ", segments: 1 byte", False, id="each has its end"),
    pytest.param("raw", "", False, id="one piece"),
    pytest.param("raw", ", segments: before the message", False, id="cut before the message"),
]


@pytest.mark.parametrize(("dialect", "cut", "scattered"), CASES)
def test_what_may_be_shown_in_pieces(dialect: str, cut: str, *, scattered: bool) -> None:
    source = loads(STORY.format(say="world", cut=cut), "story.yaml")
    script = write_script(read_client_scenario(source), load_dialect(dialect), 1)
    shown = [act.message for act in script.acts if act.message is not None]
    assert [message.scattered for message in shown] == [scattered]
