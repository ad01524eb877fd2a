"""The synthetic trials of the R package MRTAnalysis 0.1.2 (Qian, Xiang, Cheng 2023), drawn anew from its seed.

The package documents what its ``wcls`` and ``emee`` find in them (vignette «Primary and Secondary Analysis for
Micro-Randomized Trial»), which makes its figures a reference that owes nothing to the code here.
"""

from collections.abc import Mapping

import numpy as np

from tests.notify.r_numbers import Numbers, RNumbers

SEED = 123


def mimic_heartsteps(members: int = 37, points: int = 210) -> Mapping[str, Numbers]:
    """Return steps after suggestions to walk, five a day for 42 days; the logarithm of a step count and a half."""
    numbers = RNumbers(SEED)
    size = members * points
    day = np.tile(np.arange(points) // 5, members).astype(np.float64)
    before = np.minimum(np.log(np.maximum(20 + 50 * numbers.normal(size), 0) + 0.5), 8.5)
    at_home = numbers.bernoulli(size, 0.3624668)
    available = numbers.bernoulli(size, 0.8038462)
    treated = numbers.bernoulli(size, 0.6) * available
    steps, lagged = np.zeros(size), np.zeros(size)
    for point in range(points):
        now = np.arange(point, size, points)
        if point:
            lagged[now] = steps[now - 1]
        mean = 1.755916 + 0.403241 * before[now] + 0.063676 * lagged[now] - 0.009488 * day[now]
        mean += 0.119917 * at_home[now]
        mean += (treated[now] - 0.6) * (0.442889 - 0.017908 * day[now] + 0.101423 * at_home[now])
        steps[now] = np.clip(mean + 2.716 * numbers.normal(members), np.log(0.5), 8.5)
    return {
        "userid": np.repeat(np.arange(1.0, members + 1), points),
        "logstep_30min": steps,
        "logstep_30min_lag1": lagged,
        "logstep_pre30min": before,
        "is_at_home_or_work": at_home,
        "intervention": treated,
        "avail": available,
    }


def binary(members: int = 100, points: int = 30) -> Mapping[str, Numbers]:
    """Return a trial with a binary outcome and probabilities of 0.3, 0.5 and 0.7 in turn."""
    numbers = RNumbers(SEED)
    time = np.tile(np.arange(1.0, points + 1), members)
    share, late = time / points, (time > points / 2).astype(np.float64)
    probability = np.array([0.7, 0.3, 0.5])[time.astype(int) % 3]
    size = members * points
    available, treated, outcome = np.zeros(size), np.zeros(size), np.zeros(size)
    for point in range(points):
        now = np.arange(point, size, points)
        available[now] = numbers.bernoulli(members, 0.8)
        treated[now] = numbers.bernoulli(members, probability[now]) * available[now]
        chance = np.exp(-1.5 + 0.5 * share[now] + 0.3 * late[now])
        chance = chance * np.exp(treated[now] * (0.1 + 0.3 * share[now]))
        outcome[now] = numbers.bernoulli(members, chance)
    return {
        "userid": np.repeat(np.arange(1.0, members + 1), points),
        "time_var1": share,
        "time_var2": late,
        "Y": outcome,
        "A": treated,
        "avail": available,
        "rand_prob": probability,
    }
