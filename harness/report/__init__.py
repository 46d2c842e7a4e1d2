"""Reports: a verdict as text with diagrams, and as JSON; and the progress of a run while it lasts.

Whatever may quote a tested program passes through `harness.escape`. Nothing here judges.
"""
