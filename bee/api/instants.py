"""Moments as clients write them: a date, a time and a zone. A bare number may be seconds or milliseconds."""

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _written_out(value: object) -> object:
    if isinstance(value, int | float) or (isinstance(value, str) and not value[4:5] == "-"):
        raise ValueError("a moment is written like 2026-11-23T18:20:00+01:00")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
