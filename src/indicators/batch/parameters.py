"""Parameters of notebooks, checked before anything runs.

papermill only logs a warning about a parameter that the notebook does not have, and then makes the default
municipality's report; it also turns ``077`` into the number 77. So names, types and values are checked here
against both a schema and the notebook itself.
"""

import ast
import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indicators.catalogue.records import Slug
from indicators.edition.plan import FOLLOW_UP_KINDS
from indicators.errors import ParameterError
from indicators.model import Language


class ReportParameters(BaseModel):
    """Parameters of the notebook of an area's report; all are text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    area: Annotated[str, Field(pattern=r"^(\d{3}|MK\d{2})$")]
    language: Language
    snapshot: Annotated[str, Field(min_length=1)]
    edition: str


class FollowUpParameters(ReportParameters):
    """The same of a forum's or a party's report: ``area`` is its id."""

    area: Slug


def check_parameters(notebook: Path, parameters: dict[str, object], kind: str = "kunta") -> None:
    """Refuse parameters that the notebook of a kind of report would not take as meant.

    A ParameterError names what is not the schema's (name, type or value), or what the notebook declares
    otherwise.
    """
    try:
        schema = FollowUpParameters if kind in FOLLOW_UP_KINDS else ReportParameters
        schema.model_validate(parameters)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        expected = (
            ", ".join(ReportParameters.model_fields) if first["type"] == "extra_forbidden" else first["msg"]
        )
        raise ParameterError(f"parameter {name}", first["input"], expected) from error
    declared = _declared(notebook)
    if declared != set(ReportParameters.model_fields):
        raise ParameterError(
            f"parameters cell of {notebook.name}",
            ", ".join(sorted(declared)) or "no parameters",
            f"exactly {', '.join(sorted(ReportParameters.model_fields))}",
        )


def _declared(notebook: Path) -> set[str]:
    """Names that the notebook's parameters cell sets.

    Read without papermill, whose import takes longer than a whole run in which nothing has changed.
    """
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        sources = ["".join(cell["source"]) for cell in tagged if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ParameterError(notebook.name, f"{error}", "a notebook") from error
    try:
        nodes = ast.walk(ast.parse(sources[0] if sources else ""))
    except SyntaxError as error:
        raise ParameterError(f"parameters cell of {notebook.name}", f"{error}", "assignments") from error
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
