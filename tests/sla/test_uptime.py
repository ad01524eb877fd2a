"""Uptime by minutes: weighted by time, with what is not known said and never guessed."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.sla.uptime import MINUTE, Run, State, Uptime, joined, uptime_of, without_gaps

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
UP, DOWN, MAINTENANCE, UNKNOWN = State
LETTERS = {"u": UP, "d": DOWN, "m": MAINTENANCE, " ": None}


def runs(minutes: str) -> list[Run]:
    """Return what a letter a minute comes to; a blank is a minute that nothing is known of."""
    known = [
        Run(state, NOON + n * MINUTE, 1) for n, letter in enumerate(minutes) if (state := LETTERS[letter])
    ]
    return list(joined(without_gaps(known, since=NOON, until=NOON + len(minutes) * MINUTE)))


def lengths(found: Sequence[Run]) -> list[tuple[State, int]]:
    return [(run.state, run.minutes) for run in found]


def test_where_the_state_changes_it_flips_and_what_is_not_known_is_a_run_too() -> None:
    found = runs("uuud  mmu")
    assert lengths(found) == [(UP, 3), (DOWN, 1), (UNKNOWN, 2), (MAINTENANCE, 2), (UP, 1)]
    assert [run.starts_at for run in found[1:]] == [run.ends_at for run in found[:-1]]


def test_an_empty_time_is_not_known_at_all() -> None:
    assert lengths(runs("   ")) == [(UNKNOWN, 3)]
    assert runs("") == []


def test_a_day_with_a_gap_of_the_prober_and_maintenance_against_what_is_known_of_it() -> None:
    day = "u" * 700 + "d" * 20 + " " * 240 + "m" * 60 + "u" * 420
    uptime = uptime_of(runs(day))
    assert uptime == Uptime(up=1120, down=20, maintenance=60, unknown=240)
    assert uptime.ratio == pytest.approx(1120 / 1140)
    assert uptime.coverage == pytest.approx(1140 / 1380)  # maintenance is neither covered nor missing
    assert uptime.lowest == pytest.approx(1120 / 1380)
    assert uptime.highest == pytest.approx(1360 / 1380)


def test_a_promise_is_kept_only_if_it_is_whatever_the_unknown_minutes_were() -> None:
    assert uptime_of(runs("u" * 99 + "d")).meets(0.99) is True
    assert uptime_of(runs("u" * 98 + "dd")).meets(0.99) is False
    assert uptime_of(runs("u" * 99 + " ")).meets(0.99) is True  # even if that one was down
    assert uptime_of(runs("u" * 98 + "  ")).meets(0.99) is None
    assert uptime_of(runs("u" * 50 + "dd" + " " * 48)).meets(0.99) is False  # even if the rest was up


def test_without_evidence_there_is_no_number_and_no_verdict() -> None:
    for nothing in (Uptime(), Uptime(unknown=43_200), Uptime(maintenance=60)):
        assert nothing.ratio is None
        assert nothing.coverage == 0
        assert nothing.meets(0.99) is None


@given(st.text(alphabet="udm ", max_size=300))
def test_the_interval_holds_the_ratio_and_every_minute_is_counted_once(minutes: str) -> None:
    found = runs(minutes)
    uptime = uptime_of(found)
    assert sum(run.minutes for run in found) == len(minutes)
    assert all(one.state is not other.state for one, other in itertools.pairwise(found))
    if uptime.ratio is not None:
        assert uptime.lowest <= uptime.ratio <= uptime.highest
    assert (uptime.up, uptime.down) == (minutes.count("u"), minutes.count("d"))


@given(st.text(alphabet="udm ", min_size=1, max_size=300), st.integers(0, 300))
def test_learning_more_of_the_unknown_never_leaves_the_interval(minutes: str, seed: int) -> None:
    before = uptime_of(runs(minutes))
    after = uptime_of(runs(minutes.replace(" ", "ud"[seed % 2])))
    assert before.lowest <= after.lowest <= after.highest <= before.highest


def test_a_run_ends_where_the_next_minute_begins() -> None:
    assert Run(UP, NOON, 90).ends_at == NOON + timedelta(minutes=90)
