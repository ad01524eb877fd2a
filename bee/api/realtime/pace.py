"""How often something may happen (pure)."""


class Pace:
    """A bucket of as many tokens as may be spent in a second, filled evenly."""

    __slots__ = ("_at", "_per_s", "_tokens")

    def __init__(self, per_s: int, *, at: float) -> None:
        self._per_s = self._tokens = float(per_s)
        self._at = at

    def allows(self, at: float) -> bool:
        """Spend one token, if there is one. ``at``: seconds by a clock that never goes back."""
        self._tokens = min(self._per_s, self._tokens + (at - self._at) * self._per_s)
        self._at = at
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
