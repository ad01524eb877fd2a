"""What becomes of an alert from minute to minute: one a cause, told step by step; a fault that flaps is one."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.sla.alerts.alert import Act, Alert, course, due_steps, expire
from bee.sla.alerts.rule import Step
from bee.sla.burn import Severity
from tests.sla.alerts.histories import MINUTE, NOON, RULE, after, firing, lived

STEPS = (
    Step(after_min=0, levels=(1,)),
    Step(after_min=10, levels=(1, 2)),
    Step(after_min=30, team=True),
)


def told(alert: Alert, minutes_later: float, steps: tuple[Step, ...] = STEPS) -> list[int]:
    found = due_steps(alert, steps, alert.round_at + minutes_later * MINUTE)
    return [steps.index(step) for step in found]


def acknowledged(alert: Alert, minutes: float) -> Alert:
    return replace(alert, acknowledged_by=uuid4(), acknowledged_until=NOON + minutes * MINUTE)


def test_what_fires_for_the_first_time_opens_an_alert() -> None:
    step = course(None, firing(), RULE, version=3, now=NOON)
    assert step is not None
    assert step.acts == (Act.OPENED,)
    assert (step.alert.opened_at, step.alert.version, step.alert.times) == (NOON, 3, 1)


def test_what_never_fired_is_no_alert() -> None:
    assert course(None, None, RULE, version=1, now=NOON) is None


def test_what_goes_on_firing_is_the_same_alert_with_newer_evidence() -> None:
    alert = lived([True, True, True])
    assert (alert.opened_at, alert.fired_at, alert.revision) == (NOON, NOON + 2 * MINUTE, 1)


def test_what_flaps_is_one_alert_that_came_back() -> None:
    alert = lived([True, False, True, False, False, True])
    assert (alert.opened_at, alert.times, alert.round, alert.is_open) == (NOON, 3, 1, True)


def test_an_alert_ends_once_it_has_been_quiet_for_long_enough() -> None:
    quiet = lived([True, False])
    assert after(quiet, fires=False, minutes_later=RULE.quiet_min) is None
    step = after(quiet, fires=False, minutes_later=RULE.quiet_min + 1)
    assert step is not None
    assert step.acts == (Act.ENDED,)
    assert not step.alert.is_open


@pytest.mark.parametrize(("minutes_later", "is_same"), [(60, True), (60.1, False)])
def test_what_fires_again_soon_after_its_end_is_the_same_alert_in_a_new_round(
    minutes_later: float, is_same: bool
) -> None:
    ended = lived([True] + [False] * (RULE.quiet_min + 1))
    assert ended.closed_at is not None
    step = course(ended, firing(), RULE, version=1, now=ended.closed_at + minutes_later * MINUTE)
    assert step is not None
    assert step.acts == ((Act.REOPENED,) if is_same else (Act.OPENED,))
    assert (step.alert.opened_at == NOON, step.alert.round) == ((True, 2) if is_same else (False, 1))


def test_a_ticket_that_becomes_a_page_is_told_anew_though_somebody_saw_the_ticket() -> None:
    ticket = replace(acknowledged(lived([True]), 600), severity=Severity.TICKET, steps_told=1)
    step = after(ticket, fires=True, minutes_later=1)
    assert step is not None
    assert step.acts == (Act.RAISED,)
    assert (step.alert.severity, step.alert.round, step.alert.steps_told) == (Severity.PAGE, 2, 0)
    assert step.alert.acknowledged_by is None


def test_a_page_does_not_become_a_ticket_while_it_lasts() -> None:
    alert = lived([True, True], severity=lambda place: (Severity.PAGE, Severity.TICKET)[place])
    assert alert.severity == Severity.PAGE


@pytest.mark.parametrize(
    ("minutes_later", "steps"),
    [(0, [0]), (9.9, [0]), (10, [0, 1]), (29, [0, 1]), (30, [0, 1, 2]), (999, [0, 1, 2])],
)
def test_steps_are_told_in_their_minutes_and_late_ones_together(
    minutes_later: float, steps: list[int]
) -> None:
    assert told(lived([True]), minutes_later) == steps


def test_no_step_is_told_twice() -> None:
    assert told(replace(lived([True]), steps_told=2), 15) == []
    assert told(replace(lived([True]), steps_told=2), 30) == [2]
    # A schedule that lost a step since has nothing left to tell.
    assert told(replace(lived([True]), steps_told=3), 99, STEPS[:2]) == []


def test_nothing_is_told_while_somebody_sees_to_it_or_while_it_is_quiet() -> None:
    alert = lived([True])
    assert told(acknowledged(alert, 30), 29) == []
    assert told(replace(alert, snoozed_by=uuid4(), snoozed_until=NOON + 30 * MINUTE), 29) == []
    assert told(lived([True, False]), 29) == []


def test_whoever_asks_for_the_next_step_gets_it_at_once() -> None:
    alert = replace(lived([True]), steps_told=1, steps_asked=2)
    assert told(alert, 1) == [1]
    assert told(replace(alert, quiet_since=NOON), 1) == [1]
    assert told(replace(alert, closed_at=NOON), 1) == []


def test_whoever_asks_when_every_step_was_told_has_the_last_one_told_again() -> None:
    alone = replace(lived([True]), steps_told=1, steps_asked=2)
    assert told(alone, 1, STEPS[:1]) == [0]
    assert told(replace(alone, steps_told=2), 99, STEPS[:1]) == []
    # Steps that were taken away since are none that were asked for.
    assert told(replace(alone, steps_told=3, steps_asked=4), 99, STEPS[:2]) == [1]


def test_an_acknowledgement_that_ran_out_begins_a_new_round() -> None:
    alert = replace(acknowledged(lived([True]), 30), steps_told=2)
    assert expire(alert, NOON + 29 * MINUTE) is None
    step = expire(alert, NOON + 30 * MINUTE)
    assert step is not None
    assert (step.acts, step.alert.round, step.alert.steps_told) == ((Act.EXPIRED,), 2, 0)
    assert told(step.alert, 0) == [0]


def test_a_snooze_that_lasts_longer_than_the_acknowledgement_holds() -> None:
    alert = replace(acknowledged(lived([True]), 30), snoozed_by=uuid4(), snoozed_until=NOON + 60 * MINUTE)
    assert expire(alert, NOON + 45 * MINUTE) is None
    assert expire(alert, NOON + 60 * MINUTE) is not None


@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_whatever_fires_when_the_course_holds(fires: list[bool]) -> None:
    """Never two open alerts of a cause, none that ends while it fires, and revisions only go up."""
    alert: Alert | None = None
    for place, fired in enumerate(fires):
        now = NOON + place * MINUTE
        step = course(alert, firing() if fired else None, RULE, version=1, now=now)
        if fired:
            assert step is not None
            assert step.alert.is_open
            assert step.alert.quiet_since is None
        if step is None:
            continue
        if step.acts == (Act.OPENED,):
            assert alert is None or (
                alert.closed_at and now - alert.closed_at > timedelta(minutes=RULE.reopen_min)
            )
        elif alert is not None:
            assert step.alert.revision >= alert.revision
            assert step.alert.opened_at == alert.opened_at
        if step.alert.closed_at == now:
            assert step.alert.fired_at <= now - timedelta(minutes=RULE.quiet_min)
        alert = step.alert
