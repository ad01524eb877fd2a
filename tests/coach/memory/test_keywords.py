"""The comparison by keywords, its numbers with their causes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.memory.keywords import DIMENSION, WORDLESS, embedded, keywords, likeness, stems


def alike(one: str, other: str) -> float:
    return likeness(keywords(one), keywords(other))


def test_words_without_meaning_do_not_count_and_endings_do_not_tell_words_apart() -> None:
    assert stems("I'm walking with the dogs") == ["walk", "dog"]
    # Where no word means anything, all of them have to do.
    assert stems("I was with you") == ["i", "was", "with", "you"]


def test_the_same_words_are_alike_by_1_and_words_not_shared_by_0() -> None:
    assert alike("walks with the dog", "Walked with dogs!") == pytest.approx(1)
    assert alike("walks with the dog", "soup at lunch") == pytest.approx(0)


def test_what_is_shared_decides_how_alike_two_texts_are() -> None:
    # One word of two each, and neither pair: 1 over (1 + 1 + 0.25).
    assert alike("walking dogs", "dog food") == pytest.approx(1 / 2.25)


def test_accents_case_and_the_kind_of_apostrophe_make_no_difference() -> None:
    assert alike("Café au lait", "CAFE AU LAIT") == pytest.approx(1)
    assert stems("Don’t run") == stems("don't run")


def test_other_scripts_have_words_too() -> None:
    assert alike("бег по утрам", "Бег утром") > 0.2
    assert alike("бег", "сон") == pytest.approx(0)


@pytest.mark.parametrize("text", ["", "   ", "…", "\0"])
def test_a_text_without_a_word_is_like_no_text_with_one(text: str) -> None:
    assert keywords(text) == {WORDLESS: 1.0}
    assert embedded(text) == [0.0] * WORDLESS + [1.0]
    assert WORDLESS not in keywords("walking the dog in the rain")
    assert alike(text, "walk") == 0


def test_the_numbers_are_the_same_on_every_machine() -> None:
    (place,) = keywords("dog")
    assert (place, keywords("dog")[place]) == (KNOWN_PLACE, KNOWN_SIGN)


KNOWN_PLACE = 180
KNOWN_SIGN = -1.0


@given(st.text(max_size=300))
def test_whatever_the_text_its_length_is_1(text: str) -> None:
    values = embedded(text)
    assert len(values) == DIMENSION
    length = math.sqrt(sum(value * value for value in values))
    assert length == pytest.approx(1)
    assert -1.000001 <= alike(text, "walking the dog in the rain") <= 1.000001
