"""Rules as data: what is one, what is refused, and how they are versioned, approved and put in force."""

import json
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.audit import Actor
from bee.db import Database, Login, WriteSession
from bee.errors import BeeError, Conflict, Forbidden, Invalid, NotFound
from bee.notify.actions import activate, add_version, approve, deactivate, resume, stop
from bee.notify.registry import active_rules, ensure_rules, rule_versions, thrown_switches
from bee.notify.rule import body_digest, body_text, parse_body, parse_rule, shipped_bodies
from tests.commands import Bee
from tests.factories import execute, make_staff
from tests.notify.people import body, shipped

SMALL = json.loads(body_text(body()))


def test_what_comes_along_says_what_the_product_asks_for() -> None:
    bodies = shipped_bodies()
    assert set(bodies) == {
        "budget", "needs_care", "score_drop", "rising", "new_member", "silent_48", "silent_72",
    }  # fmt: skip
    limits = {
        name: (rule.type, rule.cooldown_h, rule.most_per_day)
        for name in ("needs_care", "score_drop", "rising")
        for rule in (shipped(name),)
    }
    assert limits == {
        "needs_care": ("coach_intervention", 24, 1),
        "score_drop": ("support", 8, 2),
        "rising": ("celebration", 12, 1),
    }
    assert shipped("needs_care").task == "high"


@pytest.mark.parametrize("name", sorted(shipped_bodies()))
def test_a_rule_is_the_same_after_it_was_stored(name: str) -> None:
    rule = shipped_bodies()[name]
    again = parse_body(body_text(rule))
    assert (again, body_digest(again)) == (rule, body_digest(rule))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "budget"}, "that name is the budget's"),
        ({"name": "Two words"}, "name"),
        ({"surprise": 1}, "surprise"),
        ({"holdout": 1}, "holdout"),
        ({"variants": []}, "variants"),
        ({"variants": [{"name": "a", "title": "A", "body": "b"}] * 2}, "two wordings have the same name"),
        ({"variants": [{"name": "a", "title": "{name}", "body": "b"}]}, "{name} can't be filled in"),
        ({"variants": [{"name": "a", "title": "{score.real}", "body": "b"}]}, "can't be filled in"),
        ({"variants": [{"name": "a", "title": "{", "body": "b"}]}, "encountered in format string"),
        ({"variants": [{"name": "a", "title": "a\u0000", "body": "b"}]}, "can't be shown"),
        ({"condition": {"kind": "moon"}}, "condition"),
        ({"condition": {"kind": "silence", "hours": 1}}, "hours"),
        ({"most_per_day": 0}, "most_per_day"),
    ],
)
def test_what_is_no_rule_is_refused_with_the_fault(changes: dict[str, object], fault: str) -> None:
    with pytest.raises(Invalid, match="no notification rule") as refused:
        parse_body(json.dumps(SMALL | changes))
    assert fault in refused.value.message


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"kind": "rule"}', "\x00"])
def test_what_is_not_even_an_object_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_body(text)


def test_the_budget_is_no_rule() -> None:
    with pytest.raises(Invalid, match="budget"):
        parse_rule(body_text(shipped_bodies()["budget"]))


def acts(database: Database) -> list[tuple[object, ...]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select action, subject_id, before, after, reason from audit_log order by id")
        return [tuple(row) for row in rows]


@pytest.fixture
def admins(database: Database) -> tuple[UUID, UUID]:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("admin",)), make_staff(session, roles=("admin",))


def test_a_rule_is_written_by_one_and_approved_by_another_before_it_decides(
    database: Database, admins: tuple[UUID, UUID]
) -> None:
    ana, ben = admins
    changed = shipped("needs_care", cooldown_h=48)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ana) as session:
        made = add_version(session, changed, message=" Two days apart. ", actor=Actor.staff(ana))
        assert (made.version, made.digest) == (2, body_digest(changed))
        with pytest.raises(Conflict, match="version 2"):
            add_version(session, changed, message="Again.", actor=Actor.staff(ana))
        with pytest.raises(Conflict, match="Nobody has approved"):
            activate(session, "needs_care", 2, reason="Now.", actor=Actor.staff(ana))
        with pytest.raises(Forbidden):
            approve(session, "needs_care", 2, digest=made.digest, actor=Actor.staff(ana))
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ben) as session:
        with pytest.raises(Conflict, match="not what you read"):
            approve(session, "needs_care", 2, digest="0" * 64, actor=Actor.staff(ben))
        approve(session, "needs_care", 2, digest=made.digest, actor=Actor.staff(ben))
        activate(session, "needs_care", 2, reason="Tried on the past.", actor=Actor.staff(ben))
        ruleset = active_rules(session)
    assert ruleset.versions["needs_care"] == 2
    assert changed in ruleset.rules
    assert acts(database) == [
        ("notification_rule.added", "needs_care", None, {"version": 2, "digest": made.digest}, None),
        ("notification_rule.approved", "needs_care", None, {"version": 2, "digest": made.digest}, None),
        ("notification_rule.activated", "needs_care", {"version": 1}, {"version": 2}, "Tried on the past."),
    ]


def test_the_database_itself_refuses_what_was_not_approved_by_a_second_person(
    database: Database, admins: tuple[UUID, UUID]
) -> None:
    ana, _ = admins
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ana) as session:
        made = add_version(session, shipped("rising", valid_h=3), message="Sooner.", actor=Actor.staff(ana))
    approval = {"rule": "rising", "version": 2, "digest": made.digest, "approved_by": ana}
    activation = {"rule": "rising", "version": 2, "activated_by": ana, "reason": "Now."}
    for query, parameters in (("notify/approve_rule", approval), ("notify/activate_rule", activation)):
        with pytest.raises(ProgrammingError, match="row-level security"):
            with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ana) as session:
                session.run(query, **parameters)


def test_a_rule_that_is_switched_off_decides_nothing(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        deactivate(session, "rising", reason="Too loud.", actor=Actor.operator())
        assert "rising" not in active_rules(session).versions
        with pytest.raises(Conflict):
            deactivate(session, "rising", reason="Again.", actor=Actor.operator())
        with pytest.raises(Invalid):
            deactivate(session, "budget", reason="No.", actor=Actor.operator())
    assert [act[0] for act in acts(database)] == ["notification_rule.deactivated"]
    # What was switched off stays so when the program is installed again.
    ensure_rules(database)
    with database.reading(Login.WORKER) as session:
        assert "rising" not in active_rules(session).versions


def test_what_comes_changed_with_a_release_waits_for_approval(database: Database) -> None:
    older = body_text(shipped("rising", valid_h=5))
    with database.writing(Login.OWNER) as session:
        session.driver.execute("alter table notification_rule_versions disable trigger user")
        execute(
            session,
            "update notification_rule_versions set body = cast(:body as jsonb), digest = repeat('a', 64)"
            " where rule = 'rising'",
            body=older,
        )
    ensure_rules(database)
    ensure_rules(database)
    with database.reading(Login.WORKER) as session:
        assert [(row.version, row.is_active) for row in rule_versions(session, "rising")] == [
            (2, False),
            (1, True),
        ]


@pytest.mark.parametrize(
    "statement",
    [
        "update notification_rule_versions set message = 'x'",
        "delete from notification_rule_activations",
        "truncate notification_stops",
    ],
)
def test_what_was_said_about_rules_stays(statement: str, database: Database) -> None:
    with pytest.raises(BeeError):
        with database.writing(Login.OWNER) as session:
            execute(session, statement)


def stops(session: WriteSession) -> tuple[bool, set[str]]:
    found = thrown_switches(session)
    return found.everything, set(found.rules or ())


def test_the_kill_switch_is_thrown_and_put_back_by_name_and_for_a_reason(
    database: Database, admins: tuple[UUID, UUID]
) -> None:
    ana, _ = admins
    actor = Actor.staff(ana)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ana) as session:
        assert stops(session) == (False, set())
        stop(session, rule="rising", reason="Wrong text.", actor=actor)
        assert stops(session) == (False, {"rising"})
        stop(session, reason="All of it.", actor=actor)
        assert stops(session) == (True, {"rising"})
        resume(session, reason="Fixed.", actor=actor)
        assert stops(session) == (False, {"rising"})
        with pytest.raises(NotFound):
            stop(session, rule="unknown", reason="Why not.", actor=actor)
        with pytest.raises(Invalid):
            stop(session, reason="  ", actor=actor)
    assert acts(database) == [
        ("notification.stopped", "rising", {"is_stopped": False}, {"is_stopped": True}, "Wrong text."),
        ("notification.stopped", "all", {"is_stopped": False}, {"is_stopped": True}, "All of it."),
        ("notification.resumed", "all", {"is_stopped": True}, {"is_stopped": False}, "Fixed."),
    ]


def test_the_command_line_throws_the_switch_and_lists_the_rules(bee: Bee) -> None:
    assert bee("notify", "kill", "--rule", "rising", "--reason", "Wrong text.").out == "rising is stopped.\n"
    assert "in force, stopped" in bee("notify", "rules", "list").out
    assert bee("notify", "kill", "--reason", "All of it.").out == "Everything is stopped.\n"
    assert bee("notify", "rules", "list").out.startswith("Everything is stopped.")
    assert bee("notify", "unkill", "--reason", "Fixed.").out == "Everything goes on.\n"
    rows = json.loads(bee("notify", "rules", "list", "--json").out)
    assert [row["is_stopped"] for row in rows if row["rule"] == "rising"] == [True]
    assert parse_rule(bee("notify", "rules", "show", "rising").out) == shipped("rising")
    assert bee("notify", "rules", "show", "unknown").code == 2
