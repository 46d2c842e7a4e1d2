"""`harness.kernel`: what the kernel tells of real connections, and what is said without one."""

import select
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from harness import kernel
from harness.kernel import Address, PortCounts, SocketDiag, SocketState, TcpState, has_read

needs_linux = pytest.mark.skipif(not kernel.available(), reason="this kernel has no sock_diag")
NOWHERE = ("127.0.0.1", 9)


class Pair:
    """One connection, not yet accepted, with both its ends in the test."""

    def __init__(self, listener: socket.socket, host: str) -> None:
        self.listener = listener
        self.port: int = listener.getsockname()[1]
        self.client = socket.create_connection((host, self.port), timeout=10)
        self.server_address: Address = self.client.getpeername()[:2]
        self.client_address: Address = self.client.getsockname()[:2]

    def accept(self) -> socket.socket:
        server, _ = self.listener.accept()
        server.settimeout(10)
        return server

    def read(self, diag: SocketDiag, expected: int) -> bool | None:
        return has_read(diag, self.server_address, self.client_address, expected)

    def seen(self, diag: SocketDiag) -> SocketState | None:
        return diag.one(self.server_address, self.client_address)


@pytest.fixture(params=["IPv4", "IPv6", "IPv4 at a server of both"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    both = request.param == "IPv4 at a server of both"
    host = "::1" if request.param == "IPv6" else "127.0.0.1"
    family = socket.AF_INET if request.param == "IPv4" else socket.AF_INET6
    try:
        listener = socket.create_server(
            ("::" if both else host, 0), family=family, dualstack_ipv6=both
        )
    except (OSError, ValueError):
        pytest.skip("there is no IPv6 here")
    with listener:
        made = Pair(listener, host)
        with made.client:
            yield made


@pytest.fixture
def diag() -> Iterator[SocketDiag]:
    with SocketDiag() as made:
        yield made


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_linux_can_be_asked() -> None:
    assert kernel.available()


@needs_linux
def test_has_read_is_no_until_the_server_has_read_all(pair: Pair, diag: SocketDiag) -> None:
    pair.client.sendall(b"first")
    assert pair.read(diag, 5) is False, "not even accepted"
    with pair.accept() as server:
        assert pair.read(diag, 5) is False
        assert server.recv(3) == b"fir"
        assert pair.read(diag, 5) is False, "two bytes are still waiting"
        assert server.recv(10) == b"st"
        assert pair.read(diag, 5) is True
        assert pair.read(diag, 6) is False, "an empty queue: the sixth byte has not arrived"
        pair.client.sendall(b"!")
        assert server.recv(1) == b"!"
        assert pair.read(diag, 6) is True


@needs_linux
def test_a_peek_is_not_a_read(pair: Pair, diag: SocketDiag) -> None:
    pair.client.sendall(b"x")
    with pair.accept() as server:
        assert server.recv(1, socket.MSG_PEEK) == b"x"
        assert pair.read(diag, 1) is False


@needs_linux
def test_an_end_that_was_not_read_waits_in_the_queue(pair: Pair, diag: SocketDiag) -> None:
    with pair.accept() as server:
        pair.client.shutdown(socket.SHUT_WR)
        assert select.select([server], [], [], 10)[0]
        seen = pair.seen(diag)
        assert seen is not None
        assert (seen.state, seen.receive_queue) == (TcpState.CLOSE_WAIT, 1)
        assert server.recv(1) == b""
        assert pair.read(diag, 0) is True


@needs_linux
def test_a_closed_connection_is_not_known(pair: Pair, diag: SocketDiag) -> None:
    pair.client.sendall(b"unread")
    with pair.accept() as server:
        assert select.select([server], [], [], 10)[0]
    # Closed with unread input: a reset, after which the server's end is no more.
    assert pair.seen(diag) is None
    assert pair.read(diag, 0) is None


@needs_linux
def test_a_listener_is_not_taken_for_a_connection(pair: Pair, diag: SocketDiag) -> None:
    assert diag.one(pair.server_address, (pair.client_address[0], 9)) is None


@needs_linux
@pytest.mark.parametrize("local", [("localhost", 80), ("", 80), ("::1%lo", 80), ("nonsense:", 1)])
def test_a_host_that_is_no_number_is_not_known(diag: SocketDiag, local: Address) -> None:
    assert diag.one(local, NOWHERE) is None


@needs_linux
def test_a_port_lists_its_listener_and_its_own_ends(pair: Pair, diag: SocketDiag) -> None:
    with pair.accept():
        found = {each.state: each for each in diag.on_port(pair.port)}
    assert sorted(found) == [TcpState.ESTABLISHED, TcpState.LISTEN]
    accepted = found[TcpState.ESTABLISHED]
    assert accepted.inode
    assert accepted.local[0].endswith(pair.server_address[0])
    assert accepted.remote[0].endswith(pair.client_address[0])
    assert (accepted.local[1], accepted.remote[1]) == (pair.port, pair.client_address[1])


@needs_linux
def test_a_port_counts_what_is_held(pair: Pair, diag: SocketDiag) -> None:
    assert diag.count(pair.port) == PortCounts(open_sockets=0, close_wait=0, listeners=1)
    with pair.accept() as server:
        assert diag.count(pair.port) == PortCounts(open_sockets=1, close_wait=0, listeners=1)
        pair.client.close()
        assert select.select([server], [], [], 10)[0]
        assert diag.count(pair.port) == PortCounts(open_sockets=1, close_wait=1, listeners=1)


@needs_linux
def test_a_client_elsewhere_that_has_the_same_number_does_not_count(diag: SocketDiag) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, socket.socket() as client:
        client.bind(("127.0.0.2", 0))
        client.connect(other.getsockname())
        port = client.getsockname()[1]
        assert diag.count(port) == PortCounts(open_sockets=1, close_wait=0, listeners=0)
        with socket.create_server(("127.0.0.3", port)):
            assert diag.count(port) == PortCounts(open_sockets=0, close_wait=0, listeners=1)


@needs_linux
def test_many_sockets_take_more_than_one_answer(diag: SocketDiag) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        port = listener.getsockname()[1]
        clients = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(200)]
        servers = [listener.accept()[0] for _ in clients]
        try:
            assert diag.count(port) == PortCounts(open_sockets=200, close_wait=0, listeners=1)
            remotes = {each.remote[1] for each in diag.on_port(port)}
            assert remotes == {0} | {each.getsockname()[1] for each in clients}
        finally:
            for each in (*clients, *servers):
                each.close()


@needs_linux
def test_one_socket_answers_many_questions(pair: Pair, diag: SocketDiag) -> None:
    for _ in range(100):
        assert diag.one(NOWHERE, NOWHERE) is None
        assert pair.seen(diag) is not None
        assert diag.on_port(pair.port)


class Scripted(SocketDiag):
    """Answers what it is told, one answer after the other."""

    __slots__ = ("answers",)

    def __init__(self, *answers: SocketState | None) -> None:
        super().__init__()
        self.answers = list(answers)

    def one(self, local: Address, remote: Address) -> SocketState | None:
        return self.answers.pop(0)


def state(queue: int, received: int) -> SocketState:
    return SocketState(TcpState.ESTABLISHED, NOWHERE, NOWHERE, queue, 0, 1, received)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([state(0, 5), state(0, 5)], True),
        ([state(0, 5), state(2, 5)], False),  # counted, but the queue was looked at too early
        ([state(0, 5), None], None),
        ([state(0, 4)], False),
        ([state(1, 5)], False),
        ([state(0, -1)], None),
        ([None], None),
    ],
)
def test_a_yes_is_asked_for_twice(answers: list[SocketState | None], expected: bool | None) -> None:
    with closing(Scripted(*answers)) as diag:
        assert has_read(diag, NOWHERE, NOWHERE, 5) is expected
        assert diag.answers == []


def nothing_is_known(diag: SocketDiag) -> bool:
    return (
        diag.one(NOWHERE, NOWHERE) is None
        and diag.on_port(9) == []
        and diag.count(9) is None
        and has_read(diag, NOWHERE, NOWHERE, 0) is None
    )


def test_after_close_nothing_is_known() -> None:
    diag = SocketDiag()
    diag.close()
    diag.close()
    assert nothing_is_known(diag)


def test_without_such_a_kernel_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "_open", lambda: None)
    assert not kernel.available.__wrapped__()
    with SocketDiag() as diag:
        assert nothing_is_known(diag)


@pytest.mark.parametrize("forbidden", ["AF_NETLINK", "SOCK_RAW"])
def test_a_kernel_that_forbids_it_is_not_an_error(
    monkeypatch: pytest.MonkeyPatch, forbidden: str
) -> None:
    monkeypatch.setattr(socket, forbidden, 1000, raising=False)
    with SocketDiag() as diag:
        assert diag.one(NOWHERE, NOWHERE) is None
        assert diag.on_port(9) == []
    assert not kernel.available.__wrapped__()
