"""A member has all that the coach remembers of them, and has all of it forgotten."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from bee.coach.memory.models import by_keywords
from bee.db import Database, Login
from tests.api.conftest import sign_up
from tests.cluster import away
from tests.coach.memory.remembering import NOW, keep, remember, say
from tests.factories import execute


def rows(database: Database) -> dict[str, int]:
    tables = ("coach_memory", "coach_memory_embeddings", "coach_memory_readings")
    with database.reading(Login.OWNER) as session:
        return {table: execute(session, f"select count(*) from {table}").scalar_one() for table in tables}


def fill(database: Database, member_id: UUID) -> None:
    """Let the coach remember something of each kind."""
    keep(database, remember(database, member_id, "goal", "run 10 km"), by_keywords("goal run 10 km"))
    remember(database, member_id, "goal:old", "run 5 km", valid_to=NOW)
    remember(database, member_id, "likes:tea", "tea", status="proposed")
    remember(database, member_id, "likes:rain", "rain", status="rejected")
    message = say(database, member_id, "I like tea")
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_memory_readings (message_id, user_id, said_at, rules, proposals)"
            " values (:message, :id, :now, '1', 1)",
            message=message,
            id=member_id,
            now=NOW,
        )


def test_a_member_has_all_that_was_ever_accepted(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    fill(database, mia.id)
    found = client.get("/v1/memories", headers=mia.headers).json()["memories"]
    assert sorted((each["trait_value"], each["valid_to"]) for each in found) == [
        ("run 10 km", None),
        ("run 5 km", "2026-11-24T09:00:00Z"),
    ]
    assert datetime.fromisoformat(found[0]["valid_from"]).tzinfo == UTC
    assert client.get("/v1/memories", headers=noah.headers).json() == {"memories": []}


def test_a_member_has_all_of_it_forgotten_and_nobody_elses(client: TestClient, database: Database) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    fill(database, mia.id)
    fill(database, noah.id)
    for _ in range(2):
        assert client.delete("/v1/memories", headers=mia.headers).status_code == 204
    assert client.get("/v1/memories", headers=mia.headers).json() == {"memories": []}
    assert len(client.get("/v1/memories", headers=noah.headers).json()["memories"]) == 2
    # Noah's four; of what was read it stays known that it was.
    assert rows(database) == {"coach_memory": 4, "coach_memory_embeddings": 1, "coach_memory_readings": 2}
    with database.reading(Login.OWNER) as session:
        acts = execute(
            session, "select actor_kind, actor_id, before from audit_log where action like 'memory.%'"
        )
        assert [tuple(act) for act in acts] == [("member", mia.id, {"memories": 4})]


def test_whoever_is_erased_leaves_no_memory_behind(client: TestClient, database: Database) -> None:
    mia = sign_up(client)
    fill(database, mia.id)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=mia.id)
    assert rows(database) == {"coach_memory": 0, "coach_memory_embeddings": 0, "coach_memory_readings": 0}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_while_the_database_is_away_nothing_is_said_to_be_forgotten(
    method: str, client: TestClient, database: Database
) -> None:
    mia = sign_up(client)
    fill(database, mia.id)
    with away(database):
        assert client.request(method, "/v1/memories", headers=mia.headers).status_code == 503
    assert rows(database)["coach_memory"] == 4
