"""What of a growing text is shown: never more than was looked at, and all of it in the end."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.masking import Known, Mask
from bee.coach.offline import Moment
from bee.coach.release import HELD_BACK, Release, Unsafe
from bee.coach.review import LONGEST_REPLY

MOMENT = Moment("I took a long walk today", None, (), ())
NUMBERED = "You took a long walk so call 555 123 4567 now or later today"
TEXT = "You took a long walk today, and that is a good thing to build on. Would you like to walk again?"


def shown(pieces: list[str], mask: Mask | None = None) -> list[str]:
    release = Release(MOMENT, mask or Mask())
    return [*(release.feed(piece) for piece in pieces), release.rest()]


@given(st.lists(st.integers(0, len(TEXT)), max_size=30))
def test_however_a_text_is_cut_into_pieces_all_of_it_is_shown_once(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TEXT)]
    pieces = [TEXT[start:end] for start, end in itertools.pairwise(places)]
    assert "".join(shown(pieces)) == TEXT


def test_the_last_words_are_held_back_until_they_are_known() -> None:
    words = [f"{word} " for word in TEXT.split()]
    release = Release(MOMENT, Mask())
    so_far = ""
    for number, word in enumerate(words, start=1):
        so_far += release.feed(word)
        assert len(so_far.split()) <= max(0, number - HELD_BACK)


def test_a_token_that_comes_in_pieces_is_shown_as_what_it_stands_for() -> None:
    mask = Mask(Known(full_name="Mia Jones"))
    mask.hide("Mia")
    parts = shown(["You took a long walk, [NA", "ME_", "1], and that", " is good to see today."], mask)
    assert "".join(parts) == "You took a long walk, Mia, and that is good to see today."
    assert not any("[" in part for part in parts)


@pytest.mark.parametrize(
    "pieces", [["You have a dis", "order, I think, my friend of old"], ["x" * LONGEST_REPLY, "y"]]
)
def test_what_is_unsafe_or_without_end_is_not_shown(pieces: list[str]) -> None:
    with pytest.raises(Unsafe):
        shown(pieces)


def test_a_number_is_seen_whole_before_any_of_it_is_shown() -> None:
    release = Release(MOMENT, Mask())
    so_far = ""
    with pytest.raises(Unsafe) as caught:
        for word in NUMBERED.split():
            so_far += release.feed(f" {word}" if so_far or release.received else word)
    assert caught.value.failed == ("third_person",)
    assert "555" not in so_far
