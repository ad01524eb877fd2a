"""Coaching › Prompts through ``app.py``: write, compare, ask, approve, reject, roll back; what was live when."""

from collections.abc import Hashable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.coach.prompts import live_version
from bee.coach.prompts.difference import Mark, Piece, pieces
from bee.coach.prompts.registry import COACH, get_version
from bee.db import Database, Login
from bee.settings import Environment
from bee.ui.house import House
from bee.ui.prompt_difference import marked
from bee.ui.reads import forget_reads
from tests.coach.prompts.test_live import name
from tests.coach.prompts.versions import LOCAL, ask, go_live, judge, write
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.ui.conftest import press_row, visit, words

PAGE = "coaching/prompts.py"
ONE = "One version"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora")


@pytest.fixture
def carl(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Carl")


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def labels(app: AppTest) -> list[str]:
    return [found.label for found in app.button]


def field(kind: Any, label: str) -> Any:
    return next(found for found in kind if found.label == label)


def text(app: AppTest, label: str) -> Any:
    return field(app.text_input, label)


def area(app: AppTest, label: str) -> Any:
    return next(found for found in app.text_area if found.label == label)


def rows(app: AppTest, table: int = 0) -> list[dict[Hashable, Any]]:
    return app.dataframe[table].value.to_dict("records")


def live(database: Database, environment: Environment = LOCAL) -> int:
    with database.reading(Login.SYSTEM) as session:
        found = live_version(session, COACH, environment)
    assert found is not None
    return found.number


def prepare(database: Database, author: Person, *, passed: bool | None = True) -> None:
    """Add version 2, with what the gate found of it."""
    write(database, author.id, 300)
    if passed is not None:
        judge(database, 2, passed=passed)
    forget_reads()


def test_the_first_version_is_listed_with_where_it_is_live(empty_house: House, cora: Person) -> None:
    app = visit(PAGE, cora)
    assert not app.exception
    assert "1 version · version 1 is live in Local" in words(app)
    (row,) = rows(app)
    assert (row["version"], list(row["stands"]), list(row["gate"]), row["author"], row["model"]) == (
        1, ["Local", "Staging", "Production"], ["Not tried"], "The program", "As the settings say",
    )  # fmt: skip


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.ONCALL])
def test_it_is_not_for_other_roles(role: StaffRole, empty_house: House) -> None:
    app = visit(PAGE, add_person(empty_house.database, role))
    assert not app.dataframe
    assert "Prompts" not in [title.value for title in app.title]


@pytest.mark.parametrize(
    "query",
    [
        {"view": "moon"}, {"view": ONE, "version": "Version 99"}, {"environment": "Mars"},
        {"view": "Difference", "beside": "Version x", "state": "Happy", "whom": "Everybody", "only": "maybe"},
        {"view": "History", "then": "yesterday"}, {"view": "Difference", "whom": "A member", "member": "\0"},
        {"view": "Write the next", "version": "Version 0"},
    ],
)  # fmt: skip
def test_what_nobody_offers_in_the_address_breaks_nothing(
    query: dict[str, str], empty_house: House, cora: Person
) -> None:
    app = visit(PAGE, cora, **query)
    assert not app.exception
    assert not app.error


def test_the_next_version_is_written_by_parts_and_says_what_differs(empty_house: House, cora: Person) -> None:
    app = visit(PAGE, cora, view="Write the next")
    assert "Nothing is different yet." in words(app)
    app = area(app, "Style").set_value("Write at most 60 words.").run()
    app = area(app, "State: Needs care").set_value("Begin with empathy.").run()
    assert not app.exception
    said = words(app)
    assert ":green-background[**Write**]" in said
    assert ":gray-background[~~The member\\'s momentum is low\\: begin~~]" in said
    assert "celebrate" not in said, "what is the same is not shown"
    app = button(app, "Save as a new version").click().run()
    assert [error.value for error in app.error] == ["Say what is new in it, in at most 500 characters."]
    text(app, "What is new in it").set_value("Shorter.")
    app = button(app, "Save as a new version").click().run()
    assert not app.exception
    assert "Version 2 of 2 versions · not live in Local" in words(app)
    with empty_house.database.reading(Login.SYSTEM) as session:
        found = get_version(session, COACH, 2)
    assert (found.message, found.author_id) == ("Shorter.", cora.id)
    said_by_origin = {part.origin: part for part in found.template.parts}
    assert said_by_origin["style"].words({}) == "Write at most 60 words."
    assert said_by_origin["state"].words({"state": "NeedsCare"}) == "Begin with empathy."
    assert live(empty_house.database) == 1


def test_parts_can_be_left_out_and_added_and_the_model_chosen(empty_house: House, cora: Person) -> None:
    app = visit(PAGE, cora, view="Write the next")
    area(app, "Masking").set_value("")
    text(app, "Name of the part").set_value("Warm tone")
    area(app, "What it says").set_value("Be warm.")
    text(app, "Model").set_value("openai/gpt-4o-mini")
    next(found for found in app.toggle if found.label == "The model decides the temperature").set_value(True)
    app = next(found for found in app.number_input if found.label == "Most tokens").set_value(250).run()
    text(app, "What is new in it").set_value("Warmer.")
    app = button(app, "Save as a new version").click().run()
    assert not app.exception
    with empty_house.database.reading(Login.SYSTEM) as session:
        found = get_version(session, COACH, 2)
    origins = [part.origin for part in found.template.parts]
    assert origins == ["persona", "safety", "style", "memory", "state", "memories", "warm_tone"]
    assert (found.model, found.model_parameters.temperature, found.model_parameters.max_tokens) == (
        "openai/gpt-4o-mini", None, 250,
    )  # fmt: skip
    app = visit(PAGE, cora, view=ONE, version="Version 2")
    assert "openai/gpt-4o-mini" in words(app)


def test_parts_are_moved_left_out_and_put_back_with_what_was_written_in_them(
    empty_house: House, cora: Person
) -> None:
    app = visit(PAGE, cora, view="Write the next")
    assert button(app, "Up").disabled, "the first part is chosen"
    app = area(app, "Masking").set_value("Repeat no token.").run()
    app = field(app.selectbox, "Part to move or leave out").set_value("Masking").run()
    for _ in range(3):
        app = button(app, "Up").click().run()
    assert button(app, "Up").disabled
    app = button(app, "Leave it out").click().run()
    assert "Masking" not in [found.label for found in app.text_area]
    assert "~~Masking~~ · Persona · Safety" in words(app)
    app = button(app, "Put it back").click().run()
    assert area(app, "Masking").value == "Repeat no token."
    app = field(app.selectbox, "Part to move or leave out").set_value("State").run()
    app = button(app, "Leave it out").click().run()
    text(app, "Name of the part").set_value("Warm tone")
    field(app.selectbox, "Where").set_value("Before Safety")
    app = area(app, "What it says").set_value("Be warm.").run()
    assert not app.exception
    text(app, "What is new in it").set_value("In another order.")
    app = button(app, "Save as a new version").click().run()
    assert not app.exception
    with empty_house.database.reading(Login.SYSTEM) as session:
        found = get_version(session, COACH, 2).template
    assert [part.origin for part in found.parts] == [
        "masking", "persona", "warm_tone", "safety", "style", "memory", "memories",
    ]  # fmt: skip
    assert found.parts[0].words({}) == "Repeat no token."


def test_a_part_that_is_moved_back_makes_no_version(cora: Person) -> None:
    app = visit(PAGE, cora, view="Write the next")
    app = button(app, "Down").click().run()
    assert "Save as a new version" in labels(app)
    app = button(app, "Up").click().run()
    assert "Nothing is different yet." in words(app)


@pytest.mark.parametrize(
    ("label", "said", "told"),
    [
        ("Style", "Be {kind}.", "{kind} is not among the variables"),
        ("Style", "Be {", "Single '{' encountered"),
        ("State: Rising", " ", "part 6, texts, Rising: it says nothing"),
    ],
)
def test_what_is_no_prompt_says_why_and_can_not_be_saved(
    label: str, said: str, told: str, empty_house: House, cora: Person
) -> None:
    app = visit(PAGE, cora, view="Write the next")
    app = area(app, label).set_value(said).run()
    assert told in app.warning[0].value.replace("\\", "")
    assert "Save as a new version" not in labels(app)


def test_what_a_version_says_already_is_told_with_its_number(empty_house: House, cora: Person) -> None:
    prepare(empty_house.database, cora)
    app = visit(PAGE, cora, view="Write the next", version="Version 1")
    app = next(found for found in app.number_input if found.label == "Most tokens").set_value(300).run()
    text(app, "What is new in it").set_value("Shorter.")
    app = button(app, "Save as a new version").click().run()
    assert [error.value for error in app.error] == ["That is version 2 of the prompt already."]


def test_one_asks_another_approves_and_anybody_rolls_back(
    empty_house: House, cora: Person, carl: Person
) -> None:
    prepare(empty_house.database, cora)
    app = visit(PAGE, cora, view=ONE, version="Version 2")
    assert "Needs care\n" in words(app)
    assert "no loss" in words(app), "the gate's reasons are there"
    text(app, "Why it shall go live").set_value("It is shorter.")
    app = button(app, "Ask for it to go live in Local").click().run()
    assert not app.exception
    assert "Version 2 of 2 versions · asked to go live in Local" in words(app)
    assert "Somebody else than who wrote it and who asked" in words(app)
    assert "Withdraw" in labels(app)
    assert "Approve: live in Local now" not in labels(app)

    app = visit(PAGE, carl)
    assert "1 waiting for approval" in words(app)
    app = press_row(app, 0, 1)
    app = button(app, "Look at it").click().run()
    assert "It is shorter" in words(app)
    app = button(app, "Approve: live in Local now").click().run()
    assert [error.value for error in app.error] == ["Say why, in at most 500 characters."]
    text(app, "Why").set_value("Read it, and the run.")
    app = button(app, "Approve: live in Local now").click().run()
    assert not app.exception
    assert "Version 2 of 2 versions · live in Local" in words(app)
    assert live(empty_house.database) == 2

    app = visit(PAGE, cora, view=ONE)
    app = button(app, "Roll back to version 1").click().run()
    assert not app.exception
    assert live(empty_house.database) == 1
    history = visit(PAGE, carl, view="History")
    assert [(row["version"], row["way"], row["who"]) for row in rows(history)] == [
        (1, "Rolled back", "Cora"), (2, "Approved", "Carl, asked by Cora"), (1, "Came along", "The program"),
    ]  # fmt: skip
    assert [(row["what"], row["who"]) for row in rows(history, 1)][:3] == [
        ("Rolled back to: version 1", "Cora"), ("Approved, live: version 2", "Carl"),
        ("Asked to go live: version 2", "Cora"),
    ]  # fmt: skip
    app = visit(PAGE, cora, view=ONE, version="Version 2")
    assert "Roll back to version 2" not in labels(app), "somebody rolled back from it"


@pytest.mark.parametrize(("passed", "told"), [(None, "not tried"), (False, "failed")])
def test_what_the_gate_does_not_let_pass_can_be_rejected_only(
    passed: bool | None, told: str, empty_house: House, cora: Person, carl: Person
) -> None:
    prepare(empty_house.database, cora, passed=passed)
    ask(empty_house.database, cora.id, 2)
    forget_reads()
    app = visit(PAGE, carl, view=ONE, version="Version 2")
    assert f"It can't be approved now. The gate: {told}." in words(app)
    assert "Approve: live in Local now" not in labels(app)
    text(app, "Why").set_value("Not yet.")
    app = button(app, "Reject").click().run()
    assert not app.exception
    assert "not live in Local" in words(app)
    assert live(empty_house.database) == 1


def test_what_passed_with_another_model_than_the_one_that_answers_can_not_be_approved(
    empty_house: House, cora: Person, carl: Person
) -> None:
    write(empty_house.database, cora.id, 300)
    judge(empty_house.database, 2, model="openai/a")
    name(empty_house.database, "openai/b")
    ask(empty_house.database, cora.id, 2)
    forget_reads()
    app = visit(PAGE, carl, view=ONE, version="Version 2")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "openai/b would answer here, and only others were tried" in said
    assert "It can't be approved now. The gate: not tried." in said
    assert "Also: passed. Decided on" in said
    assert "Approve: live in Local now" not in labels(app)


def test_a_live_version_says_so_when_the_settings_name_another_model(
    empty_house: House, cora: Person
) -> None:
    database = empty_house.database
    write(database, cora.id, 300)
    go_live(database, 2)
    name(database, "offline")
    forget_reads()
    assert not visit(PAGE, cora).warning
    name(database, "openai/b")
    forget_reads()
    app = visit(PAGE, cora)
    assert not app.exception
    assert "with openai/b, which the settings name, and no run let that pass" in app.warning[0].value.replace(
        "\\", ""
    )
    assert not visit(PAGE, cora, environment="Staging").warning
    judge(database, 2, model="openai/b")
    forget_reads()
    assert not visit(PAGE, cora).warning


def test_who_asked_takes_it_back(empty_house: House, cora: Person) -> None:
    prepare(empty_house.database, cora)
    ask(empty_house.database, cora.id, 2)
    forget_reads()
    app = visit(PAGE, cora, view=ONE, version="Version 2")
    text(app, "Why").set_value("A typo.")
    app = button(app, "Withdraw").click().run()
    assert not app.exception
    assert "Ask for it to go live in Local" in labels(app)


def test_a_page_that_was_open_while_somebody_decided_says_so(
    empty_house: House, cora: Person, carl: Person
) -> None:
    prepare(empty_house.database, cora)
    ask(empty_house.database, cora.id, 2)
    forget_reads()
    app = visit(PAGE, carl, view=ONE, version="Version 2")
    text(app, "Why").set_value("Good.")
    app2 = visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN), view=ONE, version="Version 2")
    text(app2, "Why").set_value("Good.")
    button(app2, "Approve: live in Local now").click().run()
    assert live(empty_house.database) == 2
    with empty_house.database.reading(Login.OWNER) as session:
        assert execute(session, "select count(*) from coach_prompt_decisions").scalar() == 1
    app = button(app, "Reject").click().run()
    assert "live in Local" in words(app)
    assert live(empty_house.database) == 2


def test_another_environment_is_approved_by_itself(empty_house: House, cora: Person) -> None:
    prepare(empty_house.database, cora)
    go_live(empty_house.database, 2, Environment.PROD)
    forget_reads()
    app = visit(PAGE, cora, environment="Production")
    assert "version 2 is live in Production" in words(app)
    assert "version 1 is live in Local" in words(visit(PAGE, cora))
    assert [list(row["stands"]) for row in rows(app)] == [["Production"], ["Local", "Staging"]]


def test_two_versions_are_compared_for_somebody_made_up(empty_house: House, cora: Person) -> None:
    app = visit(PAGE, cora, view="Write the next")
    area(app, "State: Needs care").set_value("Begin with empathy.")
    app = area(app, "Persona").set_value("You are a kind coach.").run()
    text(app, "What is new in it").set_value("Kinder.")
    button(app, "Save as a new version").click().run()
    app = visit(PAGE, cora, view="Difference", version="Version 2", state="Needs care", only="true")
    assert not app.exception
    said = words(app)
    assert "You are a :gray-background[~~warm health\\-behaviour coach who" in said
    assert ":green-background[**kind coach\\.**]" in said
    assert "empathy" in said
    assert "at most 70 words" not in said
    app = visit(PAGE, cora, view="Difference", version="Version 2", state="Rising")
    said = words(app)
    assert "empathy" not in said
    assert "at most 70 words" in said
    assert "Likes to walk in the morning" in said


def test_versions_that_differ_in_their_settings_only_say_so(empty_house: House, cora: Person) -> None:
    prepare(empty_house.database, cora)
    app = visit(PAGE, cora, view="Difference", version="Version 2", only="true")
    assert not app.exception
    assert "Most tokens: 400 → 300" in words(app).replace("\\", "")
    assert "Not a word differs." in words(app)


def test_two_versions_are_compared_for_one_of_the_coachs_members_and_the_look_is_recorded(
    empty_house: House, cora: Person, carl: Person
) -> None:
    database = empty_house.database
    prepare(database, cora)
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session, coach_id=cora.id)
        number = execute(session, "select number from members where id = :id", id=member_id).scalar()
        execute(
            session,
            "insert into coach_memory (user_id, trait_key, trait_value, source, valid_from)"
            " values (:id, 'swim', 'swims on Sundays', 'coach', :since)",
            id=member_id,
            since=now() - timedelta(days=1),
        )
    query = {"view": "Difference", "version": "Version 2", "whom": "A member", "member": f"P-{number}"}
    app = visit(PAGE, cora, **query)
    assert not app.exception
    assert "swims on Sundays" in words(app)
    assert looks(database) == [(cora.id, str(member_id))]
    app = visit(PAGE, carl, **query)
    assert "swims on Sundays" not in words(app)
    assert "one of your members" in words(app)
    assert looks(database) == [(cora.id, str(member_id))]


def looks(database: Database) -> list[tuple[UUID, str]]:
    with database.reading(Login.OWNER) as session:
        found = execute(
            session, "select actor_id, subject_id from audit_log where action = 'member.viewed' order by id"
        )
        return [(row.actor_id, row.subject_id) for row in found]


def test_what_was_live_then_is_told_for_any_moment(empty_house: House, cora: Person) -> None:
    prepare(empty_house.database, cora)
    go_live(empty_house.database, 2)
    forget_reads()
    app = visit(PAGE, cora, view="History")
    assert "version 2 was live in Local" in words(app)
    assert "and still is" in words(app)
    app = visit(PAGE, cora, view="History", then="2026-01-01T12:00")
    assert "On 1 January 2026, 12:00 UTC nothing was live in Local." in words(app)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("- a list", "- a list", "\\- a list"),
        ("1. one\n=====", "1. one\n=====", "1\\. one  \n\\=\\=\\=\\=\\="),
        ("\tcode", "\tcode", "\u00a0code"),
        ("    code", "    code", "\u00a0\u00a0\u00a0\u00a0code"),
        ("![x](https://a.b/c)", "", ":gray-background[~~\\!\\[x\\]\\(https\\:\\/\\/a\\.b\\/c\\)~~]"),
        ("", "two words ", ":green-background[**two words**] "),
        ("one\ntwo", "", ":gray-background[~~one~~]  \n:gray-background[~~two~~]"),
        ("&lt;b&gt;", "&lt;b&gt;", "\\&lt\\;b\\&gt\\;"),
    ],
)
def test_what_people_wrote_is_shown_as_they_wrote_it(before: str, after: str, shown: str) -> None:
    assert marked(pieces(before, after)) == shown


def test_spaces_between_pieces_stay_outside_their_marks() -> None:
    assert marked([Piece(Mark.GONE, "70 "), Piece(Mark.NEW, "60 "), Piece(Mark.SAME, "words")]) == (
        ":gray-background[~~70~~] :green-background[**60**] words"
    )
