"""A verdict as JSON and back: kept beside a run's history, compared, and read by other programs.

ASCII alone, everything else as JSON's escapes, so that no text of a tested program can do harm
where the file is shown. The keys stand in the order of the fields of `harness.verdict`. Knows
nothing of where the text is kept.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from harness.errors import InputError, Problem
from harness.report.text import About
from harness.verdict import Verdict


@dataclass(frozen=True, slots=True)
class _Stored:
    format: Literal[1]
    about: About
    verdict: Verdict


@cache
def _stored() -> TypeAdapter[_Stored]:
    return TypeAdapter(_Stored)


def to_json(verdict: Verdict, about: About) -> str:
    """Return `verdict` and `about` as JSON, indented, with a line end.

    The same values always give the same text.
    """
    return json.dumps(asdict(_Stored(1, about, verdict)), indent=2, ensure_ascii=True) + "\n"


def from_json(text: str) -> Verdict:
    """Return the verdict that `to_json` wrote as `text`, equal in every field.

    An InputError says all that is wrong with any other text.
    """
    try:
        # Not pydantic's own parser of JSON: it takes no lone surrogates, and those are how bytes
        # that were no text are kept.
        return _stored().validate_python(json.loads(text)).verdict
    except ValidationError as error:
        raise InputError(
            Problem(f"no stored verdict: {'.'.join(map(str, each['loc']))}: {each['msg']}")
            for each in error.errors(include_url=False, include_input=False)
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(f"no stored verdict: {error}")]) from error
