"""The region report: the same sections as a municipality's, with the agreement's municipalities side by side.

Figures that are kept out of municipal reports are shown here, for the region only.
"""

from collections.abc import Sequence

from indicators.assessment.load import open_inputs
from indicators.errors import UnknownAreaError
from indicators.narrative.texts import load_texts
from indicators.report.municipal import MunicipalReport
from indicators.report.page.html import HtmlPart
from indicators.report.sections.measures import make_followed_measures


class RegionReport(MunicipalReport):
    """All sections of the region's report in one language; parameters are `MunicipalReport`'s."""

    def members(self, only: Sequence[str] | None = None) -> HtmlPart:
        """The municipalities side by side, on paper only: on the screen they stand in their goals.

        Parameters
        ----------
        only : sequence of str, optional
            Ids of the goals to show; all of the report's by default.

        Raises
        ------
        UnknownNameError
            No goal has the id.
        """
        return self._part("members", "members", self._views(only), self._around, self.texts)

    def appendix(self) -> HtmlPart:
        """On paper by request: other current indicators, of municipalities too, old figures, and years."""
        others = self._part("members", "other_members", self._views(), self._around, self.texts)
        return HtmlPart(super().appendix().html + others.html)

    def measures(self) -> HtmlPart:
        """The measures of the whole plan, each once with its parties, and the indicators without a figure."""
        chosen = self.inputs.plan.select()
        view = make_followed_measures(self.context, self.writer, chosen, "region", "")
        return self._twice("ends", "measures", view)


def open_region_report(
    area: str = "", language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> RegionReport:
    """Open the region's report, as a notebook does.

    Parameters
    ----------
    area : str
        Code or name of the agreement's region, which is taken where it is empty; the others are
        `open_municipal_report`'s.

    Raises
    ------
    UnknownNameError, SnapshotError
        A language or snapshot that is not there, a damaged one, or an area that is not the agreement's.
    """
    texts, inputs = load_texts(language), open_inputs(snapshot)
    catalogue = inputs.assessment.catalogue
    agreed = catalogue.agreement.region
    found = catalogue.areas.resolve(area or agreed, "region")
    if found.code != agreed:
        raise UnknownAreaError(area, (agreed,), "The region report is made of the agreement's region.")
    return RegionReport(inputs, found, texts, edition)
