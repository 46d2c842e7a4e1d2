"""`harness.learn`: for every built-in dialect a server that speaks it is learnt as it is."""

import pytest
from known_good import KNOWN_GOOD, TOOLS, command

from harness.dialect import BadBytes, Dialect, Policy
from harness.dialect_files import builtin_dialects, load_dialect
from harness.learn import learn_dialect
from harness.target import TargetSpec

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

WIRE = ("encoding", "prompt", "nickname", "heard", "relay", "prefix_by", "echo", "history")
TOLD = ("greeting", "farewell", "join", "leave", "lost", "silent_loss", "quit", "most")
JUDGED = ("framed", "one_at_a_time", "features", "notices", "by_client")
POLICIES = {"empty": Policy.ANY, "duplicate": Policy.ANY, "bad_bytes": BadBytes.ANY}


def first_program(dialect: str) -> str:
    return next(one for one in KNOWN_GOOD[dialect] if not one.endswith(tuple(TOOLS)))


def values(dialect: Dialect) -> dict[str, object]:
    return {key: getattr(dialect, key) for key in (*WIRE, *TOLD, *JUDGED)}


@pytest.mark.parametrize("name", sorted(builtin_dialects()))
def test_what_the_file_says_is_learnt(name: str) -> None:
    built_in = load_dialect(name)
    spec = TargetSpec(command=command(first_program(name), name))
    learnt, text = learn_dialect(spec, lambda _: None)
    assert values(learnt) == values(built_in), text
    assert learnt.said.ends == built_in.said.ends, text
    # A policy that does not matter to the file is still one that the server has.
    for key, free in POLICIES.items():
        told = getattr(built_in, key)
        assert told in (free, getattr(learnt, key)), text
