"""Replays for tests: members who write, asking, doing all of one; and as a process, for whoever kills it."""

import asyncio
import json
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic import SecretStr

from bee.audit import Actor
from bee.coach.engine import Coach, Question
from bee.coach.replay import Change, Replay, Replayer, Wanted, changes, replays, request_replay
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.settings import Settings
from tests.coach.ground import AMPLE

ROOT: Final = Path(__file__).resolve().parents[3]
DAY: Final = date(2026, 11, 24)
MORNING: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
# When that day is over wherever somebody may live.
AFTER: Final = datetime(2026, 11, 26, 13, tzinfo=UTC)
PRICED: Final = "openai/gpt-4o-mini"
WALK: Final = "I took a walk today and it felt good"


def say(
    database: Database, settings: Settings, member_id: UUID, message: str, *, now: datetime = MORNING
) -> None:
    """Let a member write, and be answered."""
    claims = json.dumps({"sub": str(member_id), "role": "authenticated"})

    async def run() -> None:
        coach = Coach(database, settings, limits=AMPLE, clock=lambda: now)
        async with coach.models:
            await coach.answer(Question(member_id, message, claims, uuid4(), now))

    asyncio.run(run())


def ask_replay(
    database: Database,
    staff_id: UUID,
    settings: Settings,
    *,
    role: str = "bee_coach",
    seed: int = 7,
    **wanted: Any,
) -> Replay:
    """Ask for a replay as one of the staff does."""
    with database.writing(Login.DASHBOARD, role=role, staff_id=staff_id) as session:
        asked = request_replay(
            session,
            replace(Wanted(1, DAY, PRICED), **wanted),
            settings=settings,
            seed=seed,
            actor=Actor.staff(staff_id),
            now=AFTER,
        )
    return read_replay(database, asked.number)


def read_replay(database: Database, number: int, **who: Any) -> Replay:
    """Return a replay as it stands, as an admin sees it unless told otherwise."""
    with database.reading(Login.DASHBOARD, **(who or {"role": "bee_admin"})) as session:
        return next(replay for replay in replays(session, DAY) if replay.number == number)


def read_changes(database: Database, replay: Replay, **who: Any) -> list[Change]:
    """Return what a replay brought."""
    with database.reading(Login.DASHBOARD, **(who or {"role": "bee_admin"})) as session:
        return changes(session, replay.id)


def do_replay(database: Database, replay: Replay, settings: Settings, **more: Any) -> Replay:
    """Do what the worker does in its turn, for as long as it takes."""
    how: dict[str, Any] = {"limits": AMPLE, "slice_s": 600} | more
    Replayer(database, settings, lambda: AFTER, **how).work_on(replay.id)
    return read_replay(database, replay.number)


def openai_at(address: str, **more: Any) -> Settings:
    """Return settings whose OpenAI is at an address."""
    told = {"login_secret": SecretStr("s" * 40), "OPENAI_API_KEY": "key", "openai_url": f"{address}/v1"}
    return Settings.model_validate(told | more)


def start_replay(address: ServerAddress, service: str, replay_id: UUID) -> "subprocess.Popen[str]":
    """Start a process that does a replay."""
    told = [json.dumps(asdict(address)), service, str(replay_id)]
    command = [sys.executable, "-m", "tests.coach.replay.replaying", *told]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Do a replay until it is over."""
    spoken = json.loads(sys.argv[1])
    pairs = {name: tuple(map(tuple, spoken[name])) for name in ("base", "owner")}
    with Database(ServerAddress(**pairs, login_secret=spoken["login_secret"])) as database:
        settings = openai_at(sys.argv[2])
        Replayer(database, settings, lambda: AFTER, limits=AMPLE, slice_s=600).work_on(UUID(sys.argv[3]))


if __name__ == "__main__":
    main()
