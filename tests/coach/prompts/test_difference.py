"""What two prompts say otherwise: by part, in order, word by word; nothing is lost on either side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.prompts.difference import Mark, PartDifference, Piece, differences, pieces
from bee.coach.prompts.template import Part, Rendered

SAME, GONE, NEW = Mark.SAME, Mark.GONE, Mark.NEW
TEXTS = st.text(st.sampled_from("ab \n."), max_size=40)
PARTS = st.lists(
    st.builds(Part, st.sampled_from(["safety", "state", "style"]), TEXTS.filter(bool)), max_size=6
)


def prompt(*parts: tuple[str, str]) -> Rendered:
    return Rendered(tuple(Part(origin, text) for origin, text in parts))


def marks(before: Rendered, after: Rendered) -> list[tuple[str, Mark | None]]:
    return [(part.origin, part.mark) for part in differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("Be warm.", "Be warm.", [(SAME, "Be warm.")]),
        ("", "", []),
        ("", "Be warm.", [(NEW, "Be warm.")]),
        ("Be warm.", "", [(GONE, "Be warm.")]),
        ("Be very warm.", "Be warm.", [(SAME, "Be "), (GONE, "very "), (SAME, "warm.")]),
        (
            "At most 70 words. Ask once.",
            "At most 60 words. Ask once.",
            [(SAME, "At most "), (GONE, "70 "), (NEW, "60 "), (SAME, "words. Ask once.")],
        ),
        ("a b", "x y", [(GONE, "a b"), (NEW, "x y")]),
        ("one\ntwo", "one\nthree", [(SAME, "one\n"), (GONE, "two"), (NEW, "three")]),
    ],
)
def test_a_text_is_compared_word_by_word(before: str, after: str, found: list[tuple[Mark, str]]) -> None:
    assert pieces(before, after) == tuple(Piece(mark, text) for mark, text in found)


@given(TEXTS, TEXTS)
def test_what_stayed_and_went_is_the_one_text_and_what_stayed_and_came_the_other(
    before: str, after: str
) -> None:
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.mark is not NEW) == before
    assert "".join(piece.text for piece in found if piece.mark is not GONE) == after


@given(PARTS, PARTS)
def test_no_part_of_either_prompt_is_lost_and_each_keeps_its_place(
    before: list[Part], after: list[Part]
) -> None:
    found = differences(Rendered(tuple(before)), Rendered(tuple(after)))

    def side(left_out: Mark) -> list[Part]:
        return [
            Part(part.origin, "".join(piece.text for piece in part.pieces if piece.mark is not left_out))
            for part in found
            if part.mark is not left_out
        ]

    assert side(NEW) == before
    assert side(GONE) == after


def test_parts_are_known_by_what_they_came_from() -> None:
    before = prompt(("safety", "Never shame."), ("state", "Steady."), ("style", "Short."))
    after = prompt(("safety", "Never shame."), ("tone", "Warm."), ("state", "Rising."))
    assert marks(before, after) == [("safety", SAME), ("tone", NEW), ("state", None), ("style", GONE)]


def test_of_two_parts_of_one_origin_the_first_is_compared_with_the_first() -> None:
    before = prompt(("style", "Short."), ("style", "Plain."))
    after = prompt(("style", "Short."), ("style", "Plain and kind."))
    assert [part.mark for part in differences(before, after)] == [SAME, None]
    assert differences(before, before)[1] == PartDifference("style", (Piece(SAME, "Plain."),))


def test_a_part_that_stands_elsewhere_is_told() -> None:
    before = prompt(("safety", "A."), ("style", "B."))
    after = prompt(("style", "B."), ("safety", "A."))
    assert marks(before, after) == [("style", NEW), ("safety", SAME), ("style", GONE)]
