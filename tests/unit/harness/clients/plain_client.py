"""A client for the tests, of the dialect `lines`; with the name of a fault it has that fault.

    python plain_client.py HOST PORT [FAULT]

It prints what comes as it comes, but for control characters, and asks for a nickname at the prompt.
"""

import os
import select
import socket
import sys
import time

HOST, PORT, FAULT = sys.argv[1], int(sys.argv[2]), (*sys.argv[3:], "")[0]
CONTROLS = {code: "?" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


def say(text: str) -> None:
    if FAULT != "passes_controls":
        text = text.translate(CONTROLS)
    print(text, flush=True)


def connect() -> socket.socket:
    if FAULT == "raises_when_refused":
        return socket.create_connection((HOST, PORT))
    try:
        return socket.create_connection((HOST, PORT))
    except OSError as error:
        if FAULT != "silent_when_refused":
            say(f"cannot connect: {error.strerror}")
        sys.exit(1)


class Client:
    def __init__(self) -> None:
        self.sock = connect()
        self.buffer = b""
        self.typed = b""
        self.nick = b""
        self.held = b""

    def run(self) -> None:
        while True:
            here = self.sock.fileno()
            if FAULT == "shows_after_enter" and self.nick:
                ready = [0]
            else:
                ready = select.select([0, here], [], [])[0]
            if here in ready and not self.read():
                return
            if 0 in ready and not self.type():
                return

    def read(self) -> bool:
        try:
            data = self.sock.recv(4096)
        except OSError:
            data = b""
        if not data:
            return self.gone()
        if FAULT == "takes_a_read_for_a_line":
            lines, self.buffer = [data.rstrip(b"\n")], b""
        else:
            *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.take(line)
        return True

    def take(self, line: bytes) -> None:
        if line == b"nickname" and not self.nick:
            if FAULT != "asks_nothing":
                say("Your name, please:")
        elif line == b"nickname" and FAULT == "answers_lookalike":
            self.sock.sendall(self.nick + b"\n")
        elif FAULT == "shows_nothing":
            pass
        elif FAULT == "dies_of_bad_bytes":
            say(line.decode())
        elif FAULT == "shows_half":
            text = line.decode(errors="replace")
            say(text[: len(text) // 2])
        else:
            say(line.decode(errors="replace"))

    def gone(self) -> bool:
        if FAULT == "hangs_when_dropped":
            while os.read(0, 100):
                pass
        if FAULT == "spins_when_dropped":
            end = time.process_time() + 1.0
            while time.process_time() < end:  # a busy machine may leave it little
                pass
        if FAULT == "silent_when_dropped":
            return False
        say("the server has gone")
        return False

    def type(self) -> bool:
        data = os.read(0, 4096)
        if not data and FAULT == "ignores_end_of_input":
            time.sleep(30)
        if not data:
            if FAULT == "sends_the_rest":  # which is no fault
                self.sock.sendall(self.typed)
            return False
        *lines, self.typed = (self.typed + data).split(b"\n")
        for line in lines:
            self.send(line)
        return True

    def send(self, line: bytes) -> None:
        if not self.nick:
            self.nick = line
            self.sock.sendall(line + b"\n")
            if FAULT == "gives_nickname_twice":
                self.sock.sendall(line + b"\n")
            return
        if FAULT == "strips":
            line = line.strip()
        if FAULT == "sends_twice":
            self.sock.sendall(line + b"\n")
        if FAULT == "forgets_a_line" and not self.held:
            self.held = line
            return
        end = b"\r\n" if FAULT == "adds_carriage_return" else b"\n"
        self.sock.sendall(line + end)


def main() -> None:
    client = Client()
    try:
        client.run()
    except KeyboardInterrupt:
        if FAULT == "raises_on_ctrl_c":
            raise
    if FAULT == "leaves_open" and os.fork() == 0:
        time.sleep(30)


main()
