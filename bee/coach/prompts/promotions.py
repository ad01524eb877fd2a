"""Promotions: that somebody asked for a version to go live, what became of it, and to where one can roll back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.coach.prompts.registry import Deployment
from bee.db import ReadSession
from bee.errors import NotFound
from bee.settings import Environment


@dataclass(frozen=True, slots=True)
class Promotion:
    """A request for a version to go live. ``outcome``: approved, rejected or withdrawn; None while it waits."""

    id: UUID
    prompt: str
    environment: Environment
    number: int
    sha256: str
    author_id: UUID | None
    asked_by: UUID
    asked_at: datetime
    reason: str
    outcome: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    decision: str | None

    @property
    def waits(self) -> bool:
        """Whether nobody has decided about it yet."""
        return self.outcome is None

    def may_approve(self, staff_id: UUID) -> bool:
        """Whether somebody is another person than who asked and who wrote it."""
        return staff_id not in {self.asked_by, self.author_id}


def promotions(session: ReadSession, prompt: str, environment: Environment) -> list[Promotion]:
    """Return every request for a version of a prompt to go live in an environment, newest first."""
    return session.all(Promotion, "coach/prompt_promotions", prompt=prompt, environment=environment, id=None)


def get_promotion(session: ReadSession, promotion_id: UUID) -> Promotion:
    """Return a request as it is now. Raises :class:`NotFound` where there is none."""
    found = session.find(Promotion, "coach/prompt_promotions", prompt=None, environment=None, id=promotion_id)
    if found is None:
        raise NotFound("no_promotion", "Nobody asked for that.")
    return found


def ways_back(times: Sequence[Deployment]) -> list[Deployment]:
    """Return to which times one person can roll back, a time for each version, those live last first (pure).

    ``times``: all at one place, newest first. Those count at which a version came to be live by a promotion or as
    the first, unless it is live now or somebody rolled back from it since; the database holds to the same.
    """
    roots: dict[int, Deployment] = {}
    left = {time.number for time in times[:1]}
    for time, former in zip(times, [*times[1:], None], strict=True):
        if time.back_to is None and time.number not in left:
            roots.setdefault(time.number, time)
        if time.back_to is not None and former is not None:
            left.add(former.number)
    lately = dict.fromkeys(time.number for time in times)
    return [roots[number] for number in lately if number in roots]
