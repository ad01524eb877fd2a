"""Everybody on the staff as a table."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.access import StaffRole
from bee.staff import StaffMember
from bee.ui.sheet import ROW_HEIGHT
from bee.ui.tables import pressed_row
from bee.ui.words import counted

EDIT: Final = ":material/edit: Change"


def staff_words(everybody: Sequence[StaffMember]) -> str:
    """Return how many people there are, and how many of them are invited or revoked."""
    invited = sum(member.is_invited and member.is_active for member in everybody)
    revoked = sum(not member.is_active for member in everybody)
    more = [f"{number:,} {word}" for number, word in ((invited, "invited"), (revoked, "revoked")) if number]
    return " · ".join([counted(len(everybody), "person", "people"), *more])


def staff_table(everybody: Sequence[StaffMember], *, key: str) -> StaffMember | None:
    """Draw the table and return the person whose row's button was pressed."""
    rows = pd.DataFrame(
        {
            "name": [member.full_name for member in everybody],
            "email": [member.email for member in everybody],
            "roles": [sorted(member.roles) for member in everybody],
            "access": [access_words(member) for member in everybody],
            "members": [member.members for member in everybody],
            "seen": [member.last_seen_at for member in everybody],
            "action": [[EDIT] for _ in everybody],
        }
    )
    columns = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        placeholder="–",
        alt="Everybody on the staff, active ones first",
        column_config={
            "name": columns.TextColumn("Name", width=150),
            "email": columns.TextColumn("E-mail address", width="medium"),
            "roles": columns.MultiselectColumn(
                "Roles", options=[str(role) for role in StaffRole], width="medium"
            ),
            "access": columns.TextColumn("Access", width=90),
            "members": columns.NumberColumn("Members", format="localized", width=90),
            "seen": columns.DatetimeColumn("Last seen", format="distance", width=130),
            "action": columns.ButtonColumn("Action", key=key, width=120),
        },
    )
    return pressed_row(key, everybody)


def access_words(member: StaffMember) -> str:
    """Return how things stand with somebody's access."""
    if not member.is_active:
        return "Revoked"
    if member.is_invited:
        return "Invited"
    return "Demo" if member.is_demo else "Active"
