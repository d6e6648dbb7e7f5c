"""From an executed notebook to the finished page, through our own nbconvert template."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter

from indicators.report.page.html import PAPER_TYPE

TEMPLATES = Path(__file__).parents[1] / "templates"
#: Cells that only paper shows; the second only by request.
PAPER_TAGS: Final = ("paper", "appendix")


@dataclass(frozen=True)
class PageInfo:
    """What the page's head says.

    Attributes
    ----------
    language : str
        The ``lang`` of the page.
    title : str
        Municipality, subject and date.
    skip_link : str
        Words of the link to the main content.
    stylesheet : str
        The whole stylesheet.
    metas : dict of str
        ``yhdyspinta:NAME`` meta elements: area, snapshot, edition, version.
    data_blocks : dict of str
        JSON for machines by its media type; made with `to_script_json`, so that no text can end the block.
    """

    language: str
    title: str
    skip_link: str
    stylesheet: str
    metas: dict[str, str] = field(default_factory=dict)
    data_blocks: dict[str, str] = field(default_factory=dict)


def to_script_json(content: object) -> str:
    r"""JSON that may stand in a script element: no "<" that could end or open anything.

    Examples
    --------
    >>> print(to_script_json({"title": "</script><b>"}))
    {"title":"\u003c/script>\u003cb>"}
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class ReportExporter(TemplateExporter):
    """nbconvert exporter with the package's own template.

    nbconvert's HTML exporter passes the page through a parser that lowercases ``viewBox`` and so spoils
    SVG; this one leaves the page as the template made it. The template shows HTML outputs of cells tagged
    ``header``, ``contents``, ``body`` and ``footer``, on paper of `PAPER_TAGS` too, and no code.
    """

    file_extension = ".html"
    template_extension = ".html.j2"
    output_mimetype = "text/html"

    def __init__(self, **options: Any) -> None:
        super().__init__(template_name="report", extra_template_basedirs=[str(TEMPLATES)], **options)

    @property
    def default_config(self) -> Any:
        """Cells are neither stripped nor transformed before they are rendered."""
        config = super().default_config
        config.TemplateExporter.preprocessors = []
        config.TemplateExporter.default_preprocessors = []
        return config

    def _template_name_default(self) -> str:
        return "report"


def render_page(notebook: nbformat.NotebookNode, page: PageInfo) -> str:
    """The report's HTML for the screen from the executed notebook."""
    return _render(notebook, page, ["body"], "")


def render_paper(notebook: nbformat.NotebookNode, page: PageInfo) -> str:
    """The report's HTML for paper: from the same cells, and from those of paper alone that were run.

    Its data blocks stay on the page for the screen.
    """
    return _render(notebook, replace(page, data_blocks={}), ["body", *PAPER_TAGS], PAPER_TYPE)


def _render(notebook: nbformat.NotebookNode, page: PageInfo, tags: list[str], paper_type: str) -> str:
    facts = {"page": page, "body_tags": tags, "paper_type": paper_type}
    html, _ = _exporter().from_notebook_node(notebook, resources=facts)
    return html


def _exporter() -> ReportExporter:
    global _kept_exporter
    if _kept_exporter is None:
        _kept_exporter = ReportExporter()
    return _kept_exporter


#: Making an exporter compiles its template; a process keeps one.
_kept_exporter: ReportExporter | None = None
