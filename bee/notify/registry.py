"""Which rules there are, which are in force, and what the kill switch holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee import __version__
from bee.audit import Actor, record
from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import NotFound
from bee.notify.decide import Stops
from bee.notify.rule import Budget, Rule, body_digest, body_text, parse_body, shipped_bodies


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """A version of a rule or of the budget as it is stored; ``author_id`` is None for what came along."""

    rule: str
    version: int
    body: str
    digest: str
    author_id: UUID | None
    message: str
    created_at: datetime
    approved_by: list[UUID]
    is_active: bool


@dataclass(frozen=True, slots=True)
class ActiveRule:
    """A version that is in force."""

    rule: str
    version: int
    body: str


@dataclass(frozen=True, slots=True)
class ThrownSwitch:
    """A switch that is thrown; without a rule it is everything's."""

    rule: str | None


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What is in force. ``versions``: of each rule by name."""

    rules: tuple[Rule, ...]
    versions: Mapping[str, int]
    budget: Budget | None


def ensure_rules(database: Database) -> None:
    """Store the rules that come with the program, and put those in force of which nobody ever said anything.

    One that was changed since an earlier release becomes a new version, which waits for approval. What a release
    brings to a database that had rules before is in the trail.
    """
    with database.writing(Login.OWNER) as session:
        is_upgrade = bool(rule_versions(session))
        for name, body in shipped_bodies().items():
            known = rule_versions(session, name)
            digest = body_digest(body)
            if digest not in {row.digest for row in known}:
                version = 1 + max((row.version for row in known), default=0)
                session.run(
                    "notify/add_rule_version",
                    rule=name,
                    version=version,
                    body=body_text(body),
                    digest=digest,
                    author_id=None,
                    message=f"Comes with release {__version__}.",
                )
                if is_upgrade:
                    _record(session, "added", name, None, {"version": version, "digest": digest})
            if not session.scalar("notify/has_activations", rule=name):
                session.run("notify/activate_rule", rule=name, version=1, activated_by=None, reason="shipped")
                if is_upgrade:
                    _record(session, "activated", name, {"version": None}, {"version": 1})


def _record(
    session: WriteSession,
    verb: str,
    rule: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    record(
        session,
        actor=Actor.operator(),
        action=f"notification_rule.{verb}",
        subject_kind="notification_rule",
        subject_id=rule,
        before=before,
        after=after,
        reason="shipped",
    )


def rule_versions(session: ReadSession, rule: str | None = None) -> list[RuleVersion]:
    """Return every version of a rule, or of all of them, by name, newest first."""
    return session.all(RuleVersion, "notify/rule_versions", rule=rule)


def get_rule_version(session: ReadSession, rule: str, version: int | None = None) -> RuleVersion:
    """Return a version of a rule, the newest by default. Raises :class:`NotFound` where there is none."""
    for row in rule_versions(session, rule):
        if version in {None, row.version}:
            return row
    which = "" if version is None else f"version {version} of "
    raise NotFound("no_rule", f"There is no {which}a notification rule {rule!r}.")


def active_rules(session: ReadSession) -> Ruleset:
    """Return what is in force now. Without a budget everything is held back."""
    found = session.all(ActiveRule, "notify/active_rules")
    bodies = [parse_body(row.body) for row in found]
    return Ruleset(
        tuple(body for body in bodies if isinstance(body, Rule)),
        {row.rule: row.version for row in found},
        next((body for body in bodies if isinstance(body, Budget)), None),
    )


def thrown_switches(session: ReadSession) -> Stops:
    """Return what the kill switch says."""
    rules = [row.rule for row in session.all(ThrownSwitch, "notify/stops")]
    return Stops(None in rules, frozenset(rule for rule in rules if rule is not None))
