"""Nothing personal is in any byte that the processes write, whether requests succeed or fail in the worst way."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2 as httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bee.db import Database, Login
from bee.jobs import enqueue
from tests.api.processes import SOON_S, Api, bee_api
from tests.commands import database_url
from tests.conftest import ROOT
from tests.telemetry.planted import (
    EMAIL,
    NAME,
    PASSWORD,
    PHONE,
    PUSH_TOKEN,
    WORDS,
    await_line,
    break_table,
    leaks,
    lines,
)

pytestmark = pytest.mark.slow


def sign_up(api: Api, client: httpx.Client) -> dict[str, Any]:
    answer = client.post(
        "/auth/v1/signup", json={"email": EMAIL, "password": PASSWORD, "data": {"full_name": NAME}}
    )
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.json()
    return session


def ask_everything(client: httpx.Client, member: dict[str, str]) -> list[int]:
    """Ask with the planted words in every place where a request has one; return the statuses."""
    event = {"id": str(uuid4()), "event_type": "journal_entry", "metadata": {"text": WORDS}}
    broken = {"id": NAME, "event_type": WORDS, "metadata": PHONE}
    coach = "/v1/ai-coaching-engine/generate-response"
    query = '{ membersCollection(filter: {name: {eq: "Zenobia"}}) { edges } }'
    asked = [
        client.post("/v1/events", json=[event, broken], headers=member),
        client.post("/v1/events", content=f'{{"id": "{NAME}', headers=member),
        client.put("/v1/push-tokens", json={"fcm_token": PUSH_TOKEN, "platform": "android"}, headers=member),
        client.get(f"/v1/momentum/history?days={NAME}", headers=member),
        client.get(f"/rest/v1/engagement_events?metadata->>text=eq.{WORDS}&{NAME}", headers=member),
        client.post("/graphql/v1", json={"query": query}, headers=member),
        client.post(coach, json={"message": WORDS}, headers=member),
        client.post(coach, json={"message": f"{WORDS}. I want to kill myself."}, headers=member),
        client.get(f"/{NAME}/{EMAIL}?{WORDS}", headers=member),
        client.get("/v1/momentum", headers={"Authorization": f"Bearer {PUSH_TOKEN}.{NAME}"}),
        client.post("/auth/v1/token?grant_type=password", json={"email": EMAIL, "password": WORDS}),
        client.get("/v1/momentum", headers=member | {"X-Request-Id": EMAIL, "User-Agent": NAME}),
    ]
    return [answer.status_code for answer in asked]


def test_the_api_writes_nothing_of_anybody_when_all_is_well_and_when_nothing_is(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEE_LOG_LEVEL", "DEBUG")
    with bee_api(database, tmp_path) as api, client_of(api) as client:
        session = sign_up(api, client)
        member = {"Authorization": f"Bearer {session['access_token']}"}
        assert {200, 400, 401, 404} <= set(ask_everything(client, member))
        with (
            pytest.raises(InvalidStatus),
            connect(f"ws{api.url[4:]}/realtime/v1/nowhere?apikey={session['access_token']}&{NAME}"),
        ):
            pass
        break_table(database, "engagement_events")
        numbered = {"X-Request-Id": "number-of-the-app", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
        event = {"id": str(uuid4()), "event_type": "journal_entry", "metadata": {"text": WORDS}}
        failed = client.post("/v1/events", json=event, headers=member | numbered)
        assert failed.status_code == 500
        assert failed.headers["X-Request-Id"] == "number-of-the-app"
        assert "number-of-the-app" in failed.json()["error"]["message"]
        fault = await_line(api.output, message="a request failed")
        await_line(api.output, request_id="number-of-the-app", message="request", status=500)
    assert (fault["request_id"], fault["route"]) == ("number-of-the-app", "/v1/events")
    assert (fault["process"], fault["trace_id"]) == ("api", "a" * 32)
    assert fault["release"]
    assert "psycopg.errors.RaiseException (P0001)" in fault["exception"]
    assert "bee/api/routes/events.py" in fault["exception"]
    assert leaks(api.output, session["access_token"], session["refresh_token"], api.anon_key) == []
    assert all(line["severity"] and line["time"] for line in lines(api.output))


def client_of(api: Api) -> httpx.Client:
    return httpx.Client(base_url=api.url, headers={"apikey": api.anon_key}, timeout=SOON_S)


def run_worker(database: Database, home: Path) -> tuple[int, Path]:
    output = home / "worker.log"
    with output.open("wb") as file:
        ended = subprocess.run(
            [sys.executable, "-m", "bee", "worker", "--once"],
            cwd=ROOT,
            env=os.environ
            | {"DATABASE_URL": database_url(database), "BEE_HOME": str(home), "BEE_LOG_LEVEL": "DEBUG"},
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return ended.returncode, output


def test_the_worker_writes_nothing_of_anybody_even_as_it_ends_by_a_fault(
    database: Database, tmp_path: Path
) -> None:
    with bee_api(database, tmp_path) as api, client_of(api) as client:
        session = sign_up(api, client)
        ask_everything(client, {"Authorization": f"Bearer {session['access_token']}"})
    mend = break_table(database, "daily_engagement_scores")
    code, output = run_worker(database, tmp_path)
    assert code == 1
    job, fault = lines(output)[-2:]
    assert (job["message"], job["job_kind"]) == ("a job ended by a fault", "score")
    assert (fault["severity"], fault["process"], fault["message"]) == (
        "CRITICAL",
        "worker",
        "the process ends by a fault",
    )
    assert "RaiseException" in fault["exception"]
    assert leaks(output) == []

    mend()
    with database.writing(Login.OWNER) as writing:
        enqueue(writing, "score", key="once more")
    code, output = run_worker(database, tmp_path)
    assert code == 0
    assert any(line["message"].startswith("score (job") for line in lines(output))
    assert leaks(output) == []
