"""`harness.scenario`: each mistake in a file has its words, its place and a hint."""

from textwrap import indent

import pytest

from harness.errors import InputError
from harness.feature import Feature
from harness.nodes import loads
from harness.scenario import Verb, read_scenario

FEATURES = ", ".join(Feature)


def mistakes(
    text: str, overrides: dict[str, str] | None = None, known: list[str] | None = None
) -> str:
    with pytest.raises(InputError) as caught:
        read_scenario(loads(text, "f"), overrides, known)
    return str(caught.value)


def scenario(
    people: str = "{bob: , crowd: 20}", story: str = "[{wait: 1s}]", more: str = ""
) -> str:
    return f"format: 1\nscenario: x\npeople: {people}\nstory: {story}\n{more}"


STEP_MISTAKES = [
    ("who: bob", "7:5: a step without a verb (one of VERBS)"),
    ("jion: true", "7:5: unknown key 'jion' (did you mean 'join'?)"),
    (
        "who: bob\njoin: true\nsay: x",
        "9:5: 'say' is a second verb beside 'join' (make two steps of them)",
    ),
    ("join: true", "7:5: 'join' needs a 'who' (as in {who: bob, join: ...})"),
    ("who: bob\nwait: 1s", "7:5: 'wait' takes no 'who' (take it out)"),
    (
        "who: bob\ndrop: reset\nwithin: 1s",
        (
            "9:5: 'drop' does not take 'within' "
            "(it takes after; within goes with connect, join, hears, sees-join, sees-leave, "
            "refused, leave, thaw, server)"
        ),
    ),
    ("wait: 5", "7:11: the number 5 has no unit (write 5s or 5ms)"),
    ("who: bib\njoin: true", "7:10: there is no 'bib' in people (did you mean 'bob'?)"),
    (
        "who: [bob, everyone but bib]\njoin: true",
        "7:16: there is no 'bib' in people (did you mean 'bob'?)",
    ),
    ("who: 30 of crowd\njoin: true", "7:10: 30 of 'crowd', which has 20"),
    (
        "who: bob\nhears: {from: crowd-021}",
        "8:19: there is no 'crowd-021' (from crowd-001 to crowd-020)",
    ),
    ("who: bob\nhears: {}", "8:12: nothing to hear (write {from: bob} or {text: hello})"),
    ("together: []", "7:15: 'together' must not be empty"),
    (
        "together:\n  - together: [{wait: 1s}]",
        "8:9: 'together' inside of 'together' (all its steps run side by side as it is)",
    ),
    (
        'who: bob\nsay: "{sentance}"',
        "8:10: unknown field '{sentance}' (did you mean 'sentence'?)",
    ),
    (
        'who: bob\nsay: "\\x80"',
        (
            "8:10: the text has the control character U+0080 "
            '("\\x80" is a character to YAML, as "\\xff" is the text ÿ; '
            'bytes are written {hex: "80"})'
        ),
    ),
    (
        'who: bob\nsend: ["x", {hex: "f"}]',
        ("8:17: 'f' stands for no bytes (two hexadecimal digits for each, as in {hex: \"ff fe\"})"),
    ),
    (
        "who: bob\nsend: {hex: 80}",
        '8:11: the number 80 is no text (put the bytes in quotes, as in {hex: "80"})',
    ),
    ("who: bob\nsend: {hx: ff}", "8:11: unknown key 'hx' (did you mean 'hex'?)"),
    (
        'who: bob\nsend:\n  - hi\n  - "\\x9f"',
        (
            "10:9: the text has the control character U+009F "
            '("\\x9f" is a character to YAML, as "\\xff" is the text ÿ; '
            'bytes are written {hex: "9f"})'
        ),
    ),
    ("who: bob\nsend: []", "8:11: 'send' must not be empty"),
    (
        "server: restrat",
        (
            "7:13: must be one of stop, continue, kill, interrupt, terminate, restart, "
            "not the text 'restrat' (did you mean 'restart'?)"
        ),
    ),
    ("who: bob\nserver: kill", "7:5: 'server' takes no 'who' (take it out)"),
    (
        "who: a newcomer\nsay: hi",
        (
            "7:10: a newcomer can only connect or join, and cannot say "
            "(for more, give somebody a name in people)"
        ),
    ),
    (
        "who: newcomer\njoin: true",
        "7:10: there is no 'newcomer' in people (did you mean 'a newcomer'?)",
    ),
    ("who: bob\nsay: yes\nsay: no", "9:5: the key 'say' stands here twice (first in line 8)"),
]


@pytest.mark.parametrize(("step", "message"), STEP_MISTAKES)
def test_mistakes_in_a_step(step: str, message: str) -> None:
    text = "format: 1\nscenario: x\npeople:\n  bob:\n  crowd: 20\nstory:\n"
    text += "  - " + indent(step, "    ").lstrip() + "\n  - wait: 1s\n"
    verbs = ", ".join(Verb)
    assert mistakes(text) == "f:" + message.replace("VERBS", verbs)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f:1:1: this must be a mapping, not nothing"),
        (
            "{}",
            (
                "f:1:1: 'format' is missing\nf:1:1: 'scenario' is missing\n"
                "f:1:1: 'people' is missing\nf:1:1: 'story' is missing"
            ),
        ),
        (
            scenario(more="sede: 5"),
            "f:5:1: unknown key 'sede' (did you mean 'seed'?)",
        ),
        (scenario(more="seed: -1"), "f:5:7: 'seed' must be at least 0, not the number -1"),
        (scenario(more="seed: 1.0"), "f:5:7: 'seed' must be a whole number, not the number 1.0"),
        (
            scenario(more="locale: ru_RUS"),
            "f:5:9: faker knows no locale 'ru_RUS' (did you mean 'ru_RU'?)",
        ),
        (
            scenario(more="locale: klingon"),
            "f:5:9: faker knows no locale 'klingon' (as in en_US, ru_RU)",
        ),
        (scenario(more="seed: "), "f:5:6: 'seed' has no value"),
        (
            scenario(more="needs: frame"),
            f"f:5:8: must be one of {FEATURES}, not the text 'frame' (did you mean 'frames'?)",
        ),
        (
            scenario(more="needs: [frames, 5]"),
            f"f:5:17: must be one of {FEATURES}, not the number 5",
        ),
        (
            scenario(more="on: glued"),
            "f:5:5: this must be a mapping, not the text 'glued' (write {segments: 1 byte})",
        ),
        (scenario(more="needs: "), "f:5:7: 'needs' has no value"),
        (scenario(more="requirement: "), "f:5:13: 'requirement' has no value"),
        (scenario(people=" "), "f:3:8: 'people' has no value"),
        (
            scenario(more="limits: 2s"),
            "f:5:9: this must be a mapping, not the text '2s' (write {delivery-p99: 2s})",
        ),
        (scenario(more="on: "), "f:5:4: 'on' has no value"),
        (
            scenario(more="on: {segments: 0 bytes}"),
            "f:5:16: segments of 0 bytes (from 1 to 1,048,576)",
        ),
        (
            scenario(more="on: {segment: 1 byte}"),
            "f:5:6: unknown key 'segment' (did you mean 'segments'?)",
        ),
        (
            scenario(people="{bob: {on: {delay: 5}}}"),
            "f:3:28: the number 5 has no unit (write 5s or 5ms)",
        ),
        (scenario(people="{bob: {nick: }}"), "f:3:22: 'nick' has no value"),
        (
            scenario(more="limits: {delivery-p99: 5}"),
            "f:5:24: the number 5 has no unit (write 5s or 5ms)",
        ),
        (
            scenario(more="limits: {delivery_p99: 5s}"),
            "f:5:10: unknown key 'delivery_p99' (did you mean 'delivery-p99'?)",
        ),
        (
            scenario(more="limits: {memory: 64}"),
            "f:5:18: the number 64 has no unit (write 64MB or 64KB)",
        ),
        (scenario(people="{}"), "f:3:9: 'people' must not be empty"),
        (scenario(people="[bob]"), "f:3:9: 'people' must be a mapping, not a list"),
        (
            scenario(people="{everyone: }"),
            "f:3:10: nobody can be called 'everyone' (it means all people)",
        ),
        (
            scenario(people="{crowd: 20, crowd-003: }"),
            "f:3:21: 'crowd-003' is also a member of the crowd 'crowd' (give it another name)",
        ),
        (
            scenario(people="{bob: {nick: a~b}}"),
            "f:3:22: the nickname has a '~' (the harness marks its messages so)",
        ),
        (scenario(story="[]"), "f:4:8: 'story' must not be empty"),
        (scenario(story="x"), "f:4:8: 'story' must be a list, not the text 'x'"),
        (
            scenario(story="[{who: crowd, say: x, times: 1000000}]"),
            "f:4:8: the story asks people for 20,000,000 acts (at most 10,000,000)",
        ),
        (
            scenario().replace("scenario: x", "scenario: ' '"),
            "f:2:11: a scenario needs a title (say in one sentence what it claims)",
        ),
    ],
)
def test_mistakes_around_the_story(text: str, message: str) -> None:
    assert mistakes(text) == message


@pytest.mark.parametrize(
    ("format_", "shown"),
    [("2", "the number 2"), ("1.0", "the number 1.0"), ("true", "true"), ("'1'", "the text '1'")],
)
def test_the_format(format_: str, shown: str) -> None:
    text = scenario().replace("format: 1", f"format: {format_}")
    assert mistakes(text) == f"f:1:9: format must be 1, not {shown} (there is no other yet)"


def test_all_mistakes_at_once() -> None:
    story = """
      - {who: bib, join: true}
      - {who: bob, jion: true}
      - together:
          - {who: bob, say: "{"}
          - {who: 21 of crowd, join: true}
    """
    assert mistakes(scenario(story=story, more="seed: x")) == (
        "f:5:15: there is no 'bib' in people (did you mean 'bob'?)\n"
        "f:6:20: unknown key 'jion' (did you mean 'join'?)\n"
        "f:8:29: a brace without its partner: '{' (write {{ or }} for a brace)\n"
        "f:9:19: 21 of 'crowd', which has 20\n"
        "f:11:7: 'seed' must be a whole number, not the text 'x'"
    )


def test_where_the_people_are_wrong_the_steps_are_not_blamed_for_them() -> None:
    story = "[{who: stranger, join: true}]"
    assert mistakes(scenario(people="{1a: }", story=story)).startswith("f:3:10: '1a' is no name")
