"""Service levels: a day of 200 routes and 10 releases, a million requests, and what measuring them costs.

Four processes record the requests, each by its own recorder. The API is the same with and without its recorder.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

import bee.api.asgi
from bee.api.measuring import Measuring
from bee.db import Database, Login, ReadSession
from bee.db.address import ServerAddress
from bee.settings import Settings
from bee.sla.charges import By, Where, charges, requests_of_hour, steps
from bee.sla.counts import minute_counts, window_counts
from bee.sla.derivation import HOURS_REST, derive
from bee.sla.impact import affected, affected_by, bad_requests
from bee.sla.listing import MOST_A_MINUTE
from bee.sla.minutes import Area, Status
from bee.sla.objectives import get_objective
from bee.sla.recorder import Recorder
from bee.sla.request import Request
from bee.sla.sketch import count_within, from_pairs, quantile_s
from bee.sla.standing import levels
from bench.api import CONNECTIONS, READS_A_ROUND, Served, members_with_tokens, serve_api, serving
from bench.bare import MOST
from bench.ground import Ground
from bench.load import Asked, get, load
from bench.place import new_database, owner, settle

TITLE = "Service levels: a day read in < 100 ms, 95 of 100 within 1 %, at most 3 % fewer requests a second"
COLUMNS = (
    "minutes' rows", "derive ms a minute", "series ms", "burn ms", "charges ms", "an hour ms", "30 days ms",
    "whom ms", "requests", "off", "within 1 s off", "p50 · p95 · p99 off %", "own µs", "bare /s", "measured /s",
    "ratio", "CPU ratio",
)  # fmt: skip
NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
ROUTES, RELEASES, WORKERS = 200, 10, 4
# With the usual number of requests a million, and a day; with fewer of them less of both.
TIMES, MINUTES, USUAL = 50, 1440, 20_000
FLUSHES: Final = 20
# So many pairs of loads a round.
PAIRS: Final = 4
# What measuring takes of the processor by itself, which is less than one load differs from the next.
ASKED: Final = 50_000
SHARES: Final = (0.5, 0.95, 0.99)
# Of one kind in a minute: some fast, some slow, one that failed now and then.
FILL: Final = """
    insert into service_minutes (minute, route, release, status, area, n, seconds, complete)
    select
        minute, 'GET /v1/route/' || route, '1.' || release,
        case when (route + release) %% 50 = 0 then '5xx' else '2xx' end,
        'api', 12, 3.5, '{{-150,3},{-120,4},{-90,3},{-40,1},{12,1}}'
    from generate_series(cast(%(since)s as timestamptz), %(until)s - interval '1 minute', interval '1 minute')
        as minutes (minute)
    cross join generate_series(1, %(routes)s) as routes (route)
    cross join generate_series(1, %(releases)s) as releases (release)
"""
# As much as four processes keep of a storm that lasts all day, of so many members.
MEMBERS: Final = 5000
LISTED: Final = 4 * MOST_A_MINUTE
BAD: Final = """
    with people as (
        insert into members (id, external_id, time_zone, joined_on)
        select gen_random_uuid(), 'bench-' || number, 'Europe/London', '2026-01-05'
        from generate_series(1, %(members)s) as numbers (number)
        returning id
    ),
    numbered as (
        select id, row_number() over () as number
        from people
    )
    insert into bad_requests (at, minute, route, release, status, seconds, request_id, user_id, spent)
    select
        minute, minute, 'GET /v1/route/' || number %% 200, '1.' || number %% 10, '5xx', 0.1, 'request-' || number,
        id, '{availability,errors,latency}'
    from generate_series(cast(%(since)s as timestamptz), %(until)s - interval '1 minute', interval '1 minute')
        as minutes (minute)
    cross join generate_series(1, %(listed)s) as places (place)
    inner join numbered
        on numbered.number
        = 1 + (place * 7919 + cast(extract(epoch from minute) as bigint) / 60 * 104729) %% %(members)s
"""
MONTH: Final = """
    insert into objective_minutes (minute, objective, good, bad)
    select minute, objective, 1000, 5
    from generate_series(%(until)s - interval '30 days', %(until)s - interval '1 minute', interval '1 minute')
        as minutes (minute)
    cross join unnest(
        array['availability', 'errors', 'latency', 'reply_begins', 'reply_ends', 'scores', 'push', 'crisis']
    ) as objectives (objective)
    on conflict (minute, objective) do nothing
"""


def measure(ground: Ground) -> tuple[str, ...]:
    """Read a day, compare a million requests with what they were, and let the API answer both ways in turn."""
    with new_database(ground.server, "bench_sla") as address, Database(address) as database:
        day = _measure_day(address, database, _minutes(ground), ground.rounds)
    with new_database(ground.server, "bench_sla_requests") as address:
        exact = _measure_requests(address, TIMES * ground.requests)
    own_s = min(_seconds(_measured()) - _seconds(_answer) for _ in range(ground.rounds))
    return (*day, *exact, f"{1_000_000 * own_s:.1f}", *_measure_overhead(ground))


def _minutes(ground: Ground) -> int:
    return max(60, MINUTES * min(ground.requests, USUAL) // USUAL)


def _measure_day(address: ServerAddress, database: Database, minutes: int, rounds: int) -> tuple[str, ...]:
    with owner(address) as connection:
        connection.execute(
            FILL.encode(),
            {
                "since": NOON - timedelta(minutes=minutes),
                "until": NOON,
                "routes": ROUTES,
                "releases": RELEASES,
            },
        )
        connection.execute("insert into stale_minutes (minute) select distinct minute from service_minutes")
        (rows,) = connection.execute("select count(*) from service_minutes").fetchone() or (0,)
        connection.execute("vacuum analyze service_minutes")
    derived_s = _took(lambda: derive(database, now=NOON))
    derive(database, now=NOON + 2 * HOURS_REST)
    times = {"since": NOON - timedelta(minutes=minutes), "until": NOON}
    with owner(address) as connection:
        connection.execute(BAD.encode(), {**times, "members": MEMBERS, "listed": LISTED})
        connection.execute(MONTH.encode(), {"until": NOON})
        connection.execute("vacuum analyze")
    settle(address)
    return f"{rows:,}", f"{1000 * derived_s / minutes:.1f}", *_measure_reads(database, rounds)


def _measure_reads(database: Database, rounds: int) -> tuple[str, ...]:
    errors, since = get_objective("errors"), NOON - DAY

    def series(session: ReadSession) -> object:
        return (
            minute_counts(session, since=since, until=NOON, objective=errors),
            steps(session, errors, since=since, until=NOON, minutes=15),
        )

    def burn(session: ReadSession) -> object:
        return window_counts(session, until=NOON)

    def charged(session: ReadSession) -> object:
        return [
            charges(session, errors, by, since=since, until=NOON, where=Where())
            for by in (By.ROUTE, By.RELEASE)
        ]

    def hour(session: ReadSession) -> object:
        return requests_of_hour(session, errors, NOON - DAY / 24, Where(route="GET /v1/route/7"))

    def month(session: ReadSession) -> object:
        return levels(session, now=NOON)

    def whom(session: ReadSession) -> object:
        return (
            affected(session, errors, since=since, until=NOON),
            affected_by(session, errors, By.RELEASE, since=since, until=NOON, where=Where()),
            bad_requests(session, errors, since=since, until=NOON, where=Where()),
        )

    return tuple(
        f"{1000 * _read(database, each, rounds):.1f}" for each in (series, burn, charged, hour, month, whom)
    )


def _read(database: Database, read: Callable[[ReadSession], object], rounds: int) -> float:
    def once() -> None:
        with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
            read(session)

    once()
    return min(_took(once) for _ in range(rounds))


def _measure_requests(address: ServerAddress, number: int) -> tuple[str, ...]:
    each = number // WORKERS
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        recorded = list(pool.map(record, [address] * WORKERS, range(WORKERS), [each] * WORKERS))
    latencies = sorted(seconds for some in recorded for seconds in some)
    with owner(address) as connection:
        found: Any = connection.execute("select n, complete from service_totals").fetchall()
    ((n, pairs),) = found
    sketch = from_pairs(pairs)
    within = sum(seconds <= 1 for seconds in latencies)
    off = [_off_pct(quantile_s(sketch, share), latencies[_rank(share, len(latencies))]) for share in SHARES]
    return (
        f"{len(latencies):,}",
        f"{n - len(latencies)}",
        f"{count_within(sketch, 0) - within}",
        " · ".join(f"{each:.2f}" for each in off),
    )


def record(address: ServerAddress, worker: int, number: int) -> list[float]:
    """Record requests in this process, adding up now and then, and return what each took."""
    chance = random.Random(worker)  # noqa: S311  # no secret
    latencies = [min(chance.lognormvariate(-1.5, 1.1), 59.0) for _ in range(number)]
    with Database(address) as database:
        recorder = Recorder(database, release="1.0", clock=NOON.timestamp)
        for place, seconds in enumerate(latencies):
            recorder.record(Request("GET /v1/momentum", Area.API, Status.OK, seconds))
            if place % max(number // FLUSHES, 1) == 0:
                recorder.flush()
        recorder.flush()
    return latencies


def _rank(share: float, number: int) -> int:
    return max(1, -int(-share * number // 1)) - 1


def _off_pct(found: float | None, exact: float) -> float:
    assert found is not None
    return 100 * abs(found / exact - 1)


def _measured() -> ASGIApp:
    # Nothing is added up, so that no database is asked for.
    recorder = Recorder(Database(ServerAddress((), (), None)), release="1.0")
    return Measuring(_answer, recorder, probe_key="nobody's")


async def _answer(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def _seconds(app: ASGIApp) -> float:
    """Return how long the processor is busy with a request, of which nothing is read and nothing is sent."""
    headers = [(b"host", b"127.0.0.1"), (b"authorization", b"Bearer " + 700 * b"a"), (b"accept", b"*/*")]

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_message: Message) -> None:
        return None

    async def ask() -> float:
        began = time.process_time()
        for _ in range(ASKED):
            await app(
                {"type": "http", "method": "GET", "path": "/v1/momentum", "headers": headers}, receive, send
            )
        return (time.process_time() - began) / ASKED

    return asyncio.run(ask())


def _measure_overhead(ground: Ground) -> tuple[str, ...]:
    settings = Settings(home=ground.work / "sla", requests_per_minute=MOST)
    settings.home.mkdir(exist_ok=True)
    with new_database(ground.server, "bench_sla_api") as address:
        tokens = members_with_tokens(address, settings)
        reads = [get("/v1/momentum", {"Authorization": f"Bearer {token}"}) for token in tokens.values()]
        with (
            serving(_serve_unmeasured, address, settings) as bare,
            serving(serve_api, address, settings) as api,
        ):
            for served in (bare, api):
                load(served.port, reads, number=READS_A_ROUND, connections=CONNECTIONS)
            pairs = [
                _pair(bare, api, reads, is_turned=place % 2 == 1) for place in range(PAIRS * ground.rounds)
            ]
    bare_rate, rate = (max(pair[which][0] for pair in pairs) for which in (0, 1))
    # Of two neighbours in time each, for the machine is not the same from one minute to the next.
    ratio, cpu_ratio = (statistics.median(pair[1][of] / pair[0][of] for pair in pairs) for of in (0, 1))
    return f"{bare_rate:,.0f}", f"{rate:,.0f}", f"{ratio:.3f}", f"{cpu_ratio:.3f}"


def _pair(
    bare: Served, api: Served, reads: Sequence[Asked], *, is_turned: bool
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return requests a second and CPU for all of them, without and with; neither is always first."""
    if is_turned:
        with_it = _loaded(api, reads)
        return _loaded(bare, reads), with_it
    return _loaded(bare, reads), _loaded(api, reads)


def _loaded(served: Served, reads: Sequence[Asked]) -> tuple[float, float]:
    before_s = served.cpu_s
    took = load(served.port, reads, number=READS_A_ROUND, connections=CONNECTIONS)
    return took.requests_per_s, served.cpu_s - before_s


def _serve_unmeasured(address: ServerAddress, settings: Settings, port: int) -> None:
    """Serve the same application without what measures its requests."""
    # The one part that is left out.
    vars(bee.api.asgi)["Measuring"] = _unmeasured
    serve_api(address, settings, port)


def _unmeasured(app: Any, _recorder: Recorder, **_more: object) -> Any:
    return app


def _took(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun
