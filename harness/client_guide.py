"""The guide to scenarios of clients: an example of each verb, and when each step is complete.

`docs/scenarios.md` and the JSON Schema are made of it and of the models. Every example is one that
can be played. Knows no Markdown.
"""

from collections.abc import Mapping

from harness.client_step import ClientVerb
from harness.guide import Told

VERBS: Mapping[ClientVerb, Told] = {
    ClientVerb.CONNECTS: Told(
        "- {connects: true}",
        "the program has connected, within 10s unless `within` says otherwise.",
        "Where the dialect says `client: {nickname: before connecting}` the person types the "
        "nickname first.",
    ),
    ClientVerb.GIVES_NICK: Told(
        "- {connects: true}\n- {server-sends: {prompt: true}}\n- {gives-nick: true}",
        "the server has got the nickname, within 5s, and has sent the greeting.",
        "The person waits to be asked, and types. In a dialect without nicknames nothing happens.",
    ),
    ClientVerb.JOINS: Told(
        "- {joins: true, segments: 1 byte}   # the prompt comes byte by byte",
        "the other three are.",
    ),
    ClientVerb.TYPES: Told(
        '- {types: "hello {sentence}"}\n- {types: "half a li", enter: false}\n- {types: ne}',
        "the keys are pressed.",
        "A token is added to every line, by which it is known again, unless `bare: true` says not. "
        "{prompt} and {nick} stand for what they are in the dialect. That each line is sent once, "
        "byte for byte, need not be written down: it is always checked.",
    ),
    ClientVerb.KEYS: Told("- {keys: ctrl-c}\n- {ends: true}", "the key is pressed."),
    ClientVerb.SERVER_HEARS: Told(
        '- {types: "{sentence}"}\n- {server-hears: true}',
        "it has arrived, within 5s unless `within` says otherwise.",
        "In a dialect that echoes, the server then sends the copies.",
    ),
    ClientVerb.SERVER_HEARS_NOTHING: Told(
        '- {server-sends: {from: bob, say: "{prompt}", bare: true}}\n'
        "- {server-hears-nothing: true}",
        "it begins: it is judged at the end.",
        "It is proved, not waited for: at the end the person types one more line, and nothing may "
        "come before it.",
    ),
    ClientVerb.SERVER_SENDS: Told(
        '- {server-sends: {from: bob, say: "{sentence}"}, segments: 1 byte}\n'
        '- {server-sends: {from: bob, say: [{hex: "ff fe"}, " {word}"]}}\n'
        '- {server-sends: [{from: bob, say: "{word}"}, {from: carol, say: "{word}"}]}',
        "the program has read every segment, as far as the system can tell.",
        "A list goes out in one segment, and so does what is `glued` with the next.",
    ),
    ClientVerb.SERVER_DROPS: Told(
        "- {server-drops: reset}\n- {ends: true}",
        "the call to the system returned, which is at once.",
    ),
    ClientVerb.SHOWS: Told(
        '- {server-sends: {from: bob, say: "{sentence}"}}\n- {shows: {from: bob}}',
        "it is on the screen, within 5s unless `within` says otherwise; in a pipe at once, and it "
        "is judged at the end.",
        "How the program writes it, in which colours and with what around it, does not matter.",
    ),
    ClientVerb.SHOWS_NOT: Told(
        "- {shows-not: Traceback}",
        "it begins: it is judged at the end, when a last message has been shown.",
    ),
    ClientVerb.ENDS: Told(
        "- {keys: ctrl-d}\n- {ends: {within: 2s, status: 0}}",
        "the program has ended by itself.",
        "Always judged is that it prints no traceback, does not use half a processor or more while "
        "it waits, and closes its connection; and that the person is told in words where the "
        "server went.",
    ),
    ClientVerb.REFUSED: Told(
        "- {refused: true}   # beside story: listening: false",
        "the program has ended by itself, within 10s unless `within` says otherwise.",
        "It must say in words that it cannot connect.",
    ),
}

ROOT: Mapping[str, str] = {
    "client": "client: terminal",
    "nick": "nick: ann",
    "listening": "listening: false",
}
"""Keys beside the story that scenarios for servers have not, in an example."""

ROOM = """\
format: 1
scenario: An example
client: {place}
listening: {listening}
story:
"""
_COMES_IN = "- {joins: true}\n- {server-sends: {from: bob, say: hello}}\n"
_BY_ITSELF = (ClientVerb.CONNECTS, ClientVerb.GIVES_NICK, ClientVerb.JOINS, ClientVerb.REFUSED)


def with_steps(verb: ClientVerb) -> str:
    """Write the scenario in which the example of a verb is told, as YAML."""
    listening = str(verb is not ClientVerb.REFUSED).lower()
    before = "" if verb in _BY_ITSELF else _COMES_IN
    steps = (before + VERBS[verb].example).splitlines()
    head = ROOM.replace("{place}", "both").replace("{listening}", listening)
    return head + "".join(f"  {line}\n" for line in steps)
