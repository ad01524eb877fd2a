"""What happened in a time, in lanes: what fired, when the house was down, and what was changed just before.

A change is what the trail says: a prompt, a rule, a switch, a migration. A release begins with its first request.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.sla.alerts.queries import AlertAct, AlertCard, alert_acts, alerts
from bee.sla.alerts.words import evidence_words, minutes_words
from bee.sla.amendments import Amendment, amendments
from bee.sla.impact import Affected, active_members, affected_by_alert, alert_since, share_words
from bee.sla.uptime import Run, State, uptime_runs

MOST_ALERTS: Final = 200


class Lane(StrEnum):
    """What kind of thing happened, in the order in which lanes are drawn."""

    ALERTS = "Alerts"
    DOWN = "Down"
    RELEASES = "Releases"
    PROMPTS = "Prompts"
    RULES = "Rules"
    SWITCHES = "Kill switch"
    MIGRATIONS = "Migrations"
    MAINTENANCE = "Maintenance"


CHANGES: Final[Mapping[str, tuple[Lane, str]]] = {
    "prompt.promoted": (Lane.PROMPTS, "went live"),
    "prompt.rolled_back": (Lane.PROMPTS, "was rolled back"),
    "notification_rule.activated": (Lane.RULES, "came into force"),
    "notification_rule.deactivated": (Lane.RULES, "is out of force"),
    "alert_rule.saved": (Lane.RULES, "was changed (alerts)"),
    "notification.stopped": (Lane.SWITCHES, "was stopped"),
    "notification.resumed": (Lane.SWITCHES, "was let go"),
    "schema.migrated": (Lane.MIGRATIONS, "was applied"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened. ``ends_at`` is None for a moment, and for what is not over."""

    lane: Lane
    starts_at: datetime
    ends_at: datetime | None
    what: str
    detail: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Fired:
    """An alert of the time with all that became of it, the oldest act first.

    ``affected``: whom it touched; None where that is not counted.
    """

    card: AlertCard
    acts: Sequence[AlertAct]
    affected: Affected | None


@dataclass(frozen=True, slots=True)
class Incident:
    """A time, both in UTC, and what happened in it. ``active``: how many members have not left."""

    since: datetime
    until: datetime
    happenings: Sequence[Happening]
    fired: Sequence[Fired]
    active: int


@dataclass(frozen=True, slots=True)
class _Change:
    at: datetime
    action: str
    subject_id: str | None
    after: str | None
    reason: str | None
    who: str | None


@dataclass(frozen=True, slots=True)
class _Release:
    release: str
    at: datetime


def read_incident(session: ReadSession, *, since: datetime, until: datetime) -> Incident:
    """Return what happened from ``since`` and before ``until``, in order of time. For on-call and admins."""
    found = alerts(session, since=since, until=until, most=MOST_ALERTS)
    fired = [
        Fired(card, alert_acts(session, card.id)[::-1], affected_by_alert(session, card, now=until))
        for card in sorted(found, key=lambda each: each.opened_at)
    ]
    happenings = [
        *map(_of_alert, found),
        *map(_of_run, _down(uptime_runs(session, since=since, until=until))),
        *map(_of_release, session.all(_Release, "sla/release_starts", since=since, until=until)),
        *map(
            _of_change, session.all(_Change, "sla/changes", since=since, until=until, actions=list(CHANGES))
        ),
        *map(_of_amendment, _touching(amendments(session, since=since), until)),
    ]
    happenings.sort(key=lambda each: (each.starts_at, each.lane))
    return Incident(since, until, happenings, fired, active_members(session))


def incident_csv(incident: Incident) -> str:
    """Return what happened as a file, a row each, in order of time."""
    header = ("lane", "starts_at", "ends_at", "what", "detail")
    return csv_text(
        header,
        (
            (each.lane, each.starts_at.isoformat(), each.ends_at.isoformat() if each.ends_at else None, each.what,
             each.detail)
            for each in incident.happenings
        ),
    )  # fmt: skip


def report(incident: Incident) -> str:
    """Return what happened as Markdown, to be gone through together: each alert with its acts, the time line."""
    return "\n".join(_report(incident)) + "\n"


def _report(incident: Incident) -> Iterator[str]:
    yield f"# {_moment(incident.since)} to {_moment(incident.until)} UTC"
    yield ""
    down = sum(minutes for minutes in map(_length_min, incident.happenings) if minutes is not None)
    yield f"{len(incident.fired)} alerts. Down for {minutes_words(down)}, as far as it was seen."
    for fired in incident.fired:
        yield from _report_of(fired, incident.active)
    yield from ("", "## Time line", "")
    for each in incident.happenings:
        ends = f" to {_moment(each.ends_at)}" if each.ends_at else ", not over" if each.is_open else ""
        detail = f" ({_escaped(each.detail)})" if each.detail else ""
        yield f"- {_moment(each.starts_at)}{ends} · {each.lane} · {_escaped(each.what)}{detail}"
    yield from ("", "## What we learnt", "", "## What we change", "")


def _report_of(fired: Fired, active: int) -> Iterator[str]:
    card = fired.card
    ended = f"ended {_moment(card.closed_at)}" if card.closed_at else "is open"
    yield from ("", f"## {_escaped(card.headline)}", "")
    yield f"A {card.severity}, began {_moment(card.opened_at)}, {ended}, began to fire {card.times} times."
    yield from (_escaped(line) for line in evidence_words(card.evidence))
    yield _affected_words(fired, active)
    answered = next((act for act in fired.acts if act.kind == "acknowledged"), None)
    if answered:
        waited = int((answered.done_at - card.opened_at).total_seconds() // 60)
        yield f"Somebody saw to it after {minutes_words(max(0, waited))}."
    if card.is_actionable is not None:
        yield f"There was {'something' if card.is_actionable else 'nothing'} to do."
    yield ""
    for act in fired.acts:
        note = f": {_escaped(act.note)}" if act.note else ""
        who, what = _escaped(act.done_name or "the worker"), act.kind.replace("_", " ")
        yield f"- {_moment(act.done_at)} · {who} · {what}{note}"


def _affected_words(fired: Fired, active: int) -> str:
    if fired.affected is None:
        return "Members affected: not counted."
    since = _moment(alert_since(fired.card))
    return f"Members affected since {since}: {share_words(fired.affected, active)}."


def _length_min(happening: Happening) -> int | None:
    if happening.lane is not Lane.DOWN or happening.ends_at is None:
        return None
    return int((happening.ends_at - happening.starts_at).total_seconds() // 60)


def _of_alert(card: AlertCard) -> Happening:
    return Happening(
        Lane.ALERTS, card.opened_at, card.closed_at, card.headline, card.severity, is_open=card.is_open
    )


def _down(runs: Iterable[Run]) -> Iterator[Run]:
    return (run for run in runs if run.state is State.DOWN)


def _of_run(run: Run) -> Happening:
    return Happening(Lane.DOWN, run.starts_at, run.ends_at, f"Down for {minutes_words(run.minutes)}", "")


def _of_release(release: _Release) -> Happening:
    return Happening(Lane.RELEASES, release.at, None, f"Release {release.release}", "its first request")


def _of_change(change: _Change) -> Happening:
    lane, said = CHANGES[change.action]
    after: dict[str, Any] = json.loads(change.after) if change.after else {}
    number = after.get("number") or after.get("version")
    name = " ".join(part for part in (change.subject_id or "", f"version {number}" if number else "") if part)
    detail = ", ".join(part for part in (change.who, after.get("environment"), change.reason) if part)
    return Happening(lane, change.at, None, f"{name} {said}".strip(), detail)


def _touching(found: Iterable[Amendment], until: datetime) -> Iterator[Amendment]:
    return (each for each in found if each.starts_at < until and each.withdrawn_at is None)


def _of_amendment(amendment: Amendment) -> Happening:
    what = "Maintenance" if amendment.state is None else f"Corrected to {amendment.state}"
    what += ", ended early" if amendment.changed == "ended" else ""
    detail = ", ".join(part for part in (amendment.declared_by_name, amendment.reason) if part)
    return Happening(Lane.MAINTENANCE, amendment.starts_at, amendment.ends_at, what, detail)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _escaped(text: str) -> str:
    """Keep what people wrote on one line, and from being read as Markdown or as a page."""
    letters = text.replace("\n", " ").replace("\r", " ")
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!" else letter for letter in letters)
