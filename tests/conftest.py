"""What all tests share: hypothesis without a deadline, and runs of scenarios against programs.

A busy machine is no defect, so hypothesis has no deadline here.
"""

import pytest
from hypothesis import settings
from playing import Play, play_scenario

settings.register_profile("whoheard", deadline=None)
settings.load_profile("whoheard")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let several Pythons share what takes long."""
    about = "run the K-th of N shares of the tests marked `shared`, and all others"
    parser.addoption("--share", metavar="K/N", type=_share, default=(1, 1), help=about)


def _share(text: str) -> tuple[int, int]:
    share, of = map(int, text.split("/"))
    if not 1 <= share <= of:
        raise ValueError
    return share, of


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the shares of others."""
    share, of = config.getoption("share")
    # The order of the names: that of the items is drawn anew by each process.
    shared = sorted(item.nodeid for item in items if item.get_closest_marker("shared"))
    others = {name for index, name in enumerate(shared) if index % of != share - 1}
    left_out = [item for item in items if item.nodeid in others]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item.nodeid not in others]


@pytest.fixture(scope="session")
def play() -> Play:
    """Return what runs a scenario against a server that is started for it."""
    return play_scenario
