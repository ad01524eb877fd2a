"""The checks on a reply: each with replies that it lets pass and replies that it objects to, and why."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.offline import Memory, Moment, Momentum, Said, reply
from bee.coach.review import CHECKER, CHECKS, Kind, Review, memories_used, review, review_part
from bee.coach.safety import screen
from tests.coach.model_server import TEXT

DOG = Memory(UUID(int=1), "pet", "walks with the dog Rex in the morning")
WALK = Moment("I took a long walk today", Momentum.STEADY, (DOG,), (Said("coach", "How was your week?"),))
GOOD = "You took a long walk today, well done. Would you like to do the same tomorrow?"


def failed(text: str, moment: Moment = WALK) -> tuple[str, ...]:
    return review(text, moment).failed


@pytest.mark.parametrize("text", [GOOD, TEXT, GOOD.replace("?", "?”"), GOOD.replace(".", "!")])
def test_a_reply_that_reflects_and_offers_one_step_passes(text: str) -> None:
    assert failed(text) == ()


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("one_question", "You took a walk? Would you like to walk again?"),
        ("one_question", "Would you like to walk again? You took a long walk."),
        ("reflection", "Well done. Would you like to stretch for a minute?"),
        ("unsolicited_advice", "Your walk was long. You should drink more water. Would you like to rest?"),
        ("unsolicited_advice", "Your walk was long. Drink some water now. Would you like to rest?"),
        ("unsolicited_advice", "Your walk was long. Please try some yoga. Would you like to rest?"),
        ("diagnosis", "Your walk may help your depression. Would you like to walk again?"),
        ("diagnosis", "As your therapist I like your walk. Would you like to walk again?"),
        ("shaming", "Your walk was not lazy. Would you like to walk again?"),
        (
            "reading_grade",
            "Considerable perambulation demonstrates determination, walk. Would you like to walk?",
        ),
        ("length", f"Your walk was {'very ' * 90} good. Would you like to walk again?"),
        ("invented_memory", "You told me about your swimming lessons. Would you like to walk again?"),
        ("invented_memory", "I remember your marathon in spring. Would you like to walk again?"),
        ("third_person", "Your walk with Rex was good. Would you like to walk again?"),
        ("third_person", "Your walk was good. Would you like to call 555-123-4567?"),
        ("third_person", "Your walk was good. Would you like to read www.walks.com?"),
        ("placeholder", "Your walk was good, [NAME_3]. Would you like to walk again?"),
        ("danger", "Your walk was good. Would you like to kill yourself?"),
        ("closing_step", "Your walk was good."),
        ("closing_step", "Your walk was good. How do you feel?"),
    ],
)
def test_each_check_objects_to_what_it_is_there_for(check: str, text: str) -> None:
    assert check in failed(text)


def test_advice_that_asks_first_is_none_that_nobody_wanted() -> None:
    text = "Your walk was long. May I share a thought. You could stretch after it. Would you like to?"
    assert "unsolicited_advice" not in failed(text)


def test_what_is_remembered_may_come_from_a_memory_and_from_the_conversation() -> None:
    assert failed("You told me you walk the dog in the morning. Would you like to walk again?") == ()
    assert failed("You said you took a long walk today. Would you like to walk again?") == ()


def test_nothing_is_to_be_reflected_where_the_member_said_nothing_to_give_back() -> None:
    assert failed("Good to hear from you. Would you like to take a walk?", Moment("Hi", None, (), ())) == ()


def test_a_day_of_the_week_and_a_shout_are_nobodys_name() -> None:
    moment = Moment("I WALKED ON Monday", None, (), ())
    assert failed("You WALKED, and on Monday. Would you like to walk again?", moment) == ()


def test_an_empty_reply_fails() -> None:
    assert {"length", "closing_step"} <= set(failed(""))


def test_only_what_is_about_safety_is_asked_of_a_part() -> None:
    part = review_part("You told me of", WALK)
    assert {result.kind for result in part.results} == {Kind.SAFETY}
    assert part.passes
    assert not review_part("You took your depression", WALK).is_safe


def test_a_review_names_each_check_with_its_version() -> None:
    found: Review = review(GOOD, WALK)
    assert [(result.name, result.version) for result in found.results] == [
        (check.name, check.version) for check in CHECKS
    ]
    assert found.checker == CHECKER


def test_the_memories_of_a_reply_are_those_whose_words_it_repeats() -> None:
    other = Memory(UUID(int=2), "food", "likes soup")
    assert memories_used("You walk the dog in the mornings", (DOG, other)) == (DOG.id,)


@pytest.mark.parametrize("state", [None, *Momentum])
def test_the_offline_coach_passes_every_check_on_all_messages_that_are_no_crisis(
    state: Momentum | None,
) -> None:
    objections: list[tuple[str, ...]] = []
    for path in sorted((Path(__file__).parent / "cases").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            message = json.loads(line)["text"]
            if not screen(message).crisis:
                text = reply(message, state, (), ()).text
                objections += [found] if (found := failed(text, Moment(message, state, (), ()))) else []
    assert objections == []


@given(st.text(max_size=300), st.text(max_size=100))
def test_no_text_breaks_a_check(text: str, message: str) -> None:
    review(text, Moment(message, None, (DOG,), (Said("member", text),)))
