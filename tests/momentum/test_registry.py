"""Definitions in the database: stored once, never changed under the same name, one of them active."""

import pytest

from bee.db import Database, Login
from bee.errors import Conflict
from bee.momentum.definition import shipped_definition
from bee.momentum.registry import active_definition, ensure_definitions
from bee.momentum.scoring import score
from tests.momentum.histories import change, fetch, noon
from tests.momentum.test_scoring import TODAY


def test_the_first_definition_is_active_and_is_what_the_file_says(database: Database) -> None:
    with database.reading(Login.WORKER) as session:
        assert active_definition(session) == shipped_definition("v1")


def test_storing_them_again_changes_nothing(database: Database) -> None:
    known = "select name, created_at from score_definitions"
    before = fetch(database, known)
    ensure_definitions(database)
    assert fetch(database, known) == before
    assert fetch(database, "select count(*) from score_definition_activations") == [(1,)]


def test_another_active_definition_stays_active(database: Database) -> None:
    change(
        database,
        """
        insert into score_definitions (name, spec)
        select 'mine', jsonb_set(spec, '{name}', '"mine"') from score_definitions where name = 'v1'
        """,
    )
    change(database, "insert into score_definition_activations (definition) values ('mine')")
    ensure_definitions(database)
    with database.reading(Login.OWNER) as session:
        assert active_definition(session).name == "mine"


def test_a_definition_can_not_be_changed_in_the_database(database: Database) -> None:
    with pytest.raises(Conflict, match="does not allow it"):
        change(database, "update score_definitions set spec = '{}'")


def test_a_file_that_was_changed_without_another_name_is_refused(database: Database) -> None:
    # As if the database had kept an earlier text: it does not let anybody change it.
    change(database, "alter table score_definitions disable trigger user")
    change(database, """update score_definitions set spec = jsonb_set(spec, '{most_per_type}', '6')""")
    with pytest.raises(Conflict, match="The definition v1 was changed; give it another name"):
        ensure_definitions(database)


def test_without_an_active_definition_nothing_is_scored(database: Database) -> None:
    change(database, "alter table score_definition_activations disable trigger user")
    change(database, "truncate score_definition_activations")
    with pytest.raises(Conflict, match="No score definition is active; run `bee migrate`"):
        score(database, now=noon(TODAY))
