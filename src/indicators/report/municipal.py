"""The municipal report: a list of sections, one call of a notebook's cell each.

The sections are made from one assessment, so that every report of an edition rests on the same figures. Which
goals there are follows from its catalogue, never from the notebook.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any, Final

from markupsafe import Markup

from indicators.assessment.load import Inputs, open_inputs
from indicators.catalogue import Area
from indicators.narrative.texts import Texts, load_texts
from indicators.report.measures import MeasureWriter
from indicators.report.page.html import HtmlPart, load_macros
from indicators.report.page.look import municipal_notebook_stylesheet
from indicators.report.sections.about import make_about
from indicators.report.sections.barometer import FrameView, GroupView, choose_key_groups, make_frame
from indicators.report.sections.context import Context
from indicators.report.sections.findings import make_findings
from indicators.report.sections.goals import GoalView, make_goal
from indicators.report.sections.head import make_head
from indicators.report.sections.measures import make_measures
from indicators.report.sections.moved import make_moved
from indicators.version import __version__

#: Templates of sections in which there is nothing to show without goals.
_OF_GOALS: Final = ("goals", "barometer", "members", "moved")


class MunicipalReport:
    """All sections of one municipality's report in one language.

    Parameters
    ----------
    inputs : Inputs
        What is reported, the plan, and the publisher's settings.
    area : Area
        Whose report it is.
    texts : Texts
        The reader's words.
    edition : str
        Id of the edition; empty in a notebook run by hand, whose page says that it is not published.

    Notes
    -----
    A section has one form for the screen and one for paper; see `HtmlPart`.
    """

    def __init__(self, inputs: Inputs, area: Area, texts: Texts, edition: str = "") -> None:
        self.inputs, self.area, self.texts = inputs, area, texts
        self.assessment, self.catalogue = inputs.assessment, inputs.assessment.catalogue
        self.edition = edition
        self.context = Context(self.assessment, area, texts, self.edition, bool(inputs.settings.demo))
        self.writer = MeasureWriter(inputs.plan, self.assessment, texts)

    def __getattr__(self, name: str) -> Any:
        """Tell a notebook of another version which of its calls the report does not have."""
        if name.startswith("_"):  # of ours: what its property raised is to be seen as it was
            return object.__getattribute__(self, name)
        parts = [item for item in dir(type(self)) if item.islower() and not item.startswith("_")]
        raise AttributeError(
            f"this report has no {name!r} in version {__version__}; it has {', '.join(parts)}. The notebook "
            "may be of another version: 'yhdyspinta lab' in a new folder copies this version's"
        )

    # --- the sections ----------------------------------------------------------------------------------

    def style(self) -> HtmlPart:
        """The stylesheet, for a notebook opened by hand; the page has its own."""
        return HtmlPart(f"<style>{municipal_notebook_stylesheet()}</style>")

    def header(self) -> HtmlPart:
        """The name, the question and the key facts."""
        return self._part("head", "head", make_head(self.context), self.texts)

    def findings(self) -> HtmlPart:
        """In brief, and what is not known."""
        return self._part("findings", "findings", make_findings(self.context), self.texts)

    def goals(self, only: Sequence[str] | None = None) -> HtmlPart:
        """The goals, folded on the screen; on paper a row each.

        Parameters
        ----------
        only : sequence of str, optional
            Ids of the goals to show; all of the report's by default.

        Raises
        ------
        UnknownNameError
            No goal has the id.
        """
        views = self._views(only)
        frame = self._frame(views)
        own = {view.id: self._own(3, view.id) for view in views}
        screen = self._part("goals", "goals", views, frame, own, self._around, self.texts)
        paper = partial(self._part, "goals", "overview", views, self._around, self.texts)
        return HtmlPart(screen.html, lambda: paper().html)

    def goal(self, goal_id: str) -> HtmlPart:
        """One goal with its indicators.

        Raises
        ------
        UnknownNameError
            No goal has the id.
        """
        return self.goals(only=[goal_id])

    def barometer(self) -> HtmlPart:
        """The key indicators of all goals as one table, on paper only: on the screen they stand in goals."""
        groups = choose_key_groups(self._groups)
        return self._part("barometer", "barometer", groups, self._frame(groups), self._around, self.texts)

    def moved(self) -> HtmlPart:
        """What has moved, in charts with messages."""
        return self._twice("moved", "moved", make_moved(self.context), self._around)

    def measures(self) -> HtmlPart:
        """The municipality's own measures, and the indicators without a figure.

        On paper the sections of one's own follow: there the goals are rows of a table.
        """
        view = make_measures(self.context, self.inputs.plan, self.writer)
        part = self._twice("ends", "measures", view)
        return HtmlPart(part.html, lambda: "".join([part.make_paper(), *self._own(2)]))

    def about(self) -> HtmlPart:
        """What is new since the last time, the sources, and how the report was made."""
        view = make_about(self.context, self.inputs.changes, self.inputs.settings.feedback)
        return self._twice("ends", "about", view, self._around)

    def appendix(self) -> HtmlPart:
        """On paper by request: the other current indicators, the old figures, and years."""
        on_paper = {row.html_id for group in choose_key_groups(self._groups) for row in group.rows}
        others = [
            GroupView(group.id, group.title, [row for row in group.rows if row.html_id not in on_paper])
            for group in self._groups
        ]
        frame = self._frame(others, "liitehuom")
        return self._part("goals", "appendix", self._views(), others, frame, self._around, self.texts)

    def footer(self) -> HtmlPart:
        """Area, edition and version."""
        return self._part("head", "footer", self._around, self.texts)

    # --- what they are made from -----------------------------------------------------------------------

    @cached_property
    def _around(self) -> SimpleNamespace:
        """What tables and figures say of themselves."""
        return SimpleNamespace(
            area=self.area.code,
            area_name=self.context.area_name,
            larger_name=self.context.larger_name,
            snapshot=self.assessment.snapshot.id,
            edition=self.edition,
            version=__version__,
        )

    @cached_property
    def _kept_views(self) -> dict[str, GoalView]:
        """Views of goals that have been made: several sections show the same rows."""
        return {}

    def _view(self, goal_id: str) -> GoalView:
        if goal_id not in self._kept_views:
            measures = self.writer.block(goal_id, self.area.code)
            self._kept_views[goal_id] = make_goal(self.context, self.catalogue.goal(goal_id), measures)
        return self._kept_views[goal_id]

    def _views(self, only: Sequence[str] | None = None) -> list[GoalView]:
        ids = [goal.id for goal in self.catalogue.goals] if only is None else only
        return [self._view(goal_id) for goal_id in ids]

    @property
    def _groups(self) -> list[GroupView]:
        return [GroupView(view.id, view.title, view.rows) for view in self._views()]

    def _frame(self, groups: Iterable[GoalView | GroupView], prefix: str = "huom") -> FrameView:
        return make_frame(self.context, (row for group in groups for row in group.rows), prefix)

    def _own(self, level: int, goal: str = "") -> list[Markup]:
        """Sections of one's own, all or those after a goal, with headings of a level."""
        found = self.inputs.sections.select(self.area.code, self.texts.language)
        chosen = [item for item in found if goal in ("", item.after)]
        if not chosen:
            return []
        from indicators.report.own import make_own  # few reports have any, and Markdown takes long to load

        return [make_own(item, self.texts, self.area.code, level) for item in chosen]

    def _part(self, template: str, macro: str, *facts: object) -> HtmlPart:
        if template in _OF_GOALS and not self.catalogue.goals:  # a party may follow none
            return HtmlPart("")
        return HtmlPart(str(getattr(load_macros(f"sections/{template}.html.j2"), macro)(*facts)))

    def _twice(self, template: str, macro: str, *facts: object) -> HtmlPart:
        """A section whose form on paper differs: nothing is folded there, and no link leads on."""
        make = partial(self._part, template, macro, *facts, self.texts)
        return HtmlPart(make(True).html, lambda: make(False).html)


def open_municipal_report(
    area: str, language: str = "fi", snapshot: str = "bundled", edition: str = ""
) -> MunicipalReport:
    """Open a municipality's report, as a notebook does.

    Parameters
    ----------
    area : str
        Three-digit code, or a name in Finnish or Swedish.
    language : str
        fi, sv or en.
    snapshot : str
        ``bundled``, ``latest``, an id or a path.
    edition : str
        Id of the edition; empty in a notebook run by hand.

    Raises
    ------
    UnknownNameError, SnapshotError
        An area, language or snapshot that is not there, or a damaged one; the earlier one that it names too.
    CatalogueError
        The plan does not hold.
    """
    texts, inputs = load_texts(language), open_inputs(snapshot)
    return MunicipalReport(inputs, inputs.assessment.catalogue.areas.resolve(area), texts, edition)
