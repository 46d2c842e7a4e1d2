"""Sends noise without end instead of a prompt, as fast as it is read."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading

NOISE = bytes(range(256)) * 256


def shout(sock: socket.socket) -> None:
    """Send noise until the other side has had enough."""
    with contextlib.suppress(OSError), sock:
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
