"""Scenarios and their parts as plain data, and plain data as YAML.

What is written reads back as the same by the rules of `harness.scalars`, which are not those of
PyYAML: so every text that is not plainly a word stands in quotes. Knows no `Scenario`.
"""

import re
from typing import Any

import yaml

from harness.cast import PersonSpec
from harness.durations import format_duration, format_span
from harness.payload import format_payload
from harness.step import Step, Verb
from harness.texts import format_text
from harness.who import format_whom

_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_Dumper: Any = type("_Dumper", (_BASE,), {"__doc__": "Writes texts so that they stay texts."})

_WORD = re.compile(r"[A-Za-z][A-Za-z-]*( [A-Za-z0-9-]+)*")
_TAKEN = frozenset(
    # By YAML 1.2, or for other readers, by YAML 1.1.
    ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
)


def _represent_text(dumper: Any, text: str) -> Any:
    plain = _WORD.fullmatch(text) and text.lower() not in _TAKEN and len(text) < 100
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


def _represent_mapping(dumper: Any, data: dict[str, object]) -> Any:
    """Put a mapping on one line, if it is not one with a list of steps."""
    blocks = any(isinstance(item, list) and any(map(_is_step, item)) for item in data.values())
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=not blocks)


def _is_step(item: object) -> bool:
    """Tell a step from the segments of a `send`, which are texts and mappings with one key."""
    return isinstance(item, dict) and "hex" not in item


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(dict, _represent_mapping)


def to_yaml(data: object) -> str:
    """Write plain data as YAML, in the order of its keys."""
    return str(
        yaml.dump(
            data,
            Dumper=_Dumper,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=None,
            width=1 << 30,
        )
    )


def plain_person(spec: PersonSpec) -> object:
    """Write an entry of `people`: nothing, the number of a crowd, or a mapping."""
    given = {key: value for key, value in spec if value is not None}
    if spec.on is not None:
        given["on"] = spec.on.plain()
    return spec.count if list(given) == ["count"] else (given or None)


def plain_step(step: Step) -> dict[str, object]:
    """Write a step as a mapping, without what is left to its default."""
    plain: dict[str, object] = {}
    if step.who:
        items = [format_whom(whom) for whom in step.who]
        plain["who"] = items[0] if len(items) == 1 else items
    plain[step.verb.value] = _verb_value(step)
    if step.times != 1 or step.verb is Verb.REPEAT or step.every:
        plain["times"] = step.times
    if step.every:
        plain["every"] = format_span(step.every)
    for name in ("over", "after", "within"):
        if (seconds := getattr(step, name)) is not None:
            plain[name] = format_duration(seconds)
    if step.or_refused:
        plain["or-refused"] = True
    if step.bare:
        plain["bare"] = True
    return plain


def _verb_value(step: Step) -> object:
    if step.say is not None:
        return format_text(step.say)
    if step.send is not None:
        return format_payload(step.send)
    if step.hears is not None:
        return step.hears.model_dump(by_alias=True, exclude_none=True)
    if step.seen is not None:
        return step.seen
    if step.drop is not None:
        return step.drop.value
    if step.server is not None:
        return step.server.value
    if step.wait is not None:
        return format_duration(step.wait)
    return [plain_step(inner) for inner in step.block] or True
