"""Signing in and out, links, and what admins do: as the real roles, against the real database."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.access import StaffRole, Viewer, acting_role
from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from bee.staff import (
    SignedIn,
    accept_link,
    assign_coach,
    change_password,
    change_roles,
    deactivate,
    end_session,
    find_link,
    find_viewer,
    invite,
    list_staff,
    reactivate,
    reset_password,
    sign_in,
)
from bee.staff.passwords import hash_password
from bee.staff.sessions import LIMITS
from tests.factories import execute, make_member, make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


def add(database: Database, email: str = "ana@example.org", *roles: str, is_demo: bool = False) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(
            session, email=email, roles=roles or ("product",), password_hash=HASH, is_demo=is_demo
        )


def enter(
    database: Database,
    email: str = "ana@example.org",
    password: str = PASSWORD,
    *,
    address: str = "192.0.2.1",
    is_local: bool = True,
) -> SignedIn:
    return sign_in(database, email=email, password=password, address=address, now=NOW, is_local=is_local)


def viewer_of(
    database: Database, token: str, *, after: timedelta = timedelta(), touch: bool = False
) -> Viewer | None:
    return find_viewer(database, token, now=NOW + after, touch=touch)


def test_a_session_is_known_by_its_token_and_the_database_does_not_hold_it(database: Database) -> None:
    staff_id = add(database, "ana@example.org", "product", "admin")
    entered = enter(database, "  Ana@Example.org ")
    viewer = viewer_of(database, entered.token)
    assert viewer == entered.viewer
    assert viewer is not None
    assert viewer.staff_id == staff_id
    assert viewer.roles == {StaffRole.PRODUCT, StaffRole.ADMIN}
    with database.writing(Login.OWNER) as session:
        stored = execute(session, "select staff_sessions::text from staff_sessions").scalar_one()
    assert entered.token not in str(stored)


@pytest.mark.parametrize(
    "case", ["wrong password", "unknown name", "revoked", "no password yet", "demo outside local"]
)
def test_every_refusal_says_the_same(case: str, database: Database) -> None:
    staff_id = add(database, is_demo=case == "demo outside local")
    with database.writing(Login.OWNER) as session:
        if case == "revoked":
            execute(session, "update staff set is_active = false where id = :id", id=staff_id)
        if case == "no password yet":
            execute(session, "update staff set password_hash = null where id = :id", id=staff_id)
    email = "nobody@example.org" if case == "unknown name" else "ana@example.org"
    password = "not this one" if case == "wrong password" else PASSWORD
    with pytest.raises(Unauthenticated, match="The e-mail address or the password is not right"):
        enter(database, email, password, is_local=case != "demo outside local")


@pytest.mark.parametrize("email", ["", "x" * 10_000, "a@b\0c", "'; drop table staff; --"])
def test_strange_names_are_just_unknown(email: str, database: Database) -> None:
    with pytest.raises(Unauthenticated):
        enter(database, email)


def test_an_account_is_closed_for_a_while_after_too_many_tries(database: Database) -> None:
    add(database)
    for number in range(LIMITS.per_account):
        with pytest.raises(Unauthenticated):
            enter(database, password="wrong", address=f"192.0.2.{number}")
    with pytest.raises(TooMany) as caught:
        enter(database)
    assert 0 < caught.value.retry_after_s <= 900


def test_a_success_clears_the_account(database: Database) -> None:
    add(database)
    for _ in range(3):
        for _ in range(LIMITS.per_account - 1):
            with pytest.raises(Unauthenticated):
                enter(database, password="wrong")
        enter(database)


def test_an_address_is_closed_whatever_names_it_tries(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        for number in range(LIMITS.per_address):
            execute(
                session,
                "insert into sign_in_attempts (account, address, succeeded) values (:n, '192.0.2.1', false)",
                n=f"name{number}@example.org",
            )
    with pytest.raises(TooMany):
        enter(database, "another@example.org")
    with pytest.raises(Unauthenticated):
        enter(database, "another@example.org", address="192.0.2.2")


def test_parallel_tries_do_not_get_round_the_limit(database: Database) -> None:
    add(database)
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            enter(database, password="wrong")
        except (Unauthenticated, TooMany) as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=attempt) for _ in range(2 * LIMITS.per_account)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("bad_credentials") == LIMITS.per_account
    assert outcomes.count("too_many_tries") == LIMITS.per_account


def test_a_session_ends_when_idle_and_after_half_a_day(database: Database) -> None:
    add(database)
    token = enter(database).token
    for minutes in range(20, 12 * 60, 20):
        assert viewer_of(database, token, after=timedelta(minutes=minutes), touch=True) is not None
    assert viewer_of(database, token, after=timedelta(hours=12)) is None

    idle = enter(database).token
    assert viewer_of(database, idle, after=timedelta(minutes=29)) is not None, (
        "a timer looks and does not touch"
    )
    assert viewer_of(database, idle, after=timedelta(minutes=31)) is None


def test_a_copied_token_is_worth_nothing_after_sign_out(database: Database) -> None:
    add(database)
    token = enter(database).token
    end_session(database, token, now=NOW)
    end_session(database, token, now=NOW)
    assert viewer_of(database, token) is None


def test_roles_are_those_of_this_moment(database: Database) -> None:
    staff_id = add(database)
    token = enter(database).token
    with database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = '{coach}' where id = :id", id=staff_id)
    viewer = viewer_of(database, token)
    assert viewer is not None
    assert viewer.roles == {StaffRole.COACH}


def test_the_first_admin_comes_in_by_an_invitation(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        token = invite(
            session,
            email="First@Example.org",
            full_name="",
            roles=[StaffRole.ADMIN],
            actor=Actor.operator(),
            now=NOW,
        )
    assert find_link(database, token, now=NOW).email == "first@example.org"
    accept_link(database, token, password=PASSWORD, now=NOW)
    assert enter(database, "first@example.org").viewer.roles == {StaffRole.ADMIN}
    with pytest.raises(NotFound, match="used already"):
        accept_link(database, token, password=PASSWORD, now=NOW)


def test_a_link_is_over_in_time_and_a_newer_one_ends_it(database: Database) -> None:
    add(database)
    with database.writing(Login.OWNER) as session:
        staff_id = list_staff(session)[0].id
        first = reset_password(session, staff_id, actor=Actor.operator(), now=NOW)
    with database.writing(Login.OWNER) as session:
        second = reset_password(session, staff_id, actor=Actor.operator(), now=NOW)
    with pytest.raises(NotFound):
        find_link(database, first, now=NOW)
    with pytest.raises(NotFound):
        find_link(database, second, now=NOW + timedelta(hours=2))
    assert find_link(database, second, now=NOW).purpose == "reset"


def test_a_bad_password_leaves_the_link_for_another_try(database: Database) -> None:
    add(database)
    with database.writing(Login.OWNER) as session:
        token = reset_password(session, list_staff(session)[0].id, actor=Actor.operator(), now=NOW)
    with pytest.raises(Invalid):
        accept_link(database, token, password="short", now=NOW)
    accept_link(database, token, password="a much better one", now=NOW)


def test_changing_the_password_ends_the_other_sessions(database: Database) -> None:
    add(database)
    here, there = enter(database), enter(database)
    change_password(database, here.viewer, old=PASSWORD, new="a much better one", token=here.token, now=NOW)
    assert viewer_of(database, here.token) is not None
    assert viewer_of(database, there.token) is None
    with pytest.raises(Unauthenticated):
        enter(database)
    enter(database, password="a much better one")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("wrong", "a much better one", Unauthenticated),
        (PASSWORD, PASSWORD, Invalid),
        (PASSWORD, "short", Invalid),
    ],
)
def test_a_password_change_that_is_refused_changes_nothing(
    old: str, new: str, kind: type[Exception], database: Database
) -> None:
    add(database)
    entered = enter(database)
    with pytest.raises(kind):
        change_password(database, entered.viewer, old=old, new=new, token=entered.token, now=NOW)
    enter(database)


def test_an_admin_invites_changes_and_revokes_and_the_trail_shows_it(database: Database) -> None:
    admin = add(database, "admin@example.org", "admin")
    actor = Actor.staff(admin)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
        token = invite(
            session, email="ben@example.org", full_name="Ben", roles=[StaffRole.COACH], actor=actor, now=NOW
        )
    ben = accept_link(database, token, password=PASSWORD, now=NOW)
    entered = enter(database, "ben@example.org")
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
        change_roles(session, ben.staff_id, [StaffRole.PRODUCT], actor=actor)
        deactivate(session, ben.staff_id, actor=actor, now=NOW)
    assert viewer_of(database, entered.token) is None
    with pytest.raises(Unauthenticated):
        enter(database, "ben@example.org")
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
        reactivate(session, ben.staff_id, actor=actor)
    assert enter(database, "ben@example.org").viewer.roles == {StaffRole.PRODUCT}
    with database.writing(Login.OWNER) as session:
        actions = list(execute(session, "select action from audit_log order by id").scalars())
    assert actions == [
        "staff.invited",
        "staff.password_changed",
        "staff.signed_in",
        "staff.roles_changed",
        "staff.revoked",
        "staff.restored",
        "staff.signed_in",
    ]


def test_the_last_admin_can_neither_go_nor_stop_being_one(database: Database) -> None:
    admin = add(database, "admin@example.org", "admin")
    actor = Actor.staff(admin)
    with pytest.raises(Conflict, match="last active admin"):
        with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
            deactivate(session, admin, actor=actor, now=NOW)
    with pytest.raises(Conflict, match="last active admin"):
        with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
            change_roles(session, admin, [StaffRole.COACH], actor=actor)
    assert enter(database, "admin@example.org").viewer.roles == {StaffRole.ADMIN}


@pytest.mark.parametrize(
    ("email", "roles", "kind"),
    [
        ("no address", [StaffRole.COACH], Invalid),
        ("@example.org", [StaffRole.COACH], Invalid),
        ("x" * 400 + "@example.org", [StaffRole.COACH], Invalid),
        ("new@example.org", [], Invalid),
        ("ANA@example.org", [StaffRole.COACH], Conflict),
    ],
)
def test_an_invitation_that_can_not_be_is_refused(
    email: str, roles: list[StaffRole], kind: type[Exception], database: Database
) -> None:
    add(database)
    with pytest.raises(kind), database.writing(Login.OWNER) as session:
        invite(session, email=email, full_name="", roles=roles, actor=Actor.operator(), now=NOW)


def test_only_an_admin_manages_staff(database: Database) -> None:
    product = add(database)
    with pytest.raises(Exception, match="permission denied"):
        with database.writing(Login.DASHBOARD, role="bee_product", staff_id=product) as session:
            invite(
                session,
                email="new@example.org",
                full_name="",
                roles=[StaffRole.ADMIN],
                actor=Actor.staff(product),
                now=NOW,
            )


def test_members_are_assigned_to_coaches_and_the_totals_are_to_be_computed_again(database: Database) -> None:
    admin = add(database, "admin@example.org", "admin")
    coach = add(database, "coach@example.org", "coach")
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        number = int(execute(session, "select number from members where id = :id", id=member).scalar_one())
        execute(
            session,
            "insert into engagement_days (score_date, segment, momentum_state, members, final_sum, raw_sum)"
            " values ('2026-11-01', 'all', 'Steady', 1, 50, 50)",
        )
    actor = Actor.staff(admin)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
        assert assign_coach(session, [number, number], coach, actor=actor) == 1
        assert assign_coach(session, [number], coach, actor=actor) == 0
    with database.writing(Login.OWNER) as session:
        assert execute(session, "select count(*) from stale_days").scalar_one() == 1
    for numbers, coach_id in (([number], admin), ([999], coach)):
        with pytest.raises(Invalid):
            with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin) as session:
                assign_coach(session, numbers, coach_id, actor=actor)


def test_who_acts_as_what() -> None:
    coach = Viewer(UUID(int=1), "", "", frozenset({StaffRole.COACH, StaffRole.ONCALL}), False)
    admin = Viewer(UUID(int=1), "", "", frozenset({StaffRole.COACH, StaffRole.ADMIN}), False)
    assert acting_role(coach, [StaffRole.PRODUCT, StaffRole.COACH]) == "bee_coach"
    assert acting_role(admin, [StaffRole.PRODUCT, StaffRole.COACH]) == "bee_admin"
    with pytest.raises(Forbidden):
        acting_role(coach, [StaffRole.PRODUCT])
