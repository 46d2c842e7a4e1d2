"""`harness.learn`: servers of other hands are learnt, and what cannot be is told."""

import asyncio
import sys
from pathlib import Path

import pytest
from known_good import TESTS, command

from harness.cli import main
from harness.dialect import Dialect
from harness.dialect_files import load_dialect
from harness.errors import UsageError
from harness.learn import learn_dialect
from harness.learn.lab import NotLearntError
from harness.learn.learning import name_of
from harness.learn.probe import Probe
from harness.learn.writing import MARK
from harness.target import TargetSpec

# It takes long: see `--share`.
pytestmark = pytest.mark.shared

TIMELESS = ("prompt", "nickname", "heard", "relay", "prefix_by", "echo", "encoding")


def learn(*words: str) -> tuple[Dialect, str, list[str]]:
    said: list[str] = []
    dialect, text = learn_dialect(TargetSpec(command=words), said.append)
    return dialect, text, said


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("correct/announcer.py", "nick"),
        ("correct/broadcast.py", "addresses"),
        ("correct/doorman.py", "telnet"),
        ("correct/framed.py", "nul"),
    ],
)
def test_a_server_is_learnt(program: str, name: str) -> None:
    built_in = load_dialect(name)
    dialect, text, said = learn(*command(program, name))
    assert {key: getattr(dialect, key) for key in TIMELESS} == {
        key: getattr(built_in, key) for key in TIMELESS
    }
    assert dialect.said.ends == built_in.said.ends
    told = ("join", "leave", "quit", "farewell")
    assert {key: getattr(dialect, key) for key in told} == {
        key: getattr(built_in, key) for key in told
    }
    assert text.startswith(MARK)
    assert any(line.startswith("relay: ") for line in said)


_FRAGILE = """
import asyncio, os, sys
people = {}
def tell(text, but=None):
    for one, writer in people.items():
        if one != but:
            writer.write(text + b"\\n")
async def serve(reader, writer):
    nick = (await reader.readline()).strip()
    if nick:
        writer.write(b"Hi " + nick + b"\\n")
        tell(b"+" + nick)
        people[nick] = writer
        try:
            while line := await reader.readline():
                tell(nick + b": " + line.strip(), nick)
        except OSError:
            os._exit(1)
        del people[nick]
        tell(b"-" + nick)
    writer.close()
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""


_ANSWERING = """
import asyncio, sys
people = {}
async def serve(reader, writer):
    nick = (await reader.readline()).strip()
    if nick:
        people[writer] = nick
        while line := await reader.readline():
            for one in people:
                one.write(b"OK\\n" if one is writer else nick + b": " + line)
        del people[writer]
    writer.close()
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""


_LATE_IN_NOTICING = """
import asyncio, sys
people, gone = {}, []
def tell(text, but=None):
    for one in people:
        if one is not but:
            one.write(text)
async def serve(reader, writer):
    writer.write(b"who? ")
    nick = await reader.read(100)
    if nick:
        people[writer] = nick
        tell(b"".join([nick + b" is in!", *(one + b" is out!" for one in gone)]))
        gone.clear()
        try:
            while said := await reader.read(1000):
                tell(nick + b": " + said, writer)
        except OSError:
            pass
        gone.append(nick)
        await asyncio.sleep(3600)
async def main():
    await (await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""


def test_who_is_told_late_of_others_is_not_learnt_to_be_told_of_oneself() -> None:
    dialect, _, said = learn(sys.executable, "-c", _LATE_IN_NOTICING, "{port}")
    assert "defect: who half-closes is not answered: the connection stays open" in said
    assert dialect.join
    assert (dialect.join.text.source, dialect.join.to) == ("{nick} is in!", "all")


def test_what_a_sender_always_gets_is_an_answer() -> None:
    dialect, text, _ = learn(sys.executable, "-c", _ANSWERING, "{port}")
    assert dialect.echo is None
    assert [one.source for one in dialect.answer] == ["OK"]
    assert "# no echo: what a sender got was no copy" in text


def test_a_defect_is_told_and_not_written() -> None:
    program = TESTS / "faulty" / "admits_blank.py"
    dialect, text, said = learn(sys.executable, str(program), "{port}", "--dialect", "lines")
    assert "defect: an empty nickname is let in" in said
    assert dialect.empty == "any"
    assert "# not found out: empty" in text


def test_a_server_that_outlives_no_loss_is_learnt_all_the_same() -> None:
    dialect, text, said = learn(sys.executable, "-c", _FRAGILE, "{port}")
    assert any("when a connection was reset" in line for line in said if "defect" in line)
    told = (dialect.join, dialect.leave, dialect.greeting)
    assert [one.text.source for one in told[:2] if one] == ["+{nick}", "-{nick}"]
    assert [one.source for one in told[2]] == ["Hi {nick}"]
    assert "# not found out: lost" in text


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("closes_at_once", "ends a connection before anything"),
        ("exits_before_listening", "the server ended with 1"),
        ("noise_for_a_prompt", "talks without end"),
    ],
)
def test_what_cannot_be_learnt(program: str, why: str) -> None:
    with pytest.raises(NotLearntError, match=why):
        learn(sys.executable, str(TESTS / "hostile" / f"{program}.py"), "{port}")


def test_names() -> None:
    assert name_of(TargetSpec(command="python -u my/chat.py {port}")) == "chat"
    assert name_of(TargetSpec(command="./server {port}")) == "server"
    assert name_of(TargetSpec(connect=("127.0.0.1", 1))) == "learnt"


# -- the command -------------------------------------------------------------------------------


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "found.yaml"
    words = command("correct/framed.py", "client-first")
    line = " ".join(words)
    assert main(["learn", "--server", line, "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert f"written: {out}" in printed
    assert "PASS  trial" in printed
    assert load_dialect(str(out)).prompt is None


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "--server or --connect"),
        (["--server", "x", "--connect", "127.0.0.1:1"], "give one of them"),
        (["--connect", "127.0.0.1:1", "--port", "5"], "give both"),
        (["--server", "x", "--out", "none/there.yaml"], "in a folder"),
        (["--server", "x", "--out", "found.txt"], "YAML"),
        (["--server", "x", "--out", "mine.yaml"], "--force"),
    ],
)
def test_wrong_options(
    arguments: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("name: mine\n", encoding="utf-8")
    assert main(["learn", *arguments]) == UsageError.exit_status
    assert why in capsys.readouterr().err


# -- one connection ----------------------------------------------------------------------------


def test_a_probe_waits_no_longer_than_told_and_sees_the_end() -> None:
    async def scene() -> tuple[bool, bool, bytes, bool]:
        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"one")
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            probe = Probe()
            port = server.sockets[0].getsockname()[1]
            await asyncio.get_running_loop().create_connection(lambda: probe, "127.0.0.1", port)
            heard = await probe.hears(b"one", 30)
            ended = await probe.until(lambda: probe.ended, 30)
            never = await probe.hears(b"two", 0)
            came = probe.take()
            probe.close()
            await asyncio.sleep(0)
        return heard, ended, came, never

    assert asyncio.run(scene()) == (True, True, b"one", False)
