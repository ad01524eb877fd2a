"""Whose days a definition is judged on, as data: what days are counted from, until when, how far apart."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bee.db import ReadSession
from bee.errors import Invalid, NotFound
from bee.momentum.registry import read_spec

POPULATIONS_FOLDER = Path(__file__).with_name("populations")
EVERYBODY = "members"


class Population(BaseModel):
    """Evaluation days are ``every_days``, twice that, … days after the start, through ``last_day`` if there is one.

    ``start_attribute``: the member's attribute with the day to count from; without one, the day they joined.
    ``end_attribute``: the attribute with the day on which it is over for everybody: who leaves then has finished.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")
    start_attribute: str | None = Field(default=None, min_length=1)
    end_attribute: str | None = Field(default=None, min_length=1)
    every_days: int = Field(default=14, ge=1, le=365)
    last_day: int | None = Field(default=None, ge=1, le=36_500)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.last_day is not None and self.last_day < self.every_days:
            raise ValueError("last_day comes before the first evaluation day, which is every_days")
        return self


def parse_population(text: str) -> Population:
    """Return the population that a JSON text describes. Raises :class:`Invalid` with every fault."""
    try:
        return Population.model_validate_json(text)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Invalid("population", f"This is no population: {faults}.") from error


@cache
def shipped_populations() -> dict[str, Population]:
    """Return the populations that come with the program, by name."""
    found = [parse_population(path.read_text(encoding="utf-8")) for path in POPULATIONS_FOLDER.glob("*.json")]
    return {population.name: population for population in sorted(found, key=lambda found: found.name)}


def shipped_population(name: str) -> Population:
    """Return a population that comes with the program. Raises :class:`NotFound`."""
    populations = shipped_populations()
    if name not in populations:
        raise NotFound(
            "no_population", f"There is no population {name!r}; there are {', '.join(populations)}."
        )
    return populations[name]


def fitting_population(session: ReadSession) -> Population:
    """Return the shipped population whose start most members have, else that of everybody since they joined."""
    populations = shipped_populations()
    for population in populations.values():
        attribute = population.start_attribute
        if attribute and session.scalar("momentum/most_have_attribute", attribute=attribute):
            return population
    return populations[EVERYBODY]


def chosen_population(session: ReadSession, text: str | None) -> Population:
    """Return the population that a text names: one shipped, or a ``.json`` file; without text the fitting one."""
    if text is None:
        return fitting_population(session)
    return parse_population(read_spec(Path(text))) if text.endswith(".json") else shipped_population(text)
