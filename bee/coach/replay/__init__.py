"""What members asked on a day: the prompt again, byte for byte, and what another version would say."""

from bee.coach.replay.asking import (
    Population,
    Replay,
    Wanted,
    changes,
    end_replay,
    population,
    replays,
    request_replay,
)
from bee.coach.replay.change import Change, Danger, Risk, changes_csv, risk_of, riskiest_first
from bee.coach.replay.moments import Day, Replayed, read_day
from bee.coach.replay.rerender import Match, Rerendered
from bee.coach.replay.work import Replayer, give_up_replay, open_replays

__all__ = [
    "Change",
    "Danger",
    "Day",
    "Match",
    "Population",
    "Replay",
    "Replayed",
    "Replayer",
    "Rerendered",
    "Risk",
    "Wanted",
    "changes",
    "changes_csv",
    "end_replay",
    "give_up_replay",
    "open_replays",
    "population",
    "read_day",
    "replays",
    "request_replay",
    "risk_of",
    "riskiest_first",
]
