"""Compositions of several domains that more than one shell needs."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from bee.audit import Actor, record
from bee.coach.lab.cases import ensure_cases
from bee.coach.prompts.registry import ensure_prompts
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.db.migrations import Migration, load_migrations, migrate
from bee.errors import Conflict, Forbidden, Unavailable
from bee.members.demo import DemoFill, fill_demo
from bee.momentum.registry import ensure_definitions
from bee.notify.registry import ensure_rules
from bee.settings import Environment, Settings
from bee.sla.alerts.registry import ensure_alert_rules
from bee.staff.demo import DEMO_ACCOUNTS, bar_demo_accounts, demo_password, save_demo_accounts


def bring_up_to_date(address: ServerAddress) -> list[Migration]:
    """Bring a database to this release: its tables, then what comes with it as data.

    Returns the migrations that were applied. Raises as :func:`bee.db.migrations.migrate` does.
    """
    applied = migrate(address)
    database = Database(address)
    try:
        ensure_definitions(database)
        ensure_rules(database)
        ensure_prompts(database)
        ensure_alert_rules(database)
        ensure_cases(database)
        _record_migrations(database, applied)
    finally:
        database.dispose()
    return applied


def _record_migrations(database: Database, applied: list[Migration]) -> None:
    """Write to the trail what changed the tables of a database that was there before."""
    if len(applied) == len(load_migrations()):
        return
    with database.writing(Login.OWNER) as session:
        for migration in applied:
            record(
                session,
                actor=Actor.operator(),
                action="schema.migrated",
                subject_kind="migration",
                subject_id=f"{migration.version}_{migration.name}",
            )


@dataclass(frozen=True, slots=True)
class Population:
    """How many members there are, and how many of them are made up."""

    members: int
    demo_members: int


def count_population(database: Database) -> Population:
    """Return how many members there are; synthetic ones are in no figure."""
    with database.reading(Login.WORKER) as session:
        return session.get(Population, "db/population")


def is_empty(database: Database) -> bool:
    """Return whether there is no member at all."""
    return count_population(database).members == 0


def open_database(settings: Settings) -> Database:
    """Return the database of a process that serves people, as :meth:`Database.connect` does.

    Raises :class:`Forbidden` where prod finds demo members in it. A database that does not answer yet, or that
    nobody migrated, is left to whoever reads it first.
    """
    database = Database.connect(settings)
    try:
        with suppress(Unavailable):
            refuse_demo_members(database, settings)
    except Forbidden:
        database.dispose()
        raise
    return database


def refuse_demo_members(database: Database, settings: Settings) -> None:
    """Raise :class:`Forbidden` where prod finds demo members, :class:`Unavailable` where nothing can be told."""
    if settings.environment is not Environment.PROD:
        return
    found = count_population(database).demo_members
    if found:
        raise Forbidden(
            "demo_refused",
            f"The database has {found:,} demo members, which prod refuses: name another one in DATABASE_URL.",
        )


def prepare_demo(database: Database, settings: Settings, *, now: datetime) -> DemoFill | None:
    """Fill an empty local database with demo members, or bring those it has up to yesterday.

    Returns what was added; None where there are members of somebody's own, from whom demo accounts are barred.
    Raises :class:`Forbidden` outside local.
    """
    try:
        return fill_demo(database, environment=settings.environment, now=now)
    except Conflict as error:
        if error.code != "real_members":
            raise
        bar_demo_accounts(database)
        return None


def demo_sign_ins(database: Database, settings: Settings) -> list[str]:
    """Let somebody sign in to a database of demo members; returns one line an account, to be shown."""
    password = demo_password(settings.home)
    save_demo_accounts(database, password)
    return [f"Demo {account.role:<8} {account.email}  {password}" for account in DEMO_ACCOUNTS]
