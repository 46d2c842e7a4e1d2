"""Trial: a small scenario under a dialect that was just learnt, run and judged as any other."""

import asyncio

from harness.dialect import Dialect
from harness.judge import judge
from harness.planning import make_plan
from harness.report.text import About, render
from harness.run import run_plan
from harness.scenario import read_scenario
from harness.source import loads
from harness.target import TargetSpec
from harness.verdict import Outcome

NAME = "trial"
_SEED = 1
_SCENARIO = """\
format: 1
scenario: Three people talk, and one leaves
people: {alice: , bob: , carol: }
story:
  - {who: [alice, bob], join: true}
  - {who: alice, say: "{sentence}"}
  - {who: bob, hears: {from: alice}}
  - {who: carol, join: true}
  - {who: carol, say: "{sentence}", times: 2}
  - {who: bob, say: "one more word"}
  - {who: everyone, hears: {from: bob}}
  - {who: carol, leave: true}
  - {who: alice, say: "{sentence}"}
  - {who: bob, hears: {from: alice}}
"""
_SMALL = """\
format: 1
scenario: Two people talk, and one leaves
people: {alice: , bob: }
story:
  - {who: [alice, bob], join: true}
  - {who: alice, say: "{sentence}"}
  - {who: bob, hears: {from: alice}}
  - {who: bob, say: "{sentence}", times: 2}
  - {who: alice, hears: {from: bob}}
  - {who: bob, leave: true}
"""
_ROOM = 6


def try_out(dialect: Dialect, spec: TargetSpec, server: str) -> tuple[Outcome, str]:
    """Run the server of `spec` in `dialect`; return how it went, and the report.

    Raises `HarnessError` where it cannot be started.
    """
    small = dialect.most is not None and dialect.most < _ROOM
    scenario = read_scenario(loads(_SMALL if small else _SCENARIO, f"{NAME}.yaml"))
    plan = make_plan(scenario, dialect, name=NAME, seed=_SEED)
    result = asyncio.run(run_plan(plan, dialect, spec, None))
    verdict = judge(plan, dialect, result.history)
    about = About(NAME, scenario.scenario, _SEED, dialect.name, server)
    return verdict.outcome, render(verdict, about)
