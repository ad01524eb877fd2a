"""The cases that there are: those that come with the program, and what people write, change and retire."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Final
from uuid import UUID, uuid4, uuid5

from bee.audit import Actor, record
from bee.coach.lab.case import Case, CaseBody, Source, make_case
from bee.coach.lab.taking import Taken
from bee.coach.masking import MASK_VERSION
from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import Conflict, NotFound

SHIPPED: Final = UUID("6f1d3c1e-4f2b-5d0a-9c57-0c8f3c0a7e11")


def ensure_cases(database: Database) -> None:
    """Store the cases that come with the program; what a release changed becomes a new version.

    One that somebody here has changed or retired since is left as it is.
    """
    with database.writing(Login.OWNER) as session:
        known = {case.case_id: case for case in current_cases(session)}
        for case_id, body in shipped_cases().items():
            before = known.get(case_id)
            if before is None or (before.author_id is None and before.body != body):
                store_case(
                    session, case_id, 1 if before is None else before.version + 1, body, Source.PROGRAM
                )


def shipped_cases() -> dict[UUID, CaseBody]:
    """Return the cases that come with the program, by the id that each keeps for ever."""
    rows = json.loads((files(__package__) / "cases.json").read_text(encoding="utf-8"))["cases"]
    return {uuid5(SHIPPED, row.pop("key")): make_case(row) for row in rows}


def current_cases(session: ReadSession) -> list[Case]:
    """Return the newest version of every case, retired ones included, by kind and title."""
    return session.all(Case, "coach/lab_cases")


def case_versions(session: ReadSession, case_id: UUID) -> list[Case]:
    """Return every version of a case, newest first."""
    return session.all(Case, "coach/lab_case_versions", case_id=case_id)


def run_cases(session: ReadSession, run_id: UUID) -> list[Case]:
    """Return the versions of cases that a run is over, by kind and title."""
    return session.all(Case, "coach/lab_run_cases", run_id=run_id)


def write_case(session: WriteSession, body: CaseBody, *, actor: Actor) -> UUID:
    """Store a case that somebody wrote, and return its id."""
    case_id = uuid4()
    store_case(session, case_id, 1, body, Source.WRITTEN, author_id=actor.id)
    _record(session, actor, "coach_case.written", case_id, 1)
    return case_id


def take_case(session: WriteSession, taken: Taken, body: CaseBody, *, actor: Actor, now: datetime) -> UUID:
    """Store a case of a conversation as ``actor`` read and confirmed it, and return its id.

    The database refuses a member that is not theirs to read.
    """
    case_id = uuid4()
    confirmed = {"taken_from": taken.user_id, "mask_version": MASK_VERSION}
    confirmed |= {"confirmed_by": actor.id, "confirmed_at": now}
    store_case(session, case_id, 1, body, Source.CONVERSATION, author_id=actor.id, **confirmed)
    record(
        session,
        actor=actor,
        action="coach_case.taken",
        subject_kind="member",
        subject_id=taken.user_id,
        after={"case": case_id, "message": taken.message_id, "mask": MASK_VERSION},
    )
    return case_id


def revise_case(
    session: WriteSession,
    before: Case,
    body: CaseBody,
    *,
    actor: Actor,
    now: datetime,
    is_retired: bool = False,
) -> int:
    """Let a new version follow the one that was read, and return its number.

    Raises :class:`Conflict` where nothing is different, or somebody changed the case meanwhile.
    """
    if body == before.body and is_retired == before.is_retired:
        raise Conflict("case_unchanged", "Nothing of the case is different.")
    version = before.version + 1
    # Who changes what was taken from a conversation reads and confirms it anew.
    confirmed = {"confirmed_by": actor.id, "confirmed_at": now} if before.confirmed_by else {}
    store_case(
        session,
        before.case_id,
        version,
        body,
        before.source,
        author_id=actor.id,
        is_retired=is_retired,
        **confirmed,
    )
    action = "coach_case.retired" if is_retired else "coach_case.revised"
    _record(session, actor, action, before.case_id, version)
    return version


def find_case(session: ReadSession, case_id: UUID) -> Case:
    """Return the newest version of a case. Raises :class:`NotFound`."""
    for case in case_versions(session, case_id):
        return case
    raise NotFound("no_case", "There is no such case.")


def store_case(
    session: WriteSession, case_id: UUID, version: int, body: CaseBody, source: str, **more: object
) -> None:
    """Store a version of a case. ``more``: who wrote and confirmed it, whose words it was, whether it retires."""
    said = body.model_dump(mode="json")
    usual = dict.fromkeys(("taken_from", "mask_version", "confirmed_by", "confirmed_at", "author_id"))
    session.run(
        "coach/lab_add_case",
        **{"case_id": case_id, "version": version, "source": source, "is_retired": False}
        | usual
        | {
            **said,
            "memories": json.dumps(said["memories"]),
            "recent": json.dumps(said["recent"]),
            "tags": list(body.tags),
        }
        | more,
    )


def _record(session: WriteSession, actor: Actor, action: str, case_id: UUID, version: int) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_kind="coach_case",
        subject_id=case_id,
        after={"version": version},
    )
