"""The worked examples of ``docs/methods.md``."""

import doctest
import re
from pathlib import Path

METHODS_PAGE = Path(__file__).parents[2] / "docs" / "methods.md"


def test_worked_examples_give_what_the_page_says():
    """Every example of the page runs and gives the figures printed there."""
    results = doctest.testfile(str(METHODS_PAGE), module_relative=False, encoding="utf-8")
    assert results.attempted > 40
    assert results.failed == 0


def test_every_method_is_described_with_an_example_and_a_reference():
    """Each method's section gives a worked example, and each section on a test or limits its reference."""
    sections = re.split(r"^## ", METHODS_PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    methods = [text for text in sections if not text.startswith(("What holds", "False alarms"))]
    assert [text.splitlines()[0] for text in methods if "*Example.*" not in text] == []
    plain = ("Peer group", "Pooling", "Comparison")
    assert [
        text.splitlines()[0] for text in methods if "*Reference" not in text and not text.startswith(plain)
    ] == []
