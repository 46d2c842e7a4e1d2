"""Showing: what must be seen of a message for it to count as shown. Pure."""

from wcwidth import wcwidth

from harness.clients.script import Act, Message


def must_show(act: Act) -> str:
    """Return what must stand on the screen when a `shows` is complete."""
    return must_see(act.message) if act.message is not None else act.text


def must_see(message: Message) -> str:
    """Return what must be seen of a message: all of it, where every program shows that alike.

    Of bytes that are no text, and of characters that some terminals leave out, the token will do.
    """
    plain = all(char.isprintable() and wcwidth(char) > 0 for char in message.text)
    return message.text if plain or not message.token else message.token
