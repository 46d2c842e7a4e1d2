"""Acting: a client's script, act by act: the harness is the server, and the person who types.

Judges nothing.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from harness.client_step import ClientVerb
from harness.client_values import ConnectionEnd, Key
from harness.clients import happenings as happened
from harness.clients.script import Act
from harness.clients.sending import align, owed
from harness.clients.showing import is_shown
from harness.clients.stage import CLOSED, ActFailedError, Stage
from harness.deadlines import CLIENT_ASKS, CLIENT_CLOSED
from harness.dialect import Asking

CONNECT = 10.0
HEARD = 5.0
SHOWN = 5.0
REFUSED = 10.0
# How long the person waits to be asked, and types all the same.
ASKED = 1.0
_SAMPLE_EVERY = 0.1
# Nobody looks and presses a key in less.
QUIET = 0.1
_MOST_LOOKS = 10


class Acting(Stage):
    """One run of one script, acted out."""

    # -- acts ----------------------------------------------------------------------------------

    async def story(self) -> bool:
        """Act everything out; whether every act was complete."""
        count = len(self.script.acts)
        for number, act in enumerate(self.script.acts):
            if not await self.act(number, act):
                return False
        if self.exit_status is None and self.server.current and self.server.current.open:
            for number, act in enumerate(self.script.closing, count):
                if not await self.act(number, act):
                    return False
        return True

    async def act(self, number: int, act: Act) -> bool:
        """Act one act out; whether it was complete."""
        if act.after:
            await asyncio.sleep(act.after)
        begin = self.now()
        self.begun.append(number)
        self.note(happened.Begun(begin, number))
        try:
            await self.acts[act.verb](self, act)
        except ActFailedError as failed:
            late = self.watch.late_since(begin) - failed.made_up if self.watch else 0.0
            self.note(happened.Failed(self.now(), number, failed.deadline, late))
            self.failed = True
            return False
        self.note(happened.Done(self.now(), number))
        return not self.stopped

    async def connects(self, act: Act) -> None:
        """Wait for the program to connect."""
        if self.script.asking is Asking.BEFORE and self.script.nick_wire:
            await self.give_name()
        await self.need(lambda: bool(self.server.connections), act, CONNECT)

    async def give_name(self) -> None:
        """Let the person type the nickname, once something asks for it."""
        await self.be_asked()
        self.type(self.script.nick, enter=True)

    async def be_asked(self) -> None:
        """Wait until something asks for the nickname, for a while."""
        if self.terminal:
            await self.patiently(lambda: self.printed > 0, CLIENT_ASKS * self.patience)
            await self.until(lambda: self.printed > self.prompted, ASKED * self.patience)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing was printed for a moment: a person looks before he types.

        Many programs change how the terminal reads between two lines, and what is typed in that
        moment may be lost.
        """
        if self.terminal:
            await self.quiet()

    async def quiet(self) -> None:
        """Wait until nothing was printed for a moment."""
        for _ in range(_MOST_LOOKS):
            if not await self.until(self.printed_more_than(self.printed), QUIET):
                return

    def printed_more_than(self, before: int) -> Callable[[], bool]:
        """Return what tells whether more was printed than there was `before`."""
        return lambda: self.printed > before

    async def gives_nick(self, act: Act) -> None:
        """Give the nickname, and greet."""
        if self.script.nick_wire:
            if self.script.asking is Asking.ASKED:
                await self.give_name()
            await self.need(self.all_heard, act, HEARD)
        if self.script.greeting:
            await self.send(self.script.greeting)

    def type(self, text: str, *, enter: bool) -> None:
        """Let the person type."""
        end = ("\r" if self.terminal else "\n") if enter else ""
        data = (text + end).encode()
        self.note(happened.Typed(self.now(), data))
        self.program.type(data)

    async def types(self, act: Act) -> None:
        """Let the person type a line, or a part of one."""
        if self.is_before_the_nickname():
            await self.be_asked()
        self.type(act.typed, enter=act.enter)

    async def presses(self, act: Act) -> None:
        """Press a key."""
        assert act.key is not None
        if self.is_before_the_nickname():
            await self.be_asked()
        elif act.key is not Key.ENTER:
            await self.settle()
        self.note(happened.Pressed(self.now(), act.key))
        if act.key is Key.ENTER:
            self.program.type(b"\r" if self.terminal else b"\n")
        elif act.key is Key.CTRL_C:
            self.program.interrupt()
        else:
            self.pressed_by_lines = self.program.by_lines
            self.program.end_input()

    def press_again(self) -> None:
        """Press Ctrl-D once more where the program changed how the terminal reads meanwhile.

        What was an end of the input before is none afterwards, and is lost.
        """
        by_lines = self.program.by_lines
        if self.terminal and self.pressed_by_lines not in (None, by_lines):
            self.pressed_by_lines = by_lines
            self.note(happened.Typed(self.now(), b"\x04"))
            self.program.end_input()

    def is_before_the_nickname(self) -> bool:
        """Tell whether the server has asked for the nickname, and the person has not given it."""
        if self.script.asking is not Asking.ASKED or not self.script.nick_wire:
            return False
        every = (*self.script.acts, *self.script.closing)
        begun = [every[number] for number in self.begun]
        given = any(act.verb is ClientVerb.GIVES_NICK for act in begun)
        return not given and any(act.prompts for act in begun)

    def received(self) -> bytes:
        """Return what the program sent so far."""
        return b"".join(bytes(one.received) for one in self.server.connections)

    def all_heard(self) -> bool:
        """Tell whether all that was typed has arrived."""
        return align(self.received(), owed(self.script, self.begun)).complete

    async def hears(self, act: Act) -> None:
        """Wait for what was typed, and echo it where the dialect does."""
        await self.need(self.all_heard, act, HEARD)
        if self.dialect.echo is not None and self.server.current and self.server.current.open:
            for text in self.to_echo():
                values = {"nick": self.script.nick, "message": text, "time": "12:34:56"}
                copy = self.dialect.encode(self.dialect.echo.render(values))
                await self.send(self.dialect.heard.ends.wrap(copy))

    def to_echo(self) -> list[str]:
        """List the lines that were typed since the server last heard all."""
        every = (*self.script.acts, *self.script.closing)
        lines: list[str] = []
        for number in self.begun[:-1]:
            if every[number].verb is ClientVerb.SERVER_HEARS:
                lines.clear()
            line = every[number].line
            if line is not None and line.text:
                lines.append(line.text)
        return lines

    async def sends(self, act: Act) -> None:
        """Send segments, or keep them for the next."""
        segments = list(act.segments)
        if self.held:
            segments[:1] = [self.held + b"".join(segments[:1])]
            self.held = b""
        if act.glued:
            self.held = b"".join(segments)
            return
        for segment in segments:
            self.prompted = self.printed if act.prompts else self.prompted
            await self.send(segment)

    async def send(self, data: bytes) -> None:
        """Send one segment; the program has read it afterwards."""
        connection = self.server.current
        if connection is None or not connection.open:
            await self.until(lambda: self.exit_status is not None, CLOSED)
            raise ActFailedError(0.0)
        await connection.send(data)

    async def drops(self, act: Act) -> None:
        """End the connection, as a server that goes."""
        if self.is_before_the_nickname():
            # What is asked after it would look as if the person was told of it.
            await self.be_asked()
        await self.sample()
        for connection in self.server.connections:
            connection.drop(reset=act.drop is ConnectionEnd.RESET)
        self.server.close_door()

    async def shows(self, act: Act) -> None:
        """Wait until it stands on the screen."""
        if self.terminal:  # what is printed into a pipe may wait there until the end
            await self.need(lambda: is_shown(act, self.screen), act, SHOWN)

    async def nothing(self, act: Act) -> None:
        """What is judged at the end."""

    async def ends(self, act: Act) -> None:
        """Wait for the program to end."""
        assert act.ends is not None
        await self.wait_for_end(act.ends.within * self.patience)

    async def refused(self, act: Act) -> None:
        """Wait for the program to find that nothing listens, and to end."""
        if self.script.asking is Asking.BEFORE and self.script.nick_wire:
            await self.give_name()
        await self.wait_for_end((act.within or REFUSED) * self.patience)

    async def wait_for_end(self, seconds: float) -> None:
        """Wait for the program's end, and look at what it uses meanwhile."""
        deadline = self.deadline(seconds)
        if not await deadline.until(self._sample_until_end):
            raise ActFailedError(seconds, deadline.made_up)
        await self.patiently(self.all_ended, CLIENT_CLOSED)

    def all_ended(self) -> bool:
        """Tell whether the program has ended all of its connections."""
        return all(one.ended for one in self.server.connections)

    async def _sample_until_end(self, seconds: float) -> bool:
        end = asyncio.get_running_loop().time() + seconds
        while self.exit_status is None:
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or self.stopped:
                return False
            await self.sample()
            await self.until(lambda: self.exit_status is not None, min(left, _SAMPLE_EVERY))
            self.press_again()
        return True

    async def sample(self) -> None:
        """Take down how much of a processor was used."""
        found = self.program.target.sample()
        if found is not None:
            self.note(happened.Used(self.now(), found.cpu_seconds, found.run_delay_seconds))

    acts: ClassVar[dict[ClientVerb, Callable[["Acting", Act], Coroutine[Any, Any, None]]]] = {
        ClientVerb.CONNECTS: connects,
        ClientVerb.GIVES_NICK: gives_nick,
        ClientVerb.TYPES: types,
        ClientVerb.KEYS: presses,
        ClientVerb.SERVER_HEARS: hears,
        ClientVerb.SERVER_HEARS_NOTHING: nothing,
        ClientVerb.SERVER_SENDS: sends,
        ClientVerb.SERVER_DROPS: drops,
        ClientVerb.SHOWS: shows,
        ClientVerb.SHOWS_NOT: nothing,
        ClientVerb.ENDS: ends,
        ClientVerb.REFUSED: refused,
    }
