"""The API as an ASGI application. ``/functions/v1/X`` is ``/v1/X``: Supabase's gateway prefix."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from bee.api.description import describe
from bee.api.edge import DOCS, Edge
from bee.api.errors import HANDLERS, VERSION_HEADER
from bee.api.graph.schema import build_schema
from bee.api.house import House
from bee.api.limits import passed_uncounted
from bee.api.measuring import Measuring
from bee.api.realtime.limits import RealtimeLimits
from bee.api.realtime.parts import Parts
from bee.api.routes import (
    auth,
    coaching,
    consents,
    events,
    graph,
    memories,
    meta,
    momentum,
    notifications,
    probes,
    push,
    realtime,
    tables,
)
from bee.api.routes.meta import API_VERSION
from bee.api.shortcut import Shortcut
from bee.db import Database
from bee.settings import Settings
from bee.sla.recorder import Recorder

# The second is what Supabase's gateway calls the first, and described once.
VERSION, ALIAS = "/v1", "/functions/v1"
VERSIONED = (
    meta.versioned,
    events.router,
    momentum.router,
    push.router,
    notifications.router,
    coaching.router,
    memories.router,
    consents.router,
    probes.router,
)
ALLOWED_HEADERS = (
    "authorization",
    "apikey",
    "x-client-info",
    "content-type",
    "prefer",
    "accept-profile",
    "content-profile",
    VERSION_HEADER,
    "x-region",
    "range",
    "x-request-id",
)
EXPOSED_HEADERS = (
    "content-range",
    VERSION_HEADER,
    "x-relay-error",
    "sb-error-code",
    "x-bee-version",
    "x-request-id",
    "retry-after",
)


def create_app(
    database: Database, settings: Settings, *, limits: RealtimeLimits = RealtimeLimits()
) -> ASGIApp:
    """Return the application over a database. ``limits``: what its sockets may take."""
    house = House.build(database, settings)
    recorder = Recorder(
        database, release=settings.release, passed_uncounted=lambda: passed_uncounted(house.limiters.values())
    )

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with Parts.running(house, limits) as app.state.realtime, house.coach.models:
            with recorder.running():
                yield

    app = FastAPIOffline(
        title="BEE",
        version=API_VERSION,
        summary="Events in, momentum out; push tokens, notifications, coaching.",
        docs_url=DOCS,
        redoc_url=None,
        static_url=f"{DOCS}/static",
        redirect_slashes=False,
        lifespan=running,
    )
    describe(app)
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
    app.state.house = house
    app.state.graph = build_schema(is_open=settings.is_local)
    app.include_router(meta.router)
    for router in VERSIONED:
        app.include_router(router, prefix=VERSION)
        app.include_router(router, prefix=ALIAS, include_in_schema=False)
    for router in (auth.router, tables.router, realtime.router, graph.router, realtime.elsewhere):
        app.include_router(router)
    often = Shortcut(app, {f"{prefix}/momentum": momentum.momentum for prefix in (VERSION, ALIAS)})
    edge = Edge(
        Measuring(often, recorder, probe_key=house.probe_key),
        version=API_VERSION,
        is_secure=not settings.is_local,
    )
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    if not origins:
        return edge
    return CORSMiddleware(
        edge,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=3600,
    )
