"""What counts when memories are weighed, every number with its cause."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.coach.memory.scoring import WEIGHTS, Candidate, kind_of, ranked

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def candidate(number: int, key: str = "note", age_days: float = 0) -> Candidate:
    return Candidate(UUID(int=number), key, "words", AT - timedelta(days=age_days), None)


def test_the_parts_add_up_to_1() -> None:
    assert WEIGHTS.similarity + WEIGHTS.recency + WEIGHTS.kind == pytest.approx(1)
    assert max(WEIGHTS.kinds.values()) == 1


def test_a_score_is_its_weighted_parts() -> None:
    (found,) = ranked([(candidate(1, "likes:swim", 90), 0.5)], WEIGHTS, at=AT, limit=9)
    # After 90 days freshness is worth half; what somebody likes counts 0.6.
    assert (found.similarity, found.recency, found.kind) == (0.5, 0.5, 0.6)
    assert found.score == pytest.approx(0.86 * 0.5 + 0.07 * 0.5 + 0.07 * 0.6)


def test_what_is_alike_comes_before_what_is_fresh_or_a_goal() -> None:
    old, goal = candidate(1, "note", 700), candidate(2, "goal", 0)
    found = ranked([(goal, 0.0), (old, 0.2)], WEIGHTS, at=AT, limit=9)
    assert [each.memory.id for each in found] == [old.id, goal.id]


def test_without_any_likeness_goals_and_the_newest_come_first() -> None:
    goal, new, old = candidate(1, "goal:run", 30), candidate(2, "note", 0), candidate(3, "note", 300)
    found = ranked([(each, 0.0) for each in (old, new, goal)], WEIGHTS, at=AT, limit=2)
    assert [each.memory.id for each in found] == [goal.id, new.id]


def test_an_opposite_is_no_less_than_a_stranger_and_the_future_no_fresher_than_now() -> None:
    (found,) = ranked([(candidate(1, age_days=-5), -0.7)], WEIGHTS, at=AT, limit=1)
    assert (found.similarity, found.recency) == (0, 1)


def test_of_two_alike_the_order_is_always_the_same() -> None:
    two = [(candidate(2), 0.1), (candidate(1), 0.1)]
    assert ranked(two, WEIGHTS, at=AT, limit=2) == ranked(two[::-1], WEIGHTS, at=AT, limit=2)


def test_the_kind_stands_before_the_colon() -> None:
    assert [kind_of(key) for key in ("goal", "likes:swim", "a:b:c", "")] == ["goal", "likes", "a", ""]
