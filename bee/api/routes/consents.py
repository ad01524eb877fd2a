"""What the member agreed to; every decision is kept, the newest counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastapi import APIRouter
from pydantic import ConfigDict, RootModel, StrictBool
from starlette.requests import Request

from bee.api.gatehouse import Member, reading_as, writing_as
from bee.api.house import house_of
from bee.db import ReadSession
from bee.errors import Invalid

router = APIRouter(prefix="/consents", tags=["consents"])


class Purpose(StrEnum):
    """What somebody is asked to agree to."""

    PUSH = "push"
    COACHING = "coaching"
    RESEARCH = "research"
    ANALYTICS = "analytics"


class Decisions(RootModel[dict[Purpose, StrictBool]]):
    """Whether the member agrees, by purpose; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})


@dataclass(frozen=True, slots=True)
class Consent:
    """The newest decision of a purpose."""

    purpose: str
    granted: bool
    decided_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Consents:
    """The newest decision of each purpose that the member was asked about; no decision is no consent."""

    consents: list[Consent]


@router.get("")
def list_consents(request: Request, member: Member) -> Consents:
    """Return what the member agreed to."""
    with reading_as(house_of(request), member) as session:
        return _consents(session, member.member_id)


@router.put("")
def decide(request: Request, body: Decisions, member: Member) -> Consents:
    """Keep the member's decisions."""
    if not body.root:
        raise Invalid("validation_failed", "There is no decision in this.")
    with writing_as(house_of(request), member) as session:
        for purpose, granted in body.root.items():
            session.run("api/decide_consent", member_id=member.member_id, purpose=purpose, granted=granted)
        return _consents(session, member.member_id)


def _consents(session: ReadSession, member_id: object) -> Consents:
    return Consents(session.all(Consent, "api/consents", member_id=member_id))
