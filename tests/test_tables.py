"""What the declarations of features promise."""

import pytest

from graphfraud.tables import FEATURES, feature_facts
from graphfraud.vocabulary import SUBJECT_KINDS


@pytest.mark.parametrize("kind", FEATURES)
def test_every_feature_says_what_it_is_in_which_unit_and_which_way_it_accuses(kind: str) -> None:
    for name, facts in feature_facts(kind).items():
        assert facts["doc"], name
        assert facts["unit"], name
        assert facts["suspicious"] in {-1, 0, 1}, name
        assert isinstance(facts["forgeable"], bool), name
        assert not (facts["forgeable"] and facts["suspicious"]), f"{name}: a forger picks its side"


@pytest.mark.parametrize("kind", SUBJECT_KINDS)
def test_what_a_forger_picks_or_a_platform_sets_is_forgeable(kind: str) -> None:
    told_by = ("device", "address", "country", "abroad", "travel", "age_", "_age", "payee", "verified", "new_listener")
    for name, facts in feature_facts(kind).items():
        assert facts["forgeable"] == any(word in name for word in told_by), name
