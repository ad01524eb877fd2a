"""Push tokens, notifications, consents: the member's own, and nobody else's."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from starlette.testclient import TestClient

from bee.db import Database, Login
from tests.api.conftest import Keys, Member, sign_up
from tests.factories import execute

TOKEN = {"fcm_token": "fGx:APA91b", "platform": "ios"}


def tokens(database: Database) -> list[tuple[UUID, bool, str | None]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select user_id, is_active, deactivated_because from user_fcm_tokens order by created_at, id",
        )
        return [tuple(row) for row in rows]


def notify(database: Database, member: Member, *, sent: bool = True) -> UUID:
    notification_id = uuid4()
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into momentum_notifications
                (id, user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, title,
                 message, sent_at)
            values
                (:id, :user_id, 'celebration', 'rising', 1, :moment, '2026-11-23', :decision, 'eligible',
                 'Well done', 'Three days Rising.', :sent_at)
            """,
            id=notification_id,
            user_id=member.id,
            moment=str(notification_id),
            decision="send" if sent else "withhold",
            sent_at=datetime(2026, 11, 23, 9, tzinfo=UTC) if sent else None,
        )
    return notification_id


def test_a_token_is_registered_once_and_refreshed(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    first = client.put("/v1/push-tokens", json=TOKEN, headers=member.headers).json()
    again = client.put("/v1/push-tokens", json=TOKEN | {"platform": "android"}, headers=member.headers).json()
    assert first["id"] == again["id"]
    assert again["platform"] == "android"
    assert again["last_seen_at"] > first["last_seen_at"]
    assert tokens(database) == [(member.id, True, None)]


def test_a_device_that_changes_hands_takes_its_token_along(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    client.put("/v1/push-tokens", json=TOKEN, headers=mia.headers)
    client.put("/v1/push-tokens", json=TOKEN, headers=noah.headers)
    assert tokens(database) == [(mia.id, False, "moved"), (noah.id, True, None)]
    client.put("/v1/push-tokens", json=TOKEN, headers=mia.headers)
    assert tokens(database) == [(mia.id, True, None), (noah.id, False, "moved")]


def test_a_token_that_was_found_dead_is_alive_when_it_registers_again(
    client: TestClient, database: Database
) -> None:
    member = sign_up(client)
    client.put("/v1/push-tokens", json=TOKEN, headers=member.headers)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update user_fcm_tokens set is_active = false, deactivated_at = now(), deactivated_because = 'dead'",
        )
    assert tokens(database) == [(member.id, False, "dead")]
    client.put("/v1/push-tokens", json=TOKEN, headers=member.headers)
    assert tokens(database) == [(member.id, True, None)]


def test_a_member_drops_own_tokens_only(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    token_id = client.put("/v1/push-tokens", json=TOKEN, headers=mia.headers).json()["id"]
    other = client.delete(f"/v1/push-tokens/{token_id}", headers=noah.headers)
    assert (other.status_code, other.json()["error"]["code"]) == (404, "no_token")
    assert client.delete(f"/v1/push-tokens/{token_id}", headers=mia.headers).status_code == 204
    assert client.delete(f"/v1/push-tokens/{token_id}", headers=mia.headers).status_code == 404
    assert tokens(database) == []


@pytest.mark.parametrize(
    "body",
    [
        {"fcm_token": "", "platform": "ios"},
        {"fcm_token": "a b", "platform": "ios"},
        {"fcm_token": "x" * 5000, "platform": "ios"},
        {"fcm_token": "x", "platform": "fridge"},
        {"fcm_token": None, "platform": "ios"},
        {"platform": "ios"},
        [],
    ],
)
def test_what_is_no_token_is_refused(client: TestClient, body: object) -> None:
    answer = client.put("/v1/push-tokens", json=body, headers=sign_up(client).headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")


def test_a_member_sees_what_was_sent_to_them_and_nothing_else(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    sent = notify(database, mia)
    notify(database, mia, sent=False)
    notify(database, noah)
    found = client.get("/v1/notifications", headers=mia.headers).json()["notifications"]
    assert [row["id"] for row in found] == [str(sent)]
    assert set(found[0]) == {
        "id", "notification_type", "trigger_date", "title", "message", "action", "sent_at", "opened_at",
    }  # fmt: skip


def test_an_opened_notification_is_a_receipt_of_its_own(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    sent, withheld = notify(database, mia), notify(database, mia, sent=False)
    path = f"/v1/notifications/{sent}/opened"
    assert client.post(path, headers=mia.headers).status_code == 204
    first = client.get("/v1/notifications", headers=mia.headers).json()["notifications"][0]["opened_at"]
    assert client.post(path, headers=mia.headers).status_code == 204
    second = client.get("/v1/notifications", headers=mia.headers).json()["notifications"][0]["opened_at"]
    assert first == second is not None
    assert client.post(path, headers=noah.headers).status_code == 404
    assert client.post(f"/v1/notifications/{withheld}/opened", headers=mia.headers).status_code == 404
    assert client.post("/v1/notifications/5/opened", headers=mia.headers).status_code == 400


def test_consents_are_decisions_that_are_all_kept(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    assert client.get("/v1/consents", headers=member.headers).json() == {"consents": []}
    client.put("/v1/consents", json={"push": True, "coaching": True}, headers=member.headers)
    answer = client.put("/v1/consents", json={"push": False}, headers=member.headers)
    found = {row["purpose"]: row["granted"] for row in answer.json()["consents"]}
    assert found == {"coaching": True, "push": False}
    with database.reading(Login.OWNER) as session:
        kept = execute(session, "select count(*) from consents").scalar_one()
        mirrored = execute(session, "select consents from members where id = :id", id=member.id).scalar_one()
    assert kept == 3
    assert mirrored == {"push": False, "coaching": True}


@pytest.mark.parametrize("body", [{}, {"pusch": True}, {"push": "yes"}, {"push": None}, [], None])
def test_what_is_no_decision_is_refused(client: TestClient, body: object) -> None:
    answer = client.put("/v1/consents", json=body, headers=sign_up(client).headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/consents"),
        ("PUT", "/v1/consents"),
        ("GET", "/v1/notifications"),
        ("POST", f"/v1/notifications/{UUID(int=1)}/opened"),
        ("PUT", "/v1/push-tokens"),
        ("DELETE", f"/v1/push-tokens/{UUID(int=1)}"),
        ("POST", "/v1/events"),
        ("POST", "/functions/v1/events"),
    ],
)
def test_nobody_gets_anywhere_without_a_member_s_token(
    client: TestClient, keys: Keys, method: str, path: str
) -> None:
    for token in (None, keys.anon, keys.service, "forged"):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = client.request(method, path, headers=headers, json={"push": True})
        assert answer.status_code == 401
        assert set(answer.json()) == {"error"}
        assert answer.headers["www-authenticate"] == "Bearer"
