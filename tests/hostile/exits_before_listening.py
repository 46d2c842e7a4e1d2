"""Says why it cannot go on, and exits before it ever listens."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    sys.exit("\x1b[31mno configuration file\x1b[0m: cannot start")
