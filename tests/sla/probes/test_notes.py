"""What was seen, as it is stored: each step of a tick once, whoever tells it how often."""

from datetime import UTC, datetime, timedelta

import pytest

from bee.db import Database, Login
from bee.sla.probes.notes import claim, forget_probes, note
from bee.sla.probes.ticks import Probe, Round, Seen, Step, tick_of
from tests.sla.rows import stored

NOW = tick_of(datetime.now(UTC), 60)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TARGET = "https://api.example.org"
UP = Seen(Step.READY, ok=True, retried=False, seconds=0.1)
DOWN = Seen(Step.READY, ok=False, retried=True, seconds=5.0, reason="timeout")


def a_round(at: datetime = NOW, *seen: Seen, prober: str = "outside", every_s: int = 60) -> Round:
    return Round(Probe.READY, TARGET, prober, at, every_s, "1.0", seen or (UP,))


def told(database: Database, *rounds: Round, login: Login = Login.SYSTEM) -> int:
    with database.writing(login) as session:
        return note(session, rounds, kept_days=100)


def claimed(database: Database, tick: datetime) -> bool:
    with database.writing(Login.WORKER) as session:
        return claim(session, target=TARGET, probe=Probe.READY, tick=tick, every_s=60, release="1.0")


@pytest.mark.parametrize("login", [Login.SYSTEM, Login.WORKER])
def test_a_round_is_noted_once_and_what_was_noted_first_stays(database: Database, login: Login) -> None:
    assert told(database, a_round(NOW, UP), a_round(NOW - MINUTE, DOWN), login=login) == 2
    assert told(database, a_round(NOW, DOWN), a_round(NOW - MINUTE, UP), login=login) == 0
    columns = "scheduled_at, step, prober, ok, retried, seconds, reason, target, release"
    assert stored(database, columns, "probe_ticks") == [
        (NOW - MINUTE, "ready", "outside", False, True, 5.0, "timeout", TARGET, "1.0"),
        (NOW, "ready", "outside", True, False, 0.1, "", TARGET, "1.0"),
    ]  # fmt: skip


def test_two_probers_of_one_tick_are_two_rows(database: Database) -> None:
    assert told(database, a_round(prober="berlin"), a_round(prober="tokyo")) == 2


def test_the_minutes_of_what_was_seen_are_marked_for_those_who_reckon_with_it(database: Database) -> None:
    told(database, a_round(NOW - 90 * MINUTE), a_round(NOW))
    assert stored(database, "minute", "stale_minutes") == [(NOW - 90 * MINUTE,), (NOW,)]


def test_what_can_not_be_true_is_left_out_and_the_rest_goes_in(database: Database) -> None:
    rounds = [
        a_round(NOW + DAY),
        a_round(NOW - 101 * DAY),
        a_round(NOW - timedelta(seconds=1)),
        a_round(NOW - 99 * DAY),
    ]
    assert told(database, *rounds) == 1
    assert stored(database, "scheduled_at", "probe_ticks") == [(NOW - 99 * DAY,)]


def test_who_looks_is_known_by_the_newest_tick_even_when_older_ones_come_late(database: Database) -> None:
    told(database, a_round(NOW))
    told(database, a_round(NOW - 5 * MINUTE), a_round(NOW - 6 * MINUTE))
    assert stored(database, "prober, target, probe, every_s, release, last_tick_at", "probers") == [
        ("outside", TARGET, "ready", 60, "1.0", NOW)
    ]


def test_of_several_workers_one_has_a_tick(database: Database) -> None:
    assert [claimed(database, NOW), claimed(database, NOW), claimed(database, NOW - MINUTE)] == [
        True, False, False,
    ]  # fmt: skip


def test_a_clock_that_was_ahead_keeps_nobody_from_looking_once_it_is_right(database: Database) -> None:
    assert claimed(database, NOW + 365 * DAY)
    assert claimed(database, NOW)
    assert not claimed(database, NOW)


def test_what_was_seen_too_long_ago_is_forgotten(database: Database) -> None:
    told(database, a_round(NOW), a_round(NOW - 50 * DAY))
    with database.writing(Login.WORKER) as session:
        assert forget_probes(session, kept_days=31, now=NOW) == 1
        assert forget_probes(session, kept_days=31, now=NOW + 40 * DAY) == 2, "the other one, and who looked"
    assert stored(database, "prober", "probers") == []
