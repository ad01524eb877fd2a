"""What is answered ahead of the framework keeps the contract of every other route."""

import logging

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.routes.meta import API_VERSION
from bee.db import Database
from bee.settings import Settings
from bee.telemetry.about import what_goes_on
from tests.api.conftest import Keys, sign_up

ADDRESSES = pytest.mark.parametrize("path", ["/v1/momentum", "/functions/v1/momentum"])


@ADDRESSES
def test_the_answer_has_the_headers_and_the_id_of_its_request(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=sign_up(client).headers | {"X-Request-Id": "from-the-phone-1"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-request-id"] == "from-the-phone-1"
    assert answer.headers["x-bee-version"] == API_VERSION
    assert answer.headers["cache-control"] == "no-store"


def test_the_answer_holds_what_the_description_says(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()["components"]["schemas"]["Momentum"]
    assert set(client.get("/v1/momentum", headers=sign_up(client).headers).json()) == set(schema["required"])


@ADDRESSES
@pytest.mark.parametrize(
    ("method", "status", "code"),
    [
        ("GET", 401, "no_authorization"),
        ("POST", 405, "method_not_allowed"),
        ("HEAD", 401, None),
        ("DELETE", 405, "method_not_allowed"),
    ],
)
def test_what_is_refused_is_told_in_the_envelope(
    client: TestClient, path: str, method: str, status: int, code: str | None
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-bee-version"] == API_VERSION
    if status == 405:
        assert answer.headers["allow"] == "GET, HEAD"
    if code is not None:
        assert answer.json()["error"]["code"] == code


@ADDRESSES
def test_it_is_limited_like_every_other_route(
    database: Database, settings: Settings, keys: Keys, path: str
) -> None:
    app = create_app(database, settings.model_copy(update={"requests_per_minute": 2}))
    with TestClient(app, headers={"apikey": keys.anon}) as client:
        member = sign_up(client)
        answers = [client.get(each, headers=member.headers) for each in ("/v1/consents", path, path)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == "rate_limited"
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60


def test_a_fault_tells_nothing_of_the_inside(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("the password is hunter2")

    member = sign_up(client)
    monkeypatch.setattr("bee.api.routes.momentum.find_as", break_down)
    answer = client.get("/v1/momentum", headers=member.headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal")
    assert answer.headers["x-request-id"] in answer.json()["error"]["message"]
    assert "hunter2" not in answer.text


class Listener(logging.Handler):
    """Keeps what a line says, and what is told beside it while it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(what_goes_on() | vars(record)["fields"])


def test_its_line_of_log_names_the_route(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    member, listener = sign_up(client), Listener()
    log = logging.getLogger("bee.api.requests")
    log.addHandler(listener)
    try:
        with caplog.at_level(logging.INFO, logger=log.name):
            client.get("/v1/momentum?secret=1", headers=member.headers)
    finally:
        log.removeHandler(listener)
    (line,) = listener.said
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/momentum", 200)
