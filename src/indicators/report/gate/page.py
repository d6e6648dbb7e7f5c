"""Compares all that a page says, shows and draws with the page that the gate has made itself.

Each element with its attributes, text, drawn paths and data blocks must be the expected one, in the expected
order, and each part must be there; paper may end before its appendix. A copy of a notebook may add its own in
``<section data-own="...">`` beside the parts; nothing else may differ.
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final

import lxml.html

from indicators.report.gate.own import OWN_SECTION

#: The first part that paper has on request only; all after it are such too.
_APPENDIX: Final = "liite"


def compare_pages(page: Any, wanted: Any) -> Iterator[str]:
    """Where a page, or its body, differs from the expected one; both are parsed."""
    if _start(page) != _start(wanted):
        yield f"the {page.tag} begins with {_start(page)}; expected {_start(wanted)}"
    for found, due in zip_longest(page, wanted):
        if found is None or due is None or found.tag != due.tag:
            yield f"the {page.tag} holds {_name(found)}; expected {_name(due)}"
        elif found.tag == "body":
            yield from compare_pages(found, due)
        elif found.tag == "main":
            yield from _compare_sections(found, due)
        elif _text(found) != _text(due):
            yield _describe(found, due)


def _compare_sections(main: Any, wanted: Any) -> Iterator[str]:
    """The parts in their order, each once, and none left out but an appendix."""
    if _start(main) != _start(wanted) or (main.tail or "").strip():
        yield f"the content begins with {_start(main)}; expected {_start(wanted)}"
    left = list(wanted)
    for found in main:
        text = _text(found)
        at = next((at for at, due in enumerate(left) if _text(due) == text), None)
        if at is None and found.tag == "section" and found.get(OWN_SECTION):
            if (found.tail or "").strip():
                yield f"after a section of one's own stands {found.tail.strip()[:60]!r}"
            continue
        if at is None:
            same = next(
                (due for due in left if (due.tag, due.get("id")) == (found.tag, found.get("id"))), None
            )
            yield _describe(found, same)
            at = -1 if same is None else left.index(same)
        yield from (f"the page lacks {_name(due)}" for due in left[: max(at, 0)])
        left = left[at + 1 :]
    at = next((at for at, due in enumerate(left) if due.get("id") == _APPENDIX), len(left))
    yield from (f"the page lacks {_name(due)}" for due in left[:at])


def _describe(found: Any, due: Any) -> str:
    """The innermost element that differs, as found and as expected."""
    while due is not None and _start(found) == _start(due) and len(found) == len(due):
        pairs = zip(found, due, strict=True)
        inner = next(((one, other) for one, other in pairs if _text(one) != _text(other)), None)
        if inner is None:
            break
        found, due = inner
    return f"the page holds {_show(found)}; expected {_show(due)}"


def _start(item: Any) -> tuple[str, dict[str, str], str]:
    return item.tag, dict(item.attrib), (item.text or "").strip()


def _text(item: Any) -> str:
    text: str = lxml.html.tostring(item, encoding="unicode")
    return text.strip()


def _name(item: Any) -> str:
    if item is None or item.get("id"):
        return "nothing" if item is None else f"<{item.tag} id={item.get('id')!r}>"
    return f"<{item.tag}> {' '.join(''.join(item.itertext()).split())[:60]!r}"


def _show(item: Any) -> str:
    return "nothing" if item is None else f"{_text(item)[:160]!r}"
