"""The requirements for clients, as data: the harness plays the server and the person typing.

Knows nothing of checks.
"""

from harness.requirements.model import Level, Requirement, Source

_STREAM = "RFC 9293, section 2.2"

CLIENT = (
    Requirement(
        "C-CONN-1",
        Level.MUST,
        "A refused connection is told to the person in words, and the program ends by itself.",
    ),
    Requirement(
        "C-NICK-1",
        Level.MUST,
        "At the prompt the client asks the person, and sends the nickname once, exactly as typed.",
        Source.ORIGINAL,
    ),
    Requirement(
        "C-NICK-2",
        Level.SHOULD,
        "A prompt is recognised also when it arrives in pieces or together with the next message.",
        _STREAM,
    ),
    Requirement(
        "C-SEND-1",
        Level.MUST,
        "Each line that is typed is sent as one message, byte for byte.",
        Source.ORIGINAL,
    ),
    Requirement(
        "C-SHOW-1",
        Level.MUST,
        "What the others say is shown at once, also while the person is typing.",
        Source.ORIGINAL,
    ),
    Requirement(
        "C-SHOW-2",
        Level.MUST,
        "A character that is cut by segments is shown whole, and bytes that are not text do not "
        "stop the display.",
        "RFC 3629, section 3",
    ),
    Requirement(
        "C-SHOW-3",
        Level.MUST,
        "A chat message that equals the prompt, later on, makes the client send nothing by itself.",
    ),
    Requirement(
        "C-SHOW-4",
        Level.SHOULD,
        "Control sequences in a message (colours, cursor moves, changes of the title) do not reach "
        "the terminal.",
        "CWE-150",
    ),
    Requirement(
        "C-END-1",
        Level.MUST,
        "When the server closes or resets the connection, the person is told and the program ends "
        "within two seconds, without waiting for another line and without spinning; while it asks "
        "for the nickname, it SHOULD not wait for that either.",
    ),
    Requirement(
        "C-END-2",
        Level.MUST,
        "The end of the input and Ctrl-C close the connection and end the program, with no "
        "traceback.",
    ),
)
