"""Members and the service as they come in at ``/rest/v1``."""

from dataclasses import dataclass
from uuid import UUID

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from tests.api.conftest import Keys, sign_up

ROWS = {"Prefer": "return=representation"}
SINGLE = {"Accept": "application/vnd.pgrst.object+json"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks for tables. ``id``: the member's, where it is one."""

    client: TestClient
    token: str
    id: UUID | None = None

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Send a request; ``Accept`` and ``Prefer`` by their names."""
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        if body is None:
            return self.client.request(method, f"/rest/v1/{path}", headers=sent)
        return self.client.request(method, f"/rest/v1/{path}", headers=sent, json=body)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object, **headers: str) -> httpx.Response:
        return self.ask("POST", path, body, **headers)

    def add_events(self, *kinds: str) -> list[str]:
        """Add an event of each kind and return their ids."""
        rows = [{"user_id": str(self.id), "event_type": kind} for kind in kinds]
        answer = self.post("engagement_events?select=id", rows, **ROWS)
        assert answer.status_code == 201, answer.text
        return [row["id"] for row in answer.json()]

    def add_token(self, token: str) -> httpx.Response:
        """Register a device as supabase-js does it."""
        row = {"user_id": str(self.id), "fcm_token": token, "platform": "ios"}
        return self.post(
            "user_fcm_tokens?on_conflict=user_id%2Cfcm_token", row, Prefer="resolution=merge-duplicates"
        )


@pytest.fixture
def mia(client: TestClient) -> Visitor:
    """A member."""
    member = sign_up(client, "mia@example.org")
    return Visitor(client, member.session["access_token"], member.id)


@pytest.fixture
def noa(client: TestClient) -> Visitor:
    """Another member."""
    member = sign_up(client, "noa@example.org")
    return Visitor(client, member.session["access_token"], member.id)


@pytest.fixture
def nobody(client: TestClient, keys: Keys) -> Visitor:
    """Somebody who has not signed in: the app's own key is all there is."""
    return Visitor(client, keys.anon)


@pytest.fixture
def service(client: TestClient, keys: Keys) -> Visitor:
    """A server of the product's."""
    return Visitor(client, keys.service)
