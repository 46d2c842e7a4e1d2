"""A process that outlives the program keeps the connection open.

Violates C-END-2.
"""

from __future__ import annotations

import os
import signal
import time

from _core_client import Client, main

DEFECT = "A process that outlives the program keeps the connection open."
VIOLATES = ("C-END-2",)
DIALECTS = ("raw", "lines")


class Faulty(Client):
    def no_more_input(self) -> None:
        if os.fork() == 0:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            time.sleep(60)
            os._exit(0)
        super().no_more_input()


if __name__ == "__main__":
    main(Faulty)
