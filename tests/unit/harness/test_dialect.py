"""`harness.dialect`: the bytes of a chat."""

from pathlib import Path

import pytest

from harness.dialect import Dialect, Framing
from harness.dialect_files import builtin_dialects, load_dialect
from harness.ends import LF
from harness.errors import InputError

RIGHT = """\
name: mine
about: It is like this.
prompt: "who? "
nickname: {ends: lf}
said: {ends: none}
heard: {ends: lf}
relay: "{nick}> {message}"
"""


def dialect(tmp_path: Path, text: str) -> Dialect:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_dialect(str(path))


def mistakes(tmp_path: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        dialect(tmp_path, text)
    return str(caught.value).replace(str(tmp_path / "mine.yaml"), "f")


def test_the_dialects_of_the_harness() -> None:
    names = builtin_dialects()
    assert {"lines", "raw"} <= set(names)
    assert list(names) == sorted(names)
    assert [load_dialect(name).name for name in names] == list(names)


def test_raw() -> None:
    raw = load_dialect("raw")
    assert raw.prompt_bytes == b"nickname"
    assert raw.nickname_bytes("Боб") == "Боб".encode()
    assert raw.said_bytes("hi", "") == b"hi"
    assert raw.prefix("bob") == b"bob: "
    assert (raw.framed, raw.ending) == (False, b"")


def test_lines() -> None:
    lines = load_dialect("lines")
    assert lines.prompt_bytes == b"nickname\n"
    assert lines.nickname_bytes("Боб") == "Боб\n".encode()
    assert lines.said_bytes("hi", "") == b"hi\n"
    assert lines.prefix("bob") == b"bob: "
    assert (lines.framed, lines.ending) == (True, b"\n")


def test_a_dialect_from_a_file(tmp_path: Path) -> None:
    mine = dialect(tmp_path, RIGHT)
    assert (mine.name, mine.encoding, mine.nickname) == ("mine", "utf-8", Framing(ends=LF))
    assert mine.prefix("{nick}") == b"{nick}> "
    assert mine.prefix("{message}") == b"{message}> "
    assert (mine.nickname_bytes("a"), mine.said_bytes("a", "")) == (b"a\n", b"a")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("raw", "hi", None),
        ("raw", "a\r\nb", None),
        ("raw", "", "nothing is sent for an empty text in 'raw'"),
        ("raw", "\ud800", "the half character U+D800 cannot be sent as UTF-8"),
        ("lines", "", None),
        ("lines", "a\u2028b\x85\x0b\x0c\t", None),
        ("lines", "a\nb", r"a message of 'lines' is one line, and this has '\n'"),
        ("lines", "a\r", r"a message of 'lines' is one line, and this has '\r'"),
    ],
)
def test_what_can_be_said(name: str, text: str, reason: str | None) -> None:
    assert load_dialect(name).check_text(text) == reason


@pytest.mark.parametrize("name", ["raw", "lines"])
@pytest.mark.parametrize(
    ("nick", "reason"),
    [
        ("bob", None),
        ("a: b", None),
        ("", "the nickname is empty"),
        ("a\n", r"the nickname has '\n'"),
        ("\ra", r"the nickname has '\r'"),
        ("\udcff", "the half character U+DCFF cannot be sent as UTF-8"),
    ],
)
def test_what_can_be_a_nickname(name: str, nick: str, reason: str | None) -> None:
    assert load_dialect(name).check_nick(nick) == reason


def test_lines_heard_are_enough_to_forbid_line_ends(tmp_path: Path) -> None:
    mine = dialect(tmp_path, RIGHT)
    assert mine.check_text("a\nb") is not None
    assert mine.check_text("") is not None


RELAY = 'must be {nick}, then some text, then {message} (as in "{nick}: {message}")'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mine", "' '", "f:1:7: must not be blank (give it a name)"),
        (
            "It is like this.",
            "''",
            "f:2:8: must not be blank (say in one sentence what speaks like this)",
        ),
        ('"who? "', '""', "f:3:9: must not be empty"),
        ('"who? "', "~", "f:3:9: 'prompt' must be a text, not nothing"),
        (
            '"who? "',
            "'~'",
            "f:3:9: must not have a '~' (the harness marks its messages so)",
        ),
        (
            "nickname: {ends: lf}",
            "nickname: lf",
            "f:4:11: this must be a mapping, not the text 'lf'",
        ),
        (
            "said: {ends: none}",
            "said: {ends: crlf}",
            "f:5:14: must be one of none, lf, not the text 'crlf'",
        ),
        ("said: {ends: none}", "said: {ends: }", "f:5:14: must be one of none, lf, not nothing"),
        (
            "said: {ends: none}",
            "said: {end: lf}",
            "f:5:7: 'ends' is missing\nf:5:8: unknown key 'end' (did you mean 'ends'?)",
        ),
        ("{nick}> {message}", "{nick}{message}", f"f:7:8: {RELAY}"),
        ("{nick}> {message}", "{nick}> {message}.", f"f:7:8: {RELAY}"),
        ("{nick}> {message}", "{nick} {nick} {message}", f"f:7:8: {RELAY}"),
        ("{nick}> {message}", "{message}", f"f:7:8: {RELAY}"),
        ("{nick}> {message}", "", "f:7:8: must not be empty"),
        (
            "name: mine",
            "encoding: koi8-r\nname: mine",
            "f:1:11: must be utf-8, not the text 'koi8-r' (there is no other yet)",
        ),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert mistakes(tmp_path, RIGHT.replace(old, new)) == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("line", "there is no dialect 'line' (did you mean 'lines'?)"),
        ("zzz.yaml", "zzz.yaml: there is no such file"),
        ("zzz/zzz", "zzz/zzz: there is no such file"),
    ],
)
def test_a_dialect_that_is_not_there(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_dialect(name)
    assert str(caught.value) == message


def test_the_names_of_all_dialects_where_none_is_alike() -> None:
    names = ", ".join(builtin_dialects())
    with pytest.raises(InputError) as caught:
        load_dialect("zzz")
    assert str(caught.value) == (f"there is no dialect 'zzz' (there are {names}, or give a file)")


def test_a_file_without_a_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zzz").write_text(RIGHT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_dialect("zzz").name == "mine"


def test_every_key_is_described_in_the_json_schema() -> None:
    schema = Dialect.model_json_schema()
    assert all("description" in key for key in schema["properties"].values())
