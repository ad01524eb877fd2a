"""Probes of the API itself: what was seen comes in by its key alone, also late, and is no member's request."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from bee.db import Database
from bee.errors import Invalid
from bee.settings import Settings
from bee.sla.probes.prober import running
from bee.sla.probes.ticks import tick_of
from bee.sla.probes.watch import outside, watching
from tests.api.serving import serving
from tests.cluster import away, url_of
from tests.commands import Bee
from tests.run.test_supervisor import wait_until
from tests.sla.probes.servers import behaving, hangs
from tests.sla.rows import counted, stored

NOW = tick_of(datetime.now(UTC), 60)
KEY = "a key of the probers"
TICKS = "scheduled_at, step, prober, ok, retried, reason"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, probe_key=SecretStr(KEY))


@pytest.fixture
def served(database: Database, settings: Settings) -> Iterator[str]:
    """The address of the API over the test's database."""
    with serving(database, settings) as (_server, served):
        yield f"http://127.0.0.1:{served.api_port}"


def a_round(**changes: Any) -> dict[str, Any]:
    seen = {"step": "ready", "ok": True, "retried": False, "seconds": 0.1, "reason": ""}
    return {
        "probe": "ready", "target": "https://api.example.org", "prober": "berlin", "scheduled_at": NOW.isoformat(),
        "every_s": 60, "release": "1.0", "seen": [seen],
    } | changes  # fmt: skip


def tell(client: TestClient, *rounds: object, key: str | None = KEY) -> Any:
    headers = {"X-BEE-Probe": key} if key is not None else {}
    return client.post("/v1/probe-rounds", json={"rounds": rounds}, headers=headers)


def test_what_was_seen_is_noted_once(client: TestClient, database: Database) -> None:
    for noted in (1, 0):
        answer = tell(client, a_round())
        assert (answer.status_code, answer.json()) == (200, {"noted": noted})
    assert stored(database, TICKS, "probe_ticks") == [(NOW, "ready", "berlin", True, False, "")]
    assert stored(database, "prober, every_s, last_tick_at", "probers") == [("berlin", 60, NOW)]


@pytest.mark.parametrize("key", [None, b"", b"another", KEY[:-1].encode(), b"\xe4"])
def test_without_the_key_nothing_is_noted(client: TestClient, database: Database, key: bytes | None) -> None:
    headers = {} if key is None else {b"X-BEE-Probe": key}
    answer = client.post("/v1/probe-rounds", json={"rounds": [a_round()]}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "no_probe_key")
    assert stored(database, TICKS, "probe_ticks") == []


NO_PUSH = "0b0c3a0e-61a5-4f9a-8a0a-0a4de9f4d001"
FAILED = {"step": "ready", "ok": False, "retried": True, "seconds": 1, "reason": "timeout"}


@pytest.mark.parametrize(
    "changes",
    [
        {"prober": "worker"},
        {"prober": "Ber lin"},
        {"scheduled_at": "2026-02-01T12:00:00"},
        {"scheduled_at": "noon"},
        {"every_s": 0},
        {"every_s": 86_400},
        {"target": ""},
        {"target": "x" * 201},
        {"probe": "other"},
        {"seen": []},
        {"seen": [FAILED] * 7},
        {"seen": [FAILED | {"step": "other"}]},
        {"seen": [FAILED | {"seconds": -1}]},
        {"seen": [FAILED | {"seconds": 1e300}]},
        {"seen": [FAILED | {"reason": "Ana said: help"}]},
        {"seen": [FAILED | {"reason": ""}]},
        {"seen": [FAILED | {"retried": False}]},
        {"seen": [FAILED, FAILED]},
        {"target": "https://a\0b"},
        {"target": "https://ana:secret@a.example/path"},
    ],
)
def test_what_is_no_round_is_refused(
    client: TestClient, database: Database, changes: dict[str, object]
) -> None:
    answer = tell(client, a_round(**changes))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_failed")
    assert stored(database, TICKS, "probe_ticks") == []


def test_more_than_a_prober_ever_has_is_refused(client: TestClient) -> None:
    assert tell(client, *[a_round()] * 1001).status_code == 400
    assert tell(client).status_code == 400


def test_somebody_outside_looks_and_the_api_knows_it(
    bee: Bee, served: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEE_PROBE_KEY", KEY)
    said = bee("probe", served, "--once", "--name", "berlin")
    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"\d\d:\d\d:\d\d  ready     ok      \d+\.\d{3} s\n", said.out)
    ((_tick, *seen),) = stored(database, TICKS, "probe_ticks")
    assert seen == ["ready", "berlin", True, False, ""]
    assert stored(database, "target", "probe_ticks") == [(served,)]


def test_a_look_that_is_made_once_speaks_of_its_own_minute(
    bee: Bee, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEE_PROBE_KEY", KEY)
    began = tick_of(datetime.now(UTC), 60)
    lines = bee("probe", served, "--once", "--journey", "--every", "600", "--json").out.splitlines()
    for said in map(json.loads, lines):
        assert said["every_s"] == 60
        assert datetime.fromisoformat(said["scheduled_at"]) >= began
    assert [json.loads(line)["probe"] for line in lines] == ["ready", "journey"]


def test_with_another_key_it_looks_and_keeps_what_it_saw(
    bee: Bee, served: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEE_PROBE_KEY", "another")
    said = bee("probe", served, "--once", "--json")
    assert json.loads(said.out)["seen"][0]["ok"]
    assert said.err.endswith("It could not be told: it is kept and told later.\n")
    assert stored(database, TICKS, "probe_ticks") == []


def test_a_server_that_is_down_is_seen_by_the_exit_code(bee: Bee) -> None:
    said = bee("probe", "http://127.0.0.1:1", "--once", "--name", "berlin")
    assert said.code == 1
    assert "ready     down" in said.out
    assert said.out.endswith("tried twice  refused\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "is no address"),
        (["http://a.example", "--name", "worker"], "give another --name"),
        (["http://a.example", "--name", "A"], "is no name of a prober"),
        (["http://a.example", "--every", "10"], "does not fit a probe every 10 s"),
    ],
)
def test_what_can_not_be_probed_is_said_at_once(bee: Bee, words: list[str], sentence: str) -> None:
    said = bee("probe", *words, "--once")
    assert said.code == 2
    assert sentence in said.err


def test_what_a_prober_elsewhere_is_given_is_printed_and_its_member_made(
    bee: Bee, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = bee("keys", "probe").out
    assert re.fullmatch(r'BEE_PROBE_KEY="[0-9a-f]{64}"\nSUPABASE_ANON_KEY="\S+"\n', said)
    assert stored(database, "is_synthetic", "members") == [(True,)]
    monkeypatch.setenv("BEE_PROBE_KEY", KEY)
    assert bee("keys", "probe").out.startswith(f'BEE_PROBE_KEY="{KEY}"\n')
    monkeypatch.setenv("SUPABASE_URL", "https://project.example.org")
    assert bee("keys", "probe").out == f'BEE_PROBE_KEY="{KEY}"\n'


def test_ticks_of_an_outage_are_told_when_it_is_over(
    served: str, settings: Settings, database: Database
) -> None:
    ticks = [NOW - timedelta(minutes=minutes) for minutes in (3, 2, 1, 0)]
    with outside(settings, served, name="berlin", every_s=60) as (prober,):
        prober.look_at(ticks[0])
        with away(database):
            prober.look_at(ticks[1])
            prober.look_at(ticks[2])
            assert len(prober.spool.waiting(9)) == 2
        prober.look_at(ticks[3])
    assert stored(database, TICKS, "probe_ticks") == [
        (ticks[0], "ready", "berlin", True, False, ""),
        (ticks[1], "ready", "berlin", False, True, "http_503"),
        (ticks[2], "ready", "berlin", False, True, "http_503"),
        (ticks[3], "ready", "berlin", True, False, ""),
    ]


def test_two_probers_at_once_are_two_witnesses_and_two_of_one_name_are_one(
    served: str, settings: Settings, database: Database
) -> None:
    for name in ("berlin", "tokyo", "berlin"):
        with outside(settings, served, name=name, every_s=60) as (prober,):
            prober.look_at(NOW)
    assert [row[2] for row in stored(database, TICKS, "probe_ticks")] == ["berlin", "tokyo"]


def test_workers_side_by_side_look_once_a_tick(served: str, settings: Settings, database: Database) -> None:
    secret = SecretStr(database.address.login_secret or "")
    worker = settings.model_copy(
        update={
            "database_url": url_of(database.address), "login_secret": secret,
            "probe_url": served, "probe_every_s": 3, "probe_timeout_s": 1.0,
        }
    )  # fmt: skip
    with watching(worker), watching(worker):
        wait_until(lambda: len(stored(database, TICKS, "probe_ticks")) >= 2, 60)
    ticks = stored(database, TICKS, "probe_ticks")
    assert {row[2] for row in ticks} == {"worker"}
    assert len({row[0] for row in ticks}) == len(ticks)
    assert list((settings.home / "probes").rglob("*.json")) == []


def test_told_to_stop_while_a_server_hangs_a_worker_does_not_wait_for_it(settings: Settings) -> None:
    pace = {"probe_every_s": 60, "probe_timeout_s": 20.0}
    with behaving(hangs) as server:
        hanging = settings.model_copy(update=pace | {"probe_url": server.url})
        with outside(hanging, server.url, name="berlin", every_s=60) as probers:
            # A minute goes by as it begins, so that a tick is looked at now; the next one is a minute away.
            begins = iter([NOW])
            probers[0].clock = lambda: next(begins, NOW + timedelta(minutes=1))
            with running(probers):
                wait_until(lambda: bool(server.asked), 60)
        assert len(server.asked) == 1


def test_without_an_address_the_worker_probes_nothing(settings: Settings) -> None:
    with watching(settings):
        assert not (settings.home / "probes").exists()


def test_a_worker_whose_settings_can_not_be_says_so(settings: Settings) -> None:
    slow = settings.model_copy(update={"probe_url": "http://127.0.0.1:1", "probe_timeout_s": 30.0})
    with pytest.raises(Invalid, match="does not fit"), watching(slow):
        pass


def test_what_probers_ask_is_in_no_minute_of_members(
    served: str, settings: Settings, database: Database
) -> None:
    with outside(settings, served, name="berlin", every_s=60) as (prober,):
        prober.look_at(NOW)
    wait_until(lambda: len(counted(database)) == 2, 60)
    assert counted(database) == {
        ("(probe) GET /ready", "2xx"): 1,
        ("(probe) POST /v1/probe-rounds", "2xx"): 1,
    }
    assert {area for (area,) in stored(database, "area")} == {"house"}


def test_a_push_is_asked_for_by_the_key_alone_and_an_unknown_one_is_not_found(client: TestClient) -> None:
    headers = {"X-BEE-Probe": KEY}
    assert client.post("/v1/probe-pushes").status_code == 401
    push = client.post("/v1/probe-pushes", headers=headers).json()["id"]
    assert client.get(f"/v1/probe-pushes/{push}").status_code == 401
    assert client.get(f"/v1/probe-pushes/{push}", headers=headers).json() == {"outcome": None}
    assert client.get(f"/v1/probe-pushes/{NO_PUSH}", headers=headers).status_code == 404
    assert client.get("/v1/probe-pushes/x", headers=headers).status_code == 400
