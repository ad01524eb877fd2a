"""What a rule changed, from the ledger: what counts as followed, what is refused, and an effect that is known."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.errors import Invalid
from bee.notify.effect import Kind
from bee.notify.measured import Outcome, Point, effect_points, measure, measured_csv
from tests.factories import execute, make_event, make_member
from tests.notify.decisions import NOON, make_decision
from tests.notify.ground import DAY, make_days, make_reachable, put_in_force, run_pass

HOUR = timedelta(hours=1)
LATER = NOON + 10 * DAY


def points(
    database: Database, *, role: str = "bee_product", version: int = 1, after: timedelta = 10 * DAY
) -> list[Point]:
    with database.reading(Login.DASHBOARD, role=role) as session:
        return effect_points(session, "needs_care", version, now=NOON + after)


@pytest.fixture
def mia(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session, time_zone="UTC", joined_on=date(2026, 2, 2))


@pytest.mark.parametrize(
    ("made", "treated"),
    [
        ({"probability": 0.6, "draw": 0.1, "sent_at": NOON, "outcome": "accepted"}, True),
        ({"probability": 0.6, "draw": 0.1, "reason": "deferred"}, True),
        (
            {
                "probability": 0.6,
                "draw": 0.9,
                "reason": "holdout",
                "decision": "withhold",
                "not_before": NOON,
            },
            False,
        ),
    ],
)
def test_what_no_guard_held_back_is_a_decision_point(
    made: dict[str, Any], treated: bool, database: Database, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        make_decision(session, mia, **made)
        make_decision(session, mia, decision="withhold", reason="weekly_refused")
        make_decision(session, mia, rule="rising", **made)
        make_decision(session, mia, **(made | {"rule_version": 2}))
        make_decision(session, make_member(session, is_synthetic=True), **made)
    (found,) = points(database)
    # The programme's first day was 2 February.
    assert (found.user_id, found.is_treated, found.probability, found.day) == (mia, treated, 0.6, 30)
    assert found.went_out is ("sent_at" in made)


@pytest.mark.parametrize(
    ("event_after", "now_after", "opens"),
    [
        (None, DAY, (False, False)),
        (timedelta(seconds=1), DAY, (True, True)),
        (HOUR, DAY, (True, True)),
        (HOUR + timedelta(seconds=1), DAY, (False, True)),
        (DAY, DAY, (False, True)),
        (DAY + timedelta(seconds=1), 2 * DAY, (False, False)),
        (timedelta(0), DAY, (False, False)),  # what came before it did not follow it
        (timedelta(minutes=5), 2 * HOUR, (True, None)),
        (timedelta(minutes=5), timedelta(minutes=59), (None, None)),
    ],
)
def test_who_opens_the_app_after_it_went_out_or_would_have_is_counted_once_the_time_is_over(
    event_after: timedelta | None,
    now_after: timedelta,
    opens: tuple[bool | None, bool | None],
    database: Database,
    mia: UUID,
) -> None:
    # Decided at night, it would have gone out at noon: what happened in between did not follow it.
    held_out: dict[str, Any] = {
        "probability": 0.6,
        "draw": 0.9,
        "reason": "holdout",
        "decision": "withhold",
        "not_before": NOON,
    }
    with database.writing(Login.OWNER) as session:
        make_decision(session, mia, at=NOON - 8 * HOUR, **held_out)
        make_event(session, mia, occurred_at=NOON - HOUR)
        if event_after is not None:
            make_event(session, mia, occurred_at=NOON + event_after)
    (found,) = points(database, after=now_after)
    assert (found.opens_1h, found.opens_24h) == opens


def test_the_score_is_that_of_the_three_days_after_the_members_own_day(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        # At noon UTC it is 01:00 of the next day on Tongatapu.
        far = make_member(session, time_zone="Pacific/Tongatapu")
        near = make_member(session, time_zone="UTC")
        for member in (far, near):
            make_decision(session, member, probability=0.6, draw=0.1)
            make_days(session, member, "RNSS", newest=NOON.date() + 3 * DAY)
    found = {each.user_id: each.score for each in points(database)}
    assert found == {near: pytest.approx((80 + 40 + 50) / 3), far: None}


def test_on_call_sees_no_events_and_a_coach_own_members_only(database: Database, mia: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        make_decision(session, mia, probability=0.6, draw=0.1)
    assert len(points(database, role="bee_admin")) == 1
    with pytest.raises(Exception, match="permission denied"):
        points(database, role="bee_oncall")


def made_up(members: int = 60, moments: int = 20, lift: float = 0.2, seed: int = 3) -> Iterator[Point]:
    """Return a trial in which 0.3 of those left alone open the app, and so many more of those who are told."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    for member in range(members):
        for day in range(1, moments + 1):
            is_treated = chance.random() < 0.6
            state = chance.choice(("Steady", "NeedsCare"))
            opens = chance.random() < 0.3 + (lift if is_treated else 0)
            score = chance.gauss(50 + (5 if is_treated else 0), 10)
            yield Point(
                UUID(int=member),
                is_treated,
                0.6,
                state,
                day,
                is_treated,
                opens and chance.random() < 0.5,
                opens,
                score,
            )


def test_an_effect_that_is_known_is_found_in_all_by_state_and_by_day() -> None:
    measured = measure(list(made_up()), Outcome.OPENS_24H)
    # The log of 0.5 / 0.3 is 0.51.
    assert measured.overall.low < 0.51 < measured.overall.high
    assert measured.overall.low > 0
    assert (measured.decisions, measured.members, measured.pending) == (1200, 60, 0)
    assert measured.rate == pytest.approx(0.5, abs=0.05)
    assert measured.rate_without == pytest.approx(0.3, abs=0.05)
    assert [(part.of, part.name) for part in measured.parts] == [
        ("all", "all"), ("state", "NeedsCare"), ("state", "Steady"), ("day", "6"), ("day", "10"), ("day", "15"),
    ]  # fmt: skip
    assert sum(part.decisions or 0 for part in measured.parts if part.of == "state") == 1200
    assert all(part.term.low < 0.51 < part.term.high for part in measured.parts)
    score = measure(list(made_up()), Outcome.SCORE)
    assert score.overall.low < 5 < score.overall.high
    assert score.overall.low > 0
    assert measured_csv(score).splitlines()[1].startswith("score,all,all,1200,")


def test_an_effect_in_one_state_only_is_told_without_a_comparison_of_states() -> None:
    found = [each for each in made_up() if each.momentum_state == "Steady"]
    measured = measure(found, Outcome.OPENS_1H)
    assert {part.of for part in measured.parts} == {"all", "day"}
    assert measured.missing == ()


def test_what_is_not_known_yet_waits() -> None:
    known = list(made_up())
    waiting = Point(UUID(int=999), True, 0.6, "Steady", 3, True, None, None, None)
    measured = measure([*known, waiting], Outcome.SCORE)
    assert (measured.decisions, measured.pending) == (len(known), 1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"probability": 1.0}, "not_randomised"),
        ({"probability": None}, "not_randomised"),
        ({"went_out": False}, "nothing_went_out"),
        ({"opens_24h": None}, "nothing_known"),
        ({"is_treated": True, "went_out": True}, "one_arm"),
        ({"opens_24h": False}, "constant_outcome"),
    ],
)
def test_an_effect_that_can_not_be_told_is_refused_with_the_reason(
    changed: dict[str, object], code: str
) -> None:
    found = [replace(each, **changed) for each in made_up()]  # type: ignore[arg-type]
    with pytest.raises(Invalid) as refused:
        measure(found, Outcome.OPENS_24H)
    assert refused.value.code == code


def test_one_decision_that_nobody_drew_is_enough_to_refuse() -> None:
    first, *others = made_up()
    with pytest.raises(Invalid, match="1 of 1,200 decisions were not randomised"):
        measure([replace(first, probability=1.0), *others], Outcome.OPENS_24H)


def test_a_trial_too_small_for_controls_goes_without_them() -> None:
    measured = measure([each for each in made_up() if each.user_id.int < 4], Outcome.OPENS_24H)
    assert measured.members == 4
    assert measured.overall.df < 4
    assert [why.split(":")[0] for why in measured.missing] == ["By state", "By day in the programme"]


def test_each_outcome_is_measured_as_what_it_is() -> None:
    assert [outcome.kind for outcome in Outcome] == [Kind.BINARY, Kind.BINARY, Kind.CONTINUOUS]


def test_no_decision_means_no_effect(database: Database) -> None:
    assert points(database) == []
    with pytest.raises(Invalid, match="Nothing was decided yet"):
        measure([], Outcome.SCORE)


def test_the_ledger_of_a_pass_is_what_is_measured(database: Database) -> None:
    """What the pass writes about those held out is what the measuring asks for."""
    put_in_force(database, "needs_care", "{holdout}", "0.5")
    with database.writing(Login.OWNER) as session:
        for _ in range(30):
            make_days(session, make_reachable(session), "NNNSSSSS")
        execute(
            session,
            "insert into notification_preferences (user_id, quiet_from, quiet_until)"
            " select id, '11:00', '13:00' from members",
        )
    run_pass(database)
    # Quiet hours end at 13:00 UTC, and a quarter of an hour later all of it is out.
    found = points(database, version=2, after=timedelta(hours=2, minutes=7))
    assert len(found) == 30
    assert {each.opens_1h for each in found if each.is_treated} == {None, False}
    assert {each.opens_1h for each in found if not each.is_treated} == {None, False}
