"""The changes between two snapshots for readers: a page of its own, and a few lines for a report."""

from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pandas as pd

from indicators.assessment.changes import CAUSES, CHANGE_COLUMNS, VERDICTS, Changes, count_causes, list_once
from indicators.catalogue.records import Indicator
from indicators.narrative.formats import format_date, format_number
from indicators.narrative.phrases import load_phrases
from indicators.narrative.texts import Texts, load_texts
from indicators.narrative.wording import Wording
from indicators.report.page.html import render, slug
from indicators.report.page.look import municipal_stylesheet
from indicators.report.sections.head import HeadView
from indicators.snapshot.load import Snapshot
from indicators.version import __version__

#: So many changes of a cause are told in a report; the others are counted.
_MOST_TOLD = 2
#: Fields that are told as numbers in a few words, and what stands between the numbers of one.
_NUMBER_FIELDS = {"design_effect": "–", "hidden_below": ", ", "steady_margin": "–"}
_VERDICT_KEYS = {"comparison": "verdict", "trend": "trend", "position": "quartile"}


def render_changes(changes: Changes, language: str = "fi", index: str = "") -> str:
    """HTML of the page of changes, of the agreement's areas and the whole country.

    Parameters
    ----------
    index : str
        The index to which the page leads back, where it lies beside one.
    """
    return str(render("changes.html.j2", index=index, **_ChangeWriter(changes, load_texts(language)).page()))


@dataclass(frozen=True)
class CauseLine:
    """The changes of one cause in one area: how many, and the first of them, as a sentence."""

    cause: str
    text: str


def summarise_changes(changes: Changes, area_code: str, texts: Texts) -> list[CauseLine]:
    """What changed for one area since the earlier snapshot, cause by cause; empty where nothing did."""
    return list(_ChangeWriter(changes, texts).lines(changes.of_area(area_code)))


def tell_since(changes: Changes, texts: Texts) -> str:
    """The words before the lines of `summarise_changes`: since which snapshot."""
    return texts("changes_since", old=changes.old.id, old_date=_date(changes.old, texts))


def _date(snapshot: Snapshot, texts: Texts) -> str:
    return format_date(snapshot.created.isoformat(), texts.language)


@dataclass(frozen=True, slots=True)
class _Change:
    """A row of the table of changes, as `CHANGE_COLUMNS` names it."""

    area_code: str
    goal_id: str
    indicator_id: str
    cause: str
    aspect: str
    year: int | None
    sex: str
    old_value: float | None
    new_value: float | None
    old_said: str
    new_said: str
    because: str


def _read(rows: pd.DataFrame) -> list[_Change]:
    """Rows as records; None where a number is missing."""
    columns = [rows[name].astype(object).where(rows[name].notna(), None) for name in CHANGE_COLUMNS]
    return [_Change(*row) for row in zip(*columns, strict=True)]


class _ChangeWriter:
    """Makes what the template reads."""

    def __init__(self, changes: Changes, texts: Texts) -> None:
        self.changes, self.texts = changes, texts
        self.catalogue = changes.new_catalogue
        self.wording, self.phrases = Wording(self.catalogue, texts), load_phrases(texts.language)
        agreement, areas = self.catalogue.agreement, self.catalogue.areas
        country = [area.code for area in areas if area.level == "country"]
        members = [area.code for area in self.catalogue.members]
        self.codes = [*members, agreement.region, agreement.county, *country]

    def page(self) -> dict[str, Any]:
        """Facts of the whole page."""
        changes, t = self.changes, self.texts
        rows = changes.table[changes.table["area_code"].isin([*self.codes, ""])]
        return {
            "t": t,
            "stylesheet": municipal_stylesheet(),
            "metas": {"snapshot": changes.new.id, "version": __version__},
            "top": self._head(),
            "counts": [self._count(cause, n) for cause, n in count_causes(rows).items() if n],
            "ours": list(self._ours(rows[rows["area_code"] == ""])),
            "goals": list(self._goals(rows[rows["area_code"] != ""])),
        }

    def _head(self) -> HeadView:
        t, agreement = self.texts, self.catalogue.agreement.short_title.text(self.texts.language)
        old, new = _date(self.changes.old, t), _date(self.changes.new, t)
        return HeadView(
            agreement=agreement,
            situation=t("form_situation", date=new),
            name=t("changes_title"),
            question=t("changes_lead", old=self.changes.old.id, old_date=old),
            facts=[],
            foot=(agreement, self.changes.new.id),
            demo="",
        )

    def lines(self, rows: pd.DataFrame) -> Iterator[CauseLine]:
        """One sentence for each cause: its number, its first changes, and how many others there are."""
        once = list_once(rows)
        for cause in CAUSES:
            found = once[once["cause"] == cause]
            if not len(found):
                continue
            # The newest figure of each indicator is told first; an indicator is told once.
            told = found.drop_duplicates(["indicator_id", "aspect"], keep="last")[:_MOST_TOLD]
            parts = [self._change(row) for row in _read(told)]
            if len(found) > len(told):
                rest = format_number(len(found) - len(told), 0, self.texts.language)
                parts.append(self.texts("since_more", n=rest))
            yield CauseLine(cause, f"{self._count(cause, len(found))}: {'; '.join(parts)}.")

    def _count(self, cause: str, n: int) -> str:
        return self.texts(f"cause_{cause}", n=format_number(n, 0, self.texts.language))

    def _change(self, row: _Change) -> str:
        """One change in short."""
        words = self._row(row) if row.area_code else None
        title = self._title(row.indicator_id) or self.texts("changes_no_indicator")
        if words is None:
            if row.aspect == "indicator":
                return title
            before, after = self._said(row, row.old_said), self._said(row, row.new_said)
            named = f"{title}, {self._aspect(row)}"
            return self.texts("since_changed", indicator=named, before=before, after=after)
        if row.cause == "new_period":
            return self.texts("since_figure", indicator=title, year=words.year, after=words.after)
        named = f"{title} ({words.year})" if words.year else f"{title}, {words.aspect}"
        if words.before == words.after:
            return self.texts("since_same", indicator=named, after=words.after)
        told = self.texts("since_changed", indicator=named, before=words.before, after=words.after)
        return f"{told} ({words.because})" if words.because else told

    def _ours(self, rows: pd.DataFrame) -> Iterator[SimpleNamespace]:
        once = rows.drop_duplicates(["indicator_id", "cause", "aspect", "old_said", "new_said"])
        for row in _read(once):
            yield SimpleNamespace(
                indicator_id=row.indicator_id,
                title=self._title(row.indicator_id) or self.texts("changes_no_indicator"),
                cause=self.texts(f"change_{row.cause}"),
                aspect=self._aspect(row),
                before=self._said(row, row.old_said),
                after=self._said(row, row.new_said),
            )

    def _goals(self, rows: pd.DataFrame) -> Iterator[SimpleNamespace]:
        for goal in self.catalogue.goals:
            of_goal = rows[rows["goal_id"] == goal.id]
            indicators = [
                self._indicator(str(key), block)
                for key, block in of_goal.groupby("indicator_id", observed=True)
            ]
            if indicators:
                title = goal.title.text(self.texts.language)
                yield SimpleNamespace(id=goal.id, title=title, indicators=indicators)

    def _indicator(self, indicator_id: str, rows: pd.DataFrame) -> SimpleNamespace:
        is_new = rows["cause"] == "new_period"
        return SimpleNamespace(
            id=indicator_id,
            html_id=f"u-{slug(str(rows['goal_id'].iloc[0]))}-{slug(indicator_id)}",
            title=self._title(indicator_id),
            caption=self.texts("changes_caption", indicator=self._title(indicator_id)),
            new_years=self._new_years(rows[is_new]),
            rows=[self._row(row) for row in _read(self._by_area(rows[~is_new]))],
        )

    def _by_area(self, rows: pd.DataFrame) -> pd.DataFrame:
        order = {code: at for at, code in enumerate(self.codes)}
        return rows.assign(at=rows["area_code"].astype(str).map(order)).sort_values(
            ["at", "cause", "year", "sex"]
        )

    def _new_years(self, rows: pd.DataFrame) -> str:
        if not len(rows):
            return ""
        first, last = rows["year"].min(), rows["year"].max()
        key = "changes_new_year" if first == last else "changes_new_years"
        years = str(first) if first == last else f"{first}–{last}"
        return self.texts(key, years=years, n=rows["area_code"].nunique())

    def _row(self, row: _Change) -> SimpleNamespace:
        sex = "" if row.sex in ("", "total") else f", {self.texts(f'sex_{row.sex}')}"
        return SimpleNamespace(
            code=row.area_code,
            area=self.catalogue.areas.get(row.area_code).name(self.texts.language),
            year="" if row.year is None else f"{row.year}{sex}",
            cause=self.texts(f"change_{row.cause}"),
            aspect="" if row.aspect == "figure" else self._aspect(row),
            before=self._side(row, row.old_value, row.old_said),
            after=self._side(row, row.new_value, row.new_said),
            because=self.texts(f"change_{row.because}") if row.because else "",
        )

    def _side(self, row: _Change, value: float | None, said: str) -> str:
        """The figure, or what was said, on one side; a figure that is not there is told by its status."""
        indicator = self._declared(row.indicator_id)
        if row.aspect != "figure" or value is None or indicator is None:
            return self._said(row, said)
        text = self.wording.value(indicator, value)
        status = self.texts(f"status_{said}")
        return f"{text} ({status})" if status else text

    def _said(self, row: _Change, word: str) -> str:
        if row.cause == "indicator_redefined" and not row.area_code:
            return self._field(row.aspect, word)
        if not word:
            return self.texts("no_value")
        if row.aspect in VERDICTS:
            key = f"{_VERDICT_KEYS[row.aspect]}_{word}"
            return self.texts(key if self.texts.has(key) else "verdict_not_assessed")
        if row.aspect == "figure":
            return self.texts(f"status_{word}") or self.texts("no_value")
        is_direction = row.aspect in ("direction", "goal", "indicator")
        return self.texts(f"direction_{word}") if is_direction else word

    def _field(self, name: str, said: str) -> str:
        """A field of the declaration, as the record of changes has it in short."""
        if said in ("", "True", "False"):
            return self.texts({"True": "field_yes", "False": "field_no"}.get(said, "field_none"))
        if name not in _NUMBER_FIELDS:
            return said
        numbers = said.split(_NUMBER_FIELDS[name])
        told = [
            format_number(float(item), len(item.partition(".")[2]), self.texts.language) for item in numbers
        ]
        return self.texts(f"field_{name}", value=_NUMBER_FIELDS[name].join(told))

    def _aspect(self, row: _Change) -> str:
        """Of what the change is; "comparison" is both a verdict and a field of the indicator."""
        is_field = row.aspect == "comparison" and row.cause == "indicator_redefined"
        return self.texts("aspect_compared_by") if is_field else self.texts(f"aspect_{row.aspect}")

    def _declared(self, indicator_id: str) -> Indicator | None:
        old, new = self.changes.old_catalogue, self.changes.new_catalogue
        return new.indicators.get(indicator_id) or old.indicators.get(indicator_id)

    def _title(self, indicator_id: str) -> str:
        indicator = self._declared(indicator_id)
        return self.phrases.short_title(indicator) if indicator else ""
