"""What the rules find in a member's words, and what they leave alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.memory.traits import LONGEST_KEY, Trait, new_traits, traits_in
from bee.coach.safety import screen

SAID = [
    ("I want to run 10 km before summer, but not today", "goal", "I want to run 10 km before summer"),
    ("Hm. I’m trying to sleep 7.5 hours a night!!", "goal", "I’m trying to sleep 7.5 hours a night"),
    ("My goal is to walk more", "goal", "My goal is to walk more"),
    ("Well, I really love walking my dog", "likes", "I really love walking my dog"),
    ("i dont like running", "dislikes", "i dont like running"),
    ("I can't stand the gym because it smells", "dislikes", "I can't stand the gym"),
    ("I struggle with late snacks when bored", "obstacle", "I struggle with late snacks"),
    ("Sorry, I can't eat nuts", "limit", "I can't eat nuts"),
    ("I usually swim on Monday mornings; it helps", "routine", "I usually swim on Monday mornings"),
    ("Every morning I stretch for ten minutes", "routine", "Every morning I stretch for ten minutes"),
    ("I work nights at the moment", "routine", "I work nights at the moment"),
]


@pytest.mark.parametrize(("message", "kind", "value"), SAID)
def test_a_trait_is_kept_in_the_members_own_words(message: str, kind: str, value: str) -> None:
    assert [(trait.key.partition(":")[0], trait.value) for trait in traits_in(message)] == [(kind, value)]


@pytest.mark.parametrize(
    "message",
    [
        "Do I want to run?",
        "If I want to sleep I read",
        "You said I like soup",
        "Maybe I want to swim",
        "I like Sarah",
        "I love walking with June",
        "I love my husband",
        "I like it",
        "I want to know more",
        "I want to email mia@example.org",
        "I would like to get a call at 415-555-2671",
        "I hate being so lazy",
        "I struggle with depression",
        "I want to end my life",
        "I love soup. I want to die.",
        "I want to " + "very " * 30 + "much sleep",
        "I like " + "a" * 31,
        "I want to",
        "",
        "\0",
        "?" * 5000,
    ],
)
def test_what_points_at_somebody_asks_supposes_or_tells_of_danger_is_left_alone(message: str) -> None:
    assert traits_in(message) == ()


def test_each_thing_is_said_once_and_everything_in_its_order() -> None:
    found = traits_in("I like soup. I hate rain! I like soup, I LIKE SOUP")
    assert [trait.value for trait in found] == ["I like soup", "I hate rain"]


def test_what_is_known_already_is_not_new_whatever_the_words_around_it() -> None:
    known = [Trait("likes:walk-dog", "I like walking the dog"), Trait("goal:run", "I want to run")]
    found = traits_in("I really love walking my dogs. I want to run. I hate walking the dog")
    assert [trait.value for trait in new_traits(found, known)] == ["I hate walking the dog"]


@given(st.text(max_size=200), st.sampled_from(["I want to ", "I like ", "", "i can't eat "]))
def test_nothing_that_tells_of_danger_becomes_a_trait_and_no_trait_is_too_long(
    text: str, opening: str
) -> None:
    for trait in traits_in(opening + text):
        assert not screen(trait.value).crisis
        assert 1 <= len(trait.key) <= LONGEST_KEY
        assert 1 <= len(trait.value) <= 4000
