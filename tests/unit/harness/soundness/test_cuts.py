"""Where a read ends makes no difference to what is found wrong with a stream.

What is altered, or under another's name, may be read in two ways where it comes byte by byte, and
is left out here.
"""

from random import Random

import pytest
from streams import Data, hear, say, voices_of, wrong

from harness.attribution import Listener
from harness.speech import Message

NICKS = ("ann", "bob", "cid")
WORDS = ("Man", "president", "skill", "draw")
FORMS = ("{} {} #", "{} # {}", "{} #")
DEFECTS = ("drops", "repeats", "swaps", "forgets the prefix", "invents")


def words(random: Random) -> list[Data]:
    """Let two people say a little, in words that are much alike."""
    said: list[Data] = []
    for _ in range(random.randint(1, 5)):
        text = " ".join(random.sample(WORDS, random.randint(1, 3)))
        said.append(random.choice(FORMS).format(random.randrange(2), text))
    return said


def relayed(messages: list[Message], defect: str, random: Random) -> bytes:
    """Relay them with a defect."""
    parts = [message.relayed for message in messages]
    at = random.randrange(len(parts))
    match defect:
        case "drops":
            del parts[at]
        case "repeats":
            parts.insert(at, parts[at])
        case "swaps":
            parts[at - 1], parts[at] = parts[at], parts[at - 1]
        case "forgets the prefix":
            parts[at] = parts[at].partition(b" ")[2]
        case "invents":
            end = b"\n" if parts[at].endswith(b"\n") else b""
            parts.insert(at, b"hello there" + end)
    return b"".join(parts)


def kinds(faults: list[str]) -> set[str]:
    return {fault.rpartition(" ")[0] for fault in faults}


@pytest.mark.parametrize("dialect", ["raw", "lines"])
@pytest.mark.parametrize("defect", DEFECTS)
def test_the_same_is_found_wherever_reads_end(dialect: str, defect: str) -> None:
    for seed in range(100):
        check_any_cuts(dialect, defect, Random(f"{defect}/{seed}"))


def check_any_cuts(dialect: str, defect: str, random: Random) -> None:
    said = words(random)
    voices = voices_of(dialect, NICKS)
    data = relayed([say(voices, word) for word in said], defect, random)
    if len(data) < 3:
        return
    ends = sorted(random.sample(range(1, len(data)), random.choice([1, 1, 2, 2])))
    listener = Listener(9, voices_of(dialect, NICKS, said))
    for begin, end in zip([0, *ends], [*ends, len(data)], strict=True):
        listener.read(data[begin:end], 1000 + begin)
    listener.finish()
    assert kinds(wrong(listener)) == kinds(wrong(hear(voices, data))), (said, data, ends)


def test_what_comes_twice_is_repeated_though_more_is_said_meanwhile() -> None:
    for seed in range(300):
        check_repeats(Random(seed))


def check_repeats(random: Random) -> None:
    voices = voices_of("raw", NICKS)
    listener, waiting = Listener(9, voices), b""
    for word in words(random):
        waiting += say(voices, word).relayed * random.randint(1, 2)
        end = random.randrange(1, 60)
        listener.read(waiting[:end], 1000)
        waiting = waiting[end:]
    listener.read(waiting, 2000)
    listener.finish()
    assert kinds(wrong(listener)) <= {"repeated"}, listener.anomalies
