"""Measure chat servers side by side: the C baseline, the reference, and two usual ways.

The generator (`load.c`) and the baseline are compiled with `cc` into a temporary folder. Where
there are two cores, the server has one to itself and the generator the other. Rounds are
interleaved, so that what disturbs the machine disturbs all alike, and medians are shown. It
knows nothing of how a server is made: each is a command line and a port.

Usage, from the project's root: python benchmarks/bench.py [--people 100 1000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

HERE = Path(__file__).parent
ROOT = HERE.parent
SERVERS = ("c", "reference", "per-delivery", "threads")
DELIVERIES = 10_000_000
"""About as many in each measurement, as far as whole messages of everyone allow."""
SECONDS = 5
"""A server that is not finished then is cut off, and its rate is of what it delivered."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement of one server: a rate, or the time of one message to idle members."""

    per_second: float
    cpu_per_delivery: float
    complete: bool
    idle_seconds: float


def compile_programs(folder: Path) -> None:
    """Compile the C programs; exits in words where there is no compiler."""
    compiler = shutil.which("cc")
    if not compiler:
        sys.exit("bench: no C compiler: install one so that there is a `cc`")
    for name in ("baseline", "load"):
        files = [str(folder / name), str(HERE / f"{name}.c")]
        subprocess.run([compiler, "-O3", "-Wall", "-Wextra", "-o", *files], check=True)


def server_command(name: str, folder: Path, port: int) -> list[str]:
    """Give the command line that starts a server of this name."""
    python = sys.executable
    return {
        "c": [str(folder / "baseline"), str(port)],
        "reference": [python, "-m", "reference.server", "--port", str(port)],
        "per-delivery": [python, str(HERE / "per_delivery.py"), str(port)],
        "threads": [python, str(ROOT / "tests" / "correct" / "threads.py"), str(port)],
    }[name]


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Give what is started here one core, where there are two; a child inherits it."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[core]} if len(cores) > 1 else set(cores))
    try:
        yield
    finally:
        os.sched_setaffinity(0, set(cores))


@contextlib.contextmanager
def running(name: str, folder: Path, port: int) -> Iterator[psutil.Process]:
    """Start a server; it is ended afterwards."""
    with pinned(0):
        command = server_command(name, folder, port)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    with process:
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def load(folder: Path, port: int, people: int, messages: int, window: int) -> list[str]:
    """Run the generator and give the words that it prints; exits in words where it fails."""
    numbers = (port, people, messages, window, SECONDS)
    command = [str(folder / "load"), *map(str, numbers)]
    with pinned(1):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    output, _ = process.communicate()
    if process.returncode:
        sys.exit(f"bench: the generator failed, status {process.returncode}")
    return output.split()


def free_port() -> int:
    """Give a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def measure(name: str, folder: Path, people: int, window: int) -> Sample:
    """Start a server, let everyone talk once, and then one to idle members."""
    messages = max(1, DELIVERIES // (people * (people - 1)))
    port = free_port()
    with running(name, folder, port) as server:
        delivered, seconds, complete = load(folder, port, people, messages, window)
        used = server.cpu_times()
        (idle,) = load(folder, port, people, 0, 0)
    cpu = used.user + used.system
    rate = int(delivered) / float(seconds)
    return Sample(rate, cpu / max(1, int(delivered)), complete == "1", float(idle))


def table(people: int, samples: dict[str, list[Sample]]) -> str:
    """Give the medians of one number of people, each beside the C baseline's."""
    lines = [
        f"{people} people, {len(next(iter(samples.values())))} rounds",
        "  server          k deliveries/s    of C  µs CPU each  one to idle, ms    of C",
    ]
    rate = {name: statistics.median(s.per_second for s in rows) for name, rows in samples.items()}
    idle = {name: statistics.median(s.idle_seconds for s in rows) for name, rows in samples.items()}
    for name, rows in samples.items():
        cpu = statistics.median(sample.cpu_per_delivery for sample in rows)
        cut = "" if all(sample.complete for sample in rows) else f"  cut off after {SECONDS} s"
        lines.append(
            f"  {name:14}{rate[name] / 1000:16,.0f}{rate[name] / rate['c']:8.2f}{cpu * 1e6:13.3f}"
            f"{idle[name] * 1000:17.2f}{idle[name] / idle['c']:8.2f}{cut}"
        )
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure chat servers side by side.")
    parser.add_argument("--people", type=int, nargs="+", default=[100, 1000], metavar="N")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument(
        "--window",
        type=int,
        default=16,
        metavar="N",
        help="rounds (a message of everyone) that may be under way (default: 16); 0: all at once",
    )
    given = parser.parse_args()
    if min(given.people) < 2 or given.rounds < 1 or given.window < 0:
        parser.error("at least 2 people, 1 round and a window of 0")
    given.servers = ["c", *(name for name in given.servers if name != "c")]
    return given


def main() -> None:
    """Measure and print a table for each number of people."""
    given = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compile_programs(folder)
        for people in given.people:
            samples: dict[str, list[Sample]] = {server: [] for server in given.servers}
            for _ in range(given.rounds):
                for server, rows in samples.items():
                    rows.append(measure(server, folder, people, given.window))
            print(table(people, samples), flush=True)


if __name__ == "__main__":
    main()
