"""Scored with the definition of the app, the demo members give the picture that the pages are made to show."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from bee.members.demo import DEMO_MEMBERS, DEMO_SEED
from bee.members.demo_days import POINTS, demo_days
from bee.members.demo_people import DAYS, population
from bee.momentum.definition import shipped_definition
from bee.momentum.engine import NEEDS_CARE, NO_STATE, RISING, STEADY, Past, score_days

V1 = shipped_definition("v1")
FIRST_DAY = date(2026, 5, 25)


@dataclass(frozen=True, slots=True)
class Picture:
    """Finals and states as (day, member); NaN and ``NO_STATE`` where a member has no row."""

    finals: NDArray[np.float64]
    states: NDArray[np.int8]

    def share(self, state: int, day: int) -> float:
        rows = self.states[day] != NO_STATE
        return float((self.states[day] == state).sum() / rows.sum())


@pytest.fixture(scope="module", params=[DEMO_SEED, 1, 2])
def picture(request: pytest.FixtureRequest) -> Picture:
    """Score everybody with the bulk engine, each from their first day with events to the last or to leaving."""
    people = population(seed=request.param, members=DEMO_MEMBERS)
    counts = np.zeros((DAYS, len(people), len(POINTS)))
    for day in demo_days(people, first_day=FIRST_DAY, days=DAYS):
        np.add.at(counts[day.day], (day.member, day.kind), 1)
    weights = np.array([V1.weights[kind] for kind in POINTS])
    raw = np.minimum(V1.most_per_day, (np.minimum(counts, V1.most_per_type) * weights).sum(axis=2))
    first = np.where((raw > 0).any(axis=0), (raw > 0).argmax(axis=0), DAYS)
    finals = np.full(raw.shape, np.nan)
    states = np.full(raw.shape, NO_STATE, np.int8)
    for start in np.unique(first[first < DAYS]).tolist():
        members = np.flatnonzero(first == start)
        past = Past.none(len(members), V1)
        finals[start:, members], states[start:, members] = score_days(
            raw[start:, members], past, definition=V1
        )
    gone = np.arange(DAYS)[:, None] > people.left
    finals[gone], states[gone] = np.nan, NO_STATE
    return Picture(finals, states)


def test_the_demo_knows_what_events_are_worth() -> None:
    assert V1.weights == POINTS


def test_every_state_is_well_filled_on_every_day(picture: Picture) -> None:
    for day in range(DAYS):
        assert 0.14 <= picture.share(RISING, day) <= 0.42, day
        assert 0.10 <= picture.share(NEEDS_CARE, day) <= 0.32, day
        assert picture.share(STEADY, day) >= 0.40, day


def test_the_last_twelve_weeks_are_the_story_of_a_release_that_helped(picture: Picture) -> None:
    before, newest = DAYS - 84, DAYS - 1
    assert picture.share(RISING, newest) - picture.share(RISING, before) >= 0.10
    assert picture.share(NEEDS_CARE, before) - picture.share(NEEDS_CARE, newest) >= 0.04
    assert np.nanmean(picture.finals[newest]) - np.nanmean(picture.finals[before]) >= 4


def test_some_who_fall_recover_within_a_week_and_some_do_not(picture: Picture) -> None:
    states = picture.states
    fell = (states[1:-7] == NEEDS_CARE) & (states[:-8] > NEEDS_CARE)
    out = np.stack([states[1 + n : DAYS - 7 + n] > NEEDS_CARE for n in range(1, 8)]).any(axis=0)
    assert fell.sum() / (DAYS - 8) > 10  # people a day
    assert 0.5 < (fell & out).sum() / fell.sum() < 0.95


def test_states_are_lived_in_and_not_flickered_through(picture: Picture) -> None:
    now, before = picture.states[1:], picture.states[:-1]
    both = (now != NO_STATE) & (before != NO_STATE)
    assert 0.03 < ((now != before) & both).sum() / both.sum() < 0.15
