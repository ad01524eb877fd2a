"""Which days of a member are judged, what was known on them, what became of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bee.momentum.backtest.observations import (
    MEASURES,
    Evaluations,
    Measure,
    Observations,
    Outcome,
    Subjects,
    evaluation_days,
    exponential_average,
    joined,
    observe,
)
from bee.momentum.backtest.population import Population

FORTNIGHTLY = Population(name="fortnightly")
FAR = 10_000
START = 100


def subject(*, first: int = START, observed: int = FAR, left: int = FAR, start: int = START) -> Subjects:
    return Subjects(np.array([start]), np.array([first]), np.array([observed]), np.array([left]))


def days_of(subjects: Subjects, population: Population = FORTNIGHTLY) -> list[int]:
    found = evaluation_days(subjects, population)
    assert (found.day == subjects.start[found.member] + found.after).all()
    return [int(after) for after in found.after]


def test_members_are_looked_at_every_so_often_while_time_is_left_to_look_ahead() -> None:
    assert days_of(subject(observed=START + 55)) == [14, 28], "day 42 has only 13 days ahead of it"
    assert days_of(subject(observed=START + 56)) == [14, 28, 42]
    assert days_of(subject(observed=START + 27)) == []
    assert days_of(subject(observed=START - 5)) == []


def test_nobody_is_judged_before_their_first_event() -> None:
    assert days_of(subject(first=START + 28, observed=START + 60)) == [28, 42]
    assert days_of(subject(first=START + 29, observed=START + 60)) == [42]
    assert days_of(subject(first=START - 70, observed=START + 30)) == [14], (
        "nor before the first evaluation day"
    )


def test_nobody_is_judged_from_the_day_on_which_they_left() -> None:
    assert days_of(subject(left=START + 28)) == [14]
    assert days_of(subject(left=START + 29)) == [14, 28]
    assert days_of(subject(left=START - 3)) == []


def test_a_population_may_have_a_last_day_and_another_pace() -> None:
    assert days_of(subject(), Population(name="p", last_day=28)) == [14, 28]
    assert days_of(subject(), Population(name="p", every_days=10, last_day=39)) == [10, 20, 30]


def test_each_member_has_days_of_their_own() -> None:
    subjects = Subjects(
        np.array([0, 50, 7]), np.array([0, 50, 7]), np.array([28, 20, 49]), np.array([FAR, FAR, FAR])
    )
    found = evaluation_days(subjects, FORTNIGHTLY)
    assert found.member.tolist() == [0, 2, 2]
    assert found.day.tolist() == [14, 21, 35]


def seen(
    active: list[int],
    *,
    on: int,
    days: int = 60,
    observed: int = FAR,
    left: int = FAR,
    points: float = 10.0,
) -> Observations:
    """Observe a member with events on some days after the start, on one day after it."""
    raw = np.zeros((days, 1))
    raw[active] = points
    finals = np.arange(days, dtype=np.float64).reshape(-1, 1) / 10
    evaluation = Evaluations(np.array([0]), np.array([START + on]), np.array([on]))
    return observe(subject(observed=observed, left=left), evaluation, raw, (raw > 0).astype(np.int64), finals)


def value(observations: Observations, measure: Measure) -> float:
    return float(observations.values[MEASURES.index(measure), 0])


def test_what_is_known_on_a_day() -> None:
    known = seen([0, 1, 5, 14, 20], on=14)
    assert value(known, Measure.SCORE) == 1.4, "the final of that day"
    assert value(known, Measure.DAYS_SINCE) == 0, "an event on the day itself"
    assert value(known, Measure.ACTIVE_DAYS) == 3, "days 1, 5 and 14: day 0 is the fifteenth back"
    assert value(seen([0, 5, 20], on=19), Measure.DAYS_SINCE) == 14
    assert value(seen([0], on=14), Measure.ACTIVE_DAYS) == 0


def test_nothing_of_a_later_day_is_known() -> None:
    for measure in MEASURES:
        assert value(seen([0, 3, 15, 16, 40], on=14), measure) == value(seen([0, 3], on=14), measure)


def test_an_exponential_average_halves_in_its_half_life() -> None:
    raw = np.zeros((41, 1))
    raw[0] = 100
    average = exponential_average(raw, 20)[:, 0]
    assert average[0] == pytest.approx(100 * (1 - 0.5 ** (1 / 20))), "it begins at 0"
    assert average[20] == pytest.approx(average[0] / 2)
    assert average[40] == pytest.approx(average[0] / 4)
    assert exponential_average(np.full((400, 1), 8.0), 10)[-1, 0] == pytest.approx(8)


@pytest.mark.parametrize(
    ("active", "silent", "cause"),
    [
        ([0, 14], True, "the day itself is not ahead"),
        ([0, 15], False, "the first day ahead"),
        ([0, 28], False, "the fourteenth day ahead"),
        ([0, 29], True, "one day too late"),
    ],
)
def test_silent_is_no_event_in_the_next_fourteen_days(active: list[int], silent: bool, cause: str) -> None:
    found = seen(active, on=14)
    assert found.judged[Outcome.SILENT].tolist() == [True]
    assert found.positive[Outcome.SILENT].tolist() == [silent], cause


@pytest.mark.parametrize(
    ("left", "leaves", "cause"),
    [
        (START + 15, True, "the next day"),
        (START + 42, True, "the 28th day ahead"),
        (START + 43, False, "one day too late"),
        (FAR, False, "stays"),
    ],
)
def test_left_is_leaving_in_the_next_twenty_eight_days(left: int, leaves: bool, cause: str) -> None:
    found = seen([0], on=14, left=left)
    assert found.judged[Outcome.LEFT].tolist() == [True]
    assert found.positive[Outcome.LEFT].tolist() == [leaves], cause


@pytest.mark.parametrize(
    ("observed", "left", "silent", "leaving"),
    [
        (START + 28, FAR, True, False),  # 14 days can be seen, 28 can not
        (START + 27, FAR, False, False),
        (START + 42, FAR, True, True),
        (START + 41, FAR, True, False),
        (
            START + 42,
            START + 28,
            False,
            True,
        ),  # leaves on the last day of the 14: no longer there to be active
        (START + 42, START + 29, True, True),
    ],
)
def test_a_day_is_judged_only_where_all_the_time_ahead_can_be_seen(
    observed: int, left: int, silent: bool, leaving: bool
) -> None:
    found = seen([0], on=14, observed=observed, left=left)
    assert found.judged[Outcome.SILENT].tolist() == [silent]
    assert found.judged[Outcome.LEFT].tolist() == [leaving]


def test_batches_keep_their_members_apart() -> None:
    one, two = seen([0], on=14), seen([0, 15], on=14)
    both = joined([one, two, one], [3, 1, 1])
    assert both.evaluations.member.tolist() == [0, 3, 4]
    assert both.positive[Outcome.SILENT].tolist() == [True, False, True]
    assert both.values.shape == (len(MEASURES), 3)


moments = st.integers(0, 60)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(moments, moments, moments, st.one_of(st.just(FAR), moments)), min_size=1, max_size=5),
    st.integers(1, 20),
    st.one_of(st.none(), st.integers(20, 70)),
)
def test_the_days_are_those_that_counting_one_by_one_finds(
    members: list[tuple[int, int, int, int]], every: int, last_day: int | None
) -> None:
    population = Population(name="p", every_days=every, last_day=last_day)
    columns = np.array(members).T
    found = evaluation_days(Subjects(columns[0], columns[1], columns[2], columns[3]), population)
    expected = [
        (place, start + after)
        for place, (start, first, observed, left) in enumerate(members)
        for after in range(every, (last_day or 200) + 1, every)
        if first <= start + after < left and start + after + 14 <= observed
    ]
    assert list(zip(found.member.tolist(), found.day.tolist(), strict=True)) == expected
