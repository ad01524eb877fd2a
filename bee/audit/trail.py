"""Appending to the trail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from bee.db import WriteSession


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``kind``: staff, member, system, or operator (the command line)."""

    kind: str
    id: UUID | None = None

    @classmethod
    def staff(cls, staff_id: UUID) -> Self:
        """Somebody on the staff, through the dashboard."""
        return cls("staff", staff_id)

    @classmethod
    def member(cls, member_id: UUID) -> Self:
        """A member, through the app."""
        return cls("member", member_id)

    @classmethod
    def system(cls) -> Self:
        """The program itself."""
        return cls("system")

    @classmethod
    def operator(cls) -> Self:
        """Whoever has the command line of the server."""
        return cls("operator")


def record(
    session: WriteSession,
    *,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: object = None,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Append one act to the trail, in the transaction of the act.

    ``action``: ``noun.verb``, such as ``member.viewed``. ``before`` and ``after`` hold ids and settings only:
    no name, no address, no text that a person wrote, so that the trail can outlive an erasure.
    """
    session.run(
        "audit/append",
        actor_kind=actor.kind,
        actor_id=actor.id,
        action=action,
        subject_kind=subject_kind,
        subject_id=None if subject_id is None else str(subject_id),
        before=_json(before),
        after=_json(after),
        reason=reason,
    )


def _json(value: Mapping[str, object] | None) -> str | None:
    return None if value is None else json.dumps(value, sort_keys=True, default=str)
