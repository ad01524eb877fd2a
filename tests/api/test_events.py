"""Events in: one by one and in batches, again, late, wrong, too large, of somebody else."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from bee.api.routes.events import MOST_EVENTS, Event, checked_event
from bee.db import Database, Login
from tests.api.conftest import Member, sign_up
from tests.factories import execute

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def event(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "event_type": "lesson_completion"} | fields


def post(client: TestClient, member: Member, body: Any) -> list[dict[str, Any]]:
    answer = client.post("/v1/events", json=body, headers=member.headers)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def stored(database: Database, member: Member) -> int:
    with database.reading(Login.OWNER) as session:
        return int(
            execute(
                session, "select count(*) from engagement_events where user_id = :id", id=member.id
            ).scalar_one()
        )


def test_an_event_goes_in_once(client: TestClient, database: Database) -> None:
    member, sent = sign_up(client), event()
    assert post(client, member, sent) == [{"id": sent["id"], "status": "added", "error": None}]
    assert post(client, member, sent) == [{"id": sent["id"], "status": "repeated", "error": None}]
    assert stored(database, member) == 1


def test_a_batch_says_what_became_of_each(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    good, twice, bad = event(), event(), event(event_type="")
    results = post(client, member, [good, twice, bad, twice, "text", None, {"id": "x"}])
    assert [result["status"] for result in results] == [
        "added", "added", "rejected", "repeated", "rejected", "rejected", "rejected",
    ]  # fmt: skip
    assert results[2]["error"]["code"] == "validation_failed"
    assert "event_type" in results[2]["error"]["message"]
    assert results[6]["id"] == "x"
    assert stored(database, member) == 2


def test_a_thousand_go_in_at_once_and_one_more_does_not(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    batch = [event() for _ in range(MOST_EVENTS)]
    assert {result["status"] for result in post(client, member, batch)} == {"added"}
    assert stored(database, member) == MOST_EVENTS
    for size in (0, MOST_EVENTS + 1):
        answer = client.post("/v1/events", json=batch[:1] * size, headers=member.headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "batch_size")


def test_two_members_may_use_the_same_id(client: TestClient, database: Database) -> None:
    mia, noah, sent = sign_up(client), sign_up(client, "noah@example.org"), event()
    assert post(client, mia, sent)[0]["status"] == "added"
    assert post(client, noah, sent)[0]["status"] == "added"
    assert (stored(database, mia), stored(database, noah)) == (1, 1)


def test_nobody_sends_events_of_another_member(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    answer = client.post("/v1/events", json=event(user_id=str(noah.id)), headers=mia.headers)
    assert answer.status_code == 400
    assert stored(database, noah) == 0


def test_the_day_is_the_member_s(client: TestClient, database: Database) -> None:
    member = sign_up(client, time_zone="America/Lima")
    post(client, member, event(occurred_at="2026-11-23T03:30:00Z"))
    post(client, member, event(occurred_at="2026-11-23T03:30:00Z", time_zone="Asia/Tokyo"))
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session, "select event_date, time_zone from engagement_events order by event_date"
        ).all()
    assert [(str(day), zone) for day, zone in map(tuple, rows)] == [
        ("2026-11-22", "America/Lima"),
        ("2026-11-23", "Asia/Tokyo"),
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": "not-a-uuid"}, "validation_failed"),
        ({"id": None}, "validation_failed"),
        ({"event_type": "x" * 101}, "validation_failed"),
        ({"event_type": 5}, "validation_failed"),
        ({"event_type": "a\0b"}, "bad_event_type"),
        ({"event_type": "line\nbreak"}, "bad_event_type"),
        ({"occurred_at": "2026-11-23T12:00:00"}, "validation_failed"),
        ({"occurred_at": "yesterday"}, "validation_failed"),
        ({"occurred_at": "1999-12-31T23:59:59Z"}, "bad_time"),
        ({"occurred_at": "2026-11-24T12:00:00Z"}, "bad_time"),
        ({"time_zone": "Mars/Olympus"}, "unknown_zone"),
        ({"time_zone": "EST"}, "unknown_zone"),
        ({"metadata": []}, "validation_failed"),
        ({"metadata": "text"}, "validation_failed"),
        ({"metadata": {"x": "y" * 20_000}}, "metadata_large"),
        ({"metadata": {"x": "\0"}}, "bad_metadata"),
        ({"metadata": {"x": float("nan")}}, "bad_metadata"),
        ({"metadata": {"x": "\ud800"}}, "bad_metadata"),
        ({"source": "import"}, "validation_failed"),
        ({"event_date": "2026-11-20"}, "validation_failed"),
    ],
)
def test_what_is_no_event_says_why(fields: dict[str, Any], code: str) -> None:
    found = checked_event(event(**fields), now=NOW)
    assert not isinstance(found, Event)
    assert found.error is not None
    assert found.error.code == code


@pytest.mark.parametrize(
    "fields",
    [
        {"event_type": "unknown_but_welcome"},
        {"event_type": "größer als 日本"},
        {"occurred_at": "2000-01-01T00:00:00Z"},
        {"occurred_at": (NOW + timedelta(hours=22)).isoformat()},
        {"metadata": {"nested": {"list": [1, None, "😀"]}}},
    ],
)
def test_what_is_an_event(fields: dict[str, Any]) -> None:
    assert isinstance(checked_event(event(**fields), now=NOW), Event)


def test_one_event_alone_that_is_none_is_an_error(client: TestClient) -> None:
    answer = client.post("/v1/events", json=event(event_type=""), headers=sign_up(client).headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")


def test_a_packed_body_is_unpacked(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    packed = gzip.compress(json.dumps([event() for _ in range(50)]).encode())
    headers = member.headers | {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    answer = client.post("/v1/events", content=packed, headers=headers)
    assert answer.status_code == 200
    assert stored(database, member) == 50


@pytest.mark.parametrize(
    ("content", "encoding", "status", "code"),
    [
        (b"[" + b" " * (5 << 20) + b"]", None, 413, "request_entity_too_large"),
        (gzip.compress(b" " * (17 << 20), mtime=0), "gzip", 413, "request_entity_too_large"),
        (b"no gzip at all", "gzip", 400, "bad_request"),
        (gzip.compress(b"[]" * 1000, mtime=0)[:-12], "gzip", 400, "bad_request"),
        (gzip.compress(b"[]", mtime=0) + b"more", "gzip", 400, "bad_request"),
        (gzip.compress(b"[", mtime=0) + gzip.compress(b"]", mtime=0), "gzip", 400, "bad_request"),
        (b"[]", "br", 415, "unsupported_media_type"),
        (b"{", None, 400, "validation_failed"),
        (b"", None, 400, "validation_failed"),
        (b"5", None, 400, "validation_failed"),
        (b"\xff\xfe", None, 400, "validation_failed"),
        (b"[" * 100_000, None, 400, "bad_request"),
    ],
)
def test_a_body_that_can_not_be_read_is_told_in_the_envelope(
    client: TestClient, content: bytes, encoding: str | None, status: int, code: str
) -> None:
    headers = sign_up(client).headers | {"Content-Type": "application/json"}
    if encoding:
        headers["Content-Encoding"] = encoding
    answer = client.post("/v1/events", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_what_is_not_sent_as_json_is_told_in_words_for_a_person(client: TestClient) -> None:
    headers = sign_up(client).headers
    as_text = client.post("/v1/events", content=b"{}", headers=headers | {"Content-Type": "text/plain"})
    assert as_text.status_code == 400
    assert as_text.json()["error"]["message"] == (
        "body: is one event or a list of events, as application/json."
    )
    broken = client.post(
        "/v1/events", content=b'{"id": x}', headers=headers | {"Content-Type": "application/json"}
    )
    assert broken.json()["error"]["message"] == "body: is not JSON, from character 7 on."
