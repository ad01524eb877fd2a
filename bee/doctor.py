"""``bee doctor``: what is configured here, and whether it answers. It starts and changes nothing."""

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import SecretStr

from bee.coach.memory import model_of
from bee.coach.memory.asking import embed
from bee.coach.model import Fault, ModelFailed, Models, Provider
from bee.coach.model.prices import find_price
from bee.coach.prompts.live import live_prompts
from bee.db import Database, Login
from bee.db.address import ServerAddress, embedded_address, server_address
from bee.db.embedded import PORT, find_postmaster
from bee.db.migrations import connect_as_owner, current_state, refuse_old_server
from bee.db.place import look_for_place
from bee.errors import BeeError
from bee.flows import count_population
from bee.ports import is_free
from bee.running import Running, read_running
from bee.settings import Environment, Settings

GIB = 1024**3
LITTLE_DISK_BYTES = 2 * GIB
MODEL_WITHIN_S = 10


class State(StrEnum):
    """How a finding is to be taken."""

    FINE = "fine"
    NOTICE = "notice"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    state: State
    detail: str


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the server says of itself."""

    version: str
    size_bytes: int
    vector: str | None


def examine(settings: Settings) -> list[Finding]:
    """Return what there is to say, settings first."""
    return [
        *_settings(settings),
        _disk(settings),
        *_database(settings),
        _coach(settings),
        _memory(settings),
        *_processes(settings),
    ]


def as_text(findings: list[Finding]) -> str:
    """Return the findings as lines for a person."""
    width = max(len(finding.subject) for finding in findings)
    return "\n".join(f"{f.state:<7} {f.subject:<{width}}  {f.detail}" for f in findings)


def as_json(findings: list[Finding]) -> str:
    """Return the findings as one JSON document."""
    return json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2, ensure_ascii=False)


def _settings(settings: Settings) -> Iterator[Finding]:
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        variable = field.alias or f"BEE_{name.upper()}"
        shown = "set, hidden" if isinstance(value, SecretStr) else "not set" if value is None else str(value)
        yield Finding(variable, State.FINE, shown)


def _disk(settings: Settings) -> Finding:
    place = look_for_place(settings.home)
    folder = place.folder if place else settings.home
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state = State.FINE if free >= LITTLE_DISK_BYTES else State.NOTICE
    return Finding("disk", state, f"{free / GIB:.1f} GiB free in {folder}")


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        address = _address(settings)
        if address is None:
            yield Finding(
                "database", State.NOTICE, "the embedded PostgreSQL is not running; `bee up` starts it"
            )
            return
        with connect_as_owner(address) as connection:
            refuse_old_server(connection.info.server_version)
    except BeeError as error:
        yield Finding("database", State.BROKEN, error.message)
        return
    database = Database(address)
    try:
        yield _told("database", lambda: _server(database))
        migrations = _told("migrations", lambda: _migrations(database))
        yield migrations
        if migrations.state is State.FINE:
            yield _told("members", lambda: _members(database, settings))
            yield _told("prompt", lambda: _prompt(database, settings))
    finally:
        database.dispose()


def _address(settings: Settings) -> ServerAddress | None:
    """Return where the database is; None for an embedded one that does not run, which is left so."""
    if settings.database_url is not None:
        return server_address(settings)
    place = look_for_place(settings.home)
    if place is None or find_postmaster(place) is None:
        return None
    return embedded_address(str(place.socket), PORT)


def _told(subject: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except BeeError as error:
        return Finding(subject, State.BROKEN, error.message)


def _server(database: Database) -> Finding:
    with database.reading(Login.OWNER) as session:
        facts = session.get(ServerFacts, "db/server")
    address = database.address
    kind = "embedded PostgreSQL" if address.is_embedded else "PostgreSQL"
    vector = f"pgvector {facts.vector}" if facts.vector else "no pgvector"
    size = f"{facts.size_bytes / GIB:.2f} GiB"
    return Finding("database", State.FINE, f"{kind} {facts.version}, {vector}, {size}, at {address.place}")


def _migrations(database: Database) -> Finding:
    """Ask as the owner, who sees the records even where the logins were never made."""
    state = current_state(database, Login.OWNER)
    if state.fault is None:
        return Finding(
            "migrations", State.FINE, f"{len(state.applied)} applied, the newest {state.applied[-1]}"
        )
    return Finding("migrations", State.BROKEN, state.fault)


def _members(database: Database, settings: Settings) -> Finding:
    """Ask as the worker: whether the logins of the processes get in shows on the way."""
    found = count_population(database)
    detail = f"{found.members:,}, of whom {found.demo_members:,} are demo members"
    refused = found.demo_members > 0 and settings.environment is Environment.PROD
    return Finding(
        "members",
        State.BROKEN if refused else State.FINE,
        f"{detail}, which prod refuses" if refused else detail,
    )


def _prompt(database: Database, settings: Settings) -> Finding:
    """Say whether what is live here passed with the model that these settings let answer."""
    with database.reading(Login.OWNER) as session:
        found = [each for each in live_prompts(session, settings) if each.environment == settings.environment]
    if not found:
        return Finding("prompt", State.NOTICE, "no prompt is live here; `python -m bee migrate` brings one")
    state = State.NOTICE if any(each.is_untried for each in found) else State.FINE
    return Finding("prompt", state, " ".join(each.told for each in found))


def _coach(settings: Settings) -> Finding:
    """Ask the model that the settings name whether it can be had."""
    provider, _, model = settings.coach_model.partition("/")
    if not model:
        return Finding("coach", State.FINE, "the offline coach answers, by rules and without a model")
    try:
        asyncio.run(_check(settings, Provider(provider), model))
    except BeeError as error:
        return Finding("coach", State.BROKEN, f"{settings.coach_model}: {error.message}")
    if find_price(Provider(provider), model, on=datetime.now(UTC).date()) is None:
        detail = "answers; its price is not known, so only the token budgets hold it"
        return Finding("coach", State.NOTICE, f"{settings.coach_model} {detail}")
    return Finding("coach", State.FINE, f"{settings.coach_model} answers")


def _memory(settings: Settings) -> Finding:
    """Say what memories are compared by, and ask a model of meaning for one text."""
    model = model_of(settings)
    if not model.by_meaning:
        return Finding(
            "memory", State.FINE, f"{model.label}: memories are compared by shared words, not by meaning"
        )

    async def ask() -> None:
        async with Models(settings) as models:
            told = await embed(models, model, ["Hello"], now=datetime.now(UTC), within_s=MODEL_WITHIN_S)
            told.embedded()

    try:
        asyncio.run(ask())
    except BeeError as error:
        detail = f"{model.label}: {error.message} Shared words stand in."
        return Finding("memory", State.BROKEN, detail)
    here = ", in this process: memories are compared by meaning, in English" if model.is_local else ""
    return Finding("memory", State.FINE, f"{model.label} answers{here}")


async def _check(settings: Settings, provider: Provider, model: str) -> None:
    async with Models(settings) as models:
        try:
            async with asyncio.timeout(MODEL_WITHIN_S):
                await models.of(provider).check(model)
        except TimeoutError as error:
            raise ModelFailed(Fault.SLOW, "deadline") from error


def _processes(settings: Settings) -> Iterator[Finding]:
    running = read_running(settings.home)
    if running is not None and running.supervisor.find() is not None:
        yield from _running(running)
        return
    yield Finding("processes", State.NOTICE, "`bee up` is not running here")
    ports = {"BEE_DASHBOARD_PORT": settings.dashboard_port, "BEE_API_PORT": settings.api_port}
    for variable, port in ports.items():
        free = is_free(settings.host, port)
        state = State.FINE if free else State.NOTICE
        yield Finding(f"port {port}", state, "free" if free else f"taken by another program ({variable})")


def _running(running: Running) -> Iterator[Finding]:
    addresses = {"dashboard": running.dashboard, "api": running.api}
    for mark in running.children:
        process = mark.find()
        state = State.FINE if process is not None else State.BROKEN
        where = f", {addresses[mark.name]}" if mark.name in addresses else ""
        yield Finding(mark.name, state, f"process {mark.pid}{where}" if process else "it ended")
