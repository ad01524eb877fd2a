"""``bee api`` as it runs: several processes on one port, told to stop, killed in the middle of something."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest

from bee.api.serve import ALIVE_WITHIN_S
from bee.db import Database, Login
from bee.processes import has_ended
from tests.api.processes import SOON_S, Api, await_true, bee_api, in_the_way, waiting
from tests.coach.model_server import model_server
from tests.factories import execute

# uvicorn asks every half second.
ASKED_WITHIN_S = 2
pytestmark = pytest.mark.slow


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Api]:
    with bee_api(database, tmp_path) as api:
        yield api


def batch(number: int) -> list[dict[str, str]]:
    return [{"id": str(uuid4()), "event_type": "app_session"} for _ in range(number)]


def stored(database: Database) -> int:
    with database.reading(Login.OWNER) as session:
        return int(execute(session, "select count(*) from engagement_events").scalar_one())


def send_aside(api: Api, headers: dict[str, str], body: object) -> tuple[threading.Thread, list[object]]:
    """Send events from a thread; its list gets the status, or the error that there was instead."""
    outcome: list[object] = []

    def send() -> None:
        try:
            answer = httpx.post(f"{api.url}/v1/events", json=body, headers=headers, timeout=SOON_S)
            outcome.append(answer.status_code)
        except httpx.HTTPError as error:
            outcome.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    return thread, outcome


def test_who_is_killed_in_the_middle_of_a_write_leaves_nothing_and_the_next_one_serves(
    api: Api, database: Database, tmp_path: Path
) -> None:
    headers = api.sign_up("mia@example.org")
    with in_the_way(database):
        thread, outcome = send_aside(api, headers, batch(100))
        await_true(lambda: waiting(database) == 1)
        api.process.kill()
        api.process.wait()
    thread.join()
    assert isinstance(outcome[0], httpx.HTTPError)
    await_true(lambda: waiting(database) == 0)
    assert stored(database) == 0
    port = int(api.url.rpartition(":")[2])
    with bee_api(database, tmp_path, port=port) as successor:
        answer = httpx.post(f"{successor.url}/v1/events", json=batch(100), headers=headers, timeout=SOON_S)
        assert answer.status_code == 200
    assert stored(database) == 100


def test_who_is_told_to_stop_answers_first(api: Api, database: Database) -> None:
    headers = api.sign_up("mia@example.org")
    with in_the_way(database):
        thread, outcome = send_aside(api, headers, batch(100))
        await_true(lambda: waiting(database) == 1)
        api.process.send_signal(signal.SIGTERM)
        assert not api.ended_within(1)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{api.url}/health")
    thread.join()
    assert outcome == [200]
    assert api.ended_within(5)
    assert stored(database) == 100


def test_who_is_told_to_stop_does_not_wait_for_ever(api: Api, database: Database) -> None:
    headers = api.sign_up("mia@example.org")
    with in_the_way(database):
        thread, outcome = send_aside(api, headers, batch(100))
        await_true(lambda: waiting(database) == 1)
        api.process.send_signal(signal.SIGTERM)
        assert api.ended_within(15)
        thread.join()
    assert outcome == [503]
    assert stored(database) == 0


def test_processes_on_one_port_share_the_limit_and_one_that_dies_is_replaced(
    database: Database, tmp_path: Path
) -> None:
    with bee_api(database, tmp_path, workers=3) as api:
        await_true(lambda: len(api.workers()) == 3)
        headers = api.sign_up("mia@example.org")

        def ask(_number: int) -> tuple[int, str]:
            # A connection each, so that the processes take turns.
            answer = httpx.get(f"{api.url}/v1/consents", headers=headers, timeout=SOON_S)
            return answer.status_code, answer.text

        with ThreadPoolExecutor(12) as pool:
            statuses = [status for status, _ in pool.map(ask, range(75))]
        assert set(statuses) == {200, 429}
        assert (statuses.count(200), statuses.count(429)) == (30, 45)
        assert len(_who_served(api)) > 1
        killed = api.workers()[0]
        killed.kill()
        await_true(lambda: killed not in api.workers() and len(api.workers()) == 3)
        assert {httpx.get(f"{api.url}/health", timeout=SOON_S).status_code for _ in range(6)} == {200}
        workers = api.workers()
        api.process.kill()
        await_true(lambda: all(has_ended(worker) for worker in workers))


def test_who_dies_while_asked_whether_alive_is_replaced_at_once(database: Database, tmp_path: Path) -> None:
    with bee_api(database, tmp_path, workers=2) as api:
        await_true(lambda: len(api.workers()) == 2)
        killed = api.workers()[0]
        killed.suspend()
        time.sleep(ASKED_WITHIN_S)
        killed.kill()
        await_true(lambda: killed not in api.workers() and len(api.workers()) == 2, ALIVE_WITHIN_S - 5)


def test_processes_on_one_port_stop_together(database: Database, tmp_path: Path) -> None:
    with bee_api(database, tmp_path, workers=2) as api:
        await_true(lambda: len(api.workers()) == 2)
        workers = api.workers()
        api.process.send_signal(signal.SIGTERM)
        assert api.ended_within(15)
        assert all(has_ended(worker) for worker in workers)


def _who_served(api: Api) -> set[int]:
    lines = [json.loads(line) for line in api.output.read_text(encoding="utf-8").splitlines()]
    return {line["pid"] for line in lines if line["logger"] == "bee.api.requests"}


def test_who_is_killed_while_a_model_speaks_leaves_nothing_and_the_same_request_is_answered_once(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/v1/ai-coaching-engine/generate-response"
    body = {"message": "I took a walk today"}
    with model_server() as service:
        monkeypatch.setenv("OPENAI_API_KEY", "key")
        monkeypatch.setenv("BEE_OPENAI_URL", f"{service.address}/v1")
        monkeypatch.setenv("BEE_COACH_MODEL", "openai/once_stall")
        with bee_api(database, tmp_path) as api:
            headers = api.sign_up("mia@example.org") | {"Idempotency-Key": str(uuid4())}
            with database.writing(Login.OWNER) as session:
                execute(
                    session,
                    "insert into consents (member_id, purpose, granted, source)"
                    " select id, 'coaching', true, 'member' from members",
                )
            with ThreadPoolExecutor(1) as aside:
                waiting_client = aside.submit(
                    httpx.post, f"{api.url}{path}", json=body, headers=headers, timeout=SOON_S
                )
                await_true(lambda: len(service.asked) == 1)
                api.process.kill()
                assert isinstance(waiting_client.exception(), httpx.HTTPError)
            port = int(api.url.rpartition(":")[2])
        with bee_api(database, tmp_path, port=port) as successor:
            answers = [
                httpx.post(f"{successor.url}{path}", json=body, headers=headers, timeout=SOON_S).json()
                for _ in range(2)
            ]
    assert answers[0] == answers[1]
    assert answers[0]["response_text"] == service.text
    assert len(service.asked) == 2
    with database.reading(Login.OWNER) as session:
        assert execute(session, "select count(*) from coach_messages").scalar_one() == 2
