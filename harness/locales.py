"""Locales: the languages in which faker makes up texts, by their names, as in `ru_RU`."""

import re
from importlib.util import find_spec
from pathlib import Path

DEFAULT_LOCALE = "en_US"
_NAME = re.compile("[a-z]{2,3}_[A-Z]{2}", re.ASCII)


def is_locale(name: str) -> bool:
    """Tell whether faker knows the locale `name`."""
    return name == DEFAULT_LOCALE or _has_folder(name) or name in all_locales()


def all_locales() -> list[str]:
    """Return all that faker knows; it takes longer than reading a scenario."""
    from faker.config import AVAILABLE_LOCALES  # noqa: PLC0415

    return sorted(AVAILABLE_LOCALES)


def _has_folder(name: str) -> bool:
    """Whether faker has people's names of a locale: seen without importing faker."""
    spec = find_spec("faker")
    if _NAME.fullmatch(name) is None or spec is None or spec.origin is None:
        return False
    return (Path(spec.origin).parent / "providers" / "person" / name).is_dir()
