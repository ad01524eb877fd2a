"""Reports of errors to Sentry: built of what may be told, field by field; its library adds nothing of anybody.

Imported only where the settings name an address.
"""

import logging
from typing import Any, Final

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.utils import event_from_exception

from bee.telemetry.entries import Entry, Telling

# What says that a report could not be sent makes no report.
SILENT: Final = frozenset({"sentry_sdk", "urllib3"})
SEARCHED: Final = ("process", "request_id", "route", "job", "job_kind")


def start_reports(dsn: str, telling: Telling) -> None:
    """Send what is logged as an error from now on; the process waits at most two seconds for it at its end."""
    sentry_sdk.init(
        dsn=dsn,
        release=f"bee@{telling.labels.get('release')}",
        environment=str(telling.labels.get("environment")),
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda _pending, _timeout: None), DedupeIntegration()],
        include_local_variables=False,
        send_default_pii=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        send_client_reports=False,
        auto_session_tracking=False,
        propagate_traces=False,
    )
    logging.root.addHandler(Reports(telling))


class Reports(logging.Handler):
    """Sends each error that is logged, and the same one once."""

    def __init__(self, telling: Telling) -> None:
        super().__init__(logging.ERROR)
        self._telling = telling

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record."""
        if record.name.partition(".")[0] in SILENT:
            return
        error = record.exc_info[1] if record.exc_info else None
        hint = {"exc_info": record.exc_info} if error else None
        sentry_sdk.capture_event(_event(self._telling, record, error), hint=hint)  # type: ignore[arg-type]


def _event(telling: Telling, record: logging.LogRecord, error: BaseException | None) -> dict[str, Any]:
    entry = telling.entry(record)
    event: dict[str, Any] = {
        "level": entry.severity.lower().replace("critical", "fatal"),
        "logger": entry.logger,
        "logentry": {"message": entry.message},
        "tags": {name: str(entry.fields[name]) for name in SEARCHED if name in entry.fields},
        "contexts": {"bee": dict(entry.fields)} | _trace(entry),
    }
    if error is not None:
        event["exception"] = telling.redaction.value(_exceptions(error))
    return event


def _exceptions(error: BaseException) -> dict[str, Any]:
    """Return an error, what led to it, and the lines of code that each passed; what they say left out."""
    found, _hint = event_from_exception(error, sentry_sdk.get_client().options)
    values = found["exception"]["values"]
    for value in values:
        value["value"] = ""
        value.pop("mechanism", None)
    return {"values": values}


def _trace(entry: Entry) -> dict[str, Any]:
    trace, span = entry.fields.get("trace_id"), entry.fields.get("span_id")
    return {"trace": {"trace_id": trace, "span_id": span}} if trace and span else {}
