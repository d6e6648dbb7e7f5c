"""What no page of any kind may hold, the sections of one's own included."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from indicators.catalogue import Catalogue, load_catalogue
from indicators.model import LANGUAGES

CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
_REQUESTING: Final = frozenset(
    ("src", "srcset", "poster", "data", "background", "action", "formaction", "ping")
)
_REQUESTING_TAGS: Final = frozenset(
    (
        *("link", "iframe", "frame", "object", "embed", "base", "form", "audio", "video", "applet", "portal"),
        *("set", "animate", "animatemotion", "animatetransform", "animatecolor", "discard", "foreignobject"),
    )
)
_CSS_REQUEST: Final = re.compile(r"@import|image-set\(|\bsrc\(|url\(\s*['\"]?(?!#|data:font/)", re.IGNORECASE)
#: CSS reads a letter from its number too: "u\72l(" is "url(".
_CSS_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
_SCHEME: Final = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.-]*):", re.IGNORECASE)
#: What a reader may follow beside the page's own places and the edition's files.
_FOLLOWED: Final = ("https", "http", "mailto")
#: Browsers drop white space and control characters wherever in the name of a scheme they stand.
_SCRIPT: Final = re.compile(r"[\x00-\x20]*".join(["", *"javascript:"]), re.IGNORECASE)


def check_policy(page: Any) -> Iterator[str]:
    """The content security policy is the agreed one, and nothing else acts by itself."""
    acting = page.xpath(".//meta[@http-equiv]")
    policies = [(item.get("http-equiv"), item.get("content")) for item in acting]
    if policies != [("Content-Security-Policy", CSP)]:
        yield f"the content security policy is {policies}; expected exactly one, {CSP!r}"


def check_ids(page: Any) -> Iterator[str]:
    ids = page.xpath(".//@id")
    repeated = sorted({item for item in ids if ids.count(item) > 1}) if len(ids) != len(set(ids)) else []
    if repeated:
        yield f"ids are repeated: {repeated[:5]}"
    known = set(ids)
    targets = [item[1:] for item in page.xpath(".//a/@href") if item.startswith("#")]
    lost = sorted({item for item in targets if item not in known})
    if lost:
        yield f"links lead nowhere: {lost[:5]}"


def check_requests(page: Any) -> Iterator[str]:
    """Nothing on the page makes the browser ask for anything, and nothing runs."""
    for item in page.iter("script"):
        if item.get("type") not in ("application/json", "application/ld+json") or not _is_json(item.text):
            yield "an executable script is not allowed"
    styles = [item.text or "" for item in page.iter("style")]
    for item in page.iter("*"):
        if item.tag.rpartition(":")[2].lower() in _REQUESTING_TAGS:
            yield f"a <{item.tag}> element is not allowed"
        for name, value in item.items():
            if "(" in value:  # drawings have styles as attributes
                styles.append(value)
            if name in _REQUESTING and not value.startswith("data:"):
                yield f"<{item.tag} {name}={value[:60]!r}> would make a request"
            if name.startswith("on") or (":" in value and _SCRIPT.match(value)):
                yield f"<{item.tag} {name}> would run a script"
            if not name.endswith("href") or (item.tag != "a" and value.startswith("#")):
                continue
            if item.tag != "a":
                yield f"<{item.tag} {name}={value[:60]!r}> would make a request"
            elif (scheme := _SCHEME.match(value)) and scheme.group(1).lower() not in _FOLLOWED:
                yield f"<{item.tag} {name}={value[:60]!r}> is no link that a reader may follow"
    if any(_CSS_REQUEST.search(_CSS_ESCAPE.sub(_unescape, style)) for style in styles):
        yield "a style would make a request"


def _unescape(found: re.Match[str]) -> str:
    number = int(found.group(1), 16) if found.group(1) else 0
    return found.group(2) or (chr(number) if 0 < number < 0x110000 else "\ufffd")


def _is_json(text: str | None) -> bool:
    try:
        json.loads(text or "")
    except ValueError:
        return False
    return True


def check_leftovers(page: Any, catalogue: Catalogue) -> Iterator[str]:
    """Under an agreement of one's own, no name of the package's agreement is left on the page."""
    own, packaged = (_list_names(item) for item in (catalogue, _load_packaged()))
    text = " ".join(page.text_content().split())
    for name in sorted(packaged - own):
        if re.search(rf"\b{re.escape(name)}", text):
            yield f"the page names {name!r}, which is of another agreement"


def _list_names(catalogue: Catalogue) -> set[str]:
    """Names of an agreement: its own, of its region in all forms, of its regional parties and its forums."""
    agreement, region = catalogue.agreement, catalogue.areas.get(catalogue.agreement.region)
    named = [agreement.title, agreement.short_title, *(item.name for item in agreement.forums)]
    named += [party.name for party in agreement.parties if party.name]
    names = {text for item in named for text in item.model_dump(exclude_none=True).values()}
    names |= {region.name(language) for language in LANGUAGES}
    return names | ({region.forms.locative, region.forms.genitive} if region.forms else set())


@lru_cache(maxsize=1)
def _load_packaged() -> Catalogue:
    return load_catalogue()
