"""Values beside the story: format, title, requirements and needs, for scenarios of every kind.

Knows no people and no steps.
"""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, PlainValidator, ValidationInfo, WithJsonSchema

from harness.errors import BadValue
from harness.feature import Feature
from harness.step_values import OneOf
from harness.words import kind, shown, suggest

FORMAT = 1

_REQUIREMENT = re.compile(r"[A-Z]+(-[A-Z]+)*-[0-9]+")
_ID_SCHEMA = {
    "type": "string",
    "pattern": f"^{_REQUIREMENT.pattern}$",
    "patternErrorMessage": "The id of a requirement, as in JOIN-3.",
}
_NEED_SCHEMA = {"enum": [*map(str, Feature)]}


def _format(value: object) -> Literal[1]:
    if isinstance(value, bool | float) or value != FORMAT:
        raise BadValue(f"format must be {FORMAT}, not {kind(value)}", "there is no other yet")
    return 1


def _title(value: str) -> str:
    if not value.strip():
        raise BadValue("a scenario needs a title", "say in one sentence what it claims")
    return value


def _ids(value: object) -> object:
    if value is None:  # `key_mistakes` reports it, once
        return []
    return value if isinstance(value, list | tuple) else [value]


def _requirement(value: str, info: ValidationInfo) -> str:
    """Check an id; whether it exists, where the context says which do."""
    if not _REQUIREMENT.fullmatch(value):
        raise BadValue(f"{shown(value)} is no requirement's id", "as in JOIN-3")
    known = (info.context or {}).get("known_requirements")
    if known is not None and value not in known:
        raise BadValue(f"there is no requirement {shown(value)}", suggest(value, known))
    return value


FormatValue = Annotated[Literal[1], PlainValidator(_format), WithJsonSchema({"const": 1})]
TitleValue = Annotated[str, AfterValidator(_title)]
RequirementIds = Annotated[
    tuple[Annotated[str, AfterValidator(_requirement)], ...],
    BeforeValidator(_ids),
    WithJsonSchema({"anyOf": [_ID_SCHEMA, {"type": "array", "items": _ID_SCHEMA}]}),
]
NeedsValue = Annotated[
    tuple[Annotated[Feature, PlainValidator(OneOf(Feature))], ...],
    BeforeValidator(_ids),
    WithJsonSchema({"anyOf": [_NEED_SCHEMA, {"type": "array", "items": _NEED_SCHEMA}]}),
]
