"""The coach's reply. The member's words are screened for danger before anything else is done with them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID, uuid4

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from bee.api.gatehouse import Member
from bee.api.house import house_of
from bee.coach.actions import LONGEST_MESSAGE, Answer, Safety, Usage, answer

STREAM: Final = "text/event-stream"
# Not blanks alone, as Python knows them: without these five, every language does.
SOMETHING: Final = r"[^\s\x1c-\x1f\x85]"
router = APIRouter(prefix="/ai-coaching-engine", tags=["coaching"])


class MessageToCoach(BaseModel):
    """What the member wrote; whatever else is sent is left alone: state and memories come from the database."""

    message: str = Field(
        min_length=1,
        max_length=LONGEST_MESSAGE,
        examples=["I skipped my walk again today."],
        json_schema_extra={"pattern": SOMETHING},
    )


@dataclass(frozen=True, slots=True)
class CoachReply:
    """The reply with where it came from; ``assistant_message`` is the same text, for the app as it is."""

    response_text: str
    usage: Usage
    prompt: str | None
    model: str
    safety: Safety
    ok: bool
    assistant_message: str


@router.post(
    "/generate-response",
    response_model=CoachReply,
    responses={200: {"content": {STREAM: {"schema": {"type": "string"}}}}},
)
def generate_response(
    request: Request,
    body: MessageToCoach,
    member: Member,
    idempotency_key: Annotated[UUID | SkipJsonSchema[None], Header()] = None,
) -> Response:
    """Answer the member and keep both messages; with the same Idempotency-Key the same answer comes again.

    With ``Accept: text/event-stream`` the answer is streamed: events ``delta`` with text, and ``done`` with all.
    """
    house = house_of(request)
    found = answer(
        house.database,
        member.member_id,
        body.message,
        claims=member.claims,
        request_id=idempotency_key or uuid4(),
        region=house.settings.crisis_region,
        now=house.clock(),
    )
    if STREAM in request.headers.get("accept", ""):
        return StreamingResponse(_events(found), media_type=STREAM)
    return JSONResponse(found.as_wire())


def _events(found: Answer) -> Iterator[str]:
    """Return the stream; an answer that no model writes comes in one piece."""
    yield _event("delta", {"text": found.response_text})
    yield _event("done", found.as_wire())


def _event(name: str, data: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
