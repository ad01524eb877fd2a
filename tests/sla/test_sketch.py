"""Latencies in log-spaced buckets: merged from anywhere, each quantile within 1 %, within 1 s exactly."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.sla.sketch import (
    ALPHA,
    HIGHEST,
    LOWEST,
    as_array,
    bucket_of,
    count_within,
    edge_near,
    edge_s,
    from_pairs,
    merged,
    quantile_s,
    sketch_of,
)

LATENCIES = st.floats(min_value=0.001, max_value=60, allow_nan=False)


def exact(latencies: list[float], share: float) -> float:
    return sorted(latencies)[max(1, math.ceil(share * len(latencies))) - 1]


def test_about_550_buckets_cover_a_millisecond_to_a_minute_and_an_edge_is_exactly_one_second() -> None:
    assert 540 <= HIGHEST - LOWEST <= 560
    assert edge_s(0) == 1.0
    assert edge_s(LOWEST) <= 0.001
    assert edge_s(HIGHEST) >= 60


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [
        (1.0, 0),  # the edge belongs to the bucket below it
        (math.nextafter(1.0, 2), 1),
        (math.nextafter(1.0, 0), 0),
        (0.0, LOWEST),
        (-3.0, LOWEST),  # a clock that was put back
        (1e-9, LOWEST),
        (1e9, HIGHEST),
    ],
)
def test_each_latency_has_one_bucket(seconds: float, bucket: int) -> None:
    assert bucket_of(seconds) == bucket


@given(LATENCIES)
def test_a_bucket_holds_what_lies_between_its_edges(seconds: float) -> None:
    bucket = bucket_of(seconds)
    if LOWEST < bucket < HIGHEST:
        assert edge_s(bucket - 1) < seconds <= edge_s(bucket)


@given(st.integers(LOWEST, HIGHEST))
def test_an_edge_is_in_the_bucket_that_it_closes(bucket: int) -> None:
    assert bucket_of(edge_s(bucket)) == bucket


@given(st.lists(LATENCIES, min_size=1, max_size=300), st.sampled_from([0.5, 0.9, 0.95, 0.99, 1.0]))
def test_a_quantile_is_within_one_percent_of_the_exact_one(latencies: list[float], share: float) -> None:
    found = quantile_s(sketch_of(latencies), share)
    assert found is not None
    assert found == pytest.approx(exact(latencies, share), rel=ALPHA * 1.0001)


@given(st.lists(st.lists(LATENCIES, max_size=50), max_size=5))
def test_sketches_of_several_workers_add_up_to_the_one_of_all_requests(workers: list[list[float]]) -> None:
    together = sketch_of(seconds for latencies in workers for seconds in latencies)
    assert merged(sketch_of(latencies) for latencies in workers) == together


@given(st.lists(LATENCIES, max_size=200))
def test_how_many_were_within_a_second_is_exact(latencies: list[float]) -> None:
    assert count_within(sketch_of(latencies), 0) == sum(seconds <= 1 for seconds in latencies)


def test_averages_of_minutes_mislead_where_the_merged_sketch_does_not() -> None:
    """60 uneven minutes: 59 quiet ones of few quick requests, one busy one that is slow."""
    chance = random.Random(6)  # noqa: S311  # no secret
    minutes = [[chance.uniform(0.1, 0.6) for _ in range(20)] for _ in range(59)]
    minutes.append([chance.uniform(1.5, 2.4) for _ in range(2000)])
    everything = [seconds for minute in minutes for seconds in minute]
    averaged = sum(exact(minute, 0.95) for minute in minutes) / len(minutes)
    found = quantile_s(merged(sketch_of(minute) for minute in minutes), 0.95)
    assert found == pytest.approx(exact(everything, 0.95), rel=ALPHA)
    assert averaged < 0.65
    assert exact(everything, 0.95) > 2.1


def test_failures_are_slower_than_anything() -> None:
    quick = sketch_of([0.1] * 90)
    assert quantile_s(quick, 0.95) == pytest.approx(0.1, rel=ALPHA)
    assert quantile_s(quick, 0.95, failures=10) == math.inf
    assert quantile_s(quick, 0.90, failures=10) == pytest.approx(0.1, rel=ALPHA)


def test_without_a_request_there_is_no_quantile() -> None:
    assert quantile_s({}, 0.95) is None
    assert quantile_s({}, 0.95, failures=1) == math.inf


@pytest.mark.parametrize("seconds", [0.005, 0.25, 1.0, 2.0, 2.5, 12.0, 30.0])
def test_a_threshold_is_counted_at_an_edge_less_than_one_percent_off(seconds: float) -> None:
    assert edge_s(edge_near(seconds)) == pytest.approx(seconds, rel=0.0101)


def test_a_sketch_is_kept_as_pairs_and_read_back() -> None:
    sketch = sketch_of([0.02, 0.02, 3.0])
    assert as_array({}) == "{}"
    assert as_array({5: 1, -3: 2}) == "{{-3,2},{5,1}}"
    assert from_pairs([[bucket, n] for bucket, n in sketch.items()]) == sketch
    assert from_pairs(None) == {}
