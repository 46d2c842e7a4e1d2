"""The requirements for servers, as data: joining, relaying, leaving, load and input, own life.

A sentence here is what a finding quotes, so each can be read by itself. Knows nothing of checks.
"""

from harness.requirements.model import Dialects, Level, Requirement, Source

_STREAM = "RFC 9293, section 2.2"
_HALF_CLOSE = "RFC 9293, section 3.6.1"
_UTF_8 = "RFC 3629, section 3"

JOINING = (
    Requirement(
        "JOIN-1",
        Level.MUST,
        "The server speaks first: once it has accepted a connection, and before it reads from it, "
        "it sends the dialect's prompt (in `raw` exactly the eight bytes `nickname`).",
        Source.ORIGINAL,
        dialects=Dialects.PROMPTING,
    ),
    Requirement(
        "JOIN-2",
        Level.MUST,
        "The first thing that a client sends is its nickname; from then on it is a member, and a "
        "member that has heard anyone hears everyone.",
        Source.ORIGINAL,
    ),
    Requirement(
        "JOIN-3",
        Level.MUST,
        "A connection that has not given its nickname holds nobody up: others join and talk.",
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "JOIN-4",
        Level.MUST,
        "A connection that is closed or reset before its nickname leaves no trace: others join and "
        "talk, and hear nothing from it.",
        Source.ORIGINAL,
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "JOIN-5",
        Level.MUST,
        "A connection that has not given its nickname is sent the prompt and nothing else.",
        Source.ORIGINAL,
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "JOIN-6",
        Level.SHOULD,
        "A nickname that is empty or blank or holds control characters makes no member; a line end "
        "after a nickname is taken off, for tools that send whole lines (`nc` is one).",
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "JOIN-7",
        Level.MUST,
        "People are told apart by connection and not by name: if two members may share a nickname, "
        "each hears the other; if they may not, the second is closed or asked again, and the first "
        "is untouched.",
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "JOIN-8",
        Level.MUST,
        "Bytes that are not valid text, sent as a nickname, keep nobody else from joining.",
        _UTF_8,
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "JOIN-9",
        Level.MUST,
        "A nickname that arrives in pieces is put together, and a message that shares a segment "
        "with the nickname is relayed as a message.",
        _STREAM,
        dialects=Dialects.ENDED_NAMES,
    ),
    Requirement(
        "JOIN-10",
        Level.SHOULD,
        "A hundred clients that connect at the same moment all become members.",
    ),
    Requirement(
        "STAY-1",
        Level.MUST,
        "A member that keeps to the dialect is not disconnected.",
    ),
)

RELAYING = (
    Requirement(
        "RELAY-1",
        Level.MUST,
        "Every other member that is present for the whole of a message gets it exactly once.",
        Source.ORIGINAL,
    ),
    Requirement(
        "RELAY-2",
        Level.MUST,
        "A relayed message carries the nickname of its sender in the dialect's form (in `raw` "
        "`nickname: message`).",
        Source.ORIGINAL,
        dialects=Dialects.MARKED,
    ),
    Requirement(
        "RELAY-3",
        Level.MUST,
        "The sender gets no copy of its own message; in a dialect that echoes it gets exactly one.",
        Source.ORIGINAL,
    ),
    Requirement(
        "RELAY-4",
        Level.MUST,
        "The text arrives byte for byte, be it Cyrillic, emoji, tabs, blanks at either end, "
        "U+2028, NEL, VT or FS; in `lines` an empty line, and a CR before the LF, MAY be dropped, "
        "and a CR elsewhere is not sent.",
        _UTF_8,
    ),
    Requirement(
        "RELAY-5",
        Level.MUST,
        "The messages of one sender arrive in the order in which they were sent.",
        _STREAM,
    ),
    Requirement(
        "RELAY-6",
        Level.MUST,
        "Nothing arrives that nobody said, and nothing that was said before a member joined "
        "reaches it (unless the dialect replays history).",
    ),
    Requirement(
        "RELAY-7",
        Level.MUST,
        "Of a message that is longer than the server's read buffer no byte is lost or out of "
        "order, and its sender stays connected.",
        _STREAM,
    ),
    Requirement(
        "RELAY-8",
        Level.MUST,
        "When many talk at once, no message is torn by another (where there are frames), and no "
        "bytes of one sender appear under the name of another (in `raw` too).",
    ),
    Requirement(
        "RELAY-9",
        Level.MUST,
        "Lines that share a segment are separate messages, and a line that is cut over several "
        "segments is one message.",
        _STREAM,
        dialects=Dialects.LINES,
    ),
    Requirement(
        "RELAY-10",
        Level.MUST,
        "Text that looks like protocol (the prompt, `bob: hi`, an announcement) is relayed as "
        "text.",
    ),
    Requirement(
        "RELAY-11",
        Level.LEVEL,
        "Everyone sees all messages in one and the same order (total order).",
        "Hadzilacos and Toueg, Fault-Tolerant Broadcasts and Related Problems (1993)",
    ),
    Requirement(
        "RELAY-12",
        Level.LEVEL,
        "Nobody sees an answer before the message that it answers (causal order).",
        "Lamport, Time, Clocks, and the Ordering of Events (1978)",
    ),
)

LEAVING = (
    Requirement(
        "LEAVE-1",
        Level.MUST,
        "A member that closes is removed and the others go on; a member that half-closes reads the "
        "end of its stream within two seconds.",
        _HALF_CLOSE,
    ),
    Requirement(
        "LEAVE-2",
        Level.MUST,
        "A member whose connection is reset is removed, and the others go on.",
        "RFC 9293, section 3.5.3",
    ),
    Requirement(
        "LEAVE-3",
        Level.MUST,
        "A departure in the middle of traffic loses, repeats or misdelivers no message of anyone "
        "else, the very next one included.",
    ),
    Requirement(
        "LEAVE-4",
        Level.MUST,
        "A nickname can be used again within two seconds after its owner left, and the newcomer "
        "gets none of the old one's messages.",
        dialects=Dialects.NAMED,
    ),
    Requirement(
        "LEAVE-5",
        Level.MUST,
        "What a member said before it left in good order (half-close, read to the end, close) is "
        "delivered; what it said before a plain close or a reset MAY be.",
        _HALF_CLOSE,
    ),
    Requirement(
        "LEAVE-6",
        Level.MUST,
        "Over rounds of joining and leaving the server's sockets, threads and memory do not grow, "
        "and it is idle again when nobody talks.",
        "CWE-772",
    ),
    Requirement(
        "LEAVE-7",
        Level.MUST,
        "Each arrival and each departure is announced to the others exactly once.",
        dialects=Dialects.ANNOUNCING,
    ),
    Requirement(
        "LEAVE-8",
        Level.MUST,
        "After everyone has left, also when all left at the same moment, the next client is "
        "served.",
    ),
)

LOAD_AND_INPUT = (
    Requirement(
        "LOAD-1",
        Level.MUST,
        "A member that stops reading holds up nobody else.",
    ),
    Requirement(
        "LOAD-2",
        Level.MUST,
        "When a member that had stopped reads again, its stream has no hole, or it has been "
        "disconnected.",
    ),
    Requirement(
        "LOAD-3",
        Level.SHOULD,
        "While a member does not read and 64 MB are said, the server's memory grows by less than a "
        "quarter of that.",
        "CWE-770",
    ),
    Requirement(
        "LOAD-4",
        Level.SHOULD,
        "One member that floods the room does not keep the messages of the others from arriving.",
    ),
    Requirement(
        "INPUT-1",
        Level.MUST,
        "Bytes that are not UTF-8 harm nobody but their sender, who may be disconnected and whose "
        "bytes may be replaced or passed on.",
        _UTF_8,
        dialects=Dialects.UTF_8,
    ),
    Requirement(
        "INPUT-2",
        Level.SHOULD,
        "A character that is cut in two, by segments or by the server's own reads, is relayed "
        "whole, with no prefix inside it.",
        _UTF_8,
        dialects=Dialects.UTF_8,
    ),
    Requirement(
        "INPUT-3",
        Level.SHOULD,
        "A line that never ends is refused at a bound, and its sender's connection is closed.",
        "CWE-770",
        dialects=Dialects.LINES,
    ),
)

LIFE = (
    Requirement(
        "LIFE-1",
        Level.MUST,
        "SIGINT and SIGTERM end the server within two seconds, with every connection closed; the "
        "exit status after SIGINT SHOULD be 0.",
        Source.ORIGINAL,
    ),
    Requirement(
        "LIFE-2",
        Level.SHOULD,
        "The server can be started again on the same port at once, also when clients were "
        "connected.",
        "RFC 9293, section 3.3.2 (TIME-WAIT)",
    ),
    Requirement(
        "LIFE-3",
        Level.SHOULD,
        "The server listens on loopback only, unless it is told otherwise.",
    ),
    Requirement(
        "LIFE-4",
        Level.MUST,
        "The server is still serving at the end of every scenario.",
    ),
)
