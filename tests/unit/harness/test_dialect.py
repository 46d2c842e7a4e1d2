"""`harness.dialect`: the bytes of a chat."""

from pathlib import Path

import pytest

from harness.dialect import Dialect, Framing, Policy
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


def test_a_nickname_has_no_end_in_it() -> None:
    assert load_dialect("nul").check_nick("a\0b") == r"the nickname has '\x00'"


def test_lines_heard_are_enough_to_forbid_line_ends(tmp_path: Path) -> None:
    mine = dialect(tmp_path, RIGHT)
    assert mine.check_text("a\nb") is not None
    assert mine.check_text("") is not None


ONE_BYTE = "must be utf-8, or an encoding with one byte for each character (as in latin-1, cp1251)"
NO_END = "must not have what ends a message ('heard' says what that is)"
WRITES = (
    "a client writes {nick} and some text before {message}, and nothing else "
    '(as in "{nick}: {message}")'
)
LET_IN = "(did you mean 'let in'?)"
LEAVE_OUT = "(leave one of them out)"
ENDS = "must be one of none, lf, crlf, nul, length, a byte as in 0x1e"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mine", "' '", "f:1:7: must not be blank (say it in a few words)"),
        ("It is like this.", "''", "f:2:8: must not be blank (say it in a few words)"),
        ('"who? "', '""', "f:3:9: must not be empty"),
        ('"who? "', "~", "f:3:9: must be a text, not nothing"),
        ('"who? "', "'~'", "f:3:9: must not have a '~' (the harness marks its messages so)"),
        (
            '"who? "',
            "{ends: x}",
            'f:3:9: must be a text, or {ends-with: a text} (as in {ends-with: "name: "})',
        ),
        ('"who? "', '{ends-with: ""}', "f:3:9: must not be empty"),
        (
            "nickname: {ends: lf}",
            "nickname: lf",
            "f:4:11: this must be a mapping, not the text 'lf' (as in {ends: lf})",
        ),
        (
            "nickname: {ends: lf}",
            "nickname:",
            "f:4:10: 'nickname' has no value (leave the key out for no nicknames)",
        ),
        (
            "said: {ends: none}",
            "said: {ends: clrf}",
            f"f:5:14: {ENDS}, not the text 'clrf' (did you mean 'crlf'?)",
        ),
        ("said: {ends: none}", "said: {ends: }", f"f:5:14: {ENDS}, not nothing"),
        ("said: {ends: none}", "said: {ends: 200}", f"f:5:14: {ENDS}, not the number 200"),
        (
            "said: {ends: none}",
            "said: {end: lf}",
            "f:5:7: 'ends' is missing\nf:5:8: unknown key 'end' (did you mean 'ends'?)",
        ),
        (
            "{nick}> {message}",
            "{nick}{message}",
            "f:7:8: between the fields of '{nick}{message}' some text must stand",
        ),
        (
            "{nick}> {message}",
            "{nick} {nick} {message}",
            'f:7:8: must have {nick} once at most (as in "{nick}: {message}")',
        ),
        (
            "{nick}> {message}",
            "{message} of {nick}",
            'f:7:8: must have {nick} before {message} (as in "{nick}: {message}")',
        ),
        (
            "{nick}> {message}",
            "{nick}> hi",
            'f:7:8: must have {message} once (as in "{nick}: {message}")',
        ),
        (
            "{nick}> {message}",
            "{nik}> {message}",
            "f:7:8: unknown field '{nik}' (did you mean 'nick'?)",
        ),
        ("{nick}> {message}", "", "f:7:8: must not be empty"),
        (
            "name: mine",
            "encoding: koi9\nname: mine",
            "f:1:11: there is no encoding 'koi9' (as in utf-8)",
        ),
        (
            "name: mine",
            "encoding: utf-16\nname: mine",
            f"f:1:11: {ONE_BYTE}",
        ),
        ("name: mine", "encoding: shift_jis\nname: mine", f"f:1:11: {ONE_BYTE}"),
        (
            '"who? "',
            '"Имя? "\nencoding: latin-1',
            "f:3:9: 'И' cannot be written in latin-1",
        ),
        ("{nick}> {message}", "{nick}\\n{message}", f"f:7:8: {NO_END}"),
        (
            "{nick}> {message}",
            "{nick}\\0 {message}",
            "f:7:8: must not have a NUL (what ends a message is not written here)",
        ),
        (
            "said: {ends: none}",
            "said: {ends: 0x7e}",
            "f:5:14: '~' stands in nearly every message, and ends none",
        ),
        ("name: mine", "most:\nname: mine", "f:1:6: 'most' has no value"),
        (
            "{nick}> {message}",
            '{nick}> {message}!"\nprefix-by: "client',
            f"f:7:8: {WRITES}",
        ),
        (
            "name: mine",
            "encoding: 8\nname: mine",
            "f:1:11: must be the name of an encoding, not the number 8 (as in utf-8)",
        ),
        (
            "name: mine",
            "duplicate: let-in\nname: mine",
            f"f:1:12: must be one of {', '.join(Policy)}, not the text 'let-in' {LET_IN}",
        ),
        ("name: mine", "quit: ' '\nname: mine", "f:1:7: must be one word (as in /quit)"),
        (
            "name: mine",
            "echo: mine\nname: mine",
            'f:1:7: must have {message} once (as in "You: {message}")',
        ),
        ("name: mine", "most: 0\nname: mine", "f:1:7: 'most' must be at least 1, not the number 0"),
        (
            "name: mine",
            'lost: {text: "{nick} died"}\nsilent-loss: true\nname: mine',
            f"f:2:1: 'lost' says what is told, and 'silent-loss' that nothing is {LEAVE_OUT}",
        ),
        (
            "{nick}> {message}",
            '{message}"\nprefix-by: "client',
            "f:8:12: without {nick} in relay a client writes no prefix",
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


def test_a_name_that_no_file_can_have() -> None:
    with pytest.raises(InputError, match="there is no dialect 'zzz"):
        load_dialect("z" * 1000)


def test_a_file_without_a_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "zzz").write_text(RIGHT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_dialect("zzz").name == "mine"


def test_nobody_has_a_nickname(tmp_path: Path) -> None:
    text = RIGHT.replace("nickname: {ends: lf}\n", "").replace('prompt: "who? "\n', "")
    nameless = dialect(tmp_path, text.replace("{nick}> ", "{port}> "))
    assert (nameless.nickname, nameless.nickname_bytes("bob")) == (None, b"")
    assert nameless.prefix("bob", ("127.0.0.1", 5)) == b"5> "
    assert mistakes(tmp_path, text + 'join: {text: "{nick} came"}\n') == (
        "f:5:8: has {nick}, and nobody gives a nickname (say how, in nickname)\n"
        "f:6:14: has {nick}, and nobody gives a nickname (say how, in nickname)"
    )


@pytest.mark.parametrize(
    ("name", "framed", "ending", "one_at_a_time", "most"),
    [
        ("raw", False, b"", False, None),
        ("lines", True, b"\n", False, None),
        ("nick", True, b"\0", True, 1024),
        ("announcing-raw", False, b"", False, None),
        ("nul", True, b"\0", False, None),
        ("length", True, b"\0", False, None),
        ("telnet", True, b"\r\n", False, None),
    ],
)
def test_what_is_judged(
    name: str, framed: bool, ending: bytes, one_at_a_time: bool, most: int | None
) -> None:
    made = load_dialect(name)
    assert (made.framed, made.ending) == (framed, ending)
    assert (made.one_at_a_time, made.most_said) == (one_at_a_time, most)


def test_a_client_writes_its_own_name() -> None:
    nick = load_dialect("nick")
    assert nick.said_bytes("hi", "bob") == b"bob: hi"
    assert nick.canonical(b"bob: hi", "bob") == b"hi\0"
    assert nick.echo_prefix("bob") == nick.prefix("bob") == b"bob: "


def test_what_is_not_one_message_is_left_as_it_is() -> None:
    lines, length = load_dialect("lines"), load_dialect("length")
    assert lines.canonical(b"half", "bob") == b"half"
    assert lines.canonical(b"a\nb\n", "bob") == b"a\nb\n"
    assert length.canonical(b"\0\0\0\2hi", "bob") == b"hi\0"
    assert length.canonical(b"\0\0\0\3hi", "bob") == b"\0\0\0\3hi"


@pytest.mark.parametrize(
    ("prompt", "door", "prompted", "wrongly"),
    [
        ('"who? "', b"who", False, False),
        ('"who? "', b"who? ", True, False),
        ('"who? "', b"what", False, True),
        ('{ends-with: "? "}', b"Hello!\nwho", False, False),
        ('{ends-with: "? "}', b"Hello!\nwho? ", True, False),
    ],
)
def test_the_prompt(
    tmp_path: Path, prompt: str, door: bytes, prompted: bool, wrongly: bool
) -> None:
    mine = dialect(tmp_path, RIGHT.replace('"who? "', prompt))
    assert mine.has_prompted(door) is prompted
    assert mine.has_wrongly_prompted(door) is wrongly


def test_without_a_prompt_everyone_is_prompted() -> None:
    first = load_dialect("client-first")
    assert first.prompt_bytes == b""
    assert first.has_prompted(b"")
    assert not first.has_wrongly_prompted(b"x")


def test_a_text_that_cannot_be_written(tmp_path: Path) -> None:
    mine = dialect(tmp_path, "encoding: latin-1\n" + RIGHT)
    assert mine.said_bytes("é", "") == b"\xe9"
    assert mine.check_text("да") == "'д' cannot be written in iso8859-1"


def test_what_does_not_fit_into_one_read(tmp_path: Path) -> None:
    mine = dialect(tmp_path, RIGHT.replace("said: {ends: none}", "said: {ends: none, read: 20}"))
    assert mine.check_text("x" * 20) is None
    assert mine.check_text("x" * 21) == (
        "a message of 'mine' must fit into one read of 20 bytes, and this has 21"
    )


def test_the_word_that_quits_is_not_said() -> None:
    assert load_dialect("telnet").check_text("/quit") == ("in 'telnet' this is the word that quits")


def test_a_copy_knows_nothing_of_the_old_keys() -> None:
    raw = load_dialect("raw")
    assert not raw.framed
    copied = raw.model_copy(update={"heard": Framing(ends=LF)})
    assert copied.framed
    assert copied != raw
    assert copied.model_copy(update={"heard": raw.heard}) == raw


def test_every_key_is_described_in_the_json_schema() -> None:
    schema = Dialect.model_json_schema()
    assert all("description" in key for key in schema["properties"].values())
