"""Every route of a member's, asked by everybody else: one expectation a route, and none without one.

The routes are those that the application describes, so that a new one without an expectation fails here.
"""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import httpx2 as httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.testclient import TestClient

from bee.accounts.keyring import Keyring
from bee.accounts.keys import sealing_of
from bee.api.asgi import create_app
from bee.api.house import utc_now
from bee.db import Database, Login
from bee.settings import Settings
from tests.api.conftest import Keys, Member, sign_up
from tests.api.test_member_routes import notify
from tests.factories import execute

PREFIXES: Final = ("/v1", "/functions/v1")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a route is asked. ``other``: what another member gets who names what is Mia's.

    ``service``: what the service gets, which is nobody. ``body``: made of Mia's ids.
    """

    other: int
    service: int = 401
    body: Callable[["Mia"], Any] | None = None


@dataclass(frozen=True, slots=True)
class Mia:
    """A member with a row in everything, and the ids of those rows."""

    member: Member
    event_id: str
    token_id: str
    notification_id: str
    request_id: str


OPEN: Final = {("GET", "/version")}
EXPECTED: Final[dict[tuple[str, str], Asked]] = {
    ("POST", "/events"): Asked(200, body=lambda mia: {"id": mia.event_id, "event_type": "journal_entry"}),
    ("GET", "/momentum"): Asked(200),
    ("GET", "/momentum/history"): Asked(200),
    ("GET", "/momentum/explain"): Asked(200),
    ("POST", "/momentum/calculate"): Asked(403, 200, body=lambda mia: {"user_id": str(mia.member.id)}),
    ("PUT", "/push-tokens"): Asked(200, body=lambda _mia: {"fcm_token": "of-noah", "platform": "ios"}),
    ("DELETE", "/push-tokens/{token_id}"): Asked(404),
    ("GET", "/notifications"): Asked(200),
    ("POST", "/notifications/{notification_id}/opened"): Asked(404),
    ("POST", "/ai-coaching-engine/generate-response"): Asked(200, body=lambda _mia: {"message": "Hello"}),
    ("PUT", "/ai-coaching-engine/responses/{request_id}/feedback"): Asked(
        404, body=lambda _mia: {"helpful": False}
    ),
    ("GET", "/memories"): Asked(200),
    ("DELETE", "/memories"): Asked(204),
    ("GET", "/consents"): Asked(200),
    ("PUT", "/consents"): Asked(200, body=lambda _mia: {"push": False}),
}
OWN: Final = {
    "engagement_events": "user_id",
    "daily_engagement_scores": "user_id",
    "user_fcm_tokens": "user_id",
    "momentum_notifications": "user_id",
    "notification_receipts": "user_id",
    "consents": "member_id",
    "coach_messages": "user_id",
    "coach_feedback": "user_id",
    "coach_memory": "user_id",
    "coach_conversations": "user_id",
}


@pytest.fixture
def mia(client: TestClient, database: Database) -> Mia:
    """Somebody who has used everything."""
    member, event_id = sign_up(client), str(uuid4())
    body: dict[str, Any] = {"id": event_id, "event_type": "app_session", "metadata": {"note": "mias-secret"}}
    client.post("/v1/events", json=body, headers=member.headers)
    body = {"fcm_token": "mias-secret", "platform": "ios"}
    token_id = client.put("/v1/push-tokens", json=body, headers=member.headers).json()["id"]
    client.put("/v1/consents", json={"push": True}, headers=member.headers)
    body = {"message": "mias-secret"}
    said = client.post("/v1/ai-coaching-engine/generate-response", json=body, headers=member.headers)
    request_id = said.json()["request_id"]
    path = f"/v1/ai-coaching-engine/responses/{request_id}/feedback"
    client.put(path, json={"helpful": True}, headers=member.headers)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_memory (user_id, trait_key, trait_value, source)"
            " values (:id, 'goal', 'mias-secret', 'coach')",
            id=member.id,
        )
    return Mia(member, event_id, token_id, str(notify(database, member)), request_id)


def described(client: TestClient) -> set[tuple[str, str]]:
    paths = client.get("/openapi.json").json()["paths"]
    return {
        (method.upper(), path.removeprefix("/v1"))
        for path, operations in paths.items()
        for method in operations
        if path.startswith("/v1/")
    }


def ask(
    client: TestClient, mia: Mia, route: tuple[str, str], prefix: str, token: str | None
) -> httpx.Response:
    method, path = route
    made = EXPECTED[route].body
    address = path.format(
        token_id=mia.token_id, notification_id=mia.notification_id, request_id=mia.request_id
    )
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.request(method, f"{prefix}{address}", json=made(mia) if made else None, headers=headers)


def of_mia(database: Database, mia: Mia) -> dict[str, list[str]]:
    """Return every row of Mia's as text, but for when a score was computed."""
    with database.reading(Login.OWNER) as session:
        return {
            table: [
                str(row)
                for (row,) in execute(
                    session,
                    f"select to_jsonb(own) - 'calculated_at' from {table} as own where {column} = :id order by 1",
                    id=mia.member.id,
                )
            ]
            for table, column in OWN.items()
        }


def test_every_route_has_an_expectation(client: TestClient) -> None:
    assert described(client) == EXPECTED.keys() | OPEN


def test_every_address_of_the_gateway_s_is_one_of_ours(client: TestClient) -> None:
    for method, path in described(client):
        address = path.format(token_id=uuid4(), notification_id=uuid4(), request_id=uuid4())
        ours, gateway = (client.request(method, f"{prefix}{address}").status_code for prefix in PREFIXES)
        assert ours == gateway, path


@pytest.mark.parametrize("prefix", PREFIXES)
def test_another_member_reaches_nothing_of_somebody_s(
    client: TestClient, database: Database, mia: Mia, prefix: str
) -> None:
    noah = sign_up(client, "noah@example.org")
    before = of_mia(database, mia)
    assert all(before[table] for table in OWN if table != "notification_receipts")
    for route, expected in EXPECTED.items():
        answer = ask(client, mia, route, prefix, noah.session["access_token"])
        assert answer.status_code == expected.other, (route, answer.text)
        # The id of an event is the sender's own word, and an own event of the same id is another one.
        own_words = {mia.event_id} if route == ("POST", "/events") else set()
        hers = {
            "mias-secret",
            str(mia.member.id),
            mia.event_id,
            mia.token_id,
            mia.notification_id,
        } - own_words
        assert not [word for word in hers if word in answer.text], route
    assert of_mia(database, mia) == before


def test_the_service_is_nobody_and_computes_for_anybody(
    client: TestClient, database: Database, keys: Keys, mia: Mia
) -> None:
    before = of_mia(database, mia)
    for route, expected in EXPECTED.items():
        answer = ask(client, mia, route, "/v1", keys.service)
        assert answer.status_code == expected.service, (route, answer.text)
    assert of_mia(database, mia) == before


@dataclass(frozen=True, slots=True)
class Forger:
    """Who has Mia's token, and what it was signed with."""

    token: str
    key: ec.EllipticCurvePrivateKey
    anon: str

    def signed(self, **changes: Any) -> str:
        """Return Mia's token with other claims, signed with our own key."""
        claims = jwt.decode(self.token, options={"verify_signature": False}) | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.key, algorithm="ES256", headers={"kid": self.header["kid"]})

    @property
    def header(self) -> dict[str, Any]:
        return jwt.get_unverified_header(self.token)


def _another_key(forger: Forger) -> str:
    claims = jwt.decode(forger.token, options={"verify_signature": False})
    key = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(claims, key, algorithm="ES256", headers={"kid": forger.header["kid"]})


def _no_algorithm(forger: Forger) -> str:
    header = (
        base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).rstrip(b"=").decode()
    )
    return f"{header}.{forger.token.split('.')[1]}."


def _long_ago() -> int:
    return int(datetime.now(UTC).timestamp()) - 3600


FORGED: Final[dict[str, Callable[[Forger], str | None]]] = {
    "no token": lambda _forger: None,
    "the anon key": lambda forger: forger.anon,
    "no token at all": lambda _forger: "forged",
    "another key": _another_key,
    "no algorithm": _no_algorithm,
    "no signature": lambda forger: forger.token.rpartition(".")[0] + ".",
    "expired": lambda forger: forger.signed(exp=_long_ago()),
    "another audience": lambda forger: forger.signed(aud="another"),
    "no audience": lambda forger: forger.signed(aud=None),
    "another issuer": lambda forger: forger.signed(iss="http://elsewhere/auth/v1"),
    "another role": lambda forger: forger.signed(role="postgres"),
    "nobody": lambda forger: forger.signed(sub="nobody"),
}


@pytest.fixture
def forger(database: Database, settings: Settings, keys: Keys, mia: Mia) -> Forger:
    _, key = Keyring(database, sealing=sealing_of(settings), clock=utc_now).signing()
    return Forger(mia.member.session["access_token"], key, keys.anon)


@pytest.fixture
def unlimited(database: Database, settings: Settings, keys: Keys) -> Iterator[TestClient]:
    app = create_app(database, settings.model_copy(update={"requests_per_minute": 1000}))
    with TestClient(app, headers={"apikey": keys.anon}) as client:
        yield client


def test_no_token_that_does_not_hold_opens_any_route(
    unlimited: TestClient, database: Database, mia: Mia, forger: Forger
) -> None:
    before = of_mia(database, mia)
    for name, forge in FORGED.items():
        token = forge(forger)
        for route in EXPECTED:
            answer = ask(unlimited, mia, route, "/v1", token)
            assert answer.status_code == 401, (name, route, answer.text)
            assert set(answer.json()) == {"error"}, (name, route)
            assert answer.headers["www-authenticate"] == "Bearer", (name, route)
    assert of_mia(database, mia) == before
    # What was forged with our own key holds where nothing is changed: the forger is no fool.
    assert ask(unlimited, mia, ("GET", "/consents"), "/v1", forger.signed()).status_code == 200
