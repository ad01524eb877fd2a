"""What the page of the alerts reads: as it is now, never remembered, for somebody may be called about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from bee.access import StaffRole
from bee.db import Login, ReadSession
from bee.sla.alerts.backtest import Backtest
from bee.sla.alerts.queries import (
    AlertAct,
    AlertCard,
    ChannelState,
    Delivery,
    WatchState,
    alert_acts,
    alert_deliveries,
    alerts,
    channel_states,
    find_alert,
    watch_state,
)
from bee.sla.alerts.registry import RuleVersion, rule_history, rule_versions, ruleset_of
from bee.sla.alerts.rota import Colleague, OnCall, Shift, on_call, people, shifts
from bee.sla.alerts.rule import Rule
from bee.sla.alerts.trial import try_rule
from bee.sla.impact import Affected, active_members, affected_by_alert
from bee.ui.house import get_house
from bee.ui.reads import Scope

SEE_ALERTS: Final = (StaffRole.ONCALL,)
PERIODS: Final = {"1w": 7, "4w": 28, "12w": 84}
USUAL_PERIOD: Final = "4w"
ALERTS_SHOWN: Final = 500
ROTA_AHEAD: Final = timedelta(days=120)
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Board:
    """How things stand: what is open or was lately, who is on call, the ways out, whether somebody watches.

    ``unread``: the rules that this release can't read, by name.
    """

    cards: list[AlertCard]
    on_call: Sequence[OnCall]
    channels: list[ChannelState]
    watch: WatchState
    unread: Sequence[str]


@dataclass(frozen=True, slots=True)
class Whole:
    """An alert with all that became of it.

    ``affected``: whom it touched, of so many who have not left; None where that is not counted.
    """

    card: AlertCard
    acts: list[AlertAct]
    deliveries: list[Delivery]
    affected: Affected | None
    active: int


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on call, who will be, and who could be."""

    on_call: Sequence[OnCall]
    shifts: list[Shift]
    people: list[Colleague]


def read_board(scope: Scope, days: int, now: datetime) -> Board:
    """Return how things stand."""
    return _read(
        scope,
        lambda session: Board(
            alerts(session, since=now - timedelta(days=days), most=ALERTS_SHOWN),
            on_call(session, now),
            channel_states(session, now=now),
            watch_state(session),
            tuple(ruleset_of(rule_versions(session)).unreadable),
        ),
    )


def read_alert(scope: Scope, alert: int, now: datetime) -> Whole | None:
    """Return an alert as it is now; None where there is none."""

    def read(session: ReadSession) -> Whole | None:
        card = find_alert(session, alert)
        if card is None:
            return None
        return Whole(
            card,
            alert_acts(session, alert),
            alert_deliveries(session, alert),
            affected_by_alert(session, card, now=now),
            active_members(session),
        )

    return _read(scope, read)


def read_rules(scope: Scope) -> list[RuleVersion]:
    """Return the newest version of each rule, by name."""
    return _read(scope, rule_versions)


def read_history(scope: Scope, rule: str) -> list[RuleVersion]:
    """Return the versions of a rule, newest first."""
    return _read(scope, lambda session: rule_history(session, rule))


def read_trial(scope: Scope, body: Rule, now: datetime) -> Backtest:
    """Return what a rule would have fired. Raises :class:`bee.errors.Invalid` for one that makes no sense."""
    return _read(scope, lambda session: try_rule(session, body, now=now))


def read_rota(scope: Scope, now: datetime) -> Rota:
    """Return who is on call from now on."""
    return _read(
        scope,
        lambda session: Rota(
            on_call(session, now), shifts(session, since=now, until=now + ROTA_AHEAD), people(session)
        ),
    )


def _read(scope: Scope, read: Callable[[ReadSession], Found]) -> Found:
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return read(session)
