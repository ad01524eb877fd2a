"""Measuring: each request by its route's template and what became of it, whatever goes wrong inside."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from bee.api.asgi import create_app
from bee.api.measuring import COACH, MEASURED, Measuring, label, named
from bee.db import Database, Login
from bee.settings import Settings
from bee.sla.minutes import Area, Status
from bee.sla.recorder import Recorder
from bee.sla.request import Request as Measured
from tests.api.conftest import Keys, sign_up
from tests.api.processes import SOON_S, await_true, bee_api
from tests.factories import execute
from tests.sla.rows import counted, stored

KEY = "the prober's"


class Kept(Recorder):
    """A recorder that also hands out what was recorded."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, release="1.0")
        self.requests: list[Measured] = []

    def record(self, request: Measured) -> None:
        """Keep it, and count it."""
        self.requests.append(request)
        super().record(request)


@pytest.fixture
def recorder(database: Database) -> Kept:
    return Kept(database)


async def fine(request: Request) -> Response:
    return Response("fine")


async def fault(request: Request) -> Response:
    raise RuntimeError("a fault")


async def cut(request: Request) -> Response:
    async def parts() -> object:
        yield b"one"
        raise RuntimeError("a fault in the middle")

    return StreamingResponse(parts())  # type: ignore[arg-type]  # as the framework takes it


async def slow_stream(request: Request) -> Response:
    async def parts() -> object:
        yield b"one"
        await asyncio.sleep(0.2)
        yield b"two"

    return StreamingResponse(parts())  # type: ignore[arg-type]


async def named_at_length(request: Request) -> Response:
    label(request.scope, prompt="p" * 100 + request.query_params["end"], model="m" * 200)
    return Response("fine")


@pytest.fixture
def small(recorder: Kept) -> TestClient:
    routes = [Route(f"/{name.__name__}", name) for name in (fine, fault, cut, slow_stream, named_at_length)]
    return TestClient(
        Measuring(Starlette(routes=routes), recorder, probe_key=KEY), raise_server_exceptions=False
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [("/fine", Status.OK), ("/fault", Status.FAULT), ("/cut", Status.BROKEN), ("/none", Status.CLIENT)],
)
def test_whatever_goes_wrong_is_counted_as_what_it_is(
    path: str, status: Status, small: TestClient, recorder: Kept
) -> None:
    small.get(path)
    assert [request.status for request in recorder.requests] == [status]


def test_a_stream_has_two_latencies_and_an_answer_in_one_piece_has_one(
    small: TestClient, recorder: Kept
) -> None:
    small.get("/slow_stream")
    small.get("/fine")
    stream, plain = recorder.requests
    assert stream.first_byte_s is not None
    assert stream.seconds >= stream.first_byte_s + 0.2
    assert plain.first_byte_s is None


def test_names_that_are_one_when_cut_are_counted_together(
    small: TestClient, recorder: Kept, database: Database
) -> None:
    for end in ("this", "that"):
        small.get("/named_at_length", params={"end": end})
    recorder.flush()
    assert stored(database, "prompt, model, n") == [("p" * 100, "m" * 100, 2)]


Inside = Callable[[Scope, Receive, Send], Awaitable[None]]


async def ask(app: Inside, recorder: Recorder, *heard: Message) -> None:
    """Ask an application, and let it hear messages."""
    messages = iter(heard)

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        pass

    scope = {"type": "http", "method": "GET", "path": "/x", "headers": []}
    await Measuring(app, recorder, probe_key=KEY)(scope, receive, send)


def test_who_proves_to_be_a_prober_is_no_member_and_nobody_else_can_hide_so(
    small: TestClient, recorder: Kept
) -> None:
    for sent in (KEY, "the prober's guess", ""):
        small.get("/fault", headers={"X-BEE-Probe": sent})
    small.get("/fault")
    assert [(request.route, request.area, request.status) for request in recorder.requests] == [
        ("(probe) GET /fault", Area.HOUSE, Status.FAULT),
        *[("GET /fault", Area.API, Status.FAULT)] * 3,
    ]


def test_a_client_that_leaves_in_the_middle_is_no_fault_of_ours(recorder: Kept) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await receive()

    asyncio.run(ask(app, recorder, {"type": "http.disconnect"}))
    assert [request.status for request in recorder.requests] == [Status.GONE]


def test_a_send_to_nobody_is_a_client_that_left(recorder: Kept) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        scope[MEASURED]._send = refuse
        await send({"type": "http.response.body", "body": b"one", "more_body": True})

    async def refuse(message: Message) -> None:
        raise OSError("nobody is there")

    with pytest.raises(OSError, match="nobody"):
        asyncio.run(ask(app, recorder))
    assert [request.status for request in recorder.requests] == [Status.GONE]


def test_routes_are_templates_the_alias_is_the_same_and_what_is_no_address_is_one(
    database: Database, settings: Settings, keys: Keys
) -> None:
    app = create_app(database, settings)
    with TestClient(app, raise_server_exceptions=False, headers={"apikey": keys.anon}) as client:
        mia = sign_up(client)
        for path in ("/v1/momentum", "/functions/v1/momentum"):
            assert client.get(path, headers=mia.headers).status_code == 200
        client.post(f"/v1/notifications/{str(uuid4()).upper()}/opened", headers=mia.headers)
        client.get("/rest/v1/momentum_notifications", headers=mia.headers)
        client.get(f"/{uuid4()}")
        client.request("BREW", "/v1/momentum")
        client.post(
            "/functions/v1/ai-coaching-engine/generate-response",
            json={"message": "I walked today."},
            headers=mia.headers,
        )
        client.get("/ready")
        client.get("/docs")
    assert counted(database) == {
        ("(no such address)", "4xx"): 1,
        ("GET /docs", "2xx"): 1,
        ("GET /ready", "2xx"): 1,
        ("GET /rest/v1/{table}", "2xx"): 1,
        ("GET /v1/momentum", "2xx"): 2,
        ("OTHER /v1/momentum", "4xx"): 1,
        ("POST /auth/v1/signup", "2xx"): 1,
        ("POST /v1/ai-coaching-engine/generate-response", "2xx"): 1,
        ("POST /v1/notifications/{notification_id}/opened", "4xx"): 1,
    }
    areas = {row.route: row.area for row in stored(database, "route, area")}
    assert areas[COACH] == "coach"
    assert {areas["GET /ready"], areas["GET /docs"]} == {"house"}
    assert [row.model for row in stored(database, "route, model") if row.route == COACH] == ["offline"]


def test_the_houses_own_requests_are_nobody_elses() -> None:
    assert named("GET", "/metrics", False) == ("GET /metrics", Area.HOUSE)
    assert named("GET", "/functions/v1/momentum", False) == ("GET /v1/momentum", Area.API)
    assert named(*COACH.split(), False) == (COACH, Area.COACH)
    assert named(*COACH.split(), True) == (f"(probe) {COACH}", Area.HOUSE)


def test_what_is_over_is_not_held_until_the_collector_of_cycles_comes(recorder: Kept) -> None:
    scope: Scope = {"type": "http", "path": "/", "method": "GET", "headers": []}

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        assert MEASURED in scope
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body"})

    async def nothing() -> Message:
        return {"type": "http.request"}

    async def sent(_message: Message) -> None:
        """A server's way out, which holds the scope as the scope would hold it."""
        assert scope

    asyncio.run(Measuring(app, recorder, probe_key=KEY)(scope, nothing, sent))
    assert len(recorder.requests) == 1
    assert MEASURED not in scope


def test_a_fault_is_kept_with_the_number_of_its_answer_and_the_member_who_asked(
    database: Database, settings: Settings, keys: Keys
) -> None:
    app = create_app(database, settings)
    with TestClient(app, raise_server_exceptions=False, headers={"apikey": keys.anon}) as client:
        mia = sign_up(client)
        with database.writing(Login.OWNER) as session:
            # What these addresses read is not there.
            execute(session, "alter table daily_engagement_scores rename to elsewhere")
        answers = [
            client.get("/v1/momentum", headers=mia.headers),
            client.get("/v1/momentum/history", headers=mia.headers | {"X-Request-Id": "of-the-client"}),
        ]
        client.get("/v1/momentum")
    assert {answer.status_code for answer in answers} == {500}
    kept = stored(database, "request_id, user_id, status", "bad_requests")
    numbers = sorted(answer.headers["X-Request-Id"] for answer in answers)
    assert "of-the-client" in numbers
    # Without a token it is refused, which is no fault of ours.
    assert kept == [(number, mia.id, "5xx") for number in numbers]


def requests_total(text: str) -> dict[str, float]:
    """Return how many requests of each route are exposed."""
    return {
        sample.labels["route"]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "bee_requests_total"
    }


def faulty(database: Database) -> list[str]:
    """Return the numbers of requests that failed; another may have been slow."""
    return [row[0] for row in stored(database, "request_id, status", "bad_requests") if row[1] == "5xx"]


@pytest.mark.slow
def test_every_process_exposes_the_same_and_one_that_is_killed_loses_its_last_seconds_only(
    database: Database, tmp_path: Path
) -> None:
    with bee_api(database, tmp_path, workers=4) as api:
        mia = api.sign_up("mia@example.org")
        with database.writing(Login.OWNER) as session:
            execute(session, "alter table daily_engagement_scores rename to elsewhere")
        faults = [httpx.get(f"{api.url}/v1/momentum", headers=mia, timeout=SOON_S) for _ in range(8)]
        for _ in range(40):
            httpx.get(f"{api.url}/v1/version", timeout=SOON_S)
        await_true(lambda: counted(database).get(("GET /v1/version", "2xx")) == 40)
        assert len(stored(database, "id", "service_recorders")) >= 1
        numbers = sorted(answer.headers["X-Request-Id"] for answer in faults)
        await_true(lambda: faulty(database) == numbers)
        texts = {process: httpx.get(f"{api.url}/metrics", timeout=SOON_S).text for process in range(6)}
        assert {requests_total(text)["GET /v1/version"] for text in texts.values()} == {40}
        for _ in range(10):
            httpx.get(f"{api.url}/v1/version", timeout=SOON_S)
        for worker in api.workers():
            worker.kill()
    kept = counted(database)["GET /v1/version", "2xx"]
    # What was added up stays; what came after the last addition is all that can be missing.
    assert 40 <= kept <= 50
    assert faulty(database) == numbers
