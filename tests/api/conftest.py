"""Clients over the application, members who are signed in, and the keys of the installation."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.api.caller import Role
from bee.api.house import local_api_keys
from bee.db import Database
from bee.settings import Settings

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys that a client may send as ``apikey``."""

    anon: str
    service: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has signed up."""

    id: UUID
    email: str
    session: dict[str, Any]

    @property
    def headers(self) -> dict[str, str]:
        """What the member's requests carry."""
        return {"Authorization": f"Bearer {self.session['access_token']}"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    by_role = {role: key for key, role in local_api_keys(settings).items()}
    return Keys(by_role[Role.ANON], by_role[Role.SERVICE])


@pytest.fixture
def client(database: Database, settings: Settings, keys: Keys) -> Iterator[TestClient]:
    """A client over the application that sends the anon key, as the app does."""
    app = create_app(database, settings)
    with TestClient(app, raise_server_exceptions=False, headers={"apikey": keys.anon}) as client:
        yield client


def sign_up(client: TestClient, email: str = "mia@example.org", **data: object) -> Member:
    """Sign somebody up."""
    answer = client.post("/auth/v1/signup", json={"email": email, "password": PASSWORD, "data": data or None})
    assert answer.status_code == 200, answer.text
    session = answer.json()
    return Member(UUID(session["user"]["id"]), email, session)
