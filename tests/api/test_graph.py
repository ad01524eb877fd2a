"""GraphQL: the member's own rows, page by page, under the same wall; limits, and faults without detail."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.db import Database, Login
from bee.settings import Environment, Settings
from tests.api.conftest import Keys, Member, sign_up
from tests.factories import execute

PATH = "/graphql/v1"
SCORES = "{ daily_engagement_scoresCollection { edges { node { user_id final_score is_complete } } } }"
EVERYTHING = """{
  engagement_eventsCollection { edges { cursor node { id user_id event_type metadata } } }
  daily_engagement_scoresCollection { edges { node { id user_id score_date definition } } }
  momentum_notificationsCollection { edges { node { id user_id title action sent_at opened_at } } }
  user_fcm_tokensCollection { edges { node { id user_id platform is_active } } }
  coach_memoryCollection { edges { node { id user_id trait_key trait_value } } }
}"""


@pytest.fixture
def mia(client: TestClient, database: Database) -> Member:
    return furnished(client, database, "mia@example.org")


def furnished(client: TestClient, database: Database, email: str) -> Member:
    """Sign somebody up who has a row in every table."""
    member = sign_up(client, email)
    body = {"id": str(uuid4()), "event_type": "journal_entry", "metadata": {"words": 7}}
    assert client.post("/v1/events", json=body, headers=member.headers).status_code == 200
    token = {"fcm_token": f"token-of-{member.id}", "platform": "ios"}
    assert client.put("/v1/push-tokens", json=token, headers=member.headers).status_code == 200
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into momentum_notifications
                (user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, title,
                 sent_at)
            values
                (:id, 'celebration', 'rising', 1, 'a', '2026-11-23', 'send', 'due', 'Well done', now()),
                (:id, 'celebration', 'rising', 1, 'b', '2026-11-23', 'withhold', 'quiet', 'Not sent', null)
            """,
            id=member.id,
        )
        execute(
            session,
            """
            insert into coach_memory (user_id, trait_key, trait_value, source, status)
            values (:id, 'goal', 'sleep', 'member', 'accepted'), (:id, 'mood', 'low', 'coach', 'proposed')
            """,
            id=member.id,
        )
    return member


def ask(client: TestClient, member: Member | None, query: str, **more: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"query": query} | more, headers=member.headers if member else {})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def nodes(answer: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    assert "errors" not in answer, answer["errors"]
    return {
        name.removesuffix("Collection"): [edge["node"] for edge in collection["edges"]]
        for name, collection in answer["data"].items()
    }


def test_a_member_sees_the_own_rows_of_every_table_and_no_others(
    client: TestClient, database: Database, mia: Member
) -> None:
    noah = furnished(client, database, "noah@example.org")
    for member in (mia, noah):
        found = nodes(ask(client, member, EVERYTHING))
        assert {name: len(rows) for name, rows in found.items()} == {
            "engagement_events": 1,
            "daily_engagement_scores": 1,
            "momentum_notifications": 1,
            "user_fcm_tokens": 1,
            "coach_memory": 1,
        }
        assert {row["user_id"] for rows in found.values() for row in rows} == {str(member.id)}
    assert found["engagement_events"][0]["metadata"] == {"words": 7}
    assert found["momentum_notifications"][0]["title"] == "Well done"
    assert found["coach_memory"][0]["trait_key"] == "goal"


def test_the_service_sees_everybody_s(
    client: TestClient, database: Database, mia: Member, keys: Keys
) -> None:
    noah = furnished(client, database, "noah@example.org")
    headers = {"Authorization": f"Bearer {keys.service}"}
    answer = client.post(PATH, json={"query": SCORES}, headers=headers).json()
    [rows] = nodes(answer).values()
    assert {row["user_id"] for row in rows} == {str(mia.id), str(noah.id)}


@pytest.mark.parametrize("name", ["fcm_token", "reason", "draw", "status"])
def test_what_a_member_may_not_read_is_not_in_the_schema(client: TestClient, mia: Member, name: str) -> None:
    for collection in ("user_fcm_tokens", "momentum_notifications", "coach_memory"):
        answer = ask(client, mia, f"{{ {collection}Collection {{ edges {{ node {{ {name} }} }} }} }}")
        assert "Cannot query field" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("collection", "column"),
    [("engagement_events", "occurred_at"), ("daily_engagement_scores", "score_date")],
)
def test_pages_follow_one_another_without_gap_or_repeat(
    client: TestClient, mia: Member, collection: str, column: str
) -> None:
    # Two at the same instant: the id decides.
    at = datetime.now(UTC) - timedelta(days=3)
    batch = [
        {
            "id": str(uuid4()),
            "event_type": "app_session",
            "occurred_at": (at + timedelta(days=n // 2)).isoformat(),
        }
        for n in range(6)
    ]
    assert client.post("/v1/events", json=batch, headers=mia.headers).status_code == 200
    query = f"""query Page($after: String) {{ {collection}Collection(first: 2, after: $after) {{
        edges {{ cursor node {{ id {column} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
    seen, after = [], None
    while True:
        page = ask(client, mia, query, variables={"after": after})["data"][f"{collection}Collection"]
        seen += [edge["node"] for edge in page["edges"]]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len({row["id"] for row in seen}) == len(seen) == (7 if collection == "engagement_events" else 4)
    assert [row[column] for row in seen] == sorted((row[column] for row in seen), reverse=True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("first: 0", "bad_first"),
        ("first: 101", "bad_first"),
        ("first: -1", "bad_first"),
        ('after: ""', "bad_cursor"),
        ('after: "ä"', "bad_cursor"),
        ('after: "W10="', "bad_cursor"),
        ('after: "eyJhIjoxfQ=="', "bad_cursor"),
        (f'after: "{"W" * 1000}"', "bad_cursor"),
        ("first: 99999999999", "bad_query"),
        ("first: null", "bad_query"),
    ],
)
def test_a_page_that_can_not_be_is_an_error(
    client: TestClient, mia: Member, arguments: str, code: str
) -> None:
    query = f"{{ engagement_eventsCollection({arguments}) {{ pageInfo {{ endCursor }} }} }}"
    [error] = ask(client, mia, query)["errors"]
    assert error["extensions"]["code"] == code
    assert error["locations"]


@pytest.mark.parametrize(
    "query",
    [
        "{",
        "{ nothing }",
        "mutation { a }",
        "subscription { a }",
        "{ " + " ".join(f"a{n}: {SCORES[2:-2]}" for n in range(11)) + " }",
        "{ " + "__typename " * 1001 + "}",
        "fragment A on Query { ...A } { ...A }",
        "{ __typename @nothing }",
    ],
)
def test_a_question_beyond_the_limits_or_the_language_is_refused(
    client: TestClient, mia: Member, query: str
) -> None:
    answer = ask(client, mia, query)
    assert not answer["data"]
    assert answer["errors"][0]["extensions"]["code"] == "bad_query"


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("{ a { b { c { d { e { f } } } } } }", "depth"),
        ("{ " + " ".join(f"a{n}: __typename" for n in range(11)) + " }", "aliases"),
        ("{ " + "__typename " * 1001 + "}", "tokens"),
    ],
)
def test_depth_aliases_and_size_have_an_end(client: TestClient, mia: Member, query: str, limit: str) -> None:
    messages = [error["message"] for error in ask(client, mia, query)["errors"]]
    assert any(limit in message for message in messages), messages


@pytest.mark.parametrize(
    "body",
    [
        [],
        [{"query": "{ __typename }"}],
        {},
        {"query": ""},
        {"query": 7},
        {"query": "x" * 20_001},
        {"query": "{ __typename }", "variables": []},
        {"query": "{ __typename }", "operationName": 7},
    ],
)
def test_a_body_that_is_no_question_is_refused_in_graphql_s_form(
    client: TestClient, mia: Member, body: Any
) -> None:
    answer = client.post(PATH, json=body, headers=mia.headers)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "validation_failed"


def test_a_question_can_be_in_the_address(client: TestClient, mia: Member) -> None:
    query = "query Q($n: Int!) { daily_engagement_scoresCollection(first: $n) { edges { node { final_score } } } }"
    asked = {"query": query, "variables": '{"n": 1}', "operationName": "Q"}
    answer = client.get(PATH, params=asked, headers=mia.headers).json()
    assert nodes(answer) == {"daily_engagement_scores": [{"final_score": 10}]}
    for variables in ("[", "[1]", "1"):
        refused = client.get(PATH, params=asked | {"variables": variables}, headers=mia.headers)
        assert refused.status_code == 400


def test_who_is_nobody_sees_nothing(client: TestClient, mia: Member, keys: Keys) -> None:
    question = {"query": SCORES}
    for token in (keys.anon, "wrong", None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = client.post(PATH, json=question, headers=headers)
        assert answer.status_code == 401
        assert set(answer.json()) == {"errors"}
    keyless = TestClient(client.app).post(PATH, json=question, headers=mia.headers)
    assert (keyless.status_code, keyless.json()["errors"][0]["extensions"]["code"]) == (401, "no_api_key")


def test_the_schema_is_told_on_one_s_own_machine_only(
    client: TestClient, database: Database, settings: Settings, mia: Member, keys: Keys
) -> None:
    introspect = "{ __schema { types { name } } }"
    assert "errors" not in ask(client, mia, introspect)
    away = settings.model_copy(update={"environment": Environment.STAGING})
    with TestClient(create_app(database, away), headers={"apikey": keys.anon}) as distant:
        answer = ask(distant, mia, introspect)
        assert answer["data"] is None
        hint = ask(distant, mia, "{ coach_memoryCollectio { edges { cursor } } }")
        assert "Did you mean" not in hint["errors"][0]["message"]
        assert nodes(ask(distant, mia, SCORES))


def test_a_fault_tells_nothing_of_the_inside(
    client: TestClient, database: Database, mia: Member, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table coach_memory rename column trait_value to hunter2")
    query = "{ coach_memoryCollection { edges { node { trait_key } } } }"
    with caplog.at_level(logging.ERROR):
        answer = client.post(PATH, json={"query": query}, headers=mia.headers)
    assert "hunter2" not in answer.text
    assert "trait_value" not in answer.text
    assert answer.json()["errors"][0]["extensions"]["code"] == "internal"
    assert "trait_value" in caplog.text, "it is in the log"


def test_a_question_without_an_operation_is_no_fault_of_ours(client: TestClient, mia: Member) -> None:
    for body in (
        {"query": "fragment f on Query { __typename }"},
        {"query": SCORES, "operationName": "other"},
    ):
        answer = client.post(PATH, json=body, headers=mia.headers)
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"] is None
        assert answer.json()["errors"][0]["extensions"]["code"] == "bad_query"


def test_a_variable_that_does_not_fit_is_no_fault_of_ours(
    client: TestClient, mia: Member, caplog: pytest.LogCaptureFixture
) -> None:
    query = "query Q($n: Int!) { daily_engagement_scoresCollection(first: $n) { edges { cursor } } }"
    for variables in ({"n": "x"}, {"n": 2**40}, {"n": None}, {}):
        [error] = ask(client, mia, query, variables=variables)["errors"]
        assert error["extensions"]["code"] == "bad_query"
        assert "$n" in error["message"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
