"""Sends the prompt, and noise without end behind it, whether a name comes or not."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading

NOISE = b"what is all this, and who said it? " * 2000


def shout(sock: socket.socket) -> None:
    """Prompt, then send noise until the other side has had enough."""
    with contextlib.suppress(OSError), sock:
        # In one piece, so that nobody reads the prompt without noise behind it.
        sock.sendall(b"nickname" + NOISE)
        while True:
            sock.sendall(NOISE)


def main(port: int) -> None:
    """Serve until ended."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=shout, args=(sock,), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]))
