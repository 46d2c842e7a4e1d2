"""`harness.locales`: what faker knows is known, whether its folders tell or it has to be asked."""

import sys

import pytest

from harness import locales


@pytest.mark.parametrize("name", ["en_US", "ru_RU", "ja_JP", "de_AT"])
def test_what_faker_knows(name: str) -> None:
    assert locales.is_locale(name)
    assert name in locales.all_locales()


@pytest.mark.parametrize("name", ["", "en", "xx_XX", "../en_US", "en_us", "__pycache__"])
def test_what_faker_does_not_know(name: str) -> None:
    assert locales.is_locale(name) == (name in locales.all_locales())


def test_every_folder_is_a_locale_indeed() -> None:
    for name in locales.all_locales():
        assert locales.is_locale(name)


def test_where_folders_tell_nothing_faker_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locales, "find_spec", lambda _: None)
    assert locales.is_locale("ru_RU")
    assert not locales.is_locale("xx_XX")
    assert "faker" in sys.modules
