"""The badge says the verdict, can be read aloud, and needs nothing from elsewhere."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import FAILING, INTERRUPTED, KNOWN, PERFECT, hostile, report
from results import case, finding, run

from harness.conform.reports.badge import badge
from harness.conform.results import Conformity, Report

SVG = "{http://www.w3.org/2000/svg}"
LAX = report(case("join", "JOIN-2", run()), case("blank", "JOIN-6", run(finding("JOIN-6"))))
ONE = report(case("door", "JOIN-3", run(finding("JOIN-3"))))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (PERFECT, "conforms strictly"),
        (LAX, "conforms"),
        (KNOWN, "conforms, with deviations"),
        (ONE, "1 requirement fails"),
        (FAILING, "4 requirements fail"),
        (INTERRUPTED, "could not be judged"),
    ],
)
def test_it_says_the_verdict_to_eye_and_ear(made: Report, message: str) -> None:
    svg = ET.fromstring(badge(made))  # noqa: S314 - our own
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == svg.attrib["aria-label"] == f"chat: {message}"
    assert svg.attrib["role"] == "img"
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["chat", message]


def test_each_verdict_can_be_told_by_its_colour() -> None:
    colours = {
        one: badge(replace(PERFECT, conformity=one)).split('fill="')[2][:7] for one in Conformity
    }
    good = colours.pop(Conformity.STRICT)
    assert colours.pop(Conformity.CONFORMS) == good
    assert len({good, *colours.values()}) == 4


@pytest.mark.parametrize("made", [PERFECT, LAX, KNOWN, FAILING, INTERRUPTED])
def test_everything_fits(made: Report) -> None:
    svg = ET.fromstring(badge(made))  # noqa: S314 - our own
    width = int(svg.attrib["width"])
    left, right = svg.findall(f"{SVG}g/{SVG}rect")
    assert int(left.attrib["width"]) == int(right.attrib["x"])
    assert int(right.attrib["x"]) + int(right.attrib["width"]) == width
    for text, rect in zip(svg.iter(f"{SVG}text"), (left, right), strict=True):
        begins = int(text.attrib["x"]) - int(rect.attrib.get("x", "0"))
        assert begins > 0
        assert begins + int(text.attrib["textLength"]) < int(rect.attrib["width"])


@given(text=st.text(max_size=40))
def test_nothing_of_the_program_is_in_it_and_nothing_from_elsewhere(text: str) -> None:
    assert badge(hostile(text)) == badge(hostile(""))
    assert "href" not in badge(PERFECT)
    assert {node.tag.removeprefix(SVG) for node in ET.fromstring(badge(PERFECT)).iter()} == {  # noqa: S314 - our own
        *("svg", "title", "clipPath", "rect", "g", "text")
    }
