"""Tokens that hold and tokens that do not: our own, a Supabase project's, and those that somebody made up."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import SecretStr
from starlette.testclient import TestClient

from bee.accounts.keyring import Keyring
from bee.accounts.keys import rotate_keys, sealing_of
from bee.api.asgi import create_app
from bee.api.caller import Role, caller_of
from bee.api.house import House, utc_now
from bee.api.verification import LEEWAY_S, Verifier, remote_verifier
from bee.db import Database, Login
from bee.errors import Unauthenticated, Unavailable
from bee.settings import Settings
from tests.api.conftest import Keys, sign_up
from tests.api.issuer import Issuer, member_claims, serving
from tests.factories import execute

SECRET = "a secret of at least thirty-two characters"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with serving() as issuer:
        yield issuer


@pytest.fixture
def verifier(issuer: Issuer) -> Verifier:
    return remote_verifier(project_url=issuer.url, secret=SECRET)


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def ago(delta: timedelta) -> int:
    return int((datetime.now(UTC) - delta).timestamp())


def refused(verifier: Verifier, token: str) -> str:
    with pytest.raises(Unauthenticated) as caught:
        verifier.verify(token)
    return caught.value.code


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_project_s_token_holds_by_its_published_key(
    issuer: Issuer, verifier: Verifier, algorithm: str
) -> None:
    claims = verifier.verify(issuer.token(issuer.add_key(algorithm)))
    assert caller_of(claims).role is Role.AUTHENTICATED


def test_a_project_s_token_holds_by_its_secret(issuer: Issuer, verifier: Verifier) -> None:
    token = jwt.encode(member_claims(issuer.url), SECRET, algorithm="HS256")
    assert caller_of(verifier.verify(token)).user_id is not None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "anon"}, "bad_jwt"),
        ({"aud": None}, "bad_jwt"),
        ({"iss": "https://evil.example/auth/v1"}, "bad_jwt"),
        ({"iss": None}, "bad_jwt"),
        ({"exp": None}, "bad_jwt"),
        ({"sub": None}, "bad_jwt"),
        ({"exp": ago(HOUR)}, "token_expired"),
        ({"exp": "tomorrow"}, "bad_jwt"),
        ({"nbf": ago(-HOUR)}, "bad_jwt"),
    ],
)
def test_a_claim_that_is_not_right_is_refused(
    issuer: Issuer, verifier: Verifier, changes: dict[str, Any], code: str
) -> None:
    assert refused(verifier, issuer.token(issuer.add_key(), **changes)) == code


@pytest.mark.parametrize("changes", [{"sub": "nobody"}, {"role": "postgres"}, {"session_id": "x"}])
def test_claims_that_hold_but_say_nonsense_are_nobody(
    issuer: Issuer, verifier: Verifier, changes: dict[str, Any]
) -> None:
    claims = verifier.verify(issuer.token(issuer.add_key(), **changes))
    with pytest.raises(Unauthenticated):
        caller_of(claims)


def _no_algorithm(issuer: Issuer) -> str:
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(member_claims(issuer.url))}."


def _another_key(issuer: Issuer) -> str:
    kid, stranger = issuer.add_key(), ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(member_claims(issuer.url), stranger, algorithm="ES256", headers={"kid": kid})


def _unknown_key(issuer: Issuer) -> str:
    stranger = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(member_claims(issuer.url), stranger, algorithm="ES256", headers={"kid": "who"})


def _public_key_as_secret(issuer: Issuer) -> str:
    """Sign with HS256 and the public key, which a careless verifier takes for the secret."""
    kid = issuer.add_key()
    signed = f"{encoded({'alg': 'HS256', 'kid': kid})}.{encoded(member_claims(issuer.url))}"
    public = issuer.keys[kid][1].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    proof = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(proof).rstrip(b'=').decode()}"


def _changed_claims(issuer: Issuer) -> str:
    head, _, signature = issuer.token(issuer.add_key()).split(".")
    return f"{head}.{encoded(member_claims(issuer.url))}.{signature}"


def _wrong_secret(issuer: Issuer) -> str:
    return jwt.encode(member_claims(issuer.url), "another secret of thirty-two letters", algorithm="HS256")


def _other_family(issuer: Issuer) -> str:
    return jwt.encode(member_claims(issuer.url), SECRET * 2, algorithm="HS512")


@pytest.mark.parametrize(
    "forge",
    [
        _no_algorithm,
        _another_key,
        _unknown_key,
        _public_key_as_secret,
        _changed_claims,
        _wrong_secret,
        _other_family,
        lambda _issuer: "",
        lambda _issuer: "a.b.c",
        lambda _issuer: "x" * 100_000,
        lambda _issuer: "\0.ünï.code",
    ],
)
def test_what_somebody_made_up_is_refused(
    issuer: Issuer, verifier: Verifier, forge: Callable[[Issuer], str]
) -> None:
    assert refused(verifier, forge(issuer)) == "bad_jwt"


def test_keys_are_remembered_and_a_new_one_is_looked_up(issuer: Issuer) -> None:
    verifier = remote_verifier(project_url=issuer.url, secret=None)
    first = issuer.add_key()
    asked = issuer.requests
    for _ in range(5):
        verifier.verify(issuer.token(first))
    assert issuer.requests == asked + 1
    for _ in range(5):
        refused(verifier, _unknown_key(issuer))
    assert issuer.requests <= asked + 2, "made-up names do not make us ask again and again"


def test_a_token_that_held_is_refused_once_it_is_over(issuer: Issuer, verifier: Verifier) -> None:
    token = issuer.token(issuer.add_key(), exp=ago(timedelta(0)))
    verifier.verify(token)
    time.sleep(LEEWAY_S + 0.1)
    assert refused(verifier, token) == "token_expired"


def test_a_token_that_held_is_refused_once_its_key_counts_no_more(issuer: Issuer) -> None:
    kid = issuer.add_key()
    token, keys = issuer.token(kid), {kid: issuer.keys[kid][1].public_key()}
    verifier = Verifier(keys.get, f"{issuer.url}/auth/v1", None, frozenset(Role))
    assert verifier.verify(token) == verifier.verify(token)
    keys[kid] = issuer.keys[issuer.add_key()][1].public_key()
    assert refused(verifier, token) == "bad_jwt"
    keys.clear()
    assert refused(verifier, token) == "bad_jwt"


def test_a_token_that_held_here_holds_nowhere_else(issuer: Issuer, verifier: Verifier) -> None:
    token = issuer.token(issuer.add_key())
    verifier.verify(token)
    elsewhere = Verifier(verifier.find_key, "http://elsewhere/auth/v1", None, frozenset(Role))
    assert refused(elsewhere, token) == "bad_jwt"


def test_without_a_secret_no_symmetric_token_is_taken(issuer: Issuer) -> None:
    token = jwt.encode(member_claims(issuer.url), SECRET, algorithm="HS256")
    assert refused(remote_verifier(project_url=issuer.url, secret=None), token) == "bad_jwt"


def test_a_service_that_is_away_is_not_the_caller_s_fault(issuer: Issuer) -> None:
    with serving() as other:
        token = other.token(other.add_key())
        url = other.url
    with pytest.raises(Unavailable):
        remote_verifier(project_url=url, secret=None).verify(token)


def test_our_own_secret_gives_the_roles_of_the_two_keys_only(
    database: Database, settings: Settings, keys: Keys
) -> None:
    house = House.build(database, settings)
    assert caller_of(house.verifier.verify(keys.anon)).role is Role.ANON
    assert caller_of(house.verifier.verify(keys.service)).role is Role.SERVICE
    secret = house.verifier.secret
    assert secret is not None
    claims = member_claims("x") | {"iss": house.issuer}
    assert refused(house.verifier, jwt.encode(claims, secret, algorithm="HS256")) == "bad_jwt"


def test_another_installation_s_token_is_refused(database: Database, settings: Settings) -> None:
    house = House.build(database, settings)
    keyring = Keyring(database, sealing=sealing_of(settings), clock=utc_now)
    kid, key = keyring.signing()
    token = jwt.encode(member_claims("http://elsewhere"), key, algorithm="ES256", headers={"kid": str(kid)})
    assert refused(house.verifier, token) == "bad_jwt"


def test_with_a_project_the_api_signs_nobody_in_and_serves_the_project_s_members(
    database: Database, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = Settings(home=tmp_path_factory.mktemp("home")).model_copy(
        update={"supabase_url": issuer.url, "supabase_anon_key": SecretStr("sb_publishable_1")}
    )
    token = issuer.token(issuer.add_key())
    with TestClient(create_app(database, settings), headers={"apikey": "sb_publishable_1"}) as client:
        answer = client.post("/auth/v1/signup", json={"email": "a@b.org", "password": "long enough"})
        assert answer.status_code == 404
        answer = client.get("/v1/consents", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()) == (200, {"consents": []})


def test_a_token_works_across_a_rotation(client: TestClient, database: Database, settings: Settings) -> None:
    before = sign_up(client)
    with database.writing(Login.SYSTEM) as session:
        kid = rotate_keys(session, sealing=sealing_of(settings), now=utc_now())
    with database.writing(Login.OWNER) as session:
        execute(session, "update signing_keys set signs_from = now() where kid = :kid", kid=kid)
    with TestClient(create_app(database, settings), headers=dict(client.headers)) as restarted:
        after = sign_up(restarted, "noah@example.org")
        old, new = (
            jwt.get_unverified_header(member.session["access_token"])["kid"] for member in (before, after)
        )
        assert old != new
        for member in (before, after):
            assert restarted.get("/auth/v1/user", headers=member.headers).status_code == 200
