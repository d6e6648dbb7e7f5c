"""Providers' texts hold HTML; what is kept of them is plain text."""

from typing import Final

from lxml import etree, html

from indicators.catalogue.plaintext import CONTROL

#: The longest text that is kept; the services' longest notices have some thousands of letters.
_LONGEST: Final = 20_000
_BLOCKS: Final = ("p", "br", "li", "ul", "ol", "div", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6")


def to_safe_text(markup: str) -> str:
    """Reduce HTML to its text on one line; scripts, styles, comments and control characters are left out.

    The result is text, not markup: whoever puts it on a page still escapes it. Of a text without end the
    beginning is kept.

    Examples
    --------
    >>> to_safe_text("<p>Ik&auml; &#8805; 75</p><p>H<sub>2</sub>O<script>x()</script></p>")
    'Ikä ≥ 75 H2O'
    """
    text = CONTROL.sub("", markup[:_LONGEST])
    if "<" in text or "&" in text:
        text = _strip_markup(text)
    return " ".join(CONTROL.sub("", text).split())


def _strip_markup(text: str) -> str:
    root = html.document_fromstring(f"<div>{text}</div>")
    etree.strip_elements(root, "script", "style", etree.Comment, etree.PI, with_tail=False)
    for element in root.iter(*_BLOCKS):
        element.text = " " + CONTROL.sub("", element.text or "")
        element.tail = " " + CONTROL.sub("", element.tail or "")
    stripped: str = root.text_content()
    return stripped


def read_languages(field: object) -> dict[str, str]:
    """The non-empty texts of a field ``{"fi": ..., "sv": ..., "en": ...}``, as safe text.

    A field of another shape has no texts.
    """
    if not isinstance(field, dict):
        return {}
    texts = {key: to_safe_text(field[key]) for key in ("fi", "sv", "en") if isinstance(field.get(key), str)}
    return {key: text for key, text in texts.items() if text}
