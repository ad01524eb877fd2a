"""The API's first routes: alive, ready, which version; and every error in the same envelope."""

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.routes.meta import API_VERSION
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.settings import Settings
from tests.factories import execute


def test_a_live_process_says_so(client: TestClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_it_is_ready_when_the_database_answers_and_is_of_this_release(client: TestClient) -> None:
    answer = client.get("/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"


def test_it_is_not_ready_before_the_last_migration(client: TestClient, database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "delete from supabase_migrations.schema_migrations"
            " where version = (select max(version) from supabase_migrations.schema_migrations)",
        )
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "migrations"
    assert "of an earlier release" in answer.json()["error"]["message"]


def test_it_lives_but_is_not_ready_without_a_database(settings: Settings) -> None:
    nowhere = ServerAddress((("host", "127.0.0.1"), ("port", "1"), ("dbname", "bee")), (), None)
    with TestClient(create_app(Database(nowhere), settings)) as client:
        assert client.get("/health").status_code == 200
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "database_unavailable"


@pytest.mark.parametrize("path", ["/v1/version", "/functions/v1/version"])
def test_the_version_is_semantic_and_the_same_under_supabases_prefix(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()["version"] == API_VERSION == "1.0.0"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/health/", 404, "not_found"),
        ("POST", "/health", 405, "method_not_allowed"),
        ("DELETE", "/v1/version", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_told_in_the_envelope(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"].endswith(".")
    assert answer.headers["X-BEE-Version"] == API_VERSION


def test_a_function_that_there_is_not_is_told_in_supabase_s_words_as_well(client: TestClient) -> None:
    answer = client.post("/functions/v1/nothing", json={})
    assert answer.status_code == 404
    assert (answer.json()["code"], answer.json()["message"]) == (
        "NOT_FOUND",
        "Requested function was not found",
    )
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("path", ["/health", "/v1/version", "/v1/momentum", "/v1/nothing", "/v1/events"])
def test_head_answers_like_get_without_the_body(client: TestClient, path: str) -> None:
    got, headed = client.get(path), client.head(path)
    assert headed.content == b""
    assert headed.status_code == got.status_code
    same = ("content-type", "content-length", "allow", "x-bee-version")
    assert [headed.headers.get(name) for name in same] == [got.headers.get(name) for name in same]


def test_what_an_address_takes_is_said_where_it_takes_something_else(client: TestClient) -> None:
    assert client.put("/health").headers["allow"] == "GET, HEAD"
    assert client.get("/v1/events").headers["allow"] == "POST"
    assert client.put("/rest/v1/coach_memory").headers["allow"] == "GET, HEAD, POST, PATCH, DELETE"


def test_a_fault_tells_nothing_of_the_inside(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("bee.api.routes.meta.require_release", break_down)
    answer = client.get("/ready")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "hunter2" not in answer.text
    assert answer.headers["X-BEE-Version"] == API_VERSION
