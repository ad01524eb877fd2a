"""Moments and days as clients write them. A bare number may be seconds or milliseconds, so it is neither."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _written_like(example: str) -> Callable[[object], object]:
    def check(value: object) -> object:
        if isinstance(value, int | float) or (isinstance(value, str) and not value[4:5] == "-"):
            raise ValueError(f"it is written like {example}")
        return value

    return check


Instant = Annotated[AwareDatetime, BeforeValidator(_written_like("2026-11-23T18:20:00+01:00"))]
Day = Annotated[date, BeforeValidator(_written_like("2026-11-23"))]
