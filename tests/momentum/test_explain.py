"""Why a score is what it is: the parts add up, to the last bit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bee.momentum.definition import shipped_definition
from bee.momentum.explain import explain
from bee.momentum.score import MomentumState, final_score, raw_score

V1 = shipped_definition("v1")
TYPES = st.sampled_from([*V1.weights, *V1.aliases, "mystery"])
FINALS = st.one_of(st.integers(0, 10_000), st.integers(0, 9)).map(lambda hundredths: hundredths / 100)
HISTORIES = st.one_of(
    st.lists(st.one_of(st.none(), FINALS), max_size=40),
    # So little is left that it rounds to nothing.
    st.lists(st.integers(0, 3).map(lambda hundredths: hundredths / 100), min_size=20, max_size=40),
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.just({}), st.dictionaries(TYPES, st.integers(1, 30))),
    HISTORIES,
    st.sampled_from([None, *MomentumState]),
)
def test_the_parts_add_up_to_the_score_exactly(
    counts: dict[str, int], history: list[float | None], previous: MomentumState | None
) -> None:
    why = explain(counts, history, previous, definition=V1)
    assert why.total == why.final
    parts = [*(part.contribution for part in why.events), why.day_cap]
    assert sum([*parts, *(part.contribution for part in why.carry), why.rounding]) == why.final
    assert why.final == final_score(raw_score(counts, definition=V1), history, definition=V1)
    assert abs(why.rounding) <= 0.005 + 1e-9
    assert why.day_cap <= 0


def test_a_first_day_is_its_points() -> None:
    why = explain({"lesson_completion": 1, "journal_entry": 1, "app_open": 7}, [], None, definition=V1)
    assert {part.event_type: (part.count, part.counted, part.contribution) for part in why.events} == {
        "app_session": (7, 5, 15),
        "journal_entry": (1, 1, 10),
        "lesson_completion": (1, 1, 15),
    }
    assert (why.carry, why.rounding, why.day_cap) == ((), 0, 0)
    assert why.final_without == 0


def test_the_carry_is_named_by_day() -> None:
    why = explain({"journal_entry": 3}, [80.0, 75.0], MomentumState.RISING, definition=V1)
    weight_sum = 1 + 0.933033 + 0.870551
    assert [part.days_back for part in why.carry] == [1, 2]
    assert [part.contribution for part in why.carry] == pytest.approx(
        [0.3 * 0.933033 * 80 / weight_sum, 0.3 * 0.870551 * 75 / weight_sum], abs=1e-4
    )
    assert why.final == pytest.approx(39.18, abs=0.005)
    assert why.state is MomentumState.NEEDS_CARE


def test_what_the_day_would_have_been_without_these_events() -> None:
    why = explain({"lesson_completion": 4, "journal_entry": 1}, [72.0], MomentumState.RISING, definition=V1)
    lessons = next(part for part in why.events if part.event_type == "lesson_completion")
    assert lessons.final_without == final_score(10, [72.0], definition=V1)
    assert lessons.state_without is MomentumState.NEEDS_CARE
    assert why.final_without == final_score(0, [72.0], definition=V1)


def test_the_most_of_a_day_is_a_part_of_its_own() -> None:
    why = explain({"streak_milestone": 5, "coach_interaction": 2}, [], None, definition=V1)
    assert why.final == 100
    assert why.day_cap == -65
