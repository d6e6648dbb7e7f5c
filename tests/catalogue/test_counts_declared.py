"""What the catalogue says of counts, and how it may be said wrongly."""

import pytest
from pydantic import ValidationError

from indicators.catalogue.records import DesignEffect, Indicator, SotkanetSource

SOURCE = "Own estimate. As of a test."


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"low": 0.8, "high": 2.0, "source": SOURCE}, "greater than or equal to 1"),
        ({"low": 1.5, "high": 2.0}, "source"),
        ({"low": 1.5, "high": 2.0, "source": ""}, "source"),
        ({"low": 2.5, "high": 2.0, "source": SOURCE}, "low 2.5 is above high 2.0"),
        ({"low": 2.0, "high": 2.0, "source": SOURCE}, "an own estimate is a range"),
    ],
)
def test_a_design_effect_has_a_source_and_is_no_gain(declared, message):
    """Below 1, without a source, turned round, or estimated as a single number: refused."""
    with pytest.raises(ValidationError, match=message):
        DesignEffect.model_validate(declared)


def test_a_numerator_is_declared_with_its_source():
    """Sotkanet's count is a numerator only where that is said somewhere, and the population is known."""
    plain = {"service": "sotkanet", "key": 4, "count": "numerator"}
    with pytest.raises(ValidationError, match="needs 'count_source'"):
        SotkanetSource.model_validate(plain)
    with pytest.raises(ValidationError, match="expected least < greatest"):
        SotkanetSource.model_validate(plain | {"count_source": "x", "population_share": (0.5, 0.1)})


@pytest.mark.parametrize("key", ["statfin:population", "statfin:median_income", "statfin:offences_all_iccs"])
def test_a_design_effect_is_of_counted_persons(key, catalogue):
    """Euros, amounts and events have none."""
    told = catalogue.indicators[key].model_dump() | {
        "design_effect": {"low": 1.5, "high": 2.0, "source": SOURCE}
    }
    with pytest.raises(ValidationError, match="design_effect is for counted persons"):
        Indicator.model_validate(told)


def test_household_measures_declare_their_effect(catalogue):
    """Poverty and basic security, which a household shares, are declared so."""
    for key in ("at_risk_of_poverty", "children_at_risk_of_poverty", "basic_security_only"):
        effect = catalogue.indicators[f"statfin:{key}"].design_effect
        assert 1 < effect.low < effect.high < 4
