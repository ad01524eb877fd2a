"""Everybody tries everything with every table, through the real logins, and gets exactly what is theirs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from psycopg import errors as refused
from sqlalchemy.exc import ProgrammingError

from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.cluster import administering
from tests.factories import make_event
from tests.walls.expected import WALLS, May, columns_of
from tests.walls.house import ACTORS, BEN, SEED, Actor, Table

NOTHING = May()
Connection = psycopg.Connection[Any]
Rows = list[dict[str, Any]]


@pytest.fixture(params=[True, False], ids=["as it is", "by its policies alone"])
def service_role_passes_policies(request: pytest.FixtureRequest, template: ServerAddress) -> Iterator[None]:
    """The service's role with the right to pass policies by, and where a server can't give it that right."""
    with administering(template) as connection:
        connection.execute(f"alter role service_role {'bypassrls' if request.param else 'nobypassrls'}")
        yield
        connection.execute("alter role service_role bypassrls")


@pytest.mark.parametrize(
    "actor", [actor for actor in ACTORS if actor.role != "service_role"], ids=lambda actor: actor.name
)
def test_everybody_does_what_is_theirs_and_nothing_else(
    actor: Actor, house: Database, tables: list[Table]
) -> None:
    assert broken_walls(actor, house, tables) == []


@pytest.mark.usefixtures("service_role_passes_policies")
def test_the_service_does_what_is_its_own_and_nothing_else(house: Database, tables: list[Table]) -> None:
    (service,) = (actor for actor in ACTORS if actor.role == "service_role")
    assert broken_walls(service, house, tables) == []


@pytest.mark.parametrize(
    "claims",
    ['{"sub": "*"}', '{"sub": null}', '{"sub": ""}', "{}", "[]", '{"role": "service_role"}', "", "no JSON"],
)
@pytest.mark.parametrize("table", ["members", "engagement_events", "user_fcm_tokens", "coach_memory"])
def test_claims_that_name_nobody_open_nothing(claims: str, table: str, house: Database) -> None:
    try:
        with house.reading(
            Login.API, role="authenticated", settings={"request.jwt.claims": claims}
        ) as session:
            rows = session.driver.execute(f"select id from {table}".encode()).fetchall()
    except psycopg.DataError:
        return
    assert rows == []


def test_a_member_can_not_pass_the_trigger_by_to_write_a_day_of_their_own_choice(house: Database) -> None:
    ann = next(actor for actor in ACTORS if actor.name == "Ann")
    with ann.acting(house) as connection:
        connection.execute("select set_config('bee.bulk_load', 'on', true)")
        with pytest.raises(refused.InsufficientPrivilege):
            connection.execute(
                """
                insert into engagement_events (id, user_id, event_type, occurred_at, event_date, time_zone)
                values (gen_random_uuid(), %s, 'app_session', now(), '2026-01-01', 'UTC')
                """,
                [ann.me],
            )


def test_a_type_of_a_members_own_does_not_stand_in_for_one_that_the_owner_means(database: Database) -> None:
    """Temporary types are found first unless the search path says otherwise, and a type can run code."""
    ann = next(actor for actor in ACTORS if actor.name == "Ann")
    with database.writing(Login.OWNER) as session:
        session.driver.execute(SEED.read_bytes())
    with ann.acting(database) as connection:
        for name in ("date", "timestamptz"):
            connection.execute(
                f"create domain pg_temp.{name} as pg_catalog.{name} check (value is null)".encode()
            )
        connection.execute(
            "insert into engagement_events (id, user_id, event_type) values (gen_random_uuid(), %s, 'app_session')",
            [ann.me],
        )
        connection.execute(
            "insert into consents (member_id, purpose, granted, source) values (%s, 'push', false, 'member')",
            [ann.me],
        )


def test_an_event_for_somebody_else_does_not_even_make_them_due(house: Database) -> None:
    ann = next(actor for actor in ACTORS if actor.name == "Ann")
    with house.reading(Login.OWNER) as session:
        before = session.driver.execute("select * from score_dues order by user_id").fetchall()
    with pytest.raises(ProgrammingError, match="row-level security"):
        with house.writing(
            Login.API, role="authenticated", settings={"request.jwt.claims": f'{{"sub": "{ann.me}"}}'}
        ) as writer:
            make_event(writer, BEN)
    with house.reading(Login.OWNER) as session:
        assert session.driver.execute("select * from score_dues order by user_id").fetchall() == before


@pytest.mark.parametrize(
    ("table", "hole", "told"),
    [
        (
            "members",
            "create policy hole on members for select to authenticated using (true)",
            "select id shows",
        ),
        (
            "members",
            "grant select (attributes) on members to authenticated",
            "select attributes is not refused",
        ),
        ("jobs", "grant truncate on jobs to authenticated", "truncate is not refused"),
        ("jobs", "grant delete on jobs to authenticated", "delete is not refused"),
        ("jobs", "grant insert (kind) on jobs to authenticated", "insert kind is not refused"),
        ("coach_memory", "alter table coach_memory disable row level security", "select id shows"),
        ("consents", "alter policy own_decision on consents with check (true)", "insert of"),
        (
            "user_fcm_tokens",
            "alter policy own on user_fcm_tokens using (true) with check (true)",
            "update platform of 1 rows: 2",
        ),
    ],
)
def test_a_hole_is_found(table: str, hole: str, told: str, database: Database, tables: list[Table]) -> None:
    ann = next(actor for actor in ACTORS if actor.name == "Ann")
    with database.writing(Login.OWNER) as session:
        session.driver.execute(SEED.read_bytes())
        session.driver.execute(hole.encode())
    faults = broken_walls(ann, database, [known for known in tables if known.name == table])
    assert any(told in fault for fault in faults)


def broken_walls(actor: Actor, house: Database, tables: list[Table]) -> list[str]:
    """Return where somebody gets more or less than is theirs."""
    with house.reading(Login.OWNER) as owner, actor.acting(house) as connection:
        return [
            f"{actor.name}: {fault}"
            for table in tables
            for fault in Attempt(actor, table, owner.driver, connection).faults()
        ]


class Attempt:
    """One actor at one table."""

    def __init__(self, actor: Actor, table: Table, owner: Connection, connection: Connection) -> None:
        self.may = WALLS[table.name].get(actor.role, NOTHING)
        self.me = actor.me
        self.table = table
        self.owner = owner
        self.connection = connection
        self.theirs = self.rows(self.may.rows)

    def faults(self) -> Iterator[str]:
        """Yield what went otherwise than expected."""
        yield from self.select()
        if not self.table.is_view:
            yield from self.insert()
            yield from self.update()
            yield from self.delete()
            yield from self.expect_refusal("truncate", f"truncate {self.table.name}")

    def rows(self, condition: str) -> Rows:
        """Return the rows that fulfil a condition, as the owner sees them, all values as text."""
        columns = ", ".join(f"cast({name} as text)" for name in self.table.types)
        statement = f"select {columns} from {self.table.name} where {condition}"
        found = self.owner.execute(statement.encode(), {"me": self.me}).fetchall()
        return [dict(zip(self.table.types, row, strict=True)) for row in found]

    def select(self) -> Iterator[str]:
        """Read each column: exactly the values of the rows that are theirs, or a refusal."""
        allowed = columns_of(self.may.select, self.table.columns)
        for column in self.table.types:
            statement = f"select cast({column} as text) from {self.table.name}"
            if column not in allowed:
                yield from self.expect_refusal(f"select {column}", statement)
                continue
            seen = self.run(statement, fetch=True)
            if isinstance(seen, Exception):
                yield f"{self.table.name}: can't select {column}: {seen}"
            elif seen != Counter(row[column] for row in self.theirs):
                yield f"{self.table.name}: select {column} shows {seen}"

    def insert(self) -> Iterator[str]:
        """Add a copy of every row that there is: those that are theirs pass the wall, the others don't."""
        allowed = columns_of(self.may.insert, self.table.columns)
        for column in sorted(self.table.columns - allowed):
            statement = f"insert into {self.table.name} ({column}) values (default)"
            yield from self.expect_refusal(f"insert {column}", statement)
        if not allowed:
            yield from self.expect_refusal("insert", f"insert into {self.table.name} default values")
            return
        filled = sorted(allowed - self.table.given)
        values = ", ".join(f"cast(%({column})s as {self.table.types[column]})" for column in filled)
        statement = f"insert into {self.table.name} ({', '.join(filled)}) values ({values})"
        theirs = self.rows(self.may.adds)
        for row in self.rows("true"):
            outcome = self.run(statement, row)
            passed = not isinstance(outcome, Exception) or isinstance(outcome, psycopg.IntegrityError)
            if passed != (row in theirs):
                yield f"{self.table.name}: insert of {row}: {outcome}"

    def update(self) -> Iterator[str]:
        """Change each column: of exactly the rows that are theirs, or of none."""
        allowed = columns_of(self.may.update, self.table.columns)
        for column, kind in self.table.types.items():
            if column not in allowed:
                statement = f"update {self.table.name} set {column} = default"
                yield from self.expect_refusal(f"update {column}", statement)
                continue
            value = self.theirs[0][column] if self.theirs else None
            if column in self.table.given:
                statement = f"update {self.table.name} set {column} = default"
            else:
                statement = f"update {self.table.name} set {column} = cast(%(value)s as {kind})"
            yield from self.expect_theirs(f"update {column}", self.run(statement, {"value": value}))

    def delete(self) -> Iterator[str]:
        """Remove everything: exactly the rows that are theirs go."""
        statement = f"delete from {self.table.name}"
        if self.may.delete:
            yield from self.expect_theirs("delete", self.run(statement))
        else:
            yield from self.expect_refusal("delete", statement)

    def expect_theirs(self, verb: str, outcome: object) -> Iterator[str]:
        """Yield a fault unless the rows that are theirs were touched, or the data itself forbade it."""
        # Where all rows are theirs, one value for all of them may be too many for a unique key.
        forbidden = isinstance(outcome, psycopg.IntegrityError) and self.may.rows == "true"
        if outcome != len(self.theirs) and not forbidden:
            yield f"{self.table.name}: {verb} of {len(self.theirs)} rows: {outcome}"

    def expect_refusal(self, verb: str, statement: str) -> Iterator[str]:
        """Yield a fault unless a right is missing for a statement."""
        outcome = self.run(statement)
        if not (isinstance(outcome, refused.InsufficientPrivilege) and "permission denied" in str(outcome)):
            yield f"{self.table.name}: {verb} is not refused: {outcome}"

    def run(
        self, statement: str, parameters: Mapping[str, object] | None = None, *, fetch: bool = False
    ) -> object:
        """Return how many rows a statement touches or which values it finds, or its error; undo it."""
        try:
            with self.connection.transaction(force_rollback=True):
                cursor = self.connection.execute(statement.encode(), parameters)
                return Counter(value for (value,) in cursor) if fetch else cursor.rowcount
        except psycopg.Error as error:
            return error
