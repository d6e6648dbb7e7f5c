"""Sections of one's own: labelled as such, and holding nothing that acts, loads or passes for the report's.

Their words and numbers are the author's. What each may hold is looked at here again, whatever has made it.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

OWN_SECTION: Final = "data-own"
#: The one class of a cell: a number.
NUMBER_CLASS: Final = "nr"
#: Elements without attributes that a section of one's own may hold, and those with some.
_PLAIN: Final = (
    "p br hr strong b em i u s del sub sup small h3 h4 h5 ul ol li dl dt dd blockquote pre code "
    "div span table caption thead tbody tfoot tr figure figcaption"
)
ELEMENTS: Final[dict[str, set[str]]] = {name: set() for name in _PLAIN.split()} | {
    "th": {"scope", "colspan", "rowspan", "class"},
    "td": {"colspan", "rowspan", "class"},
    "a": {"href"},
    "img": {"src", "alt"},
}
#: Of links, beside the page's own places and the edition's files.
_FOLLOWED: Final = ("https", "http", "mailto")
_CLASSES: Final = ("own", "label", "text", NUMBER_CLASS)


def list_own(page: Any) -> list[Any]:
    """The sections of one's own on a page."""
    found: list[Any] = page.xpath(f".//section[@{OWN_SECTION}]")
    return found


def check_own(page: Any, label: str) -> Iterator[str]:
    for section in list_own(page):
        name = f"the own section {section.get(OWN_SECTION)!r}"
        told = section.xpath("string(./*[1][self::h2 or self::h3]/span[1])")
        if told != label or (section.text or "").strip():
            yield f"{name} begins with {told!r}; expected a heading with {label!r}"
        for item in section.iter():
            if item is not section and item is not section[0] and item.tag not in ELEMENTS:
                yield f"{name} holds <{item.tag}>"
                continue
            known = ELEMENTS.get(item.tag, {OWN_SECTION})
            for key, value in item.items():
                is_known = value in _CLASSES if key == "class" else key in known
                if not is_known or (key == "src" and not value.startswith("data:image/")):
                    yield f"{name} holds <{item.tag} {key}={value[:60]!r}>"
                elif key == "href" and not _is_followed(value):
                    yield f"{name} holds {value[:60]!r}, which is no link that a reader may follow"


def _is_followed(address: str) -> bool:
    """Browsers drop white space and control characters wherever in the name of a scheme they stand."""
    scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", address), re.IGNORECASE)
    return scheme is None or scheme.group(1).lower() in _FOLLOWED
