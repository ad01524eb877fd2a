"""What a page shows as a CSV file: the same rows in the same order, figures as precise as they are stored."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from bee.csv_text import csv_text
from bee.engage.queries import EventsOfDay, Movement, PersonAtRisk, RecoveryDay, ScoredDay, StateDay


def states_csv(days: Iterable[StateDay], recoveries: Iterable[RecoveryDay] = ()) -> str:
    """Return states over time, a row a day, with what became of those who had fallen a week before."""
    fallen = {row.score_date: row for row in recoveries}
    header = (
        "date",
        "rising",
        "steady",
        "needs_care",
        "people",
        "mean_score",
        "fell_7_days_before",
        "recovered",
    )
    return csv_text(
        header,
        (
            (
                day.score_date.isoformat(),
                day.rising,
                day.steady,
                day.needs_care,
                day.people,
                # A sum of floats depends on the order in which the database adds them up.
                round(day.final_sum / day.people, 4) if day.people else None,
                fallen[day.score_date].fell if day.score_date in fallen else 0,
                fallen[day.score_date].recovered if day.score_date in fallen else 0,
            )
            for day in days
        ),
    )


def movements_csv(movements: Iterable[Movement]) -> str:
    """Return how people moved, a row a pair of states."""
    return csv_text(
        ("from", "to", "people"), ((row.state_from, row.state_to, row.members) for row in movements)
    )


def at_risk_csv(people: Iterable[PersonAtRisk], tasks: Mapping[UUID, datetime] | None = None) -> str:
    """Return who may need a call, a row a person, by pseudonym. ``tasks``: by when coaches see to it."""
    header = ("person", "state", "score", "usual_score", "below_usual", "days_in_state", "coach", "is_demo")
    due = {} if tasks is None else {member: at.isoformat() for member, at in tasks.items()}
    return csv_text(
        header if tasks is None else (*header, "task_due_at"),
        (
            (
                f"P-{person.number}",
                person.momentum_state,
                person.final_score,
                person.usual,
                person.below_usual,
                person.days_in_state,
                person.coach_name,
                "yes" if person.is_demo else "no",
                *(() if tasks is None else (due.get(person.user_id),)),
            )
            for person in people
        ),
    )


def member_csv(days: Iterable[ScoredDay], events: Iterable[EventsOfDay]) -> str:
    """Return a member's days, a row a day, with a column for each type of event that occurs."""
    counts = {(row.day, row.event_type): row.events for row in events}
    types = sorted({event_type for _, event_type in counts})
    header = ("date", "raw_score", "score", "state", "events", "is_complete", "definition", *types)
    return csv_text(
        header,
        (
            (
                day.score_date.isoformat(),
                day.raw_score,
                day.final_score,
                day.momentum_state,
                day.event_count,
                "yes" if day.is_complete else "no",
                day.definition,
                *(counts.get((day.score_date, event_type), 0) for event_type in types),
            )
            for day in days
        ),
    )
