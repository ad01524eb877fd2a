"""The score of one day: every worked example, with the cause of its number."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bee.errors import Invalid, NotFound
from bee.momentum.definition import (
    Definition,
    definition_spec,
    parse_definition,
    shipped_definition,
    shipped_definitions,
)
from bee.momentum.engine import NO_STATE, STATES, Past, raw_points, score_days
from bee.momentum.score import MomentumState, decayed_average, final_score, momentum_state, raw_score

V1 = shipped_definition("v1")
RISING, STEADY, NEEDS_CARE = MomentumState.RISING, MomentumState.STEADY, MomentumState.NEEDS_CARE


@pytest.mark.parametrize(
    ("days_back", "weight"),
    [
        (0, 1),
        (1, 0.933033),
        (2, 0.870551),
        (3, 0.812252),
        (5, 0.707107),
        (7, 0.615572),
        (10, 0.5),
        (30, 0.125),
    ],
)
def test_a_day_weighs_half_after_ten_days(days_back: int, weight: float) -> None:
    assert V1.day_weights[days_back] == pytest.approx(weight, abs=5e-7)


@pytest.mark.parametrize(
    ("counts", "raw", "cause"),
    [
        ({"lesson_completion": 1, "journal_entry": 1, "app_session": 1}, 28, "15 + 10 + 3"),
        ({"journal_entry": 3}, 30, "3 times 10"),
        ({"lesson_completion": 4, "journal_entry": 1}, 70, "4 times 15, and 10"),
        ({"lesson_completion": 10}, 75, "the first 5 of 10 count"),
        ({}, 0, "nothing happened"),
        ({"streak_milestone": 10}, 100, "5 times 25 is capped at 100"),
        ({"mystery": 7, "app_session": 1}, 8, "an unknown type weighs 1 and is capped like any other"),
        ({"app_open": 3, "app_session": 4}, 15, "an alias is the same type: 5 of 7 count"),
        ({"goal_complete": 1, "coach_message_sent": 1}, 38, "18 + 20 by their aliases"),
        ({"mystery": 6, "riddle": 6}, 10, "each unknown type has a cap of its own"),
    ],
)
def test_raw_points(counts: dict[str, int], raw: float, cause: str) -> None:
    assert raw_score(counts, definition=V1) == raw, cause


@pytest.mark.parametrize(
    ("raw", "history", "average", "final"),
    [
        (28, [], 28, 28),
        (30, [80, 75], 60.6131, 39.18),
        (70, [72], 70.9654, 70.29),
        (75, [], 75, 75),
        (0, [70], 33.79, 10.14),
        (50, [None] * 9 + [80], 60, 53.00),
        (50, [None] * 30 + [80], 50, 50),
        (15, [60] * 30, None, 27.48),
        (0, [60] * 30, None, 16.64),
    ],
)
def test_final_scores(raw: float, history: list[float], average: float | None, final: float) -> None:
    assert final_score(raw, history, definition=V1) == pytest.approx(final, abs=0.005)
    if average is not None:
        assert decayed_average(raw, history, definition=V1) == pytest.approx(average, abs=0.005)


def test_days_beyond_the_thirtieth_do_not_matter() -> None:
    assert final_score(10, [50] * 30 + [99] * 9, definition=V1) == final_score(10, [50] * 30, definition=V1)


def test_a_history_that_falls_silent() -> None:
    finals: list[float] = []
    states: list[MomentumState] = []
    for raw in (75, 70, 60, 50, 0, 0, 0, 0):
        finals.insert(0, final_score(raw, finals, definition=V1))
        states.append(momentum_state(finals[0], states[-1] if states else None, definition=V1))
    assert finals[::-1] == pytest.approx([75, 70.72, 62.47, 54.15, 15.03, 12.90, 11.28, 10.01], abs=0.005)
    assert states == [RISING, RISING, STEADY, STEADY, NEEDS_CARE, NEEDS_CARE, NEEDS_CARE, NEEDS_CARE]


@pytest.mark.parametrize(
    ("previous", "final", "state"),
    [
        (RISING, 68.00, RISING),
        (RISING, 67.99, STEADY),
        (None, 69.99, STEADY),
        (STEADY, 70, RISING),
        (NEEDS_CARE, 47.00, NEEDS_CARE),
        (NEEDS_CARE, 47.01, STEADY),
        (None, 46, STEADY),
        (RISING, 45, STEADY),
        (RISING, 44.99, NEEDS_CARE),
        (STEADY, 44.99, NEEDS_CARE),
        (NEEDS_CARE, 72, RISING),
        (None, 0, NEEDS_CARE),
    ],
)
def test_states(previous: MomentumState | None, final: float, state: MomentumState) -> None:
    assert momentum_state(final, previous, definition=V1) is state


raws = st.one_of(st.sampled_from([0.0, 3.0, 28.0, 75.0, 100.0]), st.integers(0, 100).map(float))


@settings(max_examples=200, deadline=None)
@given(st.lists(raws, min_size=1, max_size=80), st.integers(0, 79))
def test_both_engines_agree_to_the_last_bit_however_the_days_are_cut(history: list[float], cut: int) -> None:
    finals: list[float] = []
    states: list[MomentumState] = []
    for raw in history:
        finals.append(final_score(raw, finals[::-1], definition=V1))
        states.append(momentum_state(finals[-1], states[-1] if states else None, definition=V1))

    cut = min(cut, len(history))
    before = finals[:cut][::-1][:30]
    past = Past(
        np.array([*before, *[0.0] * (30 - len(before))]).reshape(30, 1),
        np.array([cut]),
        np.array([STATES.index(states[cut - 1]) if cut else NO_STATE], np.int8),
    )
    bulk_finals, bulk_states = score_days(np.array(history[cut:]).reshape(-1, 1), past, definition=V1)

    assert bulk_finals[:, 0].tolist() == finals[cut:]
    assert [STATES[code] for code in bulk_states[:, 0]] == states[cut:]


types = st.sampled_from([*V1.weights, *V1.aliases, "mystery", "riddle"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(types, max_size=25), min_size=1, max_size=6))
def test_both_engines_count_the_same_points(days: list[list[str]]) -> None:
    names = sorted({V1.canonical_type(name) for day in days for name in day})
    events = [(index, names.index(V1.canonical_type(name))) for index, day in enumerate(days) for name in day]
    raw, counts = raw_points(
        np.zeros(len(events), np.int64),
        np.array([day for day, _ in events], np.int64),
        np.array([kind for _, kind in events], np.int64),
        (len(days), 1),
        np.array([V1.weight(name) for name in names] or [0.0]),
        definition=V1,
    )
    for index, day in enumerate(days):
        assert raw[index, 0] == raw_score({name: day.count(name) for name in day}, definition=V1)
        assert counts[index, 0] == len(day)


def test_another_definition_is_another_file_and_no_code() -> None:
    spec = V1.model_dump() | {"name": "gentle", "rising_from": 50, "rising_until": 48, "needs_care_until": 22}
    gentle = parse_definition(definition_spec(Definition(**(spec | {"steady_from": 20}))))
    assert momentum_state(50, None, definition=gentle) is RISING
    assert gentle.name == "gentle"


@pytest.mark.parametrize(
    "change",
    [
        {"weights": {"app_session": -1}},
        {"weights": {"app_session": 101}},
        {"aliases": {"a": "nothing"}},
        {"half_life_days": 0},
        {"raw_share": 0.9},
        {"rising_until": 71},
        {"name": "No Such Name"},
        {"colour": "red"},
        {"most_per_type": 0},
    ],
)
def test_a_definition_that_can_not_be_is_refused(change: dict[str, object]) -> None:
    broken = json.dumps(V1.model_dump() | change)
    with pytest.raises(Invalid, match="no score definition"):
        parse_definition(broken)


def test_definitions_that_come_with_the_program() -> None:
    assert set(shipped_definitions()) >= {"v1"}
    with pytest.raises(NotFound, match="there are v1"):
        shipped_definition("v0")
