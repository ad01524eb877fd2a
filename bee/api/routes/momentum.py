"""Momentum: where the member stands, the days before, what made a day's score, and computing it again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from bee.api.answers import answered
from bee.api.caller import Caller
from bee.api.gatehouse import Member, MemberOrService, find_as, limited_member, reading_as
from bee.api.house import House, house_of
from bee.api.instants import Day
from bee.db import Login, ReadSession
from bee.errors import Forbidden, Invalid, NotFound
from bee.momentum.explain import Explanation
from bee.momentum.queries import explain_day
from bee.momentum.scoring import bring_up_to_now, recompute

# Where it was still that day when the first moment came that an event can be of: each day back costs, and no
# earlier one has a score.
EARLIEST: Final = date(1999, 12, 31)

router = APIRouter(prefix="/momentum", tags=["momentum"])


@dataclass(frozen=True, slots=True)
class Momentum:
    """Where the member stands today; null before the first event. ``change``: against the day a week ago."""

    date: date
    score: float | None
    state: str | None
    change: float | None
    raw_score: float | None
    event_count: int
    definition: str | None
    calculated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing(Momentum):
    """The same as it was found. ``is_settled``: whether there is nothing to score."""

    is_settled: bool


MOMENTUM: Final = TypeAdapter(Momentum)


@dataclass(frozen=True, slots=True)
class MomentumDay:
    """One day; today's is not complete."""

    date: date
    score: float
    state: str
    raw_score: float
    event_count: int
    is_complete: bool
    definition: str


@dataclass(frozen=True, slots=True)
class History:
    """Days, oldest first."""

    days: list[MomentumDay]


@dataclass(frozen=True, slots=True)
class ExplainedDay:
    """What made a day's score: the contributions of events and of earlier days add up to it, rounding named."""

    date: date
    score: float
    is_complete: bool
    explanation: Explanation


class DayToCalculate(BaseModel):
    """Whose day; the caller's own today when left out."""

    model_config = ConfigDict(extra="forbid")

    user_id: UUID | None = None
    target_date: Day | None = None


@router.get("", response_model=Momentum)
def momentum(request: Request) -> Response:
    """Return the score, state and change of this moment."""
    # Dependencies, the route and the check of what it returns take a turn in the pool of threads each; this is
    # what the app asks for all the time, so it takes one.
    house, member = house_of(request), limited_member(request)
    found = _standing(house, member)
    if found is not None and not found.is_settled:
        _bring_up_to_now(house, member.member_id)
        found = _standing(house, member)
    if found is None:
        raise NotFound("no_member", "There is no member behind this token.")
    return answered(MOMENTUM, found)


@router.get("/history")
def history(request: Request, member: Member, days: Annotated[int, Query(ge=1, le=366)] = 30) -> History:
    """Return the days up to today."""
    house = house_of(request)
    _bring_up_to_now(house, member.member_id)
    with reading_as(house, member) as session:
        found = session.all(
            MomentumDay, "api/momentum_days", user_id=member.member_id, now=house.clock(), days=days
        )
    return History(found)


@router.get("/explain")
def explain(
    request: Request, member: Member, day: Annotated[Day | SkipJsonSchema[None], Query(alias="date")] = None
) -> ExplainedDay:
    """Return what made the score of a day, to the event."""
    house = house_of(request)
    _bring_up_to_now(house, member.member_id)
    with reading_as(house, member) as session:
        asked = day or _today(session, member.member_id, house)
        found = explain_day(session, member.member_id, asked)
    return ExplainedDay(found.score_date, found.stored_final, found.is_complete, found.explanation)


@router.post("/calculate")
def calculate(request: Request, caller: MemberOrService, body: DayToCalculate | None = None) -> MomentumDay:
    """Compute a day again from its events, and the days after it; the service may for anybody."""
    house, asked = house_of(request), body or DayToCalculate()
    user_id = _whose(caller, asked.user_id)
    with reading_as(house, caller) as session:
        today = _today(session, user_id, house)
    day = asked.target_date or today
    if not EARLIEST <= day <= today:
        raise Invalid("bad_day", "target_date lies before 2000 or in the future.")
    recompute(house.database, user_id, from_on=day, login=Login.SYSTEM, now=house.clock())
    with reading_as(house, caller) as session:
        found = session.find(MomentumDay, "api/momentum_day", user_id=user_id, day=day)
    if found is None:
        raise NotFound("no_score", f"There is no score of {day:%-d %B %Y}.")
    return found


def _standing(house: House, member: Caller) -> Standing | None:
    return find_as(house, member, Standing, "api/momentum", user_id=member.member_id, now=house.clock())


def _whose(caller: Caller, asked: UUID | None) -> UUID:
    if caller.user_id is None:
        if asked is None:
            raise Invalid("validation_failed", "user_id: the service names whose day it is.")
        return asked
    if asked not in (None, caller.user_id):
        raise Forbidden("not_yours", "A member computes the own score only.")
    return caller.user_id


def _today(session: ReadSession, user_id: UUID, house: House) -> date:
    today = session.scalar("api/today", user_id=user_id, now=house.clock())
    if not isinstance(today, date):
        raise NotFound("no_member", "There is no such member.")
    return today


def _bring_up_to_now(house: House, member_id: UUID) -> None:
    """Let the system score what is due; the member then reads it as the member."""
    bring_up_to_now(house.database, member_id, login=Login.SYSTEM, now=house.clock())
