"""How long people take to join the reference server, and how much memory the harness has for each.

Measured in a process of its own, so that what was there before does not count; the server is
another process, and neither its memory nor its time is counted. Prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from harness.beacons import Beacons
from harness.crew import Crew
from harness.dialect_files import load_dialect
from harness.events import Role
from harness.recorder import Recorder
from harness.reference_chat import reference_command
from harness.target import Target, TargetSpec, launch
from harness.watch import Watch

LIMIT = 600
"""Seconds; who has not joined then never joins."""


@dataclass(frozen=True, slots=True)
class Joined:
    """`people` came in: seconds, the harness's processor seconds, and its bytes for each."""

    people: int
    seconds: float
    cpu: float
    bytes_each: float


async def join(people: int) -> Joined:
    """Let `people` join as a scenario does: a few at the door at a time, each until it hears."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    target = await launch(TargetSpec(command=reference_command("raw")), None)
    try:
        return await _join(people, target)
    finally:
        await target.stop()


async def _join(people: int, target: Target) -> Joined:
    recorder = Recorder(load_dialect("raw"), None)
    crew = Crew(recorder, target, Watch(recorder, target), 10.0, people)
    beacons = Beacons(crew)
    try:
        await beacons.begin()
        return await _measure(people, crew, beacons)
    finally:
        beacons.close()
        crew.cutter.close()
        recorder.close()
        for user in crew.users.values():
            user.abort()
        for user in crew.users.values():
            await user.until_closed()


async def _measure(people: int, crew: Crew, beacons: Beacons) -> Joined:
    process = psutil.Process()
    gc.collect()
    memory, begin, cpu = process.memory_info().rss, time.perf_counter(), time.process_time()
    names = [f"crowd-{number:05}" for number in range(people)]
    users = [crew.enrol(name, name, Role.PERSON, life) for life, name in enumerate(names)]
    async with beacons.talking(), asyncio.TaskGroup() as group:
        for user in users:
            group.create_task(crew.join(user))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    gc.collect()
    return Joined(people, seconds, cpu, (process.memory_info().rss - memory) / people)


def measure(people: int) -> Joined:
    """Measure in a new process; exits in words where it fails."""
    command = [sys.executable, "-m", "benchmarks.joining", str(people)]
    root = Path(__file__).resolve().parent.parent
    try:
        done = subprocess.run(
            command, cwd=root, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"harness_speed: {people} people had not joined after {LIMIT} s")
    if done.returncode:
        sys.exit(f"harness_speed: {people} people could not join, status {done.returncode}")
    return Joined(**json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(join(int(sys.argv[1]))))))
