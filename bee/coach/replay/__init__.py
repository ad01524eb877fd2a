"""What members asked on a day: the prompt again, byte for byte, and what another version would say."""

from bee.coach.replay.again import Change, asked_again, changes_csv, cost_ceiling, riskiest_first
from bee.coach.replay.moments import Day, Replayed, read_day
from bee.coach.replay.rerender import Match, Rerendered

__all__ = [
    "Change",
    "Day",
    "Match",
    "Replayed",
    "Rerendered",
    "asked_again",
    "changes_csv",
    "cost_ceiling",
    "read_day",
    "riskiest_first",
]
