"""Dates, counts and coverage as people read them. Pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from bee.engage.queries import Coverage, MemberCard, MemberPerson, Movement, StateDay
from bee.momentum.score import MomentumState
from bee.ui.palette import WORDS

# What stands where there is nothing to say.
NOTHING: Final = "–"
# Parts of event types that people write in capitals.
ABBREVIATIONS: Final = re.compile(r"\bpes\b", re.IGNORECASE)
# Engagement that is begun anew is no "re engagement".
AGAIN: Final = re.compile(r"^re (?=\w)", re.IGNORECASE)


def long_date(day: date) -> str:
    """Return a day such as ``Monday 23 November 2026``."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """Return a day such as ``23 Nov``."""
    return f"{day.day} {day:%b}"


def counted(number: int, one: str, many: str) -> str:
    """Return a count with its noun, such as ``1 person`` or ``1,200 people``."""
    return f"{number:,} {one if number == 1 else many}"


def coverage_words(coverage: Coverage) -> str:
    """Return what a page's figures cover."""
    through = f" · data through {long_date(coverage.through)}" if coverage.through else ""
    made_up = " · demo members" if coverage.is_demo else ""
    return f"{counted(coverage.people, 'person', 'people')}{through}{made_up}"


def movements_words(days: Sequence[StateDay], movements: Iterable[Movement]) -> str:
    """Return between which days people moved, and how many had a score on both."""
    people = counted(sum(movement.members for movement in movements), "person", "people")
    return (
        f"{short_date(days[0].score_date)} → {short_date(days[-1].score_date)}, {people} with a score on both"
    )


def matches_words(found: int, most: int) -> str:
    """Return what to do with those who were found; ``most`` is how many are shown."""
    if found < most:
        return "Open one to see their days"
    return f"The first {most:,}; type a number or a name to find others"


def file_words(label: str) -> str:
    """Return a label as a part of a file's name: ``Coach Cora Demo`` is ``coach-cora-demo``."""
    return re.sub(r"\W+", "-", label.lower()).strip("-")


def type_words(event_type: str) -> str:
    """Return a type of event or message as people say it: ``lesson_completion`` is ``Lesson completion``."""
    said = AGAIN.sub("re-", event_type.replace("_", " ").replace("-", " ").strip()).capitalize()
    return ABBREVIATIONS.sub(lambda found: found[0].upper(), said)


def person_words(card: MemberCard, person: MemberPerson | None) -> str:
    """Return who a page is about and through when, by name where the role sees names."""
    name = f"{card.name} · {person.full_name}" if person and person.full_name else card.name
    through = f" · data through {long_date(card.through)}" if card.through else ""
    return f"{name}{through}{' · demo member' if card.is_demo else ''}"


def state_words(card: MemberCard, days_in_state: int | None) -> str:
    """Return a member's state and for how long, such as ``Needs care · 15 days``."""
    assert card.momentum_state is not None
    length = f" · {counted(days_in_state, 'day', 'days')}" if days_in_state else ""
    return f"{WORDS[MomentumState(card.momentum_state)]}{length}"


def member_facts(card: MemberCard, person: MemberPerson | None) -> list[tuple[str, str]]:
    """Return what is known of a member, as names and values."""
    known = [
        ("Joined", long_date(card.joined_on)),
        ("Left", long_date(card.left_on) if card.left_on else None),
        ("Time zone", card.time_zone.replace("_", " ")),
        ("Coach", card.coach_name),
        ("E-mail", person.email if person else None),
        ("Phone", person.phone if person else None),
        *((type_words(name), value) for name, value in sorted(card.attributes.items())),
    ]
    return [(name, value) for name, value in known if value]
