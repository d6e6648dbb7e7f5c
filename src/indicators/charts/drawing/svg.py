"""Small drawings that take their colours from the page by class: their element, and their scale."""

from collections.abc import Callable, Iterable
from html import escape


def draw_svg(kind: str, size: tuple[int, int], label: str, drawn: str, attributes: str = "") -> str:
    """The element of a drawing.

    Parameters
    ----------
    kind : str
        Its class.
    label : str
        What a reader who does not see it hears.
    attributes : str
        More attributes, such as the figures that it shows.
    """
    more = f" {attributes}" if attributes else ""
    name = f'role="img" aria-label="{escape(label)}"'
    return f'<svg class="{kind}" viewBox="0 0 {size[0]} {size[1]}" {name}{more}>{drawn}</svg>'


def make_scale(values: Iterable[float], start: float, end: float) -> Callable[[float], float]:
    """Places of values between two ends; the middle where all are one."""
    known = list(values)
    low, high = min(known), max(known)

    def place(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return start + share * (end - start)

    return place
