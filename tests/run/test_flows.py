"""What `bee up` does with a database before anybody looks at it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.errors import Unauthenticated
from bee.flows import count_population, demo_sign_ins, is_empty, prepare_demo
from bee.settings import Environment, Settings
from bee.staff.demo import DEMO_ACCOUNTS, PASSWORD_FILE, demo_password
from bee.staff.sessions import find_viewer, sign_in
from tests.factories import make_member

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of somebody's own machine."""
    return Settings(environment=Environment.LOCAL, home=tmp_path)


def enter(database: Database, email: str, password: str, *, is_local: bool = True) -> str:
    signed_in = sign_in(
        database, email=email, password=password, address="127.0.0.1", now=NOW, is_local=is_local
    )
    return signed_in.token


def test_synthetic_members_make_no_database_full(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, is_synthetic=True)
    assert is_empty(database)


def test_demo_members_are_told_from_others(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, is_demo=True)
        make_member(session)
    population = count_population(database)
    assert (population.members, population.demo_members) == (2, 1)


def test_every_role_has_a_demo_account_that_can_sign_in(database: Database, settings: Settings) -> None:
    lines = demo_sign_ins(database, settings)
    password = demo_password(settings.home)
    assert {account.role for account in DEMO_ACCOUNTS} == set(StaffRole)
    for account, line in zip(DEMO_ACCOUNTS, lines, strict=True):
        viewer = find_viewer(database, enter(database, account.email, password), now=NOW, touch=False)
        assert viewer is not None
        assert viewer.roles == {account.role}
        assert viewer.is_demo
        assert account.email in line
        assert password in line


def test_a_demo_account_is_refused_outside_local(database: Database, settings: Settings) -> None:
    demo_sign_ins(database, settings)
    with pytest.raises(Unauthenticated):
        enter(database, DEMO_ACCOUNTS[0].email, demo_password(settings.home), is_local=False)


def test_a_second_start_shows_the_same_sign_ins(database: Database, settings: Settings) -> None:
    assert demo_sign_ins(database, settings) == demo_sign_ins(database, settings)


def test_a_lost_password_is_replaced(database: Database, settings: Settings) -> None:
    demo_sign_ins(database, settings)
    (settings.home / PASSWORD_FILE).write_text("")
    demo_sign_ins(database, settings)
    assert enter(database, DEMO_ACCOUNTS[0].email, demo_password(settings.home))


def test_the_password_is_this_machines_own_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert demo_password(tmp_path) != demo_password(tmp_path / "other")
    assert (tmp_path / PASSWORD_FILE).stat().st_mode & 0o077 == 0


def test_among_real_members_no_demo_is_made_and_no_demo_account_gets_in(
    database: Database, settings: Settings
) -> None:
    demo_sign_ins(database, settings)
    token = enter(database, DEMO_ACCOUNTS[3].email, demo_password(settings.home))
    with database.writing(Login.OWNER) as session:
        make_member(session)
    assert prepare_demo(database, settings, now=NOW) is None
    assert count_population(database).demo_members == 0
    assert find_viewer(database, token, now=NOW, touch=False) is None
    with pytest.raises(Unauthenticated):
        enter(database, DEMO_ACCOUNTS[3].email, demo_password(settings.home))


def test_outside_local_nothing_is_filled(database: Database, settings: Settings) -> None:
    staging = settings.model_copy(update={"environment": Environment.STAGING})
    assert prepare_demo(database, staging, now=NOW) is None
    assert is_empty(database)
