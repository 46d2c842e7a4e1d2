"""`harness.learn.writing`: the file that answers become."""

from answers import some

from harness.dialect import Dialect, Writer
from harness.learn.writing import KEYS, MARK, written
from harness.source import loads, validated


def test_a_file() -> None:
    text = written("some", "Learnt.", some())
    dialect = validated(loads(text, "learnt.yaml"), Dialect)
    assert (dialect.name, dialect.prefix_by, str(dialect.relay)) == (
        "some",
        Writer.CLIENT,
        "{nick}: {message}",
    )
    assert text.startswith(MARK + "\n")
    assert "# defect: an empty nickname is let in \\x1b[31m\n" in text
    assert "# not found out: empty: who gave an empty one was let in\n" in text
    assert "# no echo: a sender got nothing\n" in text
    assert text.index("# as messages\nnickname:") < text.index("\nsaid:") < text.index("\nheard:")


def test_the_file_knows_all_keys_of_a_dialect() -> None:
    # What a client does on its side, no server knows.
    assert {*KEYS, "name", "about", "client"} == set(Dialect.keys())


def test_a_comment_is_never_cut_out_of_its_line() -> None:
    findings = some()
    findings.nothing("quit", "none of\n" + "word " * 60)
    lines = written("some", "Learnt.", findings).splitlines()
    assert max(map(len, lines)) <= 100
    assert not [line for line in lines if line.startswith("word")]
