"""Parameters of notebooks, checked before anything runs.

papermill only logs a warning about a parameter that the notebook does not have, and then makes the default
municipality's report; it also turns ``077`` into the number 77. So names, types and values are checked here
against both a schema and the notebook itself.
"""

from pathlib import Path
from typing import Annotated

import papermill as pm
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from indicators.errors import ParameterError
from indicators.model import Language


class MunicipalParameters(BaseModel):
    """Parameters of the municipal notebook; all are text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    area: Annotated[str, Field(pattern=r"^\d{3}$")]
    language: Language
    snapshot: Annotated[str, Field(min_length=1)]
    edition: str


def check_parameters(notebook: Path, parameters: dict[str, object]) -> None:
    """Refuse parameters that the notebook would not take as meant.

    Raises
    ------
    ParameterError
        A name, type or value is not the schema's, or the notebook declares other parameters.
    """
    try:
        MunicipalParameters.model_validate(parameters)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        expected = (
            ", ".join(MunicipalParameters.model_fields)
            if first["type"] == "extra_forbidden"
            else first["msg"]
        )
        raise ParameterError(f"parameter {name}", first["input"], expected) from error
    declared = set(pm.inspect_notebook(str(notebook)))
    if declared != set(MunicipalParameters.model_fields):
        raise ParameterError(
            f"parameters cell of {notebook.name}",
            ", ".join(sorted(declared)) or "no parameters",
            f"exactly {', '.join(sorted(MunicipalParameters.model_fields))}",
        )
