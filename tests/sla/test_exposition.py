"""/metrics: what Prometheus' own parser reads is what was counted."""

import math

from prometheus_client.parser import text_string_to_metric_families

from bee.sla.exposition import Total, exposition
from bee.sla.sketch import sketch_of


def samples(text: bytes) -> dict[tuple[str, str, str], float]:
    return {
        (sample.name, sample.labels.get("status", ""), sample.labels.get("le", "")): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def total(status: str, latencies: list[float], first: list[float]) -> Total:
    pairs = [[[bucket, n] for bucket, n in sketch_of(each).items()] for each in (latencies, first)]
    return Total("GET /v1/momentum", "1.0", status, len(latencies), sum(latencies), *pairs)


def test_prometheus_reads_how_many_there_were_and_exactly_how_many_within_a_second() -> None:
    latencies = [0.02, 0.4, 1.0, 1.0001, 7.0]
    found = samples(exposition([total("2xx", latencies, [0.2, 0.3])], lost=7, windows={}))
    assert found["bee_requests_total", "2xx", ""] == 5
    assert found["bee_request_duration_seconds_bucket", "2xx", "1.0"] == 3
    assert found["bee_request_duration_seconds_bucket", "2xx", "+Inf"] == 5
    assert math.isclose(found["bee_request_duration_seconds_sum", "2xx", ""], sum(latencies))
    assert found["bee_first_byte_seconds_bucket", "2xx", "+Inf"] == 2
    assert found["bee_requests_lost_total", "", ""] == 7


def test_buckets_never_fall() -> None:
    found = samples(exposition([total("2xx", [0.001 * n for n in range(1, 2000)], [])], lost=0, windows={}))
    bounds = sorted(
        (float(le), value)
        for (name, _, le), value in found.items()
        if name.endswith("duration_seconds_bucket")
    )
    values = [value for _, value in bounds]
    assert values == sorted(values)
    assert values[-1] == 1999


def test_without_a_request_there_is_still_an_exposition() -> None:
    assert samples(exposition([], lost=0, windows={})) == {
        ("bee_requests_lost_total", "", ""): 0.0,
        ("bee_objective_events", "", ""): 0.0,
    }
