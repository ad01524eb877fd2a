"""Momentum over the API: right on the next read, whichever road an event came by."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from bee.db import Database, Login
from bee.momentum import scoring
from bee.momentum.scoring import score
from tests.api.conftest import Keys, Member, sign_up
from tests.factories import execute


def today() -> date:
    return datetime.now(UTC).date()


def do(client: TestClient, member: Member, event_type: str, *, days_ago: int = 0, times: int = 1) -> None:
    occurred_at = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
    batch = [{"id": str(uuid4()), "event_type": event_type, "occurred_at": occurred_at} for _ in range(times)]
    answer = client.post("/v1/events", json=batch, headers=member.headers)
    assert answer.status_code == 200


def momentum(client: TestClient, member: Member) -> dict[str, Any]:
    answer = client.get("/v1/momentum", headers=member.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def outbox(database: Database) -> list[tuple[str, str]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session, "select payload from outbox where topic = 'momentum.state_changed' order by id"
        )
        return [(payload["from"], payload["to"]) for (payload,) in rows]


def test_before_the_first_event_there_is_no_score(client: TestClient) -> None:
    found = momentum(client, sign_up(client))
    assert (found["date"], found["score"], found["state"]) == (str(today()), None, None)


def test_an_event_counts_on_the_next_read(client: TestClient) -> None:
    member = sign_up(client)
    do(client, member, "lesson_completion")
    found = momentum(client, member)
    assert (found["score"], found["raw_score"], found["state"]) == (15, 15, "NeedsCare")
    do(client, member, "lesson_completion", times=4)
    assert momentum(client, member)["score"] == 75, "five times 15: a first day is its points"
    do(client, member, "lesson_completion")
    assert momentum(client, member)["score"] == 75, "the sixth does not count"


def test_an_event_that_came_in_past_the_routes_counts_too(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    with database.writing(Login.API, role="authenticated", settings=claims_of(member)) as session:
        execute(
            session,
            "insert into engagement_events (id, user_id, event_type) values (:id, :user_id, 'journal_entry')",
            id=uuid4(),
            user_id=member.id,
        )
    assert momentum(client, member)["score"] == 10


def test_a_day_that_has_begun_since_is_there_on_the_next_read(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    do(client, member, "lesson_completion", days_ago=1, times=5)
    before = momentum(client, member)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from daily_engagement_scores where score_date = :today", today=today())
    after = momentum(client, member)
    assert after["score"] is not None
    assert after | {"calculated_at": None} == before | {"calculated_at": None}


def claims_of(member: Member) -> dict[str, str]:
    return {"request.jwt.claims": f'{{"sub": "{member.id}", "role": "authenticated"}}'}


def test_a_late_event_reaches_today(client: TestClient) -> None:
    member = sign_up(client)
    do(client, member, "lesson_completion", times=5)
    do(client, member, "lesson_completion", days_ago=1, times=4)
    # Yesterday 60; today 0.7·75 + 0.3·(75 + 60·0.933033) / 1.933033.
    assert momentum(client, member)["score"] == pytest.approx(72.83, abs=0.005)


def test_the_change_is_against_a_week_ago(client: TestClient) -> None:
    member = sign_up(client)
    do(client, member, "lesson_completion", days_ago=7)
    do(client, member, "lesson_completion", times=5)
    days = client.get("/v1/momentum/history?days=8", headers=member.headers).json()["days"]
    assert [day["date"] for day in days] == [str(today() - timedelta(days=n)) for n in range(7, -1, -1)]
    assert [day["is_complete"] for day in days] == [True] * 7 + [False]
    found = momentum(client, member)
    assert found["change"] == pytest.approx(days[-1]["score"] - days[0]["score"])
    assert found["score"] == days[-1]["score"]


def test_what_made_a_score_adds_up_to_it(client: TestClient) -> None:
    member = sign_up(client)
    do(client, member, "lesson_completion", days_ago=2, times=5)
    do(client, member, "journal_entry", times=3)
    found = client.get("/v1/momentum/explain", headers=member.headers).json()
    why = found["explanation"]
    parts = [part["contribution"] for part in (*why["events"], *why["carry"])]
    assert sum(parts) + why["day_cap"] + why["rounding"] == pytest.approx(found["score"], abs=1e-9)
    assert [(part["event_type"], part["count"]) for part in why["events"]] == [("journal_entry", 3)]
    earlier = client.get(f"/v1/momentum/explain?date={today() - timedelta(days=2)}", headers=member.headers)
    assert earlier.json()["score"] == 75
    missing = client.get("/v1/momentum/explain?date=2020-01-01", headers=member.headers)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_score")


@pytest.mark.parametrize(
    "path",
    [
        "history?days=0",
        "history?days=367",
        "history?days=x",
        "explain?date=tomorrow",
        "explain?date=2026-02-30",
    ],
)
def test_what_can_not_be_asked_is_said(client: TestClient, path: str) -> None:
    answer = client.get(f"/v1/momentum/{path}", headers=sign_up(client).headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")


def test_a_change_of_state_leaves_one_row_to_deliver(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    do(client, member, "journal_entry")
    assert outbox(database) == [], "a first score is no change"
    do(client, member, "lesson_completion", times=4)
    assert outbox(database) == [("NeedsCare", "Rising")]
    do(client, member, "app_session")
    momentum(client, member)
    assert outbox(database) == [("NeedsCare", "Rising")]


def test_members_compute_their_own_and_the_service_anybody_s(
    client: TestClient, database: Database, keys: Keys
) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    do(client, mia, "lesson_completion", days_ago=3)
    with database.writing(Login.OWNER) as session:
        execute(session, "update daily_engagement_scores set final_score = 99 where not is_complete")
    calculate = "/v1/momentum/calculate"
    own = client.post(calculate, json={}, headers=mia.headers)
    assert own.json()["score"] < 10, "computed again from the events"
    other = client.post(calculate, json={"user_id": str(mia.id)}, headers=noah.headers)
    assert (other.status_code, other.json()["error"]["code"]) == (403, "not_yours")
    service = {"Authorization": f"Bearer {keys.service}"}
    body = {"user_id": str(mia.id), "target_date": str(today() - timedelta(days=3))}
    assert client.post(calculate, json=body, headers=service).json()["score"] == 15
    for body, status in (
        ({"user_id": str(uuid4())}, 404),
        ({}, 400),
        ({"user_id": "x"}, 400),
        ({"user_id": str(mia.id), "target_date": str(today() + timedelta(days=2))}, 400),
        ({"user_id": str(mia.id), "target_date": "2001-01-01"}, 404),
        ({"user_id": str(mia.id), "target_date": "1999-12-31"}, 404),
        ({"user_id": str(mia.id), "target_date": "1999-12-30"}, 400),
        ({"user_id": str(mia.id), "target_date": "0001-01-01"}, 400),
    ):
        assert client.post(calculate, json=body, headers=service).status_code == status, body
    anon = client.post(calculate, json=body, headers={"Authorization": f"Bearer {keys.anon}"})
    assert anon.status_code == 401


def test_a_scorer_that_had_read_before_does_not_write_over_what_is_newer(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = sign_up(client)
    do(client, member, "journal_entry")
    do(client, member, "journal_entry", days_ago=1)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into score_dues (user_id, from_date) values (:id, current_date - 1)",
            id=member.id,
        )
        execute(session, "update daily_engagement_scores set final_score = 1")
    compute = scoring._compute

    def compute_and_be_late(*arguments: Any) -> Any:
        computed = compute(*arguments)
        monkeypatch.setattr(scoring, "_compute", compute)
        do(client, member, "lesson_completion", times=5)
        return computed

    monkeypatch.setattr(scoring, "_compute", compute_and_be_late)
    score(database, now=datetime.now(UTC), login=Login.WORKER)
    assert momentum(client, member)["raw_score"] == 85


def test_every_member_sees_the_own_only(client: TestClient) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    do(client, mia, "lesson_completion")
    assert momentum(client, noah)["score"] is None
    assert client.get("/v1/momentum/history", headers=noah.headers).json() == {"days": []}


@pytest.mark.parametrize("sent", ["x", "1699920000", "2026-02-30", "2026-11-23T10:00:00"])
def test_what_is_no_day_is_told_without_what_is_inside(client: TestClient, sent: str) -> None:
    member = sign_up(client)
    asked = client.get("/v1/momentum/explain", params={"date": sent}, headers=member.headers)
    done = client.post("/v1/momentum/calculate", json={"target_date": sent}, headers=member.headers)
    for answer, name in ((asked, "query.date"), (done, "target_date")):
        assert answer.status_code == 400
        told = answer.json()["error"]["message"]
        assert told.startswith(f"{name}: ")
        assert "function" not in told
        assert "None" not in told
    counted = client.post("/v1/momentum/calculate", json={"target_date": 1699920000}, headers=member.headers)
    assert counted.json()["error"]["message"] == "target_date: it is written like 2026-11-23."
