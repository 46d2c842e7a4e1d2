"""Deadlines: how long, in seconds, a step may take before it has failed, and other spans.

Those of steps, of the roll call and of cleaning up are multiplied by `--patience`.
"""

LISTENING = 10.0
PROMPT = 5.0
# Without a byte read; and in all, for whoever is slow and goes on.
JOIN = 10.0
HEARS = 5.0
SLOW = 60.0
# Seconds without a byte accepted.
ACCEPT = 10.0
EOF_AFTER_HALF_CLOSE = 2.0
NICKNAME_FREE = 2.0
SERVER_ENDS = 2.0
SOCKETS_CLOSED = 2.0
# Without a byte read, and in all.
ROLL_CALL_SILENCE = 10.0
ROLL_CALL = 60.0
RELAY_GRACE = 0.5
# Of a client: until it shows anything that asks for a nickname; and its connection has ended.
CLIENT_ASKS = 5.0
CLIENT_CLOSED = 0.5
# How long the server is watched doing nothing, and which share of a processor that may take.
IDLE_SPAN = 0.5
IDLE_LOOKS = 6
IDLE_SHARE = 0.1
# Of what is not idle, but waits for a processor most of the time; and how many seconds of one are
# enough for anything that only tidies up.
BUSY_SHARE = 0.5
IDLE_USED = 1.0
# A timed finding is worth nothing where this share of its deadline was spent waiting to run.
LATE_SHARE = 0.25
