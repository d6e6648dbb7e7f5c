"""Faults in declared files are told with file, key and the line's content."""

import pytest

from indicators.catalogue import load_catalogue
from indicators.errors import CatalogueError


def _change(path, old, new):
    """Replace the first occurrence of a text, which must be there."""
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), "utf-8")


def _number_of(path, line, nth=1):
    """Number (from 1) of the nth line with exactly this content, outer spaces aside."""
    found = [at for at, text in enumerate(path.read_text("utf-8").splitlines(), 1) if text.strip() == line]
    return found[nth - 1]


def _fault(folder):
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(folder)
    return caught.value


CHANGES = [
    pytest.param(
        "indicators.yaml",
        "  - id: sotkanet:181\n",
        "  - id: sotkanet:181\n    colour: red\n",
        "colour: red",
        r"indicators[N].colour",
        "Extra inputs are not permitted; found 'red'",
        id="unknown key of an indicator",
    ),
    pytest.param(
        "indicators.yaml",
        "      key: 181\n",
        "      key: 181\n      flavour: sweet\n",
        "flavour: sweet",
        r"indicators[N].source.flavour",
        "Extra inputs are not permitted; found 'sweet'",
        id="unknown key deep inside",
    ),
    pytest.param(
        "indicators.yaml",
        'fi: "Työttömät (Sotkanet), % työvoimasta"',
        'fi: "Työttömänä yli vuoden olleet, osuus työvoimasta, %%"',
        'short_title: {fi: "Työttömänä yli vuoden olleet, osuus työvoimasta, %%", '
        'sv: "Arbetslösa (Sotkanet), % av arbetskraften", en: "Unemployed (Sotkanet), % of labour force"}',
        r"indicators[N].short_title",
        "has 51 characters; a short title has at most 50",
        id="short title too long for the table",
    ),
    pytest.param(
        "indicators.yaml",
        "      key: 181\n",
        "      key: one-eight-one\n",
        "key: one-eight-one",
        r"indicators[N].source.key",
        "found 'one-eight-one'",
        id="word for a number",
    ),
    pytest.param(
        "indicators.yaml",
        "    unit: percent\n",
        "    unit: [percent]\n",
        "unit: [percent]",
        r"indicators[N].unit",
        "Input should be a valid string",
        id="list for a text",
    ),
    pytest.param(
        "areas.yaml",
        '  - code: "077"\n',
        "  - code: 77\n",
        "- code: 77",
        r"municipalities[N].code",
        "found 77",
        id="area code without quotes",
    ),
    pytest.param(
        "areas.yaml",
        "country:\n",
        "planet: {fi: Maa}\ncountry:\n",
        "planet: {fi: Maa}",
        "planet",
        "Extra inputs are not permitted",
        id="unknown key at the top",
    ),
    pytest.param(
        "agreement.yaml",
        "    wording: working\n",
        "    wording: guessed\n",
        "wording: guessed",
        r"goals[N].wording",
        "Input should be 'working' or 'agreed'; found 'guessed'",
        id="word outside the list",
    ),
    pytest.param(
        "agreement.yaml",
        "date: 2025-12-08",
        "date: eilen",
        "date: eilen",
        "decision.date",
        "found 'eilen'",
        id="word for a date",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "key", "problem"), CHANGES)
def test_fault_is_told_with_file_key_and_line(file, old, new, line, key, problem, declared_copy):
    """A fault names its file, its key, the number and the content of its line."""
    path = declared_copy / file
    _change(path, old, new)
    error = _fault(declared_copy)
    pattern, _, rest = key.partition("[N]")
    assert error.file == str(path)
    assert error.key.startswith(pattern)
    assert error.key.endswith(rest)
    assert problem in error.problem
    assert error.line == _number_of(path, line)
    assert error.content.strip() == line
    assert f"{path}:{error.line}: {error.key}: " in str(error)
    assert line in str(error)


def test_missing_key_points_at_the_entry_that_lacks_it(declared_copy):
    """A key that is not there is told with the line of the entry that should have it."""
    path = declared_copy / "indicators.yaml"
    entry = "  - id: sotkanet:181\n"
    before, after = path.read_text("utf-8").split(entry)
    path.write_text(before + entry + after.replace("    producer: tem\n", "", 1), "utf-8")
    error = _fault(declared_copy)
    assert error.key.endswith("].producer")
    assert error.problem == "Field required"
    assert error.line == _number_of(path, "- id: sotkanet:181")
    assert error.content.strip() == "- id: sotkanet:181"


def test_missing_top_key_is_named(declared_copy):
    """A whole part that is not there is named."""
    _change(declared_copy / "agreement.yaml", "county: HVA15\n", "")
    error = _fault(declared_copy)
    assert (error.key, error.problem) == ("county", "Field required")


def test_further_faults_are_counted(declared_copy):
    """The first fault is told in full and the number of the others is added."""
    path = declared_copy / "agreement.yaml"
    path.write_text(path.read_text("utf-8").replace("wording: working", "wording: guessed"), "utf-8")
    error = _fault(declared_copy)
    assert error.key == "goals[0].wording"
    assert error.problem.endswith("(and 11 more in this file)")


def test_rule_of_a_record_is_told_in_words(declared_copy):
    """A rule over two keys is told as a sentence at the entry's line."""
    path = declared_copy / "indicators.yaml"
    _change(path, "      key: 181\n", "      key: 182\n")
    error = _fault(declared_copy)
    assert error.problem == "id ends with '181', but the source's key is 182"
    assert error.content.strip() == "- id: sotkanet:181"
    assert error.line == _number_of(path, "- id: sotkanet:181")


def test_broken_yaml_points_at_its_line(declared_copy):
    """Text that is not YAML is told with the line at which reading stopped."""
    path = declared_copy / "areas.yaml"
    _change(path, "  code: SSS\n", "  code: SSS\n  name: [\n")
    error = _fault(declared_copy)
    lines = path.read_text("utf-8").splitlines()
    assert error.file == str(path)
    assert error.key == "(syntax)"
    assert error.problem.startswith("is not YAML: ")
    assert error.line > _number_of(path, "code: SSS")
    assert error.content == lines[error.line - 1]


def test_key_given_twice_is_refused(declared_copy):
    """A key that an entry has twice is a fault, not a silent choice."""
    path = declared_copy / "agreement.yaml"
    _change(path, "region: MK13\n", "region: MK13\nregion: MK14\n")
    error = _fault(declared_copy)
    assert error.problem.startswith("is not YAML: ")
    assert error.content == "region: MK14"


def test_file_that_is_not_utf8_is_told(declared_copy):
    """A file in another encoding is told as such."""
    path = declared_copy / "areas.yaml"
    path.write_bytes(path.read_text("utf-8").encode("latin-1", "replace"))
    with pytest.raises(CatalogueError, match=r"areas\.yaml: \(whole file\): is not UTF-8"):
        load_catalogue(declared_copy)


@pytest.mark.parametrize("file", ["agreement.yaml", "areas.yaml", "indicators.yaml"])
def test_missing_file_is_told(file, declared_copy):
    """A file that is not there is named."""
    (declared_copy / file).unlink()
    with pytest.raises(CatalogueError, match=rf"{file}: \(whole file\): is missing"):
        load_catalogue(declared_copy)


@pytest.mark.parametrize("content", ["", "[]", "just a word"], ids=["empty", "list", "text"])
def test_file_of_another_shape_is_told(content, declared_copy):
    """A file that holds no entries at all is a fault that names the file."""
    (declared_copy / "agreement.yaml").write_text(content, "utf-8")
    with pytest.raises(CatalogueError, match=r"agreement\.yaml.*\(whole file\)"):
        load_catalogue(declared_copy)
