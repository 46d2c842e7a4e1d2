"""Streams: what a few people said, and what one of them read, written short, for the tests.

A word is written `0 text`: connection 0 says `text`, where `#` stands for its token. In a stream
`<0.1>` stands for the token of message 1 of connection 0, and `|` ends a read. What was heard is
written `0.1`, an anomaly as its fault, its message and the bytes of it that had come: `altered
0.1+3`.
"""

import re
from collections.abc import Sequence

from harness.anomalies import Anomaly
from harness.attribution import Listener
from harness.dialect_files import load_dialect
from harness.events import Kind, Said
from harness.speech import Message, Voices
from harness.tokens import mint

_TOKEN = re.compile(r"<(\d+)\.(\d+)>")
Data = str | bytes


def voices_of(dialect: str, nicks: Sequence[str], words: Sequence[Data] = ()) -> Voices:
    """Let the connections 0, 1, and so on have these names, and say these words."""
    voices = Voices(load_dialect(dialect))
    for conn, nick in enumerate(nicks):
        voices.admit(conn, nick)
    for word in words:
        say(voices, word)
    return voices


def say(voices: Voices, word: Data, kind: Kind = Kind.STORY) -> Message:
    """Let somebody say one word more; a millisecond passes with each."""
    conn, _, text = (word if isinstance(word, bytes) else word.encode()).partition(b" ")
    number = len(voices.speeches[int(conn)].messages)
    token = mint(int(conn), number) if b"#" in text else b""
    data = text.replace(b"#", token) + voices.dialect.said.ends.terminator
    at = 1 + sum(len(speech.messages) for speech in voices.speeches.values())
    return voices.say(Said(at, int(conn), number, data, token, kind, at, -1))


def stream(text: Data) -> bytes:
    """Write a stream with its tokens."""
    if isinstance(text, bytes):
        return text
    return _TOKEN.sub(lambda m: mint(int(m[1]), int(m[2])).decode(), text).encode()


def hear(voices: Voices, text: Data, own: int = 9, finish: bool = True) -> Listener:
    """Let `own` read `text`, a read every millisecond after all was said."""
    listener = Listener(own, voices)
    for at, part in enumerate(stream(text).split(b"|"), start=1000):
        listener.read(part, at)
    if finish:
        listener.finish()
    return listener


def name_of(message: Message | None) -> str:
    """Write which message this is."""
    return f"{message.conn}.{message.number}" if message else "-"


def heard(listener: Listener) -> str:
    """Write what was heard, in its order."""
    return " ".join(map(name_of, listener.messages))


def doubtful(listener: Listener) -> str:
    """Write of what it cannot be told whether it was heard."""
    return " ".join(sorted(map(name_of, listener.doubtful)))


def wrong(listener: Listener) -> list[str]:
    """Write what was wrong, in its order."""
    return [_wrong(one) for one in listener.anomalies]


def _wrong(one: Anomaly) -> str:
    offset = f"+{one.offset}" if one.offset else ""
    return f"{one.fault} {name_of(one.message)}{offset}"
