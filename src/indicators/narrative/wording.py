"""How a value, a number, a span, a title and a date are said in one language; nothing where there is none."""

import datetime as dt

from indicators.catalogue import Catalogue
from indicators.catalogue.records import Indicator, LocalText
from indicators.narrative.formats import format_date, format_number, format_value
from indicators.narrative.texts import Texts


class Wording:
    """Says what is declared and figured, in the language of the texts.

    Parameters
    ----------
    catalogue : Catalogue
        Of units and indicators.
    texts : Texts
        The words.
    """

    def __init__(self, catalogue: Catalogue, texts: Texts) -> None:
        self.catalogue, self.texts, self.language = catalogue, texts, texts.language

    def local(self, text: LocalText | None) -> str:
        """A declared text; empty where there is none."""
        return text.text(self.language) if text else ""

    def title(self, indicator: Indicator) -> str:
        """The indicator's title."""
        return self.local(indicator.title)

    def number(self, indicator: Indicator, value: float | None) -> str:
        """A value without its unit; empty where missing."""
        return format_number(value, indicator.decimals, self.language)

    def value(self, indicator: Indicator, value: float | None) -> str:
        """A value with its unit's symbol; empty where missing."""
        symbol = self.catalogue.units[indicator.unit].symbol
        return format_value(value, indicator.decimals, symbol, self.language)

    def span(self, indicator: Indicator, low: float | None, high: float | None) -> str:
        """Two values as a span, the unit once: "6,1–15,3 %"; a single value where they are one."""
        if low is None or high is None:
            return ""
        if low == high:
            return self.value(indicator, high)
        joint = "–" if low >= 0 and high >= 0 else " – "
        return f"{self.number(indicator, low)}{joint}{self.value(indicator, high)}"

    def design_effect(self, indicator: Indicator) -> str:
        """By how much persons of one household weigh less in limits and verdicts; empty where they do not."""
        effect = indicator.design_effect
        if effect is None:
            return ""
        ends = [format_number(item, 1, self.language) for item in sorted({effect.low, effect.high})]
        told = self.texts("design_effect_line", value="–".join(ends))
        return f"{told} {self.texts('design_effect_ends')}" if len(ends) > 1 else told

    def date(self, date: dt.date | str) -> str:
        """A date; what is known only as a year or in part stays as it is."""
        return format_date(date if isinstance(date, str) else date.isoformat(), self.language)
