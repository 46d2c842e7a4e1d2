"""`harness.feature`: what a dialect may lack has words."""

import pytest

from harness.feature import Feature


@pytest.mark.parametrize("feature", Feature)
def test_what_is_lacking_can_be_said(feature: Feature) -> None:
    assert feature.lack
    assert feature.lack != feature
