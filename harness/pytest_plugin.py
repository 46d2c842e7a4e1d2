"""The pytest plugin: each case of the suite, and each scenario of the user's own, as a test.

    pytest --pyargs harness.suite --chat-server 'python my_server.py {port}'

Every session of pytest loads this file where whoheard is installed, so it imports nothing of the
harness before that is needed; what it needs then is in `harness.pytest_cases`. Only the public
interfaces of pytest are used.
"""

from pathlib import Path
from typing import Any

import pytest

from harness.pytest_options import LEARN, LEARNT, OPTIONS, SUITE, given

_LIST = ".cases"
_LEVELS = ("MUST", "SHOULD", "level")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, each of them an entry of the configuration file, too."""
    group = parser.getgroup("chat", "whoheard: conformance of a chat")
    for name, metavar, text in OPTIONS:
        group.addoption(f"--chat-{name}", metavar=metavar, help=text)
        parser.addini(f"chat_{name}", f"{text} (as --chat-{name})")
    group.addoption(
        "--chat-strict", action="store_true", help="what SHOULD be has to be, or the test fails"
    )
    parser.addini("chat_scenarios", "folders with scenarios of your own", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers; build the program, and learn how it speaks, once for all workers."""
    for level in _LEVELS:
        config.addinivalue_line(
            "markers", f"chat_{level.lower()}: a case about something that is a {level}"
        )
    config.addinivalue_line("markers", "chat_requirement(id): a case that shows this requirement")
    if hasattr(config, "workerinput"):
        _take_learnt(config)
    elif given(config, "build") or given(config, "dialect") == LEARN:
        from harness.pytest_cases import prepare_once  # noqa: PLC0415

        prepare_once(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of pytest-xdist what was learnt."""
    node.workerinput["chat_learnt"] = node.config.stash.get(LEARNT, "")


def _take_learnt(config: Any) -> None:
    if text := config.workerinput.get("chat_learnt"):
        config.stash[LEARNT] = text


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the suite's lists of cases, and the scenarios in the user's own folders."""
    if not (_is_list(file_path, parent.config) or _is_own(file_path, parent.config)):
        return None
    from harness.pytest_cases import CaseFile  # noqa: PLC0415

    return CaseFile.from_parent(parent, path=file_path)


def _is_list(path: Path, config: pytest.Config) -> bool:
    """Tell whether `path` stands for the cases of what is judged."""
    kind = "client" if given(config, "client") else "server"
    return path.parent == SUITE and path.name == f"{kind}{_LIST}"


def _is_own(path: Path, config: pytest.Config) -> bool:
    folders = config.getini("chat_scenarios")
    return path.suffix in (".yaml", ".yml") and any(map(path.is_relative_to, folders))
