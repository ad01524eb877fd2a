"""What happens around the API: a database that goes, pools that are used up, clients that dawdle or leave."""

import json
import logging
import select
import socket
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.db import Database, Login
from bee.errors import Unavailable
from bee.settings import Settings
from bee.telemetry.entries import Telling
from bee.telemetry.forms import Form, formatter
from tests.api.conftest import Keys, Member, sign_up
from tests.api.processes import await_true, connected, in_the_way, waiting
from tests.api.serving import serving
from tests.cluster import away
from tests.factories import execute

ASKED = [
    ("GET", "/v1/momentum", None),
    ("POST", "/v1/events", {"id": str(uuid4()), "event_type": "app_session"}),
    ("PUT", "/v1/consents", {"push": True}),
    ("GET", "/auth/v1/user", None),
    ("GET", "/ready", None),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One issuer, whichever port is served."""
    return Settings(home=tmp_path, api_url="http://bee.example.org")


def stored(database: Database) -> int:
    with database.reading(Login.OWNER) as session:
        return int(execute(session, "select count(*) from engagement_events").scalar_one())


def batch(number: int) -> bytes:
    return json.dumps([{"id": str(uuid4()), "event_type": "app_session"} for _ in range(number)]).encode()


def request_bytes(member: Member, body: bytes) -> bytes:
    token = member.headers["Authorization"]
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: bee\r\nContent-Type: application/json\r\n"
        f"Authorization: {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_database_that_is_gone_is_told_and_its_return_needs_no_restart(
    client: TestClient, database: Database
) -> None:
    member = sign_up(client)
    with away(database):
        for method, path, body in ASKED:
            answer = client.request(method, path, json=body, headers=member.headers)
            assert answer.status_code == 503, path
            assert answer.json()["error"]["code"] == "database_unavailable", path
        assert client.get("/health").status_code == 200
    assert stored(database) == 0
    for method, path, body in ASKED:
        assert client.request(method, path, json=body, headers=member.headers).status_code == 200, path
    assert stored(database) == 1


def test_connections_that_the_server_cut_a_moment_ago_are_nobody_s_fault(
    client: TestClient, database: Database
) -> None:
    member = sign_up(client)
    for method, path, body in ASKED[:3]:
        assert client.request(method, path, json=body, headers=member.headers).status_code == 200
        with away(database):
            pass
        assert client.request(method, path, json=body, headers=member.headers).status_code == 200, path


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        (Login.API, "/v1/momentum", 503),
        (Login.SYSTEM, "/v1/momentum/history", 503),
        # Nothing is left to score, and what can't be counted passes.
        (Login.SYSTEM, "/v1/momentum", 200),
    ],
)
def test_a_pool_that_is_used_up_is_told_after_the_wait(
    client: TestClient,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    login: Login,
    path: str,
    status: int,
) -> None:
    monkeypatch.setattr("bee.db.database.POOL_SIZE", 1)
    monkeypatch.setattr("bee.db.database.POOL_WAIT_S", 0.2)
    member = sign_up(client)
    database.dispose()
    with ExitStack() as stack:
        stack.enter_context(database.reading(login))
        with pytest.raises(Unavailable), database.reading(login):
            pass
        answer = client.get(path, headers=member.headers)
        assert answer.status_code == status
        assert status == 200 or answer.json()["error"]["code"] == "database_busy"
    assert client.get(path, headers=member.headers).status_code == 200


def test_a_statement_that_would_wait_for_ever_is_given_up(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bee.db.database.LONGEST_STATEMENT_S", dict.fromkeys((Login.API, Login.SYSTEM), 1))
    member = sign_up(client)
    database.dispose()
    with in_the_way(database):
        answer = client.post(
            "/v1/events", json={"id": str(uuid4()), "event_type": "app_session"}, headers=member.headers
        )
        assert answer.status_code == 503
        assert answer.json()["error"]["code"] == "database_unavailable"
    assert stored(database) == 0


def test_a_body_that_trickles_is_not_waited_for(
    client: TestClient, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bee.api.body.ARRIVES_WITHIN_S", 0.5)
    whole = request_bytes(sign_up(client), batch(100))
    with serving(database, settings) as (_, served), connected(served.api_port) as connection:
        connection.sendall(whole[:-1000])
        for place in range(-1000, 0):
            # Never silent for long: what is limited is the whole.
            connection.sendall(whole[place : place + 1])
            if select.select([connection], [], [], 0.05)[0]:
                break
        answer = read_all(connection)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"\r\nconnection: close" in head.lower()
    assert json.loads(body)["error"]["code"] == "request_timeout"
    assert stored(database) == 0


@pytest.mark.parametrize("begun", [b"", b"GET /health HTTP/1.1\r\nHost: b"])
def test_headers_that_do_not_arrive_are_not_waited_for(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    monkeypatch.setattr("bee.api.patience.HEAD_WITHIN_S", 0.5)
    with (
        serving(database, settings) as (_, served),
        connected(served.api_port) as slow,
        connected(served.api_port) as quick,
    ):
        slow.sendall(begun)
        quick.sendall(b"GET /health HTTP/1.1\r\nHost: bee\r\n\r\n")
        assert quick.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert read_all(slow) == b""


def test_nothing_stands_between_the_head_of_an_answer_without_a_body_and_the_next_answer(
    database: Database, settings: Settings
) -> None:
    with serving(database, settings) as (_, served), connected(served.api_port) as connection:
        connection.sendall(b"HEAD /v1/version HTTP/1.1\r\nHost: bee\r\n\r\n")
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: bee\r\nConnection: close\r\n\r\n")
        first, second, body = read_all(connection).split(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200 ")
    assert second.startswith(b"HTTP/1.1 200 ")
    assert json.loads(body) == {"status": "ok"}


def test_what_is_no_http_is_told_in_the_envelope(database: Database, settings: Settings) -> None:
    with serving(database, settings) as (_, served), connected(served.api_port) as connection:
        connection.sendall(b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: bee\r\n\r\n")
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /health HTTP/1.1\r\nHost: bee\r\nX-Long: ",
        b"GET /health HTTP/1.1\r\nHost: bee\r\n" + b"X-Many: yes\r\n" * 9_000,
    ],
)
def test_headers_without_end_are_not_kept(database: Database, settings: Settings, begun: bytes) -> None:
    with serving(database, settings) as (_, served), connected(served.api_port) as connection:
        connection.sendall(begun)
        answer = read_while_sending(connection, b"x" * 10_000)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 ")
    assert json.loads(body)["error"]["code"] == "request_header_fields_too_large"


def test_what_follows_a_body_without_end_is_not_kept(database: Database, settings: Settings) -> None:
    begun = b"POST /v1/events HTTP/1.1\r\nHost: bee\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX-After: "
    with serving(database, settings) as (_, served), connected(served.api_port) as connection:
        connection.sendall(begun)
        read_while_sending(connection, b"x" * 10_000)


def read_while_sending(connection: socket.socket, more: bytes) -> bytes:
    """Send until the other side has had enough, and return what it said; a server that never has fails the test."""
    with suppress(ConnectionError):
        for _ in range(1_000):
            if select.select([connection], [], [], 0.001)[0]:
                return read_all(connection)
            connection.sendall(more)
        pytest.fail("ten megabytes were taken")
    return b""


def test_what_a_client_who_left_had_sent_is_kept_whole(
    client: TestClient, database: Database, settings: Settings
) -> None:
    whole = request_bytes(sign_up(client), batch(50))
    with serving(database, settings) as (_, served):
        with in_the_way(database):
            with connected(served.api_port) as connection:
                connection.sendall(whole)
                await_true(lambda: waiting(database) == 1)
            assert stored(database) == 0
        await_true(lambda: stored(database) == 50)


def test_a_client_who_leaves_before_the_end_of_the_body_sent_nothing(
    client: TestClient, database: Database, settings: Settings
) -> None:
    whole = request_bytes(sign_up(client), batch(50))
    with serving(database, settings) as (_, served):
        with connected(served.api_port) as connection:
            connection.sendall(whole[:-1])
        with connected(served.api_port) as connection:
            connection.sendall(whole.replace(b"Content-Length", b"Connection: close\r\nContent-Length"))
            assert read_all(connection).startswith(b"HTTP/1.1 200 ")
    assert stored(database) == 50


def test_answers_go_on_while_many_wait_for_the_database(
    client: TestClient, database: Database, settings: Settings
) -> None:
    member = sign_up(client)
    statuses: list[int] = []

    def send() -> None:
        answer = client.post(
            "/v1/events", json={"id": str(uuid4()), "event_type": "app_session"}, headers=member.headers
        )
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    with in_the_way(database):
        for thread in threads:
            thread.start()
        await_true(lambda: waiting(database) >= 6)
        assert client.get("/v1/momentum", headers=member.headers).status_code == 200
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6


def test_a_request_is_one_line_of_log_without_anything_personal(
    database: Database,
    settings: Settings,
    keys: Keys,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(caplog.handler, "formatter", formatter(Form.JSON, Telling()))
    with TestClient(
        create_app(database, settings), headers={"apikey": keys.anon}, raise_server_exceptions=False
    ) as client:
        member = sign_up(client, "zenobia@example.org", full_name="Zenobia Planted")
        planted = {"id": str(uuid4()), "event_type": "journal_entry", "metadata": {"text": "zenobia's words"}}
        client.post("/v1/events?name=zenobia", json=planted, headers=member.headers)
        client.delete("/v1/push-tokens/zenobia", headers=member.headers)
        client.delete("/v1/push-tokens/1", headers=member.headers)
        client.delete(
            "/functions/v1/push-tokens/AAAAAAAA-0000-4000-8000-00000000000F", headers=member.headers
        )
        client.get("/zenobia/nothing", headers=member.headers | {"X-Request-Id": "told-by-the-app"})
        with database.writing(Login.OWNER) as session:
            # A statement with the member's words in it is a fault of ours then.
            session.driver.execute(
                "alter table coach_messages drop constraint coach_messages_body_check,"
                " alter column body type integer using 0"
            )
        path = "/v1/ai-coaching-engine/generate-response"
        answer = client.post(path, json={"message": "zenobia says"}, headers=member.headers)
        assert answer.status_code == 500
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    noted = [line for line in lines if line["logger"] == "bee.api.requests"]
    assert [(line["method"], line.get("route"), line["status"]) for line in noted][:6] == [
        ("POST", "/auth/v1/signup", 200),
        ("POST", "/v1/events", 200),
        ("DELETE", "/v1/push-tokens/{token_id}", 400),
        ("DELETE", "/v1/push-tokens/{token_id}", 400),
        ("DELETE", "/functions/v1/push-tokens/{token_id}", 404),
        ("GET", None, 404),
    ]
    assert noted[5]["request_id"] == "told-by-the-app"
    assert all(line["duration_ms"] >= 0 for line in noted)
    text = json.dumps([line for line in lines if not line["logger"].startswith("httpx")]).lower()
    secrets = (member.session["access_token"], member.session["refresh_token"], keys.anon)
    assert "zenobia" not in text
    assert not [secret for secret in secrets if secret.lower() in text]
