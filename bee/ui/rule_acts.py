"""What people do to rules on the page: each act one call and one transaction, by who is there at that moment."""

from typing import Final

from bee.access import StaffRole
from bee.notify import actions
from bee.notify.registry import RuleVersion
from bee.notify.rule import Budget, Rule
from bee.ui.acts import act

# Product changes what rules say; an admin who did not write it lets it decide.
MAY_WRITE: Final = StaffRole.PRODUCT
MAY_APPROVE: Final = StaffRole.ADMIN


def ask_for_approval(body: Rule | Budget, message: str) -> int:
    """Store what a rule shall say as a version that waits for approval, and return its number."""
    return act(
        MAY_WRITE,
        lambda session, actor: actions.add_version(session, body, message=message, actor=actor).version,
    )


def approve(version: RuleVersion) -> None:
    """Approve a version as it was read. Raises :class:`bee.errors.Forbidden` for its author."""
    act(
        MAY_APPROVE,
        lambda session, actor: actions.approve(
            session, version.rule, version.version, digest=version.digest, actor=actor
        ),
    )


def activate(version: RuleVersion, reason: str) -> None:
    """Let an approved version decide from now on."""
    act(
        MAY_APPROVE,
        lambda session, actor: actions.activate(
            session, version.rule, version.version, reason=reason, actor=actor
        ),
    )


def deactivate(rule: str, reason: str) -> None:
    """Let no version of a rule decide from now on."""
    act(
        MAY_APPROVE,
        lambda session, actor: actions.deactivate(session, rule, reason=reason, actor=actor),
    )
