"""Sends the prompt, and never reads anything of anyone."""

from __future__ import annotations

import socket
import sys


def main(port: int) -> None:
    """Serve until ended."""
    held = []
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            sock, _ = listener.accept()
            sock.sendall(b"nickname")
            held.append(sock)


if __name__ == "__main__":
    main(int(sys.argv[1]))
