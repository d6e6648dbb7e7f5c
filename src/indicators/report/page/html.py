"""Turns facts into HTML: one template environment, always escaping, and the part that notebooks show."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from indicators.charts.drawing.style import css_variables

_FALLBACK: Final = re.compile(r"var\((--[a-z-]+),#[0-9a-f]{6}\)")


@dataclass(frozen=True)
class HtmlPart:
    """A piece of a report; a notebook cell shows it, and the page takes it as it is."""

    html: str

    def __repr__(self) -> str:
        return f"<HtmlPart of {len(self.html)} characters>"

    def _repr_html_(self) -> str:
        return self.html


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
    return environment


def _in_page(svg: str) -> Markup:
    """A drawing without the colours for notebooks that lack the page's stylesheet."""
    return Markup(_FALLBACK.sub(r"var(\1)", svg))


@lru_cache(maxsize=4)
def load_macros(template: str) -> Any:
    """The macros of one of the package's templates, as callables."""
    return _environment().get_template(template).module


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


@lru_cache(maxsize=1)
def stylesheet() -> Markup:
    """The page's stylesheet with the charts' colours in it, white space squeezed."""
    page = (
        _environment()
        .get_template("page.css")
        .render(light=css_variables("light"), dark=css_variables("dark"))
    )
    return Markup(_squeeze(_source("parts.css") + page))


@lru_cache(maxsize=1)
def notebook_stylesheet() -> Markup:
    """The same look for parts shown in JupyterLab, kept inside its outputs so that nothing else changes."""
    outputs = ".jp-RenderedHTMLCommon"
    colours = "--rule:#c9d0d7;--link:#0b4f9e;" + css_variables("light")
    dark = "--rule:#4a545f;--link:#8fc1ff;" + css_variables("dark")
    return Markup(
        f"{outputs} {{ {colours}; {_squeeze(_source('parts.css'))} }}"
        f"[data-jp-theme-light='false'] {outputs} {{ {dark} }}"
    )


def _source(template: str) -> str:
    return _environment().get_template(template).render()


def _squeeze(css: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()
