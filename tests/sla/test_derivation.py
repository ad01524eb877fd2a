"""From requests to good and bad: what counts, what does not, and that nothing added is overlooked."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from bee.db import Database, Login
from bee.settings import Settings
from bee.sla.counts import minute_counts, window_counts
from bee.sla.derivation import HOURS_REST, derive
from bee.sla.housekeeping import forget_old_minutes
from bee.sla.minutes import Area, Status
from bee.sla.objectives import get_objective
from bee.sla.recorder import Recorder
from bee.sla.request import Request
from tests.factories import execute, make_member, make_staff
from tests.sla.rows import stored

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
S = Status


def measure(
    database: Database,
    requests: Iterable[Request],
    *,
    at: datetime = NOON,
    release: str = "1.0",
    uncounted: int = 0,
) -> None:
    """Record requests that ended in a minute, as a process does."""
    recorder = Recorder(
        database, release=release, clock=at.timestamp, most_rows=100_000, passed_uncounted=lambda: uncounted
    )
    for request in requests:
        recorder.record(request)
    recorder.flush()


def of(
    status: Status, n: int = 1, *, seconds: float = 0.1, area: Area = Area.API, first_byte_s: float | None = None,
    route: str = "GET /v1/momentum",
) -> list[Request]:  # fmt: skip
    return [Request(route, area, status, seconds, first_byte_s)] * n


def derived(database: Database, now: datetime = NOON + MINUTE) -> dict[str, tuple[int, int]]:
    """Derive, and return what each objective came to since noon."""
    derive(database, now=now)
    found: dict[str, tuple[int, int]] = {}
    with database.reading(Login.WORKER) as session:
        for row in minute_counts(session, since=NOON, until=NOON + timedelta(hours=1)):
            good, bad = found.get(row.objective, (0, 0))
            found[row.objective] = (good + row.good, bad + row.bad)
    return found


@pytest.mark.parametrize(
    ("status", "availability", "errors", "latency"),
    [
        (S.OK, (1, 0), (1, 0), (1, 0)),
        (S.REDIRECT, (1, 0), (1, 0), (1, 0)),
        (S.CLIENT, None, None, None),  # the client's own fault
        (S.LIMITED, None, None, None),  # by policy
        (S.GONE, None, None, None),  # the client's own choice
        (S.FAULT, (0, 1), (0, 1), (0, 1)),  # however fast it was
        (S.BROKEN, (0, 1), (0, 1), (0, 1)),
        (S.TIMEOUT, (0, 1), None, (0, 1)),  # nothing was answered, so no answer was an error
    ],
)
def test_what_each_status_is_to_each_objective(
    status: Status, availability: object, errors: object, latency: object, database: Database
) -> None:
    measure(database, of(status, seconds=0.001))
    found = derived(database)
    assert [found.get(name) for name in ("availability", "errors", "latency")] == [
        availability,
        errors,
        latency,
    ]


def test_a_second_is_within_a_second_and_a_little_more_is_not(database: Database) -> None:
    measure(database, [*of(S.OK, 3, seconds=1.0), *of(S.OK, 2, seconds=1.0001)])
    assert derived(database)["latency"] == (3, 2)


def test_what_the_limiter_let_in_because_it_failed_is_bad_once(database: Database) -> None:
    measure(database, of(S.OK, 10), uncounted=3)
    found = derived(database)
    assert found["availability"] == (7, 3)
    assert found["errors"] == (10, 0)


def test_what_was_let_in_is_bad_even_in_a_minute_without_its_request(database: Database) -> None:
    measure(database, [], uncounted=3)
    assert derived(database) == {"availability": (0, 3)}


def test_a_reply_has_two_latencies_with_objectives_of_their_own(database: Database) -> None:
    coach = Area.COACH
    measure(
        database,
        [
            *of(S.OK, area=coach, seconds=5.0, first_byte_s=0.5),
            *of(S.OK, area=coach, seconds=20.0, first_byte_s=0.5),  # it began in time
            *of(S.OK, area=coach, seconds=5.0, first_byte_s=4.0),  # it ended in time
            *of(S.OK, area=coach, seconds=1.0),  # in one piece: no stream
            *of(S.BROKEN, area=coach, seconds=0.1),
        ],
    )
    found = derived(database)
    assert found["reply_begins"] == (2, 2)
    assert found["reply_ends"] == (3, 2)
    assert "latency" not in found


def test_what_the_house_asks_of_itself_counts_nowhere(database: Database) -> None:
    measure(database, of(S.FAULT, 20, area=Area.HOUSE))
    assert derived(database) == {}


def test_an_empty_house_has_come_to_nothing(database: Database) -> None:
    assert derived(database) == {}
    assert stored(database, "minute", "uptime_minutes") == []


def states(database: Database) -> list[tuple[int, str]]:
    derive(database, now=NOON + timedelta(hours=1))
    return [
        (int((row.minute - NOON) / MINUTE), row.state)
        for row in stored(database, "minute, state", "uptime_minutes")
    ]


@pytest.mark.parametrize(
    ("requests", "state"),
    [
        (of(S.OK), "up"),
        ([*of(S.OK, 9), *of(S.FAULT)], "up"),  # exactly 90 % succeeded
        ([*of(S.OK, 8), *of(S.FAULT, 2)], "down"),
        (of(S.FAULT, 9), "up"),  # too few to tell
        (of(S.FAULT, 10), "down"),
        ([*of(S.OK, 8), *of(S.FAULT, 1), *of(S.CLIENT, 50)], "up"),  # the clients' faults prove nothing
        (of(S.TIMEOUT, 10), "down"),
    ],
)
def test_when_a_minute_is_down(requests: list[Request], state: str, database: Database) -> None:
    measure(database, requests)
    assert states(database) == [(0, state)]


@pytest.mark.parametrize("requests", [[], of(S.CLIENT, 50), of(S.LIMITED, 50), of(S.GONE, 50)])
def test_a_minute_without_evidence_is_not_known(requests: list[Request], database: Database) -> None:
    measure(database, requests)
    assert states(database) == []


def test_what_is_added_later_is_derived_again(database: Database) -> None:
    measure(database, of(S.OK, 10))
    assert derived(database)["errors"] == (10, 0)
    measure(database, of(S.FAULT, 5))
    assert derived(database)["errors"] == (10, 5)
    assert states(database) == [(0, "down")]
    assert stored(database, "minute", "stale_minutes") == []


def test_more_minutes_than_are_taken_at_once_are_all_derived(database: Database) -> None:
    for n in range(3):
        measure(database, of(S.OK), at=NOON + n * MINUTE)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into stale_minutes (minute) select generate_series("
            " cast('2026-02-28 12:00+00' as timestamptz), '2026-03-02 11:59+00', interval '1 minute')",
        )
    assert derived(database)["errors"] == (3, 0)
    assert stored(database, "minute", "stale_minutes") == []


def test_what_is_being_added_while_a_minute_is_derived_is_not_overlooked(database: Database) -> None:
    """The addition holds the mark until it is committed: the mark stays, and is taken the next time."""
    measure(database, of(S.OK, 10))
    with database.writing(Login.OWNER) as adding:
        execute(adding, "update service_minutes set n = 12")
        execute(
            adding,
            "insert into stale_minutes (minute) values (:minute)"
            " on conflict (minute) do update set marked_at = excluded.marked_at",
            minute=NOON,
        )
        assert derived(database) == {}
    assert derived(database)["errors"] == (12, 0)


def hours(database: Database, objective: str = "errors") -> list[Any]:
    rows = stored(database, "objective, route, release, good, bad", "objective_hours")
    return [tuple(row)[1:] for row in rows if row.objective == objective]


def test_an_hour_says_which_route_and_release_its_bad_requests_were_of(database: Database) -> None:
    measure(database, [*of(S.OK, 5), *of(S.FAULT, 2)], release="1.0")
    measure(database, of(S.OK, 7), at=NOON + 5 * MINUTE, release="1.1")
    measure(database, of(S.FAULT, 1, route="POST /v1/events"), at=NOON + 6 * MINUTE, release="1.1")
    derive(database, now=NOON + 7 * MINUTE)
    derive(database, now=NOON + 7 * MINUTE + HOURS_REST + MINUTE)
    assert hours(database) == [
        ("GET /v1/momentum", "1.0", 5, 2),
        ("GET /v1/momentum", "1.1", 7, 0),
        ("POST /v1/events", "1.1", 0, 1),
    ]
    measure(database, of(S.OK, 1), at=NOON + 8 * MINUTE, release="1.1")
    derive(database, now=NOON + timedelta(hours=2))
    derive(database, now=NOON + timedelta(hours=3))
    assert hours(database)[1] == ("GET /v1/momentum", "1.1", 8, 0)


def test_windows_are_sums_of_their_minutes(database: Database) -> None:
    measure(database, of(S.FAULT, 3), at=NOON - 10 * MINUTE)
    measure(database, [*of(S.OK, 4), *of(S.FAULT, 1)], at=NOON - MINUTE)
    measure(database, of(S.FAULT, 9), at=NOON)  # not before noon
    derive(database, now=NOON)
    with database.reading(Login.WORKER) as session:
        found = window_counts(session, until=NOON)["errors"]
    assert (found[5].good, found[5].bad) == (4, 1)
    assert (found[30].good, found[30].bad) == (4, 4)
    assert found[30] == found[4320]


def score_through(database: Database, zone: str, day: str) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into score_frontiers (time_zone, scored_through) values (:zone, cast(:day as date))"
            " on conflict (time_zone) do update set scored_through = excluded.scored_through",
            zone=zone,
            day=day,
        )


@pytest.mark.parametrize(
    ("hour", "minute", "through", "counts"),
    [
        (
            3,
            59,
            "2026-02-28",
            (1, 0),
        ),  # it is not four yet in London, so that the day before yesterday is enough
        (3, 59, "2026-02-27", (0, 1)),
        (4, 0, "2026-02-28", (0, 1)),
        (4, 0, "2026-03-01", (1, 0)),
    ],
)
def test_scores_are_fresh_if_yesterday_is_scored_by_four_in_the_morning(
    hour: int, minute: int, through: str, counts: tuple[int, int], database: Database
) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Europe/London")
    score_through(database, "Europe/London", through)
    now = datetime(2026, 3, 2, hour, minute, 30, tzinfo=UTC)
    derive(database, now=now)
    ((good, bad),) = stored(database, "good, bad", "objective_minutes")
    assert (good, bad) == counts


def test_one_zone_that_is_behind_makes_the_minute_bad_and_the_first_sample_stays(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Europe/London")
        make_member(session, time_zone="Asia/Tokyo")
    score_through(database, "Europe/London", "2026-03-01")
    score_through(database, "Asia/Tokyo", "2026-02-28")
    assert derived(database, NOON)["scores"] == (0, 1)
    score_through(database, "Asia/Tokyo", "2026-03-01")
    assert derived(database, NOON + timedelta(seconds=30))["scores"] == (0, 1)
    assert derived(database, NOON + MINUTE)["scores"] == (1, 1)


def test_members_who_left_are_not_waited_for(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Asia/Tokyo")
        execute(session, "update members set left_on = joined_on + 1")
    assert derived(database, NOON) == {}


def crisis(database: Database, at: datetime) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into outbox (topic, dedupe_key, payload, created_at) values ('safety.crisis', 'x', '{}', :at)",
            at=at,
        )


@pytest.mark.parametrize(("waits_s", "counts"), [(119, (1, 0)), (121, (0, 1))])
def test_a_crisis_has_to_be_handed_on_within_two_minutes(
    waits_s: int, counts: tuple[int, int], database: Database
) -> None:
    crisis(database, NOON - timedelta(seconds=waits_s))
    assert derived(database, NOON)["crisis"] == counts


def test_the_limits_of_what_is_sampled_are_those_that_were_promised() -> None:
    assert (get_objective("push").within_s, get_objective("crisis").within_s) == (600, 120)


def declare(database: Database, kind: str, starts: datetime, ends: datetime, state: str | None = None) -> int:
    """Amend some minutes, as if that had been said in time."""
    with database.writing(Login.OWNER) as session:
        staff = make_staff(session, email=f"{uuid4()}@example.org", full_name="Olga Call")
        said_at = starts - timedelta(hours=1) if kind == "maintenance" else ends
        return int(
            execute(
                session,
                "insert into service_amendments (kind, starts_at, ends_at, state, reason, declared_by, declared_at)"
                " values (:kind, :starts, :ends, :state, 'why', :staff, :said_at) returning id",
                kind=kind, starts=starts, ends=ends, state=state, staff=staff, said_at=said_at,
            ).scalar_one()
        )  # fmt: skip


def withdraw(database: Database, amendment: int) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update service_amendments"
            " set withdrawn_at = now(), withdrawn_by = declared_by, withdrawn_because = 'no' where id = :id",
            id=amendment,
        )


def test_maintenance_is_in_no_figure_and_withdrawing_it_restores_them_all(database: Database) -> None:
    measure(database, of(S.FAULT, 20))
    measure(database, of(S.OK, 20), at=NOON + MINUTE)
    before = derived(database)
    assert (before["errors"], before["uptime"]) == ((20, 20), (1, 1))
    maintenance = declare(database, "maintenance", NOON, NOON + MINUTE)
    assert derived(database) == {name: (good, 0) for name, (good, _) in before.items()}
    withdraw(database, maintenance)
    assert derived(database) == before


def test_a_correction_changes_uptime_alone_the_newest_counts_and_it_goes_before_maintenance(
    database: Database,
) -> None:
    measure(database, of(S.FAULT, 20))
    before = derived(database)
    first = declare(database, "correction", NOON, NOON + MINUTE, "up")
    assert derived(database) == before | {"uptime": (1, 0)}
    newer = declare(database, "correction", NOON, NOON + 2 * MINUTE, "unknown")
    assert "uptime" not in derived(database)
    withdraw(database, newer)
    assert derived(database)["uptime"] == (1, 0)
    declare(database, "maintenance", NOON, NOON + MINUTE)
    assert derived(database) == {"uptime": (1, 0)}
    withdraw(database, first)
    assert derived(database) == {}


def test_a_correction_speaks_of_minutes_that_nothing_was_measured_of(database: Database) -> None:
    declare(database, "correction", NOON, NOON + 3 * MINUTE, "down")
    assert derived(database)["uptime"] == (0, 3)


def test_what_was_kept_long_enough_goes_and_the_rest_stays(database: Database) -> None:
    for days in (0, 34, 36, 401):
        measure(database, of(S.OK), at=NOON - timedelta(days=days))
    derive(database, now=NOON)
    derive(database, now=NOON + HOURS_REST + MINUTE)
    with database.writing(Login.WORKER) as session:
        forget_old_minutes(session, settings=Settings(), now=NOON + MINUTE)
    kept = {
        table: len({tuple(row) for row in stored(database, column, table)})
        for table, column in (
            ("service_minutes", "minute"), ("uptime_minutes", "minute"), ("objective_hours", "hour")
        )
    }  # fmt: skip
    assert kept == {"service_minutes": 2, "uptime_minutes": 3, "objective_hours": 3}
    assert len({row.minute for row in stored(database, "minute", "objective_minutes")}) == 3
    # The processes added something a moment ago by the database's clock.
    with database.writing(Login.WORKER) as session:
        forget_old_minutes(session, settings=Settings(), now=datetime.now(UTC) + timedelta(days=8))
    assert stored(database, "id", "service_recorders") == []


def probe(
    database: Database,
    at: datetime,
    *,
    ok: bool = True,
    every_s: int = 60,
    step: str = "ready",
    seconds: float = 0.2,
) -> None:
    """Keep what the worker's prober saw at a tick; what fails, failed twice and slowly."""
    with database.writing(Login.WORKER) as session:
        execute(
            session,
            "insert into probe_ticks (scheduled_at, target, step, prober, every_s, ok, retried, seconds, reason,"
            " began_s, ended_s, release)"
            " values (:at, 'http://api', :step, 'worker', :every_s, :ok, not :ok, :seconds, :reason, 0, :seconds,"
            " '1')",
            at=at, step=step, every_s=every_s, ok=ok, seconds=seconds, reason="" if ok else "timeout",
        )  # fmt: skip


def test_a_probe_alone_is_evidence_and_one_that_failed_twice_is_down(database: Database) -> None:
    probe(database, NOON)
    probe(database, NOON + 2 * MINUTE, ok=False)
    probe(database, NOON + 3 * MINUTE, ok=False, step="momentum")
    assert states(database) == [(0, "up"), (2, "down"), (3, "down")]


def test_a_failed_probe_counts_whatever_the_requests_say(database: Database) -> None:
    measure(database, of(S.OK, 100))
    probe(database, NOON, ok=False)
    assert states(database) == [(0, "down")]


def test_uptime_is_weighted_by_time_however_slow_the_failing_probes_are(database: Database) -> None:
    """Of 20 minutes 5 are down. Probes that fail take 30 s each: by samples of one loop it would be 86 %."""
    for n in range(20):
        is_down = 5 <= n < 10
        probe(database, NOON + n * MINUTE, ok=not is_down, seconds=30 if is_down else 0.1)
    found = states(database)
    assert [state for _, state in found].count("down") / len(found) == 0.25


def test_a_tick_speaks_of_the_time_until_the_next_one(database: Database) -> None:
    probe(database, NOON, every_s=300)
    probe(database, NOON + 5 * MINUTE, ok=False, every_s=300)
    # At minute 10 the prober was silent: of that nothing is known.
    assert states(database) == [(n, "up" if n < 5 else "down") for n in range(10)]


def test_ticks_off_the_minute_speak_of_one_minute_each(database: Database) -> None:
    for n in range(3):
        probe(database, NOON + n * MINUTE + timedelta(seconds=20), ok=n != 1)
    assert states(database) == [(0, "up"), (1, "down"), (2, "up")]


def test_a_tick_that_is_heard_of_late_is_put_where_it_belongs(database: Database) -> None:
    probe(database, NOON + 30 * MINUTE)
    assert states(database) == [(30, "up")]
    probe(database, NOON + 10 * MINUTE, ok=False)
    assert states(database) == [(10, "down"), (30, "up")]
