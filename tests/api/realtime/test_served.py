"""Over real sockets: two applications at once, slow readers, shutting down, a connection that goes."""

import json
import logging
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

import httpx2 as httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as connect_websocket

from bee.api.caller import Role
from bee.api.house import local_api_keys
from bee.api.realtime.limits import RealtimeLimits
from bee.db import Database
from bee.settings import Settings
from tests.api.processes import await_true
from tests.api.realtime.conftest import SCORES
from tests.api.serving import serving
from tests.cluster import administering

WITHIN_S = 30
PASSWORD = "correct horse battery"
LISTENERS = "from pg_stat_activity where query like '%%listen bee_realtime%%' and datname = %s"


def key(settings: Settings, role: Role) -> str:
    return next(key for key, found in local_api_keys(settings).items() if found is role)


@contextmanager
def socket(settings: Settings, **options: Any) -> Iterator[ClientConnection]:
    anon = key(settings, Role.ANON)
    address = f"ws://127.0.0.1:{settings.api_port}/realtime/v1/websocket?apikey={anon}&vsn=1.0.0"
    with connect_websocket(address, proxy=None, **options) as connection:
        yield connection


def sign_up(settings: Settings, email: str = "mia@example.org") -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{settings.api_port}/auth/v1/signup",
        json={"email": email, "password": PASSWORD},
        headers={"apikey": key(settings, Role.ANON)},
    )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def do(settings: Settings, token: str, number: int) -> None:
    answer = httpx.post(
        f"http://127.0.0.1:{settings.api_port}/v1/events",
        json={"id": f"00000000-0000-4000-8000-{number:012}", "event_type": "app_session"},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text


def join(connection: ClientConnection, token: str, topic: str = "realtime:a") -> None:
    assert ask_to_join(connection, token, topic)["status"] == "ok"


def ask_to_join(connection: ClientConnection, token: str, topic: str = "realtime:a") -> Any:
    payload = {"config": {"postgres_changes": [SCORES]}, "access_token": token}
    connection.send(json.dumps({"topic": topic, "event": "phx_join", "payload": payload, "ref": "1"}))
    return until(connection, "phx_reply")


def refusal(settings: Settings) -> Response | None:
    """Return the answer to a handshake that is refused; None for one that is not."""
    try:
        with socket(settings):
            return None
    except InvalidStatus as error:
        return error.response


def until(connection: ClientConnection, event: str) -> Any:
    while True:
        message = json.loads(connection.recv(timeout=WITHIN_S))
        if message["event"] == event:
            return message["payload"]


def test_every_process_hears_every_change_and_broadcast(database: Database, settings: Settings) -> None:
    settings = settings.model_copy(update={"api_url": "http://api.example.org"})
    with ExitStack() as stack:
        (_, first), (_, second) = (stack.enter_context(serving(database, settings)) for _ in range(2))
        token = sign_up(first)
        lines = [stack.enter_context(socket(one)) for one in (first, second)]
        for line in lines:
            join(line, token)
        do(second, token, 1)
        scores = [until(line, "postgres_changes")["data"]["record"]["final_score"] for line in lines]
        assert scores[0] == scores[1] > 0
        told = {"type": "broadcast", "event": "hello", "payload": {"a": 1}}
        lines[0].send(json.dumps({"topic": "realtime:a", "event": "broadcast", "payload": told, "ref": "2"}))
        assert until(lines[1], "broadcast") == told


def test_what_happened_while_the_connection_was_away_is_heard_when_it_is_back(
    database: Database, settings: Settings
) -> None:
    with serving(database, settings) as (_, served), socket(served) as line:
        token = sign_up(served)
        join(line, token)
        place = (dict(database.address.base)["dbname"],)
        for number in (1, 2):
            _until_listening(database, place)
            with administering(database.address) as connection:
                ended = connection.execute(f"select pg_terminate_backend(pid) {LISTENERS}", place).fetchall()
            assert ended == [(True,)]
            do(served, token, number)
            assert until(line, "postgres_changes")["data"]["record"]["event_count"] == number


def _until_listening(database: Database, place: tuple[str]) -> None:
    deadline = time.monotonic() + WITHIN_S
    with administering(database.address) as connection:
        while not connection.execute(f"select pid {LISTENERS}", place).fetchall():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_reader_that_takes_nothing_is_given_up_and_the_others_go_on(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(database, settings) as (server, served), ExitStack() as stack:
        token = sign_up(served)
        slow = stack.enter_context(socket(served, max_queue=1, compression=None, ping_interval=None))
        quick = stack.enter_context(socket(served))
        join(slow, token)
        join(quick, token)
        service = {
            "Authorization": f"Bearer {key(served, Role.SERVICE)}",
            "apikey": key(served, Role.SERVICE),
        }
        address = f"http://127.0.0.1:{served.api_port}/realtime/v1/api/broadcast"
        # Each as large as may be: the system's own buffers fill before ours do.
        message = {"topic": "a", "event": "e", "payload": {"x": "y" * 7000}}
        deadline = time.monotonic() + 2 * WITHIN_S
        while "too slow" not in caplog.text:
            assert time.monotonic() < deadline
            assert httpx.post(address, json={"messages": [message] * 50}, headers=service).status_code == 202
            for _ in range(50):
                until(quick, "broadcast")
        do(served, token, 1)
        assert until(quick, "postgres_changes")["data"]["type"] == "INSERT"
        slow.socket.close()
        assert server.started


def test_an_address_has_so_many_sockets_and_one_that_breaks_off_makes_room(
    database: Database, settings: Settings
) -> None:
    few = settings.model_copy(update={"sockets_per_address": 2})
    with serving(database, few) as (_, served), ExitStack() as stack:
        first, _ = (stack.enter_context(socket(served)) for _ in range(2))
        refused = refusal(served)
        assert refused is not None
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "10")
        assert json.loads(refused.body)["error"]["code"] == "too_many_sockets"
        # No goodbye: the connection is reset, as by a phone that lost the net or an app that was killed.
        first.socket.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        first.socket.close()
        await_true(lambda: refusal(served) is None)


def test_a_member_has_so_many_sockets_whatever_the_address_and_the_client_reads_why(
    database: Database, settings: Settings
) -> None:
    few = settings.model_copy(update={"sockets_per_member": 2, "trusted_proxies": 1})
    with serving(database, few) as (_, served), ExitStack() as stack:
        token = sign_up(served)
        first, second, third = (
            stack.enter_context(socket(served, additional_headers={"X-Forwarded-For": f"192.0.2.{n}"}))
            for n in range(3)
        )
        for line in (first, second):
            join(line, token)
        assert ask_to_join(third, token)["response"]["reason"] == "Too many connected users"
        third.send(json.dumps({"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "2"}))
        assert until(third, "phx_reply")["status"] == "ok", "the socket lives on, and may be somebody else's"
        first.close()
        await_true(lambda: ask_to_join(third, token)["status"] == "ok")


def test_a_server_that_stops_says_so_to_its_sockets(database: Database, settings: Settings) -> None:
    with ExitStack() as stack:
        with serving(database, settings) as (server, served):
            line = stack.enter_context(socket(served))
            join(line, sign_up(served))
            server.should_exit = True
            with pytest.raises(ConnectionClosed) as caught:
                until(line, "nothing")
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1012


def test_a_message_that_is_too_large_is_never_taken_in(database: Database, settings: Settings) -> None:
    with serving(database, settings) as (_, served), socket(served) as line:
        line.send("x" * (RealtimeLimits().message_bytes + 1))
        with pytest.raises(ConnectionClosed) as caught:
            line.recv(timeout=WITHIN_S)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1009


def test_a_key_in_an_address_is_not_logged(
    database: Database, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), serving(database, settings) as (_, served):
        with socket(served) as line:
            line.send(json.dumps({"topic": "phoenix", "event": "heartbeat", "payload": {}, "ref": "1"}))
            until(line, "phx_reply")
        assert "connection open" in caplog.text
        assert key(served, Role.ANON) not in caplog.text
