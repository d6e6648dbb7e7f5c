"""Mends what Chromium leaves undone in the tags of a printed page.

The words in the margins of a sheet are outside all tags, a table's head is tagged again on every sheet, a
heading after a page break leaves an empty piece on the sheet before, and its outline entry then says its name
twice. Dates follow the clock. All of this is put right here, so that a screen reader meets each word once and
equal pages give equal bytes. The file is then tagged; it is not claimed to be PDF/UA.
"""

import datetime as dt
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from indicators.errors import OutputError
from indicators.version import __version__

try:
    import pikepdf
except ImportError:  # an extra of the package
    pikepdf = None  # type: ignore[assignment]

_PAINTS_TEXT: Final = frozenset(("Tj", "TJ", "'", '"'))
_PAINTS_PATH: Final = frozenset(("S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"))
_DRAWS_PATH: Final = frozenset(("m", "l", "c", "v", "y", "h", "re", "W", "W*"))
_PAINTS: Final = _PAINTS_TEXT | (_PAINTS_PATH - {"n"}) | {"Do", "sh", "BI", "INLINE IMAGE"}
_SPACE: Final = re.compile(r"[\s\u00a0\u00ad]+")


def require_pikepdf() -> None:
    """Tell at once that PDF cannot be made.

    Raises
    ------
    OutputError
        The library is not installed.
    """
    if pikepdf is None:
        raise OutputError(
            "PDF",
            "pikepdf is not installed;",
            "pip install 'yhdyspinta-indicators[pdf]', or leave out --pdf.",
        )


@dataclass
class _Page:
    """A sheet while it is mended.

    Attributes
    ----------
    painted : set of int
        Marked pieces that paint something.
    dropped : set of int
        Marked pieces that become artifacts.
    """

    obj: Any
    painted: set[int] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)


def repair_pdf(content: bytes, headings: Sequence[str], created: dt.date) -> bytes:
    """The same PDF with its tags, outline, links and dates put right.

    Parameters
    ----------
    content : bytes
        As Chromium printed it.
    headings : sequence of str
        The page's headings in order, as they are written.
    created : date
        The date that the file bears.

    Raises
    ------
    OutputError
        pikepdf is not installed.
    """
    require_pikepdf()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pages = {page.obj.objgen: _Page(page.obj) for page in pdf.pages}
        for page in pages.values():
            page.painted = _find_painted(pikepdf.parse_content_stream(page.obj))
        _prune(pdf.Root.StructTreeRoot, pages)
        _forget(pdf.Root.StructTreeRoot, pages)
        _renumber(pdf.Root.StructTreeRoot)
        for page in pages.values():
            instructions = _mark(pikepdf.parse_content_stream(page.obj), page.dropped)
            page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
            _mend_links(page.obj)
        if "/Outlines" in pdf.Root:
            _rename_outline(pdf.Root.Outlines, headings)
        _date(pdf, created)
        target = io.BytesIO()
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return target.getvalue()


# --- the structure ---------------------------------------------------------------------------------------


def _prune(root: Any, pages: dict[Any, _Page]) -> None:
    """Leave out pieces that paint nothing, and a table head's pieces on later sheets."""
    for element, place, is_head in _walk(root, None, False):
        kids = element.get("/K")
        if not isinstance(kids, pikepdf.Array):
            continue
        kept, first = [], None
        for kid in kids:
            number, sheet = _piece(kid, place)
            if number is None or sheet not in pages:
                kept.append(kid)
                continue
            first = first or sheet
            is_repeated = is_head and sheet != first
            if is_repeated or (number not in pages[sheet].painted and len(kids) > 1):
                pages[sheet].dropped.add(number)
            else:
                kept.append(kid)
        if kept and len(kept) < len(kids):
            element.K = pikepdf.Array(kept)


def _walk(element: Any, place: Any, is_head: bool) -> Iterator[tuple[Any, Any, bool]]:
    """Every structure element with the sheet it is on and whether it is in a column's head."""
    if isinstance(element, pikepdf.Array):
        for kid in element:
            yield from _walk(kid, place, is_head)
    elif isinstance(element, pikepdf.Dictionary) and element.get("/Type") not in ("/MCR", "/OBJR"):
        place = element.Pg.objgen if "/Pg" in element else place
        is_head = is_head or (element.get("/S") == "/TH" and _scope(element) == "/Column")
        yield element, place, is_head
        if "/K" in element:
            yield from _walk(element.K, place, is_head)


def _scope(element: Any) -> Any:
    attributes = element.get("/A", pikepdf.Array())
    listed = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    return next((item.Scope for item in listed if "/Scope" in item), None)


def _piece(kid: Any, place: Any) -> tuple[int | None, Any]:
    """Number and sheet of a marked piece of content; no number where the kid is something else."""
    if isinstance(kid, pikepdf.Dictionary):
        if kid.get("/Type") != "/MCR":
            return None, None
        return int(kid.MCID), kid.Pg.objgen if "/Pg" in kid else place
    return int(kid), place


def _forget(root: Any, pages: dict[Any, _Page]) -> None:
    """What has become an artifact belongs to no element."""
    numbers = root.ParentTree.get("/Nums", pikepdf.Array())
    parents = {int(numbers[at]): numbers[at + 1] for at in range(0, len(numbers), 2)}
    for page in pages.values():
        listed = parents.get(int(page.obj.get("/StructParents", -1)))
        if isinstance(listed, pikepdf.Array):
            for number in page.dropped:
                listed[number] = None


def _renumber(root: Any) -> None:
    """Elements that cells name get numbers of the file's own; the browser's differ from print to print."""
    if "/IDTree" not in root:
        return
    names = {old: f"n{at:05d}" for at, old in enumerate(_list_ids(root.IDTree))}
    for element, _, _ in _walk(root, None, False):
        if "/ID" in element:
            element.ID = pikepdf.String(names[str(element.ID)])
        attributes = element.get("/A", [])
        for item in attributes if isinstance(attributes, pikepdf.Array) else [attributes]:
            if "/Headers" in item:
                item.Headers = pikepdf.Array([pikepdf.String(names[str(old)]) for old in item.Headers])
    _rename_ids(root.IDTree, names)


def _list_ids(node: Any) -> Iterator[str]:
    for kid in node.get("/Kids", []):
        yield from _list_ids(kid)
    names = node.get("/Names", [])
    yield from (str(names[at]) for at in range(0, len(names), 2))


def _rename_ids(node: Any, names: dict[str, str]) -> None:
    for kid in node.get("/Kids", []):
        _rename_ids(kid, names)
    for key, step in (("/Names", 2), ("/Limits", 1)):
        listed = node.get(key, [])
        for at in range(0, len(listed), step):
            listed[at] = pikepdf.String(names[str(listed[at])])


# --- the content of a sheet ------------------------------------------------------------------------------


def _find_painted(instructions: Sequence[Any]) -> set[int]:
    open_pieces: list[int | None] = []
    painted: set[int] = set()
    for operands, operator in instructions:
        name = str(operator)
        if name in ("BDC", "BMC"):
            open_pieces.append(_number(operands))
        elif name == "EMC":
            open_pieces.pop()
        elif name in _PAINTS:
            painted.update(number for number in open_pieces if number is not None)
    return painted


def _number(operands: Sequence[Any]) -> int | None:
    properties = operands[1] if len(operands) > 1 else None
    if isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties:
        return int(properties.MCID)
    return None


def _mark(instructions: Sequence[Any], dropped: set[int]) -> list[Any]:
    """Everything painted outside the tags becomes an artifact, and what is dropped from them too."""
    begin = pikepdf.ContentStreamInstruction([pikepdf.Name.Artifact], pikepdf.Operator("BMC"))
    end = pikepdf.ContentStreamInstruction([], pikepdf.Operator("EMC"))
    marked: list[Any] = []
    depth, at = 0, 0
    while at < len(instructions):
        operands, operator = instructions[at]
        name = str(operator)
        length = _run_length(instructions, at) if depth == 0 else 0
        if length:
            marked += [begin, *instructions[at : at + length], end]
            at += length
            continue
        if name in ("BDC", "BMC"):
            depth += 1
            marked.append(begin if _number(operands) in dropped else instructions[at])
        else:
            depth -= name == "EMC"
            marked.append(instructions[at])
        at += 1
    return marked


def _run_length(instructions: Sequence[Any], at: int) -> int:
    """Instructions of an unmarked text, path or picture that begins here; 0 where none does."""
    name = str(instructions[at].operator)
    if name in ("Do", "sh", "BI", "INLINE IMAGE"):
        return 1
    if name == "BT":
        names = [str(item.operator) for item in _until(instructions, at, ("ET",))]
        return len(names) if _PAINTS_TEXT & set(names) and not {"BDC", "BMC"} & set(names) else 0
    if name in _DRAWS_PATH:
        run = _until(instructions, at, _PAINTS_PATH)
        return len(run) if str(run[-1].operator) != "n" else 0
    return 0


def _until(instructions: Sequence[Any], at: int, names: Sequence[str] | frozenset[str]) -> Sequence[Any]:
    end = at
    while str(instructions[end].operator) not in names:
        end += 1
    return instructions[at : end + 1]


# --- links, outline, dates -------------------------------------------------------------------------------


def _mend_links(page: Any) -> None:
    """Links get words of their own, and none leads to a file of the machine that printed the page."""
    kept = []
    for link in page.get("/Annots", []):
        address = str(link.A.get("/URI", "")) if "/A" in link else ""
        if address.startswith("file:"):
            continue
        if "/Contents" not in link:
            link.Contents = pikepdf.String(address or str(link.get("/Dest", "")).lstrip("/"))
        kept.append(link)
    if "/Annots" in page:
        page.Annots = pikepdf.Array(kept)


def _rename_outline(outline: Any, headings: Sequence[str]) -> None:
    """Each entry gets the heading that it is of, written as the page writes it."""
    left = list(headings)
    for entry in _entries(outline.get("/First")):
        shown = _SPACE.sub("", str(entry.Title))
        for at, heading in enumerate(left):
            bare = _SPACE.sub("", heading)
            if shown in (bare, bare * 2):
                entry.Title = pikepdf.String(" ".join(heading.replace("\u00ad", "").split()))
                del left[: at + 1]
                break


def _entries(entry: Any) -> Iterator[Any]:
    while entry is not None:
        yield entry
        yield from _entries(entry.get("/First"))
        entry = entry.get("/Next")


def _date(pdf: Any, created: dt.date) -> None:
    stamp = pikepdf.String(f"D:{created:%Y%m%d}000000Z")
    pdf.docinfo["/CreationDate"] = pdf.docinfo["/ModDate"] = stamp
    pdf.docinfo["/Creator"] = pikepdf.String(f"yhdyspinta-indicators {__version__}")
