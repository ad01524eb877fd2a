"""What was promised, as data (pure): each objective with its indicator, target and window."""

import json
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from bee.errors import Invalid, NotFound
from bee.sla.minutes import Area
from bee.sla.sketch import edge_near

SHIPPED: Final = Path(__file__).with_name("objectives.json")


class Indicator(StrEnum):
    """What is counted: requests, as they are judged; or minutes, as they are found."""

    AVAILABILITY = "availability"
    ERRORS = "errors"
    LATENCY = "latency"
    FIRST_BYTE = "first_byte"
    UPTIME = "uptime"
    SCORES = "scores"
    PUSH = "push"
    CRISIS = "crisis"


OF_REQUESTS: Final = (Indicator.AVAILABILITY, Indicator.ERRORS, Indicator.LATENCY, Indicator.FIRST_BYTE)
TIMED: Final = (Indicator.LATENCY, Indicator.FIRST_BYTE, Indicator.PUSH, Indicator.CRISIS)


class Objective(BaseModel):
    """A promise. ``target``: the share of its events that has to be good, over ``window_days`` rolling days.

    ``within_s``: what is good of what is timed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    promise: Annotated[str, Field(min_length=1, max_length=200)]
    indicator: Indicator
    target: Annotated[float, Field(gt=0, lt=1)]
    areas: tuple[Area, ...] = ()
    within_s: Annotated[float, Field(gt=0, le=3600)] | None = None
    window_days: Annotated[int, Field(ge=1, le=90)] = 30

    @property
    def is_of_requests(self) -> bool:
        """Whether its events are requests; minutes otherwise."""
        return self.indicator in OF_REQUESTS

    @property
    def window_minutes(self) -> int:
        """Its window in minutes."""
        return self.window_days * 24 * 60

    @property
    def budget_ratio(self) -> float:
        """The share of its events that may be bad."""
        # One minus 0.99 is a little above 0.01.
        return round(1 - self.target, 12)

    @model_validator(mode="after")
    def _fits_its_indicator(self) -> Self:
        if self.is_of_requests != bool(self.areas):
            raise ValueError("requests have areas, and nothing else has")
        if (self.indicator in TIMED) != (self.within_s is not None):
            raise ValueError("what is timed says within how many seconds, and nothing else does")
        return self


_LIST: Final = TypeAdapter(tuple[Objective, ...])


def parse_objectives(text: str) -> tuple[Objective, ...]:
    """Return objectives from JSON. Raises :class:`Invalid` for what is none, or named twice."""
    return _checked(lambda: _LIST.validate_json(text))


def parse_objectives_of(fields: Sequence[object]) -> tuple[Objective, ...]:
    """Return objectives from values of their fields. Raises as :func:`parse_objectives` does."""
    return _checked(lambda: _LIST.validate_json(json.dumps(fields, default=str)))


def _checked(parse: Callable[[], tuple[Objective, ...]]) -> tuple[Objective, ...]:
    try:
        found = parse()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            "objectives", f"The objectives are not as they have to be: {place}: {first['msg']}"
        ) from error
    if len({objective.id for objective in found}) < len(found):
        raise Invalid("objectives", "Two objectives have the same id.")
    return found


@cache
def objectives() -> tuple[Objective, ...]:
    """Return the objectives in force, in the order in which they are shown."""
    return parse_objectives(SHIPPED.read_text(encoding="utf-8"))


def get_objective(objective_id: str) -> Objective:
    """Return an objective. Raises :class:`NotFound`."""
    for objective in objectives():
        if objective.id == objective_id:
            return objective
    raise NotFound("no_objective", f"There is no objective {objective_id!r}.")


def as_asked(asked: Sequence[Objective]) -> str:
    """Return the objectives of requests as the JSON that ``sla/judge_minutes`` takes."""
    return json.dumps(
        [
            {
                "objective": objective.id,
                "areas": list(objective.areas),
                "indicator": objective.indicator,
                "bucket": None if objective.within_s is None else edge_near(objective.within_s),
            }
            for objective in asked
            if objective.is_of_requests
        ]
    )
