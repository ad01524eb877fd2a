"""The protocol: who is let in, joining and leaving, tokens that change and end, broadcasts, limits."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient, WebSocketDenialResponse

from bee.api.asgi import create_app
from bee.api.realtime.limits import RealtimeLimits
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.settings import Settings
from tests.api.conftest import Keys, Member, sign_up
from tests.api.realtime.conftest import SCORES, Connect, Line, connecting, do, token_of
from tests.factories import execute

SECRET = "a secret of somebody else's, long enough to sign with"
FEW = RealtimeLimits(
    sockets=2,
    channels=2,
    subscriptions=2,
    message_bytes=2000,
    backlog_messages=8,
    joins_per_s=6,
    messages_per_s=30,
    silent_s=0.4,
    ready_s=0.1,
)
NOWHERE = ServerAddress((("host", "127.0.0.1"), ("port", "1"), ("dbname", "bee")), (), None)


@pytest.fixture
def mia(client: TestClient) -> Member:
    return sign_up(client)


@pytest.fixture
def noah(client: TestClient) -> Member:
    return sign_up(client, "noah@example.org")


@pytest.fixture
def narrow(database: Database, settings: Settings, keys: Keys) -> Iterator[Connect]:
    """Sockets of an application that gives little away."""
    app = create_app(database, settings, limits=FEW)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield connecting(client, keys)


@pytest.fixture
def signed_elsewhere(database: Database, settings: Settings, keys: Keys) -> Iterator[Connect]:
    """Sockets of an application for tokens that the test signs."""
    secret, anon = SecretStr(SECRET), SecretStr(keys.anon)
    theirs = settings.model_copy(update={"supabase_jwt_secret": secret, "supabase_anon_key": anon})
    with TestClient(create_app(database, theirs), raise_server_exceptions=False) as client:
        yield connecting(client, keys)


def signed(user_id: UUID, *, ends_in_s: float = 600) -> str:
    claims = {
        "iss": "elsewhere",
        "sub": str(user_id),
        "aud": "authenticated",
        "role": "authenticated",
        "exp": int(datetime.now(UTC).timestamp() + ends_in_s),
    }
    return jwt.encode(claims, SECRET, algorithm="HS256")


def shout(line: Line, topic: str, number: int = 1) -> str:
    told = {"type": "broadcast", "event": "typing", "payload": {"n": number}}
    return line.say(f"realtime:{topic}", "broadcast", told)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("vsn=1.0.0", 401, "no_api_key"),
        ("apikey=wrong", 401, "invalid_api_key"),
        ("apikey=" + "x" * 9000, 401, "invalid_api_key"),
        ("apikey={anon}&vsn=3.0.0", 400, "bad_version"),
    ],
)
def test_without_a_key_of_ours_there_is_no_socket(
    client: TestClient, keys: Keys, query: str, status: int, code: str
) -> None:
    with (
        pytest.raises(WebSocketDenialResponse) as caught,
        TestClient(client.app).websocket_connect(f"/realtime/v1/websocket?{query.format(anon=keys.anon)}"),
    ):
        pass
    assert (caught.value.status_code, caught.value.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("path", ["/nothing", "/v1/momentum", "/realtime/v1/", "/realtime/v1/websocket/x"])
def test_there_are_no_sockets_elsewhere(client: TestClient, path: str) -> None:
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect(path):
        pass
    assert (caught.value.status_code, caught.value.json()["error"]["code"]) == (404, "not_found")


def test_a_member_s_token_is_no_key(client: TestClient, mia: Member, connect: Connect) -> None:
    with pytest.raises(WebSocketDenialResponse), connect(key=token_of(mia)):
        pass


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_heartbeat_is_answered(connect: Connect, version: str) -> None:
    with connect(version=version) as line:
        assert line.ask("phoenix", "heartbeat") == {"status": "ok", "response": {}}


@pytest.mark.parametrize("token", ["wrong", "a.b.c", 7, ["x"], {"a": 1}, "x" * 9000])
def test_a_bad_token_is_refused_in_the_reply(connect: Connect, token: Any) -> None:
    with connect() as line:
        reply = line.join("a", token, SCORES)
        assert reply["status"] == "error"
        assert reply["response"]["code"] == "bad_jwt"
        assert line.has_heard_nothing_more()


@pytest.mark.parametrize(
    ("topic", "payload", "code"),
    [
        ("phoenix", {}, "bad_topic"),
        ("realtime:", {}, "bad_topic"),
        ("realtime:" + "x" * 300, {}, "bad_topic"),
        ("realtime:a", {"config": 1}, "bad_config"),
        ("realtime:a", {"config": {"postgres_changes": [{}] * 21}}, "bad_config"),
        ("realtime:live_22222222-2222-4222-8222-222222222222", {}, "not_yours"),
        ("realtime:a", {"config": {"private": True}}, "not_yours"),
    ],
)
def test_what_can_not_be_joined_says_why(
    connect: Connect, mia: Member, topic: str, payload: dict[str, Any], code: str
) -> None:
    with connect() as line:
        reply = line.ask(topic, "phx_join", payload | {"access_token": token_of(mia)})
        assert (reply["status"], reply["response"]["code"]) == ("error", code)


def test_of_a_topic_that_was_left_nothing_is_heard(client: TestClient, connect: Connect, mia: Member) -> None:
    with connect() as line:
        line.join("a", token_of(mia), SCORES)
        assert line.ask("realtime:a", "phx_leave") == {"status": "ok", "response": {}}
        assert line.until("phx_close") == {}
        line.heard.clear()
        [heard] = line.join("b", token_of(mia), SCORES)["response"]["postgres_changes"]
        do(client, mia)
        assert line.until("postgres_changes")["ids"] == [heard["id"]]
        assert line.ask("realtime:a", "broadcast", {"event": "x"})["response"]["reason"] == "unmatched topic"


def test_a_topic_that_is_joined_again_is_joined_once(
    client: TestClient, connect: Connect, mia: Member
) -> None:
    with connect() as line:
        line.join("a", token_of(mia), SCORES)
        again = line.join("a", token_of(mia), SCORES)
        do(client, mia)
        ids = [one["id"] for one in again["response"]["postgres_changes"]]
        assert line.until("postgres_changes")["ids"] == ids
        line.heard.clear()
        assert line.has_heard_nothing_more()


def test_presence_is_not_served_and_who_wants_it_is_told(connect: Connect, mia: Member) -> None:
    with connect() as line:
        assert line.join("a", token_of(mia), presence={"key": "", "enabled": True})["status"] == "ok"
        told = line.until("system")
        assert (told["extension"], told["status"]) == ("presence", "error")
        reply = line.ask("realtime:a", "presence", {"type": "presence", "event": "track", "payload": {}})
        assert (reply["status"], reply["response"]["code"]) == ("error", "no_presence")
        line.until("presence_state")
        line.join("b", token_of(mia), presence={"key": "", "enabled": False})
        line.until("presence_state")
        assert line.has_heard_nothing_more()
        assert line.join("c", token_of(mia), presence=[])["response"]["code"] == "bad_config"


def test_who_signs_in_later_hears_from_then_on(client: TestClient, connect: Connect, mia: Member) -> None:
    with connect() as line:
        line.join("a", None, SCORES)
        do(client, mia)
        line.say("realtime:a", "access_token", {"access_token": token_of(mia)})
        line.ask("phoenix", "heartbeat")
        do(client, mia)
        while line.until("postgres_changes")["data"]["type"] != "UPDATE":
            pass


@pytest.mark.parametrize("token", ["wrong", 7])
def test_a_token_that_does_not_hold_ends_the_channel(connect: Connect, mia: Member, token: Any) -> None:
    with connect() as line:
        line.join("a", token_of(mia))
        line.say("realtime:a", "access_token", {"access_token": None})
        line.say("realtime:a", "access_token", {"access_token": token})
        told = line.until("system")
        assert (told["status"], told["extension"]) == ("error", "system")
        line.until("phx_close")


def test_a_token_of_somebody_else_ends_a_channel_that_names_its_member(
    connect: Connect, mia: Member, noah: Member
) -> None:
    with connect() as line:
        line.join(f"live_{mia.id}", token_of(mia))
        line.say(f"realtime:live_{mia.id}", "access_token", {"access_token": token_of(noah)})
        assert "Unauthorized" in line.until("system")["message"]
        line.until("phx_close")


def test_an_expired_token_ends_the_channel_and_with_the_last_the_socket(signed_elsewhere: Connect) -> None:
    member = uuid4()
    with signed_elsewhere() as line:
        assert line.join("stays", signed(member, ends_in_s=3))["status"] == "ok"
        assert line.join("ends", signed(member, ends_in_s=2))["status"] == "ok"
        line.say("realtime:stays", "access_token", {"access_token": signed(member, ends_in_s=5)})
        told = line.until("system")
        assert (told["channel"], told["message"]) == ("ends", "Access token has expired")
        line.until("phx_close")
        assert line.ask("realtime:stays", "broadcast", {"event": 7})["response"]["code"] == "bad_broadcast"
        assert line.until("system")["channel"] == "stays"
        line.until("phx_close")
        assert line.closed() == 1000
    with signed_elsewhere() as line:
        assert line.join("a", signed(member, ends_in_s=1e13))["status"] == "ok", "some are signed for ever"
        assert line.join("a", signed(member, ends_in_s=-60))["response"]["code"] == "token_expired"


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_member_s_broadcast_reaches_the_own_devices_and_nobody_else(
    connect: Connect, mia: Member, noah: Member, keys: Keys, version: str
) -> None:
    with connect(version=version) as phone, connect() as tablet, connect() as other, connect() as anybody:
        assert phone.join("coach_stream", token_of(mia), broadcast={"ack": True})["status"] == "ok"
        tablet.join("coach_stream", token_of(mia), broadcast={"self": True})
        other.join("coach_stream", token_of(noah), broadcast={"self": True})
        anybody.join("coach_stream", None)
        for line in (phone, tablet, other, anybody):
            line.until("presence_state")
        assert phone.until("phx_reply", ref=shout(phone, "coach_stream")) == {"status": "ok", "response": {}}
        assert tablet.until("broadcast") == {"type": "broadcast", "event": "typing", "payload": {"n": 1}}
        shout(tablet, "coach_stream", 2)
        assert tablet.until("broadcast")["payload"] == {"n": 2}, "it hears itself, as it asked"
        assert phone.until("broadcast")["payload"] == {"n": 2}, "and not what it said itself"
        shout(other, "coach_stream", 3)
        assert other.until("broadcast")["payload"] == {"n": 3}
        assert anybody.until("phx_reply", ref=shout(anybody, "coach_stream"))["status"] == "error"
        assert all(line.has_heard_nothing_more() for line in (phone, tablet, other, anybody))


def test_a_broadcast_in_bytes_arrives(connect: Connect, mia: Member) -> None:
    with connect(version="2.0.0") as phone, connect() as tablet:
        phone.join("a", token_of(mia))
        tablet.join("a", token_of(mia))
        parts = [part.encode() for part in ("1", "9", "realtime:a", "typing", "")]
        phone.session.send_bytes(bytes([3, *map(len, parts), 1]) + b"".join(parts) + b'{"n": 1}')
        assert tablet.until("broadcast")["payload"] == {"n": 1}


def post(client: TestClient, token: str | None, *messages: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post("/realtime/v1/api/broadcast", json={"messages": messages}, headers=headers)


def test_the_service_s_broadcast_reaches_whoever_is_signed_in(
    client: TestClient, connect: Connect, mia: Member, noah: Member, keys: Keys
) -> None:
    with connect() as mias, connect() as noahs, connect() as anybodys:
        for line, token in ((mias, token_of(mia)), (noahs, token_of(noah)), (anybodys, None)):
            line.join("news", token)
            line.until("presence_state")
        answer = post(client, keys.service, {"topic": "news", "event": "hello", "payload": {"a": "ä"}})
        assert (answer.status_code, answer.content) == (202, b"")
        for line in (mias, noahs):
            assert line.until("broadcast") == {"type": "broadcast", "event": "hello", "payload": {"a": "ä"}}
        one = client.post("/realtime/v1/api/broadcast/news/events/bye", json={"b": 1}, headers=mia.headers)
        assert one.status_code == 202
        assert mias.until("broadcast")["event"] == "bye"
        assert noahs.has_heard_nothing_more()
        assert anybodys.has_heard_nothing_more()


def test_the_same_broadcast_twice_arrives_twice(client: TestClient, connect: Connect, mia: Member) -> None:
    with connect() as line:
        line.join("a", token_of(mia))
        message = {"topic": "a", "event": "e"}
        assert post(client, token_of(mia), message, message).status_code == 202
        assert line.until("broadcast") == line.until("broadcast")


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        ({"topic": "", "event": "e"}, 400, "validation_failed"),
        ({"topic": "a"}, 400, "validation_failed"),
        ({"topic": "a", "event": "e", "payload": []}, 400, "validation_failed"),
        ({"topic": "a\0", "event": "e"}, 400, "bad_topic"),
        ({"topic": "live_22222222-2222-4222-8222-222222222222", "event": "e"}, 403, "not_yours"),
        ({"topic": "a", "event": "e", "private": True}, 403, "not_yours"),
        ({"topic": "a", "event": "e", "payload": {"x": "y" * 8000}}, 400, "broadcast_too_large"),
        ({"topic": "a", "event": "e", "payload": {"x": "\0"}}, 202, None),
    ],
)
def test_a_broadcast_by_request_is_held_to_the_same_rules(
    client: TestClient, mia: Member, message: Any, status: int, code: str | None
) -> None:
    answer = post(client, token_of(mia), message)
    assert answer.status_code == status, answer.text
    assert code is None or answer.json()["error"]["code"] == code


def test_a_broadcast_by_request_needs_a_key_and_a_member(client: TestClient, mia: Member, keys: Keys) -> None:
    message = {"topic": "a", "event": "e"}
    assert post(client, None, message).status_code == 403
    assert post(client, "wrong", message).status_code == 401
    assert post(client, token_of(mia), *[message] * 101).status_code == 400
    keyless = TestClient(client.app).post("/realtime/v1/api/broadcast", json={"messages": [message]})
    assert keyless.status_code == 401


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "[]", '{"topic": "a", "event": "b", "payload": []}', "[" * 50_000]
)
def test_who_does_not_speak_the_protocol_is_sent_away(connect: Connect, text: str) -> None:
    with connect() as line:
        line.session.send_text(text)
        assert line.closed() == 1008


def test_there_are_so_many_sockets_and_no_more(narrow: Connect) -> None:
    with narrow() as first, narrow():
        with pytest.raises(WebSocketDenialResponse) as caught, narrow():
            pass
        assert (caught.value.status_code, caught.value.json()["error"]["code"]) == (503, "too_many_sockets")
        first.session.close()
    with narrow() as again:
        assert again.ask("phoenix", "heartbeat")["status"] == "ok"


def test_a_token_that_is_one_socket_too_many_ends_the_channel_and_the_next_free_place_is_taken(
    database: Database, settings: Settings, keys: Keys, mia: Member
) -> None:
    app = create_app(database, settings.model_copy(update={"sockets_per_member": 1}))
    with TestClient(app) as client, connecting(client, keys)() as second:
        assert second.join("a", None)["status"] == "ok", "who is nobody counts for nobody"
        with connecting(client, keys)() as first:
            assert first.join("a", token_of(mia))["status"] == "ok"
            assert second.join("b", token_of(mia))["response"]["code"] == "too_many_sockets"
            second.say("realtime:a", "access_token", {"access_token": token_of(mia)})
            assert second.until("system")["message"] == "Too many connected users"
            second.until("phx_close")
        while second.join("b", token_of(mia))["status"] == "error":
            time.sleep(0.1)


def test_channels_subscriptions_and_joins_have_an_end(narrow: Connect, keys: Keys) -> None:
    with narrow() as line:
        replies = [line.join(name, None)["response"].get("code") for name in ("a", "b", "c")]
        assert replies == [None, None, "too_many_channels"]
        assert line.join("a", None, {}, {}, {})["response"]["code"] == "bad_config"
        codes = {line.join("a", None)["response"].get("code") for _ in range(10)}
        assert "too_many_joins" in codes


def test_a_message_that_is_too_large_ends_the_socket(narrow: Connect) -> None:
    with narrow() as line:
        line.session.send_text(
            json.dumps({"topic": "phoenix", "event": "heartbeat", "payload": {"x": "y" * 2000}})
        )
        assert line.closed() == 1009


def test_who_floods_is_sent_away(narrow: Connect) -> None:
    with narrow() as line:
        for _ in range(200):
            line.say("phoenix", "heartbeat")
        assert line.closed() in (1008, 1013)


def test_a_socket_that_is_silent_is_ended_and_one_that_speaks_is_not(narrow: Connect) -> None:
    with narrow() as silent, narrow() as speaking:
        for _ in range(4):
            assert speaking.ask("phoenix", "heartbeat")["status"] == "ok"
        assert silent.closed() == 1000


def test_what_is_joined_while_the_database_is_away_is_refused_and_the_socket_lives(
    settings: Settings, keys: Keys
) -> None:
    app = create_app(Database(NOWHERE), settings, limits=FEW)
    with TestClient(app) as client, connecting(client, keys)(key=keys.service) as line:
        reply = line.join("a", None, SCORES)
        assert (reply["status"], reply["response"]["code"]) == ("error", "realtime_unavailable")
        assert line.join("a", None)["status"] == "ok", "without changes there is nothing to wait for"


def test_changes_that_nobody_needs_any_more_are_forgotten(
    client: TestClient, database: Database, mia: Member, settings: Settings
) -> None:
    do(client, mia)
    with database.writing(Login.WORKER) as session:
        assert session.run("realtime/forget_changes", hours=24) == 0
    with database.writing(Login.OWNER) as session:
        execute(session, "update outbox set created_at = now() - interval '25 hours'")
    with database.writing(Login.WORKER) as session:
        assert session.run("realtime/forget_changes", hours=24) == 1
