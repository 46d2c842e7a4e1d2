"""Isolate: a network of its own for this process and all that it starts, where that is allowed.

In it nothing else can be reached, every port is free, and the loopback addresses work as ever. Root
may have one; others may where the system lets users have namespaces. Linux only.
"""

import fcntl
import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

from harness.keeper import libc

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000  # linux/sched.h
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1  # linux/sockios.h, linux/if.h
_REQUEST = struct.Struct("16sh22x")


def isolate() -> bool:
    """Give this process, which must have one thread, a network of its own; whether it has one."""
    if sys.platform != "linux":
        return False
    uid, gid = os.geteuid(), os.getegid()
    if libc("unshare", _CLONE_NEWNET):
        return _raise_loopback()
    if not uid or not libc("unshare", _CLONE_NEWUSER | _CLONE_NEWNET):
        return False
    # As whom it was, seen from outside; in there it may have namespaces of its own.
    _write("setgroups", "deny")
    _write("uid_map", f"0 {uid} 1")
    _write("gid_map", f"0 {gid} 1")
    return _raise_loopback()


def _write(name: str, text: str) -> None:
    with suppress(OSError):
        Path("/proc/self", name).write_text(text, encoding="ascii")


def _raise_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            asked = fcntl.ioctl(control, _SIOCGIFFLAGS, _REQUEST.pack(b"lo", 0))
            _, flags = _REQUEST.unpack(asked)
            fcntl.ioctl(control, _SIOCSIFFLAGS, _REQUEST.pack(b"lo", flags | _IFF_UP))
    except OSError:
        return False
    return True
