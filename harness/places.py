"""Where the files are that come with the harness: in a checkout, or inside an installed wheel.

And which release it is. The wheel carries the repository's `scenarios/` as `harness/scenarios/`,
because a folder of that name at the top of site-packages would be everybody's. Knows nothing of
what is in the files.
"""

from importlib import metadata
from pathlib import Path

from harness.errors import HarnessError

_PACKAGE = Path(__file__).parent


def scenario_folder() -> Path:
    """Return the folder with the scenarios that come with the harness.

    A checkout has none inside the package, and beside an installed package a folder of that name is
    somebody else's: so the inner one counts where it is. Raises HarnessError when there is neither,
    which means that the installation is incomplete.
    """
    return _first_folder(_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios")


def find_scenario(path: Path) -> Path:
    """Return `path`, or the scenario of that name that comes with the harness where it is missing.

    `scenarios/join.yaml` and `join.yaml` both mean the harness's own when the folder that the
    person works in has none. What exists nowhere is returned unchanged.
    """
    if path.exists() or path.is_absolute():
        return path
    inside = Path(*path.parts[1:]) if path.parts[:1] == ("scenarios",) else path
    own = scenario_folder() / inside
    return own if own.exists() and ".." not in inside.parts else path


def release() -> str:
    """Return the version that is installed; "" where it runs from a checkout."""
    try:
        return metadata.version("whoheard")
    except metadata.PackageNotFoundError:
        return ""


def _first_folder(*candidates: Path) -> Path:
    for folder in candidates:
        if any(folder.glob("*.yaml")):
            return folder
    places = " or ".join(str(folder) for folder in candidates)
    raise HarnessError(f"no scenarios in {places}: install the harness again")
