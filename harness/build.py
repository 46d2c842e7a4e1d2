"""Build: the command that makes a program before it is tested, run once."""

import subprocess
from pathlib import Path

from harness.command import split
from harness.errors import UsageError

MOST_OUTPUT = 4096
BUILD_SECONDS = 600


def build(command: str, folder: Path | None = None) -> None:
    """Run `command` in `folder`; raises `UsageError` with what it printed where it fails."""
    words = split(command)
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=BUILD_SECONDS,
            check=False,
            cwd=folder,
        )
    except FileNotFoundError as error:
        raise UsageError(f"the build command is not found: {words[0]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"the build command cannot be run: {error}") from error
    if done.returncode:
        printed = (done.stdout + done.stderr).decode("utf-8", "replace")[-MOST_OUTPUT:]
        raise UsageError(f"the build command failed with {done.returncode}:\n{printed}")
