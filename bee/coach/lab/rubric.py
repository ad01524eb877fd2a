"""What an answer is scored by: criteria that it meets or not, each worth points or costing some (pure)."""

import json
from collections.abc import Collection, Sequence
from importlib.resources import files
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from bee.coach.text import cleaned
from bee.errors import Invalid

MOST_CRITERIA: Final = 20

Words = Annotated[str, BeforeValidator(lambda value: cleaned(value) if isinstance(value, str) else value)]


class Criterion(BaseModel):
    """Something that an answer does. ``points``: less than none for what it had better not do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    criterion: Annotated[Words, Field(min_length=1, max_length=200)]
    points: Annotated[int, Field(strict=True, ge=-10, le=10)]
    tags: tuple[Annotated[Words, Field(min_length=1, max_length=40)], ...] = Field(default=(), max_length=10)


class _Rubric(BaseModel):
    criteria: tuple[Criterion, ...] = Field(max_length=MOST_CRITERIA)

    @model_validator(mode="after")
    def _can_be_scored(self) -> Self:
        said = [criterion.criterion for criterion in self.criteria]
        if len(set(said)) < len(said):
            raise ValueError("a criterion stands there twice")
        if any(criterion.points == 0 for criterion in self.criteria):
            raise ValueError("a criterion is worth points, or costs some")
        if self.criteria and not any(criterion.points > 0 for criterion in self.criteria):
            raise ValueError("at least one criterion has to be worth points")
        return self


_ROWS: Final = TypeAdapter(list[dict[str, object]])


def parse_rubric(text: str) -> tuple[Criterion, ...]:
    """Return the criteria of a JSON list. Raises :class:`Invalid` with every fault."""
    try:
        return _Rubric.model_validate({"criteria": _ROWS.validate_json(text)}).criteria
    except ValidationError as error:
        faults = "; ".join(
            f"{' '.join(map(str, fault['loc'])) or 'rubric'}: {fault['msg']}" for fault in error.errors()
        )
        raise Invalid("rubric", f"This is no rubric: {faults}.") from error


def rubric_text(rubric: Sequence[Criterion]) -> str:
    """Return the one JSON text of a rubric, which is stored."""
    return json.dumps([criterion.model_dump(mode="json") for criterion in rubric], ensure_ascii=False)


def shipped_rubric() -> tuple[Criterion, ...]:
    """Return the rubric that comes with the program."""
    return parse_rubric((files(__package__) / "rubric.json").read_text(encoding="utf-8"))


def rubric_score(rubric: Sequence[Criterion], met: Collection[int]) -> float | None:
    """Return the score of an answer, 0–1: points met over all that can be won, clipped; None without criteria.

    ``met``: places in the rubric, from 0. Source: HealthBench (Arora et al. 2025), section 4.
    """
    most = sum(max(criterion.points, 0) for criterion in rubric)
    if not most:
        return None
    reached = sum(criterion.points for place, criterion in enumerate(rubric) if place in met)
    return min(max(reached / most, 0.0), 1.0)
