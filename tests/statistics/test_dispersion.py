"""The dispersion of events that are not independent."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from indicators.statistics.dispersion import (
    Dispersion,
    dispersion_at,
    estimate_dispersion,
    estimate_dispersion_between,
)

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
    """A dispersion of 4 is found at every size, for rare events too, whose clusters show only in part."""
    rng, population = _country()
    sizes = rate * np.array([2_000, 6_000, 20_000])
    fits = [estimate_dispersion(_draw(rng, population * rate, 4.0), population) for _ in range(8)]
    assert_allclose(np.mean([replace(fit, covariance=(0, 0, 0)).at(sizes) for fit in fits], 0), 4, rtol=0.25)


@pytest.mark.parametrize(("scale", "power"), [(0.02, 1.0), (0.6, 0.5)])
def test_dispersion_grows_with_size_as_the_figures_have_it(scale, power):
    """Moving risks make it grow in proportion to size, other events more slowly: the fit finds which."""
    rng, population = _country()
    mean = population * 0.02
    found = estimate_dispersion(_draw(rng, mean, 1.01 + scale * mean**power), population)
    assert_allclose(found.exponent, power, atol=0.15)
    sizes = np.array([20, 1000, 5000])
    assert_allclose(found.at(sizes), 1 + scale * sizes**power, rtol=0.4)


def test_a_steep_line_is_not_forced_on_large_towns():
    """Where the growth slows down, the greatest are given what they have: within a factor of 2.5."""
    rng, population = _country(areas=600)
    mean = population * 0.3
    truth = 0.93 * np.maximum(mean, 1.3) ** 0.31 + 0.01
    found = estimate_dispersion(_draw(rng, mean, np.maximum(truth, 1.01)), population)
    ratio = found.at(mean[:, 0]) / np.maximum(truth[:, 0], 1)
    assert 1 / 2.5 < ratio.min() < ratio.max() < 2.5


def test_persons_are_held_against_the_binomial_variance():
    """Independent persons have no dispersion even where most of them are counted."""
    rng, population = _country()
    count = rng.binomial(population.astype(int), 0.7).astype(float)
    assert estimate_dispersion(count, population, kind="proportion").at(1000) < 1.15
    assert estimate_dispersion(count, population, kind="rate", floor=0.1).at(1000) < 0.5


def test_a_floor_is_never_gone_below():
    """With a design effect the dispersion is at least that."""
    rng, population = _country()
    count = rng.poisson(population * 0.02)
    assert (estimate_dispersion(count, population, floor=2.0).at([1, 50, 5000]) >= 2).all()


def test_a_common_movement_is_no_dispersion():
    """Years that are worse for everybody alike are left out where they are given."""
    rng, population = _country()
    rate = np.array([0.02, 0.03, 0.015, 0.03, 0.02])
    count = rng.poisson(population * rate).astype(float)
    assert estimate_dispersion(count, population).at(200) > 5
    assert estimate_dispersion(count, population, common=rate).at(200) < 1.3


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
    assert_allclose(replace(found, covariance=(0, 0, 0)).at(10), np.mean((x - 10) ** 2 / 10), rtol=1e-6)
    assert found.n_areas == 40


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
    """The dispersion used is the curve and its standard error, above the floor, and flat below one event."""
    curve = Dispersion(np.log(0.5), 0.5, covariance=(0.04, -0.001, 0.0001), floor=2.0)
    size = np.log(30.0)
    error = np.sqrt(0.04 - 0.002 * size + 0.0001 * size**2)
    assert_allclose(curve.at(30.0), 2 + 0.5 * np.sqrt(30) * (1 + error))
    assert curve.at(0.0) == curve.at(1.0)
    assert_allclose(replace(curve, years=3).at(30), curve.at(10))
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
