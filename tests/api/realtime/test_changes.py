"""A member's own changes arrive, whole and as the member may see them; nobody else's ever do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from bee.db import Database, Login
from bee.momentum.scoring import rebuild, score
from tests.api.conftest import Keys, Member, sign_up
from tests.api.realtime.conftest import NOTIFICATIONS, SCORES, Connect, do, notify, send, token_of
from tests.factories import execute


@pytest.fixture
def mia(client: TestClient) -> Member:
    return sign_up(client)


@pytest.fixture
def noah(client: TestClient) -> Member:
    return sign_up(client, "noah@example.org")


def told(database: Database) -> list[tuple[str, str]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select payload from outbox where topic = 'realtime.change' order by id")
        return [(payload["table"], payload["type"]) for (payload,) in rows]


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_member_s_score_arrives_as_it_comes_into_being_and_as_it_changes(
    client: TestClient, connect: Connect, mia: Member, version: str
) -> None:
    with connect(version=version) as line:
        asked = SCORES | {"filter": f"user_id=eq.{mia.id}"}
        reply = line.join("scores", token_of(mia), asked)
        assert reply["status"] == "ok"
        [granted] = reply["response"]["postgres_changes"]
        assert granted == asked | {"id": granted["id"]}
        assert line.until("presence_state") == {}
        assert line.until("system") == {
            "channel": "scores",
            "extension": "postgres_changes",
            "message": "Subscribed to PostgreSQL",
            "status": "ok",
        }
        do(client, mia)
        change = line.until("postgres_changes")
        assert change["ids"] == [granted["id"]]
        data = change["data"]
        assert (data["schema"], data["table"], data["type"]) == (
            "public",
            "daily_engagement_scores",
            "INSERT",
        )
        assert (data["record"]["final_score"], data["record"]["is_complete"]) == (10, False)
        assert data["record"]["user_id"] == str(mia.id)
        assert {column["name"] for column in data["columns"]} == set(data["record"])
        do(client, mia, "lesson_completion")
        data = line.until("postgres_changes")["data"]
        assert (data["type"], data["record"]["final_score"]) == ("UPDATE", 25)
        assert data["old_record"] == {key: data["record"][key] for key in ("id", "user_id", "score_date")}


def test_a_notification_arrives_when_it_is_sent(database: Database, connect: Connect, mia: Member) -> None:
    with connect() as line:
        line.join("news", token_of(mia), NOTIFICATIONS | {"event": "INSERT"})
        notification_id = notify(database, mia)
        assert told(database) == []
        send(database, notification_id)
        data = line.until("postgres_changes")["data"]
        assert (data["type"], data["record"]["id"]) == ("INSERT", notification_id)
        assert set(data["record"]) == {
            "id", "user_id", "notification_type", "trigger_date", "title", "message", "action", "sent_at",
        }  # fmt: skip


def test_a_bulk_load_of_notifications_tells_nobody(database: Database, mia: Member) -> None:
    notify(database, mia, bulk=True)
    assert told(database) == []


def test_nobody_hears_of_another_member_and_the_service_of_everybody(
    client: TestClient, database: Database, connect: Connect, mia: Member, noah: Member, keys: Keys
) -> None:
    everything = {"event": "*", "schema": "public"}
    with connect() as mias, connect() as noahs, connect() as anybodys, connect(key=keys.service) as ours:
        mias.join("a", token_of(mia), everything)
        # Asking for somebody else's rows by name is no way to them either.
        noahs.join("a", token_of(noah), everything, SCORES | {"filter": f"user_id=eq.{mia.id}"})
        anybodys.join("a", None, everything)
        ours.join("a", None, everything)
        for line in (mias, noahs, anybodys, ours):
            line.until("system")
            line.until("presence_state")
        do(client, mia)
        send(database, notify(database, mia))
        for line in (mias, ours):
            owners = [line.until("postgres_changes")["data"]["record"]["user_id"] for _ in range(2)]
            assert owners == [str(mia.id)] * 2
        # What Noah does comes after what Mia did: had her changes been for him, they would have come first.
        do(client, noah)
        assert noahs.until("postgres_changes")["data"]["record"]["user_id"] == str(noah.id)
        assert noahs.has_heard_nothing_more()
        assert ours.until("postgres_changes")["data"]["record"]["user_id"] == str(noah.id)
        assert anybodys.has_heard_nothing_more()
        assert mias.has_heard_nothing_more()


def test_the_row_is_read_as_the_subscriber_and_not_taken_from_what_was_told(
    client: TestClient, database: Database, connect: Connect, mia: Member, noah: Member
) -> None:
    do(client, mia)
    with connect() as line:
        line.join("a", token_of(noah), SCORES)
        # A message that says Noah where the key is Mia's, as a fault of ours might one day.
        with database.writing(Login.SYSTEM) as session:
            execute(
                session,
                """
                insert into outbox (topic, dedupe_key, payload)
                values ('realtime.change', 'forged', jsonb_build_object(
                    'table', 'daily_engagement_scores', 'type', 'UPDATE', 'user_id', cast(:noah as text),
                    'key', jsonb_build_object('user_id', cast(:mia as text), 'score_date', current_date)))
                """,
                noah=str(noah.id),
                mia=str(mia.id),
            )
        do(client, noah)
        assert line.until("postgres_changes")["data"]["record"]["user_id"] == str(noah.id)


def test_of_a_day_that_is_gone_only_the_key_is_told(
    client: TestClient, database: Database, connect: Connect, mia: Member, keys: Keys
) -> None:
    do(client, mia)
    with connect() as line, connect(key=keys.service) as ours:
        line.join("a", token_of(mia), SCORES)
        ours.join("a", None, SCORES | {"event": "DELETE"})
        with database.writing(Login.OWNER) as session:
            execute(session, "delete from engagement_events where user_id = :id", id=mia.id)
            execute(
                session, "insert into score_dues (user_id, from_date) values (:id, current_date)", id=mia.id
            )
        score(database, now=datetime.now(UTC), login=Login.WORKER)
        assert told(database)[-1] == ("daily_engagement_scores", "DELETE")
        for one in (line, ours):
            # What happened just before somebody joined may still be told.
            while (data := one.until("postgres_changes")["data"])["type"] == "INSERT":
                pass
            assert (data["type"], data["record"]) == ("DELETE", {})
            assert set(data["old_record"]) == {"id", "user_id", "score_date"}
            assert data["old_record"]["user_id"] == str(mia.id)


def test_a_filter_lets_only_what_meets_it_through(client: TestClient, connect: Connect, mia: Member) -> None:
    with connect() as line:
        reply = line.join(
            "a",
            token_of(mia),
            SCORES | {"filter": "momentum_state=eq.Rising"},
            SCORES | {"filter": "final_score=gt.12"},
        )
        rising, above = (one["id"] for one in reply["response"]["postgres_changes"])
        do(client, mia)
        do(client, mia, "lesson_completion")
        assert line.until("postgres_changes")["ids"] == [above]
        for _ in range(4):
            do(client, mia, "lesson_completion")
        while (heard := line.until("postgres_changes"))["data"]["record"]["momentum_state"] != "Rising":
            assert heard["ids"] == [above]
        assert heard["ids"] == [rising, above]


def test_what_can_not_be_subscribed_is_said_and_the_rest_is_heard(
    client: TestClient, connect: Connect, mia: Member
) -> None:
    with connect() as line:
        reply = line.join(
            "a", token_of(mia), SCORES, {"event": "*", "schema": "public", "table": "coach_memory"}
        )
        assert reply["status"] == "ok"
        fault = line.until("system")
        assert fault["status"] == "error"
        assert "daily_engagement_scores and momentum_notifications" in fault["message"]
        do(client, mia)
        assert line.until("postgres_changes")["data"]["type"] == "INSERT"


def test_a_score_that_stays_as_it_is_tells_nothing(
    client: TestClient, database: Database, mia: Member
) -> None:
    for _ in range(6):
        do(client, mia, "lesson_completion")
    count = len(told(database))
    client.post("/v1/momentum/calculate", json={}, headers=mia.headers)
    assert len(told(database)) == count


def test_what_is_over_a_rebuild_and_an_import_tell_nothing(
    client: TestClient, database: Database, mia: Member
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into engagement_events (id, user_id, event_type, occurred_at)"
            " values (gen_random_uuid(), :id, 'app_session', now() - interval '9 days')",
            id=mia.id,
        )
    score(database, now=datetime.now(UTC))
    assert told(database) == [], "the first scores of everybody go in by the gross"
    do(client, mia)
    before = told(database)
    with database.writing(Login.OWNER) as session:
        execute(session, "update daily_engagement_scores set final_score = 99")
    today = datetime.now(UTC).date()
    report = rebuild(database, now=datetime.now(UTC), from_on=today - timedelta(days=9))
    assert report.rows_written > 1
    assert told(database) == before


def test_many_changes_at_once_all_arrive(
    database: Database, connect: Connect, mia: Member, keys: Keys
) -> None:
    with connect(key=keys.service) as line:
        line.join("a", None, NOTIFICATIONS)
        with database.writing(Login.OWNER) as session:
            execute(
                session,
                """
                insert into momentum_notifications
                    (user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason,
                     sent_at)
                select :id, 'celebration', 'rising', 1, number, '2026-11-23', 'send', 'due', now()
                from generate_series(1, 1200) as number
                """,
                id=mia.id,
            )
        seen = {line.until("postgres_changes")["data"]["record"]["id"] for _ in range(1200)}
        assert len(seen) == 1200


def test_a_change_that_was_rolled_back_was_none(
    client: TestClient, database: Database, connect: Connect, mia: Member
) -> None:
    with connect() as line:
        line.join("a", token_of(mia), SCORES, NOTIFICATIONS)
        first, second = notify(database, mia), notify(database, mia)
        with pytest.raises(ZeroDivisionError), database.writing(Login.OWNER) as session:
            execute(
                session,
                "update momentum_notifications set sent_at = now() where id = cast(:id as uuid)",
                id=first,
            )
            raise ZeroDivisionError
        send(database, second)
        assert line.until("postgres_changes")["data"]["record"]["id"] == second


def test_a_change_that_is_committed_late_is_heard_all_the_same(
    database: Database, connect: Connect, mia: Member
) -> None:
    with connect() as line:
        line.join("a", token_of(mia), NOTIFICATIONS)
        slow, quick = notify(database, mia), notify(database, mia)
        with database.writing(Login.OWNER) as session:
            execute(
                session,
                "update momentum_notifications set sent_at = now() where id = cast(:id as uuid)",
                id=slow,
            )
            # Written later, with a higher id, and committed before.
            send(database, quick)
            assert line.until("postgres_changes")["data"]["record"]["id"] == quick
        assert line.until("postgres_changes")["data"]["record"]["id"] == slow


def test_every_column_that_is_told_has_the_type_that_it_says(database: Database) -> None:
    from bee.api.realtime.published import PUBLISHED

    for published in PUBLISHED.values():
        with database.reading(Login.OWNER) as session:
            rows: Any = execute(
                session,
                "select attname, format_type(atttypid, null), typname from pg_attribute"
                " join pg_type on pg_type.oid = atttypid where attrelid = cast(:name as regclass) and attnum > 0",
                name=published.table,
            )
            types = {name: type_name for name, _, type_name in rows}
        assert {name: types[name] for name, _ in published.columns} == dict(published.columns)
