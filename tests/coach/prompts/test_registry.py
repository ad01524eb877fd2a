"""Which version is live where and when: one at any moment, none of it ever rewritten."""

from collections.abc import Mapping
from datetime import timedelta
from unittest.mock import patch

import pytest

from bee.coach.prompts import deployments, live_version, prompt_versions, registry
from bee.coach.prompts.registry import COACH, Way, deploy, ensure_prompts, shipped_prompt
from bee.coach.prompts.template import Parameters, prompt_digest
from bee.db import Database, Login
from bee.errors import Conflict, NotFound
from bee.settings import Environment
from tests.coach.prompts.versions import add_version, go_live
from tests.factories import execute

LOCAL, PROD = Environment.LOCAL, Environment.PROD


def test_the_prompt_that_comes_along_is_live_everywhere_and_says_whose_it_is(database: Database) -> None:
    with database.reading(Login.SYSTEM) as session:
        for environment in Environment:
            version = live_version(session, COACH, environment)
            assert version is not None
            assert (version.number, version.author_id, version.model) == (1, None, None)
            assert version.message.startswith("Comes with release ")
            assert version.template == shipped_prompt()
            assert version.sha256 == prompt_digest(shipped_prompt(), None, Parameters())
        assert live_version(session, "another", LOCAL) is None


def test_storing_what_comes_along_again_changes_nothing(database: Database) -> None:
    with database.reading(Login.OWNER) as session:
        before = prompt_versions(session, COACH), deployments(session, COACH, PROD)
    ensure_prompts(database)
    with database.reading(Login.OWNER) as session:
        assert (prompt_versions(session, COACH), deployments(session, COACH, PROD)) == before


def test_a_release_with_another_prompt_brings_a_version_that_does_not_go_live_by_itself(
    database: Database,
) -> None:
    changed = shipped_prompt().model_copy(update={"parts": shipped_prompt().parts[:-1]})
    with patch.object(registry, "shipped_prompt", lambda: changed):
        ensure_prompts(database)
    with database.reading(Login.SYSTEM) as session:
        newest = prompt_versions(session, COACH)[0]
        assert (newest.number, newest.template) == (2, changed)
        live = live_version(session, COACH, LOCAL)
    assert live is not None
    assert live.number == 1


def test_what_was_live_at_any_moment_can_be_told_and_there_is_no_gap(database: Database) -> None:
    add_version(database, 2)
    go_live(database, 2)
    go_live(database, 1)
    with database.reading(Login.SYSTEM) as session:
        newest, middle, oldest = deployments(session, COACH, LOCAL)
        assert (oldest.live_to, middle.live_to, newest.live_to) == (middle.live_from, newest.live_from, None)
        instant = timedelta(microseconds=1)
        moments: Mapping[int, object] = {
            0: live_version(session, COACH, LOCAL, oldest.live_from - instant),
            1: live_version(session, COACH, LOCAL, oldest.live_from),
            2: live_version(session, COACH, LOCAL, middle.live_from - instant),
            3: live_version(session, COACH, LOCAL, middle.live_from),
            4: live_version(session, COACH, LOCAL, newest.live_from),
            5: live_version(session, COACH, LOCAL),
        }
        assert [getattr(found, "number", None) for found in moments.values()] == [None, 1, 1, 2, 1, 1]
        elsewhere = live_version(session, COACH, PROD)
    assert elsewhere is not None
    assert elsewhere.number == 1


def test_two_versions_are_never_live_at_one_place_at_once(database: Database) -> None:
    """Not even by the owner without the triggers: the table itself holds to it."""
    with pytest.raises(Conflict, match="one_live"):
        with database.writing(Login.OWNER) as session:
            execute(session, "alter table coach_prompt_deployments disable trigger user")
            execute(
                session,
                """
                insert into coach_prompt_deployments (place, prompt, version_id, live_from, reason)
                select place, prompt, version_id, live_from + interval '1 day', 'beside the other'
                from coach_prompt_deployments
                """,
            )


def test_a_deployment_that_fails_leaves_the_one_before_live(database: Database) -> None:
    with pytest.raises(NotFound, match="no version 7"):
        with database.writing(Login.OWNER) as session:
            deploy(session, COACH, LOCAL, 7, Way(), reason="better")
    add_version(database, 2)
    with pytest.raises(Conflict, match="Nobody asked"):
        with database.writing(Login.OWNER) as session:
            deploy(session, COACH, LOCAL, 2, Way(), reason="better")
    with database.reading(Login.SYSTEM) as session:
        live = live_version(session, COACH, LOCAL)
    assert live is not None
    assert live.number == 1


@pytest.mark.parametrize(
    "change",
    [
        "update coach_prompt_versions set message = 'nicer'",
        "delete from coach_prompt_versions",
        "delete from coach_prompt_deployments",
        "truncate coach_prompt_deployments",
        "update coach_prompt_deployments set reason = 'another'",
        "update coach_prompt_deployments set live_from = live_from - interval '1 day'",
        "update coach_prompt_deployments set live_to = null",
        "update coach_prompt_places set environment = 'prod'",
    ],
)
def test_what_was_said_and_live_is_never_rewritten_even_by_the_owner(change: str, database: Database) -> None:
    with pytest.raises(Conflict, match="RestrictViolation"):
        with database.writing(Login.OWNER) as session:
            execute(session, change)


def test_an_end_is_said_once(database: Database) -> None:
    ended = "update coach_prompt_deployments set live_to = now() + interval '1 day'"
    with database.writing(Login.OWNER) as session:
        execute(session, ended)
    with pytest.raises(Conflict, match="RestrictViolation"):
        with database.writing(Login.OWNER) as session:
            execute(session, ended)
