"""`harness.user`: one connection does what it is told, and what happens on it is recorded."""

import asyncio
import contextlib
import socket
import struct
from asyncio import StreamReader as Reader
from asyncio import StreamWriter as Writer
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from harness import events
from harness.attendance import MOST_AT_THE_DOOR
from harness.dialect_files import load_dialect
from harness.events import Ending, Event, Kind, Role
from harness.recorder import Recorder
from harness.tokens import mint
from harness.user import User

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serve = Callable[[Handler], AbstractAsyncContextManager[int]]
WAIT = 20.0
TOKEN = mint(0, 0)


def new_user(nick: str = "alice") -> User:
    return User(Recorder(load_dialect("raw"), None), 0, "alice", nick, Role.PERSON)


def kinds(user: User) -> list[str]:
    return [event.TAG for event in user.recorder.history]


def recorded(user: User, kind: type[Event]) -> list[Event]:
    return [event for event in user.recorder.history if isinstance(event, kind)]


@contextlib.asynccontextmanager
async def connected(port: int, user: User) -> AsyncIterator[User]:
    """Connect, and in the end wait until the socket is closed."""
    async with asyncio.timeout(WAIT):
        await user.connect("127.0.0.1", port)
        try:
            yield user
        finally:
            user.abort()
            await user.until_closed()


async def prompted(user: User) -> None:
    assert await user.until(lambda: user.prompted, WAIT)


async def gone(user: User) -> None:
    assert await user.until(user.is_gone, WAIT)


def test_a_life_is_recorded_in_its_order(serve: Serve) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        writer.write(b"nickname")
        assert await reader.read(100) == b"Alice"
        writer.write(b"bob: hi")
        data = await reader.readuntil(TOKEN)
        writer.write(data.upper())
        await reader.read()

    async def main() -> list[str]:
        user = new_user("Alice")
        async with serve(handle) as port, connected(port, user):
            await prompted(user)
            user.give_name()
            assert await user.until(lambda: user.bytes_read > 8, WAIT)
            message = user.say(b"hello " + TOKEN, TOKEN, Kind.STORY, step=3, due=5)
            assert (message.data, message.step, message.due) == (b"hello " + TOKEN, 3, 5)
            assert await user.until(lambda: user.bytes_read > 15, WAIT)
            user.half_close(Ending.LEAVE)
            await gone(user)
            user.hang_up(Ending.LEAVE)
            await user.until_closed()
        times = [event.at for event in user.recorder.history]
        assert times == sorted(times)
        assert user.attendance.in_good_order
        return kinds(user)

    assert asyncio.run(main()) == [
        *("connect", "connected", "read", "named", "read", "said", "accepted", "read"),
        *("left", "eof", "closed"),
    ]


def test_the_prompt_is_told_from_anything_else_as_soon_as_it_can_be(serve: Serve) -> None:
    async def main(sent: list[bytes]) -> list[tuple[bool, bool]]:
        seen = []
        may_go_on = asyncio.Event()

        async def handle(reader: Reader, writer: Writer) -> None:
            for data in sent:
                writer.write(data)
                await may_go_on.wait()
                may_go_on.clear()
            await reader.read()

        async with serve(handle) as port, connected(port, new_user()) as user:
            wanted = 0
            for data in sent:
                wanted += len(data)
                assert await user.until(lambda: user.bytes_read == wanted, WAIT)  # noqa: B023
                seen.append((user.prompted, user.wrongly_prompted))
                may_go_on.set()
        return seen

    assert asyncio.run(main([b"n", b"ickna", b"me"])) == [(False, False)] * 2 + [(True, False)]
    assert asyncio.run(main([b"nick", b"N"])) == [(False, False), (False, True)]
    assert asyncio.run(main([b"nicknamebob: hi"])) == [(True, False)]


def test_who_refuses_is_recorded(deaf_port: int) -> None:
    async def main() -> None:
        user = new_user()
        with pytest.raises(ConnectionRefusedError):
            await user.connect("127.0.0.1", deaf_port)
        assert kinds(user) == ["connect", "connect-failed"]
        assert not user.connected
        assert user.addresses is None
        user.abort()
        await user.until_closed()

    asyncio.run(main())


def test_bytes_are_accepted_when_the_kernel_has_taken_all_of_them(serve: Serve) -> None:
    async def main() -> None:
        may_read = asyncio.Event()
        big = b"x" * 20_000_000

        async def handle(reader: Reader, _writer: Writer) -> None:
            await may_read.wait()
            while await reader.read(1 << 20):
                pass

        async with serve(handle) as port, connected(port, new_user()) as user:
            user.give_name()
            user.say(b"small", b"", Kind.STORY)
            assert user.attendance.accepted == 0
            user.say(big, b"", Kind.STORY)
            assert user.unsent > 0
            assert user.attendance.accepted == 0
            may_read.set()
            assert await user.until(lambda: not user.unsent, WAIT)
            assert user.attendance.accepted == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("how", "server_reads"),
    [
        (Ending.CLOSE, b""),
        (Ending.LEAVE, b""),
        (Ending.RESET, None),
        (Ending.GIVEN_UP, None),
    ],
)
def test_a_close_is_read_as_an_end_and_a_reset_as_an_error(
    serve: Serve, how: Ending, server_reads: bytes | None
) -> None:
    async def main() -> bytes | None:
        result: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()

        async def handle(reader: Reader, writer: Writer) -> None:
            writer.write(b"nickname")
            try:
                result.set_result(await reader.read(100))
            except ConnectionResetError:
                result.set_result(None)

        async with serve(handle) as port, connected(port, new_user()) as user:
            await prompted(user)
            user.hang_up(how)
            user.hang_up(Ending.CLOSE)  # it has gone
            read = await asyncio.wait_for(result, WAIT)
            await user.until_closed()
            assert [event for event in kinds(user) if event in ("left", "closed")] == [
                "left",
                "closed",
            ]
            assert user.attendance.how is how
            assert not user.attendance.thrown_out
        return read

    assert asyncio.run(main()) == server_reads


def test_a_half_close_finds_a_reset_that_is_not_read_yet() -> None:
    async def main() -> None:
        user = new_user()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            async with connected(listener.getsockname()[1], user):
                peer, _ = listener.accept()
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.close()
                user.half_close(Ending.HALF_CLOSE)
                await gone(user)
        assert user.attendance.how is Ending.HALF_CLOSE
        assert user.attendance.error

    asyncio.run(main())


def test_a_half_close_still_hears(serve: Serve) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        assert await reader.read() == b""
        writer.write(b"nickname, still")

    async def main() -> None:
        async with serve(handle) as port, connected(port, new_user()) as user:
            user.half_close(Ending.HALF_CLOSE)
            await gone(user)
            assert user.attendance.doorstep == b"nickname, still"
            assert (user.attendance.how, user.attendance.eof) == (Ending.HALF_CLOSE, True)

    asyncio.run(main())


def test_who_is_thrown_out_is_told_at_once(serve: Serve) -> None:
    async def handle(reader: Reader, _writer: Writer) -> None:
        await reader.read(100)

    async def main() -> User:
        async with serve(handle) as port, connected(port, new_user()) as user:
            heard = []
            user.on_read = lambda: heard.append(user.is_gone())
            user.give_name()
            await gone(user)
            assert user.attendance.thrown_out
            assert not user.present
            assert heard[-1]
        return user

    asyncio.run(main())


def test_a_reset_by_the_server_is_an_error_in_words(serve: Serve) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        sock = writer.get_extra_info("socket")
        await reader.read(100)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    async def main() -> None:
        async with serve(handle) as port, connected(port, new_user()) as user:
            user.give_name()
            await gone(user)
            await user.until_closed()
            assert "reset" in user.attendance.error
            assert user.attendance.thrown_out
            # Doing anything now is no error.
            user.say(b"x", b"", Kind.STORY)
            user.half_close(Ending.LEAVE)
            user.hang_up(Ending.RESET)
            assert not recorded(user, events.Accepted)

    asyncio.run(main())


def test_who_has_given_no_name_keeps_little_of_what_it_is_sent(serve: Serve) -> None:
    sent = 50 * MOST_AT_THE_DOOR

    async def handle(reader: Reader, writer: Writer) -> None:
        writer.write(b"n" * sent)
        await writer.drain()
        writer.write_eof()
        await reader.read()

    async def main() -> None:
        async with serve(handle) as port, connected(port, new_user()) as user:
            assert await user.until(lambda: user.bytes_read > MOST_AT_THE_DOOR, WAIT)
            # Nothing is read while others come and go.
            for _ in range(3):
                async with connected(port, new_user()):
                    pass
            before = user.bytes_read
            assert before < sent / 2
            # Whoever has a name hears on, until it has heard enough of what nobody said.
            user.give_name()
            assert await user.until(lambda: user.bytes_read > before, WAIT)
            listener = user.recorder.transcript.listeners[user.conn]
            assert await user.until(lambda: listener.deaf, WAIT)
            for _ in range(3):
                async with connected(port, new_user()):
                    pass
            assert user.bytes_read < sent

    asyncio.run(main())


def test_waiting_ends_with_the_deadline(serve: Serve) -> None:
    async def handle(reader: Reader, _writer: Writer) -> None:
        await reader.read()

    async def main() -> None:
        async with serve(handle) as port, connected(port, new_user()) as user:
            assert not await user.until(lambda: False, 0.01)
            assert not await user.until(lambda: False, -1)
            assert await user.until(lambda: True, 0)

    asyncio.run(main())


def test_several_may_wait_for_one(serve: Serve) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(b"nickname")
        await reader.read()

    async def main() -> list[bool]:
        async with serve(handle) as port, connected(port, new_user()) as user:
            read = [
                asyncio.create_task(user.until(lambda: user.bytes_read == 8, WAIT)) for _ in "ab"
            ]
            assert not await user.until(lambda: False, 0.01)
            user.give_name()
            return await asyncio.gather(*read)

    assert asyncio.run(main()) == [True, True]


def test_a_message_is_heard_when_all_of_it_has_come(serve: Serve) -> None:
    async def main() -> None:
        may_go_on = asyncio.Event()
        bob = mint(1, 0)

        async def handle(reader: Reader, writer: Writer) -> None:
            await reader.read(100)
            writer.write(b"bob: " + bob[:6])
            await may_go_on.wait()
            writer.write(bob[6:])
            await reader.read()

        async with serve(handle) as port, connected(port, new_user()) as user:
            recorder = user.recorder
            recorder.add(events.Connect(recorder.now(), 1, "bob", "bob", Role.PERSON))
            recorder.add(events.Named(recorder.now(), 1, b"bob"))
            recorder.add(events.Said(recorder.now(), 1, 0, bob, bob, Kind.STORY, 0, 0))
            message = recorder.transcript.voices.speeches[1].messages[0]
            assert not user.has_heard(message)
            user.give_name()
            assert await user.until(lambda: user.bytes_read == 11, WAIT)
            assert not user.has_heard(message)
            may_go_on.set()
            assert await user.until(lambda: user.has_heard(message), WAIT)

    asyncio.run(main())


def test_addresses_are_those_of_both_ends(serve: Serve) -> None:
    async def handle(reader: Reader, _writer: Writer) -> None:
        await reader.read()

    async def main() -> None:
        async with serve(handle) as port, connected(port, new_user()) as user:
            assert user.addresses
            own, server = user.addresses
            assert server == ("127.0.0.1", port)
            assert own[1] != port

    asyncio.run(main())


# What goes out in parts


async def keeps_open(reader: Reader, _writer: Writer) -> None:
    while await reader.read(4096):
        pass


def test_what_is_taken_down_is_not_yet_written(serve: Serve) -> None:
    async def main() -> None:
        async with serve(keeps_open) as port, connected(port, new_user()) as user:
            assert user.note_name() == b"alice"
            assert user.attendance.joining is not None
            user.note_said(b"hello", b"", Kind.STORY)
            user.note_sent(b"and")
            assert (user.bytes_written, user.attendance.accepted) == (0, -1)
            user.cutting = True
            assert user.write(b"hel")
            user.accept()
            assert user.attendance.accepted == -1
            user.cutting = False
            assert user.write(b"lo")
            user.accept()
            assert (user.bytes_written, user.attendance.accepted) == (5, 0)
            assert kinds(user)[-4:] == ["named", "said", "sent", "accepted"]

    asyncio.run(main())


def test_the_kernel_taking_a_part_is_no_acceptance_while_more_is_to_come(serve: Serve) -> None:
    async def main() -> None:
        may_read = asyncio.Event()

        async def handle(reader: Reader, _writer: Writer) -> None:
            await may_read.wait()
            while await reader.read(1 << 20):
                pass

        async with serve(handle) as port, connected(port, new_user()) as user:
            user.give_name()
            user.note_said(b"x" * 20_000_001, b"", Kind.STORY)
            user.cutting = True
            assert user.write(b"x" * 20_000_000)
            assert user.unsent > 0
            may_read.set()
            assert await user.until(lambda: not user.unsent, WAIT)
            assert user.attendance.accepted == -1
            user.cutting = False
            assert user.write(b"x")
            user.accept()
            assert await user.until(lambda: user.attendance.accepted == 0, WAIT)

    asyncio.run(main())


def test_nothing_is_written_after_an_end(serve: Serve) -> None:
    async def main() -> None:
        async with serve(keeps_open) as port:
            for end in (Ending.HALF_CLOSE, Ending.CLOSE, Ending.RESET):
                async with connected(port, new_user()) as user:
                    user.give_name()
                    assert user.open
                    if end is Ending.HALF_CLOSE:
                        user.half_close(end)
                    else:
                        user.hang_up(end)
                    user.note_said(b"late", b"", Kind.STORY)
                    assert not user.write(b"late")
                    user.accept()
                    assert (user.bytes_written, user.attendance.accepted) == (5, -1)
        absent = new_user()
        assert not absent.write(b"x")
        assert not absent.open

    asyncio.run(main())


def test_another_text_may_stand_for_the_nickname(serve: Serve) -> None:
    async def main() -> None:
        names: list[bytes] = []

        async def handle(reader: Reader, writer: Writer) -> None:
            names.append(await reader.read(100))
            writer.write(b"nickname")

        for typed, sent in ((None, b"alice"), ("alice \t", b"alice \t"), ("", b"")):
            user = new_user()
            user.typed = typed
            async with serve(handle) as port, connected(port, user):
                if sent:
                    user.give_name()
                    assert await user.until(lambda: user.bytes_read == 8, WAIT)  # noqa: B023
                else:
                    assert user.note_name() == b""
        assert names[:2] == [b"alice", b"alice \t"]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("answer", "again"), [(b"nickname", True), (b"nick", False), (b"nicknamebob: hi", False)]
)
def test_the_prompt_once_more_is_told_from_anything_else(
    serve: Serve, answer: bytes, again: bool
) -> None:
    async def handle(reader: Reader, writer: Writer) -> None:
        writer.write(b"nickname")
        while await reader.read(100):
            writer.write(answer)

    async def main() -> None:
        async with serve(handle) as port, connected(port, new_user()) as user:
            await prompted(user)
            user.give_name()
            assert not user.asked_again
            assert await user.until(lambda: user.bytes_read == 8 + len(answer), WAIT)
            assert user.asked_again is again
            # With the next name it is another question.
            user.give_name()
            assert not user.asked_again

    asyncio.run(main())


# Reading less


def test_a_small_buffer_is_asked_for_before_connecting(serve: Serve) -> None:
    async def main() -> None:
        sizes = []
        async with serve(keeps_open) as port:
            for buffer in (0, 5000):
                user = new_user()
                await user.connect("127.0.0.1", port, buffer)
                assert user._transport  # noqa: SLF001
                sock = user._transport.get_extra_info("socket")  # noqa: SLF001
                sizes.append(sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
                user.abort()
                await user.until_closed()
                assert kinds(user) == ["connect", "connected", "closed"]
        assert sizes[1] <= 10_000 < sizes[0]

    asyncio.run(main())


@pytest.mark.parametrize("listens", [True, False])
def test_with_a_small_buffer_every_address_of_a_host_is_tried(
    serve: Serve, deaf_port: int, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    async def main() -> None:
        async def addresses(*_: object, **__: object) -> list[object]:
            ports = (deaf_port, port) if listens else (deaf_port, deaf_port)
            kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            return [(*kind, ("127.0.0.1", one)) for one in ports]

        async with serve(keeps_open) as port:
            user = new_user()
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", addresses)
            if not listens:
                with pytest.raises(ConnectionRefusedError):
                    await user.connect("somewhere", port, 5000)
                assert kinds(user) == ["connect", "connect-failed"]
                return
            await user.connect("somewhere", port, 5000)
            assert user.addresses
            assert user.addresses[1] == ("127.0.0.1", port)
            user.abort()
            await user.until_closed()

    asyncio.run(main())


def test_who_freezes_reads_again_when_thawed(serve: Serve) -> None:
    async def main() -> None:
        async def handle(reader: Reader, writer: Writer) -> None:
            writer.write(b"nickname")
            await reader.read(100)
            writer.write(b"bob: hi")
            await reader.read()

        async with serve(handle) as port, connected(port, new_user()) as user:
            await prompted(user)
            user.freeze()
            assert user.attendance.frozen
            assert user._transport  # noqa: SLF001
            assert not user._transport.is_reading()  # noqa: SLF001
            user.write(b"alice")
            while user.unread < 7:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.001)
            assert user.bytes_read == 8
            user.thaw()
            assert await user.until(lambda: user.bytes_read == 15, WAIT)
            assert (user.attendance.frozen, user.unread) == (False, 0)
            user.hang_up(Ending.RESET)
            user.freeze()
            user.thaw()
            assert user.unread == 0

    asyncio.run(main())


def test_who_is_left_to_the_server_reads_to_the_end(serve: Serve) -> None:
    async def main() -> None:
        may_end = asyncio.Event()

        async def handle(_reader: Reader, writer: Writer) -> None:
            writer.write(b"nickname")
            await may_end.wait()
            writer.write(b"bye")

        async with serve(handle) as port, connected(port, new_user()) as user:
            await prompted(user)
            user.give_name()
            user.leave_to_server()
            user.leave_to_server()
            assert user.attendance.how is Ending.SERVER
            assert (user.open, user.present) == (True, False)
            may_end.set()
            await gone(user)
            assert user.bytes_read == 11
            assert not user.attendance.thrown_out
            assert not user.open
            assert kinds(user).count("left") == 1

    asyncio.run(main())
