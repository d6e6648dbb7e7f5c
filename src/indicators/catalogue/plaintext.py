"""Texts from outside on one line, without characters that no reader of XML, JSON or UTF-8 takes."""

import re
import unicodedata
from typing import Final

#: Controls but tab and line ends, halves of surrogate pairs, what Unicode keeps for no text, and marks that
#: turn the direction of all that follows until they are closed.
CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
#: What nobody sees, and what web pages leave in copied text: soft hyphens, spaces without width.
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


def clean_text(text: str) -> str:
    r"""A text on one line without control and invisible characters, its letters composed.

    Examples
    --------
    >>> clean_text(" a\x07b\n c "), clean_text("a\u0308")
    ('ab c', 'ä')
    """
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", CONTROL.sub("", text))).split())


def refuse_control(text: str) -> str:
    """The text as it is; raises ValueError where it has a control character or half a character."""
    found = CONTROL.search(text)
    if found:
        raise ValueError(
            f"has a control character (U+{ord(found[0]):04X}) at {found.start() + 1}; take it away"
        )
    return text
