"""What every report of an area has: its parts' frame, its goals' list, and what it says of itself."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from types import SimpleNamespace
from typing import Any, ClassVar, Final

from indicators.assessment.columns import Row
from indicators.assessment.load import Inputs
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.records import Goal
from indicators.narrative.texts import Texts
from indicators.report.page.html import HtmlPart, load_macros, notebook_stylesheet
from indicators.report.views import ViewMaker
from indicators.snapshot.naming import list_declared, list_producers, list_services, name_left_out
from indicators.version import __version__

SHARED_TEMPLATE: Final = "parts.html.j2"


class TellsItsParts:
    """A report that names its parts where a notebook asks for one that it does not have."""

    def __getattr__(self, name: str) -> Any:
        """Tell a notebook of another version which of its calls the report does not have."""
        if name.startswith("_"):  # of ours: what its property raised is to be seen as it was
            return object.__getattribute__(self, name)
        parts = [item for item in dir(type(self)) if item.islower() and not item.startswith("_")]
        raise AttributeError(
            f"this report has no {name!r} in version {__version__}; it has {', '.join(parts)}. The notebook "
            "may be of another version: 'yhdyspinta lab' in a new folder copies this version's"
        )


class AreaReport(TellsItsParts):
    """Parts that reports of all kinds share; a kind adds its own.

    Parameters
    ----------
    inputs : Inputs
        What is reported, and the publisher's settings.
    area : Area
        Whose report it is.
    texts : Texts
        The reader's words.
    edition : str
        Id of the edition, printed in header and footer; where empty, as in a notebook run by hand, the
        snapshot's id stands for it.
    """

    #: The template with the kind's own macros; the shared ones stand behind them.
    TEMPLATE: ClassVar[str] = SHARED_TEMPLATE

    def __init__(self, inputs: Inputs, area: Area, texts: Texts, edition: str = "") -> None:
        self.inputs, self.area, self.texts = inputs, area, texts
        self.assessment = inputs.assessment
        self.catalogue, self.snapshot = self.assessment.catalogue, self.assessment.snapshot
        self.edition = edition or self.snapshot.id
        self.views = ViewMaker(self.assessment, area, texts)
        self._rows = self.assessment.rows(area.code)

    # --- the parts -------------------------------------------------------------------------------------

    def style(self) -> HtmlPart:
        """The stylesheet, for a notebook opened by hand; the page has its own."""
        return HtmlPart(f"<style>{notebook_stylesheet()}</style>")

    def header(self) -> HtmlPart:
        """Title, lead and edition."""
        return self._part("header")

    def contents(self) -> HtmlPart:
        """List of contents."""
        return self._part("contents")

    def goal(self, goal_id: str) -> HtmlPart:
        """One goal's section with its indicators.

        Raises
        ------
        UnknownNameError
            No goal has the id.
        """
        return self._part("goal", self._goal_view(self.catalogue.goal(goal_id)))

    def goals(self) -> HtmlPart:
        """The sections of all goals of the agreement, in order."""
        return HtmlPart("\n".join(self.goal(goal.id).html for goal in self.catalogue.goals))

    def about(self) -> HtmlPart:
        """Wording, methods, data, sources, accessibility and feedback."""
        return self._part("about")

    def footer(self) -> HtmlPart:
        """Area, edition and version."""
        return self._part("footer")

    def _part(self, macro: str, *more: object) -> HtmlPart:
        own, shared = load_macros(self.TEMPLATE), load_macros(SHARED_TEMPLATE)
        made = getattr(own if hasattr(own, macro) else shared, macro)
        return HtmlPart(str(made(self._page, *more, self.texts)))

    # --- facts -----------------------------------------------------------------------------------------

    @cached_property
    def _page(self) -> SimpleNamespace:
        """What the templates read."""
        date = self.views.date(self.snapshot.created)
        return SimpleNamespace(
            edition=self.edition,
            basis=self.views.basis(),
            version=__version__,
            area_code=self.area.code,
            area_name=self.views.area_name,
            snapshot_id=self.snapshot.id,
            groups=list(self._groups()),
            facts=list(self._key_facts()),
            wording_note=self.views.local(self.catalogue.agreement.wording_note),
            data_text=self._data_text(date),
            sources_text=self._sources_text(),
            feedback_text=self._feedback_text(),
            demo=self.texts("demo_mark") if self.inputs.settings.demo else "",
            **self._page_facts(),
        )

    def _page_facts(self) -> dict[str, Any]:
        """The kind's own facts: at least title, lead, region_name, chance and peers_text."""
        raise NotImplementedError

    def _goal_view(self, goal: Goal) -> SimpleNamespace:
        """What the template of a goal's section reads."""
        raise NotImplementedError

    def _summarise(self, goal: Goal) -> SimpleNamespace:
        """What summary and contents say of a goal: at least ``id`` and ``title``."""
        return SimpleNamespace(id=goal.id, title=self.views.local(goal.title))

    def _goal_frame(self, goal: Goal) -> dict[str, Any]:
        """Id, title and group of a goal, and whether it opens its group."""
        group = next(item for item in self.catalogue.agreement.groups if item.id == goal.group)
        first = next(item for item in self.catalogue.goals if item.group == goal.group)
        return {
            "id": goal.id,
            "title": self.views.local(goal.title),
            "note": self.views.marked(goal.note),
            "opens_group": goal.id == first.id,
            "group_id": group.id,
            "group_title": self.views.local(group.title),
        }

    def _key_facts(self) -> Iterator[SimpleNamespace]:
        for indicator in self.catalogue.indicators.values():
            if not indicator.is_key_fact:
                continue
            row = next(row for row in self._rows if row.indicator_id == indicator.id)
            yield SimpleNamespace(
                id=indicator.id,
                title=self.views.title(indicator),
                value=self.views.value(indicator, row.value),
                year=row.year,
                reason=self.views.reason(row.status, row.status_note),
            )

    def _groups(self) -> Iterator[SimpleNamespace]:
        for group in self.catalogue.agreement.groups:
            goals = [self._summarise(goal) for goal in self.catalogue.goals if goal.group == group.id]
            yield SimpleNamespace(id=group.id, title=self.views.local(group.title), goals=goals)

    def _goal_rows(self, goal: Goal) -> list[Row]:
        """The area's rows of a goal."""
        return [row for row in self._rows if row.goal_id == goal.id]

    def _without_value(self, rows: Iterable[Row]) -> list[tuple[str, list[str]]]:
        """Titles of indicators without a value, gathered by reason."""
        reasons: dict[str, list[str]] = {}
        for row in rows:
            title = self.views.marked(self.catalogue.indicators[row.indicator_id].title)
            reasons.setdefault(self.views.reason(row.status, row.status_note), []).append(title)
        return list(reasons.items())

    @property
    def _all_declared(self) -> Catalogue:
        """What is declared, also beyond the goals of the report."""
        return self.catalogue

    def _data_text(self, date: str) -> str:
        text = self.texts(
            "about_data_text",
            snapshot=self.snapshot.id,
            date=date,
            sha256=self.snapshot.sha256,
            catalogue=self.catalogue.sha256[:16],
            version=__version__,
        )
        left_out = name_left_out(self.snapshot, self._all_declared)
        return f"{text} {self.texts('about_left_out', series=left_out)}" if left_out else text

    def _sources_text(self) -> str:
        """Services with their licences and producers of the figures in the snapshot."""
        used = list_declared(self.snapshot.series, self._all_declared)
        services, producers = (
            list_services(used, self._all_declared),
            list_producers(used, self._all_declared),
        )
        return self.texts(
            "about_sources_text",
            services=", ".join(self.views.licensed(item) for item in services),
            producers=", ".join(self.views.local(item.name) for item in producers),
        )

    def _feedback_text(self) -> str:
        feedback = self.inputs.settings.feedback
        key = "about_feedback_text" if feedback else "about_feedback_none"
        return self.texts(key, feedback=feedback)
