"""Members sign up, in and out as Supabase's clients do it; and those who try what they should not."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import jwt
import pytest
from starlette.testclient import TestClient

from bee.accounts.refresh import encode_refresh_token
from bee.accounts.sessions import LIMITS
from bee.db import Database, Login
from bee.members.demo import fill_demo
from bee.settings import Environment
from tests.api.conftest import PASSWORD, Keys, sign_up
from tests.factories import execute

V2024 = {"x-supabase-api-version": "2024-01-01"}


def refresh(client: TestClient, token: object) -> httpx.Response:
    return client.post(
        "/auth/v1/token?grant_type=refresh_token", json={"refresh_token": token}, headers=V2024
    )


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return client.post(
        "/auth/v1/token?grant_type=password", json={"email": email, "password": password}, headers=V2024
    )


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def age_session(database: Database, user_id: object) -> None:
    """Let the grace after the last refresh be over."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update member_sessions set refreshed_at = refreshed_at - interval '1 minute' where user_id = :id",
            id=user_id,
        )


def test_who_signs_up_is_a_member_with_a_session(client: TestClient, database: Database) -> None:
    member = sign_up(client, "Mia@Example.org", time_zone="Europe/Madrid", full_name="Mia Ruiz")
    session = member.session
    assert session["token_type"] == "bearer"
    assert isinstance(session["expires_in"], int)
    assert session["user"]["email"] == "mia@example.org"
    assert session["user"]["user_metadata"]["full_name"] == "Mia Ruiz"
    claims = jwt.decode(session["access_token"], options={"verify_signature": False})
    assert claims["sub"] == str(member.id)
    assert (claims["aud"], claims["role"], claims["aal"]) == ("authenticated", "authenticated", "aal1")
    assert claims["exp"] == session["expires_at"] == claims["iat"] + 3600
    with database.reading(Login.OWNER) as reader:
        row = execute(reader, "select time_zone, is_demo from members where id = :id", id=member.id).one()
    assert tuple(row) == ("Europe/Madrid", False)


def test_who_tries_the_app_among_demo_members_is_one_of_them(client: TestClient, database: Database) -> None:
    now = datetime.now(UTC)
    fill_demo(database, environment=Environment.LOCAL, now=now - timedelta(days=1), members=3)
    member = sign_up(client)
    with database.reading(Login.OWNER) as session:
        is_demo = execute(session, "select is_demo from members where id = :id", id=member.id).scalar_one()
    assert is_demo
    assert fill_demo(database, environment=Environment.LOCAL, now=now, members=3).members == 0


def test_the_token_verifies_with_the_published_key(client: TestClient) -> None:
    token = sign_up(client).session["access_token"]
    answer = client.get("/auth/v1/.well-known/jwks.json", headers={"apikey": ""})
    assert answer.headers["cache-control"] == "public, max-age=600"
    (jwk,) = answer.json()["keys"]
    assert jwt.get_unverified_header(token)["kid"] == jwk["kid"]
    assert jwt.decode(token, jwt.PyJWK(jwk).key, algorithms=["ES256"], audience="authenticated")


def test_an_address_signs_up_once(client: TestClient) -> None:
    sign_up(client, "mia@example.org")
    body = {"email": " MIA@example.org", "password": PASSWORD}
    answer = client.post("/auth/v1/signup", json=body, headers=V2024)
    assert code(answer) == (422, "user_already_exists")
    assert answer.json()["message"] == "User already registered"
    assert answer.headers["x-supabase-api-version"] == "2024-01-01"


def test_parallel_sign_ups_of_one_address_make_one_account(client: TestClient) -> None:
    answers: list[httpx.Response] = []
    body = {"email": "mia@example.org", "password": PASSWORD}
    threads = [
        threading.Thread(target=lambda: answers.append(client.post("/auth/v1/signup", json=body)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"email": "a@b.org", "password": "short"}, (422, "weak_password")),
        ({"email": "a@b.org", "password": "x" * 73}, (400, "validation_failed")),
        ({"email": "a@b.org", "password": "nul \0 inside"}, (422, "weak_password")),
        ({"email": "a@b.org"}, (422, "weak_password")),
        ({"email": "nobody", "password": PASSWORD}, (400, "validation_failed")),
        ({"email": "a b@c.org", "password": PASSWORD}, (400, "validation_failed")),
        ({"email": "a\0b@c.org", "password": PASSWORD}, (400, "validation_failed")),
        ({"email": "x" * 70 + "@c.org", "password": PASSWORD}, (400, "validation_failed")),
        ({"email": 5, "password": PASSWORD}, (400, "validation_failed")),
        ({"email": "a@b.org", "password": PASSWORD, "data": "text"}, (400, "validation_failed")),
        ({"email": "a@b.org", "password": PASSWORD, "data": {"x": "\0"}}, (400, "validation_failed")),
        ({"email": "a@b.org", "password": PASSWORD, "data": {"x": "y" * 20000}}, (400, "validation_failed")),
        ({"data": {}}, (422, "anonymous_provider_disabled")),
        ([], (400, "validation_failed")),
    ],
)
def test_what_nobody_can_sign_up_with(client: TestClient, body: Any, expected: tuple[int, str]) -> None:
    answer = client.post("/auth/v1/signup", json=body, headers=V2024)
    assert code(answer) == expected
    assert isinstance(answer.json()["message"], str)


def test_a_weak_password_says_why(client: TestClient) -> None:
    answer = client.post("/auth/v1/signup", json={"email": "a@b.org", "password": "short"}, headers=V2024)
    assert answer.json()["weak_password"] == {"reasons": ["length"]}


def test_older_clients_read_the_error_elsewhere(client: TestClient) -> None:
    answer = client.post("/auth/v1/signup", json={"email": "a@b.org", "password": "short"})
    assert answer.json()["code"] == 422
    assert answer.json()["error_code"] == "weak_password"
    assert "x-supabase-api-version" not in answer.headers


def test_a_password_opens_another_session(client: TestClient) -> None:
    member = sign_up(client)
    answer = sign_in(client, "MIA@example.org")
    assert answer.status_code == 200
    assert answer.json()["user"]["id"] == str(member.id)
    assert answer.json()["refresh_token"] != member.session["refresh_token"]


def test_wrong_passwords_and_unknown_addresses_are_told_alike(client: TestClient) -> None:
    sign_up(client)
    wrong, unknown = sign_in(client, "mia@example.org", "wrong"), sign_in(client, "nobody@example.org")
    assert code(wrong) == code(unknown) == (400, "invalid_credentials")
    assert wrong.json() == unknown.json()
    assert wrong.json()["message"] == "Invalid login credentials"


def test_an_account_is_closed_for_a_while_after_too_many_tries(
    client: TestClient, database: Database
) -> None:
    member = sign_up(client)
    with database.writing(Login.OWNER) as session:
        for number in range(LIMITS.per_account):
            execute(
                session,
                "insert into sign_in_attempts (account, address, succeeded) values (:account, :address, false)",
                account=f"member {member.email}",
                address=f"192.0.2.{number}",
            )
    answer = sign_in(client, member.email)
    assert code(answer) == (429, "over_request_rate_limit")
    assert int(answer.headers["retry-after"]) > 0


def test_a_refresh_swaps_the_token(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    first = member.session["refresh_token"]
    answer = refresh(client, first)
    assert answer.status_code == 200
    assert answer.json()["refresh_token"] != first
    assert answer.json()["user"]["id"] == str(member.id)
    # The stale access token that clients send along changes nothing.
    stale = client.post(
        "/auth/v1/token?grant_type=refresh_token",
        json={"refresh_token": answer.json()["refresh_token"]},
        headers={"Authorization": "Bearer expired"},
    )
    assert stale.status_code == 200


def test_a_client_that_lost_the_answer_keeps_its_session(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    first = member.session["refresh_token"]
    lost = refresh(client, first).json()["refresh_token"]
    age_session(database, member.id)
    again = refresh(client, first)
    assert again.status_code == 200
    assert again.json()["refresh_token"] == lost


def test_a_thief_s_reuse_ends_the_session(client: TestClient, database: Database) -> None:
    member = sign_up(client)
    stolen = member.session["refresh_token"]
    second = refresh(client, stolen).json()["refresh_token"]
    third = refresh(client, second).json()["refresh_token"]
    age_session(database, member.id)
    assert code(refresh(client, stolen)) == (400, "refresh_token_already_used")
    assert code(refresh(client, third)) == (400, "refresh_token_not_found")


def test_an_old_token_within_the_grace_is_a_request_that_was_under_way(client: TestClient) -> None:
    first = sign_up(client).session["refresh_token"]
    second = refresh(client, first).json()["refresh_token"]
    third = refresh(client, second).json()["refresh_token"]
    assert refresh(client, first).json()["refresh_token"] == third


def test_parallel_refreshes_converge_on_one_token(client: TestClient) -> None:
    first = sign_up(client).session["refresh_token"]
    answers: list[httpx.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(refresh(client, first))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "token", ["", "x", "x" * 5000, '{"access_token": "…"}', None, 5, "\0", {"a": 1}, "ünïcode"]
)
def test_what_is_no_refresh_token_is_refused_at_once(client: TestClient, token: object) -> None:
    assert code(refresh(client, token)) == (400, "validation_failed")


def test_a_made_up_refresh_token_ends_nothing(client: TestClient) -> None:
    member = sign_up(client)
    claims = jwt.decode(member.session["access_token"], options={"verify_signature": False})
    forged = encode_refresh_token(UUID(claims["session_id"]), 0, b"x" * 32)
    assert code(refresh(client, forged)) == (400, "refresh_token_not_found")
    assert code(refresh(client, encode_refresh_token(uuid4(), 0, b"x" * 32))) == (
        400,
        "refresh_token_not_found",
    )
    assert refresh(client, member.session["refresh_token"]).status_code == 200


@pytest.mark.parametrize(
    ("scope", "own", "other"), [("local", 403, 200), ("global", 403, 403), ("others", 200, 403)]
)
def test_a_sign_out_ends_the_sessions_it_says(client: TestClient, scope: str, own: int, other: int) -> None:
    member = sign_up(client)
    elsewhere = {"Authorization": f"Bearer {sign_in(client, member.email).json()['access_token']}"}
    answer = client.post(f"/auth/v1/logout?scope={scope}", headers=member.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get("/auth/v1/user", headers=member.headers).status_code == own
    assert client.get("/auth/v1/user", headers=elsewhere).status_code == other
    refreshed = refresh(client, member.session["refresh_token"]).status_code
    assert refreshed == (200 if own == 200 else 400)


def test_the_user_is_who_the_token_says(client: TestClient) -> None:
    member = sign_up(client)
    answer = client.get("/auth/v1/user", headers=member.headers)
    assert answer.json()["id"] == str(member.id)
    assert answer.json()["identities"][0]["provider"] == "email"


def test_changes_of_the_account_are_merged(client: TestClient, database: Database) -> None:
    member = sign_up(client, full_name="Mia", goal="walk", nested={"keep": None})
    body = {"data": {"goal": None, "time_zone": "America/Lima"}}
    answer = client.put("/auth/v1/user", json=body, headers=member.headers)
    assert answer.json()["user_metadata"] == {
        "full_name": "Mia",
        "time_zone": "America/Lima",
        "nested": {"keep": None},
    }
    with database.reading(Login.OWNER) as session:
        zone = execute(session, "select time_zone from members where id = :id", id=member.id).scalar()
    assert zone == "America/Lima"


def test_a_new_password_ends_the_other_sessions(client: TestClient) -> None:
    member = sign_up(client)
    elsewhere = sign_in(client, member.email).json()
    same = client.put("/auth/v1/user", json={"password": PASSWORD}, headers=member.headers | V2024)
    assert code(same) == (422, "same_password")
    answer = client.put("/auth/v1/user", json={"password": "another good one"}, headers=member.headers)
    assert answer.status_code == 200
    assert refresh(client, elsewhere["refresh_token"]).status_code == 400
    assert refresh(client, member.session["refresh_token"]).status_code == 200
    assert sign_in(client, member.email).status_code == 400
    assert sign_in(client, member.email, "another good one").status_code == 200


def test_nobody_takes_another_s_address_or_our_metadata(client: TestClient) -> None:
    sign_up(client, "mia@example.org")
    noah = sign_up(client, "noah@example.org")
    taken = client.put("/auth/v1/user", json={"email": "mia@example.org"}, headers=noah.headers | V2024)
    assert code(taken) == (422, "email_exists")
    ours = client.put("/auth/v1/user", json={"app_metadata": {"a": 1}}, headers=noah.headers | V2024)
    assert code(ours) == (403, "not_admin")


@pytest.mark.parametrize("path", ["/auth/v1/recover", "/auth/v1/otp", "/auth/v1/resend"])
def test_no_mail_is_pretended_to_be_sent(client: TestClient, path: str) -> None:
    answer = client.post(path, json={"email": "mia@example.org"}, headers=V2024)
    assert code(answer) == (422, "email_provider_disabled")


def test_without_the_client_s_key_nothing_is_done(client: TestClient, keys: Keys) -> None:
    body = {"email": "a@b.org", "password": PASSWORD}
    for key in ("", "nonsense", keys.anon[:-2] + "xx"):
        answer = client.post("/auth/v1/signup", json=body, headers={"apikey": key})
        assert answer.status_code == 401
    assert client.post("/auth/v1/signup", json=body, headers={"apikey": keys.service}).status_code == 200


def test_a_demoted_session_is_told_what_the_clients_know(client: TestClient, keys: Keys) -> None:
    nobody = client.get("/auth/v1/user", headers=V2024)
    assert code(nobody) == (401, "no_authorization")
    anon = client.get("/auth/v1/user", headers=V2024 | {"Authorization": f"Bearer {keys.anon}"})
    assert code(anon) == (403, "bad_jwt")
    forged = client.get("/auth/v1/user", headers=V2024 | {"Authorization": "Bearer a.b.c"})
    assert code(forged) == (403, "bad_jwt")


def test_nothing_secret_is_in_what_is_logged_or_kept(
    client: TestClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    member = sign_up(client)
    with database.reading(Login.OWNER) as session:
        trail = execute(session, "select cast(array_agg(audit_log) as text) from audit_log").scalar_one()
        kept = execute(
            session, "select cast(array_agg(member_sessions) as text) from member_sessions"
        ).scalar()
    for text in (str(trail), str(kept), caplog.text):
        assert member.session["refresh_token"] not in text
        assert PASSWORD not in text
        assert member.email not in text
