"""The IANA zones that a member can live in, read once."""

from typing import Final
from zoneinfo import available_timezones

# Only names with a place: abbreviations such as EST have no daylight-saving rules. The table has the same rule.
ZONES: Final = frozenset(name for name in available_timezones() if "/" in name or name == "UTC")
