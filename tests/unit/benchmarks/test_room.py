from itertools import chain, product

import pytest

from benchmarks.room import READS, Room
from harness.dialect_files import load_dialect

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

PEOPLE, TIMES = 7, 3


def heard(room: Room, reads: str, size: int) -> list[bytes]:
    return [b"".join(pieces) for pieces in zip(*room.waves(reads, size), strict=True)]


@pytest.mark.parametrize(("reads", "size"), [*product(READS, (1, 5, 20))])
def test_everyone_hears_all_others_once_and_nobody_himself(reads: str, size: int) -> None:
    room = Room(load_dialect("raw"), PEOPLE, TIMES)

    for receiver, data in enumerate(heard(room, reads, size)):
        lines = [one for one in chain(*room.rounds) if one.speaker != receiver]
        assert len(data) == sum(len(one.relayed) for one in lines)
        assert all(data.count(one.relayed) == 1 for one in lines)


def test_equal_reads_are_equal_but_for_their_speakers() -> None:
    room = Room(load_dialect("raw"), PEOPLE, TIMES)

    assert all(len(set(wave)) == 1 + 2 for wave in list(room.waves("equal", 2))[:3])


def test_unequal_reads_differ_for_everyone() -> None:
    room = Room(load_dialect("raw"), PEOPLE, TIMES)

    assert all(len(set(wave)) == PEOPLE for wave in list(room.waves("unequal", 3))[:3])


def test_cut_reads_begin_within_a_message() -> None:
    room = Room(load_dialect("raw"), PEOPLE, TIMES)
    wave = list(room.waves("cut", 3))[1]

    assert not any(data.startswith(b"crowd-") for data in wave)
