"""What a notebook says of figures: their verdict, why there is none, and where they come from."""

from collections.abc import Collection, Mapping

from indicators.assessment.columns import Row
from indicators.assessment.rows import YearFigure
from indicators.assessment.table import Assessment
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording
from indicators.report.sections.context import Context
from indicators.report.sections.goals import list_sources
from indicators.snapshot.naming import list_services


class FigureWording(Wording):
    """Tells an assessment's figures in one language."""

    def __init__(self, assessment: Assessment, texts: Texts) -> None:
        super().__init__(assessment.catalogue, texts)
        self.assessment = assessment

    def reason(self, status: str, note: str) -> str:
        """Why there is no value, as one sentence."""
        if note and self.texts.has(f"note_{note}"):
            return self.texts(f"note_{note}")
        return self.texts("note_") if status == "missing" else f"{self.texts(f'status_{status}')}."

    def comparison(self, row: Row) -> str:
        """The verdict against the rest of the region; where none was made, the position."""
        if row.rest_verdict != "not_assessed":
            return self.texts(f"verdict_{row.rest_verdict}")
        if row.quartile != "not_assessed":
            return self.texts(f"quartile_{row.quartile}")
        return self.texts("verdict_not_assessed")

    def source(self, drawn: Mapping[str, Collection[Row | YearFigure]]) -> str:
        """The series of figures by indicator, as the reports name them, and when the last of them was read.

        Terms that have not been seen are told with their address.
        """
        c = Context(self.assessment, self.catalogue.members[0], self.texts, "")
        named: dict[str, None] = {}
        origins: dict[str, None] = {}
        for key, figures in drawn.items():
            named |= {f"{o.name} {o.series}{o.years}".strip(): None for o in list_sources(c, key, figures)}
            origins |= {c.origin(item, key): None for item in figures if item.value is not None}
        series = [self.assessment.snapshot.series[key] for key in origins]
        date = max(item.retrieved_at[:10] for item in series)
        line = self.texts("plot_source", names="; ".join(named), date=self.date(date))
        unseen = [item.url for item in list_services(series, self.catalogue) if item.licence is None]
        return f"{line} {self.texts('licence_unseen').capitalize()}: {', '.join(unseen)}." if unseen else line
