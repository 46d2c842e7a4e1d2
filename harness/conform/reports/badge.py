"""The badge: an SVG that says in two words whether an implementation conforms. Pure."""

from html import escape

from harness.conform.reports.words import failing
from harness.conform.results import Conformity, Report
from harness.escape import counted

_LABEL = "chat"
_GREEN, _BLUE, _RED, _GREY = "#2e7d32", "#1565c0", "#c62828", "#616161"
_COLOURS = {
    Conformity.STRICT: _GREEN,
    Conformity.CONFORMS: _GREEN,
    Conformity.DEVIATES: _BLUE,
    Conformity.FAILS: _RED,
    Conformity.UNKNOWN: _GREY,
}
_HEIGHT, _MARGIN = 20, 8
# Of 11 pixels Verdana and its like; nearly: a browser stretches the text to fit.
_WIDE, _NARROW, _USUAL = 9.5, 4.0, 6.7


def badge(report: Report) -> str:
    """Return the badge of `report`."""
    message = _message(report)
    left, right = (_width(text) + 2 * _MARGIN for text in (_LABEL, message))
    total = left + right
    title = escape(f"{_LABEL}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{_HEIGHT}" role="img" '
        f'aria-label="{title}">\n'
        f"  <title>{title}</title>\n"
        f'  <clipPath id="r"><rect width="{total}" height="{_HEIGHT}" rx="4"/></clipPath>\n'
        '  <g clip-path="url(#r)">\n'
        f'    <rect width="{left}" height="{_HEIGHT}" fill="#424242"/>\n'
        f'    <rect x="{left}" width="{right}" height="{_HEIGHT}" '
        f'fill="{_COLOURS[report.conformity]}"/>\n'
        "  </g>\n"
        '  <g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\n'
        f"{_text(_MARGIN, _LABEL)}{_text(left + _MARGIN, message)}"
        "  </g>\n"
        "</svg>\n"
    )


def _message(report: Report) -> str:
    if report.conformity is not Conformity.FAILS:
        return {Conformity.DEVIATES: "conforms, with deviations"}.get(
            report.conformity, str(report.conformity)
        )
    return f"{counted(len(failing(report)), 'requirement fails', 'requirements fail')}"


def _text(x: int, text: str) -> str:
    return f'    <text x="{x}" y="14" textLength="{_width(text)}">{escape(text)}</text>\n'


def _width(text: str) -> int:
    return round(sum(map(_width_of, text)))


def _width_of(letter: str) -> float:
    if letter in "mwMW":
        return _WIDE
    return _NARROW if letter in "fijlrt ,.:I" else _USUAL
