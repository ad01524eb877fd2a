"""Addresses that are asked for all the time, answered ahead of the framework.

It knows them too: they are in its description, and whatever else is asked of them goes there. A thread takes a read
straight from the queue: the framework's own pool can be cancelled and waited for in ways that no read here needs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bee.api.errors import HANDLERS

# As many as the framework has for everything else.
THREADS: Final = 40

Read = Callable[[Request], Response]


class Shortcut:
    """Stands in front of an application; ``reads``: what answers a GET of an address."""

    def __init__(self, app: Starlette, reads: Mapping[str, Read]) -> None:
        self._app = app
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="read")
        routes = [Route(path, _threaded(threads, read), methods=["GET"]) for path, read in reads.items()]
        self._ahead = Starlette(routes=routes, exception_handlers=HANDLERS)
        self._ahead.state = app.state
        self._paths = frozenset(reads)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is asked for here, and pass on everything else."""
        is_ours = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self._paths
        await (self._ahead if is_ours else self._app)(scope, receive, send)


def _threaded(threads: ThreadPoolExecutor, read: Read) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        # What goes on here is what goes on in the thread as well.
        return await asyncio.get_running_loop().run_in_executor(threads, copy_context().run, read, request)

    return answer
