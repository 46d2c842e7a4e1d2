"""The guide to dialect files: an example of each key and of each field of a template.

The documentation and the tests are made from it. Knows no dialect.
"""

from collections.abc import Mapping

from harness.template import MOST_ANY

KEYS: Mapping[str, str] = {
    "name": "name: mine",
    "about": "about: The chat of our course, second year.",
    "encoding": "encoding: latin-1",
    "prompt": 'prompt: "Your name? "            # exactly this\n'
    'prompt: {ends-with: "name: "}   # anything that ends so',
    "nickname": "nickname: {ends: lf}",
    "said": "said: {ends: none, read: 1024}",
    "heard": "heard: {ends: crlf}",
    "relay": 'relay: "[{time}] <{nick}> {message}"',
    "prefix-by": "prefix-by: client",
    "echo": 'echo: "You: {message}"',
    "answer": 'answer: "OK"',
    "greeting": 'greeting: [Welcome!, "There are {any} people here."]',
    "farewell": 'farewell: "Bye, {nick}!"',
    "join": 'join: {text: "{nick} joined!", to: all}',
    "leave": 'leave: {text: "{nick} left!"}',
    "lost": 'lost: {text: "{nick} lost the connection"}',
    "silent-loss": "silent-loss: true",
    "empty": "empty: refuse",
    "duplicate": "duplicate: ask again",
    "bad-bytes": "bad-bytes: replace",
    "quit": "quit: /quit",
    "history": "history: 20",
    "most": "most: 10",
    "client": "client: {nickname: before connecting}",
}
"""Each key of a dialect file, in an example; where there are several, each line is one."""

ANNOUNCEMENT: Mapping[str, str] = {
    "text": 'text: "*** {nick} has joined from {host}"',
    "to": "to: others",
}
"""Each key of an announcement."""

CLIENT: Mapping[str, str] = {
    "nickname": "nickname: argument   # the command has {nick} in it",
}
"""Each key of what is told of clients."""

FIELDS: Mapping[str, tuple[str, str]] = {
    "{nick}": ("the nickname of whom it is about", "{nick}: {message}"),
    "{message}": (
        "what was said; once in relay and echo, and nowhere else",
        "{nick} says {message}",
    ),
    "{host}": ("the address from which they are connected", "{nick}@{host}: {message}"),
    "{port}": ("the port from which they are connected", "{host}:{port}> {message}"),
    "{time}": ("a time of day or a date, in digits", "[{time}] {nick}: {message}"),
    "{any}": (
        f"anything else that varies, up to {MOST_ANY} characters; in an announcement, a whole list",
        "Client {any}: {message}",
    ),
    "{{ }}": ("a brace", "{{{nick}}} {message}"),
}
"""Each field of a template: what stands there, and an example."""

WHOLE = """\
name: mine
about: Lines; the server asks for a name, and tells everybody who comes and goes.
prompt: "Your name? "
nickname: {ends: lf}
said: {ends: lf}
heard: {ends: lf}
relay: "<{nick}> {message}"
join: {text: "* {nick} has joined"}
leave: {text: "* {nick} has left"}
"""
"""A small dialect file, whole."""
