"""What every section is made from: one area's rows, its sentences, and numbers with their marks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial

from markupsafe import Markup, escape

from indicators.assessment.columns import Row
from indicators.assessment.fills import FILLED
from indicators.assessment.rows import YearFigure
from indicators.assessment.table import Assessment
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.records import GoalLink, Indicator
from indicators.narrative.formats import parse_number, round_half_up
from indicators.narrative.sentence import Figure, Sentence
from indicators.narrative.sentences import Sentences
from indicators.narrative.texts import Texts
from indicators.report.marks import OWN, Number, bare_number


@dataclass(frozen=True)
class Context:
    """One area's report in one language.

    Attributes
    ----------
    edition : str
        Id of the edition.
    is_demo : bool
        Whether it is a demonstration with the example plan, and says so.
    """

    assessment: Assessment
    area: Area
    texts: Texts
    edition: str
    is_demo: bool = False

    # --- what is looked up ----------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """What is declared."""
        return self.assessment.catalogue

    @property
    def area_name(self) -> str:
        """The area's name in the report's language."""
        return self.area.name(self.texts.language)

    @property
    def region_name(self) -> str:
        """Its region's name; a region is its own."""
        return self.catalogue.areas.get(self.area.region or self.area.code).name(self.texts.language)

    @property
    def is_region(self) -> bool:
        """Whether the area is a region, whose municipalities are shown beside it."""
        return self.area.level == "region"

    @property
    def larger(self) -> str:
        """The role of the area beside which years are shown: the region, or of a region the country."""
        return "country" if self.is_region else "region"

    @property
    def larger_name(self) -> str:
        """Its name."""
        return self.texts("country") if self.is_region else self.region_name

    @property
    def date(self) -> str:
        """The snapshot's date as the language writes it."""
        return self.sentences.date(self.assessment.snapshot.created)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The area's rows, in the catalogue's order."""
        return self.assessment.rows(self.area.code)

    @cached_property
    def of_members(self) -> dict[tuple[str, str], dict[str, Row]]:
        """The municipalities' rows by goal and indicator, then by code, in alphabetical order."""
        found: dict[tuple[str, str], dict[str, Row]] = {}
        for member in self.catalogue.members:
            for row in self.assessment.rows(member.code):
                found.setdefault((row.goal_id, row.indicator_id), {})[member.code] = row
        return found

    @cached_property
    def by_goal(self) -> dict[str, list[Row]]:
        """The same by goal; a pure key fact has none."""
        goals: dict[str, list[Row]] = {goal.id: [] for goal in self.catalogue.goals}
        for row in self.rows:
            goals.get(row.goal_id, []).append(row)
        return goals

    @cached_property
    def sentences(self) -> Sentences:
        """What is told in words."""
        left_out = self.assessment.find_left_out(self.area.code)
        big = self.catalogue.areas.get(left_out) if left_out else None
        return Sentences(self.catalogue, self.area, self.texts, self.rows, self.years, big)

    @cached_property
    def years(self) -> Callable[[str], tuple[YearFigure, ...]]:
        """All years of an indicator in the area."""
        return partial(self.assessment.years, self.area.code)

    @cached_property
    def by_sex(self) -> dict[str, dict[tuple[int, str], float]]:
        """Women's and men's figures of the area: indicator, then year and sex."""
        return read_sexes(self.assessment, self.area.code)

    def origin(self, item: Row | YearFigure, indicator_id: str) -> str:
        """Id of the series from which a figure came: another one where that has filled its year."""
        return item.status_note.removeprefix(FILLED) if item.status_note.startswith(FILLED) else indicator_id

    def link(self, row: Row) -> GoalLink:
        """The link by which a row's indicator serves its goal."""
        return next(link for link in self.indicator(row).goals if link.goal == row.goal_id)

    def indicator(self, row: Row) -> Indicator:
        """A row's indicator."""
        return self.catalogue.indicators[row.indicator_id]

    def title(self, indicator_id: str) -> Markup:
        """An indicator's short title; one that falls back to Finnish says so to screen readers."""
        indicator = self.catalogue.indicators[indicator_id]
        language = (indicator.short_title or indicator.title).language_for(self.texts.language)
        title = self.sentences.short_title(indicator_id)
        if language == self.texts.language:
            return escape(title)
        return Markup('<span lang="{}">{}</span>').format(language, title)

    # --- numbers and sentences ------------------------------------------------------------------------------

    def number(
        self,
        indicator: Indicator,
        value: float,
        role: str = OWN,
        year: int | None = None,
        sex: str = "total",
        area: str = "",
        from_year: int | None = None,
    ) -> Number:
        """A value as it is shown, with its marks.

        Parameters
        ----------
        area : str
            Whose it is, where it is a municipality's on a region's page.
        from_year : int or None
            The first of several years together.
        """
        return Number(
            text=self.sentences.number(indicator, value),
            value=str(round_half_up(value, indicator.decimals)),
            role=role,
            year=year,
            sex=sex,
            area=area,
            from_year=from_year,
        )

    def number_or_none(
        self,
        indicator: Indicator,
        value: float | None,
        role: str = OWN,
        year: int | None = None,
        sex: str = "total",
        from_year: int | None = None,
    ) -> Number | None:
        """The same; None where there is no value."""
        return None if value is None else self.number(indicator, value, role, year, sex, from_year=from_year)

    def html(self, sentence: Sentence) -> Markup:
        """A sentence with each of its numbers marked."""
        parts = (
            escape(part) if isinstance(part, str) else Markup(self._mark(part).__html__())
            for part in sentence.parts
        )
        return Markup("").join(parts)

    def html_all(self, sentences: Iterable[Sentence]) -> Markup:
        """Several sentences, one after another."""
        return Markup(" ").join(self.html(item) for item in sentences)

    def _mark(self, figure: Figure) -> Number:
        return Number(
            text=figure.text,
            value=self._shown(figure),
            role=figure.role,
            indicator=figure.indicator,
            year=figure.year,
            sex=figure.sex,
            from_year=figure.from_year,
        )

    def _shown(self, figure: Figure) -> str:
        """The number as it is shown; a word is of a whole number."""
        try:
            return str(parse_number(bare_number(figure.text), self.texts.language))
        except ValueError:
            return str(round_half_up(figure.value, 0))


def read_sexes(assessment: Assessment, area_code: str) -> dict[str, dict[tuple[int, str], float]]:
    """Women's and men's figures of an area: indicator, then year and sex."""
    table = assessment.snapshot.observations
    rows = table[(table["area_code"] == area_code) & (table["sex"] != "total") & table["value"].notna()]
    found: dict[str, dict[tuple[int, str], float]] = {}
    columns = (rows[name].tolist() for name in ("indicator_id", "year", "sex", "value"))
    for indicator_id, year, sex, value in zip(*columns, strict=True):
        found.setdefault(indicator_id, {})[(int(year), sex)] = float(value)
    return found
