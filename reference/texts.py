"""What the server and the client print, in English and in Russian.

It knows nothing of sockets, and it prints nothing itself.
"""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn


class Language(StrEnum):
    """The languages of the texts."""

    ENGLISH = "en"
    RUSSIAN = "ru"


@dataclass(frozen=True, slots=True)
class Texts:
    """Every text of one language; the fields in braces are filled with `str.format`."""

    listening: str
    cannot_listen: str
    port_in_use: str
    joined: str
    left: str
    connected: str
    cannot_connect: str
    ask_nickname: str
    server_closed: str
    connection_broken: str


_TEXTS = {
    Language.ENGLISH: Texts(
        listening="Chat server is listening on {address}",
        cannot_listen="cannot listen on {address}: {reason}",
        port_in_use="cannot listen on {address}: the port is in use; choose another with --port",
        joined="{nickname} joined",
        left="{nickname} left",
        connected="Connected to {address}",
        cannot_connect="cannot connect to {address}: {reason}",
        ask_nickname="Choose a nickname: ",
        server_closed="The server has closed the connection",
        connection_broken="The connection to the server is broken",
    ),
    Language.RUSSIAN: Texts(
        listening="Чат ждёт участников на {address}",
        cannot_listen="не получается слушать {address}: {reason}",
        port_in_use="не получается слушать {address}: порт занят; выберите другой (--port)",
        joined="{nickname} теперь в чате",
        left="{nickname} больше не в чате",
        connected="Есть соединение: {address}",
        cannot_connect="не удаётся соединиться, {address}: {reason}",
        ask_nickname="Как вас называть? ",
        server_closed="Сервер закрыл соединение",
        connection_broken="Соединение оборвалось",
    ),
}

_CONTROLS = [*range(0x20), *range(0x7F, 0xA0)]
_ESCAPES = {code: f"\\x{code:02x}" for code in _CONTROLS if chr(code) not in "\t\n"}


def texts_in(language: str | None, environment: Mapping[str, str]) -> Texts:
    """Return the texts in the language asked for, else in the one of the environment."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    russian = (language or locale).startswith(Language.RUSSIAN)
    return _TEXTS[Language.RUSSIAN if russian else Language.ENGLISH]


def printable_name(name: str) -> str:
    """Return a name for one line of a log, with everything that is not printable escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def without_controls(text: str) -> str:
    """Return a message fit for a terminal: control characters but tab and newline escaped."""
    return text.translate(_ESCAPES)


def address_of(host: str, port: int) -> str:
    """Return `host:port`, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reason_of(error: OSError | UnicodeError) -> str:
    """Return why a socket call failed, in the words of the system."""
    number = getattr(error, "errno", None) or 0
    # A failed look-up has a negative number, and a text of its own.
    return os.strerror(number) if number > 0 else getattr(error, "strerror", None) or str(error)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ArgumentTypeError(f"a port is a number from 0 to 65535, not {number}")
    return number


class Options(ArgumentParser):
    """The options that server and client share; a mistake is one line and exit status 2."""

    def __init__(self, program: str, dialects: list[str]) -> None:
        super().__init__(prog=program)
        self.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
        self.add_argument("--port", type=_port, default=14901, help="default: %(default)s")
        first = dialects[0]
        self.add_argument("--dialect", choices=dialects, default=first, help=f"default: {first}")
        self.add_argument("--lang", choices=[*Language], help="default: as the locale says")

    def error(self, message: str) -> NoReturn:
        """End with one line on stderr."""
        sys.exit(fail(self.prog, message, 2))


def fail(program: str, message: str, status: int) -> int:
    """Say on stderr what went wrong, and return the exit status."""
    print(f"{program}: {message}", file=sys.stderr)
    return status
