"""The API as an ASGI application: liveness, readiness, its version. ``/functions/v1/X`` is ``/v1/X``."""

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bee.api.errors import HANDLERS
from bee.db import Database, Login
from bee.db.migrations import current_state
from bee.errors import Unavailable
from bee.settings import Settings

# Semantic: what a client may rely on. A release of the program does not change it by itself.
API_VERSION = "1.0.0"


def create_app(database: Database, settings: Settings) -> ASGIApp:
    """Return the application over a database."""
    routes = [
        Route("/health", _health),
        Route("/ready", _ready),
        Mount("/v1", routes=_versioned_routes()),
        Mount("/functions/v1", routes=_versioned_routes()),
    ]
    app = Starlette(routes=routes, exception_handlers=HANDLERS)
    app.router.redirect_slashes = False
    app.state.database = database
    app.state.release = settings.release
    return VersionHeader(app)


class VersionHeader:
    """Names the API's version on every answer, those to faults included, so it stands outside of them all."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the header to what comes back."""

        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-BEE-Version"] = API_VERSION
            await send(message)

        await self._app(scope, receive, send_with_version)


def _versioned_routes() -> list[Route]:
    return [Route("/version", _version)]


async def _health(_request: Request) -> JSONResponse:
    """Say that the process runs, whatever becomes of the parts it depends on."""
    return JSONResponse({"status": "ok"})


def _ready(request: Request) -> JSONResponse:
    """Say whether requests can be served: the database answers and is of this release."""
    state = current_state(request.app.state.database, Login.API)
    if not state.is_current:
        raise Unavailable(
            "migrations",
            f"The database is not of this release: {len(state.pending)} migrations to apply,"
            f" {len(state.unknown)} unknown.",
        )
    return JSONResponse({"status": "ready", "migrations": len(state.applied)})


async def _version(request: Request) -> JSONResponse:
    return JSONResponse({"version": API_VERSION, "release": request.app.state.release})
