"""What probers saw, and what they ask for: the app has nothing to do with it, so the description leaves it out."""

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from bee.api.caller import Caller
from bee.api.gatehouse import find_caller
from bee.api.house import house_of
from bee.db import Login
from bee.errors import Invalid, Unauthenticated
from bee.sla.probes.key import HEADER, holds
from bee.sla.probes.member import adopt
from bee.sla.probes.notes import WORKER, note
from bee.sla.probes.pushes import ProbePush, ask_push, get_push
from bee.sla.probes.ticks import Round

MOST_ROUNDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A push that was asked for."""

    id: UUID


class Told(BaseModel):
    """What a prober tells."""

    model_config = ConfigDict(extra="forbid")

    rounds: Annotated[list[Round], Field(min_length=1, max_length=MOST_ROUNDS)]


@dataclass(frozen=True, slots=True)
class Noted:
    """How many steps were new; what comes twice, or can't be true, is not noted."""

    noted: int


def require_probe_key(request: Request) -> None:
    """Raise :class:`Unauthenticated` without the prober's key."""
    if not holds(house_of(request).probe_key, request.headers.get(HEADER, "").encode("latin-1")):
        raise Unauthenticated("no_probe_key", f"This needs the prober's key as {HEADER}.")


router = APIRouter(include_in_schema=False, dependencies=[Depends(require_probe_key)])


@router.post("/probe-rounds")
def note_rounds(request: Request, body: Told) -> Noted:
    """Note what was seen, whenever it is told."""
    house = house_of(request)
    if any(each.prober == WORKER for each in body.rounds):
        raise Invalid("validation_failed", f"rounds: {WORKER} is the worker's own name.")
    with house.database.writing(Login.SYSTEM) as session:
        return Noted(note(session, body.rounds, kept_days=house.settings.probe_retention_days))


@router.put("/probe-member", status_code=204)
def adopt_member(request: Request, caller: Annotated[Caller, Depends(find_caller)]) -> None:
    """Know whoever signed in elsewhere as the prober's member, who is in no figure."""
    house = house_of(request)
    with house.database.writing(Login.SYSTEM) as session:
        adopt(session, caller.member_id, now=house.clock())


@router.post("/probe-pushes")
def ask(request: Request) -> Asked:
    """Ask the worker to take a push to the synthetic member; it reaches nobody."""
    with house_of(request).database.writing(Login.SYSTEM) as session:
        return Asked(ask_push(session))


@router.get("/probe-pushes/{push_id}")
def find_push(request: Request, push_id: UUID) -> ProbePush:
    """Return what became of a push."""
    with house_of(request).database.reading(Login.SYSTEM) as session:
        return get_push(session, push_id)
