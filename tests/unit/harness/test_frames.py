"""`harness.frames`: a stream cut where its terminators or its lengths say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.ends import CRLF, LENGTH, LF, MOST_PAYLOAD, NUL, Ends
from harness.frames import MOST_KEPT, Frame, Frames


def cut(ends: Ends, *reads: bytes) -> list[Frame]:
    """Return the frames in these reads, where nothing said is longer than three bytes."""
    frames = Frames(ends, lambda: 3)
    return [frame for read in reads for frame in frames.feed(read)]


@pytest.mark.parametrize("ends", [LF, CRLF, NUL, LENGTH], ids=str)
@given(data=st.data())
def test_frames_are_found_wherever_the_stream_is_cut(ends: Ends, data: st.DataObject) -> None:
    payloads = data.draw(st.lists(st.text("ab\r ", max_size=5).map(str.encode), max_size=5))
    if ends is CRLF:
        payloads = [payload.replace(b"\r", b"") for payload in payloads]
    wire = b"".join(map(ends.wrap, payloads))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=4)))
    reads = [wire[a:b] for a, b in zip([0, *cuts], [*cuts, len(wire)], strict=True)]
    assert cut(ends, *reads) == [Frame(payload) for payload in payloads]


@pytest.mark.parametrize(
    ("ends", "data", "begun"),
    [
        pytest.param(LF, b"a\nbc", b"bc", id="line"),
        pytest.param(CRLF, b"a\r\nb\r", b"b\r", id="half an end"),
        pytest.param(LENGTH, b"\0\0\0", b"", id="half a length"),
        pytest.param(LENGTH, b"\0\0\0\5ab", b"ab", id="length"),
    ],
)
def test_what_is_not_whole_is_told(ends: Ends, data: bytes, begun: bytes) -> None:
    frames = Frames(ends, lambda: 3)
    list(frames.feed(data))
    assert frames.begun == begun


@pytest.mark.parametrize("ends", [LF, CRLF], ids=str)
def test_a_line_longer_than_anything_said_comes_in_pieces(ends: Ends) -> None:
    line = b"x" * (MOST_KEPT + 4)
    frames = cut(ends, line, b"yy", ends.terminator + b"z" + ends.terminator)
    assert b"".join(frame.payload for frame in frames) == line + b"yyz"
    assert [frame.whole for frame in frames][-1]
    assert not any(frame.whole for frame in frames[:-1])
    assert [frame.last for frame in frames].count(True) == 2


def test_a_line_as_long_as_something_said_is_waited_for() -> None:
    line = b"x" * (MOST_KEPT + 3)
    assert cut(LF, line) == []
    assert cut(LF, line, b"\n") == [Frame(line)]


def test_a_long_frame_with_its_length_comes_in_pieces() -> None:
    size = MOST_KEPT + 4
    frames = cut(
        LENGTH, size.to_bytes(4, "big") + b"x" * 10, b"x" * (size - 10) + LENGTH.wrap(b"a")
    )
    assert frames == [
        Frame(b"x" * 10, whole=False, last=False),
        Frame(b"x" * (size - 10), whole=False),
        Frame(b"a"),
    ]


def test_after_a_nonsense_length_everything_is_one_piece() -> None:
    nonsense = (MOST_PAYLOAD + 1).to_bytes(4, "big") + b"ab"
    frames = cut(LENGTH, nonsense, LENGTH.wrap(b"a"))
    assert frames == [
        Frame(nonsense, whole=False, last=False),
        Frame(LENGTH.wrap(b"a"), whole=False, last=False),
    ]
