"""The scenario format: one YAML file, one claim.

A `Scenario` was read and found right: its people exist, and its verbs take what they are given.
The parts are in `harness.cast` (people), `harness.step` and `harness.casting` (steps),
`harness.who`, `harness.texts` and `harness.durations`. Knows nothing of what a dialect can say
and of tokens.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    StrictInt,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from harness.cast import (
    CastMember,
    PersonEntry,
    PersonName,
    PersonSpec,
    cast_of,
    members,
    people_mistakes,
    pool,
)
from harness.casting import MAX_ACTS, acts, casting_mistakes, resolved, salvaged, walk
from harness.dump import plain_person, plain_step, to_yaml
from harness.errors import BadValue
from harness.limits import Limits
from harness.locales import DEFAULT_LOCALE, all_locales, is_locale
from harness.nodes import Mark, Source
from harness.on import On
from harness.overrides import overridden
from harness.scenario_values import FormatValue, NeedsValue, RequirementIds, TitleValue
from harness.section import Mistake, Section, empty_mistakes, mistakes_of, together
from harness.source import load, validated
from harness.step import DropKind, Hears, ServerAct, Step, Verb
from harness.texts import Text, parse_text, render
from harness.who import Crowd, Everyone, Person, Some, Who, Whom
from harness.words import shown, suggest

__all__ = [
    "CastMember",
    "Crowd",
    "DropKind",
    "Everyone",
    "Hears",
    "Mark",
    "Person",
    "PersonSpec",
    "Scenario",
    "ServerAct",
    "Some",
    "Step",
    "Text",
    "Verb",
    "Who",
    "Whom",
    "dump_scenario",
    "load_scenario",
    "parse_text",
    "read_scenario",
    "render",
]


def _locale(value: str) -> str:
    if not is_locale(value):
        hint = suggest(value, all_locales()) or "as in en_US, ru_RU"
        raise BadValue(f"faker knows no locale {shown(value)}", hint)
    return value


class Scenario(Section):
    """A scenario: people, what they do, and what it shows."""

    format: FormatValue = Field(description="The version of this format.")
    scenario: TitleValue = Field(description="The title: what it claims, in one sentence.")
    requirement: RequirementIds = Field(
        default=(),
        description="The requirements that it is about, by their ids.",
        examples=["JOIN-3"],
    )
    seed: StrictInt | None = Field(
        default=None,
        ge=0,
        lt=1 << 64,
        description="The number from which everything random is drawn; without it a new one is "
        "taken, and printed.",
    )
    locale: Annotated[str, AfterValidator(_locale)] = Field(
        default=DEFAULT_LOCALE,
        description="The language of made-up texts and names, as the library faker calls it.",
        examples=["ru_RU"],
    )
    needs: NeedsValue = Field(
        default=(),
        description="What the dialect must have; in one without it the scenario is skipped.",
        examples=["frames"],
    )
    on: On | None = Field(
        default=None,
        description="How everyone's bytes are cut and paced; a person's own `on` goes first.",
        examples=[{"segments": "1 byte"}],
    )
    limits: Limits | None = Field(
        default=None,
        description="What must not be passed.",
        examples=[{"delivery-p99": "2s"}],
    )
    people: dict[PersonName, PersonEntry] = Field(
        min_length=1, description="Who takes part: names, each of one person or of a crowd."
    )
    story: tuple[Step, ...] = Field(
        min_length=1, description="The steps, each beginning when the one before is complete."
    )

    _origin: str = PrivateAttr(default="")

    @classmethod
    def key_mistakes(cls, raw: Mapping[str, object]) -> Iterator[Mistake]:
        """Find the keys without a value."""
        return empty_mistakes(raw, cls.keys())

    @property
    def origin(self) -> str:
        """The name of the file; "" for a scenario that was not read from one."""
        return self._origin

    def cast(self) -> tuple[CastMember, ...]:
        """List all people in the order of `people`, crowds by number."""
        return tuple(cast_of(self.people))

    def members(self, name: str) -> tuple[str, ...]:
        """List whom a name stands for: a person, a crowd, a crowd's member, or `everyone`."""
        return members(self.people, name)

    def pool(self, whom: Whom) -> tuple[str, ...]:
        """List the people that an item of a `who` may mean; of `10 of crowd` the whole crowd."""
        return pool(self.people, whom)

    def place(self, source: Source) -> None:
        """Note where the scenario and its steps stand; said once, by whoever read it."""
        self._origin = source.name
        for loc, step in walk(self.story, ("story",)):
            step.place(source.mark(loc))

    @field_validator("people", mode="after")
    @classmethod
    def _check_people(cls, people: dict[str, PersonSpec]) -> dict[str, PersonSpec]:
        if found := list(people_mistakes(people)):
            raise together("people", found)
        return people

    @field_validator("story", mode="wrap")
    @classmethod
    def _check_story(
        cls, raw: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> tuple[Step, ...]:
        """Check the steps and, where `people` is right, the people of all steps that are right."""
        found: list[Mistake] = []
        story: tuple[Step, ...] = ()
        people: dict[str, PersonSpec] = info.data.get("people", {})
        try:
            story = handler(raw)
            steps = walk(story)
        except ValidationError as error:
            found += mistakes_of(error, subject="'story'")
            steps = salvaged(raw)
        if people:
            for loc, step in steps:
                found += casting_mistakes(loc, step, people)
        if found:
            raise together("story", found)
        return _resolved(story, people)


def _resolved(story: tuple[Step, ...], people: Mapping[str, PersonSpec]) -> tuple[Step, ...]:
    story = tuple(resolved(step, people) for step in story)
    if people and (count := acts(story, people)) > MAX_ACTS:
        message = f"the story asks people for {count:,} acts"
        raise together("story", [Mistake((), message, f"at most {MAX_ACTS:,}")])
    return story


def addable_keys() -> dict[str, tuple[str, ...]]:
    """List the keys that an override may add where the file has none, and those inside of them."""
    return {**dict.fromkeys(Scenario.keys(), ()), "on": On.keys(), "limits": Limits.keys()}


def load_scenario(
    path: Path,
    overrides: Mapping[str, str] | None = None,
    known_requirements: Collection[str] | None = None,
) -> Scenario:
    """Read a scenario from a file; raises `InputError` with all its mistakes.

    `overrides` replace values: dotted paths (`people.crowd`, `story.0.times`) and YAML. Ids of
    requirements must be among `known_requirements`, where these are given.
    """
    return read_scenario(load(path), overrides, known_requirements)


def read_scenario(
    source: Source,
    overrides: Mapping[str, str] | None = None,
    known_requirements: Collection[str] | None = None,
) -> Scenario:
    """Make a scenario of a source, as `load_scenario` does of a file."""
    source = overridden(source, overrides or {}, addable_keys())
    scenario = validated(source, Scenario, {"known_requirements": known_requirements})
    scenario.place(source)
    return scenario


def dump_scenario(scenario: Scenario) -> str:
    """Write a scenario as YAML that reads back as an equal one."""
    data: dict[str, object] = {"format": scenario.format, "scenario": scenario.scenario}
    if scenario.requirement:
        data["requirement"] = list(scenario.requirement)
    if scenario.seed is not None:
        data["seed"] = scenario.seed
    if scenario.locale != DEFAULT_LOCALE:
        data["locale"] = scenario.locale
    if scenario.needs:
        data["needs"] = [str(feature) for feature in scenario.needs]
    if scenario.on is not None:
        data["on"] = scenario.on.plain()
    if scenario.limits is not None:
        data["limits"] = scenario.limits.plain()
    data["people"] = {name: plain_person(spec) for name, spec in scenario.people.items()}
    data["story"] = [plain_step(step) for step in scenario.story]
    return to_yaml(data)
