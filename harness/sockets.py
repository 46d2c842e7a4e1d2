"""Sockets: what a chat's client may do to its socket that asyncio has no word for.

Knows nothing of chats.
"""

import asyncio
import fcntl
import socket
import struct
import sys
import termios
from contextlib import suppress

_HARD_RESET = struct.pack("ii", 1, 0)


async def connected_socket(host: str, port: int, buffer: int) -> socket.socket:
    """Return a socket that is connected and lets `buffer` bytes wait unread; raises `OSError`.

    The system doubles that number. It is set before connecting: the window is settled then.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for number, (family, kind, protocol, _, address) in enumerate(found, 1):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            sock.setblocking(False)
            await loop.sock_connect(sock, address)
        except BaseException as error:
            sock.close()
            if number == len(found) or not isinstance(error, OSError):
                raise
        else:
            return sock
    raise OSError(f"{host} has no address")


def unread_bytes(sock: socket.socket) -> int:
    """Return how many bytes the kernel keeps for `sock` that were not read; 0 for a closed one."""
    with suppress(OSError, ValueError):
        waiting = fcntl.ioctl(sock.fileno(), termios.FIONREAD, b"\0" * 4)
        return int.from_bytes(waiting, sys.byteorder)
    return 0


def reset_on_close(sock: socket.socket) -> None:
    """Let the next close of `sock` reset the connection instead of ending it."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HARD_RESET)
