"""`harness.step`: each mistake in a step has its words, its place and a hint."""

import pytest
from pydantic import ValidationError

from harness.section import Mistake, mistakes_of
from harness.step import ServerAct, Step


def mistakes(raw: object) -> list[Mistake]:
    with pytest.raises(ValidationError) as caught:
        Step.model_validate(raw)
    return list(mistakes_of(caught.value))


def words(raw: object) -> list[str]:
    return [
        f"{'.'.join(map(str, each.loc))}{'!' if each.at_key else ''}: {each.message}"
        + (f" ({each.hint})" if each.hint else "")
        for each in mistakes(raw)
    ]


VERBS = (
    "connect, join, say, send, hears, hears-nothing, sees-join, sees-leave, refused, leave, drop, "
    "freeze, thaw, server, wait, together, repeat"
)

ACTS = ", ".join(ServerAct)


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ({}, [f": a step without a verb (one of {VERBS})"]),
        ({"who": "a", "times": 2}, [f": a step without a verb (one of {VERBS})"]),
        ({"who": "a", "jion": True}, ["jion!: unknown key 'jion' (did you mean 'join'?)"]),
        *(
            ({"who": "a", wrong: 1}, [f"{wrong}!: unknown key '{wrong}' (did you mean '{right}'?)"])
            for wrong, right in {
                "hears_nothing": "hears-nothing",
                "hear": "hears",
                "refuse": "refused",
                "freez": "freeze",
                "taw": "thaw",
                "sever": "server",
                "sent": "send",
            }.items()
        ),
        (
            {"say": "x", "who": "a", "join": True, "wait": "1s"},
            [
                "join!: 'join' is a second verb beside 'say' (make two steps of them)",
                "wait!: 'wait' is a second verb beside 'say' (make two steps of them)",
            ],
        ),
        ({"kill": True}, ["kill!: unknown key 'kill' (write server: kill)"]),
        ({"restart": True}, ["restart!: unknown key 'restart' (write server: restart)"]),
        ({"who": "a", "reset": True}, ["reset!: unknown key 'reset' (write drop: reset)"]),
        (
            {"who": "a", "say": "x", "on": {}},
            [
                (
                    "on!: unknown key 'on' "
                    "(it stands with a person in people, or for everyone beside people)"
                )
            ],
        ),
        (
            {"who": "a", "say": "x", "limits": {}},
            ["limits!: unknown key 'limits' (it stands beside people)"],
        ),
        (
            {"who": "a", "say": {"hex": "ff"}},
            ["say: a text is needed, not a mapping (bytes go with send)"],
        ),
        ({"say": "x"}, [": 'say' needs a 'who' (as in {who: bob, say: ...})"]),
        ({"who": "a", "wait": "1s"}, ["who!: 'wait' takes no 'who' (take it out)"]),
        ({"who": "a", "server": "kill"}, ["who!: 'server' takes no 'who' (take it out)"]),
        ({"freeze": True}, [": 'freeze' needs a 'who' (as in {who: bob, freeze: ...})"]),
        ({"who": "a", "say": None}, ["say: 'say' has no value"]),
        ({"who": None, "join": True}, ["who: 'who' has no value"]),
        ({"who": "a", "say": "x", "bare": None}, ["bare: 'bare' has no value"]),
        (
            {"who": "a", "join": True, "bare": True},
            [
                (
                    "bare!: 'join' does not take 'bare' "
                    "(it takes over, after, within, or-refused; bare goes with say)"
                )
            ],
        ),
        ({"repeat": [{"wait": "1s"}]}, [": 'repeat' needs 'times' (as in times: 5)"]),
        (
            {"who": "a", "say": "x", "every": "1s"},
            ["every!: 'every' needs 'times' (as in times: 5)"],
        ),
        (
            {"who": "a", "send": "x", "every": "1s"},
            ["every!: 'every' needs 'times' (as in times: 5)"],
        ),
        (
            {"who": "a", "say": "x", "every": "1s", "over": "1s", "times": 2},
            [
                (
                    "every!: 'every' stands beside 'over' "
                    "(over gives each message its time by itself: take one of them out)"
                )
            ],
        ),
        (
            {"who": "a", "thaw": True, "times": 2},
            [
                (
                    "times!: 'thaw' does not take 'times' "
                    "(it takes after, within; times goes with say, send, repeat)"
                )
            ],
        ),
        ({"together": []}, ["together: 'together' must not be empty"]),
        ({"repeat": [], "times": 2}, ["repeat: 'repeat' must not be empty"]),
        ({"together": {}}, ["together: 'together' must be a list, not a mapping"]),
        ({"together": ["x"]}, ["together.0: this must be a mapping, not the text 'x'"]),
        (
            {"together": [{"wait": "1s"}, {"together": [{"wait": "1s"}]}]},
            [
                (
                    "together.1.together!: 'together' inside of 'together' "
                    "(all its steps run side by side as it is)"
                )
            ],
        ),
        (
            {"together": [{"repeat": [{"together": [{"wait": "1s"}]}], "times": 2}]},
            [
                (
                    "together.0.repeat.0.together!: 'together' inside of 'together' "
                    "(all its steps run side by side as it is)"
                )
            ],
        ),
        ({"who": "a", "join": "yes"}, ["join: must be true, not the text 'yes'"]),
        ({"who": "a", "join": 1}, ["join: must be true, not the number 1"]),
        ({"who": "a", "leave": False}, ["leave: must be true, not false"]),
        (
            {"who": "a", "say": 5},
            ["say: a text is needed, not the number 5 (put it in quotes)"],
        ),
        ({"who": "a", "say": ["x"]}, ["say: a text is needed, not a list"]),
        (
            {"who": "a", "say": "{wrod}"},
            ["say: unknown field '{wrod}' (did you mean 'word'?)"],
        ),
        (
            {"who": "a", "drop": "halfclose"},
            [
                (
                    "drop: must be one of close, reset, half-close, not the text 'halfclose' "
                    "(did you mean 'half-close'?)"
                )
            ],
        ),
        (
            {"who": "a", "drop": "zzz"},
            ["drop: must be one of close, reset, half-close, not the text 'zzz'"],
        ),
        (
            {"who": "a", "drop": True},
            ["drop: must be one of close, reset, half-close, not true"],
        ),
        (
            {"server": "restrat"},
            [f"server: must be one of {ACTS}, not the text 'restrat' (did you mean 'restart'?)"],
        ),
        ({"server": True}, [f"server: must be one of {ACTS}, not true"]),
        ({"server": None}, ["server: 'server' has no value"]),
        (
            {"who": "a", "hears-nothing": "yes"},
            ["hears-nothing: must be true, not the text 'yes'"],
        ),
        ({"who": "a", "freeze": "2s"}, ["freeze: must be true, not the text '2s'"]),
        ({"who": "a", "refused": False}, ["refused: must be true, not false"]),
        ({"who": "a", "send": None}, ["send: 'send' has no value"]),
        ({"who": "a", "send": []}, ["send: 'send' must not be empty"]),
        (
            {"who": "a", "send": ""},
            ["send.0: a segment without a byte cannot be sent (leave it out)"],
        ),
        (
            {"who": "a", "send": ["x", "{wrod}"]},
            ["send.1: unknown field '{wrod}' (did you mean 'word'?)"],
        ),
        (
            {"who": "a", "send": 5},
            ["send.0: a text is needed, not the number 5 (put it in quotes)"],
        ),
        (
            {"who": "a", "send": [["x"]]},
            ['send.0: a text is needed, not a list (a text, or bytes: {hex: "ff fe"})'],
        ),
        (
            {"who": "a", "send": ["x", {"hex": "f"}]},
            [
                (
                    "send.1: 'f' stands for no bytes "
                    '(two hexadecimal digits for each, as in {hex: "ff fe"})'
                )
            ],
        ),
        (
            {"who": "a", "send": {"hex": 80}},
            [('send.0: the number 80 is no text (put the bytes in quotes, as in {hex: "80"})')],
        ),
        (
            {"who": "a", "send": ["x"] * 10_001},
            ["send: 'send' must have at most 10000 items"],
        ),
        (
            {"who": "a", "say": "x{end}"},
            [
                (
                    "say: unknown field '{end}' (there are {sentence}, {word}, {name}, {X*N}; "
                    "write {{ or }} for a brace)"
                )
            ],
        ),
        (
            {"who": "a", "say": "\x80"},
            [
                (
                    "say: the text has the control character U+0080, which is two bytes of UTF-8 "
                    '(the byte is written {hex: "80"}, and goes with send)'
                )
            ],
        ),
        ({"who": [], "join": True}, ["who: 'who' must not be empty"]),
        (
            {"who": "a newcommer", "join": True},
            ["who.0: 'a newcommer' is no name (did you mean 'a newcomer'?)"],
        ),
        (
            {"who": ["a", "b!"], "join": True},
            [
                (
                    "who.1: 'b!' is no name "
                    "(as in bob, crowd, 10 of crowd, everyone but bob, [alice, bob])"
                )
            ],
        ),
        ({"who": "0 of c", "join": True}, ["who.0: 0 of a crowd is nobody"]),
        ({"wait": 5}, ["wait: the number 5 has no unit (write 5s or 5ms)"]),
        (
            {"who": "a", "join": True, "within": "0s"},
            ["within: must be longer than no time at all"],
        ),
        (
            {"who": "a", "say": "x", "times": 0},
            ["times: 'times' must be at least 1, not the number 0"],
        ),
        (
            {"who": "a", "say": "x", "times": 1_000_001},
            ["times: 'times' must be at most 1000000, not the number 1000001"],
        ),
        (
            {"who": "a", "say": "x", "times": True},
            ["times: 'times' must be a whole number, not true"],
        ),
        (
            {"who": "a", "say": "x", "bare": "no"},
            ["bare: 'bare' must be true or false, not the text 'no' (in YAML 1.2 this is a text)"],
        ),
        (
            {"who": "a", "hears": {}},
            ["hears: nothing to hear (write {from: bob} or {text: hello})"],
        ),
        (
            {"who": "a", "hears": "x"},
            [
                (
                    "hears: this must be a mapping, not the text 'x' "
                    "(write {from: bob} or {text: hello})"
                )
            ],
        ),
        (
            {"who": "a", "hears": {"text": "x", "from": "b"}},
            ["hears.from!: 'from' stands beside 'text' (make two steps of them)"],
        ),
        ({"who": "a", "hears": {"from": None}}, ["hears.from: 'from' has no value"]),
        (
            {"who": "a", "hears": {"txt": "x"}},
            ["hears.txt!: unknown key 'txt' (did you mean 'text'?)"],
        ),
        (
            {"who": "a", "hears": {"from_": "b"}},
            ["hears.from_!: unknown key 'from_' (did you mean 'from'?)"],
        ),
        (
            {"who": "a", "hears": {"text": ""}},
            ["hears.text: an empty text is always heard (write what must be heard)"],
        ),
        (
            {"who": "a", "hears": {"text": "\ud800"}},
            ["hears.text: the half character U+D800 cannot be sent as UTF-8"],
        ),
        (
            {"who": "a", "hears": {"from": "b c"}},
            ["hears.from: 'b c' is no name (a person, a crowd, or everyone)"],
        ),
        ({"who": "a", "say": "x", "mark": 1}, ["mark!: unknown key 'mark' (KEYS)"]),
    ],
)
def test_mistakes(raw: object, found: list[str]) -> None:
    keys = f"the keys here are: {', '.join(Step.keys())}"
    assert words(raw) == [each.replace("KEYS", keys) for each in found]


def test_all_mistakes_of_a_step_at_once() -> None:
    assert words({"together": [{"say": "{x", "times": 0, "every": 1, "within": "1s"}, 5]}) == [
        "together.0: 'say' needs a 'who' (as in {who: bob, say: ...})",
        (
            "together.0.within!: 'say' does not take 'within' "
            "(it takes times, every, over, after, bare; "
            "within goes with connect, join, hears, sees-join, sees-leave, refused, leave, thaw, "
            "server)"
        ),
        "together.0.say: a brace without its partner: '{x' (write {{ or }} for a brace)",
        "together.0.times: 'times' must be at least 1, not the number 0",
        "together.0.every: the number 1 has no unit (write 1s or 1ms)",
        "together.1: this must be a mapping, not the number 5",
    ]
