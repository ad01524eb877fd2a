"""What is told of a record: our own words, of another's only the sentence, of an error never what it says."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from bee.errors import Conflict
from bee.settings import Settings
from bee.telemetry.about import about, note, what_goes_on
from bee.telemetry.entries import Entry, Telling, told
from bee.telemetry.forms import Form, as_text, formatter
from bee.telemetry.redaction import HIDDEN, Redaction
from bee.telemetry.starting import form_of


def record(name: str, message: Any, *arguments: Any, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.WARNING, "/bee/x.py", 7, message, arguments, exc_info, "f")


def message_of(*told: Any) -> str:
    return Telling().entry(record(*told)).message


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    try:
        raise error from cause
    except type(error) as caught:
        return caught


@pytest.mark.parametrize(
    ("name", "message", "arguments", "said"),
    [
        ("bee.api", "%s took %d ms", ("score", 3), "score took 3 ms"),
        ("bee.api", "%s", (Conflict("email_exists", "Mia is here"),), "bee.errors.Conflict (email_exists)"),
        ("bee.api", "to %s", ("mia@example.org",), f"to {HIDDEN}"),
        ("beekeeper", "of %s", ("Mia",), "of …"),
        ("uvicorn.error", "Started server process [%d]", (12,), "Started server process [12]"),
        ("httpx", 'HTTP Request: %s %s "%s"', ("GET", "https://x/mia", "200"), 'HTTP Request: … … "…"'),
        ("any", "%(name)s wrote %(n)d", ({"name": "Mia", "n": 2},), "… wrote 2"),
        ("any", "%r", ("Mia",), "…"),
        ("any", "%d", ("Mia",), "%d"),
        ("any", "%s %s", ("Mia",), "%s %s"),
        ("asyncio", "Task exception was never retrieved\nfuture: ValueError('Mia')", (), None),
        ("strawberry", ValueError("Mia"), (), "builtins.ValueError"),
    ],
)
def test_of_a_message_only_what_is_known_to_be_harmless_is_told(
    name: str, message: Any, arguments: tuple[Any, ...], said: str | None
) -> None:
    assert message_of(name, message, *arguments) == (said or "Task exception was never retrieved")


def test_an_error_tells_its_kind_and_place_and_what_led_to_it_and_never_what_it_says() -> None:
    text = told(raised(ValueError("Mia"), raised(KeyError("Mia"))))
    assert "Mia" not in text
    assert text.index("builtins.KeyError") < text.index("builtins.ValueError")
    assert text.count("in raised") == 2


def test_errors_that_came_together_are_all_told() -> None:
    text = told(raised(BaseExceptionGroup("Mia", [raised(ValueError("Mia")), raised(KeyError("Mia"))])))
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "Mia" not in text


def test_an_exit_tells_its_number_and_never_its_sentence() -> None:
    assert told(SystemExit(2)) == "builtins.SystemExit (2)"
    assert told(SystemExit("Mia is not here.")) == "builtins.SystemExit"


def test_what_goes_on_is_in_every_line_that_is_said_meanwhile() -> None:
    route: list[str] = []
    with about(request_id="r1", route=lambda: route[0] if route else None):
        assert what_goes_on() == {"request_id": "r1"}
        route.append("/v1/events")
        with about(job=3):
            note(page="x")
            fields = Telling(labels={"release": "1.0"}).entry(record("bee", "m")).fields
        assert what_goes_on() == {"request_id": "r1", "route": "/v1/events"}
    assert fields == {"release": "1.0", "request_id": "r1", "route": "/v1/events", "job": 3, "page": "x"}
    assert what_goes_on() == {}


def test_json_has_the_fields_of_the_record_beside_its_message() -> None:
    line = json.loads(formatter(Form.JSON, Telling(labels={"process": "api"})).format(record("bee", "said")))
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {"severity": "WARNING", "logger": "bee", "message": "said", "process": "api"}


def test_googles_form_has_the_names_that_its_agents_look_for() -> None:
    telling = Telling(labels={"process": "api", "release": "1.0", "environment": "prod"})
    with about(trace_id="a" * 32, span_id="b" * 16, request_id="r1"):
        line = json.loads(
            formatter(Form.GOOGLE, telling, project="p").format(
                record("bee.api", "failed", error=raised(ValueError("Mia")))
            )
        )
    assert line["severity"] == "WARNING"
    assert line["logging.googleapis.com/trace"] == f"projects/p/traces/{'a' * 32}"
    assert line["logging.googleapis.com/spanId"] == "b" * 16
    assert line["logging.googleapis.com/sourceLocation"] == {
        "file": "/bee/x.py",
        "line": "7",
        "function": "f",
    }
    assert line["logging.googleapis.com/labels"] == {
        "process": "api",
        "release": "1.0",
        "environment": "prod",
    }
    assert line["serviceContext"] == {"service": "bee-api", "version": "1.0"}
    assert line["@type"].endswith("ReportedErrorEvent")
    assert line["stack_trace"].startswith("Traceback (most recent call last):\n  File ")
    assert line["stack_trace"].endswith("builtins.ValueError")
    assert line["request_id"] == "r1"


def test_googles_form_of_a_request_is_its_own() -> None:
    asked = record("bee.api.requests", "request")
    asked.fields = {"method": "GET", "route": "/v1/momentum", "status": 200, "duration_ms": 12.5}
    line = json.loads(formatter(Form.GOOGLE, Telling()).format(asked))
    assert line["httpRequest"] == {
        "requestMethod": "GET",
        "requestUrl": "/v1/momentum",
        "status": 200,
        "latency": "0.0125s",
    }
    assert not {"status", "duration_ms", "method"} & line.keys()


def test_a_line_on_a_terminal_is_one_line_whatever_somebody_sent() -> None:
    entry = Entry(
        datetime(2026, 11, 2, 12, tzinfo=UTC),
        "INFO",
        "bee",
        "said\x1b[31m\nINFO bee: forged",
        {"request_id": "r1", "environment": "local"},
        None,
        "  File x\nKind",
    )
    first, *stack = as_text(entry).splitlines()
    assert first.endswith("INFO     bee: said [31m INFO bee: forged  request_id=r1")
    assert stack == ["    File x", "  Kind"]


@pytest.mark.parametrize(
    ("environment", "is_terminal", "asked", "form"),
    [
        ("local", True, "auto", Form.TEXT),
        ("local", False, "auto", Form.JSON),
        ("prod", True, "auto", Form.JSON),
        ("local", True, "google", Form.GOOGLE),
        ("prod", False, "text", Form.TEXT),
    ],
)
def test_only_somebodys_own_terminal_gets_text_unasked(
    environment: str, is_terminal: bool, asked: str, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    real = {"database_url": "postgresql://x", "login_secret": "q" * 40, "cookie_secret": "w" * 40}
    settings = Settings(environment=environment, log_format=asked, **real)  # type: ignore[arg-type]
    assert form_of(settings) is form


def test_a_field_that_is_no_plain_data_is_told_by_its_kind() -> None:
    odd = record("bee", "m")
    odd.fields = {"what": ValueError("Mia")}
    assert Telling(Redaction()).entry(odd).fields == {"what": "ValueError"}
