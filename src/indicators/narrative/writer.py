"""Findings in sentences, in Finnish, Swedish and English.

Every number and verdict of a sentence comes from its finding; the words come from ``data/texts.yaml``.
"""

from indicators.assessment.goals import MARKS, Chance, GoalSummary
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.records import Indicator
from indicators.narrative.formats import NO_BREAK_SPACE, format_number
from indicators.narrative.goal_findings import MOST_OF_A_KIND, Difference, GoalFindings, Movement
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording

#: Trend verdicts that are told in the summary, in this order.
_TOLD_TRENDS = ("improving", "worsening", "rising", "falling", "steady")


def tell_chance(chance: Chance, texts: Texts) -> str:
    """How many tests a report rests on, and what chance alone would do."""
    return texts(
        "chance",
        n_comparisons=chance.n_comparisons,
        n_trends=chance.n_trends,
        expected_comparisons=format_number(chance.expected_comparisons, 1, texts.language),
        expected_trends=format_number(chance.expected_trends, 2, texts.language),
    )


def tell_left_out(left_out: str | None, catalogue: Catalogue, texts: Texts) -> str:
    """In brackets, the municipality that the rest of a region leaves out; empty where none is."""
    if left_out is None:
        return ""
    return texts("left_out", area=catalogue.areas.get(left_out).name(texts.language))


class Writer:
    """Writes of one area in one language.

    Parameters
    ----------
    catalogue : Catalogue
    area : Area
        Of whom it is written.
    texts : Texts
        The words.
    left_out : str, optional
        Code of the municipality that the rest of the region leaves out for its size.
    """

    def __init__(self, catalogue: Catalogue, area: Area, texts: Texts, left_out: str | None = None) -> None:
        self.catalogue, self.area, self.texts, self.left_out = catalogue, area, texts, left_out
        self.wording = Wording(catalogue, texts)

    # --- sentences -----------------------------------------------------------------------------------

    def goal(self, findings: GoalFindings) -> list[str]:
        """Sentences of one goal: how many and how fresh, what stands out, what moved, what is not known."""
        summary, t = findings.summary, self.texts
        sentences = [t("goal_lead", n=summary.n)]
        if not summary.n_with_value:
            return [*sentences, t("goal_no_value")]
        sentences.append(t("goal_with_value", n=summary.n_with_value, year=summary.newest))
        if summary.n_old:
            sentences.append(t("goal_old", n=summary.n_old))
        return sentences

    def findings(self, findings: GoalFindings) -> list[str]:
        """What stands out and what moved in one goal, then what the figures do not tell."""
        sentences = [self.difference(item) for item in findings.differences[:MOST_OF_A_KIND]]
        sentences += [self.movement(item) for item in findings.movements[:MOST_OF_A_KIND]]
        if findings.n_without_evidence:
            sentences.append(self.texts("not_enough_evidence", n=findings.n_without_evidence))
        if findings.n_few_events:
            sentences.append(self.texts("few_events", n=findings.n_few_events))
        return sentences

    def main_points(self, points: list[Difference | Movement]) -> list[str]:
        """The report's main points; says so where nothing stands out."""
        if not points:
            return [self.texts("nothing_stands_out")]
        return [
            self.difference(item) if isinstance(item, Difference) else self.movement(item) for item in points
        ]

    def difference(self, item: Difference) -> str:
        """How a figure differs from its region's."""
        is_more = item.value > item.comparator
        indicator = self.catalogue.indicators[item.indicator_id]
        return self.texts(
            "stands_out",
            indicator=self.wording.title(indicator),
            value=self.wording.value(indicator, item.value),
            year=item.year,
            difference=self._difference(indicator, item.value, item.comparator),
            direction=self.texts("more" if is_more else "less"),
            place=self._place(),
            comparator=self.wording.value(indicator, item.comparator),
            judgement=self.texts(f"judged_{item.verdict}") if item.verdict in ("better", "worse") else "",
        )

    def movement(self, item: Movement) -> str:
        """How a figure has moved, and whether the region moved likewise."""
        method = "indicative" if item.is_indicative else "tested"
        is_judged = item.verdict in ("improving", "worsening")
        return self.texts(
            f"moved_{method}_{'up' if item.change > 0 else 'down'}",
            indicator=self.wording.title(self.catalogue.indicators[item.indicator_id]),
            first=item.first_year,
            last=item.last_year,
            judgement=self.texts(f"moved_judged_{item.verdict}") if is_judged else "",
            likewise=self.texts("moved_likewise", **self._region_words()) if item.is_likewise else "",
        )

    # --- short words of the summary -------------------------------------------------------------------

    def marks(self, summary: GoalSummary) -> str:
        """The goal's marks in words: "3 parempaa, 2 ilman selvää eroa"."""
        counts = summary.counts
        return ", ".join(self.texts(f"mark_{mark}", n=counts[mark]) for mark in MARKS if counts[mark])

    def moved(self, summary: GoalSummary) -> str:
        """What moved in the goal, in words."""
        told = [
            self.texts(f"moved_{verdict}", n=summary.trends[verdict])
            for verdict in _TOLD_TRENDS
            if summary.trends.get(verdict)
        ]
        if told:
            return ", ".join(told)
        return self.texts("moved_nothing" if summary.trends.get("no_evidence") else "moved_unknown")

    # --- pieces ----------------------------------------------------------------------------------------

    def _difference(self, indicator: Indicator, value: float, comparator: float) -> str:
        """Absolute difference with its own unit: percentage points for percentages."""
        unit = self.catalogue.units[indicator.unit]
        number = self.wording.number(indicator, abs(value - comparator))
        words = self.wording.local(unit.difference) or unit.symbol
        return f"{number}{NO_BREAK_SPACE}{words}".strip()

    def _place(self) -> str:
        """The rest of the region in words, and which municipality it leaves out."""
        return self.texts(
            "place_rest",
            left_out=tell_left_out(self.left_out, self.catalogue, self.texts),
            **self._region_words(),
        )

    def _region_words(self) -> dict[str, str]:
        region = self.catalogue.areas.get(self.area.region)
        name = region.name(self.texts.language)
        locative = region.forms.locative if region.forms else name
        return {"region": name, "region_locative": locative}
