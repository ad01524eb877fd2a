"""How long somebody waits who tried too often."""

import pytest

from bee.attempts.limits import WINDOW_S, Limits, Tries, wait_s

LIMITS = Limits(per_account=5, per_address=30)


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        (Tries(0, 0, 0, 0), None),
        (Tries(LIMITS.per_account - 1, 10, 0, 0), None),
        (Tries(LIMITS.per_account, 100, 0, 0), WINDOW_S - 100),
        (Tries(0, 0, LIMITS.per_address, 60), WINDOW_S - 60),
        (Tries(LIMITS.per_account, 800, LIMITS.per_address, 60), WINDOW_S - 60),
        (Tries(LIMITS.per_account, WINDOW_S, 0, 0), 1),
    ],
)
def test_how_long_to_wait(tries: Tries, expected: int | None) -> None:
    assert wait_s(tries, LIMITS) == expected
