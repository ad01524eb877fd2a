"""Push tokens: register, refresh, drop."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.requests import Request

from bee.api.gatehouse import Member, writing_as
from bee.api.house import house_of
from bee.errors import NotFound

router = APIRouter(prefix="/push-tokens", tags=["push"])


class Platform(StrEnum):
    """What the token is for."""

    IOS = "ios"
    ANDROID = "android"
    WEB = "web"


class AddressKind(StrEnum):
    """Whether the address is a registration token or an installation id."""

    TOKEN = "token"  # noqa: S105  # a kind, not a secret
    FID = "fid"


class TokenToRegister(BaseModel):
    """A push token of the device that asks."""

    fcm_token: str = Field(
        min_length=1, max_length=4096, pattern=r"^[\x21-\x7e]+$", examples=["fGx…:APA91b…"]
    )
    platform: Platform
    address_kind: AddressKind = AddressKind.TOKEN


@dataclass(frozen=True, slots=True)
class PushToken:
    """A registered token, without the token itself: the device has it."""

    id: UUID
    platform: str
    address_kind: str
    is_active: bool
    last_seen_at: datetime


@router.put("")
def register(request: Request, body: TokenToRegister, member: Member) -> PushToken:
    """Register a token, or say that it is still in use; one that another member had is theirs no more."""
    with writing_as(house_of(request), member) as session:
        return session.get(
            PushToken,
            "api/register_token",
            user_id=member.member_id,
            fcm_token=body.fcm_token,
            platform=body.platform,
            address_kind=body.address_kind,
        )


@router.delete("/{token_id}", status_code=204)
def drop(request: Request, token_id: UUID, member: Member) -> Response:
    """Remove a token, as at sign-out."""
    with writing_as(house_of(request), member) as session:
        if session.run("api/drop_token", id=token_id) == 0:
            raise NotFound("no_token", "There is no such token among yours.")
    return Response(status_code=204)
