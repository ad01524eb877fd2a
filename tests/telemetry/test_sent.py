"""What Sentry and a collector of traces receive: enough to find the fault, and nothing of anybody."""

import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from bee.db import Database, Login
from tests.api.processes import await_true, bee_api
from tests.conftest import ROOT
from tests.factories import make_member
from tests.telemetry.planted import PLANTED, WORDS, await_line, break_table, leaks
from tests.telemetry.receiver import Receiver, receiver
from tests.telemetry.test_planted import ask_everything, client_of, run_worker, sign_up

pytestmark = pytest.mark.slow
CALLER = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": "zenobia=1", "baggage": "name=zenobia"}


def attributes(span: Span) -> dict[str, object]:
    return {pair.key: getattr(pair.value, str(pair.value.WhichOneof("value"))) for pair in span.attributes}


def named(received: Receiver, name: str) -> list[Span]:
    return [span for span in received.spans() if span.name == name]


def test_sentry_learns_where_a_fault_arose_and_nothing_of_whom_it_concerns(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as received:
        monkeypatch.setenv("SENTRY_DSN", received.dsn)
        with bee_api(database, tmp_path) as api, client_of(api) as client:
            session = sign_up(api, client)
            member = {"Authorization": f"Bearer {session['access_token']}"}
            ask_everything(client, member)
            assert received.events() == []
            break_table(database, "engagement_events")
            event = {"id": str(uuid4()), "event_type": "journal_entry", "metadata": {"text": WORDS}}
            number = {"X-Request-Id": "number-of-the-app"}
            assert client.post("/v1/events", json=event, headers=member | number).status_code == 500
            await_true(lambda: len(received.events()) > 0)
            assert leaks(api.output, session["access_token"], received.dsn) == []
    (reported,) = received.events()
    assert reported["tags"]["request_id"] == "number-of-the-app"
    assert (reported["tags"]["route"], reported["tags"]["process"]) == ("/v1/events", "api")
    assert (reported["environment"], reported["level"]) == ("local", "error")
    assert reported["release"].startswith("bee@")
    kinds = [value["type"] for value in reported["exception"]["values"]]
    assert "RaiseException" in kinds
    frames = [frame for value in reported["exception"]["values"] for frame in value["stacktrace"]["frames"]]
    assert any(frame["filename"].endswith("bee/api/routes/events.py") for frame in frames)
    assert not any("vars" in frame for frame in frames)
    assert not reported.keys() & {"user", "request", "extra", "modules"}
    assert reported.get("breadcrumbs", {}).get("values", []) == []
    assert received.holds(*PLANTED, session["access_token"], session["user"]["id"], api.anon_key) == []


def test_sentry_hears_of_what_ends_a_worker_before_it_ends(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as received:
        monkeypatch.setenv("SENTRY_DSN", received.dsn)
        with database.writing(Login.OWNER) as session:
            make_member(session)
        break_table(database, "members")
        code, output = run_worker(database, tmp_path)
        assert code == 1
    assert [event["level"] for event in received.events()] == ["fatal"]
    assert received.holds(*PLANTED) == leaks(output) == []


def test_a_trace_has_the_route_and_its_statements_and_no_more(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20planted-key")
        monkeypatch.setenv("BEE_TRACES_RATIO", "1")
        with bee_api(database, tmp_path) as api, client_of(api) as client:
            session = sign_up(api, client)
            member = {"Authorization": f"Bearer {session['access_token']}"}
            ask_everything(client, member)
            break_table(database, "engagement_events")
            asked = member | CALLER | {"X-Request-Id": "number-of-the-app"}
            event = {"id": str(uuid4()), "event_type": "journal_entry", "metadata": {"text": WORDS}}
            assert client.post("/v1/events", json=event, headers=asked).status_code == 500
            line = await_line(api.output, message="request", request_id="number-of-the-app")
            await_true(lambda: any(span.links for span in received.spans()))
            assert leaks(api.output, "planted-key") == []
    (failed,) = [span for span in received.spans() if span.links]
    assert failed.name == "POST /v1/events"
    assert attributes(failed) == {
        "http.request.method": "POST",
        "http.route": "/v1/events",
        "http.response.status_code": 500,
    }
    assert failed.status.code == failed.status.STATUS_CODE_ERROR
    assert failed.status.message == ""
    assert failed.links[0].trace_id.hex() == "a" * 32
    assert failed.trace_id.hex() != "a" * 32
    assert (line["trace_id"], line["span_id"]) == (failed.trace_id.hex(), failed.span_id.hex())
    inside = {span.name for span in received.spans() if span.trace_id == failed.trace_id} - {failed.name}
    assert inside
    assert {(ROOT / "sql" / f"{name}.sql").is_file() for name in inside} == {True}
    assert all(path == "/v1/traces" for path, _, _ in received.posts)
    assert all(headers["authorization"] == "Basic planted-key" for _, headers, _ in received.posts)
    assert received.holds(*(word for word in PLANTED if word != "bearer"), session["user"]["id"]) == []


def test_a_job_is_a_trace_with_its_statements(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("BEE_TRACES_RATIO", "1")
        with bee_api(database, tmp_path) as api, client_of(api) as client:
            session = sign_up(api, client)
            ask_everything(client, {"Authorization": f"Bearer {session['access_token']}"})
        code, output = run_worker(database, tmp_path)
        assert code == 0
    (job,) = named(received, "job score")
    parts = {span.name for span in received.spans() if span.trace_id == job.trace_id} - {"job score"}
    assert parts
    assert {(ROOT / "sql" / f"{part}.sql").is_file() for part in parts} == {True}
    assert received.holds(*PLANTED) == leaks(output) == []


def test_a_collector_that_refuses_or_is_away_costs_no_request(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BEE_TRACES_RATIO", "1")
    with receiver(status=503) as refusing:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", refusing.url)
        monkeypatch.setenv("SENTRY_DSN", "http://key@127.0.0.1:9/1")
        with bee_api(database, tmp_path) as api, client_of(api) as client:
            session = sign_up(api, client)
            statuses = ask_everything(client, {"Authorization": f"Bearer {session['access_token']}"})
            await_true(lambda: bool(refusing.posts))
    assert 500 not in statuses
    assert leaks(api.output, session["access_token"]) == []


@pytest.mark.parametrize(("variable", "package"), [("SENTRY_DSN", "sentry_sdk"), ("", "opentelemetry.sdk")])
def test_what_is_off_is_not_even_imported(variable: str, package: str, tmp_path: Path) -> None:
    program = f"""
import sys
from bee import telemetry
from bee.settings import Settings
import bee.api.asgi, bee.worker, bee.ui.asgi
telemetry.start(Settings(home=sys.argv[1]), "api")
print("{package}" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert said.stdout.split()[-1] == "False"
