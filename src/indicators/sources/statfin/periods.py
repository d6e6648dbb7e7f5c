"""Turns the periods of a table into years, by the rule that is declared."""

import re
from collections import Counter
from typing import Final

import pandas as pd

_PERIOD: Final = re.compile(r"(\d{4})(?:([MQ])\d{1,2})?")
_PERIODS_IN_YEAR: Final = {None: 1, "M": 12, "Q": 4}


def read_period(code: str) -> tuple[int, int]:
    """Year of a period, and how many such periods a year has.

    Raises
    ------
    ValueError
        The code is no year, quarter or month.

    Examples
    --------
    >>> read_period("2024"), read_period("2024M07")
    ((2024, 1), (2024, 12))
    """
    found = _PERIOD.fullmatch(code)
    if found is None:
        raise ValueError(code)
    return int(found.group(1)), _PERIODS_IN_YEAR[found.group(2)]


def select_periods(
    codes: tuple[str, ...], first: int | None, last: int | None, present_year: int, month: int | None = None
) -> tuple[list[str], set[int]]:
    """Periods to ask for, and the running years among them.

    A year that lacks periods is left out, unless it is running: the table's last year, and this one or the
    one before, whose end may not have been published yet. Where one month stands for the year, that month
    alone is taken, of the years that have it.

    Parameters
    ----------
    codes : tuple of str
        The table's periods.
    first, last : int or None
        The years that are used.
    present_year : int
        This year.
    month : int or None
        The one month of each year that is used.

    Raises
    ------
    ValueError
        A code is no period, periods of several lengths are mixed, or there are no months to take one of.
    """
    periods = {code: read_period(code) for code in codes}
    lengths = {length for _, length in periods.values()}
    if len(lengths) > 1:
        raise ValueError("periods of several lengths")
    if month is not None:
        if lengths - {_PERIODS_IN_YEAR["M"]}:
            raise ValueError(f"no months, of which month {month} is declared")
        return [
            code
            for code, (year, _) in periods.items()
            if int(code.partition("M")[2]) == month and _is_used(year, first, last)
        ], set()
    counts = Counter(year for year, _ in periods.values())
    full = {year for year, count in counts.items() if count == max(lengths)}
    running = {max(counts, default=0)} - full
    running = {year for year in running if year >= present_year - 1}
    years = {year for year in full | running if _is_used(year, first, last)}
    return [code for code, (year, _) in periods.items() if year in years], running & years


def _is_used(year: int, first: int | None, last: int | None) -> bool:
    return (first is None or year >= first) and (last is None or year <= last)


def aggregate_years(figures: pd.DataFrame, rule: str | None, running: set[int]) -> pd.DataFrame:
    """Figures by year from figures by period.

    Parameters
    ----------
    figures : DataFrame
        ``value`` and ``gap`` by area and period code, its index.
    rule : str or None
        ``mean_of_full_years`` or ``sum_of_full_years``; None where there is one period a year.
    running : set of int
        Years that are not yet full.

    Returns
    -------
    DataFrame
        ``value`` and ``gap`` by area and year; of several gaps the greatest. A year with a missing period is
        NaN. A running year has the mean of its periods so far; its sum would be too small and is NaN.
    """
    areas, periods = (figures.index.get_level_values(name) for name in ("area", "period"))
    year_of = {code: read_period(code)[0] for code in periods.unique()}
    grouped = figures.groupby([areas, periods.map(year_of).rename("year")])
    value = grouped["value"].agg("mean" if rule == "mean_of_full_years" else "sum", skipna=False)
    if rule == "sum_of_full_years":
        value = value.mask(value.index.isin(running, level="year"))
    return pd.DataFrame({"value": value, "gap": grouped["gap"].max()})
