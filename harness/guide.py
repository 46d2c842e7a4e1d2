"""Guide: an example of each word of a scenario, and when each step is complete, as data.

What a word means is said in the models; here is what goes beyond that. `docs/scenarios.md` and the
JSON Schema are made of both, and every example is one that can be planned. Knows no Markdown.

Examples of steps are told in a room with alice, bob and a crowd of twenty; mallory is outside.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from harness import deadlines
from harness.durations import format_duration
from harness.verbs import Verb


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a verb: steps as an example, when it is complete, what is worth knowing."""

    example: str
    complete: str
    more: str = ""


def _within(seconds: float) -> str:
    return f"within {format_duration(seconds)}, unless `within` says otherwise"


VERBS: Mapping[Verb, Told] = {
    Verb.CONNECT: Told(
        "- {who: mallory, connect: true}   # takes the prompt, sends nothing\n"
        "- {who: a newcomer, join: true}   # and does not hold up the door",
        f"the prompt came, {_within(deadlines.PROMPT)}.",
    ),
    Verb.JOIN: Told(
        "- {who: mallory, join: true, within: 2s}",
        "this person has heard something that was said after their nickname was sent, "
        f"{_within(deadlines.JOIN)}. The harness has two people of its own in the room, the "
        "beacons, who see to it that there is something to hear.",
    ),
    Verb.SAY: Told(
        '- {who: bob, say: "{sentence}", times: 20, every: 20ms}',
        "the system has taken all bytes for sending. Whether they were heard is judged at the end.",
        "That everyone else hears it need not be written down: it is always checked.",
    ),
    Verb.SEND: Told(
        '- {who: alice, send: [{hex: "d0"}, {hex: "b0"}, "{end}"]}   # a letter, cut in two\n'
        "- {who: mallory, connect: true}\n"
        '- {who: mallory, send: [{hex: "ff fe"}, "{end}"]}           # no nickname in UTF-8\n'
        "- {who: mallory, drop: reset}",
        "the server has read each segment, as far as the system can tell, and the system has "
        "taken all bytes for sending.",
        "Exactly these bytes go out, in as many segments as the list has. Each is read by the "
        "server before the next is sent. There is no token in them (the mark by which the harness "
        "knows its messages again). Of somebody who has connected and not joined it stands for "
        "the nickname. From a person's first byte that is not UTF-8 on, that person's words are "
        "not judged; everyone else's are.",
    ),
    Verb.HEARS: Told(
        '- {who: bob, say: "I am back"}\n'
        "- {who: alice, hears: {from: bob}}\n"
        "- {who: crowd, hears: {text: am back}}",
        f"it arrived, {_within(deadlines.HEARS)}.",
        "`from` is a person, a crowd or everyone, and means the latest message of each. `text` is "
        "a text as it stands, or a part of one: all that was heard since joining counts.",
    ),
    Verb.HEARS_NOTHING: Told(
        "- {who: mallory, connect: true}\n"
        '- {who: bob, say: "{sentence}"}\n'
        "- {who: mallory, hears-nothing: true}",
        "it begins: it is judged at the end.",
        "It is proved, not waited for: at the end everyone who has spoken says one more word (the "
        "roll call), and what is older cannot come behind it.",
    ),
    Verb.SEES_JOIN: Told(
        "- {who: mallory, join: true}\n- {who: [alice, bob], sees-join: mallory}",
        f"the server has announced that this person came, {_within(deadlines.HEARS)}.",
        "Only in a dialect that announces it; in others the scenario is skipped. That every "
        "arrival is announced once, to whom it concerns, need not be written down.",
    ),
    Verb.SEES_LEAVE: Told(
        "- {who: bob, drop: reset}\n- {who: alice, sees-leave: bob}",
        f"the server has announced that this person went, {_within(deadlines.HEARS)}.",
        "It may go before this step or beside it, and in whatever way.",
    ),
    Verb.REFUSED: Told(
        "- {who: mallory, connect: true}\n"
        '- {who: mallory, send: [{hex: "ff fe"}, "{end}"]}\n'
        "- {who: mallory, refused: true}",
        "the server closed the connection, or asked for a nickname again, "
        f"{_within(deadlines.JOIN)}.",
        "Without a `send` before it, the person's own nickname is given.",
    ),
    Verb.LEAVE: Told(
        "- {who: bob, leave: true}",
        f"the server has closed its side too, {_within(deadlines.EOF_AFTER_HALF_CLOSE)}.",
        "It half-closes, which means: I send no more, and still read; where the dialect has a word "
        "that quits, it says that instead. What was said before must still reach everyone.",
    ),
    Verb.DROP: Told(
        "- {who: bob, drop: reset}\n"
        "- {who: bob, join: true}          # the nickname is free again\n"
        "- {who: 5 of crowd, drop: close}\n"
        "- {who: alice, drop: half-close}",
        "the call to the system returned, which is at once.",
        "`close` closes the connection, `reset` cuts it without a goodbye (TCP calls that a "
        "reset), `half-close` ends only the sending side. What the person said just before a close "
        "or a reset may be lost.",
    ),
    Verb.FREEZE: Told(
        "- {who: bob, freeze: true}\n"
        '- {who: crowd, say: "{x*100000}", times: 4, every: 20ms}   # eight megabytes\n'
        "- {who: bob, thaw: true}",
        "it was measured how fast the others hear each other, and this person reads no more.",
        "While somebody is frozen, all others must hear each other as fast as before: the median "
        "(as many deliveries are faster as are slower) may be ten times what it was, or 250 ms, "
        "whichever is more. Let the others say some megabytes meanwhile: "
        "otherwise nothing fills up, and the verdict is inconclusive.",
    ),
    Verb.THAW: Told(
        "- {who: bob, freeze: true}\n"
        '- {who: crowd, say: "{я*50000}", times: 4, every: 20ms}\n'
        "- {who: bob, thaw: true, within: 10s}",
        "it was measured again how fast the others hear each other, and this person reads again.",
        "After it the person gets all that was said, without a hole, or has been disconnected.",
    ),
    Verb.SERVER: Told(
        "- {server: interrupt}\n"
        "- {server: restart}\n"
        "- {who: [alice, bob], join: true}   # the restart put everyone out",
        "the process stands still, goes on, has ended, or listens again.",
        "It needs a server that the harness started. `stop` and `continue` halt the process for a "
        "while. `interrupt` (the signal SIGINT, as Ctrl-C sends it), `terminate` (SIGTERM) and "
        "`kill` (SIGKILL) end it: after the first two it must have closed every connection and "
        f"ended within {format_duration(deadlines.SERVER_ENDS)}. Then everyone is out, and must "
        "`join` again after `restart`, which starts it again on the same port (and interrupts it "
        "first where it still runs).",
    ),
    Verb.WAIT: Told(
        "- {wait: 2s}",
        "the time has passed.",
        "It is seldom needed: a step begins when the one before is complete.",
    ),
    Verb.TOGETHER: Told(
        "- together:\n"
        '    - {who: 10 of crowd, say: "{sentence}", times: 5, every: 20ms}\n'
        "    - {who: bob, drop: reset, after: 50ms}",
        "all of its steps are complete.",
    ),
    Verb.REPEAT: Told(
        "- repeat:\n"
        "    - {who: mallory, join: true}\n"
        "    - {who: mallory, drop: close}\n"
        "  times: 5",
        "its last step is complete, for the last time.",
        "After five rounds or more, the server may not hold more sockets, threads or memory than "
        "after the second.",
    ),
}

MODIFIERS: Mapping[str, str] = {
    "times": '- {who: bob, say: "{word}", times: 100}',
    "every": '- {who: crowd, say: "{sentence}", times: 5, every: 10ms..50ms}',
    "over": "- {who: crowd, say: hello, over: 500ms}   # one after the other",
    "after": "- together:\n"
    '    - {who: alice, say: "{sentence}", times: 10, every: 20ms}\n'
    "    - {who: bob, drop: reset, after: 100ms}",
    "within": "- {who: mallory, join: true, within: 2s}",
    "or-refused": "- {who: mallory, join: true, or-refused: true}  # if the name is taken",
    "bare": "- {who: bob, say: nickname, bare: true}   # exactly this, as the prompt is",
}

WHO: Mapping[str, tuple[str, str]] = {
    "bob": ("one person", "- {who: bob, say: hello}"),
    "crowd": ("all of a crowd", "- {who: crowd, say: hello}"),
    "crowd-007": ("one of a crowd, by number", "- {who: crowd-007, say: hello}"),
    "10 of crowd": (
        "ten of a crowd, drawn anew for each step among those who can do it",
        "- {who: 10 of crowd, say: hello}",
    ),
    "everyone": ("everyone who can do it", "- {who: everyone, say: hello}"),
    "everyone but bob": (
        "everyone, some left out",
        '- {who: "everyone but bob, crowd", say: hello}',
    ),
    "[alice, bob]": ("a list of any of these", "- {who: [alice, 3 of crowd], say: hello}"),
    "a newcomer": (
        "somebody who is not in `people`, another one each time; they can only connect or join",
        "- {who: a newcomer, join: true}",
    ),
}

TEXTS: Mapping[str, tuple[str, str]] = {
    "{sentence}": ("a made-up sentence", '- {who: bob, say: "{sentence}"}'),
    "{word}": ("a made-up word", '- {who: bob, say: "the word is {word}"}'),
    "{name}": ("a made-up name", '- {who: bob, say: "hello, {name}"}'),
    "{X*N}": ("the text X, N times over", '- {who: bob, say: "{я*2500}"}'),
    "{end}": (
        "what ends a message in the dialect, and nothing where nothing does; only in `send`",
        '- {who: bob, send: "{word}{end}"}',
    ),
    "{{ and }}": ("a brace", '- {who: bob, say: "{{ok}}"}'),
}

ROOT: Mapping[str, str] = {
    "format": "format: 1",
    "scenario": "scenario: One cut cable does not disturb the room",
    "requirement": "requirement: [LEAVE-1, LEAVE-2]",
    "seed": "seed: 7",
    "locale": "locale: ru_RU",
    "needs": "needs: frames",
    "on": "on: {segments: 1 byte}",
    "limits": "limits: {delivery-p99: 2s, memory: 64MB}",
    "people": 'people:\n  alice:\n  bob: {nick: "Боб"}\n  crowd: 20',
    "story": "story:\n  - {who: everyone, join: true}\n  - {who: bob, say: hello}",
}

PEOPLE: Mapping[str, str] = {
    "typed": 'people:\n  bob: {typed: "bob\\n"}',
    "nick": 'people:\n  bob: {nick: "Боб"}\n  guests: {count: 10, nick: faker}',
    "count": "people:\n  bob:\n  crowd: {count: 200}      # as is crowd: 200",
    "on": "people:\n  bob: {on: {segments: 1 byte}}\n  crowd: 20",
}

ON: Mapping[str, str] = {
    "segments": "on: {segments: glued}",
    "delay": "on: {segments: 7 bytes, delay: 20ms}",
}

SEGMENTS: Mapping[str, tuple[str, str]] = {
    "whole": (
        "each message in one segment, as it is where nothing is said",
        "on: {segments: whole}",
    ),
    "1 byte": ("segments of one byte, each read before the next is sent", "on: {segments: 1 byte}"),
    "7 bytes": ("segments of so many bytes, in the same way", "on: {segments: 7 bytes}"),
    "random": ("cut at places drawn by the seed, in the same way", "on: {segments: random}"),
    "glued": ("several messages in one segment", "on: {segments: glued}"),
}

LIMITS: Mapping[str, str] = {
    "delivery-p50": "limits: {delivery-p50: 50ms}",
    "delivery-p90": "limits: {delivery-p90: 200ms}",
    "delivery-p99": "limits: {delivery-p99: 2s}",
    "delivery-max": "limits: {delivery-max: 5s}",
    "memory": "limits: {memory: 64MB}",
    "lag": "limits: {lag: 200ms}",
}

_ROOM = """\
format: 1
scenario: An example
people: {alice: , bob: , mallory: , crowd: 20}
story:
  - {who: everyone but mallory, join: true}
"""
_PLAIN = {
    "format": "format: 1",
    "scenario": "scenario: An example",
    "people": "people: {alice: , bob: }",
    "story": "story:\n  - {who: everyone, join: true}",
}


def with_steps(example: str) -> str:
    """Write the scenario in which an example of steps is told, as YAML."""
    return _ROOM + "".join(f"  {line}\n" for line in example.splitlines())


def with_key(example: str) -> str:
    """Write a scenario with an example of a key of its root, as YAML."""
    key = example.partition(":")[0]
    return "".join(f"{part}\n" for part in {**_PLAIN, key: example}.values())
