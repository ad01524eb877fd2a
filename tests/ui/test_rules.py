"""Notifications › Rules through ``app.py``: write, try, ask, approve, put in force, roll back; what it changed."""

from collections.abc import Hashable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Database, Login
from bee.notify.actions import activate, add_version, approve
from bee.notify.effect import Term
from bee.notify.measured import Outcome
from bee.notify.registry import active_rules
from bee.notify.rule import Rule, body_digest
from bee.ui.house import House
from bee.ui.reads import forget_reads
from bee.ui.rule_words import FIELDS, field_words, term_words
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_event, make_member
from tests.notify.decisions import make_decision
from tests.notify.people import shipped
from tests.ui.conftest import press_row, visit, words

PAGE = "notifications/rules.py"
RULE = "Needs care"


@pytest.fixture
def ana(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.PRODUCT, name="Ana")


@pytest.fixture
def ben(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ADMIN, name="Ben")


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def labels(app: AppTest) -> list[str]:
    return [found.label for found in app.button]


def number(app: AppTest, label: str) -> Any:
    return next(found for found in app.number_input if found.label == label)


def text(app: AppTest, label: str) -> Any:
    return next(found for found in app.text_input if found.label == label)


def live(database: Database) -> dict[str, int]:
    with database.reading(Login.WORKER) as session:
        return dict(active_rules(session).versions)


def store(database: Database, author: Person, rule: Rule) -> str:
    """Add a version of a rule, and return its digest."""
    with database.writing(Login.DASHBOARD, role="bee_product", staff_id=author.id) as session:
        add_version(session, rule, message="Another pause.", actor=Actor.staff(author.id))
    forget_reads()
    return body_digest(rule)


def let_decide(database: Database, author: Person, admin: Person, rule: Rule, version: int = 2) -> None:
    digest = store(database, author, rule)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin.id) as session:
        actor = Actor.staff(admin.id)
        approve(session, rule.name, version, digest=digest, actor=actor)
        activate(session, rule.name, version, reason="Tried.", actor=actor)
    forget_reads()


def rows(app: AppTest, table: int = 0) -> list[dict[Hashable, Any]]:
    return app.dataframe[table].value.to_dict("records")


def test_every_rule_is_listed_with_what_it_says_and_why_it_has_no_effect(
    empty_house: House, ana: Person
) -> None:
    app = visit(PAGE, ana)
    assert not app.exception
    assert "6 rules · 6 live" in words(app)
    by_name = {row["rule"]: row for row in rows(app)}
    assert set(by_name) == {
        "Budget", "Needs care", "New member", "Rising", "Score drop", "Silent 48", "Silent 72",
    }  # fmt: skip
    row = by_name[RULE]
    assert (list(row["state"]), row["version"], row["priority"], row["cap"], row["pause"], row["holdout"]) == (
        ["Live"], 1, "High", 1, 24, 0,
    )  # fmt: skip
    assert (row["sent"], row["effect"]) == ("0", "Nobody is held out")


def test_a_row_opens_its_rule_and_the_address_reopens_it(empty_house: House, ana: Person) -> None:
    app = visit(PAGE, ana)
    row = [each["rule"] for each in rows(app)].index("Score drop")
    app = press_row(app, 0, row)
    assert not app.exception
    assert "Score drop · version 1 of 1 version · in force" in words(app)
    assert "The mean of 3 days lies more than 15 points below that of as many before" in words(app)
    app = visit(PAGE, ana, rule="Score drop", view="History", version="Version 1")
    assert not app.exception
    assert [(row["what"], row["who"]) for row in rows(app)] == [
        ("Put in force version 1", "The program"), ("Written version 1", "The program"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        {"rule": "nobody"}, {"rule": RULE, "version": "Version 99"}, {"rule": RULE, "view": "moon"},
        {"rule": "Budget", "view": "Effect"}, {"rule": RULE, "view": "Effect", "outcome": "x", "days": "-4"},
        {"rule": RULE, "view": "Effect", "times": "nan", "rate": "abc"},
        {"rule": RULE, "view": "Dry run", "period": "9y"},
    ],
)  # fmt: skip
def test_what_nobody_offers_in_the_address_breaks_nothing(
    query: dict[str, str], empty_house: House, ana: Person
) -> None:
    app = visit(PAGE, ana, **query)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("rule", ["Budget", "Needs care", "New member", "Rising", "Score drop", "Silent 48"])
def test_every_rule_can_be_opened_for_a_change_and_says_nothing_else_at_first(
    rule: str, empty_house: House, ana: Person
) -> None:
    app = visit(PAGE, ana, rule=rule, view="Change")
    assert not app.exception
    assert not app.warning
    assert "Nothing." in words(app)
    assert "Ask for approval" not in labels(app)


def test_a_change_is_shown_asked_for_approved_by_somebody_else_and_put_in_force(
    empty_house: House, ana: Person, ben: Person
) -> None:
    app = visit(PAGE, ana, rule=RULE, view="Change")
    number(app, "Pause, hours").set_value(48)
    number(app, "Held out, %").set_value(40)
    app = text(app, "Title").set_value("Hello {days}").run()
    assert rows(app) == [
        {"what": "Wording company, title", "before": "Your coach is here for you", "after": "Hello {days}"},
        {"what": "Pause, hours", "before": "24", "after": "48"},
        {"what": "Held out", "before": "0%", "after": "40%"},
    ]
    assert "Hello 3" in words(app), "the preview is filled in"
    app = button(app, "Ask for approval").click().run()
    assert [error.value for error in app.error] == ["Say what the change is for, in at most 500 characters."]
    text(app, "What the change is for").set_value("Less often.")
    app = button(app, "Ask for approval").click().run()
    assert not app.exception
    assert "version 2 of 2 versions · asked for approval" in words(app)
    assert "An admin who did not write it approves" in words(app)
    assert live(empty_house.database)["needs_care"] == 1

    app = visit(PAGE, ben)
    assert "1 waiting for approval" in words(app)
    app = visit(PAGE, ben, rule=RULE)
    app = button(app, "Look at it").click().run()
    assert len(rows(app)) == 3, "what differs is beside the approval"
    app = button(app, "Approve version 2").click().run()
    text(app, "Why").set_value("Tried on the past.")
    app = button(app, "Put version 2 in force").click().run()
    assert not app.exception
    assert live(empty_house.database)["needs_care"] == 2
    history = visit(PAGE, ana, rule=RULE, view="History")
    assert [(row["what"], row["who"], row["why"]) for row in rows(history)][:3] == [
        ("Put in force version 2", "Ben", "Tried on the past."),
        ("Approved version 2", "Ben", "–"),
        ("Written version 2", "Ana", "Less often."),
    ]


def test_what_is_no_rule_says_why_and_can_not_be_asked_for(empty_house: House, ana: Person) -> None:
    app = visit(PAGE, ana, rule=RULE, view="Change")
    app = text(app, "Title").set_value("{name}").run()
    assert "can't be filled in" in app.warning[0].value
    assert "Ask for approval" not in labels(app)


def test_an_author_who_is_an_admin_can_not_approve_the_own_version(empty_house: House, ben: Person) -> None:
    store(empty_house.database, ben, shipped("needs_care", cooldown_h=48))
    app = visit(PAGE, ben, rule=RULE, version="Version 2")
    assert "You wrote it, so somebody else has to approve it." in words(app)
    assert "Approve version 2" not in labels(app)


def test_who_lost_the_role_can_not_approve_from_a_page_that_is_still_open(
    empty_house: House, ana: Person, ben: Person
) -> None:
    store(empty_house.database, ana, shipped("needs_care", cooldown_h=48))
    app = visit(PAGE, ben, rule=RULE, version="Version 2")
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=ben.id)
    empty_house.sessions.forget()
    app = button(app, "Approve version 2").click().run()
    assert "An admin who did not write it approves" in words(app)
    with empty_house.database.reading(Login.OWNER) as session:
        assert execute(session, "select count(*) from notification_rule_approvals").scalar() == 0


def test_an_admin_rolls_back_to_an_earlier_version_and_takes_a_rule_out_of_force(
    empty_house: House, ana: Person, ben: Person
) -> None:
    let_decide(empty_house.database, ana, ben, shipped("needs_care", cooldown_h=48))
    app = visit(PAGE, ben, rule=RULE, version="Version 1")
    app = button(app, "Approve version 1").click().run()
    text(app, "Why").set_value("It was better.")
    app = button(app, "Roll back to version 1").click().run()
    assert live(empty_house.database)["needs_care"] == 1
    app = visit(PAGE, ben, rule=RULE)
    text(app, "Why").set_value("Too loud.")
    app = button(app, "Take it out of force").click().run()
    assert not app.exception
    assert "needs_care" not in live(empty_house.database)
    assert ["Off"] in [list(row["state"]) for row in rows(visit(PAGE, ana))]


def test_the_budget_is_changed_like_a_rule_and_never_ends(
    empty_house: House, ana: Person, ben: Person
) -> None:
    app = visit(PAGE, ana, rule="Budget", view="Change")
    app = number(app, "Most a week, of everything").set_value(3).run()
    assert rows(app) == [{"what": "Most a week, of everything", "before": "7", "after": "3"}]
    app = visit(PAGE, ben, rule="Budget")
    assert "A budget is always in force." in words(app)
    assert "Take it out of force" not in labels(app)


def test_a_dry_run_needs_a_day_that_is_over(empty_house: House, ana: Person) -> None:
    assert "There is no day to try it on" in words(visit(PAGE, ana, rule=RULE, view="Dry run"))


def test_a_dry_run_shows_how_much_to_whom_and_how_often_beside_the_live_version(house: House) -> None:
    ana, ben = (add_person(house.database, role) for role in (StaffRole.PRODUCT, StaffRole.ADMIN))
    app = visit(PAGE, ana, rule="Rising", view="Dry run", period="12w")
    assert not app.exception
    assert [metric.label for metric in app.metric] == [
        "Eligible moments", "Would have been sent", "People", "Most to one person",
    ]  # fmt: skip
    moments = int(app.metric[0].value.replace(",", ""))
    assert moments > 0
    assert {metric.delta for metric in app.metric} == {"0"}
    assert all(row["person"].endswith(" · demo") for row in rows(app, -1))
    same = visit(PAGE, ben, rule="Rising", view="Dry run", period="12w")
    assert [metric.value for metric in same.metric] == [metric.value for metric in app.metric]
    app = visit(PAGE, ana, rule="Rising", view="Change", period="12w")
    number(app, "Days in a row").set_value(5)
    app = app.run()
    app = app.toggle[0].set_value(True).run()
    assert not app.exception
    assert int(app.metric[0].value.replace(",", "")) < moments
    assert int(app.metric[0].delta.replace(",", "")) < 0


def seed_trial(
    database: Database, *, version: int = 2, people: int = 40, went_out: bool = True
) -> list[UUID]:
    """Add decisions of a randomised version: most of who was told opened the app, few of the others."""
    at = now() - timedelta(days=9)
    with database.writing(Login.OWNER) as session:
        members = [make_member(session, joined_on=(at - timedelta(days=20)).date()) for _ in range(people)]
        for place, member in enumerate(members):
            for day in range(4):
                decided = at + timedelta(days=day, minutes=place)
                treated = (place + day) % 2 == 0
                make_decision(
                    session, member, at=decided, rule_version=version, probability=0.5,
                    draw=0.1 if treated else 0.9,
                    decision="send" if treated else "withhold", reason="eligible" if treated else "holdout",
                    outcome=("accepted" if went_out else "recorded") if treated else None,
                    sent_at=decided if treated and went_out else None, not_before=decided,
                    momentum_state="NeedsCare" if place % 3 else "Steady",
                )  # fmt: skip
                if place % 10 < (7 if treated else 4):
                    make_event(session, member, occurred_at=decided + timedelta(minutes=10))
        return members


def test_the_effect_of_a_randomised_rule_is_shown_with_its_interval_and_n(
    empty_house: House, ana: Person, ben: Person
) -> None:
    let_decide(empty_house.database, ana, ben, shipped("needs_care", holdout=0.5))
    seed_trial(empty_house.database)
    app = visit(PAGE, ana)
    glance = {row["rule"]: row["effect"] for row in rows(app)}[RULE]
    assert glance.startswith("1.")
    assert glance.endswith("), n 160")
    app = visit(PAGE, ana, rule=RULE, view="Effect", outcome="Opens within 1 h")
    assert not app.exception
    assert [metric.label for metric in app.metric] == ["Effect", "p", "When sent", "When held out"]
    assert (app.metric[2].value, app.metric[3].value) == ("70.0%", "40.0%")
    assert app.metric[0].value.startswith("1.7")
    assert "160 decisions about 40 people · 80 of them to be sent" in words(app)
    assert "Whoever is sent it opens the app more often" in words(app)
    app = visit(PAGE, ana, rule=RULE, view="Effect", outcome="Score of the next 3 days")
    assert "Nothing was decided yet of which the outcome is known." in words(app)


def test_an_effect_is_refused_where_nobody_was_held_out_or_nothing_went_out(
    empty_house: House, ana: Person, ben: Person
) -> None:
    seed_trial(empty_house.database, version=1)
    app = visit(PAGE, ana, rule=RULE, view="Effect")
    assert "Version 1 holds nobody out" in words(app)
    assert not app.metric
    let_decide(empty_house.database, ana, ben, shipped("needs_care", holdout=0.5))
    seed_trial(empty_house.database, went_out=False)
    app = visit(PAGE, ana, rule=RULE, view="Effect")
    assert "None of the 80 notifications that were to be sent went out" in words(app)
    assert not app.metric
    assert {row["rule"]: row["effect"] for row in rows(visit(PAGE, ana))}[RULE] == "Nothing went out"


def test_a_sample_size_follows_what_is_asked_and_stands_in_the_address(
    empty_house: House, ana: Person
) -> None:
    def people(**query: str) -> int:
        app = visit(PAGE, ana, rule=RULE, view="Effect", **query)
        assert not app.exception
        (said,) = [block.value for block in app.markdown if "for a power of" in block.value]
        return int(said.split()[0].strip("*").replace(",", ""))

    usual = people()
    assert people(times="1.5") < usual < people(times="1.1")
    assert people(power="90") > usual
    assert people(days="84") < usual
    score = {"outcome": "Score of the next 3 days"}
    assert people(**score, size="0.5") < people(**score)
    assert number(visit(PAGE, ana, rule=RULE, view="Effect", days="60"), "Days").value == 60
    app = visit(PAGE, ana, rule=RULE, view="Effect", rate="90", times="2")
    assert "has to lie below 1" in app.error[0].value


def test_every_field_of_a_rule_has_words() -> None:
    for name in ("needs_care", "score_drop", "new_member", "silent_48"):
        said = shipped(name).model_dump(mode="json")
        names = [f"condition.{each}" for each in said.pop("condition")]
        names += [each for each in said if each not in {"name", "kind", "variants", "action"}]
        assert set(names) <= set(FIELDS), name
    assert field_words("variants.one.title") == "Wording one, title"
    assert field_words("action.screen") == "Action screen"


def test_an_effect_is_said_as_times_as_likely_or_in_points() -> None:
    term = Term("effect", 0.0, -0.6931471805599453, 0.6931471805599453, 0.3, 1.0, 20)
    assert term_words(term, Outcome.OPENS_1H) == "1.00× (0.50 to 2.00)"
    assert term_words(term, Outcome.SCORE) == "+0.0 pts (-0.7 to +0.7)"
