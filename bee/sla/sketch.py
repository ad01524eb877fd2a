"""Latencies as counts in buckets whose edges are powers of γ (pure): merged by adding, each quantile within 1 %.

Bucket *k* holds what took more than γ^(k-1) and at most γ^k seconds, so that one edge is exactly 1 s: how many
requests were within it is no estimate.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

ALPHA: Final = 0.01
GAMMA: Final = (1 + ALPHA) / (1 - ALPHA)
_LOG_GAMMA: Final = math.log(GAMMA)
# 1 ms and 60 s; what is beyond either falls into the bucket next to it.
LOWEST: Final = math.floor(math.log(0.001) / _LOG_GAMMA)
HIGHEST: Final = math.ceil(math.log(60) / _LOG_GAMMA) + 1

Sketch = Mapping[int, int]


def bucket_of(seconds: float) -> int:
    """Return the bucket of a latency; a clock that went backwards counts as nothing at all."""
    if seconds <= 0:
        return LOWEST
    bucket = math.ceil(math.log(seconds) / _LOG_GAMMA)
    # The logarithm of an edge may be off by the last bit.
    if seconds <= GAMMA ** (bucket - 1):
        bucket -= 1
    elif seconds > GAMMA**bucket:
        bucket += 1
    return min(max(bucket, LOWEST), HIGHEST)


def edge_s(bucket: int) -> float:
    """Return the longest latency that a bucket holds."""
    return GAMMA**bucket


def edge_near(seconds: float) -> int:
    """Return the bucket whose edge is nearest to a threshold: up to there is counted; less than 1 % off."""
    return round(math.log(seconds) / _LOG_GAMMA)


def sketch_of(latencies_s: Iterable[float]) -> dict[int, int]:
    """Return the sketch of latencies."""
    counts: dict[int, int] = {}
    for seconds in latencies_s:
        bucket = bucket_of(seconds)
        counts[bucket] = counts.get(bucket, 0) + 1
    return counts


def merged(sketches: Iterable[Sketch]) -> dict[int, int]:
    """Return several sketches as one."""
    counts: dict[int, int] = {}
    for sketch in sketches:
        for bucket, number in sketch.items():
            counts[bucket] = counts.get(bucket, 0) + number
    return counts


def count_within(sketch: Sketch, bucket: int) -> int:
    """Return how many were within the edge of a bucket, exactly."""
    return sum(number for key, number in sketch.items() if key <= bucket)


def quantile_s(sketch: Sketch, share: float, *, failures: int = 0) -> float | None:
    """Return the latency that ``share`` (0-1) of the requests did not exceed, within 1 %.

    ``failures``: requests without a good answer, which count as slower than any: otherwise quick errors would
    better it. Infinite where the quantile is one of them; None without any request.
    """
    total = sum(sketch.values()) + failures
    if total == 0:
        return None
    rank = max(1, math.ceil(share * total))
    seen = 0
    for bucket in sorted(sketch):
        seen += sketch[bucket]
        if seen >= rank:
            return 2 * GAMMA**bucket / (GAMMA + 1)
    return math.inf


def from_pairs(pairs: Iterable[tuple[int, int] | list[int]] | None) -> dict[int, int]:
    """Return a sketch as the database keeps it: a list of bucket and count."""
    return {pair[0]: pair[1] for pair in pairs or ()}


def as_array(sketch: Sketch) -> str:
    """Return a sketch as PostgreSQL reads an array of pairs, in order."""
    return "{" + ",".join(f"{{{bucket},{sketch[bucket]}}}" for bucket in sorted(sketch)) + "}"
