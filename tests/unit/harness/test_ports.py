"""`harness.ports`: free ports that nobody else gets, and words for those that are in use."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness import ports
from harness.errors import HarnessError, UsageError
from harness.ports import check_free, free_port

LOCAL = "127.0.0.1"
CLIENTS = Path("/proc/sys/net/ipv4/ip_local_port_range")

TAKE = """
import sys
from harness import ports
ports._client_ports = lambda: (0, 0)
ports._LOWEST, ports._HIGHEST, ports._FEWEST = int(sys.argv[1]), int(sys.argv[2]), 1
leases = [ports.free_port() for _ in range(int(sys.argv[3]))]
print(*(lease.port for lease in leases), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server((LOCAL, 0)) as made:
        yield made


def port_of(made: socket.socket) -> int:
    port: int = made.getsockname()[1]
    return port


def only(monkeypatch: pytest.MonkeyPatch, low: int, high: int) -> None:
    """Let only these ports be chosen."""
    monkeypatch.setattr(ports, "_client_ports", lambda: (0, 0))
    monkeypatch.setattr(ports, "_LOWEST", low)
    monkeypatch.setattr(ports, "_HIGHEST", high)
    monkeypatch.setattr(ports, "_FEWEST", 1)


def take(low: int, high: int, count: int) -> subprocess.Popen[str]:
    """Another process that takes ports and holds them until its stdin ends."""
    return subprocess.Popen(
        [sys.executable, "-c", TAKE, str(low), str(high), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(ports.__file__).parents[1])},
    )


@pytest.mark.skipif(not CLIENTS.exists(), reason="this system does not tell")
def test_a_free_port_is_none_that_clients_get() -> None:
    low, high = map(int, CLIENTS.read_text(encoding="ascii").split())
    with free_port() as lease:
        assert not low <= lease.port <= high
        assert lease.host == LOCAL


@pytest.mark.parametrize("said", [None, "1024 65535", "nonsense"])
def test_a_port_is_found_whatever_the_system_says_of_clients(
    said: str | None, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = temporary / "range"
    if said is not None:
        told.write_text(said, encoding="ascii")
    monkeypatch.setattr(ports, "_CLIENT_PORTS", told)
    with free_port() as lease:
        assert 10000 <= lease.port <= 65535


def test_a_server_can_listen_there_without_so_reuseaddr() -> None:
    with free_port() as lease, socket.socket() as server:
        server.bind(("", lease.port))
        server.listen()


def test_leases_of_one_process_differ() -> None:
    with ExitStack() as stack:
        taken = [stack.enter_context(free_port()).port for _ in range(50)]
        assert len(set(taken)) == 50


def test_leases_of_parallel_processes_differ() -> None:
    low = 21000
    takers = [take(low, low + 119, 20) for _ in range(4)]
    taken: list[str] = []
    for taker in takers:
        assert taker.stdout
        taken += taker.stdout.readline().split()
    for taker in takers:
        taker.communicate(timeout=10)
    assert len(taken) == 80
    assert len(set(taken)) == 80


def test_a_port_is_taken_until_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    with free_port() as first:
        only(monkeypatch, first.port, first.port)
        with pytest.raises(HarnessError, match="no free port was found"):
            free_port()
    with free_port() as second:
        assert second.port == first.port


def test_a_released_port_leaves_no_file(temporary: Path) -> None:
    lease = free_port()
    assert list(temporary.iterdir())
    lease.release()
    lease.release()
    assert not list(temporary.iterdir())


def test_a_late_second_release_does_not_free_the_next_owner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = free_port()
    first.release()
    only(monkeypatch, first.port, first.port)
    with free_port():
        first.release()
        with pytest.raises(HarnessError):
            free_port()


def test_the_lock_of_a_killed_process_is_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    with free_port() as free:
        port = free.port
    taker = take(port, port, 1)
    assert taker.stdout
    assert taker.stdout.readline() == f"{port}\n"
    only(monkeypatch, port, port)
    with pytest.raises(HarnessError):
        free_port()
    taker.kill()
    taker.communicate(timeout=10)
    with free_port() as lease:
        assert lease.port == port


def test_a_file_that_was_unlinked_before_it_was_locked_is_no_lock(temporary: Path) -> None:
    path = temporary / "lock"
    path.touch()
    is_ours = ports._is_ours  # noqa: SLF001 - from outside it is a race
    with path.open() as late:
        assert is_ours(late.fileno(), path)
        path.unlink()
        assert not is_ours(late.fileno(), path)
        path.touch()  # the next owner's
        assert not is_ours(late.fileno(), path)


def test_a_lock_file_that_is_a_link_is_left_alone(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with free_port() as lease:
        name = next(temporary.iterdir()).name
    (temporary / name).symlink_to(temporary / "elsewhere")
    only(monkeypatch, lease.port, lease.port)
    with pytest.raises(HarnessError, match="--port"):
        free_port()
    assert not (temporary / "elsewhere").exists()


def test_a_port_in_use_is_not_free(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, port_of(listener), port_of(listener))
    with pytest.raises(HarnessError, match="no free port was found"):
        free_port()


def test_a_port_with_lingering_connections_is_not_given_but_may_be_named(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = port_of(listener)
    with socket.create_connection((LOCAL, port), timeout=10) as client:
        server, _ = listener.accept()
        server.close()  # who closes first keeps the connection in TIME_WAIT
        assert client.recv(1) == b""
    listener.close()
    check_free(LOCAL, port)
    only(monkeypatch, port, port)
    with pytest.raises(HarnessError):
        free_port()


def test_a_host_of_another_machine_has_no_ports_here() -> None:
    for ask in (lambda: free_port("192.0.2.1"), lambda: check_free("192.0.2.1", 14901)):
        with pytest.raises(UsageError, match=r"cannot use 192\.0\.2\.1, port \d+: "):
            ask()


def test_a_port_in_use_is_told_without_connecting(listener: socket.socket) -> None:
    port = port_of(listener)
    with pytest.raises(UsageError, match=f"port {port} is in use on {LOCAL}: another program"):
        check_free(LOCAL, port)
    listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_what_is_no_port_is_told(port: int) -> None:
    with pytest.raises(UsageError, match="a port is a number from 1 to 65535"):
        check_free(LOCAL, port)


@pytest.mark.parametrize("number", [1, 13])
def test_a_forbidden_port_is_told(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(ports, "_bind", forbid)
    with pytest.raises(UsageError, match="port 80 may not be used by this user"):
        check_free(LOCAL, 80)
