"""A day of members' messages, each as it was then; read as one of the staff, who sees their own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bee.coach.offline import Memory, Said
from bee.coach.playground import Scene
from bee.coach.prompts import prompt_versions
from bee.coach.prompts.registry import COACH
from bee.coach.queries import AboutMember
from bee.coach.replay.again import Then
from bee.coach.replay.rerender import KeptMoment, Match, Past, Rerendered, moment_of, rerender
from bee.db import ReadSession
from bee.settings import Settings

MOST_MOMENTS: Final = 200


@dataclass(frozen=True, slots=True)
class Replayed:
    """A message of the day and its prompt again."""

    kept: KeptMoment
    rerendered: Rerendered


@dataclass(frozen=True, slots=True)
class Day:
    """A day's messages in their order. ``is_cut``: whether there are more."""

    moments: tuple[Replayed, ...]
    is_cut: bool

    @property
    def people(self) -> int:
        """How many people wrote."""
        return len({each.kept.user_id for each in self.moments})

    @property
    def matches(self) -> Counter[Match]:
        """How many prompts compare how."""
        return Counter(each.rerendered.match for each in self.moments)


def read_day(session: ReadSession, user_id: UUID | None, day: date, settings: Settings) -> Day:
    """Return what was written on a day, by each member's own calendar: by one of them, or by all."""
    found = session.all(KeptMoment, "coach/replay_moments", user_id=user_id, day=day, most=MOST_MOMENTS + 1)
    rows = found[:MOST_MOMENTS]
    past = _past(session, rows)
    scenes = _scenes(session, rows, past)
    moments = tuple(
        Replayed(row, rerender(row, past, scene.known, settings))
        for row, scene in zip(rows, scenes, strict=True)
    )
    return Day(moments, is_cut=len(found) > len(rows))


def read_due(session: ReadSession, replay_id: UUID, *, most: int) -> list[Then]:
    """Return the next messages of a replay that are to be asked, each in the moment that it was written in."""
    rows = session.all(KeptMoment, "coach/replay_due", replay_id=replay_id, most=most)
    scenes = _scenes(session, rows, _past(session, rows))
    return [Then(row, scene) for row, scene in zip(rows, scenes, strict=True)]


def _scenes(session: ReadSession, rows: Sequence[KeptMoment], past: Past) -> list[Scene]:
    about = {member_id: _about(session, member_id) for member_id in {row.user_id for row in rows}}
    return [
        Scene(moment_of(row, past), about[row.user_id].known, about[row.user_id].consents) for row in rows
    ]


def _past(session: ReadSession, rows: Sequence[KeptMoment]) -> Past:
    ids = list({each for row in rows for each in row.memory_ids})
    numbers = list({each for row in rows for each in row.message_numbers})
    people = list({row.user_id for row in rows})
    memories = session.all(Memory, "coach/replay_memories", ids=ids)
    messages = session.all(Said, "coach/replay_messages", user_ids=people, numbers=numbers)
    return Past(
        memories={memory.id: memory for memory in memories},
        messages={said.number: said for said in messages if said.number is not None},
        versions={version.sha256: version for version in prompt_versions(session, COACH)},
    )


def _about(session: ReadSession, member_id: UUID) -> AboutMember:
    return session.find(AboutMember, "coach/about_member", user_id=member_id) or AboutMember()
