"""What a report tells of its tests and of the rest of its region."""

from indicators.assessment.goals import Chance
from indicators.catalogue import Catalogue
from indicators.narrative.formats import format_number
from indicators.narrative.texts import Texts


def tell_chance(chance: Chance, texts: Texts) -> str:
    """How many tests a report rests on, and what chance alone would do."""
    return texts(
        "chance",
        n_comparisons=chance.n_comparisons,
        n_trends=chance.n_trends,
        expected_comparisons=format_number(chance.expected_comparisons, 1, texts.language),
        expected_trends=format_number(chance.expected_trends, 2, texts.language),
    )


def tell_left_out(left_out: str | None, catalogue: Catalogue, texts: Texts) -> str:
    """In brackets, the municipality that the rest of a region leaves out; empty where none is."""
    if left_out is None:
        return ""
    return texts("left_out", area=catalogue.areas.get(left_out).name(texts.language))
