"""The totals since ever as Prometheus reads them: the same rows, so the same text, whichever process is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from bee.db import Database, Identity, Login
from bee.sla.burn import DAY_MIN, HOUR_MIN, NONE, PAIRS, Counts, windows_of
from bee.sla.counts import window_counts
from bee.sla.derivation import minute_at
from bee.sla.objectives import objectives
from bee.sla.sketch import count_within, edge_near, edge_s, from_pairs

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
READER: Final = Identity(Login.SYSTEM)
# Each at the edge that is nearest; one second is one.
BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
REQUESTS, DURATION, FIRST_BYTE, LOST, EVENTS = (
    "bee_requests",
    "bee_request_duration_seconds",
    "bee_first_byte_seconds",
    "bee_requests_lost",
    "bee_objective_events",
)
LABELS: Final = ("route", "release", "status")


@dataclass(frozen=True, slots=True)
class Total:
    """How many requests there ever were of a route, release and status, and how long they took."""

    route: str
    release: str
    status: str
    n: int
    seconds: float
    complete: list[list[int]]
    first_byte: list[list[int]]

    @property
    def labels(self) -> tuple[str, str, str]:
        """The values of :data:`LABELS`."""
        return self.route, self.release, self.status


@dataclass(frozen=True, slots=True)
class Lost:
    """How many requests could not be kept."""

    requests: int


def read_exposition(database: Database, *, now: datetime) -> bytes:
    """Return what is exposed now. Raises :class:`bee.errors.Unavailable` without a database."""
    (lost,) = database.fetch(READER, Lost, "sla/lost_requests")
    with database.reading(Login.SYSTEM) as session:
        windows = window_counts(session, until=minute_at(now))
    return exposition(database.fetch(READER, Total, "sla/totals"), lost=lost.requests, windows=windows)


def exposition(totals: Sequence[Total], *, lost: int, windows: Mapping[str, Mapping[int, Counts]]) -> bytes:
    """Return totals in Prometheus' text format, and by objective what came in the last so many minutes."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected([*_metrics(totals, lost), _events(windows)]))
    return generate_latest(registry)


class _Collected:
    """What a registry asks for; it was made before."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _metrics(totals: Sequence[Total], lost: int) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        REQUESTS, "Requests by route, release and what became of them.", labels=LABELS
    )
    took = HistogramMetricFamily(DURATION, "Until all was sent.", labels=LABELS)
    began = HistogramMetricFamily(
        FIRST_BYTE, "Until a stream began; the others are not in it.", labels=LABELS
    )
    for total in totals:
        requests.add_metric(total.labels, total.n)
        if total.complete:
            took.add_metric(total.labels, _buckets(total.complete), sum_value=total.seconds)
        if total.first_byte:
            began.add_metric(total.labels, _buckets(total.first_byte), sum_value=None)
    gone = CounterMetricFamily(LOST, "Requests that could not be kept.")
    gone.add_metric((), lost)
    yield from (requests, took, began, gone)


def _events(windows: Mapping[str, Mapping[int, Counts]]) -> Metric:
    """Return every objective's events, none too: what is missing would be no reason for an alarm."""
    events = GaugeMetricFamily(
        EVENTS,
        "Events of each objective in the last so much time, up to the full minute: what the dashboard shows.",
        labels=("objective", "window", "outcome"),
    )
    for objective in objectives():
        counted = windows.get(objective.id, {})
        for minutes in windows_of(PAIRS):
            counts = counted.get(minutes, NONE)
            events.add_metric((objective.id, duration(minutes), "good"), counts.good)
            events.add_metric((objective.id, duration(minutes), "bad"), counts.bad)
    return events


def duration(minutes: int) -> str:
    """Return so many minutes as Prometheus writes them, in the largest unit that there is a whole number of."""
    for unit, of_minutes in (("d", DAY_MIN), ("h", HOUR_MIN)):
        if minutes % of_minutes == 0:
            return f"{minutes // of_minutes}{unit}"
    return f"{minutes}m"


def _buckets(pairs: list[list[int]]) -> list[tuple[str, float]]:
    sketch = from_pairs(pairs)
    edges = [edge_near(bound) for bound in BOUNDS_S]
    counted = [(str(float(f"{edge_s(edge):.6g}")), float(count_within(sketch, edge))) for edge in edges]
    return [*counted, ("+Inf", float(sum(sketch.values())))]
