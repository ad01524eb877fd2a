"""Grants and row-level security are the wall: every table and verb, from every side."""

import time
from typing import Any
from uuid import uuid4

import jwt
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.caller import Role
from bee.api.house import House
from bee.api.tables.run import status_of
from bee.api.tables.schema import EXPOSED
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.settings import Settings
from tests.api.conftest import Keys
from tests.api.tables.conftest import ROWS, SINGLE, Visitor
from tests.api.tables.test_rows import told
from tests.factories import execute

FIRST_WRITES: dict[str, dict[str, Any]] = {
    "engagement_events": {"event_type": "lesson"},
    "daily_engagement_scores": {
        "score_date": "2026-03-01",
        "raw_score": 100,
        "final_score": 100,
        "momentum_state": "Rising",
        "definition": "v1",
        "event_count": 1,
        "is_complete": True,
    },
    "user_fcm_tokens": {"fcm_token": "device", "platform": "ios"},
    "momentum_notifications": {
        "notification_type": "nudge",
        "rule": "r",
        "rule_version": 1,
        "moment": "m",
        "trigger_date": "2026-03-01",
        "decision": "send",
        "reason": "a secret",
        "title": "Hello",
        "message": "Walk a little?",
    },
    "coach_memory": {"trait_key": "goal", "trait_value": "10 km", "source": "member"},
}
CHANGES = {
    "engagement_events": {"event_type": "other"},
    "daily_engagement_scores": {"final_score": 1},
    "user_fcm_tokens": {"platform": "web"},
    "momentum_notifications": {"title": "Other"},
    "coach_memory": {"trait_value": "5 km"},
}


def fill(database: Database, member: Visitor) -> None:
    """Give a member a row in each table."""
    with database.writing(Login.OWNER) as session:
        for table, row in FIRST_WRITES.items():
            sent = {"sent_at": "2026-03-01T10:00:00Z"} if table == "momentum_notifications" else {}
            values = {"user_id": member.id} | row | sent
            execute(
                session,
                f"insert into {table} ({', '.join(values)}) values ({', '.join(f':{name}' for name in values)})",
                **values,
            )


def rows_of(database: Database) -> dict[str, list[Any]]:
    with database.reading(Login.OWNER) as session:
        return {
            table: [tuple(row) for row in execute(session, f"select t::text from {table} as t order by 1")]
            for table in EXPOSED
        }


def test_a_member_reads_the_own_rows_and_no_others(database: Database, mia: Visitor, noa: Visitor) -> None:
    fill(database, mia)
    for table in EXPOSED:
        (row,) = mia.get(table).json()
        assert row["user_id"] == str(mia.id), table
        assert noa.get(table, Prefer="count=exact").headers["content-range"] == "*/0", table
        assert noa.get(f"{table}?user_id=eq.{mia.id}").json() == [], table
        assert noa.get(f"{table}?or=(user_id.eq.{mia.id},user_id.not.is.null)").json() == [], table


def test_what_a_member_may_not_see_of_a_row_is_not_shown(database: Database, mia: Visitor) -> None:
    fill(database, mia)
    (notification,) = mia.get("momentum_notifications").json()
    assert notification["title"] == "Hello"
    assert not {"reason", "draw", "probability", "guards", "rule"} & set(notification)
    for query in ("select=reason", "reason=eq.x", "order=reason", "select=id&or=(draw.gt.0,id.is.null)"):
        assert told(mia.get(f"momentum_notifications?{query}")) == (403, "42501"), query
    assert told(mia.get("coach_memory?select=decided_by")) == (403, "42501")


def test_a_notification_that_was_not_sent_is_not_shown(
    database: Database, mia: Visitor, service: Visitor
) -> None:
    row = {"user_id": str(mia.id)} | FIRST_WRITES["momentum_notifications"]
    assert service.post("momentum_notifications", row).status_code == 201
    assert mia.get("momentum_notifications").json() == []


def test_another_member_changes_nothing(database: Database, mia: Visitor, noa: Visitor) -> None:
    fill(database, mia)
    before = rows_of(database)
    for table in EXPOSED:
        noa.ask("PATCH", f"{table}?user_id=eq.{mia.id}", CHANGES[table])
        noa.ask("PATCH", table, CHANGES[table])
        noa.ask("DELETE", f"{table}?user_id=eq.{mia.id}")
        noa.ask("DELETE", table)
        written = noa.post(table, {"user_id": str(mia.id)} | FIRST_WRITES[table])
        assert told(written) == (403, "42501"), table
        upsert = "resolution=merge-duplicates,return=representation"
        assert (
            noa.post(table, {"user_id": str(mia.id)} | FIRST_WRITES[table], Prefer=upsert).status_code == 403
        )
    assert rows_of(database) == before


def test_a_member_writes_events_and_tokens_only(database: Database, mia: Visitor) -> None:
    fill(database, mia)
    before = rows_of(database)
    for table in ("daily_engagement_scores", "momentum_notifications", "coach_memory"):
        row = {"user_id": str(mia.id)} | FIRST_WRITES[table]
        assert told(mia.post(table, row)) == (403, "42501"), table
        assert told(mia.ask("PATCH", table, CHANGES[table])) == (403, "42501"), table
        assert told(mia.ask("DELETE", table)) == (403, "42501"), table
    assert told(mia.ask("PATCH", "engagement_events", CHANGES["engagement_events"])) == (403, "42501")
    assert told(mia.ask("DELETE", "engagement_events")) == (403, "42501")
    assert rows_of(database) == before


def test_columns_that_members_may_not_write_are_refused_by_grants(mia: Visitor) -> None:
    for table, column, value in (
        ("engagement_events", "source", "import"),
        ("engagement_events", "event_date", "2020-01-01"),
        ("engagement_events", "received_at", "2020-01-01T00:00:00Z"),
        ("user_fcm_tokens", "is_active", True),
        ("user_fcm_tokens", "id", str(uuid4())),
    ):
        row = {"user_id": str(mia.id), column: value} | FIRST_WRITES[table]
        assert told(mia.post(table, row)) == (403, "42501"), (table, column)


def test_a_token_can_not_be_given_to_somebody_else(mia: Visitor, noa: Visitor) -> None:
    mia.add_token("device")
    answer = mia.ask("PATCH", "user_fcm_tokens?fcm_token=eq.device", {"user_id": str(noa.id)})
    assert told(answer) == (403, "42501")


def test_without_a_filter_a_member_removes_the_own_rows(mia: Visitor, noa: Visitor) -> None:
    mia.add_token("hers")
    noa.add_token("theirs")
    # As the app clears away what is old: row-level security is all that keeps others out.
    assert mia.ask("DELETE", "user_fcm_tokens?updated_at=lt.2100-01-01").status_code == 204
    assert mia.get("user_fcm_tokens").json() == []
    assert len(noa.get("user_fcm_tokens").json()) == 1


def test_nobody_sees_and_writes_nothing(database: Database, mia: Visitor, nobody: Visitor) -> None:
    fill(database, mia)
    before = rows_of(database)
    for table in EXPOSED:
        for answer in (
            nobody.get(table),
            nobody.get(f"{table}?select=id"),
            nobody.post(table, {"user_id": str(mia.id)} | FIRST_WRITES[table]),
            nobody.ask("PATCH", table, CHANGES[table]),
            nobody.ask("DELETE", table),
        ):
            assert told(answer) == (401, "42501"), table
            assert answer.headers["www-authenticate"] == "Bearer"
        assert nobody.ask("HEAD", table).status_code == 401
    assert rows_of(database) == before


def test_without_a_token_everybody_is_nobody(client: TestClient) -> None:
    assert told(client.get("/rest/v1/coach_memory")) == (401, "42501")


def test_without_a_key_there_is_no_answer(mia: Visitor) -> None:
    for key, code in (("", "no_api_key"), ("wrong", "invalid_api_key")):
        assert told(mia.get("coach_memory", apikey=key)) == (401, code)


def test_the_service_writes_what_is_its_to_write(
    database: Database, mia: Visitor, noa: Visitor, service: Visitor
) -> None:
    for table in EXPOSED:
        row = {"user_id": str(mia.id)} | FIRST_WRITES[table]
        answer = service.post(table, row, **ROWS)
        assert answer.status_code == (403 if table == "daily_engagement_scores" else 201), answer.text
    assert len(service.get("engagement_events").json()) == 1
    before = rows_of(database)
    for table in ("engagement_events", "momentum_notifications", "daily_engagement_scores"):
        assert told(service.ask("PATCH", table, CHANGES[table])) == (403, "42501")
        assert told(service.ask("DELETE", table)) == (403, "42501")
    assert rows_of(database) == before
    for table in ("user_fcm_tokens", "coach_memory"):
        query = f"{table}?user_id=eq.{mia.id}"
        assert len(service.ask("PATCH", query, CHANGES[table], **ROWS).json()) == 1
        assert service.ask("DELETE", query).status_code == 204


def with_another_key(claims: dict[str, Any], keys: Keys) -> str:
    return jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), "ES256", headers={"kid": "theirs"})


def unsigned(claims: dict[str, Any], keys: Keys) -> str:
    return jwt.encode(claims, "", "none")


def with_the_public_key_as_secret(claims: dict[str, Any], keys: Keys) -> str:
    return jwt.encode(claims, keys.anon, "HS256")


def with_its_signature_changed(claims: dict[str, Any], keys: Keys) -> str:
    head, body, _ = with_another_key(claims, keys).split(".")
    return f"{head}.{body}.{'A' * 86}"


def test_a_token_that_we_did_not_sign_opens_nothing(mia: Visitor, keys: Keys) -> None:
    claims = jwt.decode(mia.token, options={"verify_signature": False})
    for forge in (with_another_key, unsigned, with_the_public_key_as_secret, with_its_signature_changed):
        for role in ("authenticated", "service_role"):
            intruder = Visitor(mia.client, forge(claims | {"role": role}, keys))
            assert told(intruder.get("engagement_events")) == (401, "PGRST301"), forge


VOID: list[tuple[dict[str, object], str]] = [
    ({"exp": 1_700_000_000}, "PGRST303"),
    ({"aud": "somebody else"}, "PGRST301"),
    ({"iss": "https://elsewhere.example"}, "PGRST301"),
    ({"role": "postgres"}, "PGRST301"),
    ({"role": "bee_migrator"}, "PGRST301"),
    ({"role": 5}, "PGRST301"),
    ({"sub": "me"}, "PGRST301"),
]


def test_a_token_that_does_not_hold_opens_nothing(
    database: Database, settings: Settings, mia: Visitor
) -> None:
    keyring = House.build(database, settings).keyring
    assert keyring is not None
    kid, key = keyring.signing()
    claims = jwt.decode(mia.token, options={"verify_signature": False})

    def signed(changes: dict[str, object]) -> Visitor:
        return Visitor(mia.client, jwt.encode(claims | changes, key, "ES256", headers={"kid": str(kid)}))

    assert signed({}).get("engagement_events").status_code == 200
    for changes, code in VOID:
        assert told(signed(changes).get("engagement_events")) == (401, code), changes


def test_the_next_caller_of_a_connection_is_not_the_last_one(
    mia: Visitor, noa: Visitor, nobody: Visitor
) -> None:
    mia.add_events("hers")
    for _ in range(3):
        assert len(mia.get("engagement_events").json()) == 1
        assert noa.get("engagement_events").json() == []
        assert nobody.get("engagement_events").status_code == 401


def test_a_minimal_write_needs_no_right_to_read(database: Database, mia: Visitor) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "revoke select on engagement_events from authenticated")
    row = {"user_id": str(mia.id), "event_type": "lesson"}
    assert mia.post("engagement_events", row).status_code == 201
    assert told(mia.post("engagement_events", row, **ROWS)) == (403, "42501")


def test_a_refused_write_leaves_nothing_behind(database: Database, service: Visitor, mia: Visitor) -> None:
    row = {"user_id": str(mia.id)} | FIRST_WRITES["coach_memory"]
    rows = [row, row | {"trait_key": "other"}]
    assert told(service.post("coach_memory", rows, **SINGLE)) == (406, "PGRST116")
    assert told(service.post("coach_memory", [row, row])) == (409, "23505")
    assert service.get("coach_memory").json() == []


def test_a_statement_has_its_time(database: Database, mia: Visitor) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "create function slow() returns boolean language plpgsql as"
            " $$ begin perform pg_sleep(20); return true; end $$",
        )
        execute(session, "alter table engagement_events add constraint slow check (slow()) not valid")
    started = time.monotonic()
    answer = mia.post("engagement_events", {"user_id": str(mia.id), "event_type": "lesson"})
    assert told(answer) == (500, "57014")
    assert time.monotonic() - started < 19


def administer(database: Database, *statements: str) -> None:
    with psycopg.connect(**database.address.parameters(Login.OWNER), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_lost_connections_are_replaced(database: Database, mia: Visitor) -> None:
    mia.add_events("a")
    administer(
        database,
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()",
    )
    # One that was in use a moment ago is not tried first: whoever gets it is told to try again.
    answers = [mia.get("engagement_events") for _ in range(3)]
    assert all(told(answer) == (503, "PGRST000") for answer in answers if answer.status_code != 200)
    assert len(answers[-1].json()) == 1


def test_a_connection_that_dies_in_the_middle_is_told_and_writes_nothing(
    database: Database, mia: Visitor
) -> None:
    administer(
        database,
        "create function die() returns boolean language sql security definer as"
        " $$ select pg_terminate_backend(pg_backend_pid()) $$",
        "alter table engagement_events add constraint dies check (event_type <> 'last' or die()) not valid",
    )
    rows = [{"user_id": str(mia.id), "event_type": kind} for kind in ("first", "last")]
    answer = mia.post("engagement_events", rows)
    assert told(answer) == (503, "PGRST000")
    assert mia.get("engagement_events").json() == []


def test_a_fault_of_the_database_tells_nothing_of_the_inside(database: Database, mia: Visitor) -> None:
    administer(
        database,
        "create function fail() returns boolean language plpgsql as"
        " $$ begin raise exception 'the inside' using errcode = 'internal_error'; end $$",
        "alter table engagement_events add constraint fails check (fail()) not valid",
    )
    answer = mia.post("engagement_events", {"user_id": str(mia.id), "event_type": "lesson"})
    assert told(answer) == (500, "internal")
    assert "the inside" not in answer.text


def test_without_a_database_it_is_unavailable(settings: Settings, keys: Keys) -> None:
    nowhere = ServerAddress((("host", "127.0.0.1"), ("port", "1"), ("dbname", "bee")), (), None)
    with TestClient(create_app(Database(nowhere), settings), headers={"apikey": keys.anon}) as client:
        visitor = Visitor(client, keys.service)
        for answer in (visitor.get("coach_memory"), visitor.post("coach_memory", {})):
            assert told(answer) == (503, "PGRST000")
            assert answer.json()["error"]["code"] == "database_unavailable"


@pytest.mark.parametrize(
    ("sqlstate", "status"),
    [
        ("23503", 409),
        ("23505", 409),
        ("23502", 400),
        ("23514", 400),
        ("22P02", 400),
        ("22007", 400),
        ("42703", 400),
        ("42501", 403),
        ("42P01", 404),
        ("42883", 404),
        ("25006", 405),
        ("25001", 500),
        ("P0001", 400),
        ("P0002", 500),
        ("PT418", 418),
        ("PT999", 400),
        ("0L000", 403),
        ("28000", 403),
        ("40001", 500),
        ("57014", 500),
        ("XX000", 500),
    ],
)
def test_what_an_sqlstate_is_over_http(sqlstate: str, status: int) -> None:
    assert status_of(sqlstate, Role.AUTHENTICATED) == status


def test_who_is_nobody_is_asked_to_sign_in() -> None:
    assert status_of("42501", Role.ANON) == 401
