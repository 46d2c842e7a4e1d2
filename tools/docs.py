"""Write the generated parts of the documents again, or check that they are up to date.

    python tools/docs.py            write them
    python tools/docs.py --check    change nothing; exit status 1 where one is out of date

A generated part stands between two comments, `<!-- generated: NAME -->` and `<!-- end -->`. Here is
what can stand there, and nothing of what it is about: that comes from the harness. What is
generated as a whole (the JSON Schemas) is in `FILES`.
"""

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

import yaml

from harness import client_guide, dialect_guide, guide
from harness.announcement import Announcement
from harness.cast import PersonSpec
from harness.checks import CHECKS
from harness.client_scenario import ClientScenario
from harness.client_step import MODIFIERS as CLIENT_MODIFIERS
from harness.client_step import ClientStep, ClientVerb
from harness.conform.cases import Case, load_suite
from harness.conform.results import Kind
from harness.dialect import ClientManner, Dialect
from harness.dialect_files import REFERENCE_SPEAKS, builtin_dialects, load_dialect
from harness.implementation_file import ImplementationFile
from harness.limits import Limits
from harness.on import On
from harness.requirements import GROUPS
from harness.scenario import Scenario
from harness.schema import schema_text
from harness.section import Section
from harness.step import Step
from harness.verbs import ALL_MODIFIERS, MODIFIERS, NOBODYS, Verb

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from clients import (  # noqa: E402
    CAUGHT_CLIENTS,
    client_confession,
    faulty_clients,
    file_of,
)
from conformance import CAUGHT  # noqa: E402
from known_good import KNOWN_GOOD  # noqa: E402
from power import TABLE, UNSEEN, Row, confession, faulty_servers, program  # noqa: E402

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
        ((each.id, each.asks, each.sentence, each.source) for each in GROUPS[group]),
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


def dialects() -> str:
    """Return the table of the dialects that the harness brings."""
    rows = []
    for name in builtin_dialects():
        servers = [f"[`{each}`](../tests/{each})" for each in KNOWN_GOOD[name]]
        reference = ["the reference"] if name in REFERENCE_SPEAKS else []
        file = f"[`{name}`](../harness/dialects/{name}.yaml)"
        rows.append((file, load_dialect(name).about, ", ".join([*reference, *servers])))
    return table(("dialect", "what speaks like this", "servers that speak it rightly"), rows)


def example_scenario(path: Path = ROOT / "scenarios" / "disconnect.yaml") -> str:
    """Return a whole scenario file as a block, without the line for editors."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return block("".join(line for line in lines if not line.startswith("# yaml-language-server")))


def block(yaml_text: str) -> str:
    """Return a block of YAML."""
    return f"```yaml\n{yaml_text.rstrip()}\n```\n"


def words(model: type[Section], examples: Mapping[str, str]) -> str:
    """Return the words of a part of a scenario, each with its meaning and an example."""
    about = _descriptions(model)
    return "\n".join(
        f"**`{word}`**: {about[word]}\n\n{block(example)}" for word, example in examples.items()
    )


def verbs() -> str:
    """Return what a step can do: each verb with its modifiers, an example, when it is complete."""
    return "\n".join(map(_verb, Verb))


def modifiers() -> str:
    """Return what can stand beside a verb."""
    about = _descriptions(Step)
    parts = []
    for word in ALL_MODIFIERS:
        takers = ", ".join(f"`{verb}`" for verb in Verb if word in MODIFIERS[verb])
        example = block(guide.MODIFIERS[word])
        parts.append(f"**`{word}`**: {about[word]} It goes with {takers}.\n\n{example}")
    return "\n".join(parts)


def forms(head: str, rows: Mapping[str, tuple[str, str]]) -> str:
    """Return a table of forms: how each is written, what it means, an example."""
    return table(
        (head, "meaning", "example"),
        (
            (f"`{form}`", meaning, f"`{example.removeprefix('- ')}`")
            for form, (meaning, example) in rows.items()
        ),
    )


def fields(model: type[Section]) -> str:
    """Return a table of the keys of a format, with what each means."""
    return table(("key", ""), ((f"`{key}`", text) for key, text in _descriptions(model).items()))


def power_by_check() -> str:
    """Return which checks fail on which faulty server, and what is blamed, a row for each play."""
    plays: dict[tuple[object, ...], list[Row]] = {}
    for row in TABLE:
        alike = (row.server, row.scenario, row.checks, row.requirements, row.also)
        plays.setdefault(alike, []).append(row)
    rows = [_played(each) for each in plays.values()]
    rows += [_unplayed(server, shown_by) for server, shown_by in UNSEEN.items()]
    heads = ("faulty server", "defect", "scenario", "dialect")
    return table((*heads, *CHECKS, "blamed"), sorted(rows))


def power_by_requirement() -> str:
    """Return which faulty servers violate each requirement for servers."""
    rows = [(name, servers) for name in _SERVERS for servers in [_violators(name)] if servers]
    return table(("requirement", "faulty servers that violate it"), rows)


def power_without() -> str:
    """Return the requirements for servers that no faulty server violates."""
    rows = [(each, _SERVERS[each].sentence) for each in _SERVERS if not _violators(each)]
    return table(("requirement", "what it asks for"), rows)


def cases(kind: Kind) -> str:
    """Return a table of the suite's cases: what each claims, and what it is about."""
    files = {case.path: case for case in load_suite(kind)}
    rows = [
        (f"[`{path.stem}`](../scenarios/conformance/{kind}/{path.name})", case.title, _about(case))
        for path, case in files.items()
    ]
    return table(("case", "what it claims", "about"), rows)


def _about(case: Case) -> str:
    return ", ".join(case.of)


def power_by_case() -> str:
    """Return which faulty program fails which requirement in which case of the suite."""
    rows = [
        (name, _server_link(server), _case_link("server", case), f"`{dialect}`")
        for name, catches in CAUGHT.items()
        for server, case, dialect in catches
    ]
    rows += [
        (name, _client_link(client), _case_link("client", case), f"`{dialect}`")
        for name, catches in CAUGHT_CLIENTS.items()
        for client, case, dialect in catches
    ]
    return table(("requirement", "faulty program", "case", "dialect"), rows)


def power_of_clients() -> str:
    """Return the faulty clients, and what is wrong with each."""
    told = ((name, client_confession(name)) for name in faulty_clients())
    rows = [(_client_link(name), one.defect, ", ".join(one.violates)) for name, one in told]
    return table(("faulty client", "defect", "violates"), rows)


def _client_link(name: str) -> str:
    return f"[`{name}`](../tests/faulty/clients/{file_of(name)})"


def _case_link(kind: str, case: str) -> str:
    file = case.removesuffix("-terminal").removesuffix("-pipe")
    return f"[`{case}`](../scenarios/conformance/{kind}/{file}.yaml)"


PARTS: Mapping[str, Callable[[], str]] = {
    "scenarios": scenarios,
    "example scenario": example_scenario,
    "words of a scenario": partial(words, Scenario, guide.ROOT),
    "words of people": partial(words, PersonSpec, guide.PEOPLE),
    "forms of who": partial(forms, "who", guide.WHO),
    "verbs": verbs,
    "modifiers": modifiers,
    "placeholders": partial(forms, "in a text", guide.TEXTS),
    "dialects": dialects,
    "words of a dialect": partial(words, Dialect, dialect_guide.KEYS),
    "words of a client": partial(words, ClientManner, dialect_guide.CLIENT),
    "words of a scenario for a client": partial(words, ClientScenario, client_guide.ROOT),
    "verbs of a client": lambda: "\n".join(map(_client_verb, ClientVerb)),
    "words of an announcement": partial(words, Announcement, dialect_guide.ANNOUNCEMENT),
    "fields of a template": partial(forms, "field", dialect_guide.FIELDS),
    "example dialect": partial(block, dialect_guide.WHOLE),
    "words of on": partial(words, On, guide.ON),
    "segments": partial(forms, "segments", guide.SEGMENTS),
    "words of limits": partial(words, Limits, guide.LIMITS),
    "power by check": power_by_check,
    "power by requirement": power_by_requirement,
    "power without": power_without,
    "power by case": power_by_case,
    "power of clients": power_of_clients,
    "cases for servers": partial(cases, Kind.SERVER),
    "cases for clients": partial(cases, Kind.CLIENT),
    "words of an implementation": partial(fields, ImplementationFile),
    **{f"requirements {group}": partial(requirements, group) for group in GROUPS},
}


FILES: Mapping[Path, Callable[[], str]] = {
    ROOT / "scenarios" / "schema.json": schema_text,
    ROOT / "scenarios" / "conformance" / "client" / "schema.json": partial(schema_text, "client"),
    ROOT / "harness" / "dialects" / "schema.json": partial(schema_text, "dialect"),
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
    stale = [path for path in (*documents(), *FILES) if _is_stale(path)]
    for path in stale:
        if not only_check:
            path.write_text(_fresh(path), encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'out of date' if only_check else 'written'}")
    if stale and only_check:
        print("run `python tools/docs.py` to write them again")
    return int(bool(stale) and only_check)


def _generate(name: str) -> str:
    if name not in PARTS:
        sys.exit(f"nothing generates a part {name!r}; there are {', '.join(map(repr, PARTS))}")
    return PARTS[name]()


def _is_stale(path: Path) -> bool:
    return not path.exists() or _fresh(path) != path.read_text(encoding="utf-8")


def _fresh(path: Path) -> str:
    return FILES[path]() if path in FILES else fill(path.read_text(encoding="utf-8"))


def _client_verb(verb: ClientVerb) -> str:
    told = client_guide.VERBS[verb]
    takes = ", ".join(f"`{each}`" for each in CLIENT_MODIFIERS[verb])
    about = " ".join(filter(None, (_descriptions(ClientStep)[verb.value], told.more)))
    return (
        f"**`{verb}`**: {about} It takes {takes}. It is complete when {told.complete}\n\n"
        f"{block(told.example)}"
    )


def _verb(verb: Verb) -> str:
    told = guide.VERBS[verb]
    keys = MODIFIERS[verb] if verb in NOBODYS else ("who", *MODIFIERS[verb])
    takes = ", ".join(f"`{each}`" for each in keys)
    takes += ", and no `who`" if verb in NOBODYS else ""
    about = " ".join(filter(None, (_descriptions(Step)[verb.value], told.more)))
    return (
        f"### {verb}\n\n{about}\n\n{block(told.example)}\n"
        f"Takes {takes}. Complete when {told.complete}\n"
    )


_SERVERS = {each.id: each for group in GROUPS if group != "client" for each in GROUPS[group]}


def _server_link(server: str) -> str:
    return f"[`{server}`](../tests/faulty/{program(server).name})"


def _played(rows: list[Row]) -> tuple[str, ...]:
    row = rows[0]
    file = "tests/support/power.py" if row.is_inline else f"scenarios/{row.name}.yaml"
    scenario = f"[{row.name if row.is_inline else f'`{row.name}`'}](../{file})"
    marks = ("●" if one in row.checks else "○" if one in row.also else "" for one in CHECKS)
    perhaps = sorted(row.also - set(CHECKS))
    blamed = ", ".join(sorted(row.requirements)) + "".join(f" ({one})" for one in perhaps)
    dialects = ", ".join(sorted({f"`{each.dialect}`" for each in rows}, reverse=True))
    return (
        *(_server_link(row.server), confession(row.server).defect, scenario, dialects),
        *(*marks, blamed),
    )


def _unplayed(server: str, shown_by: str) -> tuple[str, ...]:
    told = (_server_link(server), confession(server).defect, f"none yet: {shown_by}", "")
    return (*told, *("" for _ in CHECKS), "")


def _violators(requirement: str) -> str:
    """Return the servers that violate it; in bold type those of which it tells most."""
    found = []
    for server in faulty_servers():
        violated = confession(server).violates
        strong = "**" if requirement == violated[0] else ""
        found += [f"{strong}{_server_link(server)}{strong}"] * (requirement in violated)
    return ", ".join(found)


def _descriptions(model: type[Section]) -> dict[str, str]:
    fields = model.model_fields.items()
    return {info.alias or name: info.description or "" for name, info in fields}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
