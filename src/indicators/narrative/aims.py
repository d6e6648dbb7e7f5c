"""Targets of the interface plan in words: what is aimed at, and what the area's latest figure says of it.

A target of an example plan is called an example wherever it is told.
"""

from indicators.assessment.targets import Aim
from indicators.catalogue import Catalogue
from indicators.catalogue.plan_records import Target
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording


class AimWriter:
    """Writes of targets in one language.

    Parameters
    ----------
    catalogue : Catalogue
    texts : Texts
    is_example : bool
        Whether the plan is the package's example.
    """

    def __init__(self, catalogue: Catalogue, texts: Texts, is_example: bool) -> None:
        self.catalogue, self.texts, self.is_example = catalogue, texts, is_example
        self.wording = Wording(catalogue, texts)

    def goes(self, indicator_id: str, target: Target) -> str:
        """Which way the target goes: "enintään 12,0 %", "7,0–9,0 %"."""
        if target.value is None:
            return self.wording.span(self.catalogue.indicators[indicator_id], target.low, target.high)
        name = "target_at_least" if target.direction == "higher_is_better" else "target_at_most"
        return self.texts(name, value=self.value(indicator_id, target.value))

    def heading(self, target: Target) -> str:
        """The target by its year: "Tavoite vuodelle 2028 (esimerkki)"."""
        mark = f" ({self.texts('target_example')})" if self.is_example else ""
        return self.texts("target_heading", year=target.year) + mark

    def short(self, aim: Aim) -> str:
        """Year, target and verdict for a cell of a table."""
        told = f"{self.heading(aim.target)}: {self.goes(aim.indicator_id, aim.target)}"
        return f"{told}; {self.verdict(aim)}" if aim.verdict != "not_assessed" else told

    def sentence(self, aim: Aim) -> str:
        """The target alone, as a sentence."""
        return f"{self.heading(aim.target)}: {self.goes(aim.indicator_id, aim.target)}."

    def verdict(self, aim: Aim) -> str:
        """What the latest figure says of the target, with the figure's year."""
        texts, years = self.texts, self.years(aim)
        if aim.target.value is None and aim.verdict != "not_enough":
            return texts(f"band_{aim.verdict}", years=years)
        return texts(f"target_{aim.verdict}", years=years)

    def years(self, aim: Aim) -> str:
        """The year of the figure, or its first and last year."""
        if aim.year is None:
            return ""
        return f"{aim.year - aim.pooled_years + 1}–{aim.year}" if aim.pooled_years > 1 else str(aim.year)

    def finding(self, aim: Aim, area_name: str) -> str:
        """Figure and target in full: what the one says of the other, or the two numbers side by side."""
        if aim.year is None:
            return ""
        value = self.value(aim.indicator_id, aim.value)
        sentences = [self.texts("measure_target_now", value=value, year=self.years(aim), area=area_name)]
        if aim.verdict == "not_assessed":
            sentences.append(self.texts("target_no_interval"))
        else:
            told = self.verdict(aim)
            sentences.append(f"{told[:1].upper()}{told[1:]}.")
        if aim.is_old:
            sentences.append(self.texts("old_value_note", year=aim.year))
        return " ".join(sentences)

    def value(self, indicator_id: str, value: float | None) -> str:
        """A value of an indicator with its unit's symbol; empty where missing."""
        return self.wording.value(self.catalogue.indicators[indicator_id], value)
