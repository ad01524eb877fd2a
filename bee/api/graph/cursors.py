"""Places in a collection (pure): what the rows are ordered by, and the id of the row that stands there."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bee.errors import Invalid

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which row a page begins; the first page begins behind none."""

    at: date | None = None
    id: UUID | None = None


def cursor_of(at: date, row_id: UUID) -> str:
    """Return the cursor of a row."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(row_id)]).encode()).decode()


def place_of(cursor: str | None, kind: type[date]) -> Place:
    """Return the place that a cursor names. ``kind``: what its collection is ordered by.

    Raises :class:`Invalid`.
    """
    if cursor is None:
        return Place()
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(cursor[:LONGEST].encode()))
        place = Place(kind.fromisoformat(at), UUID(row_id))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("bad_cursor", "That is no cursor of this collection.") from error
    if isinstance(place.at, datetime) and place.at.tzinfo is None:
        raise Invalid("bad_cursor", "That is no cursor of this collection.")
    return place
