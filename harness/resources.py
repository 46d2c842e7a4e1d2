"""What a tree of processes uses: processor, memory, threads and the sockets of its port.

Read from /proc in one pass, for a server with a thousand threads in some 5 ms (psutil, which does
it elsewhere, takes 11 ms for the tree alone). Processes vanish while they are looked at; what has
gone counts as nothing. This file starts and ends nothing.
"""

import contextlib
import math
import os
import sys
import threading
import time
from dataclasses import dataclass

import psutil

from harness.kernel import PortCounts, SocketDiag

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")
_CPUCLOCK_SCHED = 2  # the kernel's include/linux/posix-timers.h
_THREADS_READ = 128
_LOOKS = 5  # at a tree that ends processes while it is looked at
_STATE, _PARENT, _ENDED_USER, _ENDED_SYSTEM, _THREADS = 0, 1, 13, 14, 17  # proc_pid_stat(5), less 3


@dataclass(frozen=True, slots=True)
class Sample:
    """What the whole tree of processes used, at one moment.

    cpu_seconds        processor time since the start, of threads and children that ended, too; the
                       living in nanoseconds, children that ended in ticks of 10 ms
    run_delay_seconds  waited for a processor: from sample to sample the longest wait of any one
                       thread, added up; 0.0 where the system does not tell
    rss_bytes          resident memory; with `exact_memory` shared pages are counted once
    open_sockets       TCP sockets with the target's port that a process holds, listeners apart
    close_wait         of these, how many the peer has closed and the program has not
    listeners          listening sockets with that port; these three are `None` where unknown
    """

    cpu_seconds: float
    run_delay_seconds: float
    threads: int
    processes: int
    rss_bytes: int
    open_sockets: int | None
    close_wait: int | None
    listeners: int | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that a program may take: memory in bytes, and processes; 0 for no bound."""

    memory: int = 0
    processes: int = 0

    def passed_by(self, sample: Sample) -> str:
        """Say what a program took that was more; "" where all was within."""
        if 0 < self.memory < sample.rss_bytes:
            used, most = sample.rss_bytes >> 20, self.memory >> 20
            return f"used {used:,} MiB of memory, and may use {most:,}"
        if 0 < self.processes < sample.processes:
            return f"ran {sample.processes:,} processes, and may run {self.processes:,}"
        return ""


UNBOUNDED = Bounds()


class Meter:
    """Measures all descendants of the process `root`; neither it nor `helper` counts."""

    __slots__ = ("_delay", "_helper", "_port", "_root")

    def __init__(self, root: int, helper: int, port: int) -> None:
        self._root = root
        self._helper = helper
        self._port = port
        self._delay = _RunDelay()

    def pids(self) -> list[int]:
        """The living processes; zombies do not live."""
        if sys.platform != "linux":
            return [process.pid for process in self.processes()]
        return [pid for pid, fields in self._tree(_table()).items() if fields[_STATE] != b"Z"]

    def processes(self) -> list[psutil.Process]:
        """The same, as objects that know their processes even when numbers are used again."""
        with contextlib.suppress(psutil.Error):
            found = psutil.Process(self._root).children(recursive=True)
            return [each for each in found if each.pid != self._helper and _is_alive(each)]
        return []

    def sample(self, *, exact_memory: bool = False) -> Sample | None:
        """All figures now; `None` when no process lives.

        `exact_memory` walks the page tables (2 ms for a thousand threads): since Linux 6.2 the
        quick figure may be wrong by some hundred KiB for each processor of the machine.
        """
        if sys.platform != "linux":
            return portable_sample(self.processes(), self._port)
        tree, cpu = self._processor_time()
        pids = [pid for pid, fields in tree.items() if fields[_STATE] != b"Z"]
        if not pids:
            return None
        sockets = _sockets(self._port)
        return Sample(
            cpu_seconds=cpu,
            run_delay_seconds=self._delay.update(pids),
            threads=sum(int(tree[pid][_THREADS]) for pid in pids),
            processes=len(pids),
            rss_bytes=sum(map(_exact_memory if exact_memory else _memory, pids)),
            open_sockets=sockets.open_sockets if sockets else None,
            close_wait=sockets.close_wait if sockets else None,
            listeners=sockets.listeners if sockets else None,
        )

    def _processor_time(self) -> tuple[dict[int, list[bytes]], float]:
        """The tree, and what its living processes and those that they reaped have used.

        A process that is reaped after its parent was looked at, and before itself was, would count
        nowhere: the sum would fall, and rise again with the next sample. So a parent that reaped in
        the meantime has all looked at once more; nothing counts twice, so the most is the best.
        """
        most = 0.0
        for _ in range(_LOOKS):
            table = _table()
            tree = self._tree(table)
            reapers = {pid: table[pid] for pid in (*tree, self._helper) if pid in table}
            most = max(most, sum(map(_cpu, tree)) + sum(map(_ended, reapers.values())))
            if all(_ended(fields) >= _ended_now(pid) for pid, fields in reapers.items()):
                break
        return tree, most

    def _tree(self, table: dict[int, list[bytes]]) -> dict[int, list[bytes]]:
        """The part of the table that descends from the root."""
        children: dict[int, list[int]] = {}
        for pid, fields in table.items():
            children.setdefault(int(fields[_PARENT]), []).append(pid)
        found, parents = {}, [self._root]
        while parents:
            for pid in children.get(parents.pop(), ()):
                parents.append(pid)
                if pid != self._helper:
                    found[pid] = table[pid]
        return found


class _RunDelay:
    """How long threads that could run waited for a processor, as one figure that only grows.

    A sum over threads would say of a crowd that it waited a second in a millisecond; so the thread
    that waited longest speaks for all. Of more than some hundred threads a fixed part is read.
    """

    __slots__ = ("_last", "_part", "_total")

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._part = 1
        self._total = 0

    def update(self, pids: list[int]) -> float:
        """Read again; seconds since the beginning."""
        threads = [(pid, tid) for pid in pids for tid in _numbers(f"/proc/{pid}/task")]
        part = 1 << max(0, (len(threads) // _THREADS_READ).bit_length() - 1)
        now = {tid: _waited(pid, tid) for pid, tid in threads if pid == tid or _chosen(tid, part)}
        # A thread that was not read last time is new, unless a larger part is read this time.
        known = self._last if part >= self._part else now | self._last
        self._total += max((ns - known.get(tid, 0) for tid, ns in now.items()), default=0)
        self._last, self._part = now, part
        return self._total / 1e9


def own_run_delay() -> float:
    """Return for how many seconds the calling thread has waited for a processor; 0.0: unknown."""
    return _waited(os.getpid(), threading.get_native_id()) / 1e9


def portable_sample(processes: list[psutil.Process], port: int) -> Sample | None:
    """What psutil can tell of these processes, for systems without /proc."""
    cpu, threads, living, memory, sockets = 0.0, 0, 0, 0, list[str]()
    for process in processes:
        with contextlib.suppress(psutil.Error), process.oneshot():
            times = process.cpu_times()
            cpu += times.user + times.system
            threads += process.num_threads()
            memory += process.memory_info().rss
            living += 1
            connections = process.net_connections("tcp")
            sockets += [each.status for each in connections if each.laddr[1:2] == (port,)]
    if not living:
        return None
    listeners = sockets.count(psutil.CONN_LISTEN)
    return Sample(
        cpu_seconds=cpu,
        run_delay_seconds=0.0,
        threads=threads,
        processes=living,
        rss_bytes=memory,
        open_sockets=len(sockets) - listeners,
        close_wait=sockets.count(psutil.CONN_CLOSE_WAIT),
        listeners=listeners,
    )


def _is_alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def _ended_now(pid: int) -> float:
    stat = _stat(pid)
    return _ended(stat) if stat else math.inf  # it has gone: whoever reaped it tells more now


def _table() -> dict[int, list[bytes]]:
    """The fields of every process's /proc/PID/stat, from its state on."""
    found = ((pid, _stat(pid)) for pid in _numbers("/proc"))
    return {pid: stat for pid, stat in found if stat}


def _stat(pid: int) -> list[bytes]:
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _cpu(pid: int) -> float:
    """The processor time of a process and all threads it ever had, by its own clock."""
    with contextlib.suppress(OSError):
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    return 0.0


def _ended(fields: list[bytes]) -> float:
    """The processor time of the children that a process has reaped."""
    return (int(fields[_ENDED_USER]) + int(fields[_ENDED_SYSTEM])) / _TICKS


def _memory(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if fields else 0


def _exact_memory(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return _memory(pid)


def _waited(pid: int, tid: int) -> int:
    """Nanoseconds for which this thread could run and had no processor."""
    fields = _read(f"/proc/{pid}/task/{tid}/schedstat").split()
    return int(fields[1]) if len(fields) > 1 else 0


def _chosen(tid: int, part: int) -> bool:
    return (tid * 0x9E3779B1 >> 16) % part == 0  # mixed: numbers of neighbours often differ by two


def _sockets(port: int) -> PortCounts | None:
    with SocketDiag() as diag:
        return diag.count(port)


def _numbers(directory: str) -> list[int]:
    try:
        return [int(name) for name in os.listdir(directory) if name.isdigit()]  # noqa: PTH208
    except OSError:
        return []


def _read(path: str) -> bytes:
    """A file of /proc, whole; empty when its process has gone."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(descriptor, 8192)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
