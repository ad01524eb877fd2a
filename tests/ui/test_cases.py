"""Coaching › Cases through ``app.py``: find, write, change, retire, and take one from a conversation."""

import csv
import io
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.coach.lab.case import Case, make_case
from bee.coach.lab.cases import case_versions, current_cases, ensure_cases
from bee.db import Login
from bee.ui.case_words import cases_csv, tags_of, titles, turns_of, turns_text
from bee.ui.house import House
from tests.coach.lab.conversation import say
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.ui.conftest import press_row, visit, words

PAGE = "coaching/cases.py"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora")


def field(kind: Any, label: str) -> Any:
    return next(found for found in kind if found.label == label)


def press(app: AppTest, label: str) -> AppTest:
    field(app.button, label).click()
    return app.run()


def cases(house: House) -> list[Case]:
    with house.database.reading(Login.WORKER) as session:
        return current_cases(session)


def written(cora: Person, title: str = "A walk", message: str = "I walked.") -> AppTest:
    app = visit(PAGE, cora, case="New case")
    field(app.text_input, "What it is called").input(title)
    field(app.text_area, "What the member writes").input(message)
    field(app.text_area, "What was said before, a line each").input("Member: Hello\nCoach: Hello!\nWhat now?")
    field(app.text_area, "What is remembered, a line each").input("Likes rain\n\nHas a dog")
    field(app.text_input, "Tags, separated by commas").input("new, movement, new")
    return press(app, "Save")


def test_without_a_case_the_page_says_where_they_come_from(cora: Person) -> None:
    app = visit(PAGE, cora)
    assert "There are no cases yet" in words(app)


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.ONCALL])
def test_whoever_is_no_coach_sees_nothing(role: StaffRole, empty_house: House) -> None:
    assert "not for your role" in words(visit(PAGE, add_person(empty_house.database, role)))


def test_cases_are_found_by_kind_state_tag_and_whether_they_are_retired(
    empty_house: House, cora: Person
) -> None:
    ensure_cases(empty_house.database)
    app = visit(PAGE, cora)
    assert "76 cases" in words(app)
    app = visit(PAGE, cora, kind="In danger", state="Rising")
    assert set(app.dataframe[0].value["title"]) == {"Says it in three letters", "Cannot breathe"}
    assert "No case is like that" in words(visit(PAGE, cora, which="Retired"))
    assert len(visit(PAGE, cora, tag="language").dataframe[0].value) == 1


def test_what_arrives_in_the_address_is_not_believed(empty_house: House, cora: Person) -> None:
    ensure_cases(empty_house.database)
    app = visit(PAGE, cora, kind="'; drop table", state="No", case="nothing like it", view="odd")
    assert not app.exception


def test_a_case_is_written_and_shown_with_all_that_it_says(empty_house: House, cora: Person) -> None:
    app = written(cora)
    assert not app.exception
    (case,) = cases(empty_house)
    assert (case.title, case.message, case.memories, case.tags) == (
        "A walk", "I walked.", ["Likes rain", "Has a dog"], ["new", "movement"],
    )  # fmt: skip
    assert case.recent == [
        {"role": "member", "body": "Hello"},
        {"role": "coach", "body": "Hello!\nWhat now?"},
    ]
    assert (case.source, case.author_id) == ("written", cora.id)
    assert {"Likes rain" in words(app), "Version 1 by Cora" in words(app)} == {True}


def test_what_is_no_case_says_why_and_is_not_kept(empty_house: House, cora: Person) -> None:
    app = written(cora, title=" ")
    assert "title" in app.error[0].value
    assert cases(empty_house) == []


def test_a_change_is_a_new_version_and_the_one_before_stays(empty_house: House, cora: Person) -> None:
    written(cora)
    app = visit(PAGE, cora, case="A walk", view="Change")
    field(app.text_area, "What the member writes").input("I ran.")
    app = press(app, "Save a new version")
    assert "I ran." in words(app)
    (case,) = cases(empty_house)
    with empty_house.database.reading(Login.WORKER) as session:
        assert [known.message for known in case_versions(session, case.case_id)] == ["I ran.", "I walked."]
    versions = visit(PAGE, cora, case="A walk", view="Versions").dataframe[0].value
    assert list(versions["version"]) == [2, 1]


def test_a_case_that_somebody_else_changed_meanwhile_is_not_overwritten(
    empty_house: House, cora: Person
) -> None:
    written(cora)
    first, second = (visit(PAGE, cora, case="A walk", view="Change") for _ in range(2))
    for app, message in ((first, "I ran."), (second, "I swam.")):
        field(app.text_area, "What the member writes").input(message)
    press(first, "Save a new version")
    # The second was drawn before; what it saves follows the version that it shows by then.
    app = press(second, "Save a new version")
    assert not app.exception
    assert [case.message for case in cases(empty_house)] == ["I ran."]


def test_a_case_is_retired_and_taken_up_again(empty_house: House, cora: Person) -> None:
    written(cora)
    app = press(visit(PAGE, cora, case="A walk"), "Retire it")
    assert "retired: no run is over it" in words(app)
    app = press(app, "Take it up again")
    assert [(case.version, case.is_retired) for case in cases(empty_house)] == [(3, False)]


def test_a_row_opens_its_case(empty_house: House, cora: Person) -> None:
    written(cora)
    app = press_row(visit(PAGE, cora), 0, 0)
    assert app.query_params["case"] == "A walk"


class TestTaking:
    """A case from a conversation."""

    @pytest.fixture
    def mia(self, empty_house: House, cora: Person) -> int:
        with empty_house.database.writing(Login.OWNER) as session:
            member_id = make_member(session, coach_id=cora.id)
            execute(
                session,
                "insert into personal_data (member_id, full_name) values (:id, 'Mia Jones')",
                id=member_id,
            )
            number = execute(session, "select number from members").scalar_one()
        say(empty_house.database, member_id, "I am Mia Jones and I walked with Tom.", "Well done!", now=now())
        return int(number)

    def message(self, house: House) -> UUID:
        with house.database.reading(Login.OWNER) as session:
            return UUID(
                str(execute(session, "select id from coach_messages where role = 'member'").scalar_one())
            )

    def test_it_is_chosen_read_changed_confirmed_and_only_then_kept(
        self, empty_house: House, cora: Person, mia: int
    ) -> None:
        app = visit(PAGE, cora, case="From a conversation", member=f"P-{mia}")
        assert list(app.dataframe[0].value["words"]) == ["I am Mia Jones and I walked with Tom."]
        app = press_row(app, 0, 0)
        assert "Masking finds what has a structure" in words(app)
        assert "I am Mia Jones and I walked with Tom." in words(app)
        message = field(app.text_area, "What the member writes")
        assert message.value == "I am [NAME_1] and I walked with Tom."
        message.input("I walked with a friend.")
        app = press(app, "Keep it as a case")
        assert "Read it first" in words(app)
        assert cases(empty_house) == []
        app.checkbox[0].check()
        app = press(app, "Keep it as a case")
        (case,) = cases(empty_house)
        assert (case.message, case.source, case.confirmed_by) == (
            "I walked with a friend.",
            "conversation",
            cora.id,
        )
        assert "de-identified" not in words(app)

    @pytest.mark.usefixtures("mia")
    def test_that_somebody_looked_is_in_the_trail_before(self, empty_house: House, cora: Person) -> None:
        visit(PAGE, cora, case="From a conversation", message=str(self.message(empty_house)))
        with empty_house.database.reading(Login.OWNER) as session:
            acts = (
                execute(session, "select action from audit_log where subject_kind = 'member'").scalars().all()
            )
        assert "member.viewed" in acts

    @pytest.mark.parametrize("message", ["nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_a_message_that_is_not_there_is_not_found(self, message: str, cora: Person) -> None:
        app = visit(PAGE, cora, case="From a conversation", message=message)
        assert "There is no such message among those of your members." in words(app)

    def test_another_coach_finds_neither_the_member_nor_the_message(
        self, empty_house: House, mia: int
    ) -> None:
        carl = add_person(empty_house.database, StaffRole.COACH, name="Carl")
        app = visit(PAGE, carl, case="From a conversation", member=f"P-{mia}")
        assert "Nobody found among your members" in words(app)
        message = str(self.message(empty_house))
        app = visit(PAGE, carl, case="From a conversation", message=message)
        assert "There is no such message" in words(app)


def test_what_was_said_before_reads_the_same_written_and_read() -> None:
    turns = [{"role": "member", "body": "Hello"}, {"role": "coach", "body": "Hello!\nHow are you?"}]
    assert turns_of(turns_text(turns)) == turns
    assert turns_of("Just words\nCOACH:  Hi") == [
        {"role": "member", "body": "Just words"},
        {"role": "coach", "body": "Hi"},
    ]
    assert turns_of("\n \n") == []


def test_tags_are_each_there_once() -> None:
    assert tags_of(" a, b ,,a") == ["a", "b"]


def test_of_two_cases_with_one_title_each_has_a_name_and_the_file_has_both(
    empty_house: House, cora: Person
) -> None:
    for _ in range(2):
        written(cora)
    named = titles(cases(empty_house))
    assert list(named) == ["A walk", "A walk (2)"]
    rows = list(csv.DictReader(io.StringIO(cases_csv(named.values()))))
    assert [(row["title"], row["message"]) for row in rows] == [("A walk", "I walked.")] * 2


def test_a_case_says_what_it_is_whatever_stands_in_it(cora: Person) -> None:
    title = "![x](http://evil.example/x.png) <b>"
    app = written(cora, title=title, message="[link](http://evil.example) **bold**")
    assert not app.exception
    assert make_case({"title": title, "message": "x"}).title == title
