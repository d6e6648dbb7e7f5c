"""From an executed notebook to the finished page.

A notebook is what its file holds as JSON; nbformat's nodes are such too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, Template

from indicators.narrative.texts import load_texts
from indicators.report.page.html import PAPER_TYPE

Notebook = Mapping[str, Any]

#: Cells that only paper shows; the second only by request.
PAPER_TAGS: Final = ("paper", "appendix")
#: Tags that give a cell's output its place in the page.
_PLACES: Final = frozenset({"header", "body", "footer", *PAPER_TAGS})
#: Of a cell that is a section of one's own, and of one that the page does not show.
_OWN: Final = "own"
_UNSHOWN: Final = "jupyter-only"


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


def render_page(notebook: Notebook, page: PageInfo) -> str:
    """The report's HTML for the screen from the executed notebook."""
    return _render(notebook, page, ["body"], "")


def render_paper(notebook: Notebook, page: PageInfo) -> str:
    """The report's HTML for paper: from the same cells, and from those of paper alone that were run.

    Its data blocks stay on the page for the screen.
    """
    return _render(notebook, replace(page, data_blocks={}), ["body", *PAPER_TAGS], PAPER_TYPE)


def _render(notebook: Notebook, page: PageInfo, tags: list[str], paper_type: str) -> str:
    cells = [
        _frame(at, cell, page) if _OWN in cell["metadata"].get("tags", []) else cell
        for at, cell in enumerate(notebook["cells"])
    ]
    return _load_template().render(nb={"cells": cells}, page=page, body_tags=tags, paper=paper_type)


@cache
def _load_template() -> Template:
    environment = Environment(loader=PackageLoader("indicators.report"), autoescape=True)
    return environment.get_template("page.html.j2")


def _frame(at: int, cell: Notebook, page: PageInfo) -> Notebook:
    """What a cell of one's own shows, as a part of the page."""
    from indicators.report.own import OwnContent, frame_own  # few reports have any

    area = page.metas["area"]
    label = load_texts(page.language)("own_label" if area.isdigit() else "own_label_region")
    content = OwnContent(f"cell {at}", label, area, 2, {}).show([cell])
    data = {"text/html": str(frame_own(f"cell-{at}", "", content, 2, label))}
    outputs = [{"output_type": "display_data", "data": data}]
    return {"cell_type": "code", "metadata": {"tags": ["body"]}, "outputs": outputs}


def find_unshown(notebook: Notebook) -> list[str]:
    """What a notebook's cells show that the page would drop, each with its place.

    A page takes the HTML of code cells that are tagged with their place in it, and all of cells tagged
    ``own``; those tagged ``jupyter-only`` are for JupyterLab.
    """
    found = []
    for at, cell in enumerate(notebook["cells"]):
        tags = set(cell["metadata"].get("tags", []))
        if {_OWN, _UNSHOWN} & tags:
            continue
        lost = [f"a {cell['cell_type']} cell"] if cell["cell_type"] != "code" else []
        for output in cell.get("outputs", []):
            kind, kinds = output["output_type"], output.get("data", {})
            if kind == "stream":
                is_lost = bool(tags & _PLACES) and output["name"] == "stdout"  # stderr is no part of a page
            else:
                is_lost = kind != "error" and not (tags & _PLACES and "text/html" in kinds)
            lost += [f"an output ({', '.join(kinds) or 'printed text'})"] if is_lost else []
        advice = f"tag the cell {_OWN!r} to show it in a section of its own, or {_UNSHOWN!r}"
        found += [f"cell {at}: {what} that the page cannot show; {advice}" for what in lost]
    return found
