"""Who looks: late once the next tick, the patience for it and the telling are over, and no sooner."""

from datetime import UTC, datetime, timedelta

import pytest

from bee.sla.probes.roster import KnownProber
from bee.sla.probes.ticks import Probe

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("probe", "every_s", "after_s", "late_s"),
    [
        (Probe.READY, 60, 0, None),
        (Probe.READY, 60, 60 + 15 + 60, None),  # the next tick, a quarter of an interval, a minute to tell
        (Probe.READY, 60, 60 + 15 + 61, 76),
        (Probe.JOURNEY, 900, 900 + 225 + 240, None),
        (Probe.JOURNEY, 900, 900 + 225 + 241, 466),
        (Probe.READY, 60, -3600, None),  # its clock is ahead
    ],
)
def test_a_heartbeat_is_late_when_the_next_tick_should_have_been_heard_of(
    probe: Probe, every_s: int, after_s: float, late_s: float | None
) -> None:
    known = KnownProber("berlin", "http://a.example", probe, every_s, "1", NOON, NOON, "", 0)
    late = known.late(NOON + timedelta(seconds=after_s))
    assert late == (None if late_s is None else timedelta(seconds=late_s))
