"""What probes are evidence of, minute by minute, against what was true: each speaks of its own time and no more."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from bee.db import Database, Login
from bee.sla.derivation import derive
from bee.sla.minutes import Status
from bee.sla.probes.notes import note
from bee.sla.probes.ticks import Probe, Round, Seen, Step, tick_of
from bee.sla.uptime import Uptime, uptime_of, uptime_runs
from tests.sla.rows import stored
from tests.sla.test_derivation import declare, measure, of

MINUTE = timedelta(minutes=1)
BEGAN = tick_of(datetime.now(UTC), 3600) - timedelta(hours=3)
LETTERS = {"up": "u", "down": "d"}


def step(name: Step, *, ok: bool = True, seconds: float = 0.1, lasted_s: float = 0) -> Seen:
    return Seen(name, ok, not ok, seconds, "" if ok else "timeout", lasted_s)


def ready(minute: float, *, ok: bool = True, every_s: int = 60, prober: str = "berlin") -> Round:
    """A look at `/ready`; one that fails takes its time."""
    at = BEGAN + minute * MINUTE
    seen = step(Step.READY, ok=ok, seconds=0.1 if ok else 10, lasted_s=0.1 if ok else 20)
    return Round(Probe.READY, "http://a.example", prober, at, every_s, "1", (seen,))


def journey(
    minute: float, *seen: Seen, late_s: float = 0, prober: str = "berlin", every_s: int = 900
) -> Round:
    at = BEGAN + minute * MINUTE
    return Round(Probe.JOURNEY, "http://a.example", prober, at, every_s, "1", seen, late_s=late_s)


def told(database: Database, *rounds: Round) -> None:
    with database.writing(Login.SYSTEM) as session:
        note(session, rounds, kept_days=100)
    derive(database, now=BEGAN + timedelta(hours=2))


def minutes(database: Database, number: int) -> str:
    """Return a letter a minute: u, d, or a dot for one that nothing is known of."""
    found: Mapping[datetime, str] = dict(map(tuple, stored(database, "minute, state", "uptime_minutes")))
    return "".join(LETTERS.get(found.get(BEGAN + n * MINUTE, ""), ".") for n in range(number))


def uptime(database: Database, number: int) -> Uptime:
    with database.reading(Login.WORKER) as session:
        return uptime_of(uptime_runs(session, since=BEGAN, until=BEGAN + number * MINUTE))


GOOD = tuple(step(name) for name in list(Step)[1:])


def test_a_failing_journey_is_down_for_the_time_that_its_step_took_and_ready_speaks_of_the_rest(
    database: Database,
) -> None:
    """A quarter of an hour in which one try at the coach failed: a minute and no more is known to be down."""
    failing = (*GOOD[:3], step(Step.COACH, ok=False, seconds=10, lasted_s=20), step(Step.PUSH))
    told(database, *map(ready, range(15)), journey(0, *failing))
    assert minutes(database, 15) == "d" + "u" * 14


@pytest.mark.parametrize(
    ("late_s", "lasted_s", "expected"),
    [
        (0, 20, "duuuu"),
        (50, 20, "dduuu"),
        (70, 20, "uduuu"),
        (0, 150, "ddduu"),
        (30, 30, "duuuu"),  # over when the next minute begins
    ],
)
def test_a_slow_failing_step_is_down_in_every_minute_that_it_lasted(
    late_s: float, lasted_s: float, expected: str, database: Database
) -> None:
    failing = step(Step.SIGN_IN, ok=False, seconds=lasted_s / 2, lasted_s=lasted_s)
    told(database, *map(ready, range(5)), journey(0, failing, late_s=late_s))
    assert minutes(database, 5) == expected


def test_the_steps_before_one_that_fails_are_no_part_of_its_time(database: Database) -> None:
    slow = (*GOOD[:3], step(Step.COACH, seconds=70), step(Step.PUSH, ok=False, seconds=5, lasted_s=10))
    told(database, journey(0, *slow))
    assert minutes(database, 4) == "ud.."


def test_a_journey_alone_is_evidence_of_its_own_minutes_and_the_rest_is_not_known(database: Database) -> None:
    told(database, journey(0, *GOOD), journey(15, *GOOD))
    assert minutes(database, 20) == "u" + "." * 14 + "u" + "...."


def test_ready_that_fails_is_down_however_well_the_journey_goes(database: Database) -> None:
    told(database, ready(0, ok=False), ready(1), journey(0, *GOOD))
    assert minutes(database, 3) == "du."


def test_of_two_probers_that_disagree_on_a_minute_the_one_that_failed_counts(database: Database) -> None:
    told(database, ready(0, ok=False), ready(0, prober="tokyo"), ready(1), ready(1, prober="tokyo"))
    assert minutes(database, 2) == "du"
    assert stored(database, "probes, failed_probes", "uptime_minutes") == [(2, 0), (2, 1)]


def test_what_was_seen_in_a_minute_goes_before_what_is_carried_into_it(database: Database) -> None:
    """One looks every five minutes and failed once; another one saw that it was over."""
    told(database, ready(0, ok=False, every_s=300), *(ready(n, prober="tokyo") for n in (2, 3)))
    assert minutes(database, 6) == "dduud."


def test_requests_that_are_answered_are_evidence_of_the_minute_itself(database: Database) -> None:
    measure(database, of(Status.OK, 20), at=BEGAN + 2 * MINUTE)
    measure(database, of(Status.OK, 3), at=BEGAN + 3 * MINUTE)
    told(database, ready(0, ok=False, every_s=300))
    assert minutes(database, 6) == "ddudd.", "three requests are too few to say"


def test_ready_speaks_of_five_minutes_at_most_however_seldom_it_is_asked(database: Database) -> None:
    told(database, ready(0, every_s=3600))
    assert minutes(database, 8) == "uuuuu..."


def test_ticks_between_minutes_speak_of_the_minutes_that_they_cover_the_most_of(database: Database) -> None:
    told(database, ready(40 / 60, every_s=20), ready(6 + 2 / 3, every_s=100))
    assert minutes(database, 9) == "u.....uu."


def test_an_hour_with_a_gap_of_the_prober_maintenance_slow_failures_and_a_failing_journey(
    database: Database,
) -> None:
    """The truth: down 10–14, worked on 20–29, nobody looked 40–49, the coach failed for 90 s from minute 55."""
    looked = [n for n in range(60) if not 40 <= n < 50]
    failing = (*GOOD[:3], step(Step.COACH, ok=False, seconds=45, lasted_s=90))
    told(
        database,
        *(ready(n, ok=not 10 <= n < 15 and not 20 <= n < 30) for n in looked),
        journey(0, *GOOD), journey(45, *GOOD),
        journey(55, *failing, late_s=0.5, prober="tokyo", every_s=300),
    )  # fmt: skip
    declare(database, "maintenance", BEGAN + 20 * MINUTE, BEGAN + 30 * MINUTE)
    found = uptime(database, 60)
    # Of the ten minutes that nobody looked at, the journey knows one.
    assert found == Uptime(up=34, down=7, maintenance=10, unknown=9)
    assert found.ratio == pytest.approx(34 / 41)
    assert found.coverage == pytest.approx(41 / 50)
    assert [found.lowest, found.highest] == pytest.approx([34 / 50, 43 / 50])


def test_a_probe_that_was_not_run_says_nothing_of_the_house_and_shows_at_its_prober(
    database: Database,
) -> None:
    idle = Round(Probe.JOURNEY, "http://a.example", "berlin", BEGAN, 900, "1", (), "no_credentials")
    told(database, idle)
    assert minutes(database, 15) == "." * 15
    assert stored(database, "probe, not_run, last_tick_at", "probers") == [
        ("journey", "no_credentials", BEGAN)
    ]
    told(database, journey(15, *GOOD))
    assert stored(database, "not_run", "probers") == [("",)]
    told(
        database,
        Round(Probe.JOURNEY, "http://a.example", "berlin", BEGAN - 15 * MINUTE, 900, "1", (), "late"),
    )
    assert stored(database, "not_run", "probers") == [("",)], "what is told late is of long ago"


def test_a_round_has_steps_or_says_why_there_are_none() -> None:
    with pytest.raises(ValueError, match="not run"):
        journey(0)
    with pytest.raises(ValueError, match="not run"):
        Round(
            Probe.READY, "http://a.example", "berlin", BEGAN, 60, "1", (step(Step.READY),), "no_credentials"
        )
