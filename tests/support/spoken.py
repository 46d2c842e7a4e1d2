"""Who said and heard what when, in a line of text, and what a proof of `harness.levels` shows.

A message is named by its sender and its number: `a0` is the first of ann.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.attendance import Attendance
from harness.attribution import Listener
from harness.dialect_files import load_dialect
from harness.events import Kind, Role, Said
from harness.levels import levels_of
from harness.speech import Message
from harness.tokens import PATTERN, mint
from harness.transcript import Transcript
from harness.verdict import Levels, Refuted

TOKEN = re.compile(PATTERN.pattern.decode())
NAMES = ["ann", "bob", "carol", "dan", "eve"]
Key = tuple[int, int]


@dataclass
class Story:
    """Messages as `a0` (the first of ann) with when they were said, and who heard which when."""

    said: dict[str, int]
    heard: dict[str, list[tuple[str, int]]]
    bare: set[str] = field(default_factory=set)

    def transcript(self) -> Transcript:
        transcript = Transcript(load_dialect("raw"))
        for conn, name in enumerate(NAMES):
            transcript.people[conn] = Attendance(conn, name, name, Role.PERSON, 0)
            transcript.voices.admit(conn, name)
            transcript.listeners[conn] = Listener(conn, transcript.voices)
        messages: dict[str, Message] = {}
        for name, at in sorted(self.said.items(), key=lambda one: (one[1], one[0])):
            conn, number = key_of(name)
            token = mint(conn, number)
            marked = b"" if name in self.bare else token
            said = Said(at, conn, number, token, marked, Kind.STORY, at, -1)
            messages[name] = transcript.voices.say(said)
        for receiver, heard in self.heard.items():
            listener = transcript.listeners[key_of(receiver)[0]]
            for name, at in heard:
                listener.messages.append(messages[name])
                listener.times.append(at)
        return transcript

    def levels(self) -> Levels:
        return levels_of(self.transcript())


def key_of(name: str) -> Key:
    return "abcde".index(name[0]), int(name[1:] or 0)


def story(said: str, **heard: str) -> Story:
    """Make a story of `a0@1 b0@2` and, for each receiver, the same; without a time: at 100."""

    def parsed(words: str) -> list[tuple[str, int]]:
        pairs = (word.partition("@") for word in words.split())
        return [(name, int(at or 100)) for name, _, at in pairs]

    return Story(dict(parsed(said)), {one: parsed(words) for one, words in heard.items()})


def shown(refuted: Refuted | None) -> list[str]:
    """Give the moments of a proof, in short."""
    assert refuted
    return [
        f"{moment.who} {moment.text.split()[0]} {name_of(moment.text)} @{moment.at}"
        for moment in refuted.moments
    ]


def name_of(text: str) -> str:
    (token,) = TOKEN.findall(text)
    keys = {mint(conn, number).decode(): (conn, number) for conn in range(5) for number in range(9)}
    conn, number = keys[token]
    return f"{'abcde'[conn]}{number}"


def short(words: str) -> str:
    """Put `a0` where a message is quoted."""
    return re.sub(f"“{TOKEN.pattern}”", lambda found: name_of(found[0]), words)
