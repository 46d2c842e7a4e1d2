"""Samples: what a server said on several like occasions becomes one template. Pure.

In each sample it is known what may stand in it: the nickname, the message, the address. The rest is
the same in all, or a time of day, or varies. Knows no server.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, takewhile

from harness.cast import TOKEN_MARK

Parts = list[tuple[str, bool]]

_DATE = r"(?:\d{4}-\d{2}-\d{2}|\d{4}/\d{2}/\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})"
_CLOCK = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\b\.?)?(?:Z|UTC|[+-]\d{2}:?\d{2})?"
)
_EPOCH = r"\b1[6-9]\d{8}(?:\.\d+|\d{3})?\b"
_TIME = re.compile(rf"{_DATE}(?:(?:T|, ?| ){_CLOCK})?|{_CLOCK}(?: {_DATE})?|{_EPOCH}", re.ASCII)
_ONCE = frozenset({"message"})
# The mark of the harness, half characters, and in place of a field that not all have.
_MISSING = "\ud800"
# What varies takes the digits beside it with it.
_BEFORE, _BEHIND = re.compile(r"[0-9]+\Z"), re.compile(r"\A[0-9]+")
_UNWRITABLE = re.compile(f"[{TOKEN_MARK}\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sample:
    """What was said, without what ends it, and the values that may stand in it, by field.

    `others` are the nicknames of people whom it is not about: they vary.
    """

    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()


def infer(samples: Sequence[Sample], once: frozenset[str] = _ONCE) -> str | None:
    """Return the template that all `samples` come from; None where there is none.

    Fields of `once` may stand in it once; and with a message in it the nickname stands before that.
    """
    if not samples or not all(sample.text for sample in samples):
        return None
    found = _united([_marked(sample, once) for sample in samples])
    if found is None:
        return None
    return "".join(f"{{{text}}}" if is_field else _escaped(text) for text, is_field in found)


def prompt_of(doors: Sequence[str]) -> tuple[str, bool] | None:
    """Return what a server says first, and whether it is exactly that, not only how it ends.

    None where what was said has nothing in common at its end. Of several lines the last is meant.
    """
    if not doors or not all(doors):
        return None
    same = len(set(doors)) == 1
    common = doors[0] if same else _common_end(doors)
    line = _UNWRITABLE.split(_last_line(common))[-1]
    if not line.strip():
        return None
    return line, same and line == common


def same_form(first: str, one: str, second: str, other: str) -> bool:
    """Tell whether `first` says of `one` what `second` says of `other`, digits apart."""
    if one not in first or other not in second:
        return False
    return _digitless(first.replace(one, "\0")) == _digitless(second.replace(other, "\0"))


def _digitless(text: str) -> str:
    return re.sub(r"\d+", "0", text)


def _last_line(text: str) -> str:
    body = text.rstrip("\r\n")
    return text[body.rfind("\n") + 1 :]


def _common_begin(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(char for char, _ in same)


def _common_end(texts: Sequence[str]) -> str:
    return _common_begin([text[::-1] for text in texts])[::-1]


# -- one sample --------------------------------------------------------------------------------


def _marked(sample: Sample, once: frozenset[str]) -> Parts:
    """Take a sample apart: what is known of it is a field."""
    values = sample.values
    parts: Parts = [(_without_others(sample), False)]
    if values.get("message"):
        parts = _replaced(parts, "message", re.escape(values["message"]), once=True)
    if values.get("nick"):
        end = next((at for at, part in enumerate(parts) if part == ("message", True)), len(parts))
        before = _replaced(parts[:end], "nick", re.escape(values["nick"]), once="nick" in once)
        parts = [*before, *parts[end:]]
    if values.get("port"):
        parts = _replaced(parts, "port", rf"(?<!\d){values['port']}(?!\d)")
    if values.get("host"):
        parts = _replaced(parts, "host", re.escape(values["host"]))
    return _replaced(parts, "time", _TIME.pattern)


def _without_others(sample: Sample) -> str:
    """Return the text without the nicknames of others, be it one or a list of who is in."""
    if not sample.others:
        return sample.text
    own = sample.values.get("nick", "")
    name = "|".join(re.escape(one) for one in (*sample.others, own) if one)
    people = re.compile(rf"(?:{name})(?:[^\w\r\n]{{1,4}}(?:{name}))*")

    def replaced(found: re.Match[str]) -> str:
        return _MISSING if any(one in found[0] for one in sample.others) else found[0]

    return people.sub(replaced, sample.text)


def _replaced(parts: Parts, name: str, pattern: str, *, once: bool = False) -> Parts:
    found: Parts = []
    left = 1 if once else -1
    for text, is_field in parts:
        if is_field or not left:
            found.append((text, is_field))
            continue
        literals = re.split(f"(?:{pattern})", text, maxsplit=max(left, 0))
        left -= (len(literals) - 1) if once else 0
        for number, literal in enumerate(literals):
            found += [(name, True)] if number else []
            found += [(literal, False)] if literal else []
    return found


# -- several -----------------------------------------------------------------------------------


def _united(samples: Sequence[Parts]) -> Parts | None:
    """Return the parts that all have; what differs between two fields varies."""
    fields = {tuple(text for text, is_field in parts if is_field) for parts in samples}
    if len(fields) > 1:
        shared = set.intersection(*(set(one) for one in fields))
        samples = [_without(parts, shared) for parts in samples]
        fields = {tuple(text for text, is_field in parts if is_field) for parts in samples}
        if len(fields) > 1:
            return None
    names = fields.pop()
    literals = [_literals(parts) for parts in samples]
    found: Parts = []
    for number, texts in enumerate(zip(*literals, strict=True)):
        found += _literal(texts)
        found += [(names[number], True)] if number < len(names) else []
    return None if any(left[1] and right[1] for left, right in pairwise(found)) else found


def _without(parts: Parts, shared: set[str]) -> Parts:
    """Take out the fields that not all samples have; what stood there varies."""
    return [part if not part[1] or part[0] in shared else (_MISSING, False) for part in parts]


def _literals(parts: Parts) -> list[str]:
    """Return the texts before, between and behind the fields; "" where nothing stands there."""
    found = [""]
    for text, is_field in parts:
        if is_field:
            found.append("")
        else:
            found[-1] += text
    return found


def _literal(texts: Sequence[str]) -> Parts:
    if len(set(texts)) == 1 and not _UNWRITABLE.search(texts[0]):
        return [(texts[0], False)] if texts[0] else []
    begin = _UNWRITABLE.split(_common_begin(texts))[0]
    begin = _BEFORE.sub("", begin)
    fills = begin.endswith("  ")
    begin = begin.rstrip(" ") + " " if fills else begin
    rests = [text[len(begin) :] for text in texts]
    end = _UNWRITABLE.split(_common_end(rests))[-1]
    end = _BEHIND.sub("", end)
    # Blanks that fill a column are fewer another time.
    end = (end.lstrip(" ") or end) if fills else end
    parts = [(begin, False), ("any", True), (end, False)]
    return [part for part in parts if part[0]]


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
