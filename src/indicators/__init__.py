"""Public figures of the strategic cooperation agreement of Keski-Suomi: from services to reports.

The names below are all that an analyst needs. They are imported when first used, so that
``import indicators`` itself is quick.

Examples
--------
>>> import indicators
>>> indicators.area("viitasaari").code
'931'
>>> indicators.goal("3.2").id
'3.2'
"""

from typing import TYPE_CHECKING, Final

from indicators.version import __version__

if TYPE_CHECKING:
    from indicators.analyst.api import (
        assess,
        compare,
        fetch_snapshot,
        figures,
        list_snapshots,
        load_snapshot,
        make_reports,
        observations,
        open_report,
        search,
        spine_chart,
        trend_chart,
    )
    from indicators.analyst.lookup import area, goal, indicator, load_catalogue
    from indicators.analyst.plots import plot_distribution, plot_goal, plot_map, plot_trend

__all__ = [
    "area",
    "assess",
    "compare",
    "fetch_snapshot",
    "figures",
    "goal",
    "indicator",
    "list_snapshots",
    "load_catalogue",
    "load_snapshot",
    "make_reports",
    "observations",
    "open_report",
    "plot_distribution",
    "plot_goal",
    "plot_map",
    "plot_trend",
    "search",
    "spine_chart",
    "trend_chart",
]

#: Names that a notebook of another version may call, and what the call is now. Renamed functions come here.
_MOVED: Final[dict[str, str]] = {
    "load_assessment": "assess(...), whose .table is the same table",
    "municipal_report": "open_report(area)",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for; tell an old notebook what the call is now."""
    if name in __all__:
        from indicators.analyst import api

        found = globals()[name] = getattr(api, name)
        return found
    if name in _MOVED:
        # An AttributeError would be swallowed by `from indicators import ...`, and its advice with it.
        raise ImportError(f"indicators {__version__} has no {name!r}; the call is now {_MOVED[name]}")
    raise AttributeError(f"module 'indicators' has no {name!r}.{_suggest(name)}")


def _suggest(name: str) -> str:
    if name.startswith("_"):
        return ""
    import difflib

    near = difflib.get_close_matches(name, __all__, n=3)
    return f" Did you mean: {', '.join(near)}?" if near else f" It has {', '.join(__all__)}."


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
