"""The coach over the API: danger is seen first, and the answer says where it came from."""

import json
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from bee.db import Database, Login
from tests.api.conftest import sign_up
from tests.factories import execute

PATH = "/v1/ai-coaching-engine/generate-response"


def counted(database: Database, table: str) -> int:
    with database.reading(Login.OWNER) as session:
        return int(execute(session, f"select count(*) from {table}").scalar_one())


@pytest.mark.parametrize("path", [PATH, PATH.replace("/v1", "/functions/v1", 1)])
def test_an_answer_has_what_the_app_looks_for(client: TestClient, database: Database, path: str) -> None:
    member = sign_up(client)
    answer = client.post(path, json={"message": "I skipped my walk again today."}, headers=member.headers)
    assert answer.status_code == 200
    found = answer.json()
    assert found["ok"] is True
    assert found["assistant_message"] == found["response_text"] != ""
    assert found["model"] == "offline"
    assert found["safety"]["crisis"] is False
    assert counted(database, "coach_messages") == 2


def test_somebody_in_danger_is_told_of_help_and_handed_to_a_coach(
    client: TestClient, database: Database
) -> None:
    member = sign_up(client)
    answer = client.post(PATH, json={"message": "I want to die"}, headers=member.headers).json()
    assert "988" in answer["response_text"]
    assert "741741" in answer["response_text"]
    assert answer["safety"] == answer["safety"] | {"crisis": True, "category": "self_harm"}
    assert "matched" not in answer["safety"]
    with database.reading(Login.OWNER) as session:
        events = execute(session, "select status, matched from safety_events").all()
        waiting = execute(session, "select count(*) from outbox where topic = 'safety.crisis'").scalar_one()
    assert [row.status for row in events] == ["open"]
    assert waiting == 1


def test_a_message_that_is_sent_again_is_answered_once(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    headers = member.headers | {"Idempotency-Key": str(uuid4())}
    first = client.post(PATH, json={"message": "Hello"}, headers=headers)
    again = client.post(PATH, json={"message": "Hello"}, headers=headers)
    assert first.json() == again.json()
    assert counted(database, "coach_messages") == 2
    other = client.post(PATH, json={"message": "Something else"}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "request_reused")


def test_an_answer_can_be_streamed(client: TestClient) -> None:
    headers = sign_up(client).headers | {"Accept": "text/event-stream"}
    answer = client.post(PATH, json={"message": "Hello"}, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    assert [lines[0] for lines in events] == ["event: delta", "event: done"]
    whole = json.loads(events[-1][1].removeprefix("data: "))
    assert json.loads(events[0][1].removeprefix("data: "))["text"] == whole["response_text"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "validation_failed"),
        ({"message": ""}, "validation_failed"),
        ({"message": "   "}, "empty_message"),
        ({"message": 5}, "validation_failed"),
        ({"message": "x" * 20_001}, "validation_failed"),
        ([], "validation_failed"),
    ],
)
def test_what_is_no_message_is_refused_and_kept_nowhere(
    client: TestClient, database: Database, body: object, code: str
) -> None:
    answer = client.post(PATH, json=body, headers=sign_up(client).headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert counted(database, "coach_messages") == 0


def test_nothing_of_somebody_who_is_not_signed_in_is_kept(client: TestClient, database: Database) -> None:
    answer = client.post(PATH, json={"message": "I want to die"}, headers={"Authorization": "Bearer forged"})
    assert answer.status_code == 401
    assert counted(database, "coach_messages") == counted(database, "safety_events") == 0


def test_the_state_that_a_caller_claims_changes_nothing(client: TestClient) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    plain = client.post(PATH, json={"message": "Hello"}, headers=mia.headers).json()
    claimed = {"message": "Hello", "momentum_state": "Rising", "user_id": str(mia.id), "memories": ["x"]}
    assert client.post(PATH, json=claimed, headers=noah.headers).json() == plain
