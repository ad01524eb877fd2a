"""What it takes to tell of a request: its number, its line in the log, and its trace with four statements.

Beside each other in one process, in its own time; the lines go to nobody, and so do the spans, scrubbed before.
"""

import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from bee.telemetry.entries import Telling
from bee.telemetry.logs import configure_logs
from bee.telemetry.redaction import Redaction
from bee.telemetry.requests import answering, caller_of, request_id_of
from bee.telemetry.spans import span, trace_with
from bee.telemetry.traces import Scrubbed, Traces
from bench.ground import Ground

TITLE = "Telling of a request: what it takes of the processor"
COLUMNS = ("untold µs", "with its line µs", "with its trace too µs")
REQUESTS: Final = 5_000
STATEMENTS: Final = ("limits/take", "momentum/today", "momentum/state", "momentum/change")
TELLING: Final = Telling(
    Redaction(["a-secret-of-the-installation"] * 4),
    {"process": "api", "release": "1.0", "environment": "prod"},
)

log = logging.getLogger("bee.api.requests")


class Answer:
    """An answer that was sent."""

    status: int | None = 200
    ended_at: float | None = None


class Nobody(SpanExporter):
    """Takes spans."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002
        """Say that they were sent."""
        return SpanExportResult.SUCCESS


def measure(ground: Ground) -> tuple[str, ...]:
    """Tell of requests at each level of detail."""
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Scrubbed(Nobody(), TELLING.redaction)))
    root, level = logging.root.handlers[:], logging.root.level
    try:
        with Path(os.devnull).open("w") as nobody:
            configure_logs("INFO", TELLING)
            for handler in logging.root.handlers:
                assert isinstance(handler, logging.StreamHandler)
                handler.setStream(nobody)
            rounds = range(ground.rounds)
            log.setLevel(logging.WARNING)
            untold = min(_seconds() for _ in rounds)
            log.setLevel(logging.INFO)
            told = min(_seconds() for _ in rounds)
            trace_with(Traces(provider))
            traced = min(_seconds() for _ in rounds)
    finally:
        trace_with(None)
        provider.shutdown()
        logging.root.handlers, logging.root.level = root, level
    return tuple(f"{1_000_000 * seconds:.0f}" for seconds in (untold, told, traced))


def _seconds() -> float:
    """Return how long the processor is busy with a request."""
    began = time.process_time()
    for _ in range(REQUESTS):
        with answering(
            log,
            Answer(),
            method="GET",
            request_id=request_id_of(b""),
            caller=caller_of(b""),
            route=lambda: "/v1/momentum",
        ):
            for statement in STATEMENTS:
                with span(statement):
                    pass
    return (time.process_time() - began) / REQUESTS
