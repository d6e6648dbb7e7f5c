"""Turns facts into HTML: one template environment, always escaping, and the part that notebooks show."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

_FALLBACK: Final = re.compile(r"var\((--[a-z-]+),#[0-9a-f]{6}\)")


#: The media type under which a notebook cell keeps a part's form on paper.
PAPER_TYPE: Final = "application/vnd.yhdyspinta.paper+html"


@dataclass(frozen=True)
class HtmlPart:
    """A piece of a report; a notebook cell shows it, and the page takes it as it is.

    Attributes
    ----------
    html : str
        On the screen.
    make_paper : callable
        Makes the form on paper, only where it is asked for; an empty one where it is the same.
    """

    html: str
    make_paper: Callable[[], str] = str

    def __repr__(self) -> str:
        return f"<HtmlPart of {len(self.html)} characters>"

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        paper = "" if PAPER_TYPE in (exclude or ()) else self.make_paper()
        return {"text/html": self.html} | ({PAPER_TYPE: paper} if paper else {})


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("indicators.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["slug"] = slug
    environment.filters["drawing"] = _in_page
    environment.filters["css_text"] = _to_css
    return environment


def _in_page(svg: str) -> Markup:
    """A drawing without the colours for notebooks that lack the page's stylesheet."""
    return Markup(_FALLBACK.sub(r"var(\1)", svg))


def _to_css(text: str) -> Markup:
    r"""A text as a string of CSS inside a style element, where no markup may end it.

    Examples
    --------
    >>> print(_to_css('a "b" </style>'))
    "a \22 b\22  \3c /style\3e "
    """
    return Markup('"' + re.sub(r'["\\\\<>&\n]', lambda found: f"\\{ord(found.group()):x} ", text) + '"')


@lru_cache(maxsize=16)
def load_macros(template: str) -> Any:
    """The macros of one of the package's templates, as callables."""
    return _environment().get_template(template).module


def compile_templates() -> None:
    """Compile the package's templates, which are kept."""
    for name in _environment().list_templates(["j2"]):
        _environment().get_template(name)


def render(template: str, **facts: object) -> Markup:
    """Render one of the package's templates; every text in the facts is escaped."""
    return Markup(_environment().get_template(template).render(**facts))


def slug(text: str) -> str:
    """A text as an HTML id: lower-case letters, digits and hyphens.

    Examples
    --------
    >>> slug("sotkanet:181"), slug("1.1")
    ('sotkanet-181', '1-1')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
