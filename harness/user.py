"""User: one simulated person's connection, on asyncio. The only file with chat sockets.

It does what it is told and records what happens: a time before each write, a time after each read.
It knows nothing of stories, beacons and verdicts.
"""

import asyncio
import contextlib
from collections.abc import Callable

from harness import events
from harness.attendance import MOST_ANSWER, MOST_AT_THE_DOOR, Attendance, is_asked_again
from harness.dialect import NOWHERE
from harness.events import Ending, Kind, Role
from harness.recorder import Recorder
from harness.sockets import connected_socket, reset_on_close, unread_bytes
from harness.speech import Message
from harness.waiting import Waiting


class ConnectedToItselfError(OSError):
    """The kernel connected a socket to itself, as it may do where nobody listens."""


class User(asyncio.Protocol):
    """The connection `conn` of `person`."""

    def __init__(self, recorder: Recorder, conn: int, person: str, nick: str, role: Role) -> None:
        self.recorder = recorder
        self.conn = conn
        self.person = person
        self.nick = nick
        self.role = role
        self.said = 0
        self.bytes_read = 0
        self.bytes_written = 0
        # What is sent for the nickname where that is not the nickname itself.
        self.typed: str | None = None
        # How many bytes may wait unread on this side; 0: as the system has it.
        self.buffer = 0
        self.on_read: Callable[[], None] | None = None
        self._read_at = 0.0
        # Whose words are cut says one thing at a time; until it is whole it is not accepted.
        self.turn = asyncio.Lock()
        self.cutting = False
        self._closed = asyncio.Event()
        self._half_closed = False
        self._answer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._watch = Waiting()
        self._dialect = recorder.transcript.dialect

    # -- what is known of it -------------------------------------------------------------------

    @property
    def attendance(self) -> Attendance:
        """What the transcript knows of this connection."""
        return self.recorder.transcript.people[self.conn]

    @property
    def connected(self) -> bool:
        """Whether it was ever connected."""
        return self._transport is not None

    @property
    def present(self) -> bool:
        """Whether it has a name and is still connected."""
        return self.attendance.present

    @property
    def prompted(self) -> bool:
        """Whether the dialect's prompt has come; where the client speaks first, whether it may."""
        connected = self.attendance.connected is not None
        return connected and self._dialect.has_prompted(bytes(self.attendance.doorstep))

    @property
    def wrongly_prompted(self) -> bool:
        """Whether something else than the dialect's prompt has come."""
        return self._dialect.has_wrongly_prompted(bytes(self.attendance.doorstep))

    @property
    def unsent(self) -> int:
        """How many bytes the kernel has not taken yet."""
        return self._transport.get_write_buffer_size() if self._transport else 0

    @property
    def unread(self) -> int:
        """How many bytes the kernel keeps for it that have not been read."""
        if self._transport is None or self._closing:
            return 0
        return unread_bytes(self._transport.get_extra_info("socket"))

    @property
    def addresses(self) -> tuple[tuple[str, int], tuple[str, int]] | None:
        """Its own address and the server's; None where it is not connected."""
        if self._transport is None:
            return None
        own = self._transport.get_extra_info("sockname")
        server = self._transport.get_extra_info("peername")
        return (own[:2], server[:2]) if own and server else None

    @property
    def asked_again(self) -> bool:
        """Whether all that came since the nickname is the prompt once more."""
        return is_asked_again(self._dialect, bytes(self._answer))

    def has_heard(self, message: Message) -> bool:
        """Tell whether `message` has come here whole."""
        listener = self.recorder.transcript.listeners.get(self.conn)
        if listener is None:
            return False
        if listener.has_heard(message):
            return True
        listener.count()
        return message.number in listener.numbers[message.conn]

    def is_owed(self, message: Message) -> bool:
        """Tell whether `message` was said when it was surely in: what came before may be missed."""
        joined = self.attendance.joined
        return joined is not None and message.at > joined

    # -- doing ---------------------------------------------------------------------------------

    async def connect(self, host: str, port: int, buffer: int = 0) -> None:
        """Open the connection; raises `OSError`. `buffer` are the bytes that may wait unread."""
        add, now = self.recorder.add, self.recorder.now
        add(events.Connect(now(), self.conn, self.person, self.nick, self.role))
        try:
            await self._open(host, port, buffer)
            addresses = self.addresses
            if addresses and addresses[0] == addresses[1]:
                self.hang_up(Ending.RESET)
                raise ConnectedToItselfError("connected to itself: nobody listens there")
        except OSError as error:
            add(events.ConnectFailed(now(), self.conn, str(error)))
            raise

    async def _open(self, host: str, port: int, buffer: int) -> None:
        loop = asyncio.get_running_loop()
        if not buffer:
            await loop.create_connection(lambda: self, host, port)
            return
        sock = await connected_socket(host, port, buffer)
        await loop.create_connection(lambda: self, sock=sock)

    def give_name(self) -> None:
        """Send the nickname: from here on it is joining."""
        self.write(self.note_name())

    def note_name(self) -> bytes:
        """Take down that the nickname is about to be sent; return what is to be written.

        Where nobody has one, nothing is written, and that was when the connection was made.
        """
        if self._dialect.nickname is None and self.attendance.joining is not None:
            return b""
        data = self._dialect.nickname_bytes(self.nick if self.typed is None else self.typed)
        self._answer.clear()
        self.recorder.add(events.Named(self.recorder.now(), self.conn, data))
        if self._transport and not self._closing:
            self._transport.resume_reading()
        return data

    def say(
        self, data: bytes, token: bytes, kind: Kind, step: int = -1, due: int | None = None
    ) -> Message:
        """Send one message; `data` is what goes on the wire, `due` when it was planned for."""
        message = self.note_said(data, token, kind, step, due)
        self.write(data)
        self.accept()
        return message

    def note_said(
        self, data: bytes, token: bytes, kind: Kind, step: int = -1, due: int | None = None
    ) -> Message:
        """Take down a message that is about to be written."""
        at = self.recorder.now()
        when = at if due is None else due
        self.recorder.add(events.Said(at, self.conn, self.said, data, token, kind, when, step))
        self.said += 1
        return self.recorder.transcript.voices.speeches[self.conn].messages[-1]

    def note_sent(self, data: bytes) -> None:
        """Take down bytes that are about to be written and are no whole message."""
        self._answer.clear()
        self.recorder.add(events.Sent(self.recorder.now(), self.conn, data))

    def freeze(self) -> None:
        """Stop reading."""
        self.recorder.add(events.Froze(self.recorder.now(), self.conn))
        if self._transport and not self._closing:
            self._transport.pause_reading()

    def thaw(self) -> None:
        """Read again."""
        self.recorder.add(events.Thawed(self.recorder.now(), self.conn))
        if self._transport and not self._closing:
            self._transport.resume_reading()

    def quit(self, word: bytes) -> None:
        """Say the word that ends the connection, as an act of leaving, and go on reading."""
        self._leave(Ending.LEAVE)
        self.recorder.add(events.Sent(self.recorder.now(), self.conn, word))
        self.write(word)

    def half_close(self, how: Ending) -> None:
        """Tell the server that nothing more will come, and go on reading."""
        self._leave(how)
        if self._transport and self._transport.can_write_eof() and not self._closing:
            # A reset that came, and is not read yet, leaves nothing to close.
            with contextlib.suppress(OSError):
                self._transport.write_eof()
            self._half_closed = True

    def hang_up(self, how: Ending) -> None:
        """Close the connection: with a reset for anything but `CLOSE` and after a half-close."""
        self._leave(how)
        if self._transport is None or self._closing:
            return
        if how in (Ending.CLOSE, Ending.LEAVE, Ending.HALF_CLOSE):
            self._transport.close()
            return
        self.abort()

    def leave_to_server(self) -> None:
        """Take down that the server is about to end it; the socket stays until it has."""
        self._leave(Ending.SERVER)

    def abort(self) -> None:
        """Reset the connection in any state; nothing is recorded."""
        if self._transport is None or self._closed.is_set():
            return
        # The socket outlives a close that still has bytes to write, and takes the option even then.
        reset_on_close(self._transport.get_extra_info("socket"))
        self._transport.abort()

    @property
    def open(self) -> bool:
        """Whether neither side has closed it."""
        return not self._closing and self.attendance.gone is None

    @property
    def _closing(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def _leave(self, how: Ending) -> None:
        if self.attendance.leaving is None:
            self.recorder.add(events.Left(self.recorder.now(), self.conn, how))

    def write(self, data: bytes) -> bool:
        """Send bytes; tell whether the connection is still open in this direction."""
        if self._transport is None or self._closing or self._half_closed:
            return False
        self._transport.write(data)
        self.bytes_written += len(data)
        return True

    def accept(self) -> None:
        """Take down, where it is so, that the kernel has taken all that was said."""
        if self.said and not (self.unsent or self.cutting or self._closing or self._half_closed):
            self.recorder.add(events.Accepted(self.recorder.now(), self.conn, self.said - 1))

    def is_gone(self) -> bool:
        """Tell whether the server has ended the connection."""
        return self.attendance.gone is not None

    # -- waiting -------------------------------------------------------------------------------

    async def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until `done`, looked at whenever something happens here; tell whether it came."""
        return await self._watch.until(done, seconds)

    async def until_silent(self, done: Callable[[], bool], seconds: float, longest: float) -> bool:
        """Wait until `done` while something is read at least every so many seconds.

        A slow server that goes on is no silent one; `longest` is all the time that it has.
        """
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while True:
            end = min(max(self._read_at, begin) + seconds, begin + longest)
            if await self._watch.until(done, end - loop.time()):
                return True
            if end >= min(max(self._read_at, begin) + seconds, begin + longest):
                return False

    async def until_closed(self) -> None:
        """Wait until its socket is closed; it must have been told to."""
        if self.connected:
            await self._closed.wait()

    def _notice(self) -> None:
        if self.on_read:
            self.on_read()
        self._watch.wake()

    # -- what asyncio tells --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the open connection."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=0)
        host, port = (transport.get_extra_info("sockname") or NOWHERE)[:2]
        self.recorder.add(events.Connected(self.recorder.now(), self.conn, host, port))
        if self._dialect.nickname is None:
            self.note_name()
        self._watch.wake()

    def data_received(self, data: bytes) -> None:
        """Record what was read."""
        self.recorder.add(events.Read(self.recorder.now(), self.conn, data))
        self.bytes_read += len(data)
        self._read_at = asyncio.get_running_loop().time()
        if len(self._answer) < MOST_ANSWER:
            self._answer += data[:MOST_ANSWER]
        if self._has_had_enough():
            assert self._transport is not None
            self._transport.pause_reading()
        self._notice()

    def _has_had_enough(self) -> bool:
        listener = self.recorder.transcript.listeners.get(self.conn)
        if listener is None:
            return self.bytes_read > MOST_AT_THE_DOOR
        return listener.deaf

    def eof_received(self) -> bool:
        """Record the end of the stream; keep the socket, so that teardown can reset it."""
        self.recorder.add(events.Eof(self.recorder.now(), self.conn))
        self._notice()
        return True

    def resume_writing(self) -> None:
        """Record that the kernel has taken everything."""
        self.accept()
        self._watch.wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Record how the connection ended."""
        self._closed.set()
        now = self.recorder.now()
        if exc is not None and self.attendance.gone is None:
            self.recorder.add(events.Broken(now, self.conn, str(exc)))
        self.recorder.add(events.Closed(self.recorder.now(), self.conn))
        self._notice()
