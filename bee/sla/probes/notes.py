"""What was seen, as it is stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bee.db import WriteSession
from bee.sla.probes.ticks import AHEAD_S, ROUNDS, Probe, Round

# Of the worker's own probes; nobody outside may have it.
WORKER = "worker"


def note(session: WriteSession, rounds: Sequence[Round], *, kept_days: int) -> int:
    """Store what was seen and return how many steps of it were new. What comes twice is the same.

    What lies behind ``kept_days`` or ahead of the clock is left out: it could never be true.
    """
    return session.run(
        "sla/add_probe_rounds",
        rounds=ROUNDS.dump_json(list(rounds)).decode(),
        kept_days=kept_days,
        ahead_s=AHEAD_S,
    )


def claim(
    session: WriteSession, *, target: str, probe: Probe, tick: datetime, every_s: int, release: str
) -> bool:
    """Take a tick for this worker. Returns False when another one has it."""
    return (
        session.run(
            "sla/claim_probe_tick",
            prober=WORKER, target=target, probe=probe, tick=tick, every_s=every_s, release=release, ahead_s=AHEAD_S,
        )
        == 1
    )  # fmt: skip


def forget_probes(session: WriteSession, *, kept_days: int, now: datetime) -> int:
    """Forget what was seen too long ago, and who has not been heard of since, and return how many rows."""
    before = now - timedelta(days=kept_days)
    return session.run("sla/forget_probes", before=before) + session.run("sla/forget_probers", before=before)
