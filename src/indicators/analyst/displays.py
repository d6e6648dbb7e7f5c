"""How objects show themselves in a notebook: small tables and charts, every text escaped.

The words for readers stand above the records in the order of imports, so the tables of records are attached
to their classes here, once, when the public functions are imported.
"""

import math
import textwrap
from base64 import b64encode
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import matplotlib.pyplot as plt
import pandas as pd
from markupsafe import Markup, escape
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FixedLocator

from indicators.analyst.lookup import find_row
from indicators.analyst.wording import FigureWording
from indicators.assessment.columns import Row
from indicators.assessment.rows import RowReader
from indicators.assessment.table import Assessment
from indicators.catalogue import Area, Catalogue
from indicators.catalogue.records import Goal, Indicator
from indicators.charts.figure_part import FigurePart
from indicators.errors import ParameterError
from indicators.folders import telling
from indicators.model import Language
from indicators.narrative.formats import format_date
from indicators.narrative.notes import tell_left_out
from indicators.narrative.texts import Texts, load_texts
from indicators.snapshot.load import Snapshot

#: Rows of an assessment that a notebook shows; the table itself has all.
MOST_ROWS: Final = 60
#: What a chart may be saved as, with the fields of the file for its words and its date, which is left out.
_METADATA: Final = {
    ".png": ("Description",),
    ".pdf": ("Subject", "CreationDate"),
    ".svg": ("Description", "Date"),
}
FORMATS: Final = tuple(_METADATA)
#: How a chart is written: a dollar is one, letters stay letters, and equal drawings have equal bytes.
PLAIN: Final[Any] = {
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "indicators",
    "pdf.fonttype": 42,
}
_CM: Final = 2.54
#: matplotlib's inches between a drawing and the edge, and points between a tick and its label.
_PAD, _TICK_PAD = 3 / 72, 3.5
#: Of PNG.
_DPI: Final = 200
#: Characters of a line above and below the drawing.
_TITLE_WIDTH, _NOTE_WIDTH = 70, 110


@dataclass(frozen=True)
class Chart(FigurePart):
    """A chart with its title and source, as a notebook shows it.

    Attributes
    ----------
    title : str
        The indicator and its unit, or the goal.
    source : str
        Service, producer and when the figures were read.
    table : DataFrame
        The figures drawn: floats for values, whole numbers for years and counts, texts.
    figure : Figure
        The drawing, as matplotlib has it.
    """

    title: str
    source: str
    table: pd.DataFrame = field(repr=False, compare=False)
    figure: Figure = field(repr=False, compare=False)

    def save(self, path: str | Path, *, width: float = 16.0, title: str | None = None) -> Path:
        """Save the chart with title, message and source as PNG, PDF or SVG, told by the name's ending.

        Parameters
        ----------
        width : float
            In centimetres.
        title : str, optional
            In place of the chart's own; none where empty.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ParameterError
            Another ending, or a width that is not above zero.
        OutputError
            The file cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in FORMATS:
            raise ParameterError("path", path.name, f"a name that ends in one of {', '.join(FORMATS)}")
        if not width > 0:
            raise ParameterError("width", width, "centimetres, above zero")
        note, shown = f"{self.message.rstrip('.')}. {self.source}", self.title if title is None else title
        words, *dates = _METADATA[path.suffix.lower()]
        metadata = {"Title": shown, words: self.alt} | dict.fromkeys(dates)
        figure = deepcopy(self.figure)  # which stays as it is shown, without these words
        size = float(figure.axes[0].yaxis.label.get_fontsize())
        heading, below = textwrap.fill(shown, _TITLE_WIDTH), textwrap.fill(note, _NOTE_WIDTH)
        figure.suptitle(heading, x=0.01, ha="left", size=1.2 * size, weight="bold")
        figure.supxlabel(below, x=0.01, ha="left", size=0.83 * size)
        lines = heading.count("\n") + below.count("\n") + 2
        figure.set_figheight(figure.get_figheight() + lines * 1.4 * size / 72)
        _scale(figure, width / _CM / figure.get_figwidth())
        with telling(path), plt.rc_context(PLAIN):
            figure.savefig(path, dpi=_DPI, metadata=metadata)
        return path

    def _repr_png_(self) -> tuple[str, dict[str, str]]:
        """The picture for a section of one's own, which tells its area: nobody else's may stand there."""
        with TemporaryDirectory() as place:
            content = self.save(Path(place, "chart.png")).read_bytes()
        return b64encode(content).decode(), {"area": self.area, "alt": self.alt}

    def _repr_html_(self) -> str:
        return str(
            Markup(
                '<figure style="max-width:40rem;margin:1em 0">'
                "<p><strong>{title}</strong></p>{svg}<figcaption>{message}<br><small>{source}</small></figcaption></figure>"
            ).format(
                title=self.title,
                svg=Markup(self.svg),
                message=self.message,
                source=self.source,
            )
        )


@dataclass(frozen=True)
class AssessmentView:
    """Rows of an assessment, with a table for reading.

    Attributes
    ----------
    table : DataFrame
        Columns `indicators.assessment.columns.ASSESSMENT_COLUMNS`, one row per area, goal and
        indicator; values in the indicator's unit.
    """

    table: pd.DataFrame
    assessment: Assessment = field(repr=False)
    language: Language = "fi"

    def __len__(self) -> int:
        return len(self.table)

    def to_excel(self, path: str | Path, language: str = "fi") -> Path:
        """Save one row an indicator and one column an area, rounded as shown, as an Excel file.

        UnknownNameError for an unknown language, OutputError where the file cannot be written.
        """
        from openpyxl import Workbook

        from indicators.edition.people_table import add_people_sheet, make_people_table

        spoken = load_texts(language).language
        areas, links = self.table["area_code"], self.table[["goal_id", "indicator_id"]].drop_duplicates()
        pairs = [(str(goal), str(indicator)) for goal, indicator in links.itertuples(index=False)]
        book = Workbook(write_only=True)
        codes = [str(code) for code in areas.drop_duplicates()]
        add_people_sheet(book, make_people_table(self.assessment, codes, spoken, pairs), spoken)
        content = BytesIO()  # openpyxl leaves its writers open where it cannot write
        book.save(content)
        with telling(path):
            Path(path).write_bytes(content.getbuffer())
        return Path(path)

    def _repr_html_(self) -> str:
        texts = load_texts(self.language)
        keys = (
            "show_area",
            "goal",
            "indicator",
            "show_value",
            "year",
            "region",
            "show_verdict",
            "development",
        )
        shown = self.table.head(MOST_ROWS)
        left = len(self.table) - len(shown)
        note = texts("show_rows_left", n=left) if left else ""
        return _table([texts(key) for key in keys], self._cells(shown, texts), note)

    def _cells(self, shown: pd.DataFrame, texts: Texts) -> Iterable[tuple[str, ...]]:
        catalogue, views = self.assessment.catalogue, FigureWording(self.assessment, texts)
        for row in RowReader(shown).read_all():
            indicator = catalogue.indicators[row.indicator_id]
            yield (
                catalogue.areas.get(row.area_code).name(texts.language),
                row.goal_id,
                title_with_unit(catalogue, indicator, self.language),
                views.value(indicator, row.value) or views.reason(row.status, row.status_note),
                str(row.year or ""),
                views.value(indicator, row.region_value),
                "" if row.value is None else views.comparison(row),
                "" if row.value is None else texts(f"trend_{row.trend_verdict}"),
            )


@dataclass(frozen=True)
class Comparison:
    """One indicator of an area against a comparator, in words and numbers.

    Attributes
    ----------
    value : float
        In the indicator's unit; NaN where there is none.
    comparator_value : float
        What the verdict rests on, for a region sometimes the rest of it; without a verdict the comparator's
        own figure. NaN where there is none.
    verdict : str
        better, worse, similar, higher, lower or not_assessed.
    method, reason : str
        How the verdict was reached, or why there is none; see ``docs/methods.md``.
    text : str
        The same as a line for readers.
    """

    area: str
    indicator: str
    comparator: str
    year: int | None
    value: float
    comparator_value: float
    verdict: str
    method: str
    reason: str
    text: str = field(repr=False)

    @classmethod
    def of(
        cls, assessment: Assessment, area: Area, indicator: Indicator, comparator: str, texts: Texts
    ) -> "Comparison":
        """The assessment's verdict on the area's latest value; a ParameterError where there is none."""
        row = find_row(assessment, area, indicator)
        verdict, method, reason = (
            getattr(row, f"{comparator}_{name}") for name in ("verdict", "method", "reason")
        )
        other = getattr(row, f"{comparator}_comparator")
        views = FigureWording(assessment, texts)
        left_out = tell_left_out(assessment.find_left_out(area.code), assessment.catalogue, texts)
        text = texts(
            "show_comparison",
            indicator=views.local(indicator.title),
            area=area.name(texts.language),
            year=row.year or "",
            value=views.value(indicator, row.value) or texts("no_value"),
            comparator=texts(f"show_comparator_{comparator}"),
            other=views.value(indicator, other) or texts("no_value"),
            verdict=_verdict_text(row, comparator, verdict, reason, texts, left_out),
        )
        own, beside = (math.nan if number is None else number for number in (row.value, other))
        return cls(area.code, indicator.id, comparator, row.year, own, beside, verdict, method, reason, text)

    def _repr_html_(self) -> str:
        return str(Markup("<p>{}</p>").format(self.text))


def _verdict_text(row: Row, comparator: str, verdict: str, reason: str, texts: Texts, left_out: str) -> str:
    """The verdict with what must be known of it: the rest of a region, or why there is none."""
    note = ""
    if verdict != "not_assessed":
        note = texts("reason_hidden_parts") if reason == "hidden_parts" else ""
        note = note or (texts("compared_with_rest", left_out=left_out) if comparator == "rest" else "")
    elif texts.has(f"reason_{reason}"):
        note = texts(f"reason_{reason}")
    elif row.quartile != "not_assessed":
        note = texts(f"quartile_{row.quartile}")
    words = texts(f"verdict_{verdict}")
    return f"{words} ({note})" if note else words


def _scale(figure: Figure, scale: float) -> None:
    """Make a figure larger or smaller with all that is in it: its layout and its ticks stay."""
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        axis.set_major_locator(FixedLocator(axis.get_majorticklocs().tolist()))
        axis.set_tick_params(pad=_TICK_PAD * scale)
    layout = figure.get_layout_engine()
    if isinstance(layout, ConstrainedLayoutEngine):
        layout.set(w_pad=_PAD * scale, h_pad=_PAD * scale)
    figure.set_size_inches(*(side * scale for side in figure.get_size_inches()))
    for name in ("fontsize", "linewidth", "markersize"):
        for artist in figure.findobj():
            if hasattr(artist, f"set_{name}"):
                getattr(artist, f"set_{name}")(getattr(artist, f"get_{name}")() * scale)


def title_with_unit(catalogue: Catalogue, indicator: Indicator, language: Language) -> str:
    """The indicator's title and, where the title does not say it, its unit."""
    title = indicator.title.text(language)
    label = catalogue.units[indicator.unit].label.text(language)
    return title if label.strip("/ ") in title else f"{title} ({label})"


# --- records ----------------------------------------------------------------------------------------


def show_area(area: Area) -> str:
    """Name, code, level and larger areas."""
    t = load_texts("fi")
    facts = [(t("show_code"), area.code), (t("show_level"), t(f"show_level_{area.level}"))]
    if area.region:
        facts += [(t("region"), area.region), (t("show_county"), area.county)]
    return _facts(" / ".join(dict.fromkeys(area.names)), facts)


def show_goal(goal: Goal) -> str:
    """Title, whether the wording is agreed, and forums."""
    t = load_texts("fi")
    facts = [
        (t("show_wording"), t(f"show_wording_{goal.wording}")),
        (t("show_forums"), ", ".join(goal.forums)),
    ]
    return _facts(f"{goal.id} {goal.title.fi}", facts + ([("", goal.note.fi)] if goal.note else []))


def show_indicator(indicator: Indicator) -> str:
    """Title, unit, what is counted, the goals with their directions, and the source."""
    t = load_texts("fi")
    goals = [f"{link.goal} ({t(f'direction_{link.direction}')})" for link in indicator.goals]
    facts = [
        (t("show_code"), indicator.id),
        (t("show_unit"), indicator.unit),
        (t("show_numerator"), indicator.numerator.fi if indicator.numerator else ""),
        (t("denominator"), indicator.denominator.fi if indicator.denominator else ""),
        (t("goal"), ", ".join(goals)),
        (t("show_source"), f"{indicator.source.service} {indicator.source_key} · {indicator.producer}"),
    ]
    return _facts(indicator.title.fi, [fact for fact in facts if fact[1]])


def show_snapshot(snapshot: Snapshot) -> str:
    """Id, date, number of series, newest year of figures and the age of that year at the snapshot's date."""
    t = load_texts("fi")
    newest = snapshot.observations.dropna(subset="value")["year"].max()
    carried = sum(item.carried for item in snapshot.series.values())
    facts = [(t("show_date"), format_date(snapshot.created.isoformat(), "fi"))]
    facts.append((t("show_series"), f"{len(snapshot.series)} ({t('show_carried', n=carried)})"))
    if not pd.isna(newest):
        age = t("show_age", n=snapshot.created.year - int(newest))
        facts.append((t("newest_year"), f"{int(newest)} ({age})"))
    facts.append(("sha256", snapshot.sha256[:16]))
    return _facts(snapshot.id, facts)


_SHOWN: Final[dict[type, Callable[[Any], str]]] = {
    Area: show_area,
    Goal: show_goal,
    Indicator: show_indicator,
    Snapshot: show_snapshot,
}
for _kind, _show in _SHOWN.items():
    setattr(_kind, "_repr_html_", _show)  # noqa: B010 - the classes do not know of notebooks


def _facts(title: str, facts: Iterable[tuple[str, str]]) -> str:
    row = Markup('<tr><th scope="row">{}</th><td style="text-align:left">{}</td></tr>')
    body = Markup("").join(row.format(name, value) for name, value in facts)
    return str(Markup("<table><caption><strong>{}</strong></caption>{}</table>").format(title, body))


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]], note: str = "") -> str:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(item) for item in headings)
    cell = Markup('<td style="text-align:left">{}</td>')
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(Markup("").join(cell.format(item) for item in row)) for row in rows
    )
    table = Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)
    return str(table + (Markup("<p>{}</p>").format(note) if note else escape("")))
