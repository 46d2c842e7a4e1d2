"""Sends a prompt that goes wrong only at its end, one byte at a time."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time


def prompt(sock: socket.socket) -> None:
    """Send one byte a segment, and keep the connection."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError), sock:
        for byte in b"nicknaME?\n":
            sock.sendall(bytes([byte]))
            time.sleep(0.005)
        while sock.recv(4096):
            pass


def main(port: int) -> None:
    """Serve until ended."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=prompt, args=(sock,), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]))
