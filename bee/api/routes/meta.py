"""Liveness, readiness, the version."""

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bee.api.house import house_of
from bee.db import Login
from bee.db.migrations import require_release
from bee.sla.exposition import CONTENT_TYPE, read_exposition

# Semantic: what a client may rely on. A release of the program does not change it by itself.
API_VERSION = "1.0.0"

router = APIRouter(tags=["service"])
versioned = APIRouter(tags=["service"])


@dataclass(frozen=True, slots=True)
class Alive:
    """The process runs."""

    status: Literal["ok"]


@dataclass(frozen=True, slots=True)
class Ready:
    """The database answers. ``migrations``: how many it has had."""

    status: Literal["ready"]
    migrations: int


@dataclass(frozen=True, slots=True)
class Versions:
    """``version`` is the API's, ``release`` the program's."""

    version: str
    release: str


@router.get("/health", response_model=Alive)
async def health() -> JSONResponse:
    """Say that the process runs, whatever becomes of the parts it depends on."""
    return JSONResponse({"status": "ok"})


@router.get("/ready")
def ready(request: Request) -> Ready:
    """Say whether requests can be served: the database answers and is of this release."""
    state = require_release(house_of(request).database, Login.API)
    return Ready("ready", len(state.applied))


# In a format of its own, which describes itself.
@router.get("/metrics", include_in_schema=False)
def metrics(request: Request) -> Response:
    """Return what was measured, in Prometheus' text format: the same from every process."""
    house = house_of(request)
    return Response(read_exposition(house.database, now=house.clock()), media_type=CONTENT_TYPE)


@versioned.get("/version", response_model=Versions)
async def version(request: Request) -> JSONResponse:
    """Return the API's version and the program's release."""
    return JSONResponse({"version": API_VERSION, "release": house_of(request).settings.release})
