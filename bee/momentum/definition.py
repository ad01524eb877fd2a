"""What a momentum score is made of, as data: a definition is named, immutable, and stamped on every score."""

import json
import math
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bee.errors import Invalid, NotFound

DEFINITIONS_FOLDER = Path(__file__).with_name("definitions")

Points = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]


class Definition(BaseModel):
    """Weights, caps, half-life and thresholds. Shares and weights are plain numbers, thresholds are points.

    ``most_per_type``: how many events of a type count on a day. ``rising_until`` and ``needs_care_until``: how
    far the final may fall, or has to rise, before somebody leaves the state of the day before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")
    weights: dict[str, Points]
    aliases: dict[str, str]
    unknown_weight: Points
    most_per_type: int = Field(ge=1)
    most_per_day: Points
    history_days: int = Field(ge=1, le=365)
    half_life_days: float = Field(gt=0, allow_inf_nan=False)
    raw_share: float = Field(ge=0, le=1)
    average_share: float = Field(ge=0, le=1)
    rising_from: Points
    steady_from: Points
    rising_until: Points
    needs_care_until: Points

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        unknown = sorted(set(self.aliases.values()) - set(self.weights))
        if unknown:
            raise ValueError(f"aliases name types without a weight: {', '.join(unknown)}")
        if not math.isclose(self.raw_share + self.average_share, 1):
            raise ValueError("raw_share and average_share have to add up to 1")
        if not self.steady_from <= self.needs_care_until <= self.rising_until <= self.rising_from:
            raise ValueError("steady_from, needs_care_until, rising_until and rising_from have to rise")
        return self

    @cached_property
    def day_weights(self) -> tuple[float, ...]:
        """The weight of the day d days back, at index d; the day itself, at 0, weighs 1."""
        return tuple(math.exp(-math.log(2) / self.half_life_days * d) for d in range(self.history_days + 1))

    @cached_property
    def weight_sums(self) -> tuple[float, ...]:
        """At index k the weights of the day itself and of k days before it, added in that order."""
        sums = [1.0]
        for weight in self.day_weights[1:]:
            sums.append(sums[-1] + weight)
        return tuple(sums)

    def canonical_type(self, event_type: str) -> str:
        """Return the type that an event counts as."""
        return self.aliases.get(event_type, event_type)

    def weight(self, canonical_type: str) -> float:
        """Return the points of one event; a type that the definition does not know has a weight as well."""
        return self.weights.get(canonical_type, self.unknown_weight)


def parse_definition(text: str) -> Definition:
    """Return the definition that a JSON text describes. Raises :class:`Invalid` with every fault."""
    try:
        return Definition.model_validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Invalid("definition", f"This is no score definition: {faults}.") from error


def shipped_definitions() -> dict[str, Definition]:
    """Return the definitions that come with the program, by name."""
    found = [parse_definition(path.read_text(encoding="utf-8")) for path in DEFINITIONS_FOLDER.glob("*.json")]
    return {definition.name: definition for definition in sorted(found, key=lambda found: found.name)}


def shipped_definition(name: str) -> Definition:
    """Return a definition that comes with the program. Raises :class:`NotFound`."""
    definitions = shipped_definitions()
    if name not in definitions:
        raise NotFound(
            "no_definition", f"There is no definition {name!r}; there are {', '.join(definitions)}."
        )
    return definitions[name]


def definition_spec(definition: Definition) -> str:
    """Return a definition as the JSON text that is stored."""
    return json.dumps(definition.model_dump(), sort_keys=True)
