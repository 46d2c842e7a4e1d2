"""Write the generated parts of the documents again, or check that they are up to date.

    python tools/docs.py            write them
    python tools/docs.py --check    change nothing; exit status 1 where one is out of date

A generated part stands between two comments, `<!-- generated: NAME -->` and `<!-- end -->`. Here is
what can stand there, and nothing of what it is about: that comes from the harness.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import yaml

from harness.requirements import GROUPS, Dialects, Requirement

ROOT = Path(__file__).resolve().parent.parent
PART = re.compile(r"(?<=<!-- generated: )([^>]+?)( -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a `|` inside a cell is escaped."""
    heads = tuple(head)
    every = [heads, ["---"] * len(heads), *rows]
    lines = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in every)
    return "".join(f"| {line} |\n" for line in lines)


def requirements(group: str) -> str:
    """Return the table of one group of requirements."""
    return table(
        ("id", "level", "requirement", "from"),
        ((each.id, _level(each), each.sentence, each.source) for each in GROUPS[group]),
    )


def scenarios(folder: Path = ROOT / "scenarios") -> str:
    """Return the table of the scenarios in `folder`: the file, what it claims, what it is about."""
    rows = []
    for path in sorted(folder.glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        about = content.get("requirement", [])
        ids = about if isinstance(about, list) else [about]
        rows.append(
            (f"[`{path.name}`](scenarios/{path.name})", content["scenario"], ", ".join(ids))
        )
    return table(("scenario", "what it claims", "about"), rows)


PARTS: Mapping[str, Callable[[], str]] = {
    "scenarios": scenarios,
    **{f"requirements {group}": partial(requirements, group) for group in GROUPS},
}


def fill(text: str) -> str:
    """Return `text` with each generated part as it should be; SystemExit for an unknown one."""
    return PART.sub(lambda part: f"{part[1]}{part[2]}{_generate(part[1])}", text)


def documents(root: Path = ROOT) -> list[Path]:
    """Return every document of the project."""
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").glob("**/*.md"))]


def main(arguments: list[str]) -> int:
    """Do what the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="tools/docs.py", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    only_check: bool = parser.parse_args(arguments).check
    stale = [path for path in documents() if _is_stale(path)]
    for path in stale:
        if not only_check:
            path.write_text(fill(path.read_text(encoding="utf-8")), encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'out of date' if only_check else 'written'}")
    if stale and only_check:
        print("run `python tools/docs.py` to write them again")
    return int(bool(stale) and only_check)


def _generate(name: str) -> str:
    if name not in PARTS:
        sys.exit(f"nothing generates a part {name!r}; there are {', '.join(map(repr, PARTS))}")
    return PARTS[name]()


def _is_stale(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return fill(text) != text


def _level(each: Requirement) -> str:
    if each.dialects is Dialects.ALL:
        return str(each.level)
    return f"{each.level} ({each.dialects})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
