"""The floor of a momentum read: Starlette and psycopg, the statements that the API sends, in the same roles.

No tokens, no validation, no description, no log, no errors told; and each thread keeps connections of its own, so
that none waits for one. The settings, claims included, are those of the API.
"""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bee.api.caller import Role
from bee.api.gatehouse import STATEMENT_TIMEOUTS
from bee.db import Login
from bee.db.address import ServerAddress
from bee.db.database import ASSUME, conninfo
from bee.db.queries import driver_query

MOST = 10_000


@dataclass(slots=True)
class _Connections:
    """A thread's own: the system's and the member's."""

    system: psycopg.Connection[Any]
    member: psycopg.Connection[Any]


def bare_app(address: ServerAddress) -> Starlette:
    """Return the application; ``X-Member`` says who asks, ``X-Claims`` what the policies read of them."""
    own = threading.local()

    def connections() -> _Connections:
        if not hasattr(own, "connections"):
            own.connections = _Connections(
                *(
                    psycopg.connect(conninfo(address, login), autocommit=True)
                    for login in (Login.SYSTEM, Login.API)
                )
            )
        found: _Connections = own.connections
        return found

    def momentum(request: Request) -> JSONResponse:
        member_id, now, mine = request.headers["x-member"], datetime.now(UTC), connections()
        acting = {
            "role": Role.AUTHENTICATED,
            "request.jwt.claims": request.headers["x-claims"],
            "statement_timeout": STATEMENT_TIMEOUTS[Role.AUTHENTICATED],
        }
        mine.system.execute(
            driver_query("api/count_request"),
            {"user_id": member_id, "area": "v1", "most": MOST, "window_s": 60},
        ).fetchone()
        with mine.member.pipeline():
            mine.member.execute(ASSUME, (json.dumps(acting),))
            cursor = mine.member.execute(driver_query("api/momentum"), {"user_id": member_id, "now": now})
        row = cursor.fetchone()
        assert row is not None
        assert cursor.description is not None
        names = (column.name for column in cursor.description)
        return JSONResponse(
            {
                name: value if isinstance(value, float | int | str | None) else value.isoformat()
                for name, value in zip(names, row, strict=True)
            }
        )

    return Starlette(routes=[Route("/v1/momentum", momentum)])
