"""The API over a socket, and what Supabase's own clients are configured with."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from bee.api.house import client_settings
from bee.db import Database, Login
from bee.settings import Settings
from tests.api.serving import serving
from tests.factories import execute

ROOT = Path(__file__).resolve().parents[2]
EMAIL, PASSWORD = "scored@example.org", "correct horse battery"


@dataclass(frozen=True, slots=True)
class Served:
    """An API that listens, and what a client's environment says of it."""

    environment: dict[str, str]

    def run(self, *command: str) -> None:
        """Run a client's suite; it fails with what the suite printed."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={"PATH": os.defpath, "HOME": "/nonexistent"} | self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)


@pytest.fixture
def served(database: Database, tmp_path: Path) -> Iterator[Served]:
    """The API on a port of its own, with a member who has three days of scores and was sent a notification."""
    with serving(database, Settings(home=tmp_path)) as (_, settings):
        environment = client_settings(settings)
        _add_scored_member(database, environment)
        yield Served(environment | {"BEE_EMAIL": EMAIL, "BEE_PASSWORD": PASSWORD})


def _add_scored_member(database: Database, environment: dict[str, str]) -> None:
    answer = httpx.post(
        f"{environment['SUPABASE_URL']}/auth/v1/signup",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"apikey": environment["SUPABASE_ANON_KEY"]},
    )
    assert answer.status_code == 200, answer.text
    user_id = answer.json()["user"]["id"]
    with database.writing(Login.OWNER) as session:
        for day, score in (("2026-03-01", 20), ("2026-03-02", 55.5), ("2026-03-03", 80)):
            execute(
                session,
                """
                insert into daily_engagement_scores
                    (user_id, score_date, raw_score, final_score, momentum_state, definition, event_count,
                     is_complete)
                values (:user_id, cast(:day as date), :score, :score, 'Steady', 'v1', 3, true)
                """,
                user_id=user_id,
                day=day,
                score=score,
            )
        execute(
            session,
            """
            insert into momentum_notifications
                (user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, title,
                 message, sent_at)
            values (:user_id, 'nudge', 'r', 1, 'seed', date '2026-03-01', 'send', 'secret', 'Hello', 'A walk?',
                    timestamptz '2026-03-01 10:00:00Z')
            """,
            user_id=user_id,
        )
