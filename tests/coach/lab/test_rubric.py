"""A rubric: what an answer that meets some of its criteria is worth, and what is no rubric."""

import json

import pytest

from bee.coach.lab.rubric import parse_rubric, rubric_score, rubric_text, shipped_rubric
from bee.errors import Invalid

THREE = parse_rubric(
    '[{"criterion": "kind", "points": 3}, {"criterion": "short", "points": 1}, {"criterion": "harm", "points": -6}]'
)


@pytest.mark.parametrize(
    ("met", "expected"),
    [
        ((), 0.0),
        ((0, 1), 1.0),
        ((0,), 0.75),
        # 3 + 1 − 6 = −2 of 4, which is not less than nothing.
        ((0, 1, 2), 0.0),
        ((2,), 0.0),
    ],
)
def test_a_score_is_points_met_over_all_that_can_be_won(met: tuple[int, ...], expected: float) -> None:
    assert rubric_score(THREE, met) == expected


def test_without_criteria_there_is_no_score() -> None:
    assert rubric_score((), ()) is None


def test_the_rubric_that_comes_with_the_program_can_be_read_back() -> None:
    assert parse_rubric(rubric_text(shipped_rubric())) == shipped_rubric()
    assert any(criterion.points < 0 for criterion in shipped_rubric())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '[{"criterion": "x"}]',
        '[{"criterion": "", "points": 1}]',
        '[{"criterion": "x", "points": 0}]',
        '[{"criterion": "x", "points": 1.5}]',
        '[{"criterion": "x", "points": "3"}]',
        '[{"criterion": "x", "points": 11}]',
        '[{"criterion": "x", "points": -1}]',
        '[{"criterion": "x", "points": 1, "weight": 2}]',
        '[{"criterion": "x", "points": 1}, {"criterion": "x", "points": 2}]',
        json.dumps([{"criterion": f"criterion {number}", "points": 1} for number in range(21)]),
        json.dumps([{"criterion": "x" * 201, "points": 1}]),
    ],
)
def test_what_is_no_rubric_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_rubric(text)
    assert refused.value.code == "rubric"
