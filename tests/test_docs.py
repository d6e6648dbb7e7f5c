"""The documentation says what there is: its examples are run, its files and names are looked up."""

import re
import shlex
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import openpyxl
import pytest
from click.testing import CliRunner

from indicators.analyst.lab import copy_notebooks
from indicators.catalogue import load_catalogue
from indicators.catalogue.plan import load_plan
from indicators.catalogue.sections import load_sections
from indicators.cli import main
from indicators.config import SETTINGS_FILE, load_settings
from indicators.report.own import check_sections

ROOT = Path(__file__).parents[1]


# --- what the documentation shows -------------------------------------------------------------------


def _blocks(page, kind):
    """The code blocks of a page that are of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)


def test_the_example_of_a_plan_holds(tmp_path, catalogue):
    """The settings lead to the plan of the guide, and the plan is accepted."""
    (settings,) = _blocks("ohjeet/seuranta.md", "toml")
    (plan,) = _blocks("ohjeet/seuranta.md", "yaml")
    (tmp_path / SETTINGS_FILE).write_text(settings, "utf-8")
    (tmp_path / "yhdyspintasuunnitelma.yaml").write_text(plan, "utf-8")
    assert [item.id for item in load_plan(catalogue, load_settings({}, tmp_path)).measures] == [
        "tyollisyys-1"
    ]


@pytest.mark.parametrize("page", ["ohjeet/oma-mittari.md", "ohjeet/toinen-alue.md"])
def test_the_examples_of_an_overlay_hold(page, tmp_path):
    """The files of the guide, laid over the package's, make a whole catalogue."""
    for block in _blocks(page, "yaml"):
        named = re.match(r"# oma/(\w+)\.yaml", block)
        name = named.group(1) if named else "indicators" if "\nindicators:" in f"\n{block}" else "agreement"
        (tmp_path / f"{name}.yaml").write_text(block, "utf-8")
    assert len(list(tmp_path.iterdir())) >= 2
    assert load_catalogue(overlay=tmp_path).goals


def test_the_examples_of_own_indicators_hold(tmp_path, monkeypatch):
    """Each ``new-indicator`` of the guide is accepted, one after another in the same folder."""
    monkeypatch.chdir(tmp_path)
    _write_own_table(tmp_path)
    text = (ROOT / "docs" / "ohjeet" / "oma-mittari.md").read_text("utf-8").replace("\\\n", " ")
    commands = re.findall(r"^yhdyspinta (new-indicator .*)$", text, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        done = CliRunner().invoke(main, shlex.split(command))
        assert done.exit_code == 0, (command, done.output)


def _write_own_table(folder):
    """The tables of the guide's examples: as CSV, and with a heading of its own as Excel."""
    (table,) = re.findall(
        r"```\n(alue;.*?)```", (ROOT / "docs/ohjeet/oma-mittari.md").read_text("utf-8"), re.S
    )
    (folder / "ladut.csv").write_text(table, "utf-8")
    book = openpyxl.Workbook()
    for row in (["Kunta", "Vuosi", "Latuja, km"], ["Viitasaari", 2024, 12.5]):
        book.active.append(row)
    book.save(folder / "omat luvut.xlsx")


def test_the_code_of_the_tutorial_runs():
    """Every line of the tutorial's code gives something to see."""
    (code,) = _blocks("aloitus.md", "python")
    names = {}
    exec(code.partition("\n")[0], names)
    lines = [line for line in code.splitlines() if line.startswith("yt.")]
    assert len(lines) == 4
    assert all(eval(line, names)._repr_html_() for line in lines)


@pytest.mark.slow
def test_every_recipe_works(tmp_path, monkeypatch):
    """Its Python in one notebook after another, its commands as they stand; each leaves what it promises."""
    monkeypatch.chdir(tmp_path)
    _write_own_table(tmp_path)
    text = (ROOT / "docs" / "ohjeet" / "reseptit.md").read_text("utf-8")
    recipes = re.split(r"^## \d+\. ", text, flags=re.MULTILINE)[1:]
    assert len(recipes) == 12
    matplotlib.use("Agg")
    names = {}
    exec("import indicators as yt", names)
    assert list(copy_notebooks(tmp_path / "muistikirjat"))
    for recipe in recipes:
        for code in re.findall(r"```python\n(.*?)```", recipe, re.DOTALL):
            exec(code, names)
        for command in re.findall(r"^yhdyspinta (.*)$", recipe, re.MULTILINE):
            done = CliRunner().invoke(main, shlex.split(command))
            assert done.exit_code == 0, (command, done.output)
    files = {path.name for path in tmp_path.rglob("*.*")}
    assert files >= {"kuvio.png", "valmis-kuvio.png", "luvut.xlsx", "indicators.yaml"}
    assert files >= {f"931-viitasaari.{end}" for end in ("sv.html", "en.html", "fi.pdf")}
    plt.close("all")


def test_the_example_of_a_section_holds(tmp_path, catalogue):
    """The settings' folder and the text of the recipe make a section that a report may hold."""
    (text,) = _blocks("ohjeet/reseptit.md", "markdown")
    (tmp_path / "oma" / "osiot").mkdir(parents=True)
    (tmp_path / "oma" / "osiot" / "ladut.md").write_text(text, "utf-8")
    (line,) = re.findall(r"`(sections = .*?)`", (ROOT / "docs/ohjeet/reseptit.md").read_text("utf-8"))
    (tmp_path / SETTINGS_FILE).write_text(line, "utf-8")
    sections = load_sections(catalogue, load_settings({}, tmp_path))
    check_sections(sections)
    assert [item.title for item in sections.select("931", "fi")] == ["Ladut ja liikunta"]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_files_that_the_front_pages_name_are_there(name):
    """Links, pictures and files in code quotes lead to something."""
    text = (ROOT / name).read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if not link.startswith("https:")]
    quoted = re.findall(r"`(\w+/[\w./-]*|\w+\.(?:py|yaml))`", text)
    places = (ROOT, ROOT / "src" / "indicators")
    made = ("reports/latest", "dist/", "yhdyspinta/", ".venv/", "site/")
    named = [path for path in (*links, *quoted) if not path.startswith(made)]
    assert [path for path in named if not any((at / path).exists() for at in places)] == []
    assert "![](" not in text, "a picture needs its words"


def test_the_readme_says_how_current_the_figures_are(bundled, catalogue):
    """How many indicators have figures in the package, and until when."""
    shown = bundled.observations.dropna(subset="value")
    ends = shown.groupby("indicator_id", observed=True)["year"].max()
    new, old = (ends >= 2024).sum(), (ends <= 2012).sum()
    told = (
        f"Of {len(catalogue.indicators)} declared indicators {len(ends)} have figures in the package: {new} "
        f"reach 2024-{ends.max()}, {len(ends) - new - old} end in 2017-2023, and {old} in {ends.min()}-2012."
    )
    assert told in " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert ends[(ends > 2012) & (ends < 2024)].min() == 2017


def test_the_way_of_one_figure_leads_through_what_there_is(assessment):
    """Files and functions that the architecture names are there, and the figure is what it says."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    package = ROOT / "src" / "indicators"
    files = [package / name for name in re.findall(r"`((?!src/|tests/)[\w/]+\.py)`", text)]
    assert [path for path in files if not path.is_file()] == []
    defined = {
        name
        for path in files
        for name in re.findall(r"^ *(?:def|class) (\w+)", path.read_text("utf-8"), re.M)
    }
    named = set(re.findall(r"(\w+)\(\)`", text))
    assert len(named) > 15
    assert named - defined == set()
    row = assessment.of_area("931").set_index("indicator_id").loc["statfin:offences_property_iccs"]
    assert f"{row['count']:.0f} offences among {row['denominator']:,.0f} people" in text
    assert f"{row['value']:.1f} property offences" in text
    assert f"{row['region_value']:.1f}, marked as\n{row['region_origin']}" in text
    assert f'`rest_verdict` "{row["rest_verdict"]}"' in text


def test_every_room_has_its_line():
    """The table of rooms names each file and folder of the package."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rooms = [path for path in (ROOT / "src" / "indicators").glob("[!_.]*") if path.name != "py.typed"]
    assert [p.name for p in rooms if f"`{p.name}{'/' if p.is_dir() else ''}`" not in text] == []
