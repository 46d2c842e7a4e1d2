"""What all tests share: hypothesis without a deadline, and runs of scenarios against programs.

A busy machine is no defect, so hypothesis has no deadline here.
"""

import pytest
from hypothesis import settings
from playing import Play, play_scenario

settings.register_profile("whoheard", deadline=None)
settings.load_profile("whoheard")


@pytest.fixture(scope="session")
def play() -> Play:
    """Return what runs a scenario against a server that is started for it."""
    return play_scenario
