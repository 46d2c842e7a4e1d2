"""The small process between the harness and the program under test: it leaves nothing behind.

Run as `python -I -S keeper.py ISOLATION HIDDEN TYPED COMMAND...` in a session of its own. It is two
processes: the *outer* one waits for the *inner* one and sweeps behind it; the inner one starts the
command, reaps every orphan and obeys. ISOLATION is the best to try; what is not allowed gives the
next:

    pid-namespace   the inner one is process 1 of a namespace: when it ends, the kernel kills all
    subreaper       orphans become the keeper's own children, and it kills until it has none
    process-group   what is still in the command's process group is killed

HIDDEN are files and folders, with a colon between them: in a namespace the command finds nothing
there, and cannot undo that, not even as root. Elsewhere nothing can be hidden.

TYPED is what the command reads: nothing (""), the pipe with this number ("pipe 7"), or the terminal
with it ("terminal 7"), which then is where it prints, too, and its controlling one.

stdin   orders, one a line: `signal N` goes to the command's process group, as Ctrl-C does. When it
        ends (the harness closed it, or died, however that was) everything is ended.
stdout  reports, one a line: `isolation NAME`, `inner PID`, `hidden` where all is, `started` or
        `failed ERRNO`, then `exited STATUS` (as waitpid gives it), and `left COUNT` if something
        could not be killed.
stderr  what the command prints, on its stdout and its stderr.

It imports little, to start fast. It knows nothing of chats, ports or the rest of the harness.
"""

import contextlib
import os
import select
import signal
import sys
import time

_ISOLATIONS = ("pid-namespace", "subreaper", "process-group")
_ORDERS, _REPORTS, _OUTPUT = 0, 1, 2
_SWEEP_SECONDS = 5.0
_CLONE_NEWNS, _CLONE_NEWPID = 0x00020000, 0x20000000  # linux/sched.h
_MS_RDONLY, _MS_NOSUID_NODEV_NOEXEC, _MS_BIND = 1, 2 | 4 | 8, 0x1000  # linux/mount.h
_MS_REC, _MS_SLAVE = 0x4000, 0x80000
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36  # linux/prctl.h
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 24, 38
# With one of these root could take away what hides, or go around it: CAP_SYS_MODULE, _SYS_RAWIO,
# _SYS_PTRACE, _SYS_ADMIN, _SYS_BOOT, _MKNOD (linux/capability.h).
_CAPABILITIES = (16, 17, 19, 21, 22, 27)


def main(wanted: str, hidden: list[str], typed: str, command: list[str]) -> None:
    """The outer process: isolate, let the inner one work, sweep when it is gone."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # for the command, too
    isolation = _isolate(wanted)
    _report(f"isolation {isolation}")
    outer_ended, outer_lives = os.pipe()
    inner = os.fork()
    if not inner:
        os.close(outer_lives)
        _Keeper(isolation, hidden, typed).run(command, outer_ended)
        os._exit(0)
    _report(f"inner {inner}")
    os.waitpid(inner, 0)
    _Keeper(isolation).sweep()


class _Keeper:
    """A parent of the command and of every orphan it leaves."""

    def __init__(self, isolation: str, hidden: "list[str] | None" = None, typed: str = "") -> None:
        self.isolation = isolation
        self.hidden = hidden or []
        self.typed = typed
        self.command = 0  # its process id, and its process group's
        self.ended = False

    def run(self, command: list[str], outer_ended: int) -> None:
        """The inner process: start the command; obey until the orders or the outer one end."""
        children = _wakeup_on_children()
        if self.isolation == "pid-namespace":
            self.hide()
        elif self.isolation == "subreaper":
            _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        if self.start(command):
            self.obey(outer_ended, children)
        self.sweep()

    def hide(self) -> None:
        """Show the command its own processes alone, and nothing of what is hidden."""
        if _show_own_processes() and self.hidden and all(map(_hide, self.hidden)):
            _report("hidden")

    def start(self, command: list[str]) -> bool:
        """Start the command; whether that went well."""
        failure, failed = os.pipe()  # closed by a successful exec
        pid = os.fork()
        if not pid:
            _become(command, failed, self)
        os.close(failed)
        error = os.read(failure, 16)
        os.close(failure)
        _report(f"failed {error.decode()}" if error else "started")
        self.command = 0 if error else pid
        return not error

    def obey(self, outer_ended: int, children: int) -> None:
        """Take orders and reap, for as long as there may be orders."""
        poll = select.poll()
        for descriptor in (_ORDERS, outer_ended, children):
            poll.register(descriptor, select.POLLIN)
        unfinished = b""
        while True:
            ready = {descriptor for descriptor, _ in poll.poll()}
            if children in ready:
                os.read(children, 512)
                self.reap()
            if outer_ended in ready:
                return
            if _ORDERS in ready:
                read = _read_orders()
                if not read:
                    return
                *orders, unfinished = (unfinished + read).split(b"\n")
                for order in orders:
                    self.signal(int(order.removeprefix(b"signal ")))

    def signal(self, number: int) -> None:
        """Deliver a signal to the command's group, or to what is left of it.

        While a group lives its number is given to no new process: a process that has it after the
        command was reaped is a stranger, and the group is gone.
        """
        if self.command and not (self.ended and _lives(self.command)):
            with contextlib.suppress(OSError):
                os.killpg(self.command, number)

    def reap(self) -> bool:
        """Reap all that have ended and report the command; whether children remain."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if not pid:
                return True
            if pid == self.command and not self.ended:
                self.ended = True
                _report(f"exited {status}")

    def sweep(self) -> None:
        """Kill and reap until nothing is left; orphans come to us, so only children are killed."""
        deadline = time.monotonic() + _SWEEP_SECONDS
        while True:
            self.kill()
            if not self.reap():
                return
            if time.monotonic() > deadline:
                _report(f"left {len(_children())}")
                return
            time.sleep(0.001)

    def kill(self) -> None:
        """Kill everything that can be reached at this moment."""
        with contextlib.suppress(OSError):
            if self.isolation == "process-group":
                self.signal(signal.SIGKILL)
            elif self.isolation == "pid-namespace" and os.getpid() == 1:
                os.kill(-1, signal.SIGKILL)  # all of the namespace, but for ourselves
        if self.isolation == "subreaper":
            for pid in _children():
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


def _become(command: list[str], failed: int, keeper: _Keeper) -> None:
    """Turn this new process into the command, which must find what a shell would give it."""
    try:
        os.setsid()
        _give_streams(keeper.typed)
        if keeper.isolation == "subreaper":
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if keeper.hidden:
            _confine()
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606 - without a shell, on purpose
    except OSError as error:
        os.write(failed, str(error.errno).encode())
    finally:
        os._exit(127)


def _give_streams(typed: str) -> None:
    """Give this process its standard streams."""
    kind, _, number = typed.partition(" ")
    read = int(number) if number else os.open(os.devnull, os.O_RDWR)
    if kind == "terminal":
        import fcntl  # noqa: PLC0415 - servers have none
        import termios  # noqa: PLC0415

        fcntl.ioctl(read, termios.TIOCSCTTY, 0)
        os.dup2(read, _OUTPUT)
    os.dup2(read, _ORDERS)
    os.dup2(_OUTPUT, _REPORTS)
    if number:
        os.close(read)


def _isolate(wanted: str) -> str:
    """Isolate the children that are still to come, as well as is allowed, and say how."""
    rank = _ISOLATIONS.index(wanted)
    if rank <= 0 and libc("unshare", _CLONE_NEWPID):
        return "pid-namespace"
    if rank <= 1 and _prctl(_PR_SET_CHILD_SUBREAPER, 1):
        return "subreaper"
    return "process-group"


def _show_own_processes() -> bool:
    """Give the namespace its own /proc, so that a program finds itself under its own number.

    Whether what is mounted from here on is seen here alone.
    """
    own = libc("unshare", _CLONE_NEWNS) and libc(
        "mount", b"none", b"/", None, _MS_REC | _MS_SLAVE, None
    )
    if own:
        libc("mount", b"proc", b"/proc", b"proc", _MS_NOSUID_NODEV_NOEXEC, None)
    return own


def _hide(path: str) -> bool:
    """Put an empty folder over a folder, and nothing over a file."""
    place = os.fsencode(path)
    if os.path.isdir(place):  # noqa: PTH112 - pathlib takes long to import
        flags = _MS_NOSUID_NODEV_NOEXEC | _MS_RDONLY
        return libc("mount", b"none", place, b"tmpfs", flags, b"size=4k,mode=555")
    return not os.path.exists(place) or libc("mount", b"/dev/null", place, None, _MS_BIND, None)  # noqa: PTH110


def _confine() -> None:
    """Take from this process, for good, what it could undo the hiding with."""
    for capability in _CAPABILITIES:
        _prctl(_PR_CAPBSET_DROP, capability)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _prctl(option: int, value: int) -> bool:
    return libc("prctl", option, value, 0, 0, 0)


def libc(function: str, *arguments: int | bytes | None) -> bool:
    """Call what Python has no name for; whether it is there, allowed, and went well."""
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 - not for nothing: it takes a tenth of the time to start

    values = [ctypes.c_ulong(each) if isinstance(each, int) else each for each in arguments]
    try:
        return bool(getattr(ctypes.CDLL(None), function)(*values) == 0)
    except (AttributeError, OSError):
        return False


def _wakeup_on_children() -> int:
    """A descriptor that becomes readable whenever a child has ended."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return readable


def _children() -> list[int]:
    """The children of this process, zombies too."""
    own, found = str(os.getpid()), []
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib takes long to import
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123
                if stat.read().rpartition(b")")[2].split()[1].decode() == own:
                    found.append(int(name))
    return found


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _read_orders() -> bytes:
    try:
        return os.read(_ORDERS, 4096)
    except OSError:
        return b""


def _report(line: str) -> None:
    with contextlib.suppress(OSError):  # the harness is gone: the orders have ended, too
        os.write(_REPORTS, line.encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2].split(":") if sys.argv[2] else [], sys.argv[3], sys.argv[4:])
    os._exit(0)  # at once: there is nothing to tidy up
