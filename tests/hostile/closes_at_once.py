"""Closes every connection as soon as it is accepted."""

from __future__ import annotations

import socket
import sys


def main(port: int) -> None:
    """Serve until ended."""
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            listener.accept()[0].close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
