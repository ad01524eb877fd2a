"""What holds for every route: ids, headers, the description, origins."""

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.routes.meta import API_VERSION
from bee.db import Database
from bee.settings import Environment, Settings


@pytest.fixture
def description(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_a_request_has_an_id_that_comes_back(client: TestClient) -> None:
    assert (
        client.get("/health", headers={"X-Request-Id": "app-12345678"}).headers["x-request-id"]
        == "app-12345678"
    )
    for sent in ("", "short", "with a blank in it", "x" * 100, "line%0abreak;"):
        made = client.get("/health", headers={"X-Request-Id": sent}).headers["x-request-id"]
        assert re.fullmatch(r"[0-9a-f]{32}", made)


@pytest.mark.parametrize("path", ["/health", "/nothing", "/v1/consents", "/auth/v1/user"])
def test_every_answer_has_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-bee-version"] == API_VERSION
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in headers, "local is no https"


def test_the_description_is_3_1_and_names_every_error(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    assert description["info"]["version"] == API_VERSION
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation.get("summary"), where
            assert operation.get("description"), where
            assert {"405", "500", "503"} <= set(operation["responses"]), where
            assert "422" not in operation["responses"] or path.startswith("/auth/"), where
            assert not path.startswith("/functions/"), where


def test_what_a_member_asks_needs_a_token(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/") and path != "/v1/version":
                assert operation["security"] == [{"bearer": []}], path


def test_the_page_that_shows_it_asks_no_other_host(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.text)
    for address in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert client.get(address).status_code == 200, address


def test_web_origins_are_let_in_by_settings_only(database: Database, settings: Settings) -> None:
    asked = {
        "Origin": "https://app.example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, apikey, x-client-info, content-type",
    }
    with TestClient(create_app(database, settings)) as client:
        assert "access-control-allow-origin" not in client.options("/v1/events", headers=asked).headers
    allowing = settings.model_copy(
        update={"cors_origins": "https://app.example.org, https://other.example.org"}
    )
    with TestClient(create_app(database, allowing)) as client:
        answer = client.options("/v1/events", headers=asked)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
        stranger = client.options("/v1/events", headers=asked | {"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers


def test_outside_local_browsers_are_told_to_stay_secure(database: Database, settings: Settings) -> None:
    staging = settings.model_copy(update={"environment": Environment.STAGING})
    with TestClient(create_app(database, staging)) as client:
        assert "max-age" in client.get("/health").headers["strict-transport-security"]
