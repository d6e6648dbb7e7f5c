"""How wide a text will be, near enough to lay out a chart whose font is the reader's.

Measured in matplotlib's own DejaVu Sans, which is wider than the system fonts of readers' devices, so that
what fits here fits there.
"""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from indicators.charts.drawing.style import SMALL_FONT_SIZE

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

_EM: Final = 64
#: Glyphs set on whole pixels take a little more room.
_HINTING: Final = 1.04
#: A space that must not end a line: within a number, before a unit, after a slash.
_KEPT_SPACE: Final = re.compile(r"(?<=\d) (?=\d{3}\b)| (?=[%€])|(?<=/) (?=\d)")
_NO_BREAK: Final = "\u00a0"


@lru_cache(maxsize=1)
def _font() -> "FT2Font":
    import matplotlib as mpl  # here, as on the canvas: few pages need it
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    font.set_size(_EM, 72)
    return font


# A forked process would share the place at which the file is read, and read its parent's glyphs.
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_font.cache_clear)


@lru_cache(maxsize=1024)
def _ems(character: str) -> float:
    if not _font().get_char_index(ord(character)):
        return 1.0
    return _font().load_char(ord(character)).linearHoriAdvance / 65536 / _EM


@lru_cache(maxsize=1024)
def text_width(text: str) -> float:
    """Width in points."""
    return sum(_ems(character) for character in text) * SMALL_FONT_SIZE * _HINTING


@lru_cache(maxsize=64)
def wrap(text: str, width: float) -> tuple[str, ...]:
    """Lines of at most a width, broken between words; a single word may be wider.

    Spaces that hold a number or its unit together become no-break spaces. Empty for an empty text.
    """
    lines: list[str] = []
    for word in _KEPT_SPACE.sub(_NO_BREAK, text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer) <= width:
            lines[-1] = longer
        elif word:
            lines.append(word)
    return tuple(lines)
