"""Features: what a dialect may have or lack, by which a scenario can say what it needs.

Knows no dialect.
"""

from enum import StrEnum


class Feature(StrEnum):
    """What not every dialect has.

    frames         the end of a relayed message is marked
    chunks         the end of a nickname is not marked
    lines          the end of a message is marked on its way to the server
    nicknames      a client gives a nickname
    prompt         the server speaks first
    pieces         what one read of the server holds may be any part of what was said: messages may
                   be cut, glued, and longer than a read
    silence        a sender hears nothing of its own words
    echo           a sender gets a copy of its own words
    announcements  others are told who comes, or who goes
    """

    FRAMES = "frames"
    CHUNKS = "chunks"
    LINES = "lines"
    NICKNAMES = "nicknames"
    PROMPT = "prompt"
    PIECES = "pieces"
    SILENCE = "silence"
    ECHO = "echo"
    ANNOUNCEMENTS = "announcements"

    @property
    def lack(self) -> str:
        """What is said of a dialect without it."""
        return {
            Feature.FRAMES: "nothing marks the end of a relayed message",
            Feature.CHUNKS: "something marks the end of a nickname",
            Feature.LINES: "nothing marks the end of a message to the server",
            Feature.NICKNAMES: "nobody has a nickname",
            Feature.PROMPT: "the client speaks first",
            Feature.PIECES: "nobody can tell pieces of messages from each other",
            Feature.SILENCE: "a sender gets a copy of its own words",
            Feature.ECHO: "a sender gets no copy of its own words",
            Feature.ANNOUNCEMENTS: "nobody is told who comes and goes",
        }[self]
