"""Reports say what came out, and nothing of a stranger's gets through."""

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import ALL, FAILING, INTERRUPTED, KNOWN, PERFECT, STALE, hostile

from harness.conform.reports import FORMATS, SEVERAL, annotations, matrix, render
from harness.conform.results import Conformity, Report
from harness.conform_options import REPORTS
from harness.conform_options import SEVERAL as SEVERAL_KINDS
from harness.schema import schema_text

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

ESCAPES = "\x1b]0;x\x07\x1b[2J\x9b31m\r\n::error::x%0A\u202e\x00\ud800]]>&<script>`|@me"
# What a terminal would obey; the report makes colours only where it is told to.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

texts = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    [ESCAPES, "```", "`", "``` `", "|a|", "<!--", "::warning::", "x" * 9_000]
)


def test_the_options_name_every_kind() -> None:
    assert tuple(FORMATS) == REPORTS
    assert tuple(SEVERAL) == SEVERAL_KINDS


# -- text ------------------------------------------------------------------------------------------


def test_a_perfect_server_needs_few_lines() -> None:
    text = render(PERFECT)
    assert len(text.splitlines()) < 15
    assert text.startswith(
        "CONFORMS STRICTLY  mine · 3 MUST kept · 2 cases · 1.2 s\nserver: ./server {port}"
    )


def test_what_to_fix_first_stands_first() -> None:
    text = render(FAILING)
    advice = text.index("Fix first: JOIN-3 (it explains 2 of 4 failing cases)")
    assert advice < text.index("JOIN-3, a MUST, is violated")
    assert "Likely cause: it waits" in text
    assert "Then: RELAY-1 (1), JOIN-6 (1), JOIN-10 (1)" in text
    assert "Also in: crowd" in text
    assert "Could not be judged: LOAD-1 (late): it ran late" in text
    assert "1 of 2 runs passed" in text
    assert "n/a: RELAY-3: nobody hears itself" in text


def test_known_and_stale_deviations_and_an_interruption_are_told() -> None:
    assert "Known: JOIN-3 is violated: one at a time" in render(KNOWN)
    assert "k.yaml:1:1: JOIN-3 is kept now" in render(STALE)
    assert "Interrupted: not all of it was run." in render(INTERRUPTED)


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.conformity)
def test_a_report_fits_its_width_and_ascii(made: Report) -> None:
    plain = render(made, width=60, ascii_only=True, verbose=True)
    assert plain.isascii()
    assert max(map(len, plain.splitlines())) <= 60
    assert "\x1b" not in render(made)
    assert "\x1b[" in render(made, colour=True)


# -- JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", ALL, ids=lambda made: made.conformity)
def test_json_keeps_to_the_published_schema(made: Report) -> None:
    text = FORMATS["json"](made)
    assert text.isascii()
    jsonschema.validate(json.loads(text), json.loads(schema_text("report")))


def test_json_says_the_verdict() -> None:
    data = json.loads(FORMATS["json"](FAILING))
    assert data["verdict"]["conforms"] is False
    assert data["requirements"]["JOIN-3"]["outcome"] == "fail"
    assert data["requirements"]["JOIN-3"]["level"] == "MUST"
    assert data["requirements"]["JOIN-3"]["cases"] == {"door": "fail", "crowd": "fail"}
    assert data["requirements"]["RELAY-3"]["outcome"] == "not applicable"
    assert data["cases"]["shaky"]["stability"] == {"passed": 1, "of": 2}
    assert data["fix_first"][0]["requirement"] == "JOIN-3"
    kept = json.loads(FORMATS["json"](PERFECT))["verdict"]
    assert (kept["conforms"], kept["conforms_strictly"]) == (True, True)
    unknown = json.loads(FORMATS["json"](INTERRUPTED))["verdict"]
    assert unknown["conforms"] is None


# -- JUnit -----------------------------------------------------------------------------------------


def parsed(made: Report) -> ET.Element:
    suite = ET.fromstring(FORMATS["junit"](made)).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    return suite


def test_junit_counts_and_tells() -> None:
    suite = parsed(FAILING)
    counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "7", "failures": "4", "errors": "1", "skipped": "1"}
    door = suite.find("testcase[@name='door']")
    assert door is not None
    failure = door.find("failure")
    assert failure is not None
    assert failure.attrib["type"] == "JOIN-3"
    assert failure.text is not None
    assert "holds nobody up" in failure.text
    assert "Likely cause: it waits" in failure.text
    level = door.find("properties/property[@name='requirement']")
    assert level is not None
    assert level.attrib["value"] == "JOIN-3 MUST"


def test_in_junit_a_known_deviation_is_skipped() -> None:
    suite = parsed(KNOWN)
    skipped = suite.find("testcase[@name='door']/skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "known deviation: one at a time"
    assert suite.attrib["failures"] == "0"


# -- the others ------------------------------------------------------------------------------------


def test_annotations_are_errors_for_what_must_be() -> None:
    lines = annotations(FAILING).splitlines()
    assert any(line.startswith("::error title=JOIN-3 is violated::") for line in lines)
    assert any(line.startswith("::warning title=JOIN-6 is violated::") for line in lines)
    assert any(line.startswith("::warning title=LOAD-1 could not be judged::") for line in lines)
    assert annotations(PERFECT).startswith("::notice title=Conforms strictly::")
    assert "::error title=JOIN-3 is kept now::" in annotations(STALE)


def test_markdown_has_a_row_for_each_requirement() -> None:
    text = FORMATS["markdown"](FAILING)
    assert text.startswith("# Does not conform: ` mine `")
    assert "| ✗ | JOIN-3: " in text
    assert "1. **JOIN-3** (explains 2 of 4 failing cases)" in text
    assert text.count("<details>") == text.count("</details>") == 4


@pytest.mark.parametrize(
    ("made", "words"),
    [(PERFECT, "conforms strictly"), (FAILING, "4 requirements fail"), (KNOWN, "with deviations")],
)
def test_the_badge(made: Report, words: str) -> None:
    svg = ET.fromstring(FORMATS["badge"](made))  # noqa: S314 - our own
    assert words in "".join(svg.itertext())
    assert svg.attrib["role"] == "img"


def test_the_matrix_has_a_column_for_each() -> None:
    lines = matrix([PERFECT, FAILING]).splitlines()
    assert lines[0].split() == ["1", "2"]
    assert "JOIN-3  ✓ ✗" in lines
    assert "1  mine: conforms strictly: 3 MUST kept" in lines
    assert "| JOIN-3 | ✓ | ✗ |" in SEVERAL["markdown"]([PERFECT, FAILING])
    data = json.loads(SEVERAL["json"]([PERFECT, FAILING]))
    assert [one["verdict"]["conforms"] for one in data["reports"]] == [True, False]
    assert matrix([PERFECT], ascii_only=True).isascii()


# -- hostile texts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*FORMATS, "github", "matrix"])
@given(text=texts)
def test_nothing_that_a_terminal_would_obey_gets_through(kind: str, text: str) -> None:
    made = hostile(text)
    makers: dict[str, Callable[[Report], str]] = {
        **FORMATS,
        "github": annotations,
        "matrix": lambda one: matrix([one, one]),
    }
    told = makers[kind](made)
    assert not OBEYED.search(told)
    assert len(told) < 600_000


@given(text=texts)
def test_xml_stays_xml(text: str) -> None:
    suite = parsed(hostile(text))
    names = [one.attrib["name"] for one in suite.iter("testcase")]
    assert names[:4] == ["bad", "known", "unsure", "unfit"]
    assert len(names) == 6  # and what does not hold: a deviation and a claim
    ET.fromstring(FORMATS["badge"](hostile(text)))  # noqa: S314 - our own


@given(text=texts)
def test_an_annotation_is_a_line_of_its_own(text: str) -> None:
    kinds = ("::error ", "::warning ", "::notice ")
    assert all(line.startswith(kinds) for line in annotations(hostile(text)).splitlines())


@given(text=texts)
def test_json_stays_within_its_schema(text: str) -> None:
    told = FORMATS["json"](hostile(text))
    assert told.isascii()
    jsonschema.validate(json.loads(told), json.loads(schema_text("report")))


def test_conformities_have_a_badge_each() -> None:
    assert {one.conformity for one in ALL} >= {Conformity.STRICT, Conformity.FAILS}
