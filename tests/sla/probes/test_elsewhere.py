"""The journey where a Supabase project signs members in: as a member made for it there, or not run, and why."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from bee.db import Database, Login
from bee.settings import Settings
from bee.sla.derivation import derive
from bee.sla.probes.ticks import Round, tick_of
from bee.sla.probes.watch import outside
from tests.api.issuer import Issuer
from tests.api.issuer import serving as issuing
from tests.api.serving import serving
from tests.factories import make_member
from tests.sla.probes.test_journey import working
from tests.sla.rows import stored

KEY = "a key of the probers"
EMAIL, PASSWORD = "probe@example.org", "a long password of nobody"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        issuer.add_key()
        issuer.people[EMAIL, PASSWORD] = str(uuid4())
        yield issuer


@pytest.fixture
def settings(tmp_path: Path, issuer: Issuer) -> Settings:
    return Settings(home=tmp_path, probe_key=SecretStr(KEY)).model_copy(
        update={
            "supabase_url": issuer.url,
            "supabase_anon_key": SecretStr(issuer.api_key),
            "probe_member_email": EMAIL,
            "probe_member_password": SecretStr(PASSWORD),
        }
    )


@pytest.fixture
def served(database: Database, settings: Settings) -> Iterator[str]:
    with serving(database, settings) as (_server, served):
        yield f"http://127.0.0.1:{served.api_port}"


def travel(settings: Settings, url: str) -> Round:
    """Take a journey as somebody outside."""
    with outside(settings, url, name="berlin", every_s=60, with_journey=True) as (_ready, prober):
        return prober.look_at(tick_of(prober.clock(), prober.every_s))


def test_the_journey_signs_in_there_and_goes_through_the_house_as_nobody_who_counts(
    database: Database, settings: Settings, served: str, issuer: Issuer
) -> None:
    with working(database):
        for _ in range(2):
            seen = travel(settings, served).seen
            assert [(each.step, each.ok, each.reason) for each in seen] == [
                ("sign_in", True, ""), ("event", True, ""), ("momentum", True, ""),
                ("coach", True, "offline"), ("push", True, ""),
            ]  # fmt: skip
    assert stored(database, "cast(id as text), is_synthetic", "members") == [
        (issuer.people[EMAIL, PASSWORD], True)
    ]
    assert len(issuer.signed_out) == 2
    assert stored(database, "1", "engagement_days") == []
    assert all("x-bee-probe" not in headers for headers in issuer.asked), "the key is the API's alone"


@pytest.mark.parametrize(
    ("without", "reason"),
    [
        ({"probe_member_email": None, "probe_member_password": None}, "no_credentials"),
        ({"supabase_anon_key": None}, "no_api_key"),
        ({"supabase_url": None, "supabase_jwt_secret": SecretStr("s" * 40)}, "no_issuer"),
        ({"probe_member_password": SecretStr("another")}, "credentials_refused"),
    ],
)
def test_what_is_missing_is_said_and_is_never_down(
    without: dict[str, object], reason: str, database: Database, settings: Settings, served: str
) -> None:
    found = travel(settings.model_copy(update=without), served)
    assert (found.seen, found.not_run) == ((), reason)
    assert stored(database, "probe, not_run", "probers") == [("journey", reason)]
    derive(database, now=found.scheduled_at)
    assert stored(database, "state", "uptime_minutes") == []


def test_a_member_who_counts_is_never_taken_out_of_the_figures(
    database: Database, settings: Settings, served: str, issuer: Issuer
) -> None:
    with database.writing(Login.OWNER) as session:
        issuer.people[EMAIL, PASSWORD] = str(make_member(session))
    assert travel(settings, served).not_run == "member_counts"
    assert stored(database, "is_synthetic", "members") == [(False,)]


def test_sign_in_that_is_away_or_broken_is_a_failure_as_members_have_it(
    database: Database, settings: Settings, served: str, issuer: Issuer
) -> None:
    issuer.keys.clear()  # it can't sign a token any more
    (seen,) = travel(settings, served).seen
    assert (seen.step, seen.ok) == ("sign_in", False)
    gone = settings.model_copy(update={"supabase_url": "http://127.0.0.1:9"})
    (seen,) = travel(gone, served).seen
    assert (seen.ok, seen.reason) == (False, "refused")


def test_half_of_the_credentials_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match="need each other"):
        Settings(probe_member_email=EMAIL)
