"""Runs, says so, and never listens."""

from __future__ import annotations

import signal

if __name__ == "__main__":
    print("about to listen, any moment now", flush=True)
    while True:
        signal.pause()
