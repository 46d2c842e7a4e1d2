"""Answers to the questions of learning, made up for the tests of what becomes of them."""

from harness.learn.findings import Findings, quoted


def some() -> Findings:
    """Return an answer of each sort."""
    findings = Findings()
    findings.found("said", "{ends: lf}", "nothing came before its LF")
    findings.found("relay", quoted("{nick}: {message}"), "all looked so")
    findings.found("nickname", "{ends: lf}", "as messages")
    findings.found("heard", "{ends: lf}", "each ended so")
    findings.found("prefix-by", "client", "others got a text as it was said")
    findings.nothing("echo", "a sender got nothing")
    findings.unknown("empty", "who gave an empty one was let in")
    findings.defect("an empty nickname is let in \x1b[31m")
    return findings
