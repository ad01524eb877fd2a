"""Traces by OpenTelemetry, over OTLP/HTTP. Imported only where the settings name an address.

A span that leaves has its name, times and kind, and of its attributes those in :data:`TOLD`: whatever a library may
add (addresses, statements, what an error said) stays here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from bee.telemetry.entries import Telling
from bee.telemetry.redaction import Redaction
from bee.telemetry.spans import NOTHING, Asked, Caller

METHOD, ROUTE, STATUS, HOST = (
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "server.address",
)
# The second of each of these is what it was called before.
TOLD: Final = frozenset({METHOD, "http.method", ROUTE, STATUS, "http.status_code", HOST, "error.type"})
SENT_WITHIN_S: Final = 5
FAULT: Final = 500


class Traces:
    """Makes spans by a provider of its own, which no library finds unless it is given to it."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("bee")

    def whole(self, name: str) -> AbstractContextManager[object]:
        """Return a span that is no part of another."""
        return self._tracer.start_as_current_span(name, context=Context(), record_exception=False)

    def part(self, name: str) -> AbstractContextManager[object]:
        """Return a part of the span that goes on; nothing where none does, or none that is sent."""
        if not trace.get_current_span().is_recording():
            return NOTHING
        return self._tracer.start_as_current_span(name, record_exception=False)

    @contextmanager
    def request(self, caller: Caller | None) -> Iterator[Asked]:
        """Yield the span of a request: a trace of its own, whatever the caller wants traced or calls its trace."""
        with self._tracer.start_as_current_span(
            "request",
            context=Context(),
            kind=SpanKind.SERVER,
            links=[Link(_remote(caller))] if caller else None,
            record_exception=False,
        ) as span:
            yield _Asked(span)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request that is traced."""

    span: trace.Span

    @property
    def trace_id(self) -> str:
        """The trace's number."""
        return trace.format_trace_id(self.span.get_span_context().trace_id)

    @property
    def span_id(self) -> str:
        """The span's number."""
        return trace.format_span_id(self.span.get_span_context().span_id)

    def answered(self, method: str, route: str | None, status: int | None) -> None:
        """Name the span by the route, and say what came of it."""
        self.span.update_name(f"{method} {route}" if route else method)
        told = {METHOD: method, ROUTE: route, STATUS: status}
        self.span.set_attributes({name: value for name, value in told.items() if value is not None})
        if status is None or status >= FAULT:
            self.span.set_status(StatusCode.ERROR)


class Scrubbed(SpanExporter):
    """Sends on of each span what may be told of it."""

    def __init__(self, inner: SpanExporter, redaction: Redaction) -> None:
        self._inner = inner
        self._redaction = redaction

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans."""
        return self._inner.export([self._told(span) for span in spans])

    def shutdown(self) -> None:
        """End it."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._inner.force_flush(timeout_millis)

    def _told(self, span: ReadableSpan) -> ReadableSpan:
        attributes: dict[str, Any] = {
            name: self._redaction.value(value)
            for name, value in (span.attributes or {}).items()
            if name in TOLD
        }
        return ReadableSpan(
            name=self._redaction.text(span.name),
            context=span.context,
            parent=span.parent,
            resource=span.resource,
            attributes=attributes,
            links=[Link(link.context) for link in span.links],
            kind=span.kind,
            status=Status(span.status.status_code),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )


def start_traces(url: str, headers: Mapping[str, str], ratio: float, telling: Telling) -> Traces:
    """Return what makes spans and sends a share of them to a collector, whose address is ``url``.

    The rest waits there at most: a collector that is away costs spans, never a request.
    """
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(ratio)), resource=_resource(telling))
    exporter = OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces", headers=headers, timeout=SENT_WITHIN_S)
    provider.add_span_processor(BatchSpanProcessor(Scrubbed(exporter, telling.redaction)))
    # Nobody whom we ask is told which of our traces that is part of.
    propagate.set_global_textmap(CompositePropagator([]))
    HTTPX2ClientInstrumentor().instrument(
        tracer_provider=provider, request_hook=_name_asked, async_request_hook=_name_asked_async
    )
    RequestsInstrumentor().instrument(tracer_provider=provider, request_hook=_name_posted)
    return Traces(provider)


def _resource(telling: Telling) -> Resource:
    return Resource(
        {
            "service.name": f"bee-{telling.labels.get('process')}",
            "service.version": str(telling.labels.get("release")),
            "deployment.environment.name": str(telling.labels.get("environment")),
        }
    )


def _remote(caller: Caller) -> SpanContext:
    trace_id, span_id = (int(number, 16) for number in caller)
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(0))


def _name_asked(span: trace.Span, request: Any) -> None:
    host = request.url.host
    span.update_name(f"{_text(request.method)} {_text(host)}")
    span.set_attribute(HOST, _text(host))


async def _name_asked_async(span: trace.Span, request: Any) -> None:
    _name_asked(span, request)


def _name_posted(span: trace.Span, request: Any) -> None:
    host = urlsplit(request.url).hostname or ""
    span.update_name(f"{request.method} {host}")
    span.set_attribute(HOST, host)


def _text(value: str | bytes) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else value
