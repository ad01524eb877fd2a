"""The database that the walls stand in, and who tries to get through them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bee.db import Database, Login

SEED = Path(__file__).with_name("seed.sql")
ANN = UUID("00000000-0000-4000-8000-00000000000a")
BEN = UUID("00000000-0000-4000-8000-00000000000b")
STRANGER = UUID("00000000-0000-4000-8000-00000000000c")
CORA = UUID("00000000-0000-4000-8000-00000000c0a1")
CLEO = UUID("00000000-0000-4000-8000-00000000c0c1")
PIA = UUID("00000000-0000-4000-8000-000000000b01")
OLGA = UUID("00000000-0000-4000-8000-000000000001")
ADA = UUID("00000000-0000-4000-8000-000000000ada")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at the wall. ``role``: whose expectations hold; ``me``: a member's or a staff id."""

    name: str
    login: Login
    role: str
    me: UUID | None = None

    @contextmanager
    def acting(self, database: Database) -> Iterator["psycopg.Connection[Any]"]:
        """Open a transaction as this actor through the real login; nothing of it stays."""
        is_login = self.role == self.login.value
        claims = {"request.jwt.claims": f'{{"sub": "{self.me}", "role": "{self.role}"}}'}
        with database.writing(
            self.login,
            role=None if is_login else self.role,
            staff_id=self.me if self.role.startswith("bee_") else None,
            settings=claims if self.role == "authenticated" and self.me else None,
        ) as session:
            # What gets as far as waiting for the reader beside it was not refused.
            session.driver.execute("set local lock_timeout = '1s'")
            yield session.driver
            session.driver.rollback()


ACTORS = (
    Actor("nobody", Login.API, "anon"),
    Actor("Ann", Login.API, "authenticated", ANN),
    Actor("Ben", Login.API, "authenticated", BEN),
    Actor("somebody signed in without a member", Login.API, "authenticated", STRANGER),
    Actor("somebody without claims", Login.API, "authenticated"),
    Actor("the service", Login.API, "service_role"),
    Actor("product", Login.DASHBOARD, "bee_product", PIA),
    Actor("Ann's coach", Login.DASHBOARD, "bee_coach", CORA),
    Actor("a coach of nobody", Login.DASHBOARD, "bee_coach", CLEO),
    Actor("a coach who said no id", Login.DASHBOARD, "bee_coach"),
    Actor("on-call", Login.DASHBOARD, "bee_oncall", OLGA),
    Actor("admin", Login.DASHBOARD, "bee_admin", ADA),
    Actor("the gate", Login.DASHBOARD, "bee_gate"),
    Actor("the worker", Login.WORKER, "bee_worker"),
    Actor("the system", Login.SYSTEM, "bee_system"),
    Actor("the API's bare login", Login.API, "bee_api"),
    Actor("the dashboard's bare login", Login.DASHBOARD, "bee_dashboard"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view as the catalogue has it. ``types``: column → type; ``given``: those nobody fills."""

    name: str
    is_view: bool
    types: Mapping[str, str]
    given: frozenset[str]

    @property
    def columns(self) -> frozenset[str]:
        """Its columns."""
        return frozenset(self.types)


TABLES = """
    select
        relations.relname,
        relations.relkind = 'v',
        array_agg(columns.attname::text order by columns.attnum),
        array_agg(format_type(columns.atttypid, columns.atttypmod) order by columns.attnum),
        array_agg(columns.attname::text) filter (where columns.attidentity = 'a' or columns.attgenerated <> '')
    from pg_class as relations
    join pg_attribute as columns on columns.attrelid = relations.oid
    where relations.relnamespace = 'public'::regnamespace
        and relations.relkind in ('r', 'p', 'v', 'm', 'f')
        and columns.attnum > 0
        and not columns.attisdropped
    group by relations.relname, relations.relkind
    order by relations.relname
"""


def read_tables(connection: "psycopg.Connection[Any]") -> list[Table]:
    """Return every table and view of schema public."""
    rows: Sequence[Any] = connection.execute(TABLES).fetchall()
    return [
        Table(name, is_view, dict(zip(columns, types, strict=True)), frozenset(given or ()))
        for name, is_view, columns, types, given in rows
    ]
