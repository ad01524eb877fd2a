"""What is hidden in a text: the secrets of the installation, and whatever has the shape of one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bee.settings import Settings
from bee.telemetry.redaction import HIDDEN, MOST_LETTERS, Redaction
from bee.telemetry.starting import secrets_of

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJtaWEifQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"sent {JWT} twice", f"sent {HIDDEN} twice"),
        ("Authorization: Bearer abc.def-1", f"Authorization: {HIDDEN}"),
        ("mia.o'hara+x@mail.example.org wrote", f"mia.o'{HIDDEN} wrote"),
        ("postgresql://bee:s3cret@db/bee", f"postgresql://{HIDDEN}db/bee"),
        ("https://x.example/join?token=abc&next=%2F is", f"https://x.example/join{HIDDEN} is"),
        ("GET /login?next=/member", f"GET /login{HIDDEN}"),
        ("key sk-proj_abcdefghijklmnop1234", f"key {HIDDEN}"),
        ("token fXy_12345678:APA91bHun-4", f"token {HIDDEN}"),
        ("call +1 (415) 555-0100 now", f"call {HIDDEN} now"),
        ("Key (email)=(mia@example.org) already exists.", f"Key (email){HIDDEN} already exists."),
        ("DETAIL: Failing row contains (Mia, 42).\nnext", f"{HIDDEN}\nnext"),
        ("[parameters: {'name': 'Mia'}]", HIDDEN),
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden(text: str, left: str) -> None:
    assert Redaction().text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "request 7f3c2a1b9d8e4f60a1b2c3d4e5f60718 took 12.5 ms",
        "sealing 12 acts; head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "/v1/notifications/{id}/opened",
        "2026-11-25T09:41:07.123+00:00",
        "Is it well? It is.",
        "bee/api/routes/events.py:120 in post",
    ],
)
def test_what_a_reader_needs_stays(text: str) -> None:
    assert Redaction().text(text) == text


def test_every_secret_of_the_settings_is_hidden_and_so_are_passwords_in_addresses() -> None:
    secrets: dict[str, Any] = {
        name: SecretStr(f"planted-{name}")
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    secrets["database_url"] = SecretStr("postgresql://bee:p%40ssword-1@db.example.org/bee")
    # As they are, whatever else some of them need beside them.
    redaction = Redaction(secrets_of(Settings.model_construct(**secrets)))
    for secret in (*secrets.values(), SecretStr("p@ssword-1"), SecretStr("p%40ssword-1")):
        assert redaction.text(f"<{secret.get_secret_value()}>") == f"<{HIDDEN}>"


def test_of_two_secrets_one_within_the_other_neither_shows() -> None:
    assert Redaction(["secret-one", "secret-one-longer"]).text("secret-one-longer") == HIDDEN


@pytest.mark.parametrize("secret", [JWT, "mia@example.org", "the-secret-of-this-house"])
def test_a_secret_is_not_shown_by_halves_where_a_long_text_is_cut(secret: str) -> None:
    for kept in range(1, len(secret)):
        filler = "x " * ((MOST_LETTERS - kept) // 2)
        told = Redaction(["the-secret-of-this-house"]).text(f"{filler}{secret} and more")
        assert told.replace("x ", "") in {"", HIDDEN}


def test_values_are_hidden_however_deep_they_are() -> None:
    value = {"a@b.example": [{"to": "mia@example.org"}, (1, None, 2.5, True)], "kind": ValueError("mia")}
    assert Redaction().value(value) == {HIDDEN: [{"to": HIDDEN}, [1, None, 2.5, True]], "kind": "ValueError"}


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_secret_is_hidden_whatever_stands_around_it(before: str, after: str) -> None:
    secret = "planted/secret+value"
    assert secret not in Redaction([secret]).text(f"{before}{secret}{after}")


def test_a_huge_text_is_cut() -> None:
    assert len(Redaction().text("a" * 10_000_000)) == MOST_LETTERS
