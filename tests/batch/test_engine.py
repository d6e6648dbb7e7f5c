"""The in-process engine gives the outputs that an ordinary kernel gives."""

import nbformat
import papermill as pm
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from indicators.batch.engine import NAME

CELLS = [
    'name: str = "x"',
    "print('one'); print('two')",
    "import sys; print('to stderr', file=sys.stderr)",
    "1 + 1",
    "None",
    "'text' * 2;",
    "from IPython.display import HTML, display\ndisplay(HTML('<b>shown</b>'))\nHTML('<i>result</i>')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "",
    "name",
    "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    "figure, axes = plt.subplots()",
    "plt.plot([2, 1]);",
    "import logging; handler = logging.StreamHandler(); logging.getLogger('x').addHandler(handler)\n"
    "logging.getLogger('x').warning('first')",
    "logging.getLogger('x').warning('kept by its handler')",
]


def _run(path, engine, **parameters):
    return pm.execute_notebook(
        str(path), None, parameters=parameters, engine_name=engine, progress_bar=False, kernel_name="python3"
    )


def _outputs(notebook):
    """Outputs and counts of code cells; a picture's bytes stand by their kind only."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            outputs = [
                output | {"data": sorted(output.data)} if "image/png" in output.get("data", {}) else output
                for output in cell.outputs
            ]
            found.append((cell.source, cell.execution_count, outputs))
    return found


@pytest.fixture
def notebook(tmp_path):
    """A notebook with outputs of every kind."""
    cells = [new_markdown_cell("# words"), *(new_code_cell(source) for source in CELLS)]
    cells[1].metadata["tags"] = ["parameters"]
    node = new_notebook(cells=cells)
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(node, tmp_path / "n.ipynb")
    return tmp_path / "n.ipynb"


@pytest.mark.slow
def test_outputs_of_every_kind_equal_the_kernels(notebook):
    """Streams, results, displays, tables, pictures and counts are the same, cell by cell."""
    assert _outputs(_run(notebook, NAME, name="y")) == _outputs(_run(notebook, None, name="y"))


def test_an_error_stops_the_notebook_and_is_kept(tmp_path):
    """The cell's error is its output, later cells do not run, papermill raises."""
    node = new_notebook(cells=[new_code_cell("1/0"), new_code_cell("print('never')")])
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(node, tmp_path / "n.ipynb")
    with pytest.raises(pm.PapermillExecutionError, match="ZeroDivisionError"):
        pm.execute_notebook(
            str(tmp_path / "n.ipynb"), str(tmp_path / "o.ipynb"), engine_name=NAME, progress_bar=False
        )
    kept = nbformat.read(tmp_path / "o.ipynb", 4)
    errors = [
        output for cell in kept.cells for output in cell.get("outputs", []) if output.output_type == "error"
    ]
    assert [(error.ename, error.evalue) for error in errors] == [("ZeroDivisionError", "division by zero")]
    assert "never" not in str(kept.cells[-1].outputs)


def test_the_engine_is_registered():
    """Papermill finds the engine by its entry point."""
    assert pm.engines.papermill_engines.get_engine(NAME).__name__ == "InProcessEngine"
