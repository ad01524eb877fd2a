"""The coach's reply. The member's words are screened for danger before anything else is done with them."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Final, assert_never
from uuid import UUID, uuid4

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field, StrictBool
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from bee.api.gatehouse import Member, writing_as
from bee.api.house import house_of
from bee.api.measuring import label, mark_failed
from bee.coach.actions import LONGEST_MESSAGE, Answer, Safety, give_feedback
from bee.coach.engine import Begun, Coach, Delta, Question, Replaced
from bee.coach.model import Usage
from bee.errors import BeeError

STREAM: Final = "text/event-stream"
# Not blanks alone, as Python knows them: without these five, every language does.
SOMETHING: Final = r"[^\s\x1c-\x1f\x85]"
# A proxy that gathers before it passes on would make a stream one piece.
UNBUFFERED: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
router = APIRouter(prefix="/ai-coaching-engine", tags=["coaching"])


class MessageToCoach(BaseModel):
    """What the member wrote; whatever else is sent is left alone: state and memories come from the database."""

    message: str = Field(
        min_length=1,
        max_length=LONGEST_MESSAGE,
        examples=["I skipped my walk again today."],
        json_schema_extra={"pattern": SOMETHING},
    )


class Feedback(BaseModel):
    """Whether a reply helped."""

    helpful: StrictBool


@dataclass(frozen=True, slots=True)
class CoachReply:
    """The reply with where it came from; ``assistant_message`` is the same text, for the app as it is.

    ``request_id``: by which the reply is known afterwards, as the Idempotency-Key had it. ``fallback``: why no
    model but the offline coach answered.
    """

    request_id: UUID
    response_text: str
    usage: Usage
    prompt: str | None
    model: str
    safety: Safety
    fallback: str | None
    ok: bool
    assistant_message: str


@router.post(
    "/generate-response",
    response_model=CoachReply,
    responses={200: {"content": {STREAM: {"schema": {"type": "string"}}}}},
)
async def generate_response(
    request: Request,
    body: MessageToCoach,
    member: Member,
    idempotency_key: Annotated[UUID | SkipJsonSchema[None], Header()] = None,
) -> Response:
    """Answer the member and keep both messages; with the same Idempotency-Key the same answer comes again.

    With ``Accept: text/event-stream`` the answer is streamed: events ``delta`` with more text, ``replaced`` where
    what was shown is not the answer, ``done`` with all of it, or ``error`` where nothing could be kept.
    """
    house = house_of(request)
    question = Question(
        member.member_id, body.message, member.claims, idempotency_key or uuid4(), house.clock()
    )
    if STREAM not in request.headers.get("accept", ""):
        answer = await house.coach.answer(question)
        label(request.scope, prompt=answer.prompt or "", model=answer.model)
        return JSONResponse(_told(question, answer))
    begun = await house.coach.begin(question)
    return StreamingResponse(
        _events(request.scope, house.coach, begun), media_type=STREAM, headers=UNBUFFERED
    )


@router.put("/responses/{request_id}/feedback", status_code=204)
def give(request: Request, request_id: UUID, body: Feedback, member: Member) -> Response:
    """Say whether a reply helped; saying it again, or otherwise, changes what was said."""
    house = house_of(request)
    with writing_as(house, member) as session:
        give_feedback(session, member.member_id, request_id, is_helpful=body.helpful, now=house.clock())
    return Response(status_code=204)


async def _events(scope: Scope, coach: Coach, begun: Begun) -> AsyncGenerator[str, None]:
    """Return the stream; what goes wrong in it is told in it, for the status has been sent."""
    try:
        async with aclosing(coach.events(begun, streams=True)) as events:
            async for event in events:
                match event:
                    case Delta(text):
                        yield _event("delta", {"text": text})
                    case Replaced(text, reason):
                        yield _event("replaced", {"text": text, "reason": reason})
                    case Answer():
                        label(scope, prompt=event.prompt or "", model=event.model)
                        yield _event("done", _told(begun.question, event))
                    case _:
                        assert_never(event)
    except BeeError as error:
        mark_failed(scope)
        yield _event("error", {"error": {"code": error.code, "message": error.message}})


def _told(question: Question, answer: Answer) -> dict[str, object]:
    return {"request_id": str(question.request_id)} | answer.as_wire()


def _event(name: str, data: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
