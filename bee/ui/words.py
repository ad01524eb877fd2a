"""Dates, counts and coverage as people read them. Pure."""

from datetime import date

from bee.engage.queries import Coverage


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
    made_up = " · made-up demo members" if coverage.is_demo else ""
    return f"{counted(coverage.people, 'person', 'people')}{through}{made_up}"
