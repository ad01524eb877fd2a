"""What people see of the kill switch and do to it: never remembered, each act one call and one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Login
from bee.notify import actions
from bee.notify.switches import Switch, Throw, last_post_at, switches, throws
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope, forget_reads

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
    _act(rule, reason, needs=MAY_STOP, stops=True)


def release(rule: str | None, reason: str) -> None:
    """Let a rule, or everything, go again. Raises as :func:`stop` does."""
    _act(rule, reason, needs=MAY_RELEASE, stops=False)


def _act(rule: str | None, reason: str, *, needs: StaffRole, stops: bool) -> None:
    viewer = acting(needs)
    role = Scope.of(viewer, (needs,)).role
    act = actions.stop if stops else actions.resume
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        act(session, rule=rule, reason=reason, actor=Actor.staff(viewer.staff_id))
    forget_reads()
