"""The dispersion of events that are not independent."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics import estimate_dispersion, estimate_dispersion_between
from indicators.statistics.dispersion import Dispersion, dispersion_at

YEARS = 5


def _country(seed=1, areas=308):
    rng = np.random.default_rng(seed)
    return rng, np.exp(rng.normal(np.log(6000), 1.1, (areas, 1))) * np.ones(YEARS)


def _draw(rng, mean, dispersion):
    excess = np.broadcast_to(dispersion, mean.shape) - 1
    return rng.poisson(rng.gamma(mean / excess, excess)).astype(float)


@pytest.mark.parametrize("rate", [0.002, 0.02])
def test_independent_events_have_dispersion_of_one(rate):
    """Counts of independent events are found to vary as such, at every size."""
    rng, population = _country()
    found = estimate_dispersion(rng.poisson(population * rate), population)
    assert_allclose(found.at([1, 10, 30]), 1, atol=0.2)


@pytest.mark.parametrize("rate", [0.001, 0.02])
def test_clusters_are_found(rate):
    """A dispersion of 4 is found, for rare events too, whose clusters show only in part."""
    rng, population = _country()
    fits = [estimate_dispersion(_draw(rng, population * rate, 4.0), population) for _ in range(8)]
    assert_allclose(np.mean([fit.constant for fit in fits]), 4, atol=0.35)


def test_years_worse_for_everybody_make_dispersion_grow_with_size():
    """Where the risk itself moves from year to year, greater places have the greater dispersion."""
    rng, population = _country()
    mean = population * 0.02
    found = estimate_dispersion(_draw(rng, mean, 2 + 0.02 * mean), population)
    assert_allclose(found.per_event, 0.02, atol=0.005)
    assert_allclose(found.at([20, 1000]), [2.4, 22], rtol=0.3)


def test_differences_between_areas_and_trends_are_no_dispersion():
    """Areas of different level and slope have no dispersion from year to year, but one between areas."""
    rng, population = _country()
    level = rng.gamma(4, 0.25, population.shape[0])[:, None] * np.linspace(0.8, 1.2, YEARS)
    count = rng.poisson(population * 0.02 * level)
    assert estimate_dispersion(count, population).at(100.0) < 1.3
    assert estimate_dispersion_between(count[:, -1], population[:, -1]).at(100.0) > 10


def test_dispersion_is_pearson_chi_square_by_df_where_size_does_not_matter():
    """Without growth by size, the estimate between areas is the plain mean of Pearson chi-square / df."""
    x = np.tile([8.0, 12.0, 4.0, 16.0], 10)
    found = estimate_dispersion_between(x, np.ones(x.size))
    assert_allclose(found.constant, np.mean((x - 10) ** 2 / 10))
    assert found.per_event == 0
    assert (found.n_areas, found.df) == (40, 40)


def test_too_few_areas_give_no_dispersion():
    """With fewer than 20 usable areas the dispersion is not known."""
    rng, population = _country(areas=25)
    count = rng.poisson(population * 0.02).astype(float)
    count[:6, 2] = np.nan
    found = estimate_dispersion(count, population)
    assert np.isnan(found.at(10.0))
    assert found.n_areas == 19


def test_rare_events_tell_nothing_of_clusters():
    """Areas that expect less than one event a year are left out of the estimate."""
    _, population = _country()
    assert np.isnan(estimate_dispersion(np.ones_like(population) * 0.01, population).constant)


def test_estimate_does_not_depend_on_the_origin_of_years():
    """Adding a constant to the years changes nothing."""
    rng, population = _country()
    count = _draw(rng, population * 0.01, 3.0)
    fits = [estimate_dispersion(count, population, np.arange(YEARS) + start) for start in (0, 2020)]
    assert_allclose(fits[0].at([1.0, 50.0]), fits[1].at([1.0, 50.0]), rtol=1e-9)


def test_short_series_are_refused():
    """Two years have no variation about a trend."""
    with pytest.raises(ValueError, match="three years or more"):
        estimate_dispersion(np.ones((30, 2)), np.ones((30, 2)))


def test_uncertainty_is_added():
    """The dispersion used is the estimate and its standard error, and never below 1."""
    line = Dispersion(2.0, 0.1, covariance=(0.04, -0.001, 0.0001))
    assert_allclose(line.at(30.0), 2 + 3 + np.sqrt(0.04 - 0.06 + 0.09))
    assert Dispersion(0.5, 0.0).at(3.0) == 1
    assert_array_equal(dispersion_at(2.5, np.array([1.0, 9.0])), [2.5, 2.5])


def test_inputs_are_not_changed():
    """Counts and denominators are left as they were."""
    rng, population = _country()
    count = rng.poisson(population * 0.01).astype(float)
    kept = count.copy(), population.copy()
    estimate_dispersion(count, population)
    estimate_dispersion_between(count[:, 0], population[:, 0])
    assert_array_equal(count, kept[0])
    assert_array_equal(population, kept[1])
