"""The prompt is another word.

Violates JOIN-1.
"""

from __future__ import annotations

from _core_loop import Chat, main

DEFECT = "The prompt is another word."
VIOLATES = ("JOIN-1",)
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    prompt = "NICK"


if __name__ == "__main__":
    main(Faulty)
