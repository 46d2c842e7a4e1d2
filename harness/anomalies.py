"""Anomalies: bytes at one receiver that no lawful relay explains, as values."""

from dataclasses import dataclass
from enum import StrEnum

from harness.speech import Message

MOST_TEXT = 200


class Fault(StrEnum):
    """What is wrong with some bytes; one each, the first that fits."""

    ECHO = "echo"
    WRONG_NAME = "wrong name"
    REPEATED = "repeated"
    ORDER = "out of order"
    CUT_SHORT = "cut short"
    ALTERED = "altered"
    NO_PREFIX = "no prefix"
    INVENTED = "invented"


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something wrong at `position` of a receiver's stream, read at `at` nanoseconds.

    `message` is the message that it is about, where there is one; `offset` says how many bytes of
    it had come whole. `names` are the nicknames that stood before it. `text` is the beginning of
    the bytes in question: they come from the tested program and are hostile.
    """

    fault: Fault
    position: int
    at: int
    message: Message | None
    offset: int
    names: tuple[str, ...]
    text: bytes
