"""What a chart says, for somebody who can't see it. Pure."""

from collections.abc import Sequence

from bee.engage.queries import Movement, ScoredDay, StateDay
from bee.momentum.score import MomentumState
from bee.ui.palette import WORDS
from bee.ui.words import counted, short_date


def states_takeaway(days: Sequence[StateDay]) -> str:
    """Return how many people were in each state on the first and the last day."""
    first, last = days[0], days[-1]
    return (
        f"From {short_date(first.score_date)} to {short_date(last.score_date)} Rising went from"
        f" {first.rising:,} to {counted(last.rising, 'person', 'people')}, Steady from {first.steady:,} to"
        f" {last.steady:,}, Needs care from {first.needs_care:,} to {last.needs_care:,}."
    )


def movements_takeaway(movements: Sequence[Movement]) -> str:
    """Return how many people changed their state and how many kept it."""
    stayed = sum(movement.members for movement in movements if movement.state_from == movement.state_to)
    moved = sum(movement.members for movement in movements) - stayed
    return f"{counted(moved, 'person', 'people')} changed state between the two days, {stayed:,} kept theirs."


def timeline_takeaway(name: str, days: Sequence[ScoredDay]) -> str:
    """Return how a member's score went over the days shown."""
    first, last = days[0], days[-1]
    return (
        f"The score of {name} went from {first.final_score:.0f} on {short_date(first.score_date)} to"
        f" {last.final_score:.0f} on {short_date(last.score_date)}, {WORDS[MomentumState(last.momentum_state)]}."
    )
