"""What is told of the rest of a region."""

from indicators.catalogue import Catalogue
from indicators.narrative.texts import Texts


def tell_left_out(left_out: str | None, catalogue: Catalogue, texts: Texts) -> str:
    """In brackets, the municipality that the rest of a region leaves out; empty where none is."""
    if left_out is None:
        return ""
    return texts("left_out", area=catalogue.areas.get(left_out).name(texts.language))
