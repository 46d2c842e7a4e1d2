"""The people of a scenario: single persons and crowds, their names and nicknames.

A crowd's members are numbered, `crowd-001` ..., and can be named like anyone. Knows nothing of
steps and of YAML files.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    StrictInt,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from harness.errors import BadValue
from harness.on import On
from harness.section import Mistake, Section, empty_mistakes
from harness.texts import check_characters
from harness.who import EVERYONE, NEWCOMER, Crowd, Newcomer, Person, Some, Whom, is_name
from harness.words import kind, shown, suggest

MAX_CROWD = 20_000
MAX_CAST = 100_000
MAX_NICK = 64
"""Characters of a nickname."""

FAKER = "faker"
"""The `nick` that asks for a made-up nickname."""
BEACON = "beacon-"
"""How the names of the harness's own people begin."""
TOKEN_MARK = "~"  # noqa: S105 (no password)
"""Opens and closes a token: it stands in no nickname."""

_NICK_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_NICK}
_MEMBER = re.compile(r"(.+)-([0-9]+)")


@dataclass(frozen=True, slots=True)
class CastMember:
    """One person: the name in the scenario, the `nick` as written, and the entry of `people`.

    `nick_spec`: None where the nickname is the name, `faker`, or the nickname itself.
    """

    name: str
    nick_spec: str | None
    group: str


def check_nick(nick: str) -> str:
    """Check a nickname and give it back; raises `BadValue`."""
    check_characters(nick)
    if not nick.strip():
        raise BadValue("a nickname must not be blank")
    if len(nick) > MAX_NICK:
        raise BadValue(f"a nickname of {len(nick)} characters", f"at most {MAX_NICK}")
    if control := next((c for c in nick if unicodedata.category(c) == "Cc"), None):
        raise BadValue(f"the nickname has the control character U+{ord(control):04X}")
    if TOKEN_MARK in nick:
        raise BadValue(f"the nickname has a {TOKEN_MARK!r}", "the harness marks its messages so")
    if nick.startswith(BEACON):
        raise BadValue(f"the nickname begins with {BEACON!r}", "the harness's own people do")
    return nick


def check_name(name: str) -> str:
    """Check the name of an entry of `people` and give it back; raises `BadValue`."""
    if name == EVERYONE:
        raise BadValue(f"nobody can be called {EVERYONE!r}", "it means all people")
    if not is_name(name):
        hint = "letters, digits, - and _, with no digit in front; `nick` can be anything"
        raise BadValue(f"{shown(name)} is no name", hint)
    return check_nick(name)


def check_typed(typed: str) -> str:
    """Check what is sent in place of a nickname and give it back; raises `BadValue`."""
    check_characters(typed)
    if not typed:
        raise BadValue("nothing is sent for an empty text", "leave `typed` out")
    if TOKEN_MARK in typed:
        raise BadValue(f"it has a {TOKEN_MARK!r}", "the harness marks its messages so")
    if len(typed) > MAX_NICK:
        raise BadValue(f"a nickname of {len(typed)} characters", f"at most {MAX_NICK}")
    return typed


class PersonSpec(Section):
    """One person, or a crowd of `count`."""

    nick: Annotated[str, AfterValidator(check_nick), WithJsonSchema(_NICK_SCHEMA)] | None = Field(
        default=None,
        description="The nickname, where it is not the name; `faker` makes one up.",
        examples=["Боб", FAKER],
    )
    typed: Annotated[str, AfterValidator(check_typed)] | None = Field(
        default=None,
        description="What is sent as the nickname, where a server has to make `nick` of it.",
        examples=["bob\n"],
    )
    count: StrictInt | None = Field(
        default=None, ge=1, le=MAX_CROWD, description="How many people the crowd has."
    )
    on: On | None = Field(
        default=None, description="How the bytes of this person or crowd are cut and paced."
    )

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())

    def members(self, name: str) -> tuple[str, ...]:
        """List the names of the people that the entry `name` stands for."""
        if self.count is None:
            return (name,)
        width = member_width(self.count)
        return tuple(f"{name}-{number:0{width}}" for number in range(1, self.count + 1))


def member_width(count: int) -> int:
    """Tell how many digits the numbers of a crowd have: at least three."""
    return max(3, len(str(count)))


def _spec(value: object) -> object:
    if value is None:
        return {}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"count": value}
    if isinstance(value, dict | PersonSpec):
        return value
    hint = f"for a nickname write {{nick: {value}}}" if isinstance(value, str) else ""
    raise BadValue(f"a person is nothing, a number or a mapping, not {kind(value)}", hint)


class _EntrySchema:
    """Tells the JSON Schema what may stand for a mapping."""

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        crowd = {"type": "integer", "minimum": 1, "maximum": MAX_CROWD}
        return {
            "description": "Nothing: one person of this name. A number: a crowd. Or a mapping.",
            "anyOf": [{"type": "null"}, crowd, handler(core_schema)],
        }


PersonName = Annotated[str, AfterValidator(check_name)]
PersonEntry = Annotated[
    PersonSpec,
    BeforeValidator(_spec),
    _EntrySchema(),
]
People = Mapping[str, PersonSpec]


def cast_of(people: People) -> Iterator[CastMember]:
    """Give all people in their order, crowds by number."""
    for group, spec in people.items():
        for name in spec.members(group):
            yield CastMember(name, spec.nick, group)


def size(people: People) -> int:
    """Count the people."""
    return sum(spec.count or 1 for spec in people.values())


def group_of(people: People, name: str) -> str | None:
    """Find the crowd that the name `crowd-007` is a member of; None for every other name."""
    match = _MEMBER.fullmatch(name)
    spec = people.get(match[1]) if match else None
    if match is None or spec is None or spec.count is None:
        return None
    digits = match[2]
    fits = len(digits) == member_width(spec.count) and 1 <= int(digits) <= spec.count
    return match[1] if fits else None


def exists(people: People, name: str) -> bool:
    """Tell whether a name is a person's, a crowd's, or that of a crowd's member."""
    return name in people or group_of(people, name) is not None


def unknown(people: People, name: str) -> BadValue:
    """Make the error for a name that does not exist."""
    match = _MEMBER.fullmatch(name)
    spec = people.get(match[1]) if match else None
    if match and spec and spec.count is not None:
        members = spec.members(match[1])
        return BadValue(f"there is no {shown(name)}", f"from {members[0]} to {members[-1]}")
    if name == NEWCOMER.split()[-1]:
        return BadValue(f"there is no {shown(name)} in people", f"did you mean {NEWCOMER!r}?")
    return BadValue(f"there is no {shown(name)} in people", suggest(name, (*people, EVERYONE)))


def people_mistakes(people: People) -> Iterator[Mistake]:
    """Find the mistakes between the entries of `people`."""
    if size(people) > MAX_CAST:
        yield Mistake((), f"{size(people):,} people", f"at most {MAX_CAST:,}")
    for name, spec in people.items():
        if crowd := group_of(people, name):
            message = f"{shown(name)} is also a member of the crowd {shown(crowd)}"
            yield Mistake((name,), message, "give it another name", at_key=True)
        if spec.count is not None and len(name) + 1 + member_width(spec.count) > MAX_NICK:
            message = f"the members' names have more than {MAX_NICK} characters"
            yield Mistake((name,), message, "give the crowd a shorter name", at_key=True)


def members(people: People, name: str) -> tuple[str, ...]:
    """List whom a name stands for: a person, a crowd, a crowd's member, or everyone."""
    if name == EVERYONE:
        return tuple(member.name for member in cast_of(people))
    return people[name].members(name) if name in people else (name,)


def pool(people: People, whom: Whom) -> tuple[str, ...]:
    """List the people that an item of a `who` may mean, in the order of the cast.

    Of `10 of crowd` that is the whole crowd: who the ten are is drawn elsewhere.
    """
    match whom:
        case Person(name) | Crowd(name) | Some(_, name):
            return members(people, name)
        case Newcomer():
            return ()
        case _:
            away = {member for name in whom.but for member in members(people, name)}
            return tuple(name for name in members(people, EVERYONE) if name not in away)
