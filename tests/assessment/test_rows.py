"""An area's rows and years as records: the table's values, None where one is missing."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from indicators.assessment.columns import ASSESSMENT_COLUMNS, COLUMNS, Row, empty_columns
from indicators.errors import UnknownAreaError


@pytest.mark.parametrize("code", ["931", "MK13", "SSS"])
def test_records_are_the_tables_rows(code, assessment):
    """Every field equals its cell, row by row; a missing number is None, a whole one an int."""
    table = assessment.of_area(code)
    rows = assessment.rows(code)
    for name in ASSESSMENT_COLUMNS:
        cells = [None if pd.isna(cell) else cell for cell in table[name].tolist()]
        assert [getattr(row, name) for row in rows] == cells, name
    kinds = {column.name: column.kind for column in COLUMNS}
    assert all(isinstance(getattr(row, name), kind) for row in rows for name, kind in kinds.items())


def test_rows_are_made_once(assessment):
    """Whoever asks for an area's rows gets the same records."""
    assert assessment.rows("931") is assessment.rows("931")


def test_an_unknown_area_has_no_rows(assessment):
    """A code that is not there is an error, not an area without indicators."""
    with pytest.raises(UnknownAreaError, match="999"):
        assessment.rows("999")


def test_a_record_cannot_be_changed(assessment):
    """Rows are shared by all that read them."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        assessment.rows("931")[0].value = 1.0


def test_an_empty_column_is_of_its_kind():
    """What the snapshot knows nothing of is missing, false, none, or a word of its column."""
    empty = empty_columns(2)
    assert list(empty) == [field.name for field in dataclasses.fields(Row)]
    assert np.isnan(empty["value"]).all()
    assert not empty["is_old"].any()
    assert list(empty["rest_verdict"]) == ["not_assessed"] * 2
    assert list(empty["status_note"]) == ["not_in_snapshot"] * 2
