"""Sections of one's own are read from one folder; what is wrong with a file is told with its name."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from indicators.catalogue.sections import load_sections
from indicators.config import Settings
from indicators.errors import CatalogueError

HEAD = "---\nafter: 1.2\ntitle: Ladut\n---\n"


def _load(catalogue, folder):
    return load_sections(catalogue, Settings(sections=str(folder)))


def test_a_text_and_a_notebook_are_sections(catalogue, tmp_path):
    """In name order; without areas they are for all municipalities of the agreement, in Finnish."""
    (tmp_path / "b.md").write_text(f"{HEAD}Hyvin.\n", "utf-8")
    cells = [new_markdown_cell(HEAD + "Luvut:"), new_code_cell("1")]
    nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
    (tmp_path / "c.md").write_text(
        "---\nafter: 4.3\ntitle: X\nareas: [077, Luhanka]\nlanguage: sv\n---\nx", "utf-8"
    )
    (tmp_path / "kuva.png").write_bytes(b"png")
    found = _load(catalogue, tmp_path)
    assert [item.path.name for item in found.items] == ["a.ipynb", "b.md", "c.md"]
    notebook, text, swedish = found.items
    assert [cell["source"] for cell in notebook.cells] == ["Luvut:\n", "1"]
    assert (text.after, text.title, len(text.areas), text.pictures) == (
        "1.2",
        "Ladut",
        22,
        {"kuva.png": b"png"},
    )
    assert swedish.areas == {"077", "435"}
    assert [item.path.name for item in found.select("435", "sv")] == ["c.md"]


def test_every_byte_of_the_folder_counts(catalogue, tmp_path):
    """Text and pictures are hashed, by name and content; without a folder there is no hash."""
    hashes = {load_sections(catalogue, Settings()).sha256}
    for name, content in (("a.md", HEAD), ("a.md", f"{HEAD}."), ("b.png", "1"), ("b.png", "2")):
        (tmp_path / name).write_text(content, "utf-8")
        hashes.add(_load(catalogue, tmp_path).sha256)
    assert len(hashes) == 5
    assert "" in hashes


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.md", b"Ladut ovat kunnossa.", "names no goal and no title; begin it with lines such as"),
        ("a.md", b"---\nafter: [\n---\n", "is not YAML"),
        ("a.md", b"---\nafter: 1.2\n---\n", "title: Field required; known are after, title, areas, language"),
        ("a.md", b"---\nafter: 1.2\ntitle: x\narea: 931\n---\n", "area: Extra inputs are not permitted"),
        ("a.md", b"---\nafter: 9.9\ntitle: x\n---\n", "'9.9' is not declared; declared are 1.1, 1.2"),
        ("a.md", b"---\nafter: 1.2\ntitle: x\nareas: [Viitasaar]\n---\n", "Did you mean: Viitasaari"),
        (
            "a.md",
            b"---\nafter: 1.2\ntitle: x\nlanguage: de\n---\n",
            "language: Input should be 'fi', 'sv' or 'en'",
        ),
        ("a.md", b"\xff\xfe", "is not UTF-8"),
        ("a.ipynb", b"{}", "is no notebook that can be read"),
        ("a.docx", b"x", "is no section and no picture; expected a name that ends in one of .md, .ipynb"),
    ],
)
def test_what_is_no_section_is_told(catalogue, tmp_path, name, content, told):
    """One message with the file's name, what was found and what was expected."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CatalogueError) as raised:
        _load(catalogue, tmp_path)
    assert told in str(raised.value)
    assert name in str(raised.value)


def test_a_missing_folder_or_an_unreadable_file_is_told(catalogue, tmp_path):
    """The setting's name is told with the folder."""
    with pytest.raises(CatalogueError, match=r"there is no such folder; see 'sections' in yhdyspinta\.toml"):
        _load(catalogue, tmp_path / "osiot")
    (tmp_path / "a.md").mkdir()
    with pytest.raises(CatalogueError, match=r"a\.md: sections: cannot be read: Is a directory"):
        _load(catalogue, tmp_path)
