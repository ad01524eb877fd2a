"""Notifications › Log through ``app.py``: choices in the address, one decision in full, who reads what."""

from datetime import timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.notify.decide import Guard
from bee.notify.log import Funnel, State
from bee.ui.house import House
from bee.ui.log_reads import ROWS_A_PAGE
from bee.ui.log_words import GUARD_WORDS, REASON_WORDS, STATE_WORDS, by_words, funnel_stages
from tests.dashboard import Person, add_person, member_numbers, now
from tests.factories import execute, make_event, make_member
from tests.notify.decisions import make_decision
from tests.ui.conftest import press_row, visit, words

PAGE = "notifications/log.py"
TEXT = "Your coach is here"


def seed(database: Database, coach: UUID | None = None) -> tuple[UUID, UUID]:
    """Add a member to whom something was sent, which they opened, and something held back, and a demo member."""
    at = now() - timedelta(hours=1)
    with database.writing(Login.OWNER) as session:
        mia, ben = make_member(session, coach_id=coach), make_member(session, is_demo=True)
        make_decision(
            session, mia, at=at, outcome="accepted", sent_at=at, opened_at=at + timedelta(minutes=5)
        )
        make_event(session, mia, occurred_at=at + timedelta(minutes=6))
        make_decision(
            session, mia, at=at - timedelta(minutes=1), rule="rising", notification_type="celebration",
            decision="withhold", reason="quiet_refused", guards={"quiet": "refused", "daily": "unknown"},
        )  # fmt: skip
        make_decision(session, ben, at=at - timedelta(minutes=2), outcome="recorded")
    return mia, ben


def looks(database: Database, person: Person) -> list[str]:
    with database.reading(Login.OWNER) as session:
        found = execute(
            session,
            "select subject_id from audit_log where action = 'member.viewed' and actor_id = :id order by id",
            id=person.id,
        )
        return [row.subject_id for row in found]


def open_row(app: AppTest, row: int) -> AppTest:
    """Press a row's button; the table of decisions is the last one."""
    app = press_row(app, len(app.dataframe) - 1, row)
    assert not app.exception
    return app


@pytest.mark.parametrize("role", StaffRole)
def test_an_empty_ledger_says_what_brings_a_row(role: StaffRole, empty_house: House) -> None:
    app = visit(PAGE, add_person(empty_house.database, role))
    assert not app.exception
    assert "Nothing was decided in this period" in words(app)
    assert "0 decisions since" in words(app)
    assert not app.dataframe


def test_the_page_says_how_far_decisions_got_and_what_is_made_up(empty_house: House) -> None:
    seed(empty_house.database)
    app = visit(PAGE, add_person(empty_house.database, StaffRole.PRODUCT))
    assert not app.exception
    assert "3 decisions since" in words(app)
    assert "1 about demo members · 1 recorded instead of sent" in words(app)
    reasons, decisions = app.dataframe[0].value, app.dataframe[1].value
    assert list(reasons["reason"]) == ["Quiet hours until it would be too late"]
    assert [list(became) for became in decisions["became"]] == [
        ["Sent"],
        ["Held back"],
        ["Recorded, not sent"],
    ]
    assert [" · demo" in person for person in decisions["person"]] == [False, False, True]
    assert [list(then) for then in decisions["then"]] == [["Opened", "Acted"], [], []]
    assert list(decisions["reason"]) == ["", "Quiet hours until it would be too late", ""]


def test_on_call_is_shown_neither_events_nor_segments_nor_text(empty_house: House) -> None:
    seed(empty_house.database)
    app = visit(PAGE, add_person(empty_house.database, StaffRole.ONCALL))
    assert not app.exception
    assert "Acted" not in words(app)
    assert "segment" not in {box.key for box in app.selectbox}
    app = open_row(app, 0)
    assert "It was sent on" in words(app)
    assert TEXT not in words(app)


def test_choices_are_in_the_address_and_reopen_what_was_seen(empty_house: House) -> None:
    seed(empty_house.database)
    product = add_person(empty_house.database, StaffRole.PRODUCT)
    app = visit(
        PAGE,
        product,
        period="4w",
        rule="Rising",
        became="Held back",
        why="Quiet hours until it would be too late",
    )
    assert not app.exception
    assert [box.value for box in app.selectbox] == [
        "Rising", "Every type", "Held back", "Quiet hours until it would be too late",
    ]  # fmt: skip
    assert len(app.dataframe[-1].value) == 1
    app.selectbox[2].set_value("Sent").run()
    assert "No decision is like that" in words(app)


@pytest.mark.parametrize(
    "query",
    [
        {"before": "x"},
        {"before": str(UUID(int=7))},
        {"rule": "<script>"},
        {"period": "9y"},
        {"segment": "nobody"},
    ],
)
def test_what_nobody_offers_in_the_address_breaks_nothing(query: dict[str, str], empty_house: House) -> None:
    seed(empty_house.database)
    app = visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN), **query)
    assert not app.exception
    assert not app.error


def test_a_member_is_looked_for_by_number_which_is_a_look(empty_house: House) -> None:
    mia, _ = seed(empty_house.database)
    admin = add_person(empty_house.database, StaffRole.ADMIN)
    number = member_numbers(empty_house.database)[0]
    app = visit(PAGE, admin, member=f"P-{number}")
    assert len(app.dataframe[-1].value) == 2
    app.run()
    assert looks(empty_house.database, admin) == [str(mia)]
    for typed in ("P-999999", "somebody", "9" * 40):
        assert "Nobody found" in words(visit(PAGE, admin, member=typed))
    assert looks(empty_house.database, admin) == [str(mia)]


def test_why_something_was_not_sent_is_answered_by_every_guard(empty_house: House) -> None:
    seed(empty_house.database)
    app = open_row(visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN)), 1)
    assert "It was held back. Quiet hours until it would be too late." in words(app)
    guards = app.dataframe[-1].value
    assert list(guards["guard"]) == list(GUARD_WORDS.values())
    answers = {guard: answer[0] for guard, answer in zip(guards["guard"], guards["answer"], strict=True)}
    assert answers["Quiet hours"] == "Held back"
    assert answers["Daily maximum of this type"] == "Not known"
    assert answers["Consent"] == "Passed"


def test_text_is_shown_to_coach_and_admin_after_the_look_is_in_the_trail(empty_house: House) -> None:
    coach = add_person(empty_house.database, StaffRole.COACH)
    mia, ben = seed(empty_house.database, coach.id)
    app = visit(PAGE, coach)
    assert len(app.dataframe[-1].value) == 2
    assert looks(empty_house.database, coach) == []
    assert TEXT in words(open_row(app, 0))
    assert looks(empty_house.database, coach) == [str(mia)]
    admin = add_person(empty_house.database, StaffRole.ADMIN)
    assert TEXT in words(open_row(visit(PAGE, admin), 2))
    assert looks(empty_house.database, admin) == [str(ben)]


def test_text_that_looks_like_markdown_is_shown_as_it_is(empty_house: House) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        make_decision(session, make_member(session), at=now(), title="![](http://evil.example/x.png)")
    app = open_row(visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN)), 0)
    assert "![](http://evil.example/x.png)" in [text.value for text in app.text]
    assert "evil" not in "".join(block.value for block in app.markdown)


def test_a_long_log_is_shown_a_page_at_a_time(empty_house: House) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        member = make_member(session)
        for number in range(ROWS_A_PAGE + 3):
            make_decision(session, member, at=now() - timedelta(seconds=number))
    app = visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN))
    assert f"{ROWS_A_PAGE} decisions of {ROWS_A_PAGE + 3}" in words(app)
    next(button for button in app.button if button.label == "Older").click().run()
    assert len(app.dataframe[-1].value) == 3
    next(button for button in app.button if button.label == "Newest").click().run()
    assert len(app.dataframe[-1].value) == ROWS_A_PAGE
    assert "before" not in app.query_params


def test_every_state_guard_and_reason_that_the_program_gives_has_words() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(GUARD_WORDS) == set(Guard)
    assert {f"{guard}_{said}" for guard in Guard for said in ("refused", "unknown")} <= set(REASON_WORDS)
    assert len(set(REASON_WORDS.values())) == len(REASON_WORDS)


def test_a_share_of_nothing_is_left_out() -> None:
    stages = funnel_stages(Funnel(4, 1, 0, 0, 0, 0, 0, 0))
    assert [(stage.name, stage.count, stage.share) for stage in stages] == [
        ("Decided", 4, ""),
        ("Sent", 1, "25.0% of decided"),
        ("Accepted", 0, "0.0% of sent"),
        ("Opened", 0, "0.0% of sent"),
        ("Acted", 0, "0.0% of sent"),
    ]
    assert [stage.name for stage in funnel_stages(Funnel(2, 0, 0, 0, 0, 1, 0, 0))][1] == "Recorded"
    assert [stage.share for stage in funnel_stages(Funnel(0, 0, 0, 0, None, 0, 0, 0))] == ["", "", "", ""]


def test_values_that_read_alike_bear_their_own_name() -> None:
    assert by_words({"a_b": "A b", "a-b": "A b", "c": "C"}) == {
        "A b (a_b)": "a_b",
        "A b (a-b)": "a-b",
        "C": "c",
    }
