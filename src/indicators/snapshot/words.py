"""Looking up the words of a column of few words in many rows: each word is asked for once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd


def map_words(column: pd.Series, find: Callable[[str], Any], missing: Any) -> np.ndarray:
    """What ``find`` gives of each row's word, and ``missing`` where a row has none. Shape (rows,)."""
    words = column.astype("category").cat
    return np.array([*map(find, words.categories), missing])[words.codes.to_numpy()]
