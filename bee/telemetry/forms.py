"""The forms of a line: JSON, JSON with the names that Google's Cloud Logging reads, words for a terminal."""

import json
import logging
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from bee.telemetry.entries import Entry, Telling

AS_JSON: Final = json.JSONEncoder(ensure_ascii=False)
REPORTED_ERROR: Final = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"
GOOGLE: Final = "logging.googleapis.com"
# A line is one line, and no more than that, whatever is in it.
CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Form(StrEnum):
    """How a line is written; ``auto``: as text on a terminal of a local installation, else as JSON."""

    AUTO = "auto"
    JSON = "json"
    GOOGLE = "google"
    TEXT = "text"


class Lines(logging.Formatter):
    """Writes each record as what may be told of it, in one form."""

    def __init__(self, write: Callable[[Entry], str], telling: Telling) -> None:
        super().__init__()
        self._write = write
        self._telling = telling

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        return self._write(self._telling.entry(record))


def formatter(form: Form, telling: Telling, *, project: str | None = None) -> Lines:
    """Return what writes records in a form. ``project``: whose traces the lines belong to, in Google's cloud."""
    match form:
        case Form.GOOGLE:
            return Lines(lambda entry: as_google(entry, project=project), telling)
        case Form.TEXT:
            return Lines(as_text, telling)
    return Lines(as_json, telling)


def as_json(entry: Entry) -> str:
    """Return an entry as one line of JSON."""
    line: dict[str, object] = {
        "time": entry.at.isoformat(timespec="milliseconds"),
        "severity": entry.severity,
        "logger": entry.logger,
        "message": entry.message,
        **entry.fields,
    }
    if entry.stack:
        line["exception"] = entry.stack
    return AS_JSON.encode(line)


def as_google(entry: Entry, *, project: str | None) -> str:
    """Return an entry as Cloud Logging's agents read it; an error as Error Reporting does.

    https://cloud.google.com/logging/docs/structured-logging#special-payload-fields
    """
    fields = dict(entry.fields)
    line: dict[str, object] = {
        "time": entry.at.isoformat(timespec="milliseconds"),
        "severity": entry.severity,
        "message": entry.message,
        "logger": entry.logger,
    }
    if entry.place:
        file, number, function = entry.place
        line[f"{GOOGLE}/sourceLocation"] = {"file": file, "line": str(number), "function": function}
    trace, span = fields.pop("trace_id", None), fields.pop("span_id", None)
    if trace:
        line[f"{GOOGLE}/trace"] = f"projects/{project}/traces/{trace}" if project else trace
    if span:
        line[f"{GOOGLE}/spanId"] = span
    labels = {name: str(fields.pop(name)) for name in ("process", "release", "environment") if name in fields}
    line[f"{GOOGLE}/labels"] = labels
    if "status" in fields and "duration_ms" in fields:
        line["httpRequest"] = _google_request(fields)
    if entry.stack:
        line["@type"] = REPORTED_ERROR
        line["serviceContext"] = {
            "service": f"bee-{labels.get('process', '')}",
            "version": labels.get("release", ""),
        }
        line["stack_trace"] = f"Traceback (most recent call last):\n{entry.stack}"
    return AS_JSON.encode(line | fields)


def _google_request(fields: dict[str, object]) -> dict[str, object]:
    """Take a request's own fields out and return them by their names; the address is the route's."""
    took_ms, status = fields.pop("duration_ms"), fields.pop("status")
    request = {
        "requestMethod": fields.pop("method", None),
        "requestUrl": fields.get("route"),
        "status": status,
    }
    return {name: value for name, value in request.items() if value is not None} | {
        "latency": f"{float(str(took_ms)) / 1000:.4f}s"
    }


def as_text(entry: Entry) -> str:
    """Return an entry as a person reads it on a terminal: local time, what was said, what it is about."""
    at = entry.at.astimezone().strftime("%H:%M:%S.%f")[:-3]
    # Whoever looks at a terminal knows which machine it is.
    shown = (f"{name}={value}" for name, value in entry.fields.items() if name not in {"environment", "pid"})
    line = f"{at} {entry.severity:<8} {entry.logger}: {entry.message}  {' '.join(shown)}".rstrip()
    return "\n".join((CONTROLS.sub(" ", line), *(f"  {row}" for row in entry.stack.splitlines())))
