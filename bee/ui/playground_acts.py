"""What the playground reads and does: never remembered; each trial is in the trail before any model is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bee.access import StaffRole
from bee.audit import Actor, record
from bee.coach.model import Provider
from bee.coach.model.models import providers_of
from bee.coach.model.prices import price_list
from bee.coach.playground import Scene, Stage, read_scene
from bee.coach.prompting import Prompt, prompt_of
from bee.coach.prompts import PromptVersion, live_version, prompt_versions
from bee.coach.prompts.registry import COACH
from bee.db import Login
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.reminding import cue_of
from bee.ui.sessions import utc_now

SEE_LAB: Final = (StaffRole.COACH,)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be tried: every version, newest first, which of them is live, and models by their names."""

    versions: list[PromptVersion]
    live: PromptVersion | None
    models: tuple[str, ...]

    def version(self, number: int | None) -> PromptVersion | None:
        """Return the version of a number."""
        return next((version for version in self.versions if version.number == number), None)


def read_offer(scope: Scope) -> Offer:
    """Return what can be tried here."""
    house = get_house()
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        versions = prompt_versions(session, COACH)
        live = live_version(session, COACH, house.settings.environment)
    named = {house.settings.coach_model, Provider.OFFLINE.value} | {
        each.model for each in versions if each.model
    }
    there = providers_of(house.settings)
    named |= {
        f"{each.provider}/{each.model}"
        for each in price_list(house.settings)
        if each.provider in there and not each.embeds
    }
    return Offer(versions, live, tuple(sorted(named)))


def prompt_from(version: PromptVersion, model: str | None) -> Prompt:
    """Return a version with a model: its own, which may be the settings', or another."""
    return prompt_of(version, get_house().settings, model)


def read_members_scene(scope: Scope, member_id: UUID, message: str, now: datetime) -> Scene:
    """Return a member's moment as it is now, with what a message calls up. Raises :class:`bee.errors.NotFound`."""
    cue = cue_of(scope, member_id, message)
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return read_scene(session, member_id, cue, now=now)


def begin_trial(prompts: Sequence[Prompt], member_id: UUID | None) -> Stage:
    """Write to the trail who tries what about whom, and return where; no word of it is kept.

    Raises as :func:`acting` does.
    """
    viewer, house = acting(StaffRole.COACH), get_house()
    role = Scope.of(viewer, SEE_LAB).role
    with house.database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        record(
            session,
            actor=Actor.staff(viewer.staff_id),
            action="coach.tried",
            subject_kind="member" if member_id else "coach",
            subject_id=member_id,
            after={"versions": [f"{each.label} · {each.provider}/{each.model}" for each in prompts]},
        )
    return Stage(house.database, house.settings, viewer.staff_id, clock=utc_now)
