"""Campaigns: whom they mean, whose turn it is, what is bound to what, and that each person is decided once."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy

from bee.audit import Actor
from bee.db import Database, Login, WriteSession
from bee.errors import Conflict, Forbidden, Invalid, NotFound
from bee.notify import actions as rules
from bee.notify.compose import actions
from bee.notify.compose.campaign import Campaign, make_campaign, parse_campaign
from bee.notify.compose.catalogue import (
    CampaignCard,
    Reason,
    Step,
    campaign_history,
    campaigns,
    count_audience,
    foresee,
    get_campaign,
    names_in,
    results,
)
from bee.notify.compose.health import health_words
from bee.notify.compose.sending import MOST_CLOSED, Begun, allowance, send_campaigns
from bee.notify.compose.trials import ask_trial, post_trials, trials
from bee.notify.courier import RECORDER, Answer, Device, Outcome, Via
from bee.notify.dispatch import Dispatcher
from bee.notify.evaluation import only_pass
from bee.notify.payload import Payload
from bee.notify.rule import Variant
from tests.factories import execute, make_staff
from tests.notify.ground import make_days, make_reachable

TEXT = {"name": "one", "title": "A new lesson", "body": "Walking, ten minutes a day."}
NEVER_QUIET = """
    insert into notification_preferences (user_id, quiet_from, quiet_until) select id, '0:00', '0:00' from members
"""


@dataclass(frozen=True, slots=True)
class People:
    """Paula composes, Ada and Ben approve."""

    paula: UUID
    ada: UUID
    ben: UUID


@pytest.fixture
def staff(database: Database) -> People:
    with database.writing(Login.OWNER) as session:
        return People(
            make_staff(session, email="paula@example.org", full_name="Paula Pro", roles=("product",)),
            make_staff(session, email="ada@example.org", full_name="Ada Min", roles=("admin",)),
            make_staff(session, email="ben@example.org", full_name="Ben Min", roles=("admin",)),
        )


@contextmanager
def acting(database: Database, who: UUID, role: str = "bee_product") -> Iterator[WriteSession]:
    with database.writing(Login.DASHBOARD, role=role, staff_id=who) as session:
        yield session


def campaign(**changes: Any) -> Campaign:
    return make_campaign({"title": "Walking", "variants": [TEXT]} | changes)


def members(database: Database, count: int = 3, **more: Any) -> list[UUID]:
    with database.writing(Login.OWNER) as session:
        made = [make_reachable(session, **more) for _ in range(count)]
        execute(session, NEVER_QUIET)
        return made


def saved(database: Database, staff: People, said: Campaign | None = None) -> CampaignCard:
    with acting(database, staff.paula) as session:
        number = actions.save(session, said or campaign(), actor=Actor.staff(staff.paula)).campaign
        return get_campaign(session, number)


def look(database: Database, number: int) -> CampaignCard:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        return get_campaign(session, number)


def approved(database: Database, staff: People, said: Campaign | None = None) -> CampaignCard:
    card = saved(database, staff, said)
    with acting(database, staff.paula) as session:
        actions.ask(session, card, reason="The new lesson is out.", actor=Actor.staff(staff.paula))
    with acting(database, staff.ada, "bee_admin") as session:
        actions.approve(session, card, actor=Actor.staff(staff.ada))
    return look(database, card.number)


def started(database: Database, staff: People, said: Campaign | None = None) -> CampaignCard:
    card = approved(database, staff, said)
    with acting(database, staff.paula) as session:
        actions.start(session, card, actor=Actor.staff(staff.paula))
    return look(database, card.number)


def send(database: Database, now: datetime | None = None) -> int:
    return send_campaigns(database, now=now or datetime.now(UTC), chance=random.Random(7))  # noqa: S311


def ledger(database: Database, columns: str = "decision, reason") -> list[tuple[Any, ...]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, f"select {columns} from momentum_notifications where rule like 'campaign_%'")
        return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"variants": []}, "variants"),
        ({"variants": [TEXT, TEXT]}, "same name"),
        ({"variants": [TEXT | {"body": "{days} days"}]}, "{days} can't be filled in"),
        ({"variants": [TEXT | {"body": "{name}"}]}, "{name} can't be filled in"),
        ({"variants": [TEXT | {"title": "a\0b"}]}, "can't be shown"),
        ({"per_minute": 0}, "per_minute"),
        ({"valid_h": 73}, "valid_h"),
        ({"type": "Not a name"}, "type"),
        ({"audience": {"states": ["Happy"]}}, "audience.states"),
        ({"audience": {"people": ["all"]}}, "audience.people"),
    ],
)
def test_what_is_no_campaign_is_refused_with_its_fault(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(Invalid) as refused:
        campaign(**changes)
    assert fault in refused.value.message


def test_a_text_longer_than_the_push_service_takes_is_not_saved(database: Database, staff: People) -> None:
    long = campaign(variants=[TEXT | {"body": "ж" * 1000, "title": "ж" * 120}], action={"screen": "ж" * 999})
    with pytest.raises(Invalid, match="the push service takes 4,096"):
        saved(database, staff, long)
    assert parse_campaign(long.model_dump_json()) == long


def test_an_audience_means_who_fits_all_of_it(database: Database, staff: People) -> None:
    with database.writing(Login.OWNER) as session:
        berlin = make_reachable(session, time_zone="Europe/Berlin", devices=("android",))
        london = make_reachable(session, time_zone="Europe/London")
        make_reachable(session, left_on=date(2026, 1, 6))
        make_reachable(session, is_synthetic=True)
        make_reachable(session, devices=())
        make_days(session, berlin, "NR")
        make_days(session, london, "RN")
    counts = {
        "everybody": ({}, 3),
        "in need": ({"states": ["NeedsCare"]}, 1),
        "rising or in need": ({"states": ["NeedsCare", "Rising"]}, 2),
        "in Berlin": ({"zones": ["Europe/Berlin"]}, 1),
        "in Berlin, rising": ({"zones": ["Europe/Berlin"], "states": ["Rising"]}, 0),
        "with an iPhone": ({"platforms": ["ios"]}, 1),
        "demo": ({"segment": "demo"}, 0),
        "nowhere": ({"zones": ["Nowhere/Land"]}, 0),
    }
    for words, (audience, people) in counts.items():
        said = campaign(audience=audience)
        with database.reading(Login.DASHBOARD, role="bee_product") as session:
            assert count_audience(session, said.audience) == people, words
        assert saved(database, staff, said).people == people, words


def test_it_goes_from_draft_to_done_each_person_decided_once(database: Database, staff: People) -> None:
    people = members(database)
    with database.writing(Login.OWNER) as session:
        make_reachable(session, consent=False)
    card = saved(database, staff)
    assert (card.step, card.people, card.version) == (Step.DRAFT, 4, 1)
    card = started(database, staff)
    assert card.step == Step.STARTED
    while send(database):
        pass
    assert sorted(ledger(database, "decision, reason")) == [
        ("send", "eligible"), ("send", "eligible"), ("send", "eligible"), ("withhold", "consent_refused"),
    ]  # fmt: skip
    assert {row[0] for row in ledger(database, "user_id")} >= set(people)
    dispatcher = Dispatcher(database, RECORDER, "w", lambda: datetime.now(UTC), random.Random(7))  # noqa: S311
    assert dispatcher.send_due().answers == {"recorded": 3}
    card = look(database, card.number)
    assert (card.step, card.decided, card.to_send, card.recorded) == (Step.FINISHED, 4, 3, 3)
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert results(session, card)[-1] == Reason(False, "consent_refused", 1)
        acts = [each.act for each in campaign_history(session, card.number)]
    assert acts == ["finished", "started", "approved", "asked", "saved"]
    assert send(database) == 0


def test_what_one_sends_counts_against_the_next_of_its_type(database: Database, staff: People) -> None:
    members(database, 1)
    for _ in range(2):
        started(database, staff)
        send(database)
    started(database, staff, campaign(type="lesson"))
    send(database)
    assert ledger(database, "reason") == [("eligible",), ("cooldown_refused",), ("eligible",)]


@pytest.mark.parametrize("who", ["author", "somebody else"])
def test_nobody_approves_what_they_wrote(database: Database, staff: People, who: str) -> None:
    members(database)
    with acting(database, staff.ada, "bee_admin") as session:
        number = actions.save(session, campaign(), actor=Actor.staff(staff.ada)).campaign
        card = get_campaign(session, number)
        actions.ask(session, card, reason="New lesson", actor=Actor.staff(staff.ada))
    if who == "author":
        with (
            pytest.raises(Forbidden, match="Somebody else"),
            acting(database, staff.ada, "bee_admin") as session,
        ):
            actions.approve(session, card, actor=Actor.staff(staff.ada))
    else:
        with acting(database, staff.ben, "bee_admin") as session:
            actions.approve(session, card, actor=Actor.staff(staff.ben))
    assert look(database, number).step == (Step.ASKED if who == "author" else Step.APPROVED)


def test_product_can_not_approve_nor_act_in_another_name(database: Database, staff: People) -> None:
    members(database)
    card = saved(database, staff)
    for kind, who in (("approved", staff.paula), ("asked", staff.ada)):
        with (
            pytest.raises(sqlalchemy.exc.ProgrammingError, match="row-level security"),
            acting(database, staff.paula) as session,
        ):
            session.run(
                "notify/add_campaign_act",
                campaign=card.number, version=1, digest=card.digest, kind=kind, done_by=who, reason="",
            )  # fmt: skip


def test_a_second_decision_is_a_conflict(database: Database, staff: People) -> None:
    members(database)
    card = approved(database, staff)
    with pytest.raises(Conflict, match="already"), acting(database, staff.ben, "bee_admin") as session:
        actions.refuse(session, card, reason="No", actor=Actor.staff(staff.ben))


def test_a_change_takes_the_approval_with_it(database: Database, staff: People) -> None:
    members(database)
    before = approved(database, staff)
    with acting(database, staff.paula) as session:
        actions.save(session, campaign(title="Running"), number=before.number, actor=Actor.staff(staff.paula))
    after = look(database, before.number)
    assert (after.step, after.version) == (Step.DRAFT, 2)
    assert after.digest != before.digest
    for card in (before, after):
        with pytest.raises(Conflict), acting(database, staff.paula) as session:
            actions.start(session, card, actor=Actor.staff(staff.paula))


def test_other_people_are_another_digest(database: Database, staff: People) -> None:
    members(database)
    first = approved(database, staff)
    members(database, 1)
    with acting(database, staff.paula) as session:
        actions.save(session, first.campaign, number=first.number, actor=Actor.staff(staff.paula))
    second = look(database, first.number)
    assert (second.people, second.step) == (first.people + 1, Step.DRAFT)
    assert second.digest != first.digest


def test_what_waits_for_no_one_or_for_nobody_can_not_be_done(database: Database, staff: People) -> None:
    empty = saved(database, staff, campaign(audience={"zones": ["Asia/Tokyo"]}))
    paula = Actor.staff(staff.paula)
    with pytest.raises(Conflict, match="for nobody"), acting(database, staff.paula) as session:
        actions.ask(session, empty, reason="x", actor=paula)
    with pytest.raises(Conflict, match="Nobody asked"), acting(database, staff.ada, "bee_admin") as session:
        actions.approve(session, empty, actor=Actor.staff(staff.ada))
    with pytest.raises(Conflict, match="Nobody has approved"), acting(database, staff.paula) as session:
        actions.start(session, empty, actor=paula)
    with pytest.raises(Invalid, match="Say"), acting(database, staff.paula) as session:
        actions.ask(session, empty, reason=" \0 ", actor=paula)
    with pytest.raises(NotFound), database.reading(Login.DASHBOARD, role="bee_product") as session:
        get_campaign(session, 99)


def test_what_has_begun_is_not_changed_nor_started_again(database: Database, staff: People) -> None:
    members(database)
    card = started(database, staff)
    paula = Actor.staff(staff.paula)
    with pytest.raises(Conflict, match="begun"), acting(database, staff.paula) as session:
        actions.save(session, campaign(title="Other"), number=card.number, actor=paula)
    with pytest.raises(Conflict, match="started already"), acting(database, staff.paula) as session:
        actions.start(session, card, actor=paula)


def test_people_counted_a_week_ago_are_counted_again_before_they_hear(
    database: Database, staff: People
) -> None:
    members(database)
    card = approved(database, staff)
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table notification_campaign_versions disable trigger append_only")
        execute(session, "update notification_campaign_versions set created_at = now() - interval '8 days'")
        execute(session, "alter table notification_campaign_versions enable trigger append_only")
    with pytest.raises(Conflict, match="more than 7 days"), acting(database, staff.paula) as session:
        actions.start(session, card, actor=Actor.staff(staff.paula))


def test_it_goes_out_gently(database: Database, staff: People) -> None:
    members(database, 7)
    card = started(database, staff, campaign(per_minute=3))
    begin = datetime.now(UTC)
    said = [send(database, begin + timedelta(seconds=5 * tick)) for tick in range(16)]
    assert said[:4] == [1, 1, 1, 0]
    assert sum(said) == 6
    assert look(database, card.number).decided == 6


def test_who_has_quiet_hours_waits_and_hears_gently_after_them(database: Database, staff: People) -> None:
    with database.writing(Login.OWNER) as session:
        made = [make_reachable(session, time_zone="UTC") for _ in range(40)]
        awake = make_reachable(session, time_zone="UTC")
        execute(
            session,
            "insert into notification_preferences (user_id, quiet_from, quiet_until) values (:id, '0:00', '0:00')",
            id=awake,
        )
    card = started(database, staff, campaign(per_minute=10, valid_h=72))
    night = (datetime.now(UTC) + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
    assert sum(send(database, night + timedelta(seconds=2 * tick)) for tick in range(20)) == 1
    assert ledger(database, "user_id, reason") == [(awake, "eligible")]
    morning = night.replace(hour=8, minute=15)
    first_minute = sum(send(database, morning + timedelta(seconds=2 * tick)) for tick in range(29))
    assert first_minute == 10
    later = [send(database, morning + timedelta(seconds=2 * tick)) for tick in range(29, 200)]
    assert first_minute + sum(later) == len(made)
    assert look(database, card.number).step == Step.FINISHED
    assert {reason for (reason,) in ledger(database, "reason")} == {"eligible"}


def test_somebody_who_takes_back_their_consent_in_quiet_hours_hears_nothing(
    database: Database, staff: People
) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session, time_zone="UTC")
    started(database, staff, campaign(valid_h=72))
    night = (datetime.now(UTC) + timedelta(days=1)).replace(hour=2)
    assert send(database, night) == 0
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source) values (:id, 'push', false, 'member')",
            id=member,
        )
    assert send(database, night.replace(hour=9)) == 1
    assert ledger(database) == [("withhold", "consent_refused")]


def test_a_stop_reaches_those_who_wait_for_the_end_of_their_quiet_hours(
    database: Database, staff: People
) -> None:
    with database.writing(Login.OWNER) as session:
        make_reachable(session, time_zone="UTC")
    card = started(database, staff, campaign(valid_h=72))
    night = (datetime.now(UTC) + timedelta(days=1)).replace(hour=2)
    assert send(database, night) == 0
    with acting(database, staff.paula) as session:
        actions.stop(session, card, reason="A wrong word", actor=Actor.staff(staff.paula))
    assert send(database, night) == 1
    assert ledger(database) == [("withhold", "campaign_stopped")]


def test_one_that_can_not_be_read_keeps_nothing_else_from_being_sent(
    database: Database, staff: People, caplog: pytest.LogCaptureFixture
) -> None:
    members(database, 1)
    broken = started(database, staff, campaign(type="lesson"))
    started(database, staff)
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table notification_campaign_versions disable trigger append_only")
        execute(
            session,
            "update notification_campaign_versions set body = '{}' where campaign = :number",
            number=broken.number,
        )
        execute(session, "alter table notification_campaign_versions enable trigger append_only")
    assert send(database) == 1
    assert f"campaign {broken.number} is not sent" in caplog.text
    assert ledger(database, "rule") == [("campaign_2",)]


def test_what_can_not_be_read_any_more_when_it_is_due_is_held_back(database: Database, staff: People) -> None:
    members(database, 1)
    started(database, staff)
    send(database)
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table notification_campaign_versions disable trigger append_only")
        execute(session, "update notification_campaign_versions set body = '{}'")
        execute(session, "alter table notification_campaign_versions enable trigger append_only")
    dispatcher = Dispatcher(database, RECORDER, "w", lambda: datetime.now(UTC), random.Random(7))  # noqa: S311
    assert dispatcher.send_due().answers == {}
    with database.reading(Login.OWNER) as session:
        ended = execute(session, "select outcome, reason from notification_deliveries").all()
    assert [tuple(row) for row in ended] == [("withheld", "unknown")]


def test_stopped_in_the_middle_the_rest_is_told_so_and_what_waits_does_not_go(
    database: Database, staff: People
) -> None:
    members(database, 5)
    card = started(database, staff, campaign(per_minute=10))
    send(database)
    with acting(database, staff.paula) as session:
        actions.stop(session, card, reason="A wrong word", actor=Actor.staff(staff.paula))
    dispatcher = Dispatcher(database, RECORDER, "w", lambda: datetime.now(UTC), random.Random(7))  # noqa: S311
    assert dispatcher.send_due().answers == {}
    send(database)
    assert sorted(ledger(database)) == [("send", "eligible")] + [("withhold", "campaign_stopped")] * 4
    with database.reading(Login.OWNER) as session:
        ended = execute(session, "select outcome, reason from notification_deliveries").all()
    assert [tuple(row) for row in ended] == [("withheld", "campaign_stopped")]
    assert look(database, card.number).step == Step.STOPPED
    assert send(database) == 0


def test_while_everything_is_stopped_it_waits_and_then_goes_on(database: Database, staff: People) -> None:
    members(database, 1)
    started(database, staff)
    admin = Actor.staff(staff.ada)
    with acting(database, staff.ada, "bee_admin") as session:
        rules.stop(session, reason="Look first", actor=admin)
    assert send(database) == 0
    with acting(database, staff.ada, "bee_admin") as session:
        rules.resume(session, reason="Fine", actor=admin)
    assert send(database) == 1


def test_it_waits_while_the_rules_decide(database: Database, staff: People) -> None:
    members(database, 1)
    started(database, staff)
    with only_pass(database, Login.WORKER):
        assert send(database) == 0
    assert send(database) == 1


def test_too_late_nobody_hears_any_more(database: Database, staff: People) -> None:
    members(database, 2)
    card = started(database, staff, campaign(valid_h=1))
    send(database, datetime.now(UTC) + timedelta(hours=2))
    assert ledger(database) == [("withhold", "too_late")] * 2
    assert look(database, card.number).step == Step.FINISHED


def test_who_left_since_it_was_saved_gets_nothing_and_who_was_erased_has_no_row(
    database: Database, staff: People
) -> None:
    left, erased, there = members(database, 3)
    started(database, staff)
    with database.writing(Login.OWNER) as session:
        execute(session, "update members set left_on = '2026-01-06' where id = :id", id=left)
        execute(session, "delete from members where id = :id", id=erased)
    while send(database):
        pass
    assert sorted(ledger(database, "reason, user_id"), key=str) == [("eligible", there), ("has_left", left)]


def test_a_figure_that_is_not_known_is_not_left_out(database: Database, staff: People) -> None:
    scored, _ = members(database, 2)
    with database.writing(Login.OWNER) as session:
        make_days(session, scored, "R")
    started(database, staff, campaign(variants=[TEXT | {"body": "You are at {score}."}]))
    while send(database):
        pass
    assert sorted(ledger(database, "reason, message"), key=str) == [
        ("eligible", "You are at 80."), ("score_unknown", None),
    ]  # fmt: skip


def test_a_worker_that_dies_in_the_middle_of_a_batch_leaves_whole_decisions(
    database: Database, staff: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    members(database, 2)
    started(database, staff, campaign(per_minute=600))
    ran = WriteSession.run

    def dies(self: WriteSession, name: str, /, **parameters: object) -> int:
        if name == "notify/mark_campaign_people":
            raise KeyboardInterrupt
        return ran(self, name, **parameters)

    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(WriteSession, "run", dies)
        send(database)
    assert ledger(database) == []
    assert send(database) == 2
    assert len(ledger(database)) == 2


def test_what_the_guards_would_say_is_foreseen(database: Database, staff: People) -> None:
    members(database, 2)
    with database.writing(Login.OWNER) as session:
        make_reachable(session, consent=None)
        make_reachable(session, devices=())
        execute(session, NEVER_QUIET)
    card = saved(database, staff)
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert foresee(session, card, now=datetime.now(UTC)) == [
            Reason(True, "eligible", 2), Reason(False, "address_refused", 1), Reason(False, "consent_unknown", 1),
        ]  # fmt: skip


def test_names_of_the_people_in_the_text_are_found_and_never_whose(database: Database, staff: People) -> None:
    member, _ = members(database, 2)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into personal_data (member_id, full_name) values (:id, 'Mia van Zandt')",
            id=member,
        )
    card = saved(database, staff, campaign(variants=[TEXT | {"body": "mia, your walk! Otto waits."}]))
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert names_in(session, card.number) == ["mia"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your Diabetes lesson", ["diabetes"]),
        ("Blood  pressure is up", ["blood pressure"]),
        ("weight-loss week", ["weight-loss"]),
        ("A weighty matter, therapeutically", []),
        ("A walk in the park", []),
    ],
)
def test_words_of_health_are_found_as_whole_words(text: str, found: list[str]) -> None:
    assert health_words([Variant(name="one", title="Hello", body=text)]) == found


def test_a_test_goes_to_ones_own_device_once_and_its_address_is_forgotten(
    database: Database, staff: People
) -> None:
    members(database, 1)
    card = saved(database, staff)
    paula = Actor.staff(staff.paula)
    posted: list[tuple[Device, Payload]] = []

    class Post:
        via: Via = "fcm"
        project = "p"

        def make_ready(self) -> None:
            pass

        def post(self, device: Device, payload: Payload, *, validate_only: bool = False) -> Answer:
            assert not validate_only
            posted.append((device, payload))
            return Answer(Outcome.ACCEPTED, message_id="m")

    for address in ("", "two words", "x" * 4097, "a\0b"):
        with pytest.raises(Invalid), acting(database, staff.paula) as session:
            ask_trial(session, card, variant="one", platform="ios", address=address, actor=paula)
    with pytest.raises(Invalid, match="no wording"), acting(database, staff.paula) as session:
        ask_trial(session, card, variant="two", platform="ios", address="mine", actor=paula)
    with acting(database, staff.paula) as session:
        ask_trial(session, card, variant="one", platform="ios", address=" mine ", actor=paula)
    assert post_trials(database, Post(), now=datetime.now(UTC)) == 1
    assert post_trials(database, Post(), now=datetime.now(UTC)) == 0
    ((device, payload),) = posted
    assert (device.address, payload.title) == ("mine", "A new lesson")
    with database.reading(Login.DASHBOARD, role="bee_product") as reading:
        (found,) = trials(reading, card.number)
    assert (found.who_name, found.via, found.outcome) == ("Paula Pro", "fcm", "accepted")
    with database.reading(Login.OWNER) as reading:
        assert execute(reading, "select address from notification_campaign_tests").scalars().all() == [None]
    assert ledger(database) == []


def test_a_test_of_a_wording_that_there_is_not_ends_as_that(database: Database, staff: People) -> None:
    members(database, 1)
    card = saved(database, staff)
    with acting(database, staff.paula) as session:
        session.run(
            "notify/add_campaign_test",
            campaign=card.number, version=1, variant="two", platform="ios", address="mine",
            asked_by=staff.paula,
        )  # fmt: skip
    assert post_trials(database, RECORDER, now=datetime.now(UTC)) == 1
    with database.reading(Login.DASHBOARD, role="bee_product") as reading:
        assert [each.outcome for each in trials(reading, card.number)] == ["payload"]


def test_a_test_that_nobody_posted_within_an_hour_is_given_up(database: Database, staff: People) -> None:
    members(database, 1)
    card = saved(database, staff)
    with acting(database, staff.paula) as session:
        ask_trial(
            session, card, variant="one", platform="web", address="mine", actor=Actor.staff(staff.paula)
        )
    assert post_trials(database, RECORDER, now=datetime.now(UTC) + timedelta(hours=2)) == 0
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert [each.outcome for each in trials(session, card.number)] == ["too_late"]


def test_every_act_is_in_the_trail_without_a_word_of_the_text(database: Database, staff: People) -> None:
    members(database)
    started(database, staff)
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select action, actor_id, before, after, reason from audit_log"
            " where action like 'campaign.%' order by id",
        ).all()
    assert [row.action for row in rows] == [
        "campaign.saved", "campaign.asked", "campaign.approved", "campaign.started",
    ]  # fmt: skip
    assert "Walking" not in str(rows)
    assert rows[2].after["digest"] == rows[0].after["digest"]
    assert rows[2].actor_id == staff.ada


def test_how_many_may_go_out_now_is_never_more_than_a_minutes_share(
    database: Database, staff: People
) -> None:
    members(database, 1)
    card = started(database, staff, campaign(per_minute=25))
    assert card.started_at is not None
    with database.reading(Login.WORKER) as session:
        (begun,) = session.all(Begun, "notify/campaigns_to_decide", since=card.started_at)
    sending = begun.sending()
    assert [allowance(sending, lately, card.started_at) for lately in (0, 23, 24, 25, 40)] == [3, 2, 1, 0, 0]
    assert allowance(sending, 40, card.started_at + timedelta(hours=25)) == MOST_CLOSED


def test_campaigns_are_listed_newest_first(database: Database, staff: People) -> None:
    members(database, 1)
    saved(database, staff, campaign(title="First"))
    saved(database, staff, campaign(title="Second"))
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        found = campaigns(session)
    assert [(card.campaign.title, card.author_name) for card in found] == [
        ("Second", "Paula Pro"), ("First", "Paula Pro"),
    ]  # fmt: skip
