"""A table as every page draws it: as high as its rows, and no higher than fits beside the rest of the page."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

HEAD_HEIGHT: Final = 37
ROW_HEIGHT: Final = 40
ROWS_SHOWN: Final = 10


def sheet(
    table: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    alt: str,
    most: int = ROWS_SHOWN,
    placeholder: str | None = None,
) -> None:
    """Draw a table.

    ``columns``: how each is shown, None for one that is not. ``alt``: what it shows, for whoever hears it.
    ``most``: rows at once; the others are scrolled to. ``placeholder``: what stands where there is nothing.
    """
    st.dataframe(
        table,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=HEAD_HEIGHT + ROW_HEIGHT * min(max(len(table), 1), most),
        placeholder=placeholder,
        alt=alt,
        column_config=columns,
    )
