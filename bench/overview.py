"""The Overview's server time, cold and warm, against its SQL statements executed bare.

The real application is served on loopback and asked for the page over its websocket, as a browser does: the time
is from the request to the script's end, everything sent. Cold: nothing is remembered, neither reads nor sessions.
The statements are those that a cold run executes, on connections that are open, in the same roles.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import sqlalchemy
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.ports import listen
from bee.settings import Settings
from bee.staff import sign_in
from bee.staff.demo import DEMO_ACCOUNTS, save_demo_accounts
from bee.ui.gate import cookie_name
from bee.ui.house import get_house
from bee.ui.serve import serve_on
from bench.ground import Ground
from bench.place import alone, owner

TITLE = "The Overview against its SQL, bare (at most 1.5 cold, 150 ms warm)"
COLUMNS = ("people", "statements", "SQL ms", "cold ms", "ratio", "warm ms")
VIEWS_A_ROUND = 10
PASSWORD = "a bench has no secrets"  # noqa: S105
HOST = "127.0.0.1"
BEGIN = "begin"
LONGEST_S = 60
FEWEST_ELEMENTS = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """What a login asked of the database."""

    login: Login
    text: str
    parameters: Any


@dataclass(frozen=True, slots=True)
class Views:
    """The smallest times of some views."""

    statements: int
    bare_s: float
    cold_s: float
    warm_s: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Look at the page of everybody, cold and warm and bare in turn."""
    address = ground.everybody()
    views = alone(_look, address, VIEWS_A_ROUND * ground.rounds).result
    return (
        f"{_people(address):,}",
        f"{views.statements}",
        f"{1000 * views.bare_s:.0f}",
        f"{1000 * views.cold_s:.0f}",
        f"{views.cold_s / views.bare_s:.2f}",
        f"{1000 * views.warm_s:.0f}",
    )


def _people(address: ServerAddress) -> int:
    with owner(address) as connection:
        row = connection.execute(
            "select sum(members) from engagement_days where segment = 'all' group by score_date"
            " order by score_date desc limit 1"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _look(address: ServerAddress, views: int) -> Views:
    database = Database(address)
    token = _sign_in(database)
    with ExitStack() as stack:
        browser = stack.enter_context(_browser(_serve(database), token))
        connections = {
            login: stack.enter_context(psycopg.connect(**address.parameters(login))) for login in Login
        }
        # The first view imports what the page needs.
        _view(browser)
        seen = [_look_once(database, browser, connections) for _ in range(views)]
    database.dispose()
    return Views(
        statements=seen[0].statements,
        bare_s=min(view.bare_s for view in seen),
        cold_s=min(view.cold_s for view in seen),
        warm_s=min(view.warm_s for view in seen),
    )


def _look_once(
    database: Database, browser: ClientConnection, connections: dict[Login, psycopg.Connection]
) -> Views:
    st.cache_resource.clear()
    get_house().sessions.forget()
    with _watched(database) as statements:
        cold_s = _view(browser)
    warm_s = _view(browser)
    return Views(len(statements), _execute(connections, statements), cold_s, warm_s)


def _sign_in(database: Database) -> str:
    """Let somebody from product in and return the session's token."""
    save_demo_accounts(database, PASSWORD)
    email = next(account.email for account in DEMO_ACCOUNTS if account.role is StaffRole.PRODUCT)
    return sign_in(
        database, email=email, password=PASSWORD, address="192.0.2.1", now=datetime.now(UTC), is_local=True
    ).token


def _serve(database: Database) -> int:
    """Serve the dashboard in a thread that ends with this process, and return its port."""
    logging.disable(logging.INFO)
    listener = listen(HOST, 0, "the bench's port")
    threading.Thread(target=serve_on, args=(listener, database, Settings()), daemon=True).start()
    return int(listener.getsockname()[1])


def _browser(port: int, token: str) -> ClientConnection:
    """Open a page's websocket, as a browser that is signed in does."""
    return connect(
        f"ws://{HOST}:{port}/_stcore/stream",
        origin=Origin(f"http://{HOST}:{port}"),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": f"{cookie_name(Settings())}={token}"},
        max_size=None,
    )


def _view(browser: ClientConnection) -> float:
    """Ask for the page and return the seconds until all of it is there."""
    asked = BackMsg()
    asked.rerun_script.page_name = "overview"
    drawn = 0
    begun = time.perf_counter()
    browser.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(browser.recv(timeout=LONGEST_S, decode=False))
        drawn += answer.WhichOneof("type") in ("delta", "ref_hash")
        if answer.WhichOneof("type") == "script_finished":
            seconds = time.perf_counter() - begun
            assert answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY, answer
            assert drawn > FEWEST_ELEMENTS, "the page was not drawn"
            return seconds


@contextmanager
def _watched(database: Database) -> Iterator[list[Statement]]:
    """Collect what is asked of the database."""
    statements: list[Statement] = []
    listeners = []
    for login in Login:

        def note(
            _connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, _many: Any,
            login: Login = login,
        ) -> None:  # fmt: skip
            statements.append(Statement(login, text, parameters))

        def begin(_connection: Any, login: Login = login) -> None:
            statements.append(Statement(login, BEGIN, None))

        for event, listener in (("begin", begin), ("before_cursor_execute", note)):
            sqlalchemy.event.listen(database.engine(login), event, listener)
            listeners.append((database.engine(login), event, listener))
    try:
        yield statements
    finally:
        for engine, event, listener in listeners:
            sqlalchemy.event.remove(engine, event, listener)


def _execute(connections: dict[Login, psycopg.Connection], statements: Sequence[Statement]) -> float:
    """Execute statements bare and return the sum of the seconds, rows fetched."""
    seconds = 0.0
    for statement in statements:
        if statement.text == BEGIN:
            # A role that was taken on ends with its transaction.
            connections[statement.login].rollback()
            continue
        cursor = connections[statement.login].cursor()
        begun = time.perf_counter()
        cursor.execute(statement.text.encode(), statement.parameters)
        if cursor.description is not None:
            cursor.fetchall()
        seconds += time.perf_counter() - begun
    for connection in connections.values():
        connection.rollback()
    return seconds
