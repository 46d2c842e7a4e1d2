"""`harness.keeper`, as the process it is: what it reports, obeys, and leaves behind (nothing)."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from harness import keeper

BEST = "pid-namespace"
ALL = ["pid-namespace", "subreaper", "process-group"]
STRICT = ["pid-namespace", "subreaper"]  # those that nothing escapes from

# A process that forks twice, leaves its session, and holds the FIFO open for as long as it lives.
DAEMON = """
import os, signal, sys
if not os.fork():
    os.setsid()
    if not os.fork():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with open(sys.argv[1], "wb", buffering=0) as fifo:
            fifo.write(b"here")
            while True:
                signal.pause()
    os._exit(0)
os.wait()
if len(sys.argv) > 2:
    sys.exit(int(sys.argv[2]))
while True:
    signal.pause()
"""

# Runs a command without the right to make namespaces, as in most containers.
WITHOUT_RIGHTS = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(24, 21, 0, 0, 0)  # drops CAP_SYS_ADMIN, if there is any
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""

# Runs a command as a background job of a careless parent does.
WITH_SIGNALS_IGNORED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD, signal.SIGUSR1])
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Fifo:
    """Tells when its writers are there, and when the last of them has gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read(self) -> bytes:
        """The next bytes; b"" when every process that had it open has ended."""
        assert select.select([self._reader], [], [], 20)[0], "nothing happened for 20 s"
        return os.read(self._reader, 100)

    def close(self) -> None:
        os.close(self._reader)


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[Fifo]:
    made = Fifo(tmp_path / "fifo")
    yield made
    made.close()


@dataclass
class Kept:
    """A running keeper and what it reported when it started."""

    process: subprocess.Popen[bytes]
    reports: dict[str, str]

    def order(self, text: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def report(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().decode().strip()

    def end(self) -> tuple[str, str]:
        """End the orders; the rest of the reports and of the output."""
        reports, output = self.process.communicate(timeout=20)
        return reports.decode().strip(), output.decode()


@pytest.fixture
def keep() -> Iterator["Keep"]:
    made = Keep()
    yield made
    made.end()


class Keep:
    """Starts keepers, and ends them."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []

    def __call__(self, isolation: str, *command: str, through: str = "") -> Kept:
        wrapper = ["-c", through] if through else []
        process = subprocess.Popen(
            [sys.executable, *wrapper, "-I", "-S", keeper.__file__, isolation, "", "", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.processes.append(process)
        kept = Kept(process, {})
        for _ in range(3):
            word, _, value = kept.report().partition(" ")
            kept.reports[word] = value
        return kept

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()  # and do not read to the end: a survivor would hold it open


def python(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", code, *map(str, arguments)]


def available(kept: Kept, isolation: str) -> None:
    if kept.reports["isolation"] != isolation:
        pytest.skip(f"{isolation} is not allowed here")


@pytest.mark.parametrize("isolation", ALL)
def test_it_reports_how_and_that_it_started(keep: Keep, isolation: str) -> None:
    kept = keep(isolation, "true")
    available(kept, isolation)
    assert list(kept.reports) == ["isolation", "inner", "started"]
    assert kept.report() == "exited 0"
    assert kept.end() == ("", "")


def test_without_rights_it_takes_what_it_can_get(keep: Keep) -> None:
    kept = keep(BEST, "true", through=WITHOUT_RIGHTS)
    assert kept.reports["isolation"] == (
        "subreaper" if sys.platform == "linux" else "process-group"
    )
    assert kept.report() == "exited 0"


@pytest.mark.parametrize("isolation", ALL)
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("raise SystemExit(3)", 3 << 8),
        ("import os; os.kill(os.getpid(), 11)", signal.SIGSEGV),
        ("import os; os.kill(os.getpid(), 15)", signal.SIGTERM),
    ],
)
def test_it_reports_how_the_command_ended(
    keep: Keep, isolation: str, code: str, status: int
) -> None:
    kept = keep(isolation, *python("import resource as r; r.setrlimit(4, (0, 0));" + code))
    assert int(kept.report().removeprefix("exited ")) & ~0x80 == status


@pytest.mark.parametrize(("command", "number"), [("/nonesuch/program", 2), ("/", 13)])
def test_it_reports_why_a_command_cannot_start(keep: Keep, command: str, number: int) -> None:
    kept = keep(BEST, command)
    assert kept.reports["failed"] == str(number)
    assert kept.end() == ("", "")
    assert kept.process.returncode == 0


@pytest.mark.parametrize("isolation", ALL)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_signals_work_as_usual(keep: Keep, isolation: str, number: int) -> None:
    kept = keep(isolation, "sleep", "1000")
    kept.order(f"signal {int(number)}\n")
    assert kept.report() == f"exited {int(number)}"


def test_orders_may_come_in_pieces_and_together(keep: Keep) -> None:
    code = """
import signal
got = []
for number in (10, 12):
    signal.signal(number, lambda number, _: got.append(number))
print("ready", flush=True)
while len(got) < 2:
    signal.pause()
raise SystemExit(sum(got))
"""
    kept = keep(BEST, *python(code))
    assert kept.process.stderr
    assert kept.process.stderr.readline() == b"ready\n"
    for part in ("sig", "nal 1", "0\nsignal 12\nsignal 0\n"):
        kept.order(part)
    assert kept.report() == f"exited {22 << 8}"


@pytest.mark.parametrize("isolation", ALL)
def test_a_signal_reaches_the_group_even_when_its_leader_has_gone(
    keep: Keep, fifo: Fifo, isolation: str
) -> None:
    sleeper = 'import signal,sys; f = open(sys.argv[1], "wb", 0); f.write(b"here"); signal.pause()'
    leader = "import subprocess, sys; subprocess.Popen(sys.argv[1:])"
    kept = keep(isolation, *python(leader, *python(sleeper, fifo.path)))
    assert fifo.read() == b"here"
    assert kept.report() == "exited 0"
    kept.order("signal 15\n")
    assert fifo.read() == b""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_command_finds_what_a_shell_would_give_it(keep: Keep) -> None:
    code = """
import functools, os
print = functools.partial(print, flush=True)
print([line for line in open("/proc/self/status") if line.startswith(("SigBlk", "SigIgn"))])
print(os.readlink("/proc/self/fd/0"), sorted(map(int, os.listdir("/proc/self/fd")))[:4])
print(os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid(), os.getpid() != 1, os.getcwd())
os.write(2, b"also")
"""
    # Python itself ignores SIGPIPE and SIGXFSZ; nothing else may be ignored. Signals 32 and 33
    # belong to the C library, which lets nobody touch them.
    kept = keep(BEST, *python(code), through=WITH_SIGNALS_IGNORED)
    assert kept.report() == "exited 0"
    signals, files, identity, also = kept.end()[1].splitlines()
    assert signals.count("0000000000000000") == 1
    ignored = int(signals.rpartition("SigIgn:")[2].strip("\\tn'] "), 16)
    assert ignored & ~(3 << 31) == 0x1001000
    assert files == "/dev/null [0, 1, 2, 3]"  # 3 is the listing itself
    assert identity == f"True True True {Path.cwd()}"
    assert also == "also"


@pytest.mark.parametrize("isolation", ALL)
def test_a_program_finds_itself_in_proc(keep: Keep, isolation: str) -> None:
    code = 'import os; print(os.readlink("/proc/self") == str(os.getpid()))'
    kept = keep(isolation, *python(code))
    if not Path("/proc/self").exists():
        pytest.skip("there is no /proc")
    assert kept.report() == "exited 0"
    assert kept.end()[1] == "True\n"


@pytest.mark.parametrize("isolation", STRICT)
@pytest.mark.parametrize("command", ["lives", "has ended"])
def test_when_the_orders_end_nothing_is_left(
    keep: Keep, fifo: Fifo, isolation: str, command: str
) -> None:
    kept = keep(isolation, *python(DAEMON, fifo.path, *(["4"] if command == "has ended" else [])))
    available(kept, isolation)
    assert fifo.read() == b"here"
    if command == "has ended":
        assert kept.report() == f"exited {4 << 8}"
    assert kept.end() == ("exited 9" if command == "lives" else "", "")
    assert fifo.read() == b""
    assert kept.process.returncode == 0


@pytest.mark.parametrize("isolation", STRICT)
@pytest.mark.parametrize("killed", ["inner", "outer"])
def test_a_killed_keeper_leaves_nothing(
    keep: Keep, fifo: Fifo, isolation: str, killed: str
) -> None:
    kept = keep(isolation, *python(DAEMON, fifo.path))
    available(kept, isolation)
    assert fifo.read() == b"here"
    inner = int(kept.reports["inner"])
    os.kill(inner if killed == "inner" else kept.process.pid, signal.SIGKILL)
    assert fifo.read() == b""
    kept.process.wait(timeout=20)


def test_a_process_group_is_ended_too(keep: Keep, fifo: Fifo) -> None:
    code = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
with open(sys.argv[1], "wb", buffering=0) as fifo:
    fifo.write(b"x")
    signal.pause()
"""
    kept = keep("process-group", *python(code, fifo.path))
    assert kept.reports["isolation"] == "process-group"
    seen = b""
    while len(seen) < 2:
        seen += fifo.read()
    assert kept.end() == ("exited 9", "")
    assert fifo.read() == b""


@pytest.mark.parametrize("isolation", STRICT)
def test_orphans_are_reaped(keep: Keep, fifo: Fifo, isolation: str) -> None:
    # Ten orphans end; an eleventh is born after them, and by then the kernel has told of the ten.
    code = """
import os, signal, sys
for _ in range(10):
    if not os.fork():
        if not os.fork():
            os._exit(0)
        os._exit(0)
    os.wait()
with open(sys.argv[1], "wb", buffering=0) as fifo:
    fifo.write(b"here")
    signal.pause()
"""
    kept = keep(isolation, *python(code, fifo.path))
    available(kept, isolation)
    assert fifo.read() == b"here"
    inner = psutil.Process(int(kept.reports["inner"]))
    deadline = time.monotonic() + 20
    while len(inner.children()) > 1 and time.monotonic() < deadline:
        time.sleep(0.005)  # the last may be reaped after the eleventh was born
    assert len(inner.children()) == 1


@pytest.mark.parametrize("isolation", STRICT)
def test_a_crowd_that_forks_on_is_ended(keep: Keep, fifo: Fifo, isolation: str) -> None:
    code = """
import os, sys, time
fifo = open(sys.argv[1], "wb", buffering=0)
fifo.write(b"here")
for _ in range(4):
    os.fork()
while True:  # each forks on and ends: its number changes all the time
    if os.fork():
        os._exit(0)
    time.sleep(0.001)
"""
    kept = keep(isolation, *python(code, fifo.path))
    available(kept, isolation)
    assert fifo.read() == b"here"
    kept.process.communicate(timeout=20)
    assert fifo.read() == b""
