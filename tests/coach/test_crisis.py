"""What a member in danger is told."""

import pytest

from bee.coach.checks import reading_grade, words_of
from bee.coach.crisis import REGIONS, crisis_answer
from bee.coach.safety import Category

LINES = {
    "US": ("988", "text HOME to 741741", "911"),
    "GB": ("Samaritans", "116 123", "999"),
    "IE": ("Samaritans", "116 123", "112"),
    "DE": ("TelefonSeelsorge", "0800 1110111", "11"),
    "ZZ": ("local emergency number", "findahelpline.com"),
}


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("region", sorted(LINES))
def test_every_answer_names_the_help_lines_of_its_country(region: str, category: Category) -> None:
    answer = crisis_answer(category, region)
    assert all(line in answer for line in LINES[region])


def test_a_country_without_lines_gets_the_general_answer_and_its_case_does_not_matter() -> None:
    assert crisis_answer(Category.SELF_HARM, "FR") == crisis_answer(Category.SELF_HARM, "??")
    assert crisis_answer(Category.SELF_HARM, "gb") == crisis_answer(Category.SELF_HARM, "GB")


@pytest.mark.parametrize("region", [*sorted(REGIONS), "ZZ"])
def test_a_coach_is_promised_only_where_one_is_told(region: str) -> None:
    told = crisis_answer(Category.SELF_HARM, region)
    alone = crisis_answer(Category.SELF_HARM, region, is_handed_on=False)
    assert told.startswith(alone)
    assert not {"coach", "Team"} & set(alone.split())
    assert {"coach", "Team"} & set(told.split())


@pytest.mark.parametrize("category", list(Category))
@pytest.mark.parametrize("region", [*sorted(REGIONS), "ZZ"])
def test_an_answer_is_short_plain_and_never_a_refusal(region: str, category: Category) -> None:
    answer = crisis_answer(category, region)
    assert len(words_of(answer)) <= 75
    assert "can't help" not in answer
    assert "sorry" not in answer.casefold()
    if region != "DE":
        assert reading_grade(answer) <= 8
