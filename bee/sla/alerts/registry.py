"""Which rules there are, which of them watch, and saving another version, tried on the past before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bee import __version__
from bee.audit import Actor, given_words, record
from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import Conflict, Invalid, NotFound
from bee.sla.alerts.rule import BurnRule, Escalation, Rule, body_digest, body_text, parse_body, shipped_bodies
from bee.sla.objectives import get_objective


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule or of the escalation; ``author_id`` and ``tested`` are None for what came along.

    ``tested``: what it would have fired before it was saved.
    """

    rule: str
    version: int
    is_on: bool
    body: str
    digest: str
    tested: Mapping[str, Any] | None
    author_id: UUID | None
    author_name: str | None
    message: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What watches, and the steps in which people are told. ``versions``: of each rule by name.

    ``unreadable``: rules that this release can't read or has no objective for, with why: they watch nothing.
    """

    rules: tuple[Rule, ...]
    versions: Mapping[str, int]
    escalation: Escalation
    unreadable: Mapping[str, str]


def ensure_alert_rules(database: Database) -> None:
    """Store what comes with the program, where no person ever said otherwise.

    A rule of an earlier release that nobody changed follows to the new one; what somebody wrote stays.
    """
    with database.writing(Login.OWNER) as session:
        known = {row.rule: row for row in rule_versions(session)}
        for name, body in shipped_bodies().items():
            before = known.get(name)
            if before and (before.author_id or before.digest == body_digest(body)):
                continue
            version = before.version + 1 if before else 1
            _add(session, body, version, is_on=True, message=f"Comes with release {__version__}.")
            if known:
                _record(session, Actor.operator(), before, name, version, body, is_on=True, reason="shipped")


def rule_versions(session: ReadSession) -> list[RuleVersion]:
    """Return the newest version of each rule, by name."""
    return session.all(RuleVersion, "sla/alert_rules")


def rule_history(session: ReadSession, rule: str) -> list[RuleVersion]:
    """Return the versions of a rule, newest first."""
    return session.all(RuleVersion, "sla/alert_rule_history", rule=rule)


def ruleset_of(versions: list[RuleVersion]) -> Ruleset:
    """Return what watches. A rule that can't be read holds up no other; an escalation falls back to the shipped."""
    rules: list[Rule] = []
    unreadable: dict[str, str] = {}
    escalation = shipped_bodies()["escalation"]
    for row in versions:
        if not row.is_on:
            continue
        try:
            body = parse_body(row.body)
            if isinstance(body, BurnRule):
                get_objective(body.objective)
        except (Invalid, NotFound) as error:
            unreadable[row.rule] = error.message
            continue
        if isinstance(body, Escalation):
            escalation = body
        else:
            rules.append(body)
    assert isinstance(escalation, Escalation)
    return Ruleset(tuple(rules), {row.rule: row.version for row in versions}, escalation, unreadable)


def save_rule(
    session: WriteSession,
    body: Rule | Escalation,
    *,
    is_on: bool,
    seen: int | None,
    tested: Mapping[str, object],
    message: str,
    actor: Actor,
) -> int:
    """Store a version of a rule, which holds at once, and return its number.

    ``seen``: the version that it was made from, None for a new rule. ``tested``: what it would have fired. Raises
    :class:`Conflict` where another version was saved since, or where it says nothing new.
    """
    said = given_words(message, "Say what the change is for")
    before = next((row for row in rule_versions(session) if row.rule == body.name), None)
    if (before.version if before else None) != seen:
        raise Conflict("alert_rule_changed", "Somebody changed this rule meanwhile: look at it again.")
    if before and (before.digest, before.is_on) == (body_digest(body), is_on):
        raise Conflict("alert_rule_unchanged", "That is what the rule says already.")
    if isinstance(body, Escalation) and not is_on:
        raise Invalid("escalation_needed", "Without steps nobody would be told.")
    version = before.version + 1 if before else 1
    _add(session, body, version, is_on=is_on, message=said, tested=tested, author_id=actor.id)
    _record(session, actor, before, body.name, version, body, is_on=is_on, reason=said)
    return version


def _add(
    session: WriteSession,
    body: Rule | Escalation,
    version: int,
    *,
    is_on: bool,
    message: str,
    tested: Mapping[str, object] | None = None,
    author_id: UUID | None = None,
) -> None:
    session.run(
        "sla/add_alert_rule",
        rule=body.name,
        version=version,
        is_on=is_on,
        body=body_text(body),
        digest=body_digest(body),
        tested=None if tested is None else json.dumps(tested),
        author_id=author_id,
        message=message,
    )


def _record(
    session: WriteSession,
    actor: Actor,
    before: RuleVersion | None,
    rule: str,
    version: int,
    body: Rule | Escalation,
    *,
    is_on: bool,
    reason: str,
) -> None:
    record(
        session,
        actor=actor,
        action="alert_rule.saved",
        subject_kind="alert_rule",
        subject_id=rule,
        before={"version": before.version, "digest": before.digest, "is_on": before.is_on}
        if before
        else None,
        after={"version": version, "digest": body_digest(body), "is_on": is_on},
        reason=reason,
    )
