"""The harness finds its own scenarios, and a person's own files come before them."""

from importlib import metadata
from pathlib import Path

import pytest

from harness import places
from harness.errors import HarnessError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation of the harness."""
    package = tmp_path / "lib" / "harness"
    package.mkdir(parents=True)
    monkeypatch.setattr(places, "_PACKAGE", package)
    return package


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("format: 1\n", encoding="utf-8")
    return path


def test_the_scenarios_of_this_installation_are_there() -> None:
    assert (places.scenario_folder() / "disconnect.yaml").is_file()


def test_in_a_checkout_they_are_beside_the_package(package: Path) -> None:
    put(package.parent / "scenarios" / "join.yaml")
    assert places.scenario_folder() == package.parent / "scenarios"


def test_in_a_wheel_they_are_inside_it_and_nobody_elses_are_taken(package: Path) -> None:
    put(package / "scenarios" / "join.yaml")
    put(package.parent / "scenarios" / "join.yaml")
    assert places.scenario_folder() == package / "scenarios"


@pytest.mark.usefixtures("package")
def test_an_installation_without_any_says_so() -> None:
    with pytest.raises(HarnessError, match="install the harness again"):
        places.scenario_folder()


@pytest.mark.parametrize("name", ["scenarios/join.yaml", "join.yaml"])
def test_a_missing_file_is_looked_for_in_the_harness(
    name: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = put(package / "scenarios" / "join.yaml")
    monkeypatch.chdir(tmp_path)
    assert places.find_scenario(Path(name)) == own


def test_the_persons_own_file_comes_first(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(package / "scenarios" / "join.yaml")
    put(tmp_path / "join.yaml")
    monkeypatch.chdir(tmp_path)
    assert places.find_scenario(Path("join.yaml")) == Path("join.yaml")


@pytest.mark.parametrize("name", ["none.yaml", "scenarios/../../errors.py", "/none.yaml"])
def test_what_is_nowhere_stays_as_it_was_typed(
    name: str, package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(package / "scenarios" / "join.yaml")
    put(package.parent / "errors.py")
    monkeypatch.chdir(tmp_path)
    assert places.find_scenario(Path(name)) == Path(name)


def test_the_release_is_the_installed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: {"whoheard": "1.2.3"}[name])
    assert places.release() == "1.2.3"


def test_a_checkout_has_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert places.release() == ""
