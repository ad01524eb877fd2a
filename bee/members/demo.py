"""Demo members in: an empty local database is filled, one with demo members only is brought up to yesterday.

All of it is one transaction, so that a process that is killed leaves nothing half. Every row says that it is
made up: ``is_demo`` on members and staff, ``source = 'demo'`` on events and consents, the word on everything
that has a title.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bee.db import Database, Login, WriteSession
from bee.db.queries import query_text
from bee.errors import Conflict, Forbidden, Invalid
from bee.members.demo_days import EVENT_TYPES, RELEASE_DAY, DayOfEvents, demo_days, utc_offsets_s
from bee.members.demo_people import (
    COACHES,
    DAYS,
    DEMO,
    GOALS,
    NEVER,
    PLANS,
    ZONE_NAMES,
    Population,
    day_date,
    full_name,
    population,
)
from bee.members.ingest.loader import BULK, database_errors, touch_members
from bee.settings import Environment

DEMO_SEED: Final = 2026
DEMO_MEMBERS: Final = 1200
MOST_MEMBERS: Final = 20_000
# How far back the days are offered again that are loaded already: zones end theirs at most a day apart.
OVERLAP_DAYS: Final = 3
PUSH_EVERY: Final = 20
PURPOSES: Final = ("push", "coaching", "analytics", "research")
AGREE_EVERY: Final = (4, 9, 25, 3)  # every n-th member said no to that purpose
DAY_S: Final = 86_400
LINES_AT_A_TIME: Final = 20_000


@dataclass(frozen=True, slots=True)
class DemoState:
    """What there is: ``key`` is the external id of some demo member, the days are those of demo events."""

    others: int
    key: str | None
    first_day: date | None
    newest_day: date | None


@dataclass(frozen=True, slots=True)
class DemoFill:
    """What was added. No members and some events: the demo was brought up to yesterday."""

    members: int
    events: int
    first_day: date
    through: date


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def fill_demo(
    database: Database,
    *,
    environment: Environment,
    now: datetime,
    members: int = DEMO_MEMBERS,
    seed: int = DEMO_SEED,
) -> DemoFill:
    """Fill an empty database with demo members, or bring those it has up to yesterday in each of their zones.

    The same ``seed``, ``members`` and day give the same rows. Raises :class:`Forbidden` outside local,
    :class:`Conflict` where a real member exists, :class:`Invalid` for a size that makes no sense.
    """
    refuse_demo_outside_local(environment)
    if not 1 <= members <= MOST_MEMBERS or seed < 0:
        raise Invalid("demo_size", f"1 to {MOST_MEMBERS} demo members, and a seed that is not negative.")
    yesterdays = [now.astimezone(ZoneInfo(zone)).date() - timedelta(days=1) for zone in ZONE_NAMES]
    with database_errors(), database.writing(Login.OWNER, settings=BULK) as session:
        session.scalar("members/lock_demo")
        state = session.get(DemoState, "members/demo_state")
        if state.others:
            raise Conflict("real_members", "There are real members here; demo members never go among them.")
        if state.key is None or state.first_day is None or state.newest_day is None:
            return _fill(session, population(seed=seed, members=members), yesterdays)
        return _bring_up(session, state.key, state.first_day, state.newest_day, yesterdays)


def refuse_demo_outside_local(environment: Environment) -> None:
    """Raise :class:`Forbidden` outside local."""
    if environment is not Environment.LOCAL:
        raise Forbidden(
            "demo_refused", f"Demo members belong in the local environment, not in {environment}."
        )


def _fill(session: WriteSession, people: Population, yesterdays: Sequence[date]) -> DemoFill:
    first_day = min(yesterdays) - timedelta(days=DAYS - 1)
    days = (max(yesterdays) - first_day).days + 1
    _add_people(session, people, first_day)
    happened = _happened(demo_days(people, first_day=first_day, days=days), people, first_day, yesterdays)
    _copy_events(session, "members/copy_demo_events", _event_lines(happened, people, first_day, days))
    firsts = _first_days(happened, len(people))
    active = [n for n, day in enumerate(firsts) if day is not None]
    touch_members(
        session,
        tuple(people.ids[n] for n in active),
        tuple(day_date(first_day, day) for day in firsts if day is not None),
    )
    return DemoFill(len(people), sum(len(day.member) for day in happened), first_day, min(yesterdays))


def _bring_up(
    session: WriteSession, key: str, first_day: date, newest_day: date, yesterdays: Sequence[date]
) -> DemoFill:
    """Add the events since the newest loaded day. Ids say which are there already."""
    if newest_day >= max(yesterdays):
        return DemoFill(0, 0, first_day, min(yesterdays))
    seed, members = (int(part) for part in key.split("-")[1:3])
    people = population(seed=seed, members=members)
    known = {row.id for row in session.all(_Id, "members/demo_ids")}
    is_known = np.array([member in known for member in people.ids])
    days = (max(yesterdays) - first_day).days + 1
    since = (newest_day - first_day).days - OVERLAP_DAYS
    fresh = (_only(day, is_known[day.member]) for day in demo_days(people, first_day=first_day, days=days))
    happened = _happened((day for day in fresh if day.day >= since), people, first_day, yesterdays)
    session.run("members/make_demo_incoming")
    _copy_events(session, "members/copy_demo_incoming", _event_lines(happened, people, first_day, days))
    return DemoFill(0, int(session.scalar("members/add_demo_incoming")), first_day, min(yesterdays))


def _happened(
    days: Iterable[DayOfEvents], people: Population, first_day: date, yesterdays: Sequence[date]
) -> list[DayOfEvents]:
    """Keep what lies in the past of each member's zone: days that are over there."""
    last = np.array([(yesterday - first_day).days for yesterday in yesterdays])[people.zone]
    return [_only(day, day.day <= last[day.member]) for day in days]


def _only(day: DayOfEvents, wanted: NDArray[np.bool_]) -> DayOfEvents:
    return DayOfEvents(
        day.day,
        day.member[wanted],
        day.order[wanted],
        day.kind[wanted],
        day.second[wanted],
        day.delay_s[wanted],
    )


def _first_days(days: Iterable[DayOfEvents], members: int) -> list[int | None]:
    firsts: list[int | None] = [None] * members
    for day in days:
        for n in np.unique(day.member).tolist():
            if firsts[n] is None:
                firsts[n] = day.day
    return firsts


def _add_people(session: WriteSession, people: Population, first_day: date) -> None:
    coaches = [uuid5(DEMO, f"coach:{name}") for name in COACHES]
    emails = [f"{name.lower().replace(' ', '.')}@example.org" for name in COACHES]
    session.run("members/add_demo_coaches", ids=coaches, emails=emails, names=list(COACHES))
    _copy_rows(session, "members/copy_demo_members", _member_rows(people, first_day, coaches))
    _copy_rows(session, "members/copy_demo_personal_data", _personal_rows(people))
    _copy_rows(session, "members/copy_demo_consents", _consent_rows(people))
    _copy_rows(session, "members/copy_demo_push_tokens", _token_rows(people))
    session.run_many("members/add_demo_annotation", _annotations(first_day))


def _copy_events(session: WriteSession, name: str, lines: Iterable[str]) -> None:
    """Send lines as they are made: the server takes them in while the next ones are written."""
    with session.driver.cursor() as cursor, cursor.copy(query_text(name).encode()) as copy:
        for some in lines:
            copy.write(some)


def _copy_rows(session: WriteSession, name: str, rows: Iterable[Sequence[object]]) -> None:
    with session.driver.cursor() as cursor, cursor.copy(query_text(name).encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _member_rows(people: Population, first_day: date, coaches: Sequence[UUID]) -> Iterable[Sequence[object]]:
    for n, member in enumerate(people.ids):
        joined_on = day_date(first_day, int(people.joined[n]))
        attributes = {
            "plan": PLANS[people.plan[n]],
            "cohort": f"{joined_on:%Y-%m}",
            "goal": GOALS[people.goal[n]],
        }
        yield (
            member,
            f"demo-{people.seed}-{len(people)}-{n + 1:04d}",
            ZONE_NAMES[people.zone[n]],
            joined_on,
            day_date(first_day, int(people.left[n])) if people.left[n] < NEVER else None,
            coaches[people.coach[n]] if people.coach[n] >= 0 else None,
            json.dumps(attributes),
            True,
        )


def _personal_rows(people: Population) -> Iterable[Sequence[object]]:
    for n, member in enumerate(people.ids):
        yield member, f"{full_name(n)} (demo)", f"demo-member-{n + 1:04d}@example.org"


def _consent_rows(people: Population) -> Iterable[Sequence[object]]:
    for n, member in enumerate(people.ids, start=1):
        for purpose, every in zip(PURPOSES, AGREE_EVERY, strict=True):
            yield member, purpose, n % every != 0, "demo"


def _token_rows(people: Population) -> Iterable[Sequence[object]]:
    for n in range(0, len(people), PUSH_EVERY):
        yield people.ids[n], f"demo-token-{people.seed}-{n + 1:04d}", ("ios", "android")[n // PUSH_EVERY % 2]


def _annotations(first_day: date) -> list[dict[str, object]]:
    notes = (
        (21, "campaign", "Spring reminders (demo)", "Made up: a week of reminders in the evening."),
        (RELEASE_DAY, "release", "Release 2.4 (demo)", "Made up: shorter lessons and weekly goals."),
        (RELEASE_DAY + 49, "note", "Coaches call everybody once (demo)", "Made up: one call a member."),
    )
    return [
        {"on_date": day_date(first_day, day), "kind": kind, "title": title, "body": body}
        for day, kind, title, body in notes
    ]


def _event_lines(
    happened: Sequence[DayOfEvents], people: Population, first_day: date, days: int
) -> Iterator[str]:
    """Yield events as COPY's text, some lines at a time, all of a member's together.

    Columns as in ``sql/members/copy_demo_events.sql``.
    """
    member = np.concatenate([day.member for day in happened])
    order = np.argsort(member, kind="stable")
    member = member[order]
    day = np.concatenate([np.full(len(day.member), day.day) for day in happened])[order]
    nth = np.concatenate([day.order for day in happened])[order]
    kind = np.concatenate([day.kind for day in happened])[order]
    local_s = np.concatenate([day.second for day in happened])[order]
    delay_s = np.concatenate([day.delay_s for day in happened])[order]
    zone = people.zone[member]
    at = np.datetime64(first_day, "s") + day * DAY_S + local_s - utc_offsets_s(first_day, days)[zone, day]
    dates = [day_date(first_day, n).isoformat() for n in range(days)]
    ids = [str(member_id) for member_id in people.ids]
    for start in range(0, len(member), LINES_AT_A_TIME):
        part = slice(start, start + LINES_AT_A_TIME)
        whole = (column[part].tolist() for column in (member, day, nth, kind, zone))
        times = (np.datetime_as_string(column[part]).tolist() for column in (at, at + delay_s))
        yield "".join(
            f"{_event_id(people.seed, m, d, i)}\t{ids[m]}\t{EVENT_TYPES[k]}\t{dates[d]}\t{{}}\t"
            f"{occurred}Z\t{ZONE_NAMES[z]}\tdemo\t{received}Z\n"
            for m, d, i, k, z, occurred, received in zip(*whole, *times, strict=True)
        )


def _event_id(seed: int, member: int, day: int, nth: int) -> str:
    """Return ``uuid5(DEMO, "<seed>:<member>:<day>:<nth>")`` as 32 digits, at a third of the cost."""
    name = b"%d:%d:%d:%d" % (seed, member, day, nth)
    digits = hashlib.sha1(DEMO.bytes + name, usedforsecurity=False).hexdigest()
    return f"{digits[:12]}5{digits[13:16]}{'89ab'[int(digits[16], 16) & 3]}{digits[17:32]}"
