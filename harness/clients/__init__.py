"""Clients: the harness as the chat server and as the person at the terminal, for anybody's client.

`play_client` acts a scenario out, `judge_client` says what came of it.
"""

from harness.client_scenario import ClientScenario, is_client_scenario, load_client_scenario
from harness.clients.judge import judge_client
from harness.clients.play import play_client
from harness.clients.record import ClientRun
from harness.clients.spec import ClientSpec
from harness.clients.writing import why_not

__all__ = [
    "ClientRun",
    "ClientScenario",
    "ClientSpec",
    "is_client_scenario",
    "judge_client",
    "load_client_scenario",
    "play_client",
    "why_not",
]
