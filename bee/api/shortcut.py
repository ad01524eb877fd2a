"""Addresses that are asked for all the time, answered ahead of the framework.

It knows them too: they are in its description, and whatever else is asked of them goes there.
"""

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bee.api.errors import HANDLERS


class Shortcut:
    """Stands in front of an application; ``reads``: what answers a GET of an address."""

    def __init__(self, app: Starlette, reads: Mapping[str, Callable[[Request], Response]]) -> None:
        self._app = app
        routes = [Route(path, read, methods=["GET"]) for path, read in reads.items()]
        self._ahead = Starlette(routes=routes, exception_handlers=HANDLERS)
        self._ahead.state = app.state
        self._paths = frozenset(reads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked for here, and pass on everything else."""
        is_ours = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self._paths
        await (self._ahead if is_ours else self._app)(scope, receive, send)
