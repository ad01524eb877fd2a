"""The coach over the API: danger is seen first, and the answer says where it came from."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from bee.api.house import client_settings, public_address
from bee.db import Database, Login
from bee.settings import Settings
from tests.api.conftest import PASSWORD, Member, sign_up
from tests.api.processes import await_true
from tests.api.serving import serving
from tests.cluster import away
from tests.coach.model_server import ModelServer, model_server
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
    answer = client.post(PATH, json=claimed, headers=noah.headers).json()
    assert answer | {"request_id": plain["request_id"]} == plain


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what a stream says, event by event."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def coached(settings: Settings, service: ModelServer, model: str = "openai/fine") -> Settings:
    """Return settings by which a model answers."""
    return Settings.model_validate(
        settings.model_dump(by_alias=True)
        | {"coach_model": model, "OPENAI_API_KEY": "key", "openai_url": f"{service.address}/v1"}
    )


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@contextmanager
def talking(database: Database, settings: Settings) -> Iterator[tuple[httpx.Client, Member]]:
    """Serve the API and sign somebody up who consents to coaching, over a socket."""
    with serving(database, settings) as (_, served):
        keys = client_settings(served)
        headers = {"apikey": keys["ANON_KEY"]}
        with httpx.Client(base_url=public_address(served), headers=headers, timeout=60) as client:
            answer = client.post("/auth/v1/signup", json={"email": "mia@example.org", "password": PASSWORD})
            member = Member(UUID(answer.json()["user"]["id"]), "mia@example.org", answer.json())
            with database.writing(Login.OWNER) as session:
                execute(
                    session,
                    "insert into consents (member_id, purpose, granted, source)"
                    " values (:id, 'coaching', true, 'member')",
                    id=member.id,
                )
            client.headers.update(member.headers)
            yield client, member


def test_a_models_answer_comes_with_its_prompt_its_tokens_and_no_fallback(
    database: Database, settings: Settings, service: ModelServer
) -> None:
    with talking(database, coached(settings, service)) as (client, _):
        found = client.post(PATH, json={"message": "I took a walk today"}).json()
    assert (found["model"], found["prompt"], found["fallback"]) == ("openai/fine", "coach@1", None)
    assert found["usage"] == {"input": 50, "cache_read": 40, "cache_write": 10, "output": 18, "reasoning": 12}
    assert found["assistant_message"] == found["response_text"] == service.text


def test_the_first_words_are_there_while_the_model_still_speaks_and_the_end_is_told_in_the_stream(
    database: Database, settings: Settings, service: ModelServer
) -> None:
    with talking(database, coached(settings, service, "openai/stall_middle")) as (client, _):
        stream = {"Accept": "text/event-stream"}
        with client.stream("POST", PATH, json={"message": "I took a walk"}, headers=stream) as answer:
            assert answer.headers["cache-control"] == "no-store"
            text = "".join(answer.iter_text())
    names = [name for name, _ in events_of(text)]
    # The model stalls after its first words, so those can only have come before the end.
    assert names == ["delta", "replaced", "done"]
    (_, delta), (_, replaced), (_, done) = events_of(text)
    assert service.text.startswith(delta["text"])
    assert (done["model"], done["fallback"], replaced["reason"]) == ("offline", "slow", "slow")
    assert replaced["text"] == done["response_text"]


def test_a_client_that_hangs_up_stops_the_model_and_nothing_is_stored(
    database: Database, settings: Settings, service: ModelServer
) -> None:
    with talking(database, coached(settings, service, "openai/stall_middle")) as (client, _):
        stream = {"Accept": "text/event-stream"}
        with client.stream("POST", PATH, json={"message": "I took a walk"}, headers=stream) as answer:
            next(answer.iter_text())
        await_true(lambda: counted(database, "coach_model_calls") == 1)
    assert counted(database, "coach_messages") == 0
    with database.reading(Login.OWNER) as session:
        assert execute(session, "select outcome from coach_model_calls").scalar_one() == "cancelled"


def test_a_database_that_goes_while_an_answer_is_streamed_is_told_in_the_stream(
    database: Database, settings: Settings, service: ModelServer
) -> None:
    with talking(database, coached(settings, service, "openai/drip")) as (client, _):
        stream = {"Accept": "text/event-stream"}
        with (
            client.stream("POST", PATH, json={"message": "I took a walk"}, headers=stream) as answer,
            away(database),
        ):
            text = "".join(answer.iter_text())
    assert events_of(text)[-1][0] == "error"
    assert events_of(text)[-1][1]["error"]["code"].startswith("database")
    assert counted(database, "coach_messages") == 0


def feedback(client: TestClient, member: Member, request_id: str, body: object) -> tuple[int, str]:
    path = f"/v1/ai-coaching-engine/responses/{request_id}/feedback"
    answer = client.put(path, json=body, headers=member.headers)
    return answer.status_code, answer.json()["error"]["code"] if answer.content else ""


def test_a_member_says_whether_a_reply_helped_and_the_last_word_counts(
    client: TestClient, database: Database
) -> None:
    mia, noah = sign_up(client), sign_up(client, "noah@example.org")
    request_id = client.post(PATH, json={"message": "Hello"}, headers=mia.headers).json()["request_id"]
    assert feedback(client, mia, request_id, {"helpful": True}) == (204, "")
    assert feedback(client, mia, request_id, {"helpful": False}) == (204, "")
    assert feedback(client, noah, request_id, {"helpful": True}) == (404, "no_reply")
    assert feedback(client, mia, str(uuid4()), {"helpful": True}) == (404, "no_reply")
    for body in ({}, {"helpful": "yes"}, {"helpful": None}):
        assert feedback(client, mia, request_id, body) == (400, "validation_failed")
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select user_id, is_helpful from coach_feedback").all()
    assert [(row.user_id, row.is_helpful) for row in rows] == [(mia.id, False)]


def test_a_repeat_is_known_by_the_key_that_it_came_with(client: TestClient) -> None:
    key = str(uuid4())
    headers = sign_up(client).headers | {"Idempotency-Key": key}
    answers = [client.post(PATH, json={"message": "Hello"}, headers=headers).json() for _ in range(2)]
    assert [answer["request_id"] for answer in answers] == [key, key]
