"""What changed between two snapshots, and why: one row per change, each with a cause from a closed list.

A cause is either the producer's (a new period, a revised value, a value that vanished) or ours (an indicator
added, removed or redefined, a direction or a goal changed, a new method). What is then said of a figure may
change with it: a changed verdict names the cause behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from indicators.assessment.table import Assessment, compute_assessment
from indicators.catalogue import Catalogue, restore_catalogue
from indicators.catalogue.digest import DEFINES_FIGURES, find_redefinitions
from indicators.errors import ParameterError
from indicators.model import OBSERVATION_KEY
from indicators.snapshot.load import Snapshot

CAUSES: Final = (
    "new_period",
    "revised",
    "vanished",
    "verdict_changed",
    "indicator_added",
    "indicator_removed",
    "indicator_redefined",
    "direction_or_mapping_changed",
    "method_changed",
)
#: Of changes of an area's own figures, the one that a changed verdict is laid to first.
_BEHIND: Final = {"new_period": 0, "vanished": 1, "revised": 2}
#: What a verdict may rest on besides its area's own figures.
BECAUSE_OF_OTHERS: Final = "comparator"
#: What is said of a figure: aspects of the change, and the assessment's columns that hold them.
VERDICTS: Final = {"comparison": "rest_verdict", "trend": "trend_verdict", "position": "quartile"}

CHANGE_COLUMNS: Final = (
    "area_code",
    "goal_id",
    "indicator_id",
    "cause",
    "aspect",
    "year",
    "sex",
    "old_value",
    "new_value",
    "old_said",
    "new_said",
    "because",
)
#: Columns of a change that is ours: about no area, year or value.
_OURS: Final = ("goal_id", "indicator_id", "cause", "aspect", "old_said", "new_said")
#: Relative difference up to which two values are the same number.
_SAME: Final = 1e-12
_NUMBERS: Final = ("value", "count", "denominator")


@dataclass(frozen=True)
class Changes:
    """The changes from one snapshot to another.

    Attributes
    ----------
    old, new : Snapshot
    old_catalogue, new_catalogue : Catalogue
        As the snapshots remember them.
    table : DataFrame
        Columns `CHANGE_COLUMNS`, one row per change, goal by goal; in order of cause, goal, indicator and
        area. ``area_code`` is empty where the change is ours and concerns every area. ``aspect`` says of
        what the change is: "figure", a key of `VERDICTS`, a field of the indicator, "goal" or "version".
        ``old_said`` and ``new_said`` are statuses, verdicts, directions or versions; empty where there was
        none. ``because`` names the cause behind a changed verdict.
    """

    old: Snapshot
    new: Snapshot
    old_catalogue: Catalogue = field(repr=False)
    new_catalogue: Catalogue = field(repr=False)
    table: pd.DataFrame = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """Changes of each cause, each counted once however many goals it serves; all of `CAUSES`."""
        return count_causes(self.table)

    def of_area(self, area_code: str) -> pd.DataFrame:
        """Changes of one area, and those of ours that concern every area."""
        return self.table[self.table["area_code"].isin([area_code, ""])]

    def forget_figures(self) -> "Changes":
        """The same changes without the snapshots' observations, light enough to be kept for many reports."""
        sides = (self.old, self.new)
        old, new = (replace(side, observations=side.observations.iloc[:0].copy()) for side in sides)
        return replace(self, old=old, new=new)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, for JSON; a value that is not there is None."""
        records = self.table.astype(object).where(self.table.notna(), None).to_dict("records")
        sides = {
            name: {"id": side.id, "sha256": side.sha256, "version": side.manifest["version"]}
            for name, side in (("old", self.old), ("new", self.new))
        }
        return sides | {"counts": self.counts, "changes": records}


def count_causes(rows: pd.DataFrame) -> dict[str, int]:
    """Changes of each cause, each counted once however many goals it serves; all of `CAUSES`."""
    found = list_once(rows)["cause"].value_counts()
    return {cause: int(found.get(cause, 0)) for cause in CAUSES}


def list_once(rows: pd.DataFrame) -> pd.DataFrame:
    """Changes without their repetition under several goals."""
    return rows.drop_duplicates([name for name in CHANGE_COLUMNS if name != "goal_id"])


def compute_changes(
    old: Snapshot,
    new: Snapshot,
    catalogue: Catalogue,
    old_catalogue: Catalogue | None = None,
    new_catalogue: Catalogue | None = None,
) -> Changes:
    """Find every change between two snapshots.

    Parameters
    ----------
    catalogue : Catalogue
        The one in force: of words and areas, and of a snapshot that keeps no catalogue of its own.
    old_catalogue, new_catalogue : Catalogue, optional
        Instead of those that the snapshots remember.

    Raises
    ------
    ParameterError
        The snapshots have no indicator in common, so nothing can be compared.
    """
    if not set(old.series) & set(new.series):
        raise ParameterError(
            "OLD NEW", f"{old.id} {new.id}", "two snapshots with at least one indicator in common"
        )
    before = old_catalogue or restore_catalogue(old.manifest.get("catalogue"), catalogue)
    after = new_catalogue or restore_catalogue(new.manifest.get("catalogue"), catalogue)
    figures = diff_observations(old.observations, new.observations)
    ours = pd.DataFrame([*_definition_changes(before, after), *_version_change(old, new)], columns=_OURS)
    touched = {*figures["indicator_id"], *ours["indicator_id"]}
    sides = [_assess(side, declared, touched) for side, declared in ((old, before), (new, after))]
    verdicts = diff_verdicts(*sides)
    figures = _attribute(figures, ours)
    verdicts["because"] = _find_reasons(verdicts, figures, ours)
    table = pd.concat([_by_goal(figures, before, after), verdicts, ours], ignore_index=True)
    return Changes(old, new, before, after, _in_order(table, after, before))


# --- the producers' changes ---------------------------------------------------------------------------


def diff_observations(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Changed figures between two observation tables, one row per indicator, area, year and sex.

    A row without a value that appears or disappears changes no figure and is left out.

    Returns
    -------
    DataFrame
        ``indicator_id``, ``area_code``, ``year``, ``sex``, ``cause``, ``old_value``, ``new_value``,
        ``old_said`` and ``new_said`` (statuses).
    """
    rows = _join(old, new, OBSERVATION_KEY, (*_NUMBERS, "status"))
    had, has = rows["value_old"].notna(), rows["value_new"].notna()
    differs = rows["status_old"] != rows["status_new"]
    for name in _NUMBERS:
        differs |= _is_different(rows[f"{name}_old"], rows[f"{name}_new"])
    is_revised = differs & (rows["_merge"] == "both")
    cause = np.select([~had & has, had & ~has, is_revised], ["new_period", "vanished", "revised"], "")
    table = rows[list(OBSERVATION_KEY)].assign(cause=cause)
    for side in ("old", "new"):
        table[f"{side}_value"], table[f"{side}_said"] = rows[f"value_{side}"], rows[f"status_{side}"]
    table = table[cause != ""].reset_index(drop=True)
    words = dict.fromkeys(table.select_dtypes("category").columns, object)
    found: pd.DataFrame = table.astype(words).fillna({"old_said": "", "new_said": ""})
    return found


def _join(old: pd.DataFrame, new: pd.DataFrame, key: Sequence[str], columns: Sequence[str]) -> pd.DataFrame:
    """Rows of both sides by their key, columns with the side as suffix; ``_merge`` says which have a row."""
    sides = [side[[*key, *columns]].copy() for side in (old, new)]
    for name in (*key, *columns):
        if not pd.api.types.is_numeric_dtype(old[name]):
            columns_of_words = [side[name].astype("category") for side in sides]
            words = sorted({word for column in columns_of_words for word in column.cat.categories})
            for side, column in zip(sides, columns_of_words, strict=True):
                side[name] = column.cat.set_categories(words)
    return sides[0].merge(sides[1], "outer", list(key), suffixes=("_old", "_new"), indicator=True)


def _is_different(old: pd.Series, new: pd.Series) -> pd.Series:
    is_apart = (old - new).abs() > _SAME * np.maximum(old.abs(), new.abs())
    return is_apart | (old.isna() != new.isna())


# --- our own changes ----------------------------------------------------------------------------------


def _definition_changes(old: Catalogue, new: Catalogue) -> Iterator[tuple[str, ...]]:
    """Indicators added, removed and redefined, and directions and goals changed; columns `_OURS`."""
    for key in [*old.indicators, *(key for key in new.indicators if key not in old.indicators)]:
        before, after = old.indicators.get(key), new.indicators.get(key)
        links = [_links(item) for item in (before, after)]
        if before is None or after is None:
            cause = "indicator_added" if before is None else "indicator_removed"
            for goal in (links[0] | links[1]) or {"": ""}:
                yield goal, key, cause, "indicator", *(side.get(goal, "") for side in links)
            continue
        for name in find_redefinitions(before, after):
            said = [_say(item, name) for item in (before, after)]
            yield from ((goal, key, "indicator_redefined", name, *said) for goal in links[1] or {"": ""})
        for goal in sorted({*links[0], *links[1]}):
            directions = [side.get(goal, "") for side in links]
            if directions[0] != directions[1]:
                aspect = "direction" if all(directions) else "goal"
                yield goal, key, "direction_or_mapping_changed", aspect, *directions


def _links(indicator: Any) -> dict[str, str]:
    return {link.goal: link.direction for link in indicator.goals} if indicator else {}


def _say(indicator: Any, name: str) -> str:
    """A field in short, for the record; long ones are told by name only."""
    value = getattr(indicator, name)
    if name == "design_effect" and value:
        return f"{value.low:g}–{value.high:g}" if value.low < value.high else f"{value.low:g}"
    if name == "hidden_below":
        return ", ".join(str(item.below) for item in value)
    if name == "steady_margin" and value:
        return f"{value.value:g}"
    if isinstance(value, tuple):
        return ", ".join(str(getattr(item, "year", item)) for item in value)
    if name == "source":
        return f"{value.service} {indicator.source_key}"
    if name == "years":
        return f"{value.first or ''}–{value.last or ''}"
    return "" if value is None else str(value)


def _version_change(old: Snapshot, new: Snapshot) -> Iterator[tuple[str, ...]]:
    versions = [side.manifest["version"] for side in (old, new)]
    if versions[0] != versions[1]:
        yield "", "", "method_changed", "version", *versions


def _attribute(figures: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Figures that we redefined are no revisions; those of an added or removed indicator are told once."""
    is_added = ours["cause"].isin(["indicator_added", "indicator_removed"])
    figures = figures[~figures["indicator_id"].isin(set(ours.loc[is_added, "indicator_id"]))].copy()
    is_redefined = (ours["cause"] == "indicator_redefined") & ours["aspect"].isin(DEFINES_FIGURES)
    at = figures["indicator_id"].isin(set(ours.loc[is_redefined, "indicator_id"]))
    figures.loc[at, "cause"] = "indicator_redefined"
    return figures


# --- what is said of the figures ----------------------------------------------------------------------


def _assess(snapshot: Snapshot, catalogue: Catalogue, touched: set[str]) -> Assessment:
    """Assessment of the indicators whose figures or definitions changed; the others' verdicts stand."""
    chosen = {key: item for key, item in catalogue.indicators.items() if key in touched}
    if not chosen:
        chosen = dict(list(catalogue.indicators.items())[:1])
    preferred = {item.fallback_for for item in chosen.values()} - {None}
    chosen |= {key: catalogue.indicators[key] for key in preferred if key in catalogue.indicators}
    return compute_assessment(snapshot, replace(catalogue, indicators=chosen))


def diff_verdicts(old: Assessment, new: Assessment) -> pd.DataFrame:
    """Verdicts that differ between two assessments, for what both assess, with what was and is said.

    A trend that is old by now is no news, whatever was or is said of it.
    """
    key = ["area_code", "goal_id", "indicator_id"]
    rows = _join(old.table, new.table, key, [*VERDICTS.values(), "is_old_trend"])
    rows = rows.query("_merge == 'both'").astype(str)
    frames = []
    for aspect, column in VERDICTS.items():
        before, after = rows[f"{column}_old"], rows[f"{column}_new"]
        said = rows[key].assign(aspect=aspect, old_said=before, new_said=after)
        is_news = before != after
        if aspect == "trend":
            is_news &= rows["is_old_trend_new"] == "False"
        frames.append(said[is_news])
    return pd.concat(frames, ignore_index=True).assign(cause="verdict_changed")


def _find_reasons(verdicts: pd.DataFrame, figures: pd.DataFrame, ours: pd.DataFrame) -> np.ndarray:
    """The cause behind each changed verdict: ours first, then the area's own figures, then other areas'."""
    causes = ["indicator_redefined", "direction_or_mapping_changed"]
    redefined, mapped = (ours[ours["cause"] == cause] for cause in causes)
    is_redefined = verdicts["indicator_id"].isin(redefined["indicator_id"])
    by_goal = [pd.MultiIndex.from_frame(side[["indicator_id", "goal_id"]]) for side in (verdicts, mapped)]
    first = figures.sort_values("cause", key=lambda causes: causes.map(_BEHIND))
    key = ["indicator_id", "area_code"]
    own = first.drop_duplicates(key).set_index(key)["cause"]
    reasons = own.reindex(pd.MultiIndex.from_frame(verdicts[key]))
    return np.select(
        [is_redefined, by_goal[0].isin(by_goal[1])],
        causes,
        reasons.fillna(BECAUSE_OF_OTHERS).to_numpy(dtype=object),
    )


# --- the table ----------------------------------------------------------------------------------------


def _by_goal(figures: pd.DataFrame, old: Catalogue, new: Catalogue) -> pd.DataFrame:
    """Changed figures under each goal that they serve now, or served; key facts have an empty goal."""
    links = []
    for key in figures["indicator_id"].unique():
        indicator = new.indicators.get(key) or old.indicators.get(key)
        links += [(key, goal) for goal in (_links(indicator) or {"": ""})]
    goals = pd.DataFrame(links, columns=["indicator_id", "goal_id"])
    return figures.merge(goals, on="indicator_id").assign(aspect="figure")


def _in_order(table: pd.DataFrame, *catalogues: Catalogue) -> pd.DataFrame:
    """Rows by cause, goal, indicator, area, year and sex; the order of indicators is the catalogue's."""
    indicators = dict.fromkeys(key for catalogue in catalogues for key in catalogue.indicators)
    orders = {
        "cause": list(CAUSES),
        "goal_id": [*[goal.id for goal in catalogues[0].goals], ""],
        "indicator_id": [*indicators, ""],
    }
    table = table.reindex(columns=list(CHANGE_COLUMNS))
    for name in (*CHANGE_COLUMNS[:5], "sex", "old_said", "new_said", "because"):
        words = table[name].fillna("").astype(str)
        table[name] = pd.Categorical(words, categories=orders.get(name) or sorted(words.unique()))
    table["year"] = table["year"].astype("Int64")
    table[["old_value", "new_value"]] = table[["old_value", "new_value"]].astype(float)
    table = table.sort_values(["cause", "goal_id", "indicator_id", "area_code", "year", "sex", "aspect"])
    return table.reset_index(drop=True)
