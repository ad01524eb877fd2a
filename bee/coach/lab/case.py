"""A case: a moment made up or taken, to which every version of a prompt is asked for an answer (pure)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID, uuid5

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bee.coach.offline import Memory, Moment, Momentum, Said
from bee.coach.safety import Category
from bee.coach.text import cleaned
from bee.errors import Invalid

MOST_TURNS: Final = 10
MOST_MEMORIES: Final = 50
MOST_TAGS: Final = 10


class CaseKind(StrEnum):
    """What a case is there to show."""

    ORDINARY = "ordinary"
    CRISIS = "crisis"
    NEAR_MISS = "near_miss"
    HOSTILE = "hostile"
    INJECTION = "injection"
    DIAGNOSIS = "diagnosis"
    THIRD_PERSON = "third_person"


class Source(StrEnum):
    """Where a case comes from."""

    PROGRAM = "program"
    WRITTEN = "written"
    CONVERSATION = "conversation"


def _storable(value: object) -> object:
    return cleaned(value) if isinstance(value, str) else value


def _line(most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most)


CLEANED: Final = BeforeValidator(_storable)


class Turn(BaseModel):
    """Something that was said before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["member", "coach"]
    body: Annotated[str, _line(2000), CLEANED]


class CaseBody(BaseModel):
    """What a case says. ``category``: of a crisis; ``recent``: oldest first; ``state``: None without a score."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Annotated[str, _line(120), CLEANED]
    kind: CaseKind = CaseKind.ORDINARY
    category: Category | None = None
    state: Momentum | None = None
    memories: tuple[Annotated[str, _line(1000), CLEANED], ...] = Field(default=(), max_length=MOST_MEMORIES)
    recent: tuple[Turn, ...] = Field(default=(), max_length=MOST_TURNS)
    message: Annotated[str, _line(8000), CLEANED]
    tags: tuple[Annotated[str, _line(40), CLEANED], ...] = Field(default=(), max_length=MOST_TAGS)

    @model_validator(mode="after")
    def _a_crisis_is_one_of_something(self) -> Self:
        if (self.kind is CaseKind.CRISIS) != (self.category is not None):
            raise ValueError("a crisis, and nothing else, says what somebody is in danger of")
        return self


@dataclass(frozen=True, slots=True)
class Case:
    """A version of a case as it is stored. ``id`` is the version's, ``case_id`` is that of all its versions.

    ``kind``, ``state``, ``source``: see :class:`CaseKind`, :class:`Momentum`, :class:`Source`. ``author_id``: None
    for what came with the program. ``confirmed_by``: who read what was taken from a conversation.
    """

    id: UUID
    case_id: UUID
    version: int
    title: str
    kind: str
    category: str | None
    state: str | None
    memories: list[str]
    recent: list[dict[str, Any]]
    message: str
    tags: list[str]
    source: str
    confirmed_by: UUID | None
    author_id: UUID | None
    author_name: str | None
    is_retired: bool
    created_at: datetime

    @property
    def body(self) -> CaseBody:
        """What it says."""
        return CaseBody.model_validate({field: getattr(self, field) for field in CaseBody.model_fields})

    @property
    def moment(self) -> Moment:
        """What an answer rests on, as production would have it from the database."""
        return moment_of(self.body, self.id)


def make_case(said: Mapping[str, object]) -> CaseBody:
    """Return what a case says. Raises :class:`Invalid` with every fault."""
    try:
        return CaseBody.model_validate(said)
    except ValidationError as error:
        faults = "; ".join(
            f"{' '.join(map(str, fault['loc'])) or 'case'}: {fault['msg']}" for fault in error.errors()
        )
        raise Invalid("case", f"This is no case: {faults}.") from error


def moment_of(body: CaseBody, version_id: UUID) -> Moment:
    """Return what an answer to a case rests on."""
    return Moment(
        message=body.message,
        state=body.state,
        memories=tuple(
            Memory(uuid5(version_id, f"memory {number}"), "known", value)
            for number, value in enumerate(body.memories)
        ),
        recent=tuple(Said(turn.role, turn.body) for turn in reversed(body.recent)),
    )


def asked_digest(body: CaseBody) -> bytes:
    """Return a digest of all of a case that decides what is asked."""
    decides = body.model_dump(mode="json", include={"state", "memories", "recent", "message"})
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).digest()
