"""The tables whose changes are told, and what of a row (data)."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

SCHEMA: Final = "public"


@dataclass(frozen=True, slots=True)
class Published:
    """``columns``: name and type as PostgreSQL calls it. ``keys``: what is told of a row that is gone.

    ``record``: the query that reads one row by the key of a change.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    record: str

    def type_of(self, column: str) -> str | None:
        """Return a column's type, None for one that is not told."""
        return dict(self.columns).get(column)


PUBLISHED: Final = MappingProxyType(
    {
        published.table: published
        for published in (
            Published(
                "daily_engagement_scores",
                (
                    ("id", "uuid"),
                    ("user_id", "uuid"),
                    ("score_date", "date"),
                    ("raw_score", "float8"),
                    ("final_score", "float8"),
                    ("momentum_state", "text"),
                    ("definition", "text"),
                    ("event_count", "int4"),
                    ("is_complete", "bool"),
                    ("calculated_at", "timestamptz"),
                ),
                ("id", "user_id", "score_date"),
                "realtime/score",
            ),
            Published(
                "momentum_notifications",
                (
                    ("id", "uuid"),
                    ("user_id", "uuid"),
                    ("notification_type", "text"),
                    ("trigger_date", "date"),
                    ("title", "text"),
                    ("message", "text"),
                    ("action", "jsonb"),
                    ("sent_at", "timestamptz"),
                ),
                ("id",),
                "realtime/notification",
            ),
        )
    }
)


def value_of(told: Any, type_name: str) -> Any:
    """Return a value of a record or a filter as what it is, to be compared. Raises ValueError."""
    match type_name:
        case "uuid":
            return UUID(told)
        case "date":
            return date.fromisoformat(told)
        case "timestamptz":
            at = datetime.fromisoformat(told)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        case "float8" | "int4":
            return _number(told)
        case "bool":
            return told if isinstance(told, bool) else {"true": True, "false": False}[told]
        case "text":
            return str(told)
    raise ValueError(f"a {type_name} can't be compared")


def _number(told: Any) -> float:
    number = float(told)
    if math.isnan(number):
        raise ValueError("not a number")
    return number
