"""Targets of the interface plan in words: what the area's latest figure says of what is aimed at."""

from indicators.assessment.targets import Aim
from indicators.narrative.wording import Wording


class AimWriter(Wording):
    """Writes of targets in one language."""

    def verdict(self, aim: Aim) -> str:
        """What the latest figure says of the target, with the figure's year."""
        if aim.target.value is None and aim.verdict != "not_enough":
            return self.texts(f"band_{aim.verdict}", years=self._years(aim))
        return self.texts(f"target_{aim.verdict}", years=self._years(aim))

    def _years(self, aim: Aim) -> str:
        """The year of the figure, or its first and last year."""
        return f"{aim.year - aim.pooled_years + 1}–{aim.year}" if aim.pooled_years > 1 else str(aim.year)

    def finding(self, aim: Aim, area_name: str) -> str:
        """Figure and target in full: what the one says of the other, or the two numbers side by side."""
        value = self.value(self.catalogue.indicators[aim.indicator_id], aim.value)
        sentences = [self.texts("measure_target_now", value=value, year=self._years(aim), area=area_name)]
        if aim.verdict == "not_assessed":
            sentences.append(self.texts("target_no_interval"))
        else:
            told = self.verdict(aim)
            sentences.append(f"{told[:1].upper()}{told[1:]}.")
        if aim.is_old:
            sentences.append(self.texts("old_value_note", year=aim.year))
        return " ".join(sentences)
