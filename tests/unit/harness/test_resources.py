"""Resources of a tree that changes while it is looked at: what was used never seems to shrink.

What is measured in a whole running target stands in `test_target.py`.
"""

import math
import os
import subprocess
import sys
import time

import pytest

from harness import resources
from harness.resources import Meter, Sample

PARENT = """
import os, time
child = os.fork()
if not child:
    while time.process_time() < 0.1: pass
    os._exit(0)
os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # it has ended, and is not reaped yet
print(child, flush=True)
input()
os.wait()
print("reaped", flush=True)
input()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_a_child_reaped_in_the_middle_of_a_look_still_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert int(told(parent)) > 0
        meter = Meter(os.getpid(), 0, 0)
        before = sampled(meter)

        def reap_first(clock: int) -> float:
            monkeypatch.undo()
            tell(parent)
            assert told(parent) == b"reaped\n"
            return time.clock_gettime(clock)

        monkeypatch.setattr(time, "clock_gettime", reap_first)
        after = sampled(meter)
        tell(parent)
    # User and system time of what was reaped are each rounded down to ticks of 10 ms.
    assert after.cpu_seconds > before.cpu_seconds - 0.021 > 0.07


def test_a_tree_that_reaps_for_ever_is_not_looked_at_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_at: list[int] = []

    def reaped_more(pid: int) -> float:
        looked_at.append(pid)
        return math.inf

    monkeypatch.setattr(resources, "_ended_now", reaped_more)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        sample = sampled(Meter(os.getpid(), 0, 0))
        tell(program)
    assert looked_at.count(program.pid) == 5
    assert 0 <= sample.cpu_seconds < 5


def told(process: "subprocess.Popen[bytes]") -> bytes:
    assert process.stdout is not None
    return process.stdout.readline()


def tell(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def sampled(meter: Meter) -> Sample:
    sample = meter.sample()
    assert sample is not None
    return sample
