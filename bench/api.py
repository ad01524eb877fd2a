"""The API against what it stands on: a momentum read against a bare handler, a batch of events against COPY.

Members of their own, the same at every scale. Both servers run in processes of their own, and so does who asks
them. CPU is what a server's process took for a read, which other work on the machine changes least. In the end
``--requests`` reads, batches and mistakes are sent, while memory is looked at.
"""

import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import httpx
import jwt
import psutil
import uvicorn

from bee.accounts.keyring import Keyring
from bee.accounts.keys import sealing_of
from bee.accounts.rows import Account
from bee.accounts.tokens import access_token
from bee.api.house import public_address
from bee.api.serve import server_over
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.members.demo import fill_demo
from bee.momentum.scoring import score
from bee.ports import listen
from bee.settings import Environment, Settings
from bench.bare import MOST, bare_app
from bench.ground import Ground
from bench.load import Asked, Load, get, load
from bench.mix import mixed
from bench.place import new_database, owner, settle

TITLE = "The API: a read at least 0.6 of bare, its p95 at most 1.6; a batch of 1,000 at least 0.3 of COPY"
COLUMNS = (
    "members",
    "bare reads/s", "reads/s", "ratio", "bare p95 ms", "p95 ms", "ratio", "bare CPU ms", "CPU ms",
    "COPY ms", "batch ms", "ratio", "MiB at 0 · 10 · 25 · 50 · 75 · 100 % of the requests",
)  # fmt: skip
HOST: Final = "127.0.0.1"
MEMBERS: Final = 300
CONNECTIONS: Final = 16
READS_A_ROUND: Final = 3000
BATCH: Final = 1000
BATCHES_A_ROUND: Final = 10
PARTS_PCT: Final = (10, 15, 25, 25, 25)
EVENT_COLUMNS: Final = "id, user_id, event_type, event_date, metadata, occurred_at, time_zone"


@dataclass(frozen=True, slots=True)
class Served:
    """A server in a process of its own."""

    port: int
    pid: int

    @property
    def mib(self) -> float:
        """The memory that the process takes now."""
        return float(psutil.Process(self.pid).memory_info().rss) / (1 << 20)

    @property
    def cpu_s(self) -> float:
        """The seconds that the process has computed so far."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True, slots=True)
class Reads:
    """What reads of a round took, and the seconds of CPU of one of them."""

    load: Load
    cpu_s: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Read and add by both roads in turn, then read until memory would show."""
    settings = Settings(home=ground.work / "api", requests_per_minute=MOST)
    settings.home.mkdir(exist_ok=True)
    with new_database(ground.server, "bench_api") as address:
        tokens = members_with_tokens(address, settings)
        reads = [get("/v1/momentum", {"Authorization": f"Bearer {token}"}) for token in tokens.values()]
        bare_reads = [get("/v1/momentum", _known_as(member, token)) for member, token in tokens.items()]
        with (
            serving(serve_api, address, settings) as api,
            serving(_serve_bare, address, settings) as bare,
        ):
            for served, requests in ((api, reads), (bare, bare_reads)):
                load(served.port, requests, number=2 * MEMBERS, connections=CONNECTIONS)
            settle(address)
            rounds = [(_read(bare, bare_reads), _read(api, reads)) for _ in range(ground.rounds)]
            copied_s, added_s = _measure_batches(address, api.port, tokens, ground.rounds)
            mib = _measure_memory(api, list(tokens.values()), ground.requests)
    memory = " · ".join(f"{each:.0f}" for each in mib)
    return (f"{len(tokens)}", *_told(rounds), *_compared(copied_s, added_s), memory)


def _known_as(member: UUID, token: str) -> dict[str, str]:
    """Return the headers that tell the bare handler what the API has out of a token."""
    claims = jwt.decode(token, options={"verify_signature": False})
    return {"X-Member": str(member), "X-Claims": json.dumps(claims)}


def _read(served: Served, requests: Sequence[Asked]) -> Reads:
    before_s = served.cpu_s
    took = load(served.port, requests, number=READS_A_ROUND, connections=CONNECTIONS)
    return Reads(took, (served.cpu_s - before_s) / READS_A_ROUND)


def _measure_memory(served: Served, tokens: Sequence[str], number: int) -> list[float]:
    """Return the memory of a server in MiB before so many requests, after each part of them, and after all."""
    mib = [served.mib]
    for part_pct in PARTS_PCT:
        requests = mixed(tokens, number * part_pct // 100)
        load(served.port, requests, number=len(requests), connections=CONNECTIONS)
        mib.append(served.mib)
    return mib


def _told(rounds: Sequence[tuple[Reads, Reads]]) -> tuple[str, ...]:
    bare_rate, rate = (max(pair[which].load.requests_per_s for pair in rounds) for which in (0, 1))
    bare_p95, p95 = (min(pair[which].load.p95_s for pair in rounds) for which in (0, 1))
    bare_cpu, cpu = (min(pair[which].cpu_s for pair in rounds) for which in (0, 1))
    return (
        f"{bare_rate:,.0f}",
        f"{rate:,.0f}",
        f"{rate / bare_rate:.2f}",
        f"{1000 * bare_p95:.1f}",
        f"{1000 * p95:.1f}",
        f"{p95 / bare_p95:.2f}",
        f"{1000 * bare_cpu:.2f}",
        f"{1000 * cpu:.2f}",
    )


def _compared(copied_s: float, added_s: float) -> tuple[str, ...]:
    return f"{1000 * copied_s:.1f}", f"{1000 * added_s:.1f}", f"{copied_s / added_s:.2f}"


def members_with_tokens(address: ServerAddress, settings: Settings) -> dict[UUID, str]:
    """Make members who are scored up to today, and return the token of each."""
    now = datetime.now(UTC)
    with Database(address) as database:
        fill_demo(database, environment=Environment.LOCAL, now=now, members=MEMBERS)
        score(database, now=now, login=Login.OWNER)
        kid, key = Keyring(database, sealing=sealing_of(settings), clock=lambda: now).signing()
    with owner(address) as connection:
        connection.execute("vacuum analyze")
        ids = [row[0] for row in connection.execute("select id from members order by id").fetchall()]
    return {
        member: access_token(
            _account(member, now),
            uuid4(),
            kid=kid,
            key=key,
            issuer=f"{public_address(settings)}/auth/v1",
            now=now,
        )[0]
        for member in ids
    }


def _account(member: UUID, now: datetime) -> Account:
    return Account(member, f"{member}@example.org", "", {}, {}, False, now, now, now)


def _measure_batches(
    address: ServerAddress, port: int, tokens: dict[UUID, str], rounds: int
) -> tuple[float, float]:
    """Return the seconds of a COPY and of a request of as many events, the smallest."""
    copied, added = [], []
    with httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60) as client:
        for member, token in list(tokens.items())[: rounds * BATCHES_A_ROUND]:
            copied.append(_copy(address, _rows(member)))
            body = json.dumps([_event(row) for row in _rows(member)]).encode()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            begun = time.perf_counter()
            answer = client.post("/v1/events", content=body, headers=headers)
            added.append(time.perf_counter() - begun)
            assert answer.text.count('"added"') == BATCH, answer.text[:500]
    return min(copied), min(added)


def _rows(member: UUID) -> list[tuple[str, ...]]:
    """Return a morning's events, in the order of :data:`EVENT_COLUMNS`."""
    begun = datetime.now(UTC) - timedelta(hours=2)
    moments = [begun + timedelta(seconds=number) for number in range(BATCH)]
    return [
        (
            str(uuid4()), str(member), "app_session", f"{moment:%Y-%m-%d}", '{"screen": "home"}',
            moment.isoformat(), "UTC",
        )
        for moment in moments
    ]  # fmt: skip


def _event(row: tuple[str, ...]) -> dict[str, object]:
    event_id, _member, event_type, _date, metadata, occurred_at, time_zone = row
    return {
        "id": event_id,
        "event_type": event_type,
        "occurred_at": occurred_at,
        "time_zone": time_zone,
        "metadata": json.loads(metadata),
    }


def _copy(address: ServerAddress, rows: list[tuple[str, ...]]) -> float:
    """Copy rows into the table as its owner, past the trigger, and return the seconds."""
    text = "".join("\t".join(row) + "\n" for row in rows).encode()
    with owner(address) as connection, connection.transaction():
        connection.execute("set local bee.bulk_load = 'on'")
        begun = time.perf_counter()
        with connection.cursor().copy(f"copy engagement_events ({EVENT_COLUMNS}) from stdin") as copy:
            copy.write(text)
    return time.perf_counter() - begun


Serve = Callable[[ServerAddress, Settings, int], None]


@contextmanager
def serving(serve: Serve, address: ServerAddress, settings: Settings) -> Iterator[Served]:
    """Run a server in a process of its own until the block ends."""
    with listen(HOST, 0, "the bench's port") as listener:
        port = int(listener.getsockname()[1])
    process = get_context("spawn").Process(target=serve, args=(address, settings, port), daemon=True)
    process.start()
    try:
        while True:
            try:
                httpx.get(f"http://{HOST}:{port}/health", timeout=1)
                break
            except httpx.HTTPError:
                assert process.is_alive(), "the server did not start"
                time.sleep(0.1)
        assert process.pid is not None
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.join()


def serve_api(address: ServerAddress, settings: Settings, port: int) -> None:
    # What the API logs is made all the same, and read by nobody.
    from bee.telemetry.logs import configure_logs

    configure_logs(settings.log_level)
    with Path(os.devnull).open("w") as nobody:
        for handler in logging.root.handlers:
            assert isinstance(handler, logging.StreamHandler)
            handler.setStream(nobody)
        with listen(HOST, port, "the bench's port") as listener, Database(address) as database:
            server_over(database, settings).run(sockets=[listener])


def _serve_bare(address: ServerAddress, _settings: Settings, port: int) -> None:
    with listen(HOST, port, "the bench's port") as listener:
        config = uvicorn.Config(bare_app(address), log_config=None, access_log=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])
