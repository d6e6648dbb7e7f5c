"""What every chart needs to know: whose it is, of which figures, in which words."""

from indicators.assessment.panel import find_boundary_breaks
from indicators.assessment.table import Assessment
from indicators.catalogue import Area
from indicators.catalogue.records import Indicator
from indicators.model import STATUSES
from indicators.narrative.texts import Texts
from indicators.narrative.wording import Wording

_BREAK = STATUSES.index("break")


class ChartContext(Wording):
    """One area's figures and words in one language."""

    def __init__(self, assessment: Assessment, area: Area, texts: Texts) -> None:
        super().__init__(assessment.catalogue, texts)
        self.assessment, self.area = assessment, area
        self.area_name = area.name(texts.language)
        region = self.catalogue.areas.get(area.region) if area.region else None
        self.region_name = region.name(texts.language) if region else ""

    def shown(self, indicator: Indicator, value: float | None) -> str:
        """A value with its unit's symbol; the sign of no value where there is none."""
        return self.value(indicator, value) or self.texts("no_value")


def find_breaks(assessment: Assessment, area_code: str, indicator: Indicator) -> list[int]:
    """First years of new series of an area: declared, told by the provider, or of new boundaries."""
    panel = assessment.panels[indicator.id]
    at = panel.index.codes.index(area_code)
    is_break = find_boundary_breaks(panel, assessment.catalogue.areas)[at] | (panel.status[at] == _BREAK)
    return sorted({item.year for item in indicator.breaks} | set(panel.years[is_break].tolist()))
