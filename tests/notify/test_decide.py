"""Whether a moment becomes a notification: each guard, its order, caps, and what is not known holding back."""

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.notify.decide import WEEK, Draws, Guard, Send, Stops, is_due
from bee.notify.quiet import local_day
from bee.notify.rule import Variant
from tests.notify.people import BUDGET, NOON, body, decided, moment, quiet, recipient, send, shipped

NIGHT = datetime(2026, 3, 3, 23, tzinfo=UTC)
CONCERNS = ("coach_intervention", "support", "celebration")


def test_what_nothing_holds_back_is_sent_at_once() -> None:
    decision = decided()
    assert (decision.is_send, decision.reason, decision.send_at) == (True, "eligible", NOON)
    assert decision.expires_at == NOON + timedelta(hours=24)
    assert set(decision.guards.values()) == {"passed"}
    assert list(decision.guards) == [guard.value for guard in Guard]
    assert (decision.draw, decision.probability) == (None, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"push_consent": False}, "consent_refused"),
        ({"push_consent": None}, "consent_unknown"),
        ({"opted_out": frozenset({"coach_intervention"})}, "opt_out_refused"),
        ({"opted_out": frozenset({"celebration"})}, "eligible"),
        ({"opted_out": None}, "opt_out_unknown"),
        ({"addresses": 0}, "address_refused"),
        ({"addresses": None}, "address_unknown"),
        ({"time_zone": None}, "quiet_unknown"),
        ({"sends": None}, "cooldown_unknown"),
        ({"sends": (send(23.9),)}, "cooldown_refused"),  # 24 hours apart
        ({"sends": (send(24),)}, "eligible"),
        ({"sends": (send(1, "support"),)}, "eligible"),  # another type has its own cooldown
        ({"sends": (send(-2),)}, "cooldown_refused"),  # what waits for quiet hours to end counts
        (
            {"sends": tuple(send(24 * n, "support") for n in range(1, 8))},
            "eligible",
        ),  # the first is a week old
        ({"sends": tuple(send(20 * n, "support") for n in range(1, 8))}, "weekly_refused"),
    ],
)
def test_each_guard_holds_back_and_so_does_not_knowing(changes: dict[str, Any], reason: str) -> None:
    decision = decided(to=recipient(**changes))
    assert decision.reason == reason
    assert decision.is_send is (reason == "eligible")


@pytest.mark.parametrize(
    ("hours_ago", "reason"),
    [
        ((9,), "eligible"),
        ((7.9,), "cooldown_refused"),  # 8 hours apart
        ((9, 11), "daily_refused"),  # two today already
        ((9, 13), "eligible"),  # the other one was yesterday
    ],
)
def test_a_drop_is_told_twice_a_day_and_eight_hours_apart(hours_ago: tuple[float, ...], reason: str) -> None:
    sends = tuple(send(hours, "support") for hours in hours_ago)
    assert decided(rule=shipped("score_drop"), to=recipient(sends=sends)).reason == reason


@pytest.mark.parametrize(("hours_ago", "reason"), [(11.9, "cooldown_refused"), (12.1, "eligible")])
def test_a_celebration_is_told_twelve_hours_apart(hours_ago: float, reason: str) -> None:
    sends = (send(hours_ago, "celebration"),)
    assert decided(rule=shipped("rising"), to=recipient(sends=sends)).reason == reason


def test_a_day_is_the_members_day() -> None:
    # Noon UTC is 21:00 in Tokyo, on the day that began there at 15:00 UTC yesterday.
    sends = (send(20, "celebration"),)
    rule = shipped("rising", cooldown_h=0)
    assert decided(rule=rule, to=recipient(time_zone="Asia/Tokyo", sends=sends)).reason == "daily_refused"
    assert decided(rule=rule, to=recipient(sends=sends)).reason == "eligible"


@pytest.mark.parametrize(
    ("stops", "reason"),
    [
        (Stops(everything=True), "stopped_refused"),
        (Stops(rules=frozenset({"needs_care"})), "stopped_refused"),
        (Stops(rules=frozenset({"rising"})), "eligible"),
        (Stops(rules=None), "stopped_unknown"),
    ],
)
def test_the_kill_switch_holds_everything_or_a_rule(stops: Stops, reason: str) -> None:
    assert decided(stops=stops).reason == reason


def test_without_a_budget_nothing_is_sent() -> None:
    assert decided(budget=None).reason == "quiet_unknown"


def test_quiet_hours_put_it_off_to_a_little_after_their_end() -> None:
    decision = decided(now=NIGHT)
    assert (decision.is_send, decision.reason) == (True, "deferred")
    assert decision.guards["quiet"] == "deferred"
    assert decision.send_at == datetime(2026, 3, 4, 8, 7, 30, tzinfo=UTC)  # half of a quarter of an hour


def test_what_would_be_too_late_after_quiet_hours_is_not_sent() -> None:
    assert decided(rule=shipped("needs_care", valid_h=9), now=NIGHT).reason == "quiet_refused"
    assert decided(rule=shipped("needs_care", valid_h=10), now=NIGHT).reason == "deferred"


def test_a_members_own_quiet_hours_go_before_everybodys() -> None:
    assert decided(to=recipient(quiet=quiet("11:00", "13:00"))).reason == "deferred"
    assert decided(to=recipient(quiet=quiet("09:00", "09:00")), now=NIGHT).reason == "eligible"


def test_the_first_guard_that_refuses_names_the_reason_and_all_of_them_answer() -> None:
    decision = decided(to=recipient(push_consent=False, addresses=0, sends=(send(1),)))
    assert decision.reason == "consent_refused"
    answers = Counter(decision.guards.values())
    assert answers == {"refused": 4, "passed": 5}  # consent, address, cooldown and the day's maximum


def test_a_text_that_is_too_long_for_the_service_is_never_sent() -> None:
    # In the mind of a reader 990 letters, on the wire four bytes each.
    long = Variant(name="long", title="Hello", body="😀" * 990)
    decision = decided(rule=shipped("needs_care", variants=(long,)))
    assert decision.reason == "size_refused"


@pytest.mark.parametrize(
    ("draw", "reason"), [(0.0, "eligible"), (0.59, "eligible"), (0.6, "holdout"), (0.99, "holdout")]
)
def test_a_rule_that_is_measured_holds_some_out_by_lot(draw: float, reason: str) -> None:
    decision = decided(rule=shipped("needs_care", holdout=0.4), draws=Draws(draw, 0, 0))
    assert decision.reason == reason
    assert (decision.draw, decision.probability) == (draw, 0.6)
    # What becomes of both is counted from the same moment on.
    assert (decision.send_at, decision.expires_at) == (NOON, NOON + timedelta(hours=24))


def test_nobody_is_drawn_whom_a_guard_holds_back() -> None:
    decision = decided(rule=shipped("needs_care", holdout=0.4), to=recipient(push_consent=False))
    assert (decision.draw, decision.probability) == (None, None)


def test_the_variants_share_the_draws() -> None:
    found = [decided(draws=Draws(0, draw, 0)).text.variant for draw in (0, 0.49, 0.5, 0.999999)]
    assert found == ["company", "company", "small_step", "small_step"]


def test_a_text_is_filled_in() -> None:
    assert decided(rule=shipped("rising")).text.title == "3 days of rising momentum"


@pytest.mark.parametrize(("hours_ago", "due"), [(24, True), (23, False), (-1, False)])
def test_a_new_member_is_motivated_only_where_nothing_was_sent_for_a_day(hours_ago: float, due: bool) -> None:
    sends = (send(hours_ago, "support"),)
    assert is_due(moment(shipped("new_member")), recipient(sends=sends), NOON) is due
    assert is_due(moment(shipped("needs_care")), recipient(sends=sends), NOON)
    assert not is_due(moment(shipped("new_member")), recipient(sends=None), NOON)


@given(
    st.lists(st.tuples(st.integers(0, 14 * 24 * 4), st.sampled_from(CONCERNS)), max_size=60),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"]),
    st.integers(0, 4),
    st.integers(1, 3),
    st.integers(0, 26),
)
def test_no_order_of_moments_breaks_a_cap(
    moments: list[tuple[int, str]], name: str, weekly: int, daily: int, apart_h: int
) -> None:
    """Over two weeks in which the clock changes quiet hours, cooldown, and the day's and week's maximum hold."""
    zone, begin = ZoneInfo(name), datetime(2026, 3, 22, tzinfo=UTC)
    budget = BUDGET.model_copy(update={"most_per_week": weekly})
    mia = recipient(time_zone=name)
    for quarter, concern in sorted(moments):
        rule = body(type=concern, cooldown_h=apart_h, most_per_day=daily)
        decision = decided(rule=rule, to=mia, budget=budget, now=begin + quarter * timedelta(minutes=15))
        if decision.send_at is not None:
            mia = mia.after(Send(concern, decision.send_at))
    sends = sorted(mia.sends or (), key=lambda each: each.at)
    for each in sends:
        assert 8 <= each.at.astimezone(zone).hour < 22
        assert sum(each.at <= other.at < each.at + WEEK for other in sends) <= weekly
    for concern in CONCERNS:
        alike = [each.at for each in sends if each.notification_type == concern]
        assert all(
            later - earlier >= timedelta(hours=apart_h) for earlier, later in itertools.pairwise(alike)
        )
        assert max(Counter(local_day(sent, zone) for sent in alike).values(), default=0) <= daily
