"""Showing: what must be seen of a message for it to count as shown. Pure."""

from wcwidth import wcwidth

from harness.clients.screen import Screen
from harness.clients.script import Act, Message


def is_shown(act: Act, screen: Screen) -> bool:
    """Tell whether what a `shows` waits for is or was to be seen."""
    if act.message is None:
        return screen.has(act.text)
    wanted = must_see(act.message)
    return screen.has_in_order(wanted) if act.message.scattered else screen.has(wanted)


def must_see(message: Message) -> str:
    """Return what must be seen of a message: all of it, where every program shows that alike.

    Of bytes that are no text, and of characters that some terminals leave out, the token will do.
    """
    plain = all(char.isprintable() and wcwidth(char) > 0 for char in message.text)
    return message.text if plain or not message.token else message.token
