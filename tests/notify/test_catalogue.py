"""The rules at a glance, what was done to one, what a version says otherwise, and what a wording looks like."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.notify.actions import activate, add_version, approve, deactivate, stop
from bee.notify.catalogue import RuleCard, catalogue, rule_history, rule_history_csv
from bee.notify.difference import Difference, differences
from bee.notify.preview import preview
from bee.notify.rule import Rule, Variant, body_digest, shipped_bodies
from tests.factories import make_member, make_staff
from tests.notify.decisions import NOON, make_decision
from tests.notify.people import body, shipped

CHANGED = shipped("needs_care", cooldown_h=48, holdout=0.4)


def card(database: Database, rule: str = "needs_care") -> RuleCard:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        return next(each for each in catalogue(session, since=NOON - timedelta(days=28)) if each.name == rule)


@pytest.fixture
def people(database: Database) -> tuple[UUID, UUID]:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Ana"), make_staff(session, full_name="Ben", roles=("admin",))


def test_a_rule_is_live_or_off_and_may_wait_for_approval(
    database: Database, people: tuple[UUID, UUID]
) -> None:
    ana, ben = people
    shown = card(database)
    assert (shown.live and shown.live.version, shown.asked, shown.body) == (1, None, shipped("needs_care"))
    with database.writing(Login.DASHBOARD, role="bee_product", staff_id=ana) as session:
        add_version(session, CHANGED, message="Two days apart.", actor=Actor.staff(ana))
    shown = card(database)
    assert (shown.live and shown.live.version, shown.asked and shown.asked.version) == (1, 2)
    assert shown.body == shipped("needs_care"), "what is in force is shown until something else is"
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ben) as session:
        approve(session, "needs_care", 2, digest=body_digest(CHANGED), actor=Actor.staff(ben))
    assert card(database).asked is None
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ben) as session:
        activate(session, "needs_care", 2, reason="Tried.", actor=Actor.staff(ben))
        stop(session, rule="needs_care", reason="Odd.", actor=Actor.staff(ben))
    shown = card(database)
    assert (shown.live and shown.live.version, shown.body, shown.is_stopped) == (2, CHANGED, True)
    with database.writing(Login.OWNER) as session:
        deactivate(session, "needs_care", reason="Off.", actor=Actor.operator())
    shown = card(database)
    assert (shown.live, shown.body) == (None, CHANGED)


def test_everybody_who_works_here_sees_the_rules_and_the_budget(database: Database) -> None:
    for role in ("bee_product", "bee_coach", "bee_oncall", "bee_admin"):
        with database.reading(Login.DASHBOARD, role=role) as session:
            assert [each.name for each in catalogue(session, since=NOON)] == sorted(shipped_bodies())


def test_sends_are_counted_since_a_day_and_what_was_only_recorded_apart(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        make_decision(session, member, outcome="accepted", sent_at=NOON)
        make_decision(session, member, outcome="ambiguous", sent_at=NOON)
        make_decision(session, member, outcome="recorded")
        make_decision(session, member)
        make_decision(session, member, decision="withhold", reason="holdout")
        make_decision(session, member, at=NOON - timedelta(days=29), outcome="accepted", sent_at=NOON)
        make_decision(session, make_member(session, is_synthetic=True), outcome="accepted", sent_at=NOON)
    assert (card(database).sent, card(database).recorded) == (2, 1)
    assert (card(database, "rising").sent, card(database, "rising").recorded) == (0, 0)


def test_the_history_says_who_did_what_when_and_why(database: Database, people: tuple[UUID, UUID]) -> None:
    ana, ben = people
    with database.writing(Login.DASHBOARD, role="bee_product", staff_id=ana) as session:
        add_version(session, CHANGED, message="Two days apart.", actor=Actor.staff(ana))
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ben) as session:
        approve(session, "needs_care", 2, digest=body_digest(CHANGED), actor=Actor.staff(ben))
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ben) as session:
        activate(session, "needs_care", 2, reason="Tried.", actor=Actor.staff(ben))
    with database.writing(Login.OWNER) as session:
        deactivate(session, "needs_care", reason="Off.", actor=Actor.operator())
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        acts = rule_history(session, "needs_care")
    said = [(each.act, each.version, each.who, each.words) for each in acts]
    assert said[:4] == [
        ("deactivated", None, "The command line", "Off."),
        ("activated", 2, "Ben", "Tried."),
        ("approved", 2, "Ben", None),
        ("added", 2, "Ana", "Two days apart."),
    ]
    assert [(act, version, who) for act, version, who, _ in said[4:]] == [
        ("activated", 1, "The program"), ("added", 1, "The program"),
    ]  # fmt: skip
    rows = list(csv.reader(io.StringIO(rule_history_csv(acts))))
    assert [row[1:4] for row in rows[:2]] == [
        ["act", "version", "who"],
        ["deactivated", "", "The command line"],
    ]


def test_what_differs_is_named_with_what_it_was_and_is() -> None:
    one = body()
    other = body(
        condition={"kind": "streak", "state": "NeedsCare", "days": 4},
        variants=[
            {"name": "one", "title": "Hello!", "body": "There"},
            {"name": "two", "title": "Hi", "body": "You"},
        ],
        action={"screen": "coach"},
        task="low",
    )
    assert differences(one, one) == []
    assert differences(one, other) == [
        Difference("condition.days", 3, 4),
        Difference("variants.one.title", "Hello", "Hello!"),
        Difference("task", None, "low"),
        Difference("variants.two.title", None, "Hi"),
        Difference("variants.two.body", None, "You"),
        Difference("action.screen", None, "coach"),
    ]
    changed_kind = differences(shipped("needs_care"), shipped("silent_48"))
    assert Difference("condition.kind", "streak", "silence") in changed_kind
    assert Difference("condition.state", "NeedsCare", None) in changed_kind


@pytest.mark.parametrize("name", sorted(set(shipped_bodies()) - {"budget"}))
def test_every_wording_that_comes_along_can_be_previewed_and_fits(name: str) -> None:
    rule = shipped(name)
    for variant in rule.variants:
        shown = preview(rule, variant)
        assert "{" not in shown.title + shown.body
        assert shown.fits


def test_a_preview_counts_the_bytes_that_the_service_counts() -> None:
    def size(text: str) -> int:
        variant = Variant(name="one", title="Hello", body=text)
        return preview(Rule.model_validate(body().model_dump() | {"variants": [variant]}), variant).size_bytes

    assert size("aa") - size("a") == 1
    assert size("😀") - size("a") == 3
