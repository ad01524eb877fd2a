"""Rules are tried on what is stored before they are saved, and one that could never fire is refused."""

import json
from datetime import timedelta
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import Conflict, Invalid
from bee.sla.alerts.registry import rule_history, rule_versions, ruleset_of
from bee.sla.alerts.rule import (
    AgeRule,
    BurnRule,
    Escalation,
    Rule,
    Signal,
    Step,
    body_text,
    parse_body,
    shipped_bodies,
)
from bee.sla.alerts.trial import faults_of, save_tried, try_rule
from bee.sla.burn import Pair, Severity
from tests.factories import execute, make_staff
from tests.sla.alerts.ground import burn, calm, rows
from tests.sla.alerts.histories import MINUTE, NOON

FAST = BurnRule(
    name="availability_fast", kind="burn", objective="availability", pairs=(Pair(14.4, 60, 5, Severity.PAGE),)
)
OLD_PUSH = AgeRule(name="push_old", kind="age", signal=Signal.PUSH, severity=Severity.TICKET, most_min=30)
NOW = NOON + timedelta(seconds=20)


@pytest.fixture
def olga(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Olga Call", roles=("oncall",))


def save(
    database: Database, person: UUID, body: Rule | Escalation, *, seen: int | None = None, is_on: bool = True
) -> int:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=person) as session:
        return save_tried(
            session, body, is_on=is_on, seen=seen, message="fewer calls", actor=Actor.staff(person), now=NOW
        )


@pytest.mark.parametrize("name", sorted(shipped_bodies()))
def test_what_comes_along_makes_sense_and_is_read_as_it_was_written(name: str) -> None:
    body = shipped_bodies()[name]
    assert list(faults_of(body)) == []
    assert parse_body(body_text(body)) == body
    assert body.name == name


@pytest.mark.parametrize(
    ("objective", "pair", "said"),
    [
        ("availability", Pair(101, 60, 5, Severity.PAGE), "at most 100 times too fast"),
        ("latency", Pair(20.1, 60, 5, Severity.PAGE), "at most 20 times too fast"),
        ("availability", Pair(14.4, 5, 60, Severity.PAGE), "out of order"),
        ("availability", Pair(14.4, 60, 60, Severity.PAGE), "out of order"),
        ("availability", Pair(14.4, 60, 5, Severity.PAGE, least_bad=1), "5 bad events"),
        ("availability", Pair(float("nan"), 60, 5, Severity.PAGE), "above 0"),
        ("nothing", Pair(14.4, 60, 5, Severity.PAGE), "no objective"),
    ],
)
def test_a_rule_that_could_never_fire_or_fires_for_nothing_is_refused(
    database: Database, olga: UUID, objective: str, pair: Pair, said: str
) -> None:
    body = BurnRule(name="odd", kind="burn", objective=objective, pairs=(pair,))
    with pytest.raises(Invalid, match=said):
        save(database, olga, body)
    assert rows(database, "rule", "alert_rule_versions", "rule = 'odd'") == []


def test_exactly_what_an_outage_burns_is_possible() -> None:
    body = BurnRule(name="all", kind="burn", objective="latency", pairs=(Pair(20, 60, 5, Severity.PAGE),))
    assert list(faults_of(body)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"}, {"name": "Big"}, {"name": "escalation"}, {"pairs": []}, {"objective": ""}, {"more": 1},
        {"quiet_min": 0}, {"reopen_min": -1}, {"pairs": [{"factor": "x"}]}, {"pairs": None}, {"name": "x" * 41},
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="no alert rule"):
        parse_body(json.dumps(json.loads(body_text(FAST)) | change))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"kind": "burn"}', "\0"])
def test_text_that_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_body(text)


def test_steps_go_up_and_each_tells_somebody() -> None:
    shipped = shipped_bodies()["escalation"]
    assert isinstance(shipped, Escalation)
    for page in ([{"after_min": 0}], [{"after_min": 5, "team": True}, {"after_min": 5, "team": True}]):
        with pytest.raises(Invalid):
            parse_body(json.dumps(json.loads(body_text(shipped)) | {"page": page}))


def test_a_rule_says_what_it_would_have_fired_when_and_for_how_long(database: Database) -> None:
    calm(database)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update objective_minutes set good = 0, bad = 10 where minute >= :since and minute < :until",
            since=NOON - timedelta(days=2),
            until=NOON - timedelta(days=2) + 20 * MINUTE,
        )
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        found = try_rule(session, FAST, now=NOW)
    (episode,) = found.episodes
    assert (episode.severity, episode.opened_at) == (Severity.PAGE, NOON - timedelta(days=2) + 9 * MINUTE)
    assert (episode.minutes, found.firing_minutes, found.pages) == (16, 16, 1)
    # Four days are stored of the thirty.
    assert (found.minutes, found.known_minutes) == (30 * 1440, 4 * 1440)


def test_an_age_is_tried_on_the_minutes_that_were_watched(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            with passes as (
                insert into alert_passes (minute, worker, rules, firing)
                select cast(:noon as timestamptz) - make_interval(mins => number), 'w1', 1, 0
                from generate_series(1, 200) as numbers (number)
                returning minute
            )

            insert into alert_signals (minute, signal, age_s)
            select minute, 'push', extract(epoch from minute - cast(:noon as timestamptz) + interval '100 minutes')
            from passes
            where minute > cast(:noon as timestamptz) - interval '100 minutes'
                and minute < cast(:noon as timestamptz) - interval '40 minutes'
            """,
            noon=NOON,
        )
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        found = try_rule(session, OLD_PUSH, now=NOW)
    (episode,) = found.episodes
    # Beyond 30 minutes from minute 31 to 59 of the hour in which it waited.
    assert (episode.opened_at, episode.minutes) == (NOON - 69 * MINUTE, 29)
    assert episode.ended_at == NOON - (40 - OLD_PUSH.quiet_min) * MINUTE
    assert found.known_minutes == 200


def test_a_rule_is_saved_with_what_the_trial_came_to_and_holds_at_once(
    database: Database, olga: UUID
) -> None:
    calm(database)
    burn(database, [(0, 10)] * 3)
    assert save(database, olga, FAST) == 1
    with database.reading(Login.WORKER) as session:
        (row,) = [row for row in rule_versions(session) if row.rule == FAST.name]
        assert FAST in ruleset_of([row]).rules
    assert row.tested is not None
    assert (row.tested["alerts"], row.tested["known_minutes"], row.author_id) == (0, 5760, olga)
    trail = rows(database, "subject_id, reason", "audit_log", "action = 'alert_rule.saved'")
    assert trail == [(FAST.name, "fewer calls")]


def test_nobody_saves_over_what_they_have_not_seen(database: Database, olga: UUID) -> None:
    save(database, olga, FAST)
    slower = FAST.model_copy(update={"quiet_min": 30})
    with pytest.raises(Conflict, match="meanwhile"):
        save(database, olga, slower)
    assert save(database, olga, slower, seen=1) == 2
    with pytest.raises(Conflict, match="meanwhile"):
        save(database, olga, FAST, seen=1)
    with pytest.raises(Conflict, match="already"):
        save(database, olga, slower, seen=2)
    assert save(database, olga, slower, seen=2, is_on=False) == 3
    with database.reading(Login.WORKER) as session:
        assert [row.version for row in rule_history(session, FAST.name)] == [3, 2, 1]
        assert FAST.name not in {rule.name for rule in ruleset_of(rule_versions(session)).rules}


def test_the_steps_can_be_changed_and_not_turned_off(database: Database, olga: UUID) -> None:
    steps = (Step(after_min=0, levels=(1,)),)
    changed = Escalation(name="escalation", kind="escalation", page=steps, ticket=steps)
    with pytest.raises(Invalid, match="nobody would be told"):
        save(database, olga, changed, seen=1, is_on=False)
    assert save(database, olga, changed, seen=1) == 2
    with database.reading(Login.WORKER) as session:
        assert ruleset_of(rule_versions(session)).escalation == changed
