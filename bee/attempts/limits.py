"""How often somebody may try to sign in (pure)."""

from dataclasses import dataclass
from typing import Final

WINDOW_S: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tries may fail within ``WINDOW_S``: of one account, and from one address net of successes."""

    per_account: int
    per_address: int


@dataclass(frozen=True, slots=True)
class Tries:
    """Failures within the window: of the account since it last got in, and from the address net of successes.

    ``*_age_s``: how long ago the oldest of them was.
    """

    account_failures: int
    account_age_s: float
    address_failures: int
    address_age_s: float


def wait_s(tries: Tries, limits: Limits) -> int | None:
    """Return for how many seconds no try is allowed, or None when one is."""
    waits = [
        WINDOW_S - age_s
        for failures, most, age_s in (
            (tries.account_failures, limits.per_account, tries.account_age_s),
            (tries.address_failures, limits.per_address, tries.address_age_s),
        )
        if failures >= most
    ]
    return max(1, round(max(waits))) if waits else None
