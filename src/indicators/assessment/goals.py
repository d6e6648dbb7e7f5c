"""What one row says beside the others of its goal; no score is made of it and nothing is ranked."""

from typing import Final

from indicators.assessment.columns import Row

#: What one indicator contributes to its goal's row of marks.
MARKS: Final = ("better", "similar", "worse", "background", "position", "unassessed", "no_value")


def find_mark(row: Row) -> str:
    """Mark of one assessment row.

    A quartile position is a position only: it is never counted as better or worse. Where the goal gives no
    direction, the indicator is background whatever the comparison says.
    """
    if row.value is None:
        return "no_value"
    if row.direction == "no_judgement":
        return "background"
    if row.rest_verdict in ("better", "worse", "similar"):
        return row.rest_verdict
    return "position" if row.quartile != "not_assessed" else "unassessed"
