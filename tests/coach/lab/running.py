"""Runs for tests: cases, asking, doing all of one; and as a process, for whoever kills it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from pydantic import SecretStr

from bee.audit import Actor
from bee.coach.exchange import Limits
from bee.coach.lab.case import make_case
from bee.coach.lab.cases import write_case
from bee.coach.lab.run import Output, Run, Wanted, find_run, outputs, request_run
from bee.coach.lab.work import Runner
from bee.coach.prompts.registry import COACH, shipped_prompt
from bee.coach.prompts.template import Parameters, parameters_text, prompt_digest, template_text
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.settings import Environment, Settings
from tests.factories import make_staff

ROOT: Final = Path(__file__).resolve().parents[3]
NOW: Final = datetime(2026, 11, 24, 9, tzinfo=UTC)
PRICED: Final = "openai/gpt-4o-mini"
AMPLE: Final = Limits(total_s=60, first_s=20, gap_s=20, least_s=0.01)
CASES: Final = (
    {"title": "Walk", "state": "Rising", "message": "I took a walk today and it felt good."},
    {"title": "Tired", "state": "NeedsCare", "message": "I am tired but I took a walk today."},
    {"title": "Danger", "kind": "crisis", "category": "self_harm", "message": "I want to die."},
)


def add_coach(database: Database) -> UUID:
    """Add somebody who coaches."""
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Cora", roles=("coach",))


def add_cases(database: Database, coach: UUID, cases: tuple[Mapping[str, Any], ...] = CASES) -> None:
    """Write a few cases: one rising, one of need, one crisis."""
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        for case in cases:
            write_case(session, make_case(case), actor=Actor.staff(coach))


def add_prompt(database: Database, number: int, model: str | None = None) -> str:
    """Add a version of the coach's prompt that differs in its length, and return its digest."""
    template, parameters = shipped_prompt(), Parameters(max_tokens=100 + number)
    sha256 = prompt_digest(template, model, parameters)
    with database.writing(Login.OWNER) as session:
        session.run(
            "coach/add_prompt_version",
            prompt=COACH,
            number=number,
            body=template_text(template),
            model=model,
            parameters=parameters_text(parameters),
            sha256=sha256,
            author_id=None,
            message="shorter",
        )
    return sha256


def ask_run(database: Database, coach: UUID, candidate: int = 2, **wanted: Any) -> Run:
    """Ask for a run as a coach does."""
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        asked = request_run(
            session,
            replace(Wanted(candidate, repeats=2, most_usd=Decimal(1)), **wanted),
            environment=Environment.LOCAL,
            seed=7,
            actor=Actor.staff(coach),
        )
    return read_run(database, asked.number)


def read_run(database: Database, number: int) -> Run:
    """Return a run as it stands."""
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        run = find_run(session, number)
    assert run is not None
    return run


def read_outputs(database: Database, run: Run) -> list[Output]:
    """Return every answer of a run."""
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        return outputs(session, run.id)


def offline(**more: Any) -> Settings:
    """Return settings without any model."""
    return Settings.model_validate({"login_secret": SecretStr("s" * 40)} | more)


def openai_at(address: str, **more: Any) -> Settings:
    """Return settings whose OpenAI is at an address."""
    return offline(OPENAI_API_KEY="key", openai_url=f"{address}/v1", **more)


def do_run(
    database: Database,
    run: Run,
    settings: Settings,
    *,
    limits: Limits = AMPLE,
    slice_s: float = 60,
    slices: int = 99,
) -> Run:
    """Do what the worker does, until the run is over or so often."""
    runner = Runner(database, settings, lambda: NOW, limits=limits, slice_s=slice_s)
    for _ in range(slices):
        runner.work_on(run.id)
        run = read_run(database, run.number)
        if run.is_over:
            break
    return run


def start_run(address: ServerAddress, service: str, run_id: UUID) -> "subprocess.Popen[str]":
    """Start a process that does a run."""
    command = [
        sys.executable,
        "-m",
        "tests.coach.lab.running",
        json.dumps(asdict(address)),
        service,
        str(run_id),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def main() -> None:
    """Do a run until it is over."""
    spoken = json.loads(sys.argv[1])
    pairs = {name: tuple(map(tuple, spoken[name])) for name in ("base", "owner")}
    with Database(ServerAddress(**pairs, login_secret=spoken["login_secret"])) as database:
        Runner(database, openai_at(sys.argv[2]), lambda: NOW, limits=AMPLE, slice_s=600).work_on(
            UUID(sys.argv[3])
        )


if __name__ == "__main__":
    main()
