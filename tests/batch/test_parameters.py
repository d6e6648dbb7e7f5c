"""Parameters are refused before anything runs, not passed over with a warning."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from indicators.batch.parameters import check_parameters
from indicators.config import find_notebook
from indicators.edition.plan import NOTEBOOKS, plan_reports
from indicators.edition.records import Job
from indicators.errors import ParameterError

RIGHT = {"area": "931", "language": "fi", "snapshot": "bundled", "edition": "2026-11-24-abc"}
LINES = 'area: str = "931"\nlanguage: str = "fi"\nsnapshot: str = "bundled"\nedition: str = ""'


@pytest.fixture
def notebook():
    """The municipal notebook."""
    return find_notebook(NOTEBOOKS["kunta"])


@pytest.fixture
def make_notebook(tmp_path):
    """Writes a notebook with one cell."""

    def make_notebook(source, tags=("parameters",)):
        cell = new_code_cell(source, metadata={"tags": list(tags)})
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        path = tmp_path / "testi.ipynb"
        nbformat.write(new_notebook(cells=[cell], metadata=kernel), path)
        return path

    return make_notebook


@pytest.mark.parametrize("change", [{}, {"area": "077"}, {"language": "sv"}, {"edition": ""}])
def test_right_parameters_pass(change, notebook):
    """Parameters of the right names and types are accepted without a word."""
    assert check_parameters(notebook, RIGHT | change) is None


def test_parameters_of_a_job_pass(notebook, catalogue):
    """What a planned job gives to its notebook is accepted."""
    for task in plan_reports(catalogue, ["077", "Äänekoski"], ("fi", "sv", "en")):
        assert check_parameters(notebook, dict(Job(task, "bundled", "e").parameters)) is None


def test_every_planned_report_has_parameters_that_its_notebook_takes(catalogue):
    """Areas, forums and parties: each job's parameters are accepted by the notebook of its kind."""
    for task in plan_reports(catalogue):
        job = Job(task, "bundled", "e")
        assert check_parameters(job.path, dict(job.parameters), task.kind) is None


@pytest.mark.parametrize("area", ["KS-Turva", "", "../ks-turva", "ks turva", 931, "ks-turva\n"])
def test_id_of_another_form_is_refused(area):
    """A forum's id is small letters, digits and hyphens."""
    with pytest.raises(ParameterError, match="parameter area: found"):
        check_parameters(find_notebook(NOTEBOOKS["foorumi"]), RIGHT | {"area": area}, "foorumi")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kunta": "931"}, r"parameter kunta: found '931'; expected area, language, snapshot, edition"),
        ({"Area": "931"}, r"parameter Area: found '931'; expected area, language"),
        ({"area": 77}, r"parameter area: found 77; expected Input should be a valid string"),
        ({"area": 931}, r"parameter area: found 931; expected Input should be a valid string"),
        ({"area": "77"}, r"parameter area: found '77'; expected .*pattern"),
        ({"area": "Viitasaari"}, r"parameter area: found 'Viitasaari'"),
        ({"area": ""}, r"parameter area: found ''"),
        ({"area": None}, r"parameter area: found None"),
        ({"area": "931\n"}, r"parameter area: found '931\\n'"),
        ({"language": "se"}, r"parameter language: found 'se'; expected Input should be 'fi', 'sv' or 'en'"),
        ({"language": "FI"}, r"parameter language: found 'FI'"),
        ({"snapshot": ""}, r"parameter snapshot: found ''"),
        ({"edition": 1}, r"parameter edition: found 1"),
    ],
)
def test_wrong_parameter_is_refused(change, message, notebook):
    """A wrong name, type or value is told with what was found and what is expected."""
    with pytest.raises(ParameterError, match=message):
        check_parameters(notebook, RIGHT | change)


@pytest.mark.parametrize("name", RIGHT)
def test_missing_parameter_is_refused(name, notebook):
    """A parameter left out would leave the notebook's default; it is refused."""
    with pytest.raises(ParameterError, match=f"parameter {name}: .*Field required"):
        check_parameters(notebook, {key: value for key, value in RIGHT.items() if key != name})


def test_notebook_with_the_agreed_cell_passes(make_notebook):
    """A notebook whose parameters cell has the agreed names is accepted."""
    assert check_parameters(make_notebook(LINES), RIGHT) is None


def test_notebook_without_parameters_cell_is_refused(make_notebook):
    """A notebook without a tagged cell would ignore every parameter; it is refused."""
    with pytest.raises(ParameterError, match=r"parameters cell of testi\.ipynb: found 'no parameters'"):
        check_parameters(make_notebook(LINES, tags=()), RIGHT)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (LINES.replace("area:", "kunta:"), "edition, kunta, language, snapshot"),
        (LINES + '\ncolour: str = "red"', "area, colour, edition, language, snapshot"),
        (LINES.partition("\n")[2], "edition, language, snapshot"),
    ],
    ids=["renamed", "one more", "one less"],
)
def test_notebook_with_other_parameters_is_refused(lines, found, make_notebook):
    """A notebook that declares other parameters than the agreed ones is refused with what it declares."""
    with pytest.raises(ParameterError, match=rf"found '{found}'; expected exactly area, edition, language"):
        check_parameters(make_notebook(lines), RIGHT)
