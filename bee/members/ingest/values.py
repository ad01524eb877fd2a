"""Values of cells: a text, an id, a day, a zone, or the reason why it is none."""

import math
import re
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bee.zones import ZONES

KEY_LENGTH: Final = 200
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Refused(ValueError):
    """A value that makes its row useless; the message is the reason."""


def is_empty(value: object) -> bool:
    """Return whether a cell says nothing."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def as_text(value: object, name: str, longest: int) -> str:
    """Return a cell as a text of one line. Raises :class:`Refused`."""
    if is_empty(value):
        raise Refused(f"{name} is missing")
    if not isinstance(value, str | int | UUID) or isinstance(value, bool):
        raise Refused(f"{name} is no text")
    text = str(value).strip()
    if not text:
        raise Refused(f"{name} is missing")
    if len(text) > longest:
        raise Refused(f"{name} has {len(text)} characters, more than {longest}")
    if CONTROL.search(text):
        raise Refused(f"{name} holds a control character")
    return text


def as_uuid(value: object, name: str) -> UUID:
    """Return a cell as an id: text, or the 16 bytes of Parquet. Raises :class:`Refused`."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(bytes=value) if isinstance(value, bytes) else UUID(str(value).strip())
    except ValueError:
        raise Refused(f"{name} {quoted(value)} is no UUID") from None


def as_date(value: object, name: str) -> date:
    """Return a cell as a day. Raises :class:`Refused`."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise Refused(f"{name} {quoted(value)} is no ISO 8601 date") from None


def as_zone(value: object) -> ZoneInfo:
    """Return a cell as a zone. Raises :class:`Refused`."""
    if not isinstance(value, str) or value.strip() not in ZONES:
        raise Refused(f"time_zone {quoted(value)} is unknown; an IANA name such as Europe/London is wanted")
    return ZoneInfo(value.strip())


def quoted(value: object) -> str:
    """Return a value for a sentence, shortened."""
    text = str(value)
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
