"""Cases are read from folders, and chosen by name, requirement and level."""

from pathlib import Path

import pytest

from harness.conform.cases import Selection, load_case, load_folder, load_suite, select
from harness.conform.results import Kind
from harness.errors import InputError, UsageError
from harness.requirements import GROUPS, REQUIREMENTS, Level

SERVER = load_suite(Kind.SERVER)
CLIENT = load_suite(Kind.CLIENT)
SERVERS_DO = [one for name, group in GROUPS.items() if name != "client" for one in group]


@pytest.mark.parametrize("requirement", REQUIREMENTS)
def test_every_requirement_has_two_cases_at_least(requirement: str) -> None:
    files = {case.path for case in (*SERVER, *CLIENT) if requirement in case.of}
    assert len(files) >= 2


def test_servers_and_clients_are_judged_by_their_own() -> None:
    assert {case.kind for case in SERVER} == {Kind.SERVER}
    assert {case.kind for case in CLIENT} == {Kind.CLIENT}
    assert {name for case in SERVER for name in case.of} == {one.id for one in SERVERS_DO}


@pytest.mark.parametrize("suite", [SERVER, CLIENT], ids=["server", "client"])
def test_ids_are_not_given_twice(suite: tuple[object, ...]) -> None:
    names = [case.id for case in suite]  # type: ignore[attr-defined]
    assert len(set(names)) == len(names)


def test_a_client_s_case_is_played_at_a_terminal_and_in_a_pipe() -> None:
    ids = {case.id: case.terminal for case in CLIENT}
    assert ids["server_closes-terminal"] is True
    assert ids["server_closes-pipe"] is False
    assert "shown_while_typing-pipe" not in ids


def chosen(suite: tuple[object, ...] = SERVER, **wanted: tuple[str, ...]) -> set[str]:
    return {case.id for case in select(suite, Selection(**wanted))}  # type: ignore[arg-type]


def test_by_name_and_pattern() -> None:
    assert chosen(cases=("join",)) == {"join"}
    assert chosen(cases=("silent_*", "join")) > {"join", "silent_newcomer"}
    assert chosen(CLIENT, cases=("end_of_input",)) == {"end_of_input-terminal", "end_of_input-pipe"}
    assert chosen(CLIENT, cases=("end_of_input-pipe",)) == {"end_of_input-pipe"}


def test_by_requirement_and_level() -> None:
    assert all(
        "JOIN-3" in case.of for case in SERVER if case.id in chosen(requirements=("JOIN-3",))
    )
    assert "flood" in chosen(levels=(Level.SHOULD,))
    assert chosen(levels=(Level.LEVEL,)) == {"one_order", "answers"}
    both = chosen(requirements=("RELAY-7",), levels=("SHOULD",))
    assert both == {"long_messages_of_wide_letters"}


def test_all_of_none() -> None:
    assert not Selection()
    assert select(SERVER, Selection()) == SERVER


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Selection(cases=("silent_newcomr",)), "did you mean 'silent_newcomer'?"),
        (Selection(requirements=("join-3",)), "did you mean 'JOIN-3'?"),
        (Selection(requirements=("JOIN-33",)), "did you mean"),
        (Selection(cases=("qqqq",)), "harness conform --list"),
        (Selection(cases=("join",), requirements=("LIFE-2",)), "nothing would be judged"),
        (Selection(requirements=("C-END-1",)), "nothing would be judged"),
    ],
)
def test_what_is_not_there_is_told(wanted: Selection, words: str) -> None:
    with pytest.raises(UsageError) as error:
        select(SERVER, wanted)
    assert words in str(error.value)


def test_a_folder_of_one_s_own(tmp_path: Path) -> None:
    text = "format: 1\nscenario: One\nrequirement: JOIN-1\npeople: {a: }\n"
    text += "story: [{who: a, join: true}]"
    (tmp_path / "own.yaml").write_text(text)
    (case,) = load_folder(tmp_path)
    assert (case.id, case.title, case.of) == ("own", "One", ("JOIN-1",))


def test_a_requirement_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("format: 1\nscenario: One\nrequirement: JOIN-99\npeople: {a: }\nstory: []")
    with pytest.raises(InputError) as error:
        list(load_case(path))
    assert f"{path}:3:14: there is no requirement 'JOIN-99'" in str(error.value)
