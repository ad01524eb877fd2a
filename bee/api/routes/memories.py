"""What the coach remembers of the member: all of it to be had, and all of it to be forgotten."""

from dataclasses import dataclass

from fastapi import APIRouter, Response
from starlette.requests import Request

from bee.api.gatehouse import Member, reading_as
from bee.api.house import house_of
from bee.coach.memory.forgetting import Remembered, forget_all, remembered
from bee.db import Login

router = APIRouter(prefix="/memories", tags=["coaching"])


@dataclass(frozen=True, slots=True)
class Memories:
    """Everything that was ever accepted as known, the newest first; what has ended says when."""

    memories: list[Remembered]


@router.get("")
def list_memories(request: Request, member: Member) -> Memories:
    """Return all that the coach remembers of the member, or did."""
    with reading_as(house_of(request), member) as session:
        return Memories(remembered(session, member.member_id))


@router.delete("", status_code=204)
def forget(request: Request, member: Member) -> Response:
    """Forget all of it, for good; what was said, and what replies rested on, stays and is not read again."""
    with house_of(request).database.writing(Login.SYSTEM) as session:
        forget_all(session, member.member_id)
    return Response(status_code=204)
