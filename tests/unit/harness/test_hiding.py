"""What is hidden from a program under test cannot be seen by it, nor brought back."""

import asyncio
import shutil
from pathlib import Path

import pytest

from harness.target import TargetSpec, launch

TRIES = """
cat {folder}/secret {file}
umount {folder} {file}
unshare -Urm sh -c 'umount {folder}; cat {folder}/secret'
cat /proc/1/root{folder}/secret
ls {folder}
echo asked
"""


async def printed_by(script: str, hidden: tuple[str, ...]) -> tuple[bool, str]:
    target = await launch(TargetSpec(("sh", "-c", script), hidden=hidden), None)
    try:
        await target.exited
    finally:
        await target.stop()
    return target.hidden, target.output().decode()


def test_a_hidden_folder_and_a_hidden_file_stay_hidden(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    (folder / "secret").write_text("the-answer")
    file.write_text("the-answer")
    script = TRIES.format(folder=folder, file=file)
    hidden, printed = asyncio.run(printed_by(script, (str(folder), str(file))))
    if not hidden:
        pytest.skip("nothing can be hidden here")
    assert "asked" in printed
    assert "the-answer" not in printed
    assert "secret" not in printed.split("asked")[0].splitlines()
    # Only there: everybody else sees it as ever.
    assert (folder / "secret").read_text() == file.read_text() == "the-answer"


def test_nothing_is_hidden_unless_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the-answer")
    hidden, printed = asyncio.run(printed_by(f"cat {tmp_path}/secret", ()))
    assert not hidden
    assert "the-answer" in printed


def test_what_is_not_there_needs_no_hiding(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "none", ignore_errors=True)
    hidden, _ = asyncio.run(printed_by("true", (str(tmp_path / "none"), str(tmp_path))))
    nothing, _ = asyncio.run(printed_by("true", (str(tmp_path),)))
    assert hidden == nothing
