"""What `bee up` does with a database before anybody looks at it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bee import supervisor, worker
from bee.access import StaffRole
from bee.api.serve import serve as serve_api
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.errors import Forbidden, Unauthenticated
from bee.flows import count_population, demo_sign_ins, is_empty, open_database, prepare_demo
from bee.settings import Environment, Settings
from bee.staff.demo import DEMO_ACCOUNTS, PASSWORD_FILE, demo_password
from bee.staff.sessions import find_viewer, sign_in
from bee.ui.serve import serve as serve_dashboard
from bee.ui.sessions import Sessions
from tests.cluster import url_of
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


def outside(settings: Settings, environment: Environment, database: Database | None = None) -> Settings:
    """Return the settings with another environment, and another server's database."""
    url = url_of(database.address) if database else None
    ports = {"api_port": 0, "dashboard_port": 0}
    return settings.model_copy(update={"environment": environment, "database_url": url} | ports)


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PROD])
def test_outside_local_nothing_is_filled(
    database: Database, settings: Settings, environment: Environment
) -> None:
    with pytest.raises(Forbidden, match=f"not in {environment}"):
        prepare_demo(database, outside(settings, environment), now=NOW)
    assert is_empty(database)


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PROD])
def test_who_asks_for_demo_members_outside_local_is_refused_before_anything_starts(
    settings: Settings, environment: Environment
) -> None:
    said: list[str] = []
    with pytest.raises(Forbidden, match=f"not in {environment}"):
        supervisor.up(outside(settings, environment), said.append, demo=True)
    assert said == []
    assert list(settings.home.iterdir()) == []


def run_worker(settings: Settings) -> None:
    worker.run(settings)


def start_all(settings: Settings) -> None:
    supervisor.up(settings, lambda _line: None, demo=None)


@pytest.mark.parametrize("start", [serve_api, serve_dashboard, run_worker, start_all])
def test_prod_refuses_to_start_over_demo_members(
    start: Callable[[Settings], None], database: Database, settings: Settings
) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, is_demo=True)
    with pytest.raises(Forbidden, match="has 1 demo members, which prod refuses"):
        start(outside(settings, Environment.PROD, database))


def test_elsewhere_demo_members_are_no_reason_to_refuse(database: Database, settings: Settings) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, is_demo=True)
    for environment in (Environment.LOCAL, Environment.STAGING):
        open_database(outside(settings, environment, database)).dispose()


def test_a_database_that_nobody_migrated_does_not_keep_a_process_from_starting(
    empty: ServerAddress, settings: Settings
) -> None:
    open_database(outside(settings, Environment.PROD, Database(empty))).dispose()


def test_a_session_that_a_demo_account_opened_on_its_own_machine_is_void_elsewhere(
    database: Database, settings: Settings
) -> None:
    demo_sign_ins(database, settings)
    token = enter(database, DEMO_ACCOUNTS[3].email, demo_password(settings.home))
    clock = {"clock": lambda: NOW}
    assert Sessions(database, admits_demo=True, **clock).viewer(token, touch=False) is not None
    assert Sessions(database, admits_demo=False, **clock).viewer(token, touch=False) is None
