"""What an event is called when its source has no ids: the same row of the same source is the same event for
ever.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid5

EVENTS: Final = UUID("8f20a19e-e5f5-43c0-9fd3-3dc43cd21209")
MEMBERS: Final = UUID("02ff35fe-f849-487c-9da7-43d544056b35")


def event_id(
    *, source: str, external_id: str, event_type: str, occurred_at: datetime, metadata: str, occurrence: int
) -> UUID:
    """Return the id of the ``occurrence``-th (from 1) row that says exactly this.

    ``metadata``: as :func:`canonical` writes it. None of the texts holds a line break, so that the parts can't
    run into one another. The staging area computes the same in SQL; a test holds the two together.
    """
    at = occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return uuid5(EVENTS, "\n".join((source, external_id, event_type, at, metadata, str(occurrence))))


def member_id(external_id: str) -> UUID:
    """Return the id that a member gets who comes with an external id only."""
    return uuid5(MEMBERS, external_id)


def canonical(metadata: Mapping[str, object]) -> str:
    """Return the one JSON text of an object: keys sorted, no spaces, no line breaks.

    Raises ValueError for what JSON can't hold, such as not-a-number.
    """
    return json.dumps(metadata, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
