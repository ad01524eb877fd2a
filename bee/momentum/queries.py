"""What others ask of the scores, one member at a time."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bee.db import ReadSession
from bee.errors import NotFound
from bee.momentum.definition import parse_definition
from bee.momentum.explain import Explanation, explain
from bee.momentum.score import MomentumState


@dataclass(frozen=True, slots=True)
class StoredScore:
    """A member's day as it is stored, with the definition that it comes from."""

    score_date: date
    raw_score: float
    final_score: float
    momentum_state: str
    event_count: int
    is_complete: bool
    spec: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many events of a type a day has."""

    event_type: str
    events: int


@dataclass(frozen=True, slots=True)
class PastScore:
    """A day before, ``days_back`` days ago."""

    days_back: int
    final_score: float
    momentum_state: str


@dataclass(frozen=True, slots=True)
class DayExplanation:
    """A stored day, taken apart. ``is_current``: whether the parts are those of what is stored.

    They are not while an event has come in that is not scored yet.
    """

    score_date: date
    stored_final: float
    is_complete: bool
    explanation: Explanation

    @property
    def is_current(self) -> bool:
        """Whether nothing has changed since the day was scored."""
        return self.explanation.final == self.stored_final


def explain_day(session: ReadSession, member_id: UUID, day: date) -> DayExplanation:
    """Return why a member's score of a day is what it is. Raises :class:`NotFound` for a day without one."""
    stored = session.find(StoredScore, "momentum/stored_score", member_id=member_id, day=day)
    if stored is None:
        raise NotFound("no_score", f"There is no score of {day:%-d %B %Y}.")
    definition = parse_definition(stored.spec)
    past = session.all(
        PastScore, "momentum/past_scores", member_id=member_id, day=day, reach=definition.history_days
    )
    finals = {row.days_back: row.final_score for row in past}
    previous = next((MomentumState(row.momentum_state) for row in past if row.days_back == 1), None)
    counts = session.all(DayCount, "momentum/day_counts", member_id=member_id, day=day)
    return DayExplanation(
        score_date=day,
        stored_final=stored.final_score,
        is_complete=stored.is_complete,
        explanation=explain(
            {row.event_type: row.events for row in counts},
            [finals.get(back) for back in range(1, definition.history_days + 1)],
            previous,
            definition=definition,
        ),
    )
