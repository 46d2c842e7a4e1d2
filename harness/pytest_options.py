"""Options of the pytest plugin, and what was given; imports nothing of the harness."""

from pathlib import Path

import pytest

LEARN = "learn"
LEARNT = pytest.StashKey[str]()
"""What stands in the file of a dialect that was learnt for this session."""

SUITE = Path(__file__).parent / "suite"
OPTIONS = (
    ("server", "CMD", "judge this server, started anew for each case: {port}, $PORT"),
    ("client", "CMD", "judge this client: {host}, {port}, {nick}"),
    ("connect", "HOST:PORT", "judge a server that runs already"),
    ("port", "N", "the fixed port of a CMD without {port}"),
    ("build", "CMD", "run this once, before"),
    ("dialect", "NAME|FILE|learn", "how it speaks (default: raw); learn: find it out first"),
    ("deviations", "FILE", "what is known to be otherwise, in YAML"),
    ("patience", "F", "multiply every deadline"),
    ("seed", "N", "drawn where it is not given"),
)


def given(config: pytest.Config, name: str) -> str | None:
    """Return an option of the command line, or else of the configuration file."""
    value = config.getoption(f"--chat-{name}") or config.getini(f"chat_{name}")
    return str(value) if value else None
