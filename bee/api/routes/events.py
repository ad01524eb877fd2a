"""Events in: one, or up to 1,000, each with a result of its own. An id that is known is the same event again."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from bee.api.answers import answered
from bee.api.caller import Caller
from bee.api.errors import faults_told
from bee.api.gatehouse import Member, writing_as
from bee.api.house import House, house_of
from bee.api.instants import Instant
from bee.db import Login
from bee.errors import BeeError, Invalid
from bee.momentum.scoring import bring_up_to_now
from bee.zones import ZONES

MOST_EVENTS: Final = 1000
MOST_METADATA_BYTES: Final = 16 * 1024
OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
# A little less than the database takes: its clock is another one, and one late item must not cost the batch.
MOST_AHEAD: Final = timedelta(hours=23)

EXAMPLES: Final[dict[str, Any]] = {
    "one": {
        "summary": "One event",
        "value": {
            "id": "6f1b1c1e-3a53-4c0e-9d55-7f3f8a3c1d10",
            "event_type": "lesson_completion",
            "occurred_at": "2026-11-23T18:20:00+01:00",
            "time_zone": "Europe/Madrid",
            "metadata": {"lesson": "sleep-3"},
        },
    },
    "batch": {
        "summary": "What an app sends that was offline",
        "value": [
            {"id": "0b0c3a0e-61a5-4f9a-8a0a-0a4de9f4d001", "event_type": "app_session"},
            {"id": "0b0c3a0e-61a5-4f9a-8a0a-0a4de9f4d002", "event_type": "journal_entry"},
        ],
    },
}

log = logging.getLogger("bee.api")
router = APIRouter(prefix="/events", tags=["events"])


class Event(BaseModel):
    """Something that the member did. ``id`` comes from the app and tells repetitions."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    event_type: str = Field(min_length=1, max_length=100, examples=["lesson_completion"])
    occurred_at: Instant | None = None
    time_zone: str | None = Field(default=None, examples=["Europe/Madrid"])
    metadata: dict[str, Any] = Field(default_factory=dict)


EVENTS: Final = TypeAdapter(list[Event])


# Looked at one by one, so that a bad one costs the others nothing; described as what they should be.
BATCH: Final = {"type": "array", "items": {}, "minItems": 1, "maxItems": MOST_EVENTS}
Sent = Annotated[Any, WithJsonSchema({"anyOf": [Event.model_json_schema(), BATCH]})]


@dataclass(frozen=True, slots=True)
class ItemError:
    """Why an event was rejected."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one event, in the order in which they were sent."""

    id: str | None
    status: Literal["added", "repeated", "rejected"]
    error: ItemError | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What became of the events."""

    results: list[Result]


RESULTS: Final = TypeAdapter(Results)


@router.post("", response_model=Results)
def add_events(
    request: Request,
    body: Annotated[Sent, Body(openapi_examples=EXAMPLES)],
    member: Member,
) -> Response:
    """Add events of the member; the good ones go in, whatever the others are."""
    if not isinstance(body, list | dict):
        raise Invalid("validation_failed", "body: is one event or a list of events, as application/json.")
    house = house_of(request)
    sent = body if isinstance(body, list) else [body]
    if not 1 <= len(sent) <= MOST_EVENTS:
        raise Invalid("batch_size", f"A batch has 1 to {MOST_EVENTS:,} events; this one has {len(sent):,}.")
    checked = [checked_event(item, now=house.clock()) for item in sent]
    if isinstance(body, dict) and isinstance(checked[0], Result):
        error = checked[0].error
        assert error is not None
        raise Invalid(error.code, error.message)
    added = _insert(house, member, [event for event in checked if isinstance(event, Event)])
    # Nobody waits for the score: whoever reads it before it is there computes it.
    scoring = BackgroundTask(_score, house, member) if added else None
    return answered(RESULTS, Results([_result(event, added) for event in checked]), after=scoring)


def checked_event(item: object, *, now: datetime) -> Event | Result:
    """Return an event, or why it is none (pure)."""
    try:
        event = Event.model_validate(item)
    except ValidationError as error:
        return _rejected(item, "validation_failed", faults_told(error.errors()))
    fault = _fault(event, now)
    return event if fault is None else _rejected(item, *fault)


def _fault(event: Event, now: datetime) -> tuple[str, str] | None:
    if "\0" in event.event_type or not event.event_type.isprintable():
        return "bad_event_type", "event_type holds a character that can't be printed."
    if event.occurred_at is not None and not OLDEST <= event.occurred_at <= now + MOST_AHEAD:
        return "bad_time", "occurred_at lies before 2000 or in the future."
    if event.time_zone is not None and event.time_zone not in ZONES:
        return "unknown_zone", "time_zone is not one of the IANA zones."
    return _metadata_fault(event.metadata) if event.metadata else None


def _metadata_fault(metadata: dict[str, Any]) -> tuple[str, str] | None:
    """Return what of the metadata PostgreSQL would not keep."""
    try:
        text = json.dumps(metadata, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError:
        text = "\\u0000"
    if "\\u0000" in text:
        return "bad_metadata", "metadata holds a number or a letter that can't be kept."
    if len(text) > MOST_METADATA_BYTES:
        return "metadata_large", f"metadata holds at most {MOST_METADATA_BYTES >> 10} KiB."
    return None


def _insert(house: House, member: Caller, events: list[Event]) -> set[str]:
    """Add events as the member, and return the ids of those that were not there."""
    if not events:
        return set()
    with writing_as(house, member) as session:
        added = session.scalar(
            "api/add_events",
            user_id=member.member_id,
            events=EVENTS.dump_json(events).decode(),
            now=house.clock(),
        )
    return set(added or ())


def _score(house: House, member: Caller) -> None:
    """Let the score of this moment count the events. If that fails, the next read tries again."""
    try:
        bring_up_to_now(house.database, member.member_id, login=Login.SYSTEM, now=house.clock())
    except BeeError as error:
        log.warning("events are in, and not scored yet: %s", error.code)


def _result(event: Event | Result, added: set[str]) -> Result:
    """Return what became of an event; of two with one id the first was added."""
    if isinstance(event, Result):
        return event
    event_id = str(event.id)
    if event_id in added:
        added.remove(event_id)
        return Result(event_id, "added")
    return Result(event_id, "repeated")


def _rejected(item: object, code: str, message: str) -> Result:
    sent_id = item.get("id") if isinstance(item, Mapping) else None
    return Result(str(sent_id)[:64] if sent_id is not None else None, "rejected", ItemError(code, message))
