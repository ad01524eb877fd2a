"""What probers elsewhere saw. No client of the app has to do with it, so the description leaves it out."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from bee.api.house import house_of
from bee.db import Login
from bee.errors import Invalid, Unauthenticated
from bee.sla.probes.key import HEADER, holds
from bee.sla.probes.notes import WORKER, note
from bee.sla.probes.ticks import Round

MOST_ROUNDS: Final = 1000

router = APIRouter(prefix="/probe-rounds", include_in_schema=False)


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


@router.post("", dependencies=[Depends(require_probe_key)])
def note_rounds(request: Request, body: Told) -> Noted:
    """Note what was seen, whenever it is told."""
    house = house_of(request)
    if any(each.prober == WORKER for each in body.rounds):
        raise Invalid("validation_failed", f"rounds: {WORKER} is the worker's own name.")
    with house.database.writing(Login.SYSTEM) as session:
        return Noted(note(session, body.rounds, kept_days=house.settings.probe_retention_days))
