"""The sending: what is posted, how often, what the rows say about it, and what stops it."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import google.auth.exceptions
import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.notify.actions import resume, stop
from bee.notify.courier import RECORDER, Courier
from bee.notify.decide import Stops
from bee.notify.dispatch import LEASE_S, Dispatcher, DispatchReport
from bee.notify.fcm import Fcm, opened
from bee.notify.posting import Posters
from bee.notify.switch import Switch
from tests.cluster import away
from tests.commands import Bee
from tests.factories import execute, make_event
from tests.notify.anonymous import Anonymous, Expiring
from tests.notify.fcm_server import PROJECT, FcmServer, fcm_server
from tests.notify.ground import make_due, make_reachable

HOUR = timedelta(hours=1)
NEVER_QUIET = """
    insert into notification_preferences (user_id, quiet_from, quiet_until) values (:member, '0:00', '0:00')
"""
ANOTHER_WAS_SENT = """
    insert into momentum_notifications (
        user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, sent_at
    )
    select id, 'coach_intervention', 'other', 1, 'm', '2026-03-02', 'send', 'x', now() from members
"""
OPT_OUT = """
    insert into notification_preferences (user_id, opted_out, quiet_from, quiet_until)
    select id, '{coach_intervention}', '0:00', '0:00' from members
"""
NO_MORE = """
    insert into consents (member_id, purpose, granted, source) select id, 'push', false, 'member' from members
"""
NO_DEVICE = "update user_fcm_tokens set is_active = false, deactivated_because = 'x'"


class Clock:
    """Shows the time, and what the test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service() -> Iterator[FcmServer]:
    with fcm_server() as server:
        yield server


@pytest.fixture
def courier(service: FcmServer) -> Iterator[Fcm]:
    with opened(Anonymous(), PROJECT, address=service.address) as found:
        yield found


def dispatcher(database: Database, courier: Courier, clock: Clock, worker: str = "w1") -> Dispatcher:
    return Dispatcher(database, courier, worker, clock, random.Random(7))  # noqa: S311  # no secret


def due(database: Database, clock: Clock, *addresses: str, **more: Any) -> tuple[UUID, UUID]:
    """Add a member with devices at these addresses, whom no hour is quiet for, and something to send."""
    with database.writing(Login.OWNER) as session:
        platforms = more.pop("platforms", ("ios",) * len(addresses))
        member = make_reachable(session, devices=(), is_demo=more.pop("is_demo", False))
        for address, platform in zip(addresses, platforms, strict=True):
            execute(
                session,
                "insert into user_fcm_tokens (user_id, fcm_token, platform) values (:member, :address, :platform)",
                member=member,
                address=address,
                platform=platform,
            )
        execute(session, NEVER_QUIET, member=member)
        return member, make_due(session, member, **({"now": clock()} | more))


def fetch(database: Database, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
    with database.reading(Login.OWNER) as session:
        return [tuple(row) for row in execute(session, statement, **parameters)]


def change(database: Database, statement: str, **parameters: object) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, statement, **parameters)


def ends(database: Database) -> list[tuple[Any, ...]]:
    """Return what became of every delivery, oldest first."""
    return fetch(
        database,
        "select outcome, deliveries.reason from notification_deliveries as deliveries"
        " join momentum_notifications on id = notification_id order by decided_at, id",
    )


def outcomes(database: Database) -> list[tuple[Any, ...]]:
    """Return number, outcome and error of each attempt, in order."""
    return fetch(
        database,
        "select number, outcome, error from notification_attempts"
        " left join notification_outcomes on id = attempt_id order by id",
    )


def test_what_is_accepted_is_sent_and_the_rows_say_how(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    member, notification = due(database, clock, "phone", "tablet", platforms=("ios", "android"))
    report = dispatcher(database, courier, clock).send_due()
    assert report == DispatchReport(1, {"accepted": 2})
    assert ends(database) == [("accepted", None)]
    found = fetch(
        database,
        "select via, project, platform, number, collapse_key, worker, outcome, message_id"
        " from notification_attempts join notification_outcomes on id = attempt_id order by platform",
    )
    key = f"bee-{notification.hex}"
    assert found == [
        ("fcm", PROJECT, "android", 1, key, "w1", "accepted", f"projects/{PROJECT}/messages/tablet-1"),
        ("fcm", PROJECT, "ios", 1, key, "w1", "accepted", f"projects/{PROJECT}/messages/phone-1"),
    ]
    with database.reading(
        Login.API,
        role="authenticated",
        settings={"request.jwt.claims": f'{{"sub": "{member}", "role": "authenticated"}}'},
    ) as session:
        assert execute(session, "select id from momentum_notifications").scalars().all() == [notification]
    assert dispatcher(database, courier, clock).send_due().deliveries == 0
    assert service.shown == {"phone": {key}, "tablet": {key}}


def test_without_credentials_it_is_recorded_and_not_called_sent(database: Database, clock: Clock) -> None:
    due(database, clock, "phone")
    assert dispatcher(database, RECORDER, clock).send_due().answers == {"recorded": 1}
    assert ends(database) == [("recorded", None)]
    assert fetch(database, "select via, outcome from notification_attempts, notification_outcomes") == [
        ("recorder", "recorded")
    ]
    assert fetch(database, "select sent_at from momentum_notifications") == [(None,)]


def test_members_who_are_made_up_are_never_posted_to(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "phone", is_demo=True)
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("recorded", None)]
    assert service.bodies == []


@pytest.mark.parametrize(
    ("address", "end", "because"),
    [
        ("unregistered", ("failed", "dead_address"), "dead_address"),
        ("malformed", ("failed", "dead_address"), "dead_address"),
        ("mismatch", ("failed", "wrong_project"), "wrong_project"),
        ("payload", ("failed", "payload"), None),
    ],
)
def test_an_address_is_given_up_for_the_reason_that_the_service_tells(
    database: Database, clock: Clock, courier: Fcm, address: str, end: tuple[str, str], because: str | None
) -> None:
    due(database, clock, address)
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [end]
    assert fetch(database, "select is_active, deactivated_because from user_fcm_tokens") == [
        (because is None, because)
    ]
    assert fetch(database, "select sent_at from momentum_notifications") == [(None,)]


def test_an_address_that_registered_again_meanwhile_stays(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    service.pause_s = 0.5
    due(database, clock, "unregistered")
    sending = threading.Thread(target=dispatcher(database, courier, clock).send_due)
    sending.start()
    while not service.bodies:
        time.sleep(0.01)
    change(database, "update user_fcm_tokens set fcm_token = fcm_token")
    sending.join()
    assert fetch(database, "select is_active from user_fcm_tokens") == [(True,)]


def test_a_dead_device_does_not_keep_it_from_the_other_one(
    database: Database, clock: Clock, courier: Fcm
) -> None:
    due(database, clock, "unregistered", "phone")
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("accepted", None)]


def test_an_unclear_answer_is_followed_by_one_more_try_with_the_same_key(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "error_after", "phone")
    for _ in range(4):
        dispatcher(database, courier, clock).send_due()
        clock.ahead += timedelta(minutes=2)
    assert service.posts == {"error_after": 2, "phone": 1}
    assert service.delivered["error_after"] == 2
    assert len(service.shown["error_after"]) == 1, "the device shows one"
    assert [outcome for _, outcome, _ in outcomes(database)].count("ambiguous") == 2
    assert ends(database) == [("accepted", None)]


def test_what_stays_unclear_is_said_to_be(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "unavailable")
    for _ in range(4):
        dispatcher(database, courier, clock).send_due()
        clock.ahead += timedelta(minutes=2)
    assert outcomes(database) == [(1, "ambiguous", "UNAVAILABLE"), (2, "ambiguous", "UNAVAILABLE")]
    assert ends(database) == [("ambiguous", None)]
    assert fetch(database, "select count(sent_at) from momentum_notifications") == [(1,)]


def test_a_flaky_answer_ends_well(database: Database, clock: Clock, courier: Fcm, service: FcmServer) -> None:
    due(database, clock, "once_unavailable")
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [(None, None)]
    assert dispatcher(database, courier, clock).send_due().deliveries == 0, "not at once"
    clock.ahead += timedelta(minutes=1)
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("accepted", None)]


def test_a_worker_that_died_with_a_post_under_way_is_followed_by_one_more_try(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "phone")
    first = dispatcher(database, courier, clock)
    with database.writing(Login.WORKER) as session:
        first._prepare(session, first._claim(session, clock()), clock())
    assert outcomes(database) == [(1, None, None)]
    second = dispatcher(database, courier, clock, "w2")
    assert second.send_due().deliveries == 0, "the first may be at it still"
    clock.ahead += timedelta(seconds=LEASE_S + 1)
    assert second.send_due().deliveries == 1
    assert outcomes(database) == [
        (1, "ambiguous", "its worker never told the answer"),
        (2, "accepted", ""),
    ]
    assert ends(database) == [("accepted", None)]


def claim_and_die(database: Database, courier: Courier, clock: Clock) -> None:
    """Do what a worker does until its posts leave, and no more."""
    dying = dispatcher(database, courier, clock, "dying")
    with database.writing(Login.WORKER) as session:
        dying._prepare(session, dying._claim(session, clock()), clock())
    clock.ahead += timedelta(seconds=LEASE_S + 1)


@pytest.mark.parametrize("faults", [("drop", "crash"), ("crash", "drop"), ("crash", "crash")])
@pytest.mark.parametrize(
    ("address", "meanwhile", "passes"),
    [
        ("drop_after", None, timedelta()),
        ("drop_before", None, timedelta()),
        ("drop_after", None, timedelta(hours=30)),
        ("drop_after", NO_MORE, timedelta()),
        ("drop_after", NO_DEVICE, timedelta()),
    ],
)
def test_two_faults_in_a_row_end_as_unclear_and_are_sent_for_every_list_and_limit(
    database: Database, clock: Clock, courier: Fcm, faults: tuple[str, str], address: str,
    meanwhile: str | None, passes: timedelta,
) -> None:  # fmt: skip
    due(database, clock, address)
    for fault in faults:
        if fault == "crash":
            claim_and_die(database, courier, clock)
        else:
            dispatcher(database, courier, clock).send_due()
            clock.ahead += timedelta(minutes=2)
    if meanwhile is not None:
        change(database, meanwhile)
    clock.ahead += passes
    dispatcher(database, courier, clock).send_due()
    assert [outcome for _, outcome, _ in outcomes(database)] == ["ambiguous", "ambiguous"]
    assert ends(database) == [("ambiguous", None)]
    told = "select bee_notification_state(decision, sent_at, 'ambiguous') from momentum_notifications"
    assert fetch(database, told) == [("unclear",)]


@pytest.mark.parametrize(
    ("meanwhile", "passes", "reason"),
    [(NO_MORE, timedelta(), "consent_refused"), (None, timedelta(hours=30), "too late")],
)
def test_one_fault_that_may_be_a_delivery_is_never_called_expired_or_held_back(
    database: Database, clock: Clock, courier: Fcm, meanwhile: str | None, passes: timedelta, reason: str
) -> None:
    due(database, clock, "phone")
    claim_and_die(database, courier, clock)
    if meanwhile is not None:
        change(database, meanwhile)
    clock.ahead += passes
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("ambiguous", reason)]
    assert fetch(database, "select count(sent_at) from momentum_notifications") == [(1,)]


def test_what_a_dead_worker_was_recording_is_recorded_again_and_never_called_sent(
    database: Database, clock: Clock
) -> None:
    due(database, clock, "phone")
    claim_and_die(database, RECORDER, clock)
    dispatcher(database, RECORDER, clock).send_due()
    assert [outcome for _, outcome, _ in outcomes(database)] == ["not_posted", "recorded"]
    assert ends(database) == [("recorded", None)]
    assert fetch(database, "select count(sent_at) from momentum_notifications") == [(0,)]


def test_a_connection_that_is_stuck_holds_neither_its_chunk_nor_the_others(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    for number in range(3):
        due(database, clock, f"trickle-{number}")
    for number in range(5):
        due(database, clock, f"phone-{number}", now=clock() + timedelta(seconds=1))
    clock.ahead += timedelta(seconds=2)
    sending = replace(dispatcher(database, courier, clock), posters=partial(Posters, most=2, post_s=0.5))
    assert sending.send_due().answers == {"accepted": 5, "ambiguous": 3}
    assert not service.is_over.is_set(), "they are stuck still"
    stuck = [row for row in outcomes(database) if row[1] == "ambiguous"]
    assert stuck == [(1, "ambiguous", "no answer in time")] * 3
    assert Counter(ends(database)) == {("accepted", None): 5, (None, None): 3}


def test_without_access_to_the_service_nothing_is_in_doubt_and_it_is_tried_again(
    database: Database, clock: Clock, service: FcmServer
) -> None:
    due(database, clock, "phone")
    away = Expiring(timedelta(0), google.auth.exceptions.TransportError("away"))  # type: ignore[no-untyped-call]
    with opened(away, PROJECT, address=service.address) as courier:
        assert dispatcher(database, courier, clock).send_due().answers == {"unreachable": 1}
    assert (service.posts, ends(database)) == ({}, [(None, None)])
    assert fetch(database, "select count(sent_at) from momentum_notifications") == [(0,)]
    clock.ahead += timedelta(minutes=2)
    with opened(Expiring(timedelta(0)), PROJECT, address=service.address) as courier:
        assert dispatcher(database, courier, clock).send_due().answers == {"accepted": 1}


def test_what_is_tried_again_and_again_waits_since_it_was_due(
    database: Database, clock: Clock, service: FcmServer
) -> None:
    due(database, clock, "phone")
    ((due_at,),) = fetch(database, "select available_at from notification_deliveries")
    away = Expiring(timedelta(0), google.auth.exceptions.TransportError("away"))  # type: ignore[no-untyped-call]
    with opened(away, PROJECT, address=service.address) as courier:
        for _ in range(4):
            dispatcher(database, courier, clock).send_due()
            clock.ahead += timedelta(minutes=5)
    assert fetch(
        database, "select put_off_since, tries, available_at > put_off_since from notification_deliveries"
    ) == [(due_at, 4, True)]


def test_what_had_no_turn_before_the_end_of_its_chunk_is_not_posted(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "trickle")
    due(database, clock, "phone", now=clock() + timedelta(seconds=1))
    clock.ahead += timedelta(seconds=2)
    slow = partial(Posters, most=1, post_s=0.8, chunk_s=0.2)
    assert replace(dispatcher(database, courier, clock), posters=slow).send_due().answers == {
        "ambiguous": 1,
        "not_posted": 1,
    }
    assert service.posts == {"trickle": 1}


def test_too_much_for_the_service_pauses_the_project(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "quota_told")
    due(database, clock, "phone", now=clock() + timedelta(seconds=1))
    dispatcher(database, courier, clock).send_due()
    clock.ahead += timedelta(seconds=2)
    dispatcher(database, courier, clock).send_due()
    assert "phone" not in service.posts
    assert fetch(database, "select project, platform, because from notification_breakers") == [
        (PROJECT, "all", "RESOURCE_EXHAUSTED")
    ]
    service.modes["quota_told"] = "fine"
    clock.ahead += timedelta(seconds=140)
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("accepted", None), ("accepted", None)]


def test_a_key_of_one_platform_that_is_wrong_pauses_that_platform_only(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "apns")
    dispatcher(database, courier, clock).send_due()
    due(database, clock, "iphone", "pixel", platforms=("ios", "android"))
    dispatcher(database, courier, clock).send_due()
    assert service.posts == {"apns": 1, "pixel": 1}
    service.modes["apns"] = "fine"
    clock.ahead += timedelta(minutes=16)
    dispatcher(database, courier, clock).send_due()
    assert service.posts == {"apns": 2, "pixel": 1, "iphone": 1}
    assert ends(database) == [("accepted", None), ("accepted", None)]


def test_a_wrong_project_gives_up_no_address(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "missing", expires_at=clock() + HOUR)
    for _ in range(8):
        dispatcher(database, courier, clock).send_due()
        clock.ahead += timedelta(minutes=16)
    assert ends(database) == [("expired", "configuration")]
    assert fetch(database, "select is_active from user_fcm_tokens") == [(True,)]
    assert 2 <= service.posts["missing"] <= 4, "once in a quarter of an hour"


@pytest.mark.parametrize(
    ("meanwhile", "end"),
    [
        (NO_MORE, ("withheld", "consent_refused")),
        ("update members set consents = '{}'", ("withheld", "consent_refused")),
        (OPT_OUT, ("withheld", "opt_out_refused")),
        (NO_DEVICE, ("withheld", "address_refused")),
        ("insert into notification_rule_activations (rule) values ('budget')", ("withheld", "unknown")),
        (ANOTHER_WAS_SENT, ("withheld", "cooldown_refused")),
    ],
)
def test_what_changed_since_the_decision_holds_it_back(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer, meanwhile: str, end: tuple[str, str]
) -> None:
    due(database, clock, "phone")
    change(database, meanwhile)
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [end]
    assert service.bodies == []


def test_what_is_of_no_known_rule_is_held_back(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "phone", rule="never_heard_of")
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("withheld", "unknown")]


def test_somebody_who_came_back_is_not_told_that_they_are_missed(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    member, _ = due(database, clock, "phone", rule="silent_48", silent_since=clock() - 50 * HOUR)
    due(database, clock, "other", rule="silent_48", silent_since=clock() - 50 * HOUR, now=clock() + HOUR)
    with database.writing(Login.OWNER) as session:
        make_event(session, member, occurred_at=clock() - HOUR)
    clock.ahead += 2 * HOUR
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("withheld", "came_back"), ("accepted", None)]


def test_what_is_too_late_is_not_sent(database: Database, clock: Clock, courier: Fcm) -> None:
    due(database, clock, "phone", expires_at=clock() + HOUR)
    clock.ahead += HOUR
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("expired", "too late")]


def test_what_falls_into_quiet_hours_after_all_waits_for_their_end(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    member, _ = due(database, clock, "phone")
    now = clock()
    change(
        database,
        "insert into notification_preferences (user_id, quiet_from, quiet_until) values (:member, :starts, :ends)",
        member=member,
        starts=(now - HOUR).time(),
        ends=(now + HOUR).time(),
    )
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [(None, None)]
    ((available_at, put_off_since),) = fetch(
        database, "select available_at, put_off_since from notification_deliveries"
    )
    # Nothing failed: it is not late.
    assert put_off_since is None
    assert HOUR - timedelta(minutes=1) <= available_at - now <= HOUR
    clock.ahead += HOUR
    dispatcher(database, courier, clock).send_due()
    assert ends(database) == [("accepted", None)]


def test_the_kill_switch_holds_what_waits_and_lets_it_go_again(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "one")
    due(database, clock, "two", rule="rising", type="celebration")
    for rule, posts in (("needs_care", {"two": 1}), (None, {"two": 1})):
        with database.writing(Login.OWNER) as session:
            stop(session, rule=rule, reason="x", actor=Actor.operator())
        dispatcher(database, courier, clock).send_due()
        assert service.posts == posts
    with database.writing(Login.OWNER) as session:
        resume(session, rule="needs_care", reason="x", actor=Actor.operator())
    assert dispatcher(database, courier, clock).send_due().deliveries == 0
    with database.writing(Login.OWNER) as session:
        resume(session, reason="x", actor=Actor.operator())
    dispatcher(database, courier, clock).send_due()
    assert service.posts == {"one": 1, "two": 1}


def test_no_post_leaves_two_seconds_after_the_switch_is_thrown_and_none_is_lost(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    service.pause_s = 0.4
    for number in range(300):
        due(database, clock, f"phone-{number}")
    sending = threading.Thread(target=dispatcher(database, courier, clock).send_due)
    sending.start()
    while len(service.bodies) < 20:
        time.sleep(0.01)
    with database.writing(Login.OWNER) as session:
        stop(session, reason="x", actor=Actor.operator())
    time.sleep(2)
    posted = len(service.bodies)
    sending.join()
    assert len(service.bodies) == posted < 300
    held = [outcome for _, outcome, _ in outcomes(database)].count("not_posted")
    assert held > 0
    service.pause_s = 0
    with database.writing(Login.OWNER) as session:
        resume(session, reason="x", actor=Actor.operator())
    clock.ahead += timedelta(minutes=1)
    dispatcher(database, courier, clock).send_due()
    assert Counter(ends(database)) == {("accepted", None): 300}
    assert set(service.posts.values()) == {1}


def test_where_the_switch_can_not_be_read_nothing_is_posted(database: Database) -> None:
    switch = Switch(database, Login.WORKER)
    with away(database):
        assert switch.look() == Stops(rules=None)
    assert Stops(rules=None).hold("needs_care") is None


def test_workers_side_by_side_post_everything_once(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    for number in range(250):
        due(database, clock, f"phone-{number}")
    workers = [
        threading.Thread(target=dispatcher(database, courier, clock, f"w{number}").send_due)
        for number in range(3)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Counter(ends(database)) == {("accepted", None): 250}
    assert service.posts == {f"phone-{number}": 1 for number in range(250)}


def test_a_check_through_the_service_changes_no_row_and_reaches_nobody(
    database: Database, clock: Clock, courier: Fcm, service: FcmServer
) -> None:
    due(database, clock, "phone")
    due(database, clock, "payload")
    report = dispatcher(database, courier, clock).validate_due()
    assert report == DispatchReport(2, {"accepted": 1, "payload": 1})
    assert service.shown == {}
    assert outcomes(database) == []
    assert fetch(database, "select tries, claimed_by from notification_deliveries") == [(0, None), (0, None)]


def test_the_command_line_decides_and_sends(bee: Bee, database: Database, clock: Clock) -> None:
    due(database, clock, "phone")
    assert "1 notifications were due, through the recorder: 1 recorded." in bee("notify", "run").out
    assert bee("notify", "run", "--json").out.strip() == (
        '{"decided": 0, "to_send": 0, "tasks": 0, "via": "recorder", "deliveries": 0, "answers": {}}'
    )
    assert bee("notify", "run", "--validate-only").out.startswith("0 notifications were due")
