"""A message is made fit for a web page: `<` becomes `&lt;`.

Violates RELAY-4.
"""

from __future__ import annotations

import html

from _core_loop import Chat, Client, main

DEFECT = "A message is made fit for a web page: `<` becomes `&lt;`."
VIOLATES = ("RELAY-4",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def say(self, sender: Client, text: str) -> None:
        super().say(sender, html.escape(text, quote=False))


if __name__ == "__main__":
    main(Faulty)
