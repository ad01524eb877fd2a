"""The member's own notifications, and that they were opened."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request

from bee.api.gatehouse import Member, reading_as, writing_as
from bee.api.house import house_of
from bee.api.instants import Instant
from bee.errors import NotFound

router = APIRouter(prefix="/notifications", tags=["notifications"])


@dataclass(frozen=True, slots=True)
class SentNotification:
    """A notification that was sent to the member."""

    id: UUID
    notification_type: str
    trigger_date: date
    title: str | None
    message: str | None
    action: dict[str, Any]
    sent_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notifications:
    """Notifications, newest first. ``before`` of the next page is the last one's ``sent_at``."""

    notifications: list[SentNotification]


@router.get("")
def list_notifications(
    request: Request,
    member: Member,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    before: Annotated[Instant | SkipJsonSchema[None], Query()] = None,
) -> Notifications:
    """Return what was sent to the member."""
    with reading_as(house_of(request), member) as session:
        found = session.all(
            SentNotification, "api/notifications", user_id=member.member_id, before=before, limit=limit
        )
    return Notifications(found)


@router.post("/{notification_id}/opened", status_code=204)
def opened(request: Request, notification_id: UUID, member: Member) -> Response:
    """Say that the member opened a notification; saying it again changes nothing."""
    with writing_as(house_of(request), member) as session:
        if not session.scalar("api/has_notification", id=notification_id):
            raise NotFound("no_notification", "There is no such notification among yours.")
        session.run("api/add_receipt", id=notification_id, user_id=member.member_id)
    return Response(status_code=204)
