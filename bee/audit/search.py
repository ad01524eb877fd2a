"""Searching the trail: who did what, to whom, when. Members go by their number, never by a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession

NUMBER: Final = re.compile(r"(?:P-)?(\d{1,15})", re.IGNORECASE | re.ASCII)
ACTOR_KINDS: Final = {
    "program": "system",
    "the program": "system",
    "command line": "operator",
    "the command line": "operator",
    "members": "member",
}
UUID_TEXT: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass(frozen=True, slots=True)
class TrailSearch:
    """What is looked for; None is anything.

    ``who``: a part of a colleague's name, a member's number, or a kind as people say it, such as ``the program``.
    ``about``: a name or a number too, or a kind or subject as the act has it, such as a rule.
    """

    since: datetime | None = None
    who: str | None = None
    about: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One act. ``before`` and ``after`` are JSON as PostgreSQL writes it; names and numbers are those of today."""

    id: int
    at: datetime
    actor_kind: str
    actor_name: str | None
    actor_number: int | None
    action: str
    subject_kind: str
    subject_id: str | None
    subject_name: str | None
    subject_number: int | None
    before: str | None
    after: str | None
    reason: str | None
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class ActionKind:
    """A kind of act that occurs in the trail."""

    action: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody on the staff, as acts and people call them."""

    id: UUID
    full_name: str


def search_trail(
    session: ReadSession, search: TrailSearch, *, most: int, before: int | None = None
) -> list[Act]:
    """Return the acts that are found, newest first, at most ``most``; those below the act ``before``, if given.

    Only for the roles admin and oncall: the database shows the trail to no other.
    """
    said = (search.who or "").lower()
    return session.all(
        Act,
        "audit/search",
        since=search.since,
        who=search.who,
        who_kind=ACTOR_KINDS.get(said, said),
        who_number=member_number(search.who),
        about=search.about,
        about_number=member_number(search.about),
        action=search.action,
        before_id=before,
        most=most,
    )


def trail_actions(session: ReadSession) -> list[str]:
    """Return the kinds of acts that the trail has, by name."""
    return [row.action for row in session.all(ActionKind, "audit/search_actions")]


def staff_names(session: ReadSession) -> dict[str, str]:
    """Return what everybody who ever was on the staff is called, by id as acts write it."""
    return {str(row.id): row.full_name for row in session.all(Colleague, "audit/search_names")}


def member_number(words: str | None) -> int | None:
    """Return the number in words such as ``P-1778``, None where they are no number."""
    found = NUMBER.fullmatch(words or "")
    return int(found[1]) if found else None


def actor_words(act: Act) -> str:
    """Return who acted: a colleague by name, a member by number."""
    match act.actor_kind:
        case "staff":
            return act.actor_name or "Somebody no longer known"
        case "member":
            return f"P-{act.actor_number}" if act.actor_number is not None else "A member since erased"
        case "system":
            return "The program"
        case _:
            return "The command line"


def subject_words(act: Act) -> str:
    """Return whom or what an act was about, after its kind."""
    if act.subject_number is not None:
        return f"P-{act.subject_number}"
    if act.subject_id is not None and UUID_TEXT.fullmatch(act.subject_id):
        # Nobody can say a whole one; the file has it.
        return act.subject_name or f"{act.subject_id[:8]}…"
    return act.subject_id or "–"


def acts_csv(acts: Iterable[Act]) -> str:
    """Return acts as a file, a row an act, in their order."""
    header = (
        "id",
        "at",
        "who_kind",
        "who",
        "action",
        "about_kind",
        "about",
        "about_id",
        "before",
        "after",
        "reason",
        "is_sealed",
    )
    return csv_text(
        header,
        (
            (
                act.id,
                act.at.isoformat(),
                act.actor_kind,
                actor_words(act),
                act.action,
                act.subject_kind,
                subject_words(act),
                act.subject_id,
                act.before,
                act.after,
                act.reason,
                "yes" if act.is_sealed else "no",
            )
            for act in acts
        ),
    )
