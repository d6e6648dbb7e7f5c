"""A writable copy of the notebooks, and a server that is open to nobody else."""

import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from indicators.analyst.lab import copy_notebooks, lab_command
from indicators.cli import main
from indicators.config import find_notebook
from indicators.errors import OutputError


def test_notebooks_are_copied_and_never_overwritten(tmp_path):
    """The second time nothing changes, whatever the user has written."""
    names = {path.name: is_new for path, is_new in copy_notebooks(tmp_path / "omat")}
    assert set(names.values()) == {True}
    assert {"tutkimus.ipynb", "kuntaraportti.ipynb", "alueraportti.ipynb"} <= set(names)
    mine = tmp_path / "omat" / "tutkimus.ipynb"
    mine.write_text("mine", "utf-8")
    assert not any(is_new for _, is_new in copy_notebooks(tmp_path / "omat"))
    assert mine.read_text("utf-8") == "mine"


def test_the_checkouts_own_notebooks_are_left_alone():
    """A folder that is the source is opened as it is."""
    assert list(copy_notebooks(find_notebook("tutkimus.ipynb").parent)) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    """A file in the way is an output error."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError, match="Name another folder"):
        list(copy_notebooks(tmp_path / "file"))


def test_the_command_copies_without_starting(tmp_path):
    """``--copy-only`` is for those who have a JupyterLab of their own."""
    done = CliRunner().invoke(main, ["lab", str(tmp_path / "omat"), "--copy-only"])
    assert done.exit_code == 0
    assert "tutkimus.ipynb: copied" in done.output


def test_the_server_listens_here_only_and_wants_its_token(tmp_path):
    """Loopback, a token, and the browser only where it is wanted."""
    command = lab_command(tmp_path, 0, opens_browser=False)
    assert "--ServerApp.ip=127.0.0.1" in command
    assert "--no-browser" in command
    assert "--no-browser" not in lab_command(tmp_path, 0, opens_browser=True)
    assert not [word for word in command if "token=" in word], "a command line is seen by all users"


@pytest.mark.slow
def test_the_exploration_runs_without_widgets(tmp_path):
    """Every cell runs and the charts are drawn; with ipywidgets it is run in a browser."""
    notebook = nbformat.read(find_notebook("tutkimus.ipynb"), 4)
    code = "import sys\nsys.modules['ipywidgets'] = None"
    notebook.cells.insert(1, nbformat.v4.new_code_cell(code))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = str([cell.get("outputs") for cell in notebook.cells])
    assert outputs.count("<svg") >= 2
    assert "Valikot puuttuvat" in outputs
