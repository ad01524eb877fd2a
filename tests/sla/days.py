"""Some days of requests and probes in a database, for pages and for what reads over long times."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bee.db import Database, Login, WriteSession
from bee.sla.derivation import HOURS_REST, derive, minute_at
from bee.sla.minutes import Area, Status
from bee.sla.recorder import Recorder
from bee.sla.request import Request
from bee.sla.sketch import as_array, sketch_of
from tests.factories import execute, make_member

MINUTE = timedelta(minutes=1)
FAST, SLOW = 0.12, 1.6


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests of one kind in each minute of a time. ``every``: only each so many minutes."""

    starts_at: datetime
    minutes: int
    n: int
    route: str = "GET /v1/momentum"
    release: str = "1.4.0"
    status: str = "2xx"
    seconds: float = FAST
    area: str = "api"
    prompt: str = ""
    model: str = ""
    first_byte_s: float | None = None
    every: int = 1


def pass_by(session: WriteSession, traffic: Traffic) -> None:
    """Store requests as if processes had measured them."""
    first = {} if traffic.first_byte_s is None else {next(iter(sketch_of([traffic.first_byte_s]))): traffic.n}
    execute(
        session,
        """
        insert into service_minutes
            (minute, route, release, prompt, model, status, area, n, seconds, complete, first_byte)
        select
            minute, :route, :release, :prompt, :model, :status, :area, :n, :n * :seconds,
            cast(:complete as integer[]), cast(:first as integer[])
        from generate_series(
            cast(:starts as timestamptz), :ends, make_interval(mins => :every)
        ) as minutes (minute)
        """,
        route=traffic.route, release=traffic.release, prompt=traffic.prompt, model=traffic.model,
        status=traffic.status, area=traffic.area, n=traffic.n, seconds=traffic.seconds, every=traffic.every,
        complete=as_array({next(iter(sketch_of([traffic.seconds]))): traffic.n}), first=as_array(first),
        starts=traffic.starts_at, ends=traffic.starts_at + (traffic.minutes - 1) * MINUTE,
    )  # fmt: skip


def make_stale(session: WriteSession) -> None:
    """Mark every minute that has requests."""
    execute(
        session,
        "insert into stale_minutes (minute) select distinct minute from service_minutes on conflict do nothing",
    )


def settle(database: Database, *, now: datetime) -> None:
    """Derive everything, the hours too."""
    derive(database, now=now)
    derive(database, now=now + HOURS_REST + MINUTE)


def fail(database: Database, *, at: datetime, times: int = 1) -> list[str]:
    """Let requests of one new member fail at a moment, and return their ids."""
    recorder = Recorder(database, release="1.6.0", clock=at.timestamp)
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
    ids = [f"request-{number}" for number in range(times)]
    for each in ids:
        recorder.record(
            Request("GET /v1/momentum", Area.API, Status.FAULT, 0.25, request_id=each, member_id=member)
        )
    recorder.flush()
    return ids


def two_days(database: Database, *, now: datetime) -> datetime:
    """Fill two days that end now: a roll-out with faults on one route, and an outage; return when that began.

    Release 1.5.0 takes half of the traffic for the last 12 hours, and fails 4 % of the events sent to it.
    """
    until = minute_at(now)
    began, outage = until - timedelta(days=2), until - timedelta(hours=5)
    rollout = until - timedelta(hours=12)
    with database.writing(Login.OWNER) as session:
        for traffic in (
            Traffic(began, 2340, 40),
            Traffic(began, 2340, 2, seconds=SLOW, every=2, status="3xx"),
            Traffic(began, 2340, 50, route="POST /v1/events"),
            Traffic(began, 2340, 6, route="POST /v1/ai-coaching-engine/generate-response", area="coach",
                    seconds=4.0, first_byte_s=0.6, prompt="coach 3", model="openai/gpt-5-mini"),
            Traffic(began, 2340, 1, route="POST /v1/events", status="4xx", every=7),
            Traffic(rollout, 420, 24, route="POST /v1/events", release="1.5.0"),
            Traffic(rollout, 420, 1, route="POST /v1/events", release="1.5.0", status="5xx"),
            Traffic(outage, 12, 60, status="5xx", seconds=10.0),
            Traffic(outage + 12 * MINUTE, 288, 40),
            Traffic(outage + 12 * MINUTE, 288, 50, route="POST /v1/events"),
        ):  # fmt: skip
            pass_by(session, traffic)
        make_stale(session)
    settle(database, now=now)
    return outage
