"""What several readings of one stream agree on is certain, and all else is doubtful."""

from harness.readings import (
    MOST_OPEN,
    NOBODY,
    Doubt,
    Piece,
    Reading,
    Trace,
    agree,
    distinct,
    pieces_of,
)

ONE = Piece(0, 5, 10, (5,), closed=True)
TWO = Piece(1, 15, 20, (5,), closed=True)
SAME = Piece(2, 15, 20, (9,), closed=True)


def trace(*pieces: Piece) -> Trace | None:
    told: Trace | None = None
    for piece in pieces:
        told = Trace.of(told, piece)
    return told


def reading(
    conn: int = 0, starts: list[int] | None = None, *pieces: Piece, reach: int = 30
) -> Reading:
    reaches = [reach] * len(starts or ())
    places = {piece.conn: piece.ends for piece in pieces}
    return Reading(conn, 25, starts, reaches, False, 25, True, places, trace(*pieces))


def test_a_trace_gives_its_pieces_in_their_order() -> None:
    told = trace(ONE, TWO)
    assert told is not None
    assert told.length == 2
    assert pieces_of(told) == [ONE, TWO]
    assert pieces_of(None) == []


def test_the_best_is_the_furthest_reach() -> None:
    one = reading(0, [3, 4])
    one.reaches = [27, 29]
    assert one.best() == 29
    assert reading(0).best() == 25


def test_one_reading_agrees_with_itself() -> None:
    only = reading(3, [0], ONE, TWO)
    agreement = agree([only], {})
    assert agreement.pieces == [ONE, TWO]
    assert agreement.doubts == []
    assert agreement.places == {0: (5,), 1: (5,)}
    assert agreement.readings == [only]
    assert (only.trace, only.places) == (None, {})


def test_what_one_alone_holds_is_doubtful() -> None:
    agreement = agree([reading(3, [0], ONE, TWO), reading(3, [4], ONE, SAME)], {1: (0,), 2: (4,)})
    assert agreement.pieces == [ONE]
    assert sorted(agreement.doubts) == [Doubt(1, 0, 5), Doubt(2, 4, 9)]
    assert agreement.places == {0: (5,), 1: (0, 5), 2: (4, 9)}


def test_who_may_never_have_been_heard_has_no_place() -> None:
    agreement = agree([reading(3, [0], TWO), reading(3, [4], SAME)], {})
    assert agreement.places == {}


def test_several_doubtful_pieces_of_one_are_one_doubt() -> None:
    later = Piece(1, 20, 24, (12, 14), closed=True)
    agreement = agree([reading(3, [0], TWO, later), reading(3, [4])], {1: (0,)})
    assert agreement.doubts == [Doubt(1, 0, 14)]
    assert agreement.places == {1: (0, 12, 14)}


def test_readings_of_one_speaker_are_united() -> None:
    first, second = reading(3, [4, 7], ONE), reading(3, [2], TWO, reach=28)
    assert agree([first, second], {}).readings == [first]
    assert first.starts == [2, 4, 7]
    assert first.reaches == [28, 30, 30]


def test_readings_that_wait_for_their_beginning_are_united() -> None:
    first, second, third = reading(3), reading(3), reading(3, [])
    assert agree([first, second, third], {}).readings == [first, third]
    assert first.starts is None


def test_readings_of_several_speakers_stay_apart() -> None:
    first, second = reading(3, [4]), reading(4, [4])
    assert agree([first, second], {}).readings == [first, second]


def test_two_that_go_on_alike_are_one() -> None:
    first, second = reading(3, [4], ONE), reading(3, [4], ONE)
    others = [reading(3, [5], ONE), reading(3, [4], TWO), reading(3), reading(NOBODY, [4], ONE)]
    assert list(distinct([first, second, *others])) == [first, *others]


def test_of_two_readings_the_one_that_explains_more_is_worth_more() -> None:
    further, nearer = reading(0, [3], ONE, TWO, reach=29), reading(0, [3], reach=28)
    assert further.worth > nearer.worth
    # Where both come as far, the one whose last piece begins later; then the one of fewer turns.
    later = reading(0, [3], ONE, reach=28)
    later.begin = 26
    assert later.worth > nearer.worth
    assert nearer.worth > reading(0, [3], ONE, reach=28).worth
    assert reading(0, [3], ONE, reach=28).worth > reading(0, [3], ONE, TWO, reach=28).worth


def test_a_reading_may_be_so_far_from_what_is_certain() -> None:
    assert not reading(0).is_long
    assert not reading(0, [0], *[ONE] * (MOST_OPEN - 1)).is_long
    assert reading(0, [0], *[ONE] * MOST_OPEN).is_long
