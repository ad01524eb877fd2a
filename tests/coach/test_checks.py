"""Figures of a reply, each with its cause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.checks import MOST_WORDS, reading_grade, reply_figures, words_of


def test_a_plain_reply_passes() -> None:
    assert reply_figures("That sounds hard. You wrote: “I slept badly”. Would a short walk feel okay?").passes


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("word " * (MOST_WORDS + 1), "too long"),
        ("How are you? Would you like to walk?", "two questions"),
        ("Would you like to walk? It is good for you.", "a question before the end"),
        ("Comprehensive physiological adaptation necessitates considerable periodization.", "hard to read"),
        ("Do not be so lazy.", "shames"),
        ("That sounds like depression.", "diagnoses"),
    ],
)
def test_a_reply_that_breaks_a_rule_does_not(reply: str, why: str) -> None:
    assert not reply_figures(reply).passes, why


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    # 6 words, 1 sentence, 6 syllables: 0.39 x 6 + 11.8 x 1 - 15.59.
    assert reading_grade("The cat sat on the mat.") == pytest.approx(-1.45)
    # 4 words, 2 sentences, 8 syllables: 0.39 x 2 + 11.8 x 2 - 15.59.
    assert reading_grade("Water flowers. Gather apples.") == pytest.approx(8.79)


def test_words_are_found_in_any_script() -> None:
    assert words_of("“Ich gehe,” — मैं चलता हूँ 👍 don't!") == ["Ich", "gehe", "मैं", "चलता", "हूँ", "don't"]


@given(st.text())
def test_any_text_can_be_measured(text: str) -> None:
    figures = reply_figures(text)
    assert figures.words >= 0
    assert figures.questions >= 0
