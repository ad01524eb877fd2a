"""The kill switch as people see it: everything's and each rule's, what waits, who threw it and why."""

from uuid import UUID

import pytest
import sqlalchemy

from bee.audit import Actor
from bee.db import Database, Login
from bee.notify.actions import deactivate, resume, stop
from bee.notify.registry import thrown_switches
from bee.notify.rule import BUDGET, shipped_bodies
from bee.notify.switches import Switch, last_post_at, switches, throws, throws_csv, who_words
from tests.factories import execute, make_member, make_staff
from tests.notify.decisions import NOON, make_decision

RULES = sorted(set(shipped_bodies()) - {BUDGET})


@pytest.fixture
def olga(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Olga Call", roles=("oncall",))


def board(database: Database) -> dict[str | None, Switch]:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return {switch.rule: switch for switch in switches(session)}


def test_there_is_a_switch_for_everything_and_one_for_each_rule_and_none_for_the_budget(
    database: Database,
) -> None:
    found = board(database)
    assert list(found) == [None, *RULES]
    assert {(switch.is_stopped, switch.is_active, switch.waiting) for switch in found.values()} == {
        (False, True, 0)
    }
    assert {who_words(switch) for switch in found.values()} == {"–"}


def test_on_call_stops_in_their_own_name_and_can_not_let_go(database: Database, olga: UUID) -> None:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        stop(session, rule="rising", reason="odd texts", actor=Actor.staff(olga))
    found = board(database)
    assert (found["rising"].is_stopped, who_words(found["rising"]), found["rising"].reason) == (
        True, "Olga Call", "odd texts",
    )  # fmt: skip
    assert not found[None].is_stopped
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="row-level security"):
        with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
            resume(session, rule="rising", reason="fine again", actor=Actor.staff(olga))
    with database.reading(Login.WORKER) as session:
        assert thrown_switches(session).hold("rising") is True


def test_on_call_can_not_stop_in_somebody_elses_name(database: Database, olga: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        other = make_staff(session, roles=("admin",))
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="row-level security"):
        with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
            stop(session, reason="odd", actor=Actor.staff(other))


def test_the_newest_word_counts_and_all_of_them_are_kept(database: Database, olga: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        stop(session, reason="first", actor=Actor.staff(olga))
        stop(session, reason="second", actor=Actor.staff(olga))
        resume(session, reason="third", actor=Actor.operator())
    assert (board(database)[None].is_stopped, who_words(board(database)[None])) == (False, "The command line")
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        history = throws(session, most=2)
        older = throws(session, most=2, before=history[-1].id)
    assert [row.reason for row in [*history, *older]] == ["third", "second", "first"]
    assert throws_csv(history).splitlines()[1].endswith("all,no,The command line,third")


def test_what_waits_is_counted_by_rule_and_for_everything(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        make_decision(session, member, rule="rising")
        make_decision(session, member, rule="rising", outcome="recorded")
        make_decision(session, member, rule="needs_care")
        make_decision(session, member, rule="needs_care", decision="withhold", reason="daily_refused")
        # Of a rule that there is no more.
        make_decision(session, member, rule="forgotten")
    found = board(database)
    assert (found["rising"].waiting, found["needs_care"].waiting, found[None].waiting) == (1, 1, 3)


def test_a_rule_of_which_no_version_decides_is_off(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        deactivate(session, "rising", reason="for now", actor=Actor.operator())
    assert not board(database)["rising"].is_active


def test_the_last_post_is_known(database: Database) -> None:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        assert last_post_at(session) is None
    with database.writing(Login.OWNER) as session:
        notification = make_decision(session, make_member(session))
        execute(
            session,
            """
            insert into notification_attempts
                (notification_id, token_id, number, platform, via, collapse_key, worker, attempted_at)
            values (:id, :id, 1, 'ios', 'recorder', 'rising-1', 'w', :at)
            """,
            id=notification,
            at=NOON,
        )
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        assert last_post_at(session) == NOON
