"""How old a push address may be: the push service calls one stale after a month, and over after 270 days."""

from enum import StrEnum
from typing import Final

STALE_DAYS: Final = 30
EXPIRED_DAYS: Final = 270


class Age(StrEnum):
    """How long ago the app was last heard of at an address."""

    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"
