"""A message that is not text ends the whole server.

Violates INPUT-1, LIFE-4, STAY-1.
"""

from __future__ import annotations

from _core_loop import Chat, Client, main

DEFECT = "A message that is not text ends the whole server."
VIOLATES = ("INPUT-1", "LIFE-4", "STAY-1")
DIALECTS = ("raw", "lines")


class Faulty(Chat):
    def decode(self, client: Client, data: bytes) -> str:
        try:
            return super().decode(client, data)
        except UnicodeDecodeError as bad:
            if not client.nick:
                raise
            raise SystemExit(1) from bad


if __name__ == "__main__":
    main(Faulty)
