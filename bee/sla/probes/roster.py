"""Who looks at the service, when each was last at it, and what it saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bee.db import ReadSession
from bee.sla.probes.ticks import LATEST, Probe

# Whoever was not heard of for so long is not expected back.
EXPECTED_FOR: Final = timedelta(days=7)
# How long after a tick it may be until what was seen is told: two tries at everything, and the telling.
TOLD_WITHIN: Final = {Probe.READY: timedelta(seconds=60), Probe.JOURNEY: timedelta(seconds=240)}


@dataclass(frozen=True, slots=True)
class KnownProber:
    """Who looks at what. ``not_run``: why it could not at its last tick. ``waiting``: rounds not told before it."""

    prober: str
    target: str
    probe: str
    every_s: int
    release: str
    last_tick_at: datetime
    seen_at: datetime
    not_run: str
    waiting: int

    def late(self, now: datetime) -> timedelta | None:
        """Return for how long its next tick has been due; None while nobody need wonder."""
        due = self.last_tick_at + timedelta(seconds=self.every_s)
        patience = timedelta(seconds=LATEST * self.every_s) + TOLD_WITHIN[Probe(self.probe)]
        return now - due if now > due + patience else None


@dataclass(frozen=True, slots=True)
class LastStep:
    """A step of the last tick that is known of a prober. ``began_s``, ``ended_s``: after the tick."""

    prober: str
    target: str
    probe: str
    scheduled_at: datetime
    step: str
    ok: bool
    retried: bool
    seconds: float
    reason: str
    began_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class Roster:
    """Everybody who looks, and the steps of what each saw last."""

    probers: Sequence[KnownProber]
    steps: Sequence[LastStep]

    def last_of(self, prober: KnownProber) -> list[LastStep]:
        """Return the steps of what somebody saw last, in order; none where nothing was seen yet."""
        key = (prober.prober, prober.target, prober.probe)
        return [step for step in self.steps if (step.prober, step.target, step.probe) == key]


def read_roster(session: ReadSession, *, now: datetime) -> Roster:
    """Return who looks. For on-call and admins."""
    since = now - EXPECTED_FOR
    return Roster(
        session.all(KnownProber, "sla/probers", since=since),
        session.all(LastStep, "sla/last_steps", since=since),
    )
