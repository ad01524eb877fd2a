"""A member's journey: through the whole house, in no figure, and where it ends it says at which step."""

import logging
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bee.db import Database, Login
from bee.flows import is_empty
from bee.members.demo import fill_demo
from bee.settings import Environment, Settings
from bee.sla.probes import journey
from bee.sla.probes.asking import Asker
from bee.sla.probes.journey import Credentials, Journey
from bee.sla.probes.member import ensure_probe_member, forget_journeys, probe_password
from bee.sla.probes.ticks import Step, tick_of
from bee.sla.probes.watch import outside
from bee.worker import Worker
from tests.api.serving import serving
from tests.factories import make_member
from tests.momentum.histories import happen
from tests.run.test_supervisor import wait_until
from tests.sla.probes.servers import behaving, says
from tests.sla.rows import counted, stored

NOW = datetime.now(UTC)
KEY = "a key of the probers"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, probe_key=SecretStr(KEY))


@pytest.fixture
def served(database: Database, settings: Settings) -> Iterator[str]:
    with serving(database, settings) as (_server, served):
        yield f"http://127.0.0.1:{served.api_port}"


@contextmanager
def working(database: Database) -> Iterator[None]:
    """Have a worker do what is due for as long as the block lasts."""
    stopped = threading.Event()
    worker = Worker(database, Settings(), "w1", random.Random(7))  # noqa: S311  # no secret

    def work() -> None:
        while not stopped.wait(0.2):
            worker.tick()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def travel(settings: Settings, url: str) -> list[tuple[str, bool, bool, str]]:
    """Take a journey as somebody outside, and return what each step came to."""
    with outside(settings, url, name="berlin", every_s=60, with_journey=True) as (_ready, prober):
        seen = prober.look_at(tick_of(prober.clock(), prober.every_s)).seen
    return [(step.step, step.ok, step.retried, step.reason) for step in seen]


def test_the_journey_goes_through_the_house_and_each_step_is_noted(
    database: Database, settings: Settings, served: str
) -> None:
    ensure_probe_member(database, KEY, now=NOW)
    with working(database):
        for _ in range(2):
            assert travel(settings, served) == [
                ("sign_in", True, False, ""),
                ("event", True, False, ""),
                ("momentum", True, False, ""),
                ("coach", True, False, "offline"),
                ("push", True, False, ""),
            ]
    # Both may lie on one tick, and what was noted first stays.
    assert {step for (step,) in stored(database, "step", "probe_ticks")} == set(Step) - {Step.READY}
    assert stored(database, "outcome", "probe_pushes") == [("recorded",), ("recorded",)]
    assert stored(database, "event_type, source", "engagement_events") == [("app_session", "app")] * 2
    assert stored(database, "user_agent", "member_sessions") == [], "it signs out"


def test_the_journey_counts_in_no_figure_and_as_no_request(
    database: Database, settings: Settings, served: str
) -> None:
    ensure_probe_member(database, KEY, now=NOW)
    with working(database):
        travel(settings, served)
        wait_until(lambda: ("(probe) GET /v1/momentum", "2xx") in counted(database), 60)
    assert {area for (area,) in stored(database, "area")} == {"house"}
    assert all(route.startswith("(probe) ") for route, _status in counted(database))
    assert is_empty(database), "no member is there"
    for table in ("engagement_days", "momentum_notifications", "coach_model_calls", "safety_events"):
        assert stored(database, "1", table) == [], table


def test_demo_members_come_beside_it_as_if_it_were_not_there(database: Database) -> None:
    ensure_probe_member(database, KEY, now=NOW)
    assert fill_demo(database, environment=Environment.LOCAL, now=NOW, members=3).members == 3


def test_without_a_worker_the_push_is_not_taken(
    database: Database, settings: Settings, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(journey.TIMEOUTS_S, Step.PUSH, 5.0)
    ensure_probe_member(database, KEY, now=NOW)
    assert travel(settings, served)[-1] == ("push", False, True, "not_taken")


def test_with_another_key_nobody_signs_in_and_no_further_step_is_claimed(
    database: Database, settings: Settings, served: str
) -> None:
    ensure_probe_member(database, "another", now=NOW)
    assert travel(settings, served) == [("sign_in", False, True, "http_400")]


TOKEN = says(200, {"access_token": "token"})
BEFORE = says(200, {"date": "2026-02-01", "event_count": 3})
ADDED = says(200, {"results": [{"id": "x", "status": "added"}]})
BROKEN = says(500, {})
COACH = says(200, {"response_text": "Well done.", "model": "openai/gpt"})
PUSHED = (says(200, {}), says(200, {"id": "x"}), says(200, {"outcome": "recorded"}), says(204, {}))


CHANGED = says(200, {"date": "2026-02-01", "event_count": 4})
MIDNIGHT = says(200, {"date": "2026-02-02", "event_count": 1})
NO_DEVICE = (*PUSHED[:2], says(200, {"outcome": "no_device"}))
REJECTED = says(200, {"results": [{"status": "rejected"}]})


@pytest.mark.parametrize(
    ("answers", "failing"),
    [
        ((BEFORE, ADDED, BEFORE, BEFORE, COACH, *PUSHED), ("momentum", "unchanged")),
        ((BEFORE, ADDED, BROKEN, BROKEN, COACH, *PUSHED), ("momentum", "http_500")),
        ((BEFORE, REJECTED, ADDED, MIDNIGHT, COACH, *PUSHED), None),
        ((BEFORE, REJECTED, BROKEN, COACH, *PUSHED), ("event", "http_500")),
        ((BEFORE, ADDED, CHANGED, says(200, {"response_text": ""}), BROKEN, *PUSHED), ("coach", "http_500")),
        ((BEFORE, ADDED, CHANGED, COACH, *NO_DEVICE, *NO_DEVICE, BROKEN), ("push", "no_device")),
    ],
)
def test_a_step_that_fails_names_itself_and_the_others_are_taken(
    answers: tuple[Any, ...], failing: tuple[str, str] | None
) -> None:
    with behaving(TOKEN, *answers) as server, Asker(server.url, {}) as asker:
        seen = Journey(asker, Credentials("key", "probe@bee", "password")).see()
        asked = len(server.asked)
    assert [(step.step, step.reason) for step in seen if not step.ok] == ([failing] if failing else [])
    assert asked == 1 + len(answers)
    expected = {"sign_in", "event", "momentum", "coach", "push"}
    assert {str(step.step) for step in seen} == expected - (
        {"momentum"} if failing and failing[0] == "event" else set()
    )


def test_the_member_is_made_once_by_however_many_at_once(database: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _n: ensure_probe_member(database, KEY, now=NOW), range(4)))
    assert len(made) == 1
    assert stored(database, "is_synthetic, is_demo, coach_id", "members") == [(True, False, None)]


def test_another_key_is_another_password_of_the_same_member(database: Database) -> None:
    first = ensure_probe_member(database, KEY, now=NOW)
    (before,) = stored(database, "password_hash", "member_accounts")
    assert ensure_probe_member(database, KEY, now=NOW) == first
    assert stored(database, "password_hash", "member_accounts") == [before]
    assert ensure_probe_member(database, "another", now=NOW) == first
    assert stored(database, "password_hash", "member_accounts") != [before]
    assert probe_password(KEY) != probe_password("another")


def test_its_secret_is_in_no_log_and_in_no_row(
    database: Database, settings: Settings, served: str, caplog: pytest.LogCaptureFixture
) -> None:
    ensure_probe_member(database, "another", now=NOW)
    with caplog.at_level(logging.DEBUG):
        travel(settings, served)
    assert KEY not in caplog.text
    assert probe_password(KEY) not in caplog.text
    rows = stored(database, "cast(members as text)", "members")
    rows += stored(database, "cast(member_accounts as text)", "member_accounts")
    assert probe_password("another") not in str(rows)


def test_what_journeys_leave_behind_is_forgotten_and_nothing_of_members(
    database: Database, settings: Settings, served: str
) -> None:
    ensure_probe_member(database, KEY, now=NOW)
    with working(database):
        travel(settings, served)
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        happen(session, member, {NOW.date(): ["journal_entry"]})
        assert forget_journeys(session, kept_days=7, now=NOW) == 0
        gone = forget_journeys(session, kept_days=7, now=NOW + timedelta(days=9))
    assert gone == 1 + 1 + 2 + 1, "an event, the score of its day, two messages, a push"
    assert stored(database, "event_type", "engagement_events") == [("journal_entry",)]
