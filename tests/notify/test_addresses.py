"""Push addresses as they age: which are posted to, which are given up, and what the trail says of them."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.jobs import enqueue
from bee.notify.courier import RECORDER
from bee.notify.dispatch import Dispatcher
from bee.notify.evaluation import recipients_of
from bee.notify.housekeeping import expire_addresses
from bee.settings import Settings
from bee.worker import Worker
from tests.factories import execute, make_member
from tests.notify.ground import make_due, make_reachable

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def fetch(database: Database, statement: str, **parameters: object) -> list[tuple[Any, ...]]:
    with database.reading(Login.OWNER) as session:
        return [tuple(row) for row in execute(session, statement, **parameters)]


def make_aged(database: Database, now: datetime, *ages: timedelta) -> UUID:
    """Add a member whom no hour is quiet for, with something to send and a device of each age, named by days."""
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session, devices=())
        execute(
            session,
            "insert into notification_preferences (user_id, quiet_from, quiet_until) values (:m, '0:00', '0:00')",
            m=member,
        )
        for age in ages:
            name = f"{age.days}-{member}"
            execute(
                session,
                "insert into user_fcm_tokens (user_id, fcm_token, platform) values (:m, :name, 'ios')",
                m=member,
                name=name,
            )
            # Not by the road on which a device says that it is there.
            execute(
                session,
                "update user_fcm_tokens set last_seen_at = :at where fcm_token = :name",
                at=now - age,
                name=name,
            )
        make_due(session, member, now=now)
    return member


@pytest.mark.parametrize(
    ("ages", "posted"),
    [
        ((DAY, 29 * DAY), [1, 29]),
        ((29 * DAY, 31 * DAY, 269 * DAY), [29]),
        ((31 * DAY, 269 * DAY, 271 * DAY), [31, 269]),
        ((271 * DAY,), []),
    ],
)
def test_stale_addresses_are_posted_to_where_there_is_no_fresh_one_and_those_that_are_over_never(
    ages: tuple[timedelta, ...], posted: list[int], database: Database, now: datetime
) -> None:
    member = make_aged(database, now, *ages)
    chance = random.Random(7)  # noqa: S311  # no secret
    Dispatcher(database, RECORDER, "w1", lambda: now, chance).send_due()
    found = fetch(
        database,
        "select fcm_token from notification_attempts join user_fcm_tokens on user_fcm_tokens.id = token_id",
    )
    assert sorted(int(name.split("-")[0]) for (name,) in found) == posted
    with database.reading(Login.WORKER) as session:
        recipients, _ = recipients_of(session, [member], now=now)
    # The guard asks whether there is any address left at all.
    assert recipients[member].addresses == sum(age < 270 * DAY for age in ages)


@pytest.mark.parametrize(("age", "gone"), [(270 * DAY - SECOND, 0), (270 * DAY + SECOND, 1)])
def test_an_address_is_given_up_270_days_after_it_was_seen(
    age: timedelta, gone: int, database: Database, now: datetime
) -> None:
    make_aged(database, now, age)
    with database.writing(Login.WORKER) as session:
        assert expire_addresses(session, now=now) == gone
        assert expire_addresses(session, now=now) == 0
    expected = (True, None) if not gone else (False, "expired")
    assert fetch(database, "select is_active, deactivated_because from user_fcm_tokens") == [expected]


def test_housekeeping_gives_up_what_is_over(database: Database, now: datetime) -> None:
    make_aged(database, now, 300 * DAY)
    with database.writing(Login.WORKER) as session:
        enqueue(session, "housekeeping")
    Worker(database, Settings(), "w1", random.Random(7), lambda: now).tick()  # noqa: S311  # no secret
    assert fetch(database, "select deactivated_because from user_fcm_tokens") == [("expired",)]


def acts(database: Database) -> list[tuple[Any, ...]]:
    """Return what the trail has of what a member receives: who, what, before, after."""
    return fetch(
        database,
        "select actor_kind, action, before, after from audit_log"
        " where action ~ '^(push_token|consent|notification_preferences)' order by id",
    )


def as_member(database: Database, member: UUID, *statements: str) -> None:
    claims = json.dumps({"sub": str(member), "role": "authenticated"})
    with database.writing(
        Login.API, role="authenticated", settings={"request.jwt.claims": claims}
    ) as session:
        for statement in statements:
            execute(session, statement, member=member)


def test_what_a_member_does_with_devices_and_consents_is_in_the_trail_with_what_held_before(
    database: Database,
) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
    register = "insert into user_fcm_tokens (user_id, fcm_token, platform) values (:member, 'secret', 'ios')"
    consent = (
        "insert into consents (member_id, purpose, granted, source) values (:member, 'push', {}, 'member')"
    )
    choose = "insert into notification_preferences (user_id, opted_out) values (:member, '{}')"
    as_member(
        database, member, register, "update user_fcm_tokens set platform = 'ios'",
        consent.format("true"), consent.format("false"),
        choose, choose.replace("{}", "{support}"), "delete from user_fcm_tokens",
    )  # fmt: skip
    device = {
        "user_id": str(member), "platform": "ios", "address_kind": "token", "is_active": True,
        "deactivated_because": None,
    }  # fmt: skip
    chosen: dict[str, Any] = {"quiet_from": None, "quiet_until": None, "opted_out": []}
    assert acts(database) == [
        ("member", "push_token.registered", None, device),
        ("member", "consent.decided", {"push": None}, {"push": True}),
        ("member", "consent.decided", {"push": True}, {"push": False}),
        ("member", "notification_preferences.chosen", None, chosen),
        ("member", "notification_preferences.chosen", chosen, chosen | {"opted_out": ["support"]}),
        ("member", "push_token.dropped", device, None),
    ]
    assert "secret" not in str(fetch(database, "select * from audit_log"))


def test_a_device_that_moves_to_another_member_is_in_the_trail_of_both(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        one, other = make_member(session), make_member(session)
    register = "insert into user_fcm_tokens (user_id, fcm_token, platform) values (:member, 'phone', 'ios')"
    as_member(database, one, register)
    as_member(database, other, register)
    told = [
        (action, after["user_id"], after["deactivated_because"]) for _, action, _, after in acts(database)
    ]
    assert sorted(told, key=str) == sorted(
        [
            ("push_token.registered", str(one), None),
            ("push_token.deactivated", str(one), "moved"),
            ("push_token.registered", str(other), None),
        ],
        key=str,
    )


def test_what_the_program_gives_up_is_in_the_trail_and_an_erasure_takes_the_rest_without_a_word(
    database: Database, now: datetime
) -> None:
    member = make_aged(database, now, 300 * DAY)
    with database.writing(Login.WORKER) as session:
        expire_addresses(session, now=now)
    *_, (kind, action, before, after) = acts(database)
    assert (kind, action, before["is_active"], after["deactivated_because"]) == (
        "system", "push_token.deactivated", True, "expired",
    )  # fmt: skip
    known = len(acts(database))
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :member", member=member)
    assert len(acts(database)) == known


def test_devices_of_members_who_are_made_up_are_not_in_the_trail(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_reachable(session, is_demo=True)
    assert [action for _, action, _, _ in acts(database)] == []
