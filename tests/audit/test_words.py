"""The words that somebody gives with an act."""

import pytest

from bee.audit import given_words
from bee.errors import Invalid


def test_what_somebody_said_is_kept_without_what_surrounds_it() -> None:
    assert given_words("  It hurts\0 people.\n", "Say why") == "It hurts people."


@pytest.mark.parametrize("text", ["", " \n\t", "\0", "x" * 501])
def test_nothing_and_too_much_are_asked_for_again(text: str) -> None:
    with pytest.raises(Invalid, match="Say why, in at most 500 characters"):
        given_words(text, "Say why")


def test_the_longest_is_as_long_as_the_act_allows() -> None:
    assert len(given_words("x" * 2000, "Write something", most=2000)) == 2000
    with pytest.raises(Invalid, match="in at most 2,000 characters"):
        given_words("x" * 2001, "Write something", most=2000)
