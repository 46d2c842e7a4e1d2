"""Dialects: how one chat looks on the wire, as data.

A dialect is a YAML file; those of the harness are in `dialects/`. It turns nicknames and texts
into the bytes that a client sends, and tells what stands around a relayed text. Knows nothing of
connections and of tokens.

What a receiver reads is judged in a canonical form: the prefix, the message, and what ends it. In
`raw` and `lines` that is what is on the wire; elsewhere `harness.decoding` makes it.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from harness import dialect_mistakes
from harness import dialect_values as values
from harness.announcement import PERSONAL, Announcement, Audience, Notice, Occasion, told_texts
from harness.dialect_values import Asking, BadBytes, Policy, Prompt, Writer
from harness.ends import NAMED, NONE, NUL, Ends, parse_ends
from harness.errors import BadValue
from harness.feature import Feature
from harness.section import Mistake, Section, empty_mistakes
from harness.template import Template
from harness.texts import check_characters
from harness.words import shown

__all__ = [
    "DEFAULT_READ",
    "NOWHERE",
    "Address",
    "Asking",
    "BadBytes",
    "ClientManner",
    "Dialect",
    "Framing",
    "Policy",
    "Prompt",
    "Said",
    "Writer",
]

DEFAULT_READ = 512
"""Bytes: what surely fits into one read of a server whose read size is not told."""

NOWHERE = ("", 0)
_LINE_ENDS = re.compile("[\r\n]")
_ENDS_SCHEMA = {
    "anyOf": [
        {"enum": [*NAMED]},
        {"type": "integer", "minimum": 0, "maximum": 127},
        {"type": "string", "pattern": "^0x[0-9A-Fa-f]{2}$"},
    ]
}

Address = tuple[str, int]


_TEXT = WithJsonSchema({"type": "string", "minLength": 1})
_TOLD = Annotated[
    tuple[Template, ...],
    PlainValidator(told_texts),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "minItems": 1}]}),
]


class Framing(Section):
    """What ends the texts that go one way."""

    EXAMPLE = "as in {ends: lf}"

    ends: Annotated[Ends, PlainValidator(parse_ends), WithJsonSchema(_ENDS_SCHEMA)] = Field(
        description="none, lf, crlf, nul, another byte as in 0x1e, or length: 4 bytes, big-endian, "
        "before the text."
    )


class Said(Framing):
    """How a message goes to the server."""

    read: int | None = Field(
        default=None,
        ge=16,
        le=1 << 20,
        description="How many bytes one read of the server takes; where nothing ends a message, a "
        "longer one is cut there.",
    )


class ClientManner(Section):
    """How the clients of a chat behave where that is not seen on the wire."""

    EXAMPLE = "as in {nickname: before connecting}"

    nickname: Annotated[Asking, *values.choice(Asking)] = Field(
        default=Asking.ASKED,
        description="When a client asks the person for the nickname: asked, when it is connected "
        "(the default); before connecting; or never, as it is started with it: argument.",
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterable[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())


class Dialect(Section):
    """How a chat looks on the wire, seen from its clients."""

    name: Annotated[str, AfterValidator(values.sentence)] = Field(description="What it is called.")
    about: Annotated[str, AfterValidator(values.sentence)] = Field(
        description="What speaks like this, in one sentence."
    )
    encoding: Annotated[
        str,
        PlainValidator(values.encoding),
        WithJsonSchema({"type": "string"}),
    ] = Field(default="utf-8", description="How text becomes bytes: utf-8, latin-1, cp1251 ...")
    prompt: Annotated[
        Prompt | None,
        PlainValidator(values.prompt),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {
                        "type": "object",
                        "properties": {"ends-with": {"type": "string", "minLength": 1}},
                        "required": ["ends-with"],
                        "additionalProperties": False,
                    },
                ]
            }
        ),
    ] = Field(
        default=None,
        description="What the server sends first, its line end included: the text, or {ends-with: "
        "how it ends}. Left out where the client speaks first.",
    )
    nickname: Framing | None = Field(
        default=None,
        description="The nickname, to the server. Left out where nobody has a nickname.",
    )
    said: Said = Field(description="A message, to the server.")
    heard: Framing = Field(description="A relayed message, from the server.")
    relay: Annotated[Template, PlainValidator(values.relay), _TEXT] = Field(
        description="A relayed message: {message}, and what stands around it, with {nick}, {host}, "
        "{port}, {time}, and {any} for what varies.",
        examples=["{nick}: {message}"],
    )
    prefix_by: Annotated[Writer, *values.choice(Writer)] = Field(
        default=Writer.SERVER,
        alias="prefix-by",
        description="Who writes what stands before the message: server (the default) or client.",
    )
    echo: Annotated[Template | None, PlainValidator(values.echo), _TEXT] = Field(
        default=None,
        description="What the sender gets of its own message, as in relay. Left out where it gets "
        "no copy.",
    )
    answer: _TOLD = Field(
        default=(),
        description="What the sender gets after each message of its own, where that is always the "
        "same: one text, or a list.",
    )
    greeting: _TOLD = Field(
        default=(), description="What a newcomer is told after joining: one text, or a list."
    )
    farewell: _TOLD = Field(
        default=(),
        description="What one is told who says the quit word or half-closes, before the server "
        "closes: one text, or a list.",
    )
    join: Announcement | None = Field(default=None, description="What is told of who comes.")
    leave: Announcement | None = Field(default=None, description="What is told of who goes.")
    lost: Announcement | None = Field(
        default=None,
        description="What is told of one whose connection is reset, where that is not `leave`.",
    )
    silent_loss: bool = Field(
        default=False,
        alias="silent-loss",
        description="true where nothing is told of one whose connection is reset.",
    )
    empty: Annotated[Policy, *values.choice(Policy)] = Field(
        default=Policy.ANY,
        description="What becomes of an empty nickname; any, where it does not matter.",
    )
    duplicate: Annotated[Policy, *values.choice(Policy)] = Field(
        default=Policy.ANY,
        description="What becomes of a nickname that another has; any, where it does not matter.",
    )
    bad_bytes: Annotated[BadBytes, *values.choice(BadBytes)] = Field(
        default=BadBytes.ANY,
        alias="bad-bytes",
        description="What becomes of bytes that are no text; any, where it does not matter.",
    )
    quit: Annotated[str, AfterValidator(values.quit_word)] | None = Field(
        default=None, description="The word that ends a connection when it is said."
    )
    history: int = Field(
        default=0,
        ge=0,
        le=1_000_000,
        description="How many earlier messages a newcomer is told at most.",
    )
    most: int | None = Field(
        default=None, ge=1, le=1_000_000, description="How many people are let in at most."
    )
    client: ClientManner = Field(
        default_factory=ClientManner, description="How the programs of those who chat behave."
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterable[Mistake]:
        """Find what does not go together."""
        yield from empty_mistakes(raw, set(cls.keys()) - {"prompt", "nickname"})
        yield from dialect_mistakes.of_names(raw)
        yield from dialect_mistakes.of_texts(raw)
        if raw.get("silent-loss") is True and "lost" in raw:
            message = "'lost' says what is told, and 'silent-loss' that nothing is"
            yield Mistake(("silent-loss",), message, "leave one of them out", at_key=True)

    # -- what it is ----------------------------------------------------------------------------

    @property
    def prompt_bytes(self) -> bytes:
        """What the server sends right after accepting, or how that ends; empty for nothing."""
        return self.encode(self.prompt.text) if self.prompt else b""

    def has_prompted(self, door: bytes) -> bool:
        """Tell whether `door`, all that came so far, is the prompt, or begins with it."""
        if self.prompt is None:
            return True
        end = self.prompt_bytes
        return door.startswith(end) if self.prompt.exact else door.endswith(end)

    def has_wrongly_prompted(self, door: bytes) -> bool:
        """Tell whether `door`, all that came so far, can never become the prompt."""
        if self.prompt is None or not self.prompt.exact:
            return False
        return not door.startswith(self.prompt_bytes) and not self.prompt_bytes.startswith(door)

    @property
    def by_client(self) -> bool:
        """Whether clients write what stands before a message."""
        return self.prefix_by is Writer.CLIENT

    @cached_property
    def _marked(self) -> bool:
        """Whether every piece that the server sends begins with what tells whose it is.

        What it says of its own accord is such a piece, too; what was said before somebody came is
        not, for it comes whole, and what is said meanwhile may be cut.
        """
        said = [self.relay, *([self.echo] if self.echo else [])]
        texts = [*said, *(notice.template for notice in self.notices)]
        behind_text = all(_ends_with_message(one) for one in said)
        fixed = behind_text and not any(one.varies for one in texts)
        own = "nick" in self.relay.fields and not self.by_client
        return fixed and own and not self.history

    @cached_property
    def framed(self) -> bool:
        """Whether relayed messages have boundaries, on the wire or once they are decoded."""
        return self.heard.ends.marked or not self._marked

    @cached_property
    def ending(self) -> bytes:
        """What ends a relayed message in the canonical form; empty where it is not framed."""
        if not self.framed:
            return b""
        return self.heard.ends.terminator or NUL.terminator

    @cached_property
    def one_at_a_time(self) -> bool:
        """Whether a message must be read by the server before its sender says the next.

        So it is where a read of the server is a message, and nobody could tell the pieces apart.
        """
        return not self.said.ends.marked and self.framed

    @property
    def most_said(self) -> int | None:
        """How many bytes one message may have on its way to the server; None for any number."""
        if not self.one_at_a_time:
            return None
        return self.said.read or DEFAULT_READ

    @cached_property
    def features(self) -> frozenset[Feature]:
        """What it has that not every dialect has."""
        features = {
            Feature.FRAMES: self.framed,
            Feature.CHUNKS: self.nickname is not None and not self.nickname.ends.marked,
            Feature.LINES: self.said.ends.marked,
            Feature.NICKNAMES: self.nickname is not None,
            Feature.PROMPT: self.prompt is not None,
            Feature.PIECES: not self.one_at_a_time,
            Feature.SILENCE: self.echo is None,
            Feature.ECHO: self.echo is not None,
            Feature.ANNOUNCEMENTS: any(notice.occasion not in PERSONAL for notice in self.notices),
        }
        return frozenset(feature for feature, has in features.items() if has)

    @cached_property
    def notices(self) -> tuple[Notice, ...]:
        """Everything that the server says of its own accord after a nickname."""
        found: list[Notice] = []
        for occasion, texts in (
            (Occasion.GREETING, self.greeting),
            (Occasion.ANSWER, self.answer),
            (Occasion.FAREWELL, self.farewell),
        ):
            found += [Notice(occasion, text, Audience.NEWCOMER) for text in texts]
        for occasion, told in (
            (Occasion.JOIN, self.join),
            (Occasion.LEAVE, self.leave),
            (Occasion.LOST, self.lost),
        ):
            found += [told.notice(occasion)] if told else []
        return tuple(found)

    # -- to the server -------------------------------------------------------------------------

    def encode(self, text: str) -> bytes:
        """Write a text in the encoding of the dialect; raises `UnicodeEncodeError`."""
        return text.encode(self.encoding)

    def nickname_bytes(self, nick: str) -> bytes:
        """Write a nickname as a client sends it; nothing where nobody has one."""
        return self.nickname.ends.wrap(self.encode(nick)) if self.nickname else b""

    def said_bytes(self, text: str, nick: str) -> bytes:
        """Write a message as the client of `nick` sends it."""
        if self.by_client:
            text = self.relay.render({"nick": nick, "message": text})
        return self.said.ends.wrap(self.encode(text))

    # -- from the server -----------------------------------------------------------------------

    def prefix(self, nick: str, address: Address = NOWHERE) -> bytes:
        """Write what stands before a relayed text in the canonical form: nothing that varies."""
        return self._before(self.relay, nick, address)

    def echo_prefix(self, nick: str, address: Address = NOWHERE) -> bytes | None:
        """Write what stands before a sender's own text; None where it gets no copy."""
        return self._before(self.echo, nick, address) if self.echo else None

    def _before(self, template: Template, nick: str, address: Address) -> bytes:
        values = {"nick": nick, "host": address[0], "port": str(address[1]), "message": "\0"}
        return self.encode(template.render(values).partition("\0")[0])

    def canonical(self, said: bytes, nick: str) -> bytes:
        """Return the message in `said`, bytes on their way to the server, as others shall read it.

        What is not exactly one message of the dialect is returned as it is.
        """
        payload = self.said.ends.unwrap(said)
        if payload is None:
            return said
        prefix = self.prefix(nick) if self.by_client else b""
        return payload.removeprefix(prefix) + self.ending

    # -- what can be sent ----------------------------------------------------------------------

    def check_text(self, text: str, nick: str = "") -> str | None:
        """Say why a text cannot be one message of `nick` in this dialect; None where it can."""
        if reason := self._unsendable(text):
            return reason
        if not text and not self.said.ends.marked:
            return f"nothing is sent for an empty text in {shown(self.name)}"
        if text == self.quit:
            return f"in {shown(self.name)} this is the word that quits"
        for ends in (self.said.ends, self.heard.ends):
            if found := _found_end(ends, text):
                return f"a message of {shown(self.name)} is one line, and this has {found!r}"
        size = len(self.said_bytes(text, nick))
        if self.most_said is not None and size > self.most_said:
            return (
                f"a message of {shown(self.name)} must fit into one read of {self.most_said:,} "
                f"bytes, and this has {size:,}"
            )
        return None

    def check_nick(self, nick: str) -> str | None:
        """Say why a nickname cannot be sent in this dialect; None where it can."""
        if reason := self._unsendable(nick):
            return reason
        if not nick:
            return "the nickname is empty"
        # In every dialect: a server may take a line end at the end of a nickname off.
        if found := _LINE_ENDS.search(nick):
            return f"the nickname has {found[0]!r}"
        for ends in (self.nickname.ends if self.nickname else NONE, self.heard.ends):
            if mark := _found_end(ends, nick):
                return f"the nickname has {mark!r}"
        return None

    def _unsendable(self, text: str) -> str | None:
        try:
            check_characters(text)
            self.encode(text)
        except BadValue as error:
            return error.message
        except UnicodeEncodeError as error:
            return f"{text[error.start]!r} cannot be written in {self.encoding}"
        return None


def _ends_with_message(template: Template) -> bool:
    """Tell whether it ends with the message, right behind some text."""
    before, last = (("", True), *template.parts)[-2:]
    return last == ("message", True) and not before[1]


def _found_end(ends: Ends, text: str) -> str:
    """Return what in `text` a server might take for the end of a message; "" for nothing."""
    if ends in (NAMED["lf"], NAMED["crlf"]):
        # Most texts have none, and long ones are looked through for one character sooner.
        found = _LINE_ENDS.search(text) if "\n" in text or "\r" in text else None
        return found[0] if found else ""
    mark = ends.terminator.decode("ascii")
    return mark if mark and mark in text else ""
