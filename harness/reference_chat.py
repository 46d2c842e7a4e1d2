"""The reference chat that came with the harness, as the words that start it.

It is started like any other program: nothing of it is imported here.
"""

import sys
from pathlib import Path

# Not by `-m`: the folder one stands in may have a `reference` of its own.
_START = (
    "import runpy, sys; sys.path.insert(0, sys.argv.pop(1)); "
    "runpy.run_module('reference.{module}', run_name='__main__', alter_sys=True)"
)


def reference_command(dialect: str) -> tuple[str, ...]:
    """Return the words that start the reference server."""
    return _words("server", dialect)


def reference_client(dialect: str) -> tuple[str, ...]:
    """Return the words that start the reference client."""
    return _words("client", dialect)


def _words(module: str, dialect: str) -> tuple[str, ...]:
    root = str(Path(__file__).resolve().parent.parent)
    options = ("--host", "{host}", "--port", "{port}", "--dialect", dialect, "--lang", "en")
    return (sys.executable, "-P", "-c", _START.replace("{module}", module), root, *options)
