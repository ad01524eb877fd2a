"""What people see of the kill switch and do to it: never remembered, each act one call and one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bee.access import StaffRole
from bee.db import Login
from bee.notify import actions
from bee.notify.switches import Switch, Throw, last_post_at, switches, throws
from bee.ui.acts import act
from bee.ui.house import get_house
from bee.ui.reads import Scope

# Whoever is on call stops at any hour; letting it go again is an admin's.
MAY_STOP: Final = StaffRole.ONCALL
MAY_RELEASE: Final = StaffRole.ADMIN
THROWS_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Switchboard:
    """What the page shows. ``rules``: each rule's switch; ``history``: the newest first."""

    everything: Switch
    rules: list[Switch]
    history: list[Throw]
    last_post_at: datetime | None


def read_switchboard(scope: Scope) -> Switchboard:
    """Return the switches as they are now."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        everything, *rules = switches(session)
        return Switchboard(everything, rules, throws(session, most=THROWS_SHOWN), last_post_at(session))


def stop(rule: str | None, reason: str) -> None:
    """Stop a rule, or everything. Raises :class:`bee.errors.Invalid` without a reason."""
    act(MAY_STOP, lambda session, actor: actions.stop(session, rule=rule, reason=reason, actor=actor))


def release(rule: str | None, reason: str) -> None:
    """Let a rule, or everything, go again. Raises as :func:`stop` does."""
    act(
        MAY_RELEASE,
        lambda session, actor: actions.resume(session, rule=rule, reason=reason, actor=actor),
    )
