"""What people do to rules on the page: each act one call and one transaction, by who is there at that moment."""

from collections.abc import Callable
from typing import Final, TypeVar

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Login, WriteSession
from bee.notify import actions
from bee.notify.registry import RuleVersion
from bee.notify.rule import Budget, Rule
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope, forget_reads

# Product changes what rules say; an admin who did not write it lets it decide.
MAY_WRITE: Final = StaffRole.PRODUCT
MAY_APPROVE: Final = StaffRole.ADMIN
Result = TypeVar("Result")


def ask_for_approval(body: Rule | Budget, message: str) -> int:
    """Store what a rule shall say as a version that waits for approval, and return its number."""
    return _act(
        MAY_WRITE,
        lambda session, actor: actions.add_version(session, body, message=message, actor=actor).version,
    )


def approve(version: RuleVersion) -> None:
    """Approve a version as it was read. Raises :class:`bee.errors.Forbidden` for its author."""
    _act(
        MAY_APPROVE,
        lambda session, actor: actions.approve(
            session, version.rule, version.version, digest=version.digest, actor=actor
        ),
    )


def activate(version: RuleVersion, reason: str) -> None:
    """Let an approved version decide from now on."""
    _act(
        MAY_APPROVE,
        lambda session, actor: actions.activate(
            session, version.rule, version.version, reason=reason, actor=actor
        ),
    )


def deactivate(rule: str, reason: str) -> None:
    """Let no version of a rule decide from now on."""
    _act(
        MAY_APPROVE,
        lambda session, actor: actions.deactivate(session, rule, reason=reason, actor=actor),
    )


def _act(needs: StaffRole, act: Callable[[WriteSession, Actor], Result]) -> Result:
    viewer = acting(needs)
    role = Scope.of(viewer, (needs,)).role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        result = act(session, Actor.staff(viewer.staff_id))
    forget_reads()
    return result
