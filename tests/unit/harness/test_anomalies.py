"""An anomaly says one thing of one message, in a word."""

import pytest
from streams import hear, voices_of

from harness.anomalies import MOST_TEXT, Fault


@pytest.mark.parametrize(
    ("read", "fault", "position", "names", "text"),
    [
        ("bob: <0.0> one", Fault.WRONG_NAME, 0, ("bob",), "bob: ~"),
        ("ann: <0.0> one?!", Fault.INVENTED, 21, (), "?!"),
        ("<0.0> one", Fault.NO_PREFIX, 0, (), "~"),
    ],
)
def test_where_it_is_and_what_stood_there(
    read: str, fault: Fault, position: int, names: tuple[str, ...], text: str
) -> None:
    (one,) = hear(voices_of("raw", ("ann", "bob"), ["0 # one"]), read).anomalies
    assert (one.fault, one.position, one.at, one.names) == (fault, position, 1000, names)
    assert one.text.startswith(text.encode())


def test_what_it_quotes_is_bounded() -> None:
    (one,) = hear(voices_of("raw", ("ann",), ["0 # one"]), "?" * 5000).anomalies
    assert one.text == b"?" * MOST_TEXT
