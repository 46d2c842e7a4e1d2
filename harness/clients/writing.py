"""Writing: a client's scenario becomes a script: every byte, every token, drawn from one seed.

Who gives the nickname, and when, is said by the dialect and the command. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from harness.client_scenario import ClientScenario
from harness.client_step import ClientStep, ClientVerb
from harness.client_values import (
    NICK_FIELD,
    PROMPT_FIELD,
    Cuts,
    Key,
    Sent,
)
from harness.clients.script import SEQUENCES, Act, Line, Message, Script
from harness.clients.segments import cut, greeting
from harness.dialect import Asking, Dialect
from harness.fakes import Fakes
from harness.fitness import lacking
from harness.on import Cutting
from harness.payload import Hex
from harness.texts import Field, Literal, Text
from harness.tokens import mint

LOCALE = "en_US"
THE_PERSON, THE_OTHERS = 0, 1
MOST_TYPED = 1000
"""Bytes of a line at a terminal: the system takes 4095, and shows them on one screen."""
CLOSING = "bob"


@dataclass(slots=True)
class _Writer:
    scenario: ClientScenario
    dialect: Dialect
    seed: int
    fakes: Fakes
    random: Random
    nick: str = ""
    typed: int = 0
    said: int = 0
    unfinished: str = ""
    token: str = ""
    prompted: bool = False
    latest: dict[str, Message] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)

    # -- words -------------------------------------------------------------------------------

    def render(self, text: Text, end: bytes = b"") -> str:
        prompt = self.dialect.prompt.text.rstrip("\r\n\0") if self.dialect.prompt else "nickname"
        own = {PROMPT_FIELD: prompt, NICK_FIELD: self.nick}
        filled = tuple(
            Literal(own[part.name]) if isinstance(part, Field) and part.name in own else part
            for part in text
        )
        return self.fakes.render(filled, self.random, end)

    def mint(self, who: int) -> str:
        number = self.typed if who == THE_PERSON else self.said
        if who == THE_PERSON:
            self.typed += 1
        else:
            self.said += 1
        return mint(who, number).decode()

    def marked(self, text: str, token: str) -> str:
        if not text:
            return token
        return f"{text} {token}" if self.random.random() < 0.5 else f"{token} {text}"

    # -- the person --------------------------------------------------------------------------

    def types(self, step: ClientStep, index: int) -> Act:
        assert step.types is not None
        text = self.render(step.types)
        if not step.bare:
            self.token = self.mint(THE_PERSON)
            text = self.marked(text, self.token)
        self.unfinished += text
        return Act(
            ClientVerb.TYPES,
            index,
            typed=text,
            enter=step.enter,
            line=self.finished() if step.enter else None,
        )

    def finished(self, *, cut: bool = False) -> Line:
        text, token = self.unfinished, self.token
        self.unfinished = self.token = ""
        if len(text.encode()) > MOST_TYPED:
            self.reasons.append(f"a line of {len(text.encode()):,} bytes is typed")
        why = self.dialect.check_text(text, self.nick) if text else None
        if why:
            self.reasons.append(why)
            return Line(text, token, b"")
        return Line(text, token, self.dialect.said_bytes(text, self.nick), optional=cut or not text)

    def presses(self, step: ClientStep, index: int) -> Act:
        line = None
        if step.keys_ is Key.ENTER:
            line = self.finished()
        elif step.keys_ is Key.CTRL_D and self.unfinished:
            line = self.finished(cut=True)
        return Act(ClientVerb.KEYS, index, key=step.keys_, line=line)

    def left(self) -> Line | None:
        """Return the line that has no end yet, and leave it as it is."""
        text, token = self.unfinished, self.token
        line = self.finished(cut=True) if text else None
        self.unfinished, self.token = text, token
        return line

    # -- the server --------------------------------------------------------------------------

    def sends(self, items: tuple[Sent, ...], cuts: Cuts | None, index: int) -> Act:
        data, messages, before = b"", [], 0
        for item in items:
            if item.prompt:
                data += self.dialect.prompt_bytes
            elif item.say is not None:
                wire, message, at = self.relayed(item)
                before = before or len(data) + at
                data += wire
                messages.append(message)
            elif item.hex is not None:
                data += item.hex.data
            elif item.text is not None:
                end = self.dialect.heard.ends.terminator
                data += self.encoded(self.render(item.text, end))
        segments = cut(data, cuts, before, self.random)
        return self.act_of_send(items, segments, tuple(messages), cuts, index)

    def act_of_send(
        self,
        items: tuple[Sent, ...],
        segments: tuple[bytes, ...],
        messages: tuple[Message, ...],
        cuts: Cuts | None,
        index: int,
    ) -> Act:
        rough = any(not self.is_text(piece) for piece in segments)
        cut_inside = len(segments) > 1 and not (cuts and cuts.before_message)
        scattered = cut_inside and not self.dialect.heard.ends.marked
        messages = tuple(
            replace(one, rough=one.rough or rough, scattered=scattered) for one in messages
        )
        self.latest |= {one.sender: one for one in messages}
        prompts = any(item.prompt for item in items) and self.dialect.prompt is not None
        prompt = self.dialect.prompt_bytes.strip()
        again = self.prompted and any(piece.strip() == prompt for piece in segments)
        self.prompted = self.prompted or prompts
        glued = cuts is not None and cuts.segments.cutting is Cutting.GLUED
        return Act(
            ClientVerb.SERVER_SENDS,
            index,
            segments=segments,
            glued=glued,
            messages=messages,
            prompts=prompts,
            lookalike=bool(prompt) and (again or any(one.lookalike for one in messages)),
            troubled=prompts and (len(items) > 1 or len(segments) > 1 or glued),
        )

    def relayed(self, item: Sent) -> tuple[bytes, Message, int]:
        """Return a message on the wire, what it is, and where its own words begin."""
        sender = item.from_ or ""
        token = "" if item.bare else self.mint(THE_OTHERS)
        body = b""
        for piece in item.say or ():
            body += piece.data if isinstance(piece, Hex) else self.encoded(self.render(piece))
        if token:
            body = self.joined(body, token, item.controls is not None)
        rough = not self.is_text(body)
        text = body.decode(self.dialect.encoding, "replace")
        harmful = b""
        if item.controls is not None:
            start, end = SEQUENCES[item.controls]
            harmful = self.encoded(start + self.mint(THE_OTHERS) + end)
            body += b" " + harmful
        before, behind = self.around(sender)
        message = Message(
            sender=sender,
            text=token if rough else text,
            token=token,
            harmful=harmful,
            rough=rough,
            lookalike=self.dialect.prompt is not None and text == self.render((Field("prompt"),)),
        )
        wire = self.dialect.heard.ends.wrap(before + body + behind)
        header = wire.find(before + body) if body else 0
        return wire, message, max(header, 0) + len(before)

    def joined(self, body: bytes, token: str, controls: bool) -> bytes:
        if not body:
            return token.encode()
        if controls or self.random.random() < 0.5:
            return body + b" " + token.encode()
        return token.encode() + b" " + body

    def around(self, sender: str) -> tuple[bytes, bytes]:
        values = {
            "nick": sender,
            "message": "\0",
            "host": "127.0.0.1",
            "port": "50007",
            "time": "12:34:56",
            "any": "7",
        }
        before, _, behind = self.dialect.relay.render(values).partition("\0")
        return self.encoded(before), self.encoded(behind)

    def encoded(self, text: str) -> bytes:
        try:
            return self.dialect.encode(text)
        except UnicodeEncodeError as error:
            self.reasons.append(f"{text[error.start]!r} cannot be written in {self.dialect.name}")
            return b"?"

    def is_text(self, data: bytes) -> bool:
        """Tell whether bytes are whole characters."""
        try:
            data.decode(self.dialect.encoding)
        except UnicodeDecodeError:
            return False
        return True

    # -- the story ---------------------------------------------------------------------------

    def tell(self) -> Iterator[Act]:
        for index, step in enumerate(self.scenario.story):
            yield from self.acts(step, index)

    def acts(self, step: ClientStep, index: int) -> Iterator[Act]:
        match step.verb:
            case ClientVerb.JOINS:
                yield Act(ClientVerb.CONNECTS, index, step.after or 0.0, step.within)
                yield self.sends((Sent.model_validate({"prompt": True}),), step.segments, index)
                yield Act(ClientVerb.GIVES_NICK, index, within=step.within)
            case ClientVerb.TYPES:
                yield self.later(self.types(step, index), step)
            case ClientVerb.KEYS:
                yield self.later(self.presses(step, index), step)
            case ClientVerb.SERVER_SENDS:
                act = self.sends(step.server_sends or (), step.segments, index)
                yield self.later(act, step)
            case _:
                yield self.later(self.plain(step, index), step)

    def plain(self, step: ClientStep, index: int) -> Act:
        shows = step.shows
        heard = step.server_hears if isinstance(step.server_hears, str) else ""
        return Act(
            step.verb,
            index,
            drop=step.server_drops,
            message=self.latest.get(shows.from_) if shows and shows.from_ else None,
            text=(shows.text or "") if shows else step.shows_not or heard,
            ends=step.ends,
        )

    @staticmethod
    def later(act: Act, step: ClientStep) -> Act:
        return replace(act, after=step.after or 0.0, within=step.within)

    def closing(self) -> Iterator[Act]:
        """Yield what proves that nothing else came: a last line, and a last message."""
        verbs = {step.verb for step in self.scenario.story}
        if ClientVerb.SERVER_HEARS_NOTHING in verbs:
            yield self.types(ClientStep.model_validate({"types": ""}), -1)
            yield Act(ClientVerb.SERVER_HEARS, -1)
        if ClientVerb.SHOWS_NOT in verbs:
            said = Sent.model_validate({"from": CLOSING, "say": "goodbye"})
            yield self.sends((said,), None, -1)
            yield Act(ClientVerb.SHOWS, -1, message=self.latest[CLOSING])


def _writer(scenario: ClientScenario, dialect: Dialect, seed: int) -> _Writer:
    fakes, random = Fakes(LOCALE), Random(f"{seed}/client")
    writer = _Writer(scenario, dialect, seed, fakes, random)
    writer.nick = scenario.nick or fakes.name(random, {CLOSING})
    return writer


def write_script(
    scenario: ClientScenario, dialect: Dialect, seed: int, *, nick_in_command: bool = False
) -> Script:
    """Write a scenario out; `nick_in_command`: the program is given the nickname at its start."""
    writer = _writer(scenario, dialect, seed)
    acts = tuple(writer.tell())
    return Script(
        nick=writer.nick,
        asking=Asking.ARGUMENT if nick_in_command else dialect.client.nickname,
        acts=acts,
        unfinished=writer.left(),
        closing=tuple(writer.closing()),
        nick_wire=dialect.nickname_bytes(writer.nick),
        greeting=greeting(dialect, writer.nick),
        listening=scenario.listening,
        title=scenario.scenario,
    )


def why_not(scenario: ClientScenario, dialect: Dialect) -> str:
    """Say why `dialect` cannot carry `scenario`; "" where it can."""
    if lack := lacking(scenario.needs, dialect):
        return lack
    writer = _writer(scenario, dialect, 0)
    if problem := dialect.check_nick(writer.nick):
        return problem
    list(writer.tell())
    return writer.reasons[0] if writer.reasons else ""
