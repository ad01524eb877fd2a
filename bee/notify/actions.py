"""What people do to rules and to the kill switch; each act is in the trail."""

from collections.abc import Mapping
from dataclasses import dataclass

from bee.audit import Actor, given_words, record
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Forbidden, Invalid, NotFound
from bee.notify.registry import active_rules, get_rule_version, rule_versions, thrown_switches
from bee.notify.rule import BUDGET, Budget, Rule, body_digest, body_text


@dataclass(frozen=True, slots=True)
class VersionId:
    """Which version of which rule, and the digest of what it says."""

    rule: str
    version: int
    digest: str


def add_version(session: WriteSession, body: Rule | Budget, *, message: str, actor: Actor) -> VersionId:
    """Store a new version, which waits for approval by somebody else.

    Raises :class:`Conflict` where the rule has said exactly this before.
    """
    said = given_words(message, "Say what the change is for")
    known = rule_versions(session, body.name)
    digest = body_digest(body)
    if same := [row.version for row in known if row.digest == digest]:
        raise Conflict("rule_unchanged", f"That is version {same[0]} of {body.name} already.")
    made = VersionId(body.name, 1 + max((row.version for row in known), default=0), digest)
    session.run(
        "notify/add_rule_version",
        rule=body.name,
        version=made.version,
        body=body_text(body),
        digest=digest,
        author_id=actor.id,
        message=said,
    )
    _record(session, actor, "notification_rule.added", body.name, None, _of(made))
    return made


def approve(session: WriteSession, rule: str, version: int, *, digest: str, actor: Actor) -> None:
    """Approve a version as it was read: ``digest`` is that of what was on the screen.

    Raises :class:`Forbidden` for its author and :class:`Conflict` where it says something else.
    """
    found = get_rule_version(session, rule, version)
    if found.digest != digest:
        raise Conflict("rule_differs", f"Version {version} of {rule} is not what you read.")
    if actor.id is None or found.author_id == actor.id:
        raise Forbidden("own_rule", "Somebody else than the author has to approve it.")
    if actor.id in found.approved_by:
        raise Conflict("approved_before", "You approved it before.")
    session.run("notify/approve_rule", rule=rule, version=version, digest=digest, approved_by=actor.id)
    _record(session, actor, "notification_rule.approved", rule, None, {"version": version, "digest": digest})


def activate(session: WriteSession, rule: str, version: int, *, reason: str, actor: Actor) -> None:
    """Let an approved version decide from now on.

    Raises :class:`Conflict` for one that nobody approved; what came with the program needs it too, once another
    version was in force.
    """
    found = get_rule_version(session, rule, version)
    before = _active_version(session, rule)
    if not found.approved_by:
        raise Conflict("not_approved", f"Nobody has approved version {version} of {rule} yet.")
    if before == version:
        raise Conflict("active_before", f"Version {version} of {rule} is in force already.")
    _activate(session, rule, version, before, reason, actor)


def deactivate(session: WriteSession, rule: str, *, reason: str, actor: Actor) -> None:
    """Let none of a rule's versions decide from now on. Raises :class:`Invalid` for the budget."""
    if rule == BUDGET:
        raise Invalid("budget_needed", "Without a budget nothing would be sent: stop everything instead.")
    before = _active_version(session, rule)
    if before is None:
        raise Conflict("inactive_before", f"{rule} is not in force.")
    _activate(session, rule, None, before, reason, actor)


def stop(session: WriteSession, *, rule: str | None = None, reason: str, actor: Actor) -> None:
    """Throw the kill switch, of a rule or of everything: within two seconds nothing more goes out."""
    _switch(session, rule, stopped=True, reason=reason, actor=actor)


def resume(session: WriteSession, *, rule: str | None = None, reason: str, actor: Actor) -> None:
    """Put the kill switch back: what waited and is not too late goes out."""
    _switch(session, rule, stopped=False, reason=reason, actor=actor)


def _switch(session: WriteSession, rule: str | None, *, stopped: bool, reason: str, actor: Actor) -> None:
    if rule is not None and not rule_versions(session, rule):
        raise NotFound("no_rule", f"There is no notification rule {rule!r}.")
    said = given_words(reason, "Say the reason")
    thrown = thrown_switches(session)
    before = thrown.everything if rule is None else rule in (thrown.rules or ())
    # Said again it changes nothing, but who wanted it stopped and why is worth a row.
    session.run("notify/add_stop", rule=rule, is_stopped=stopped, changed_by=actor.id, reason=said)
    action = "notification.stopped" if stopped else "notification.resumed"
    _record(session, actor, action, rule or "all", {"is_stopped": before}, {"is_stopped": stopped}, said)


def _activate(
    session: WriteSession, rule: str, version: int | None, before: int | None, reason: str, actor: Actor
) -> None:
    said = given_words(reason, "Say the reason")
    session.run("notify/activate_rule", rule=rule, version=version, activated_by=actor.id, reason=said)
    action = "notification_rule.activated" if version else "notification_rule.deactivated"
    _record(session, actor, action, rule, {"version": before}, {"version": version}, said)


def _active_version(session: ReadSession, rule: str) -> int | None:
    return active_rules(session).versions.get(rule)


def _of(made: VersionId) -> dict[str, object]:
    return {"version": made.version, "digest": made.digest}


def _record(
    session: WriteSession,
    actor: Actor,
    action: str,
    rule: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    reason: str | None = None,
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_kind="notification_rule",
        subject_id=rule,
        before=before,
        after=after,
        reason=reason,
    )
