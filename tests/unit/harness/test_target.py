"""`harness.target`: programs of every kind are started, watched, measured, and gone afterwards."""

import asyncio
import contextlib
import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness import command, resources, target
from harness.errors import HarnessError, UsageError
from harness.keeper_link import KeeperLink
from harness.output import HALF, Output
from harness.resources import Sample
from harness.target import Target, TargetSpec, launch

ALL = ["pid-namespace", "subreaper", "process-group"]
STRICT = ["pid-namespace", "subreaper"]

STUBBORN = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if len(sys.argv) > 2 and not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
with open(sys.argv[1], "wb", buffering=0) as fifo:
    fifo.write(b"here")
    while True:
        signal.pause()
"""

SERVER = """
import os, signal, socket, sys, threading
listener = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
for _ in range(int(sys.argv[1])):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print("listening", flush=True)
held = []
while True:
    held.append(listener.accept()[0])
    print("accepted", flush=True)
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

    async def wait(self) -> bytes:
        return await asyncio.to_thread(self.read)

    def close(self) -> None:
        os.close(self._reader)


@pytest.fixture
def none_left() -> Iterator[None]:
    """Afterwards this process has no child that it did not have before."""
    before = psutil.Process().children()
    yield
    assert psutil.Process().children() == before


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[Fifo]:
    made = Fifo(tmp_path / "fifo")
    yield made
    made.close()


def python(code: str, *arguments: object) -> tuple[str, ...]:
    return (sys.executable, "-I", "-S", "-c", code.replace("{", "{{"), *map(str, arguments))


@contextlib.asynccontextmanager
async def running(
    *words: str, log: Path | None = None, isolation: str = ALL[0], port: int | None = None
) -> AsyncIterator[Target]:
    started = await launch(TargetSpec(words, port=port), log, isolation=isolation)
    try:
        yield started
    finally:
        await started.stop(grace=0)


async def until(true: Callable[[], bool]) -> None:
    """Return when this is so; nothing tells of it, so it is looked at again and again."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def until_printed(program: Target, text: bytes, times: int = 1) -> None:
    """Return when the program has printed this."""
    await until(lambda: program.output().count(text) >= times)


def sampled(program: Target) -> Sample:
    sample = program.sample()
    assert sample, "no process lives"
    return sample


async def output_of(*words: str) -> bytes:
    """All that a program printed by its end."""
    async with running(*words) as program:
        await asyncio.wait_for(program.exited, 20)
    return program.output()


def skip_unless(program: Target, isolation: str) -> None:
    if program.isolation != isolation:
        pytest.skip(f"{isolation} is not allowed here")


# What a program finds


def test_placeholders_and_the_environment_tell_the_port() -> None:
    async def main() -> None:
        code = "import os, sys; print(sys.argv[1:], os.environ['PORT'], os.getcwd(), flush=True)"
        words = python(code, "{port}", "-h={host}:{port}", "{{port}", "{}", "a b")
        async with running(*words) as program:
            await asyncio.wait_for(program.exited, 20)
        port = program.port
        arguments = [f"{port}", f"-h=127.0.0.1:{port}", "{port}", "{}", "a b"]
        assert program.output().decode() == f"{arguments} {port} {Path.cwd()}\n"
        assert program.command[-5:] == tuple(arguments)
        assert program.started
        assert program.exited.result() == 0

    asyncio.run(main())


def test_a_line_is_split_as_a_shell_splits_it(tmp_path: Path) -> None:
    program = tmp_path / "my server"
    program.write_text('#!/bin/sh\nprintf "%s|" "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    line = f"{shlex.quote(os.path.relpath(program))} 'a b' \"c\" d\\ e *"

    async def main() -> None:
        started = await launch(TargetSpec(line), None)
        await asyncio.wait_for(started.exited, 20)
        await started.stop()
        assert started.output() == b"a b|c|d e|*|"

    asyncio.run(main())


def test_both_of_its_outputs_are_kept_in_order_and_its_input_is_empty() -> None:
    code = """
import os, sys
os.write(1, b"out "); os.write(2, b"err "); print("out again", repr(sys.stdin.read()))
"""
    assert asyncio.run(output_of(*python(code))) == b"out err out again ''\n"


def test_what_it_prints_is_seen_at_once() -> None:
    async def main() -> None:
        code = "print('early'); import signal; signal.pause()"  # not flushed by itself
        async with running(sys.executable, "-c", code) as program:
            await until_printed(program, b"early")

    asyncio.run(main())


# Mistakes


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (TargetSpec(""), "the command is empty"),
        (TargetSpec(" "), "the command is empty"),
        (TargetSpec(()), "the command is empty"),
        (TargetSpec(("", "x")), "the command is empty"),
        (TargetSpec("chat 'x"), "cannot be split: No closing quotation"),
        (TargetSpec("chat {prot}"), r"\{prot\} in the command .* did you mean \{port\}\?"),
        (TargetSpec("chat {x}"), r"\{x\} in .* is unknown .* a brace for itself is written \{\{"),
        (TargetSpec("chat ${HOME}"), r"\{HOME\} in the command"),
        (TargetSpec(("a\0b",)), "NUL"),
        (TargetSpec("/nonesuch/chat"), "^command not found: /nonesuch/chat$"),
        (TargetSpec("no-such-chat-server"), "^command not found: no-such-chat-server$"),
        (TargetSpec("/"), "^/ is a folder, not a program$"),
        (TargetSpec(("sh", "x" * 5_000_000)), "^cannot start sh: Argument list too long$"),
        (TargetSpec(), "either a command to start or an address to connect to"),
        (TargetSpec("chat", connect=("127.0.0.1", 1)), "either a command to start or an address"),
        (TargetSpec("chat", port=70000), "a port is a number from 1 to 65535"),
    ],
)
def test_a_mistake_is_told_in_words(spec: TargetSpec, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        asyncio.run(launch(spec, None))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("./chat", "#!/nonesuch/python\n", 0o755), "names an interpreter in its first line that"),
        (
            ("./chat", "print('no #!')\n", 0o755),
            "is no program of this machine; does its first line",
        ),
        (("./chat", "#!/bin/sh\n", 0o644), "may not be executed; chmod"),
        (("chat-of-mine", "#!/bin/sh\n", 0o755), r"is started as \./chat-of-mine$"),
    ],
)
def test_a_file_that_cannot_be_started_is_told_in_words(
    file: tuple[str, str, int], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name, text, mode = file
    Path(name).write_text(text, encoding="utf-8")
    Path(name).chmod(mode)
    with pytest.raises(UsageError, match=words):
        asyncio.run(launch(TargetSpec(name), None))


def test_a_port_in_use_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is in use"):
            asyncio.run(launch(TargetSpec("true", port=port), None))


def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="cannot write what the program prints"):
        asyncio.run(launch(TargetSpec("true"), tmp_path / "none" / "log"))


def test_a_failed_launch_gives_its_port_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(UsageError):
        asyncio.run(launch(TargetSpec("no-such-chat-server {port}"), None))
    assert not list(tmp_path.iterdir()), "the file that locks the port is still there"


def test_a_port_is_locked_while_the_program_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locks() -> list[str]:
        return [path.name for path in tmp_path.iterdir()]

    async def main() -> None:
        async with running("true") as program:
            assert [f"-{program.port}." in name for name in locks()] == [True]
        assert locks() == []

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    asyncio.run(main())


# How it ends


@pytest.mark.parametrize("isolation", ALL)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 11)", -signal.SIGSEGV),
        ("pass", 0),
    ],
)
def test_its_exit_status_is_known(isolation: str, code: str, expected: int) -> None:
    async def main() -> None:
        words = python("import resource; resource.setrlimit(4, (0, 0));" + code)  # no core file
        async with running(*words, isolation=isolation) as program:
            assert await asyncio.wait_for(program.exited, 20) == expected

    asyncio.run(main())


@pytest.mark.parametrize("isolation", ALL)
def test_it_may_end_in_good_order(isolation: str) -> None:
    async def main() -> None:
        code = """
import signal
def end(number, frame):
    print("bye")
    raise SystemExit(7)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
signal.pause()
"""
        async with running(*python(code), isolation=isolation) as program:
            await until_printed(program, b"ready")
            await program.stop(grace=20)
            assert program.exited.result() == 7
        assert program.output() == b"ready\nbye\n"

    asyncio.run(main())


def test_a_signal_is_sent_once_it_is_ordered() -> None:
    async def main() -> None:
        async with running("sleep", "1000") as program:
            program.signal(signal.SIGINT)
            assert await asyncio.wait_for(program.exited, 20) == -signal.SIGINT
            program.signal(signal.SIGINT)
        program.signal(signal.SIGINT)

    asyncio.run(main())


def test_a_stopped_program_is_ended() -> None:
    async def main() -> None:
        async with running("sleep", "1000") as program:
            program.signal(signal.SIGSTOP)
            [process] = map(psutil.Process, program.pids())
            await until(lambda: process.status() == psutil.STATUS_STOPPED)
        assert program.exited.result() == -signal.SIGKILL

    asyncio.run(main())


@pytest.mark.parametrize(
    ("isolation", "forks"), [(each, True) for each in STRICT] + [(each, False) for each in ALL]
)
def test_after_stop_nothing_is_left(fifo: Fifo, isolation: str, forks: bool) -> None:
    async def main() -> None:
        words = python(STUBBORN, fifo.path, *(["forks"] if forks else []))
        async with running(*words, isolation=isolation) as program:
            skip_unless(program, isolation)
            assert (await fifo.wait()).startswith(b"here")
            assert len(program.pids()) >= 1
        assert fifo.read().replace(b"here", b"") == b""
        assert program.pids() == []
        assert program.sample() is None
        assert program.left == 0
        assert program.exited.result() == -signal.SIGKILL

    asyncio.run(main())


def test_a_second_stop_waits_for_the_first(fifo: Fifo) -> None:
    async def main() -> None:
        program = await launch(TargetSpec(python(STUBBORN, fifo.path)), None)
        await fifo.wait()
        await asyncio.gather(*(program.stop(grace=0.01) for _ in range(3)))
        assert fifo.read() == b""
        await program.stop()

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
@pytest.mark.parametrize("turns", [1, 2, 3, 5])
def test_a_cancelled_launch_leaves_nothing(fifo: Fifo, turns: int) -> None:
    async def main() -> None:
        task = asyncio.create_task(launch(TargetSpec(python(STUBBORN, fifo.path)), None))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        assert task.cancelled()

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
def test_a_cancelled_stop_kills_at_once(fifo: Fifo) -> None:
    async def main() -> None:
        program = await launch(TargetSpec(python(STUBBORN, fifo.path)), None)
        assert await fifo.wait() == b"here"
        stopping = asyncio.create_task(program.stop(grace=1000))
        await asyncio.sleep(0)
        stopping.cancel()
        await asyncio.wait({stopping}, timeout=20)
        assert stopping.cancelled()
        assert await fifo.wait() == b""
        await asyncio.wait_for(program.stop(), 20)

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
def test_a_harness_that_is_interrupted_leaves_nothing(fifo: Fifo) -> None:
    async def main() -> None:
        program = await launch(TargetSpec(python(STUBBORN, fifo.path)), None)
        assert await fifo.wait() == b"here"
        try:
            raise KeyboardInterrupt
        finally:
            await program.stop(grace=0.01)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert fifo.read() == b""


HARNESS = """
import asyncio, sys
from harness.target import TargetSpec, launch
async def main():
    target = await launch(TargetSpec(tuple(sys.argv[2:])), None, isolation=sys.argv[1])
    print(target.isolation, flush=True)
    await asyncio.sleep(1000)
asyncio.run(main())
"""


@pytest.mark.parametrize("isolation", STRICT)
def test_when_the_harness_is_killed_nothing_is_left(fifo: Fifo, isolation: str) -> None:
    words = python(STUBBORN, fifo.path, "forks")
    harness = subprocess.Popen(
        [sys.executable, "-c", HARNESS, isolation, *words],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(target.__file__).parents[1])},
    )
    try:
        assert harness.stdout
        if harness.stdout.readline().decode().strip() != isolation:
            pytest.skip(f"{isolation} is not allowed here")
        assert fifo.read().startswith(b"here")
    finally:
        harness.kill()
        harness.communicate()
    assert fifo.read().replace(b"here", b"") == b""


@pytest.mark.parametrize("isolation", STRICT)
def test_a_program_that_kills_its_keeper_is_gone(fifo: Fifo, isolation: str) -> None:
    code = "import os; os.kill(os.getppid(), 9)\n" + STUBBORN

    async def main() -> None:
        async with running(*python(code, fifo.path, "forks"), isolation=isolation) as program:
            skip_unless(program, isolation)
            if isolation == "subreaper":
                assert await asyncio.wait_for(program.exited, 20) == -signal.SIGKILL
            else:  # process 1 of a namespace cannot be killed from inside it
                assert (await fifo.wait()).startswith(b"here")
        assert program.pids() == []
        assert program.left == 0

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
def test_fifty_launches_leave_no_descriptor_and_no_process(tmp_path: Path) -> None:
    async def main() -> int:
        for number in range(50):
            async with running("true", log=tmp_path / "log", isolation=ALL[number % 3]) as program:
                await asyncio.wait_for(program.exited, 20)
        return psutil.Process().num_fds()

    async def empty() -> int:
        return psutil.Process().num_fds()

    assert asyncio.run(main()) == asyncio.run(empty())


# What it printed


def test_printing_much_neither_blocks_nor_fills_the_memory(tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def main() -> bytes:
        code = "for number in range(10**6): print(number)\nprint('the end')"
        async with running(*python(code), log=log) as program:
            assert await asyncio.wait_for(program.exited, 60) == 0
        return program.output()

    kept = asyncio.run(main())
    whole = "".join(f"{number}\n" for number in range(10**6)).encode() + b"the end\n"
    left_out = f"\n[... {len(whole) - 2 * HALF} bytes left out ...]\n".encode()
    assert kept == whole[:HALF] + left_out + whole[-HALF:]
    assert log.read_bytes() == kept


def test_printing_without_end_is_bounded(fifo: Fifo) -> None:
    async def main() -> None:
        code = """
import os, sys
block = b"x" * 65536
for number in range(1 << 60):
    os.write(1, block)
    if number == 100:
        open(sys.argv[1], "wb", 0).write(b"6.5 MB")
"""
        async with running(*python(code, fifo.path)) as program:
            assert await fifo.wait() == b"6.5 MB"
            assert len(program.output()) < 2 * HALF + 100
        assert 2 * HALF <= len(program.output()) < 2 * HALF + 100

    asyncio.run(main())


@pytest.mark.parametrize("size", [0, 1, HALF - 1, HALF, HALF + 1, 2 * HALF, 2 * HALF + 1, 9 * HALF])
@pytest.mark.parametrize("piece", [1000, HALF, 10 * HALF])
def test_what_is_kept_is_the_beginning_and_the_end(tmp_path: Path, size: int, piece: int) -> None:
    whole = b"".join(number.to_bytes(4) for number in range(size // 4 + 1))[:size]
    output = Output(tmp_path / "log")
    for at in range(0, size, piece):
        output.add(whole[at : at + piece])
        assert len(output.value()) <= 2 * HALF + 100
    left_out = f"\n[... {size - 2 * HALF} bytes left out ...]\n".encode()
    kept = whole if size <= 2 * HALF else whole[:HALF] + left_out + whole[-HALF:]
    assert output.value() == kept
    output.close()
    output.close()
    assert (tmp_path / "log").read_bytes() == kept


def test_the_log_has_what_was_printed_while_the_program_runs(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "print('hi', flush=True); import signal; signal.pause()"

    async def main() -> None:
        async with running(*python(code), log=log):
            await until(lambda: log.read_bytes().startswith(b"hi\n"))

    asyncio.run(main())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_does_not_disturb() -> None:
    output = Output(Path("/dev/full"))
    output.add(b"kept")
    output.close()
    assert output.value() == b"kept"


# What it uses


def measured(act: Callable[[Target, Sample], Awaitable[None]], *words: str) -> None:
    """Run a program, and `act` with a first sample once it has printed a line."""

    async def main() -> None:
        async with running(*words) as program:
            await until_printed(program, b"\n")
            sample = program.sample()
            assert sample is not None
            await act(program, sample)

    asyncio.run(main())


def test_sockets_threads_and_memory_are_measured() -> None:
    async def act(program: Target, first: Sample) -> None:
        assert (first.open_sockets, first.close_wait, first.listeners) == (0, 0, 1)
        assert (first.processes, first.threads) == (1, 21)
        assert 2 << 20 < first.rss_bytes < 1 << 30
        clients = [socket.create_connection(("127.0.0.1", program.port), 20) for _ in range(3)]
        await until_printed(program, b"accepted", 3)
        second = sampled(program)
        assert (second.open_sockets, second.close_wait, second.listeners) == (3, 0, 1)
        clients.pop().close()
        await until(lambda: sampled(program).close_wait == 1)
        for client in clients:
            client.close()

    measured(act, *python(SERVER, 20))


def test_the_processor_time_of_what_has_ended_counts() -> None:
    burn = "import time\nwhile time.process_time() < 0.2: pass"
    code = f"""
import os, signal, subprocess, sys, threading, time
def burn():
    while time.thread_time() < 0.1: pass
thread = threading.Thread(target=burn); thread.start(); thread.join()
subprocess.run([sys.executable, "-c", {burn!r}])  # a child that is reaped by its parent
if not os.fork():  # an orphan that is reaped by the keeper
    if not os.fork():
        exec({burn!r})
    os._exit(0)
os.wait()
with open("/dev/null") as null: print("burnt", flush=True)
signal.pause()
"""

    async def act(program: Target, _: Sample) -> None:
        # 0.5, less four ticks of 10 ms: user and system time of what was reaped here and there are
        # each rounded down.
        await until(lambda: sampled(program).cpu_seconds > 0.46)
        await until(lambda: len(program.pids()) == 1)
        last = sampled(program)
        assert 0.46 < last.cpu_seconds < 20
        assert last.processes == 1

    measured(act, *python(code))


def test_an_idle_program_uses_nothing() -> None:
    async def act(program: Target, first: Sample) -> None:
        second = sampled(program)
        assert 0 <= second.cpu_seconds - first.cpu_seconds < 0.25
        assert second.run_delay_seconds >= first.run_delay_seconds

    measured(act, *python("print(flush=True); import signal; signal.pause()"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_waiting_for_a_processor_is_seen() -> None:
    # More threads than processors, all on one processor: each waits most of the time.
    code = """
import os, subprocess, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
spin = "print('x', flush=True)\\nwhile True: pass"
spinners = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(3)]
print("all", flush=True)
"""

    async def act(program: Target, first: Sample) -> None:
        before = first.run_delay_seconds
        await until(lambda: sampled(program).run_delay_seconds > before + 0.1)

    measured(act, *python(code))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_of_many_threads_a_part_speaks_for_all() -> None:
    async def act(program: Target, first: Sample) -> None:
        assert first.threads == 601
        second = program.sample(exact_memory=True)
        assert second
        assert second.run_delay_seconds >= first.run_delay_seconds
        assert abs(second.rss_bytes - first.rss_bytes) < first.rss_bytes

    measured(act, *python(SERVER, 600))


def test_its_processes_are_listed_wherever_they_hide(fifo: Fifo) -> None:
    async def main() -> None:
        async with running(*python(STUBBORN, fifo.path, "forks")) as program:
            seen = await fifo.wait()
            while len(seen) < len(b"herehere"):
                seen += await fifo.wait()
            await until(lambda: len(program.pids()) == 2)  # the child between them ends, too
            for pid in program.pids():
                assert psutil.Process(pid).cmdline()[-1] == "forks"

    asyncio.run(main())


def test_where_there_is_no_proc_psutil_tells() -> None:
    async def act(program: Target, first: Sample) -> None:
        processes = [psutil.Process(pid) for pid in program.pids()]
        with socket.create_connection(("127.0.0.1", program.port), 20):
            await until_printed(program, b"accepted")
            sample = resources.portable_sample(processes, program.port)
        assert sample
        assert (sample.threads, sample.processes) == (first.threads, 1)
        assert (sample.open_sockets, sample.close_wait, sample.listeners) == (1, 0, 1)
        assert sample.rss_bytes > 2 << 20
        await program.stop(grace=0)
        assert resources.portable_sample(processes, program.port) is None

    measured(act, *python(SERVER, 3))


# What was not started


def test_what_runs_already_is_neither_measured_nor_ended() -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            attached = await launch(TargetSpec(connect=("127.0.0.1", port)), None)
            assert (attached.host, attached.port) == ("127.0.0.1", port)
            assert (attached.started, attached.isolation, attached.command) == (False, "none", ())
            attached.signal(signal.SIGTERM)
            await attached.stop()
            assert attached.sample() is None
            assert attached.pids() == []
            assert attached.output() == b""
            assert not attached.exited.done()

    asyncio.run(main())


def test_words_are_filled_without_a_shell() -> None:
    words = command.split("a '{port}' {{x} {} {a,b} ${{y} }}")
    assert command.fill(words, port="1", host="h") == ("a", "1", "{x}", "{}", "{a,b}", "${y}", "}}")


# Stopped, and started again


@pytest.mark.parametrize("isolation", ALL)
def test_whether_all_of_it_is_stopped_is_known(isolation: str) -> None:
    async def main() -> None:
        words = python("import os, signal; os.fork(); signal.pause()")
        async with running(*words, isolation=isolation) as program:
            skip_unless(program, isolation)
            await until(lambda: len(program.pids()) == 2)
            assert not program.is_stopped()
            program.signal(signal.SIGSTOP)
            await until(program.is_stopped)
            one, _ = map(psutil.Process, program.pids())
            one.resume()
            await until(lambda: not program.is_stopped())
            program.signal(signal.SIGCONT)
            await until(
                lambda: all(
                    psutil.Process(pid).status() != psutil.STATUS_STOPPED for pid in program.pids()
                )
            )

    asyncio.run(main())


def test_what_the_harness_did_not_start_is_never_stopped() -> None:
    async def main() -> None:
        attached = await launch(TargetSpec(connect=("127.0.0.1", 9)), None)
        assert not attached.is_stopped()

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
@pytest.mark.parametrize("isolation", ALL)
def test_it_starts_again_on_its_port_and_its_words_go_on(isolation: str, tmp_path: Path) -> None:
    code = "import os, signal; print(os.environ['PORT'], flush=True); signal.pause()"

    async def main() -> None:
        log = tmp_path / "log"
        async with running(*python(code), log=log, isolation=isolation) as program:
            skip_unless(program, isolation)
            ends: list[int] = []
            program.on_exit(ends.append)
            line = f"{program.port}\n".encode()
            await until_printed(program, line)
            before, first = program.pids(), program.exited
            program.signal(signal.SIGTERM)
            assert await asyncio.wait_for(first, 20) == -signal.SIGTERM
            await program.relaunch()
            assert program.isolation == isolation
            assert program.exited is not first
            assert not set(program.pids()) & set(before)
            await until_printed(program, line, times=2)
            assert sampled(program).threads >= 1
            # One that still runs is ended first.
            await program.relaunch()
            await until_printed(program, line, times=3)
            program.signal(signal.SIGTERM)
            await asyncio.wait_for(program.exited, 20)
            assert ends == [-signal.SIGTERM, -signal.SIGKILL, -signal.SIGTERM]
        assert program.pids() == []
        assert log.read_bytes() == line * 3
        assert program.left == 0

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
def test_what_cannot_be_started_again_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)

    async def main() -> None:
        async with running(str(program)) as started:
            program.unlink()
            with pytest.raises(UsageError, match="command not found"):
                await started.relaunch()
            assert started.exited.done()
        assert started.pids() == []

    asyncio.run(main())


@pytest.mark.usefixtures("none_left")
@pytest.mark.parametrize("turns", [1, 3, 10, 30, 60])
def test_a_new_beginning_that_is_cancelled_leaves_nothing(fifo: Fifo, turns: int) -> None:
    async def main() -> None:
        async with running(*python(STUBBORN, fifo.path)) as program:
            assert (await fifo.wait()).startswith(b"here")
            again = asyncio.create_task(program.relaunch())
            for _ in range(turns):
                await asyncio.sleep(0)
            again.cancel()
            await asyncio.wait([again])
        while await fifo.wait():
            pass
        assert program.pids() == []

    asyncio.run(main())


def test_a_program_has_started_only_when_the_keepers_own_processes_are_known() -> None:
    """Two processes report through one pipe; on a busy machine either may be the first."""

    async def main() -> None:
        link = KeeperLink(Output(None))
        for line in (b"isolation subreaper\n", b"started\n"):
            link.pipe_data_received(1, line)
        assert not link.has_started
        link.pipe_data_received(1, b"inner 17\n")
        assert link.has_started

    asyncio.run(main())
