"""What the catalogue says of rights and policies is what the expectations say, no more and no less."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.db.migrations import connect_as_owner, migrate
from tests.cluster import administering, named
from tests.walls.expected import (
    FUNCTIONS,
    LOGINS,
    ROLES,
    SAID_ONCE,
    SECURITY_DEFINERS,
    UNCHANGEABLE,
    WALLS,
    May,
    columns_of,
)
from tests.walls.house import Table, read_tables

NOTHING = May()
COLUMN_RIGHTS = ("select", "insert", "update", "references")
TABLE_RIGHTS = ("delete", "truncate", "trigger")

HELD_ON_COLUMNS = """
    select roles.role, tables.relname, rights.name, columns.attname
    from unnest(%(roles)s::text[]) as roles (role)
    cross join pg_class as tables
    join pg_attribute as columns
        on columns.attrelid = tables.oid and columns.attnum > 0 and not columns.attisdropped
    cross join unnest(%(rights)s::text[]) as rights (name)
    where tables.relnamespace = 'public'::regnamespace
        and tables.relkind in ('r', 'p', 'v', 'm', 'f')
        and has_column_privilege(roles.role, tables.oid, columns.attnum, rights.name)
"""
HELD_ON_TABLES = """
    select roles.role, tables.relname, rights.name
    from unnest(%(roles)s::text[]) as roles (role)
    cross join pg_class as tables
    cross join unnest(%(rights)s::text[]) as rights (name)
    where tables.relnamespace = 'public'::regnamespace
        and tables.relkind in ('r', 'p', 'v', 'm', 'f')
        and has_table_privilege(roles.role, tables.oid, rights.name)
"""
HELD_ON_SEQUENCES = """
    select roles.role, sequences.relname
    from unnest(%(roles)s::text[]) as roles (role)
    cross join pg_class as sequences
    where sequences.relnamespace = 'public'::regnamespace
        and sequences.relkind = 'S'
        and has_sequence_privilege(roles.role, sequences.oid, 'usage, select, update')
"""
HELD_ON_FUNCTIONS = """
    select roles.role, functions.proname
    from unnest(%(roles)s::text[]) as roles (role)
    cross join pg_proc as functions
    where functions.pronamespace = 'public'::regnamespace
        and has_function_privilege(roles.role, functions.oid, 'execute')
"""
GRANTED_TO_EVERYBODY = """
    select relname::text
    from pg_class, aclexplode(relacl) as right_
    where relnamespace = 'public'::regnamespace and grantee = 0
    union all
    select attrelid::regclass || '.' || attname
    from pg_attribute, aclexplode(attacl) as right_
    where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) and grantee = 0
    union all
    select proname::text
    from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) as right_
    where pronamespace = 'public'::regnamespace and grantee = 0
"""
POLICIES = """
    select tablename, unnest(roles)::text, cmd from pg_policies where schemaname = 'public'
"""

Rights = set[tuple[str, ...]]


def asked(connection: "psycopg.Connection[Any]", statement: str, **parameters: object) -> Rights:
    rows: Sequence[Any] = connection.execute(statement.encode(), parameters).fetchall()
    return set(rows)


def held(connection: "psycopg.Connection[Any]") -> Rights:
    """Return every right of every role on columns and tables."""
    roles = list(ROLES)
    return asked(connection, HELD_ON_COLUMNS, roles=roles, rights=list(COLUMN_RIGHTS)) | asked(
        connection, HELD_ON_TABLES, roles=roles, rights=list(TABLE_RIGHTS)
    )


def expected(tables: Sequence[Table]) -> Rights:
    """Return what the expectations allow, in the same terms."""
    return {right for table in tables for role in ROLES for right in _expected(table, role)}


def _expected(table: Table, role: str) -> Iterator[tuple[str, ...]]:
    may = WALLS[table.name].get(role, NOTHING)
    for verb, spoken in (("select", may.select), ("insert", may.insert), ("update", may.update)):
        for column in columns_of(spoken, table.columns):
            yield role, table.name, verb, column
    if may.delete:
        yield role, table.name, "delete"


def test_every_table_and_view_has_its_place_among_the_expectations(tables: list[Table]) -> None:
    assert {table.name for table in tables} == set(WALLS)
    assert {role for roles in WALLS.values() for role in roles} <= set(ROLES)


def test_every_right_is_an_expected_one(house: Database, tables: list[Table]) -> None:
    with house.reading(Login.OWNER) as session:
        found = held(session.driver)
    assert sorted(found - expected(tables)) == [], "rights that nobody expects"
    assert sorted(expected(tables) - found) == [], "rights that are missing"


def test_what_the_platform_grants_by_default_is_taken_back(template: ServerAddress) -> None:
    """On Supabase whatever is made in schema public is open to the members' roles at first."""
    address = named(template, "bee_platform")
    with administering(template) as connection:
        connection.execute("create database bee_platform")
    try:
        with connect_as_owner(address) as connection:
            connection.execute("grant create on schema public to bee_migrator")
            for what in ("tables", "sequences", "functions"):
                connection.execute(
                    "alter default privileges for role bee_migrator in schema public"
                    f" grant all on {what} to anon, authenticated, service_role"
                )
        migrate(address)
        with connect_as_owner(address) as connection:
            assert sorted(held(connection) - expected(read_tables(connection))) == []
            members = {
                *asked(connection, HELD_ON_SEQUENCES, roles=list(ROLES)),
                *asked(connection, HELD_ON_FUNCTIONS, roles=list(ROLES)),
            }
        assert members == {(role, name) for name, roles in FUNCTIONS.items() for role in roles}
    finally:
        with administering(template) as connection:
            connection.execute("drop database bee_platform with (force)")


def test_nothing_is_granted_to_everybody(house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        assert asked(session.driver, GRANTED_TO_EVERYBODY) == set()


def test_every_function_is_called_by_whom_it_is_for(house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        found = asked(session.driver, HELD_ON_FUNCTIONS, roles=list(ROLES))
        names = asked(
            session.driver, "select proname from pg_proc where pronamespace = 'public'::regnamespace"
        )
    assert found == {(role, name) for name, roles in FUNCTIONS.items() for role in roles}
    assert {name for (name,) in names} == set(FUNCTIONS)


def test_nobody_but_the_owner_turns_a_sequence(house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        assert asked(session.driver, HELD_ON_SEQUENCES, roles=list(ROLES)) == set()


def test_whoever_acts_as_the_owner_is_listed_and_pins_where_names_are_looked_up(house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        found = asked(
            session.driver,
            """
            select proname, coalesce(array_to_string(proconfig, ' '), '')
            from pg_proc
            where pronamespace = 'public'::regnamespace and prosecdef
            """,
        )
    assert found == {(name, "search_path=pg_catalog, pg_temp") for name in SECURITY_DEFINERS}


def test_row_level_security_is_on_for_every_table_and_views_ask_as_their_reader(
    house: Database, tables: list[Table]
) -> None:
    with house.reading(Login.OWNER) as session:
        walled = asked(
            session.driver,
            """
            select relname from pg_class
            where relnamespace = 'public'::regnamespace
                and (relrowsecurity or relkind = 'v' and reloptions @> array['security_invoker=true'])
            """,
        )
    assert {name for (name,) in walled} == {table.name for table in tables}


def test_every_right_has_its_policy_and_every_policy_its_right(house: Database, tables: list[Table]) -> None:
    with house.reading(Login.OWNER) as session:
        found = asked(session.driver, POLICIES)
    verbs = ("SELECT", "INSERT", "UPDATE", "DELETE")
    policies = {
        (table, role, verb)
        for table, role, command in found
        for verb in (verbs if command == "ALL" else (command,))
    }
    rights = {
        (right[1], right[0], right[2].upper())
        for right in expected([table for table in tables if not table.is_view])
    }
    assert sorted(rights - policies) == [], "rights that let nothing through"
    assert {(table, role) for table, role, _ in policies} <= {(table, role) for table, role, _ in rights}


@pytest.mark.parametrize("table", sorted(UNCHANGEABLE))
def test_what_happened_stays_whoever_is_asked(table: str, house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        rights = held(session.driver)
    changing = {right for right in rights if right[1] == table and right[2] not in {"select", "insert"}}
    assert changing <= SAID_ONCE
    # Not by way of another table either: whoever removes a member removes their events with them.
    assert not any(may.delete for may in WALLS["members"].values())


def test_members_write_no_scores_and_nothing_that_is_computed_from_them() -> None:
    computed = ("daily_engagement_scores", "score_restatements", "engagement_days", "engagement_recoveries")
    for table in computed:
        for role in ("anon", "authenticated", "service_role"):
            may = WALLS[table].get(role, NOTHING)
            assert (may.insert, may.update, may.delete) == ("", "", False)


def test_names_and_words_stay_from_product_and_oncall(tables: list[Table]) -> None:
    private = {
        "members": {"external_id"},
        "personal_data": {"full_name", "email", "phone"},
        "engagement_events": {"metadata"},
        "momentum_notifications": {"title", "message", "action"},
        "coach_memory": {"trait_key", "trait_value"},
    }
    seen = {
        (role, table, column)
        for role, table, verb, column in (right for right in expected(tables) if len(right) == 4)
        if verb == "select" and role in {"bee_product", "bee_oncall", "bee_gate"}
    }
    assert not {(role, table, column) for role, table, column in seen if column in private.get(table, set())}


def test_no_address_of_a_phone_is_seen_by_the_staff(tables: list[Table]) -> None:
    columns = next(table.columns for table in tables if table.name == "user_fcm_tokens")
    # The worker is a program: it posts to the address.
    told = {"authenticated", "service_role", "bee_worker"}
    for role in set(WALLS["user_fcm_tokens"]) - told:
        seen = columns_of(WALLS["user_fcm_tokens"][role].select, columns)
        assert "fcm_token" not in seen


def test_a_login_acts_as_those_it_serves_and_is_nobody_by_itself(house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        may_act_as = asked(
            session.driver,
            """
            select logins.name, roles.name
            from unnest(%(logins)s::text[]) as logins (name), unnest(%(roles)s::text[]) as roles (name)
            where logins.name <> roles.name and pg_has_role(logins.name, roles.name, 'member')
            """,
            logins=list(ROLES),
            roles=[*ROLES, "bee_migrator"],
        )
        by_itself = asked(
            session.driver,
            """
            select logins.name, roles.name
            from unnest(%(logins)s::text[]) as logins (name), unnest(%(roles)s::text[]) as roles (name)
            where logins.name <> roles.name and pg_has_role(logins.name, roles.name, 'usage')
            """,
            logins=list(ROLES),
            roles=[*ROLES, "bee_migrator"],
        )
        mighty = asked(
            session.driver,
            """
            select rolname from pg_roles
            where rolname = any(%(roles)s)
                and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)
            """,
            roles=list(ROLES),
        )
        sign_in = asked(
            session.driver, "select rolname from pg_roles where rolcanlogin and rolname like 'bee%%'"
        )
    assert may_act_as == {(login, role) for login, roles in LOGINS.items() for role in roles}
    assert by_itself == set()
    assert mighty <= {("service_role",)}
    assert sign_in == {(login,) for login in LOGINS}


def test_nobody_but_the_owner_makes_anything_in_the_schema(house: Database) -> None:
    with house.reading(Login.OWNER) as session:
        makers = asked(
            session.driver,
            """
            select role from unnest(%(roles)s::text[]) as roles (role)
            where has_schema_privilege(role, 'public', 'create')
            """,
            roles=[*ROLES, "public"],
        )
    assert makers == set()
