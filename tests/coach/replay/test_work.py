"""A replay over a real database and a server that speaks the models' protocol: every answer once, come what may."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.coach.model import ModelFailed
from bee.coach.replay import Danger, Risk, end_replay, open_replays, population, risk_of
from bee.db import Database, Login
from bee.errors import Conflict, Invalid, NotFound
from bee.jobs import enqueue
from bee.worker import Worker
from tests.coach.ground import make_mia, remember, set_state
from tests.coach.model_server import OPENAI_USAGE, TEXT, ModelServer, model_server
from tests.coach.prompts.versions import add_version
from tests.coach.replay.replaying import (
    AFTER,
    DAY,
    MORNING,
    PRICED,
    WALK,
    ask_replay,
    do_replay,
    openai_at,
    read_changes,
    read_replay,
    say,
    start_replay,
)
from tests.factories import execute, make_member, make_staff

BUCKETS = ("input", "cache_read", "cache_write", "output")
OTHER = "You took a walk today and it felt good. Would you like to rest for a minute?"
UNSAFE = "You have a depression. You took a walk today. Would you like to walk again?"


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh(service: ModelServer) -> None:
    service.text, service.first_s, service.usage = TEXT, 0.0, OPENAI_USAGE
    service.asked.clear()


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Cora", roles=("coach",))


@pytest.fixture
def mia(database: Database, cora: UUID) -> UUID:
    return make_mia(database, coach_id=cora)


def write(database: Database, service: ModelServer, member_id: UUID, messages: int = 1) -> None:
    """Let a member write so often that day, and be answered by rules."""
    for minute in range(messages):
        now = MORNING + timedelta(minutes=minute)
        say(database, openai_at(service.address, coach_model="offline"), member_id, WALK, now=now)


def priced(folder: Path, model: str) -> Path:
    """Write a file in which a model of the server on loopback has a price."""
    price = {"provider": "openai", "model": model, "from": "2020-01-01", "source": "here", "checked": None}
    path = folder / "prices.json"
    path.write_text(json.dumps({"prices": [price | dict.fromkeys(BUCKETS, 0.15)]}), encoding="utf-8")
    return path


def consent(database: Database, member_id: UUID, *, granted: bool) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source)"
            " values (:id, 'coaching', :granted, 'member')",
            id=member_id, granted=granted,
        )  # fmt: skip


def fetch(database: Database, statement: str, **parameters: object) -> list[Any]:
    with database.reading(Login.OWNER) as session:
        return [tuple(row) for row in execute(session, statement, **parameters)]


def test_each_message_is_asked_again_as_it_was_and_what_would_have_gone_out_is_kept(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    settings = openai_at(service.address, coach_model=PRICED)
    with database.writing(Login.OWNER) as session:
        set_state(session, mia, "NeedsCare")
        remember(session, mia, "walks at dawn")
    say(database, settings, mia, f"{WALK}, says Mia Jones")
    say(database, settings, mia, "I want to die", now=MORNING + timedelta(minutes=5))
    with database.writing(Login.OWNER) as session:
        set_state(session, mia, "Rising")
        remember(session, mia, "swims at dusk", key="later", valid_from=AFTER)
    service.asked.clear()
    service.text = OTHER
    replay = do_replay(database, ask_replay(database, cora, settings), settings)
    assert (replay.outcome, replay.done, replay.seen, replay.drawn, replay.written) == (
        "finished",
        2,
        2,
        2,
        2,
    )
    (asked,) = service.asked
    told = str(asked)
    assert "momentum is low" in told
    assert "walks at dawn" in told
    assert "swims at dusk" not in told, "it was remembered later"
    assert "Mia" not in told, "it is masked as in production"
    change, danger = read_changes(database, replay)
    assert (change.answer, change.sent, change.heard) == (TEXT, OTHER, OTHER)
    assert (risk_of(change), change.cost_usd > 0, change.state) == (Risk.NEEDS_CARE, True, "NeedsCare")
    assert (danger.danger, danger.sent, danger.cost_usd) == (Danger.AS_BEFORE.value, None, Decimal(0))
    assert fetch(database, "select count(*) from coach_messages") == [(4,)], "no member hears of it"


def test_what_it_takes_is_counted_as_the_labs_of_who_asked(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 3)
    replay = ask_replay(database, cora, openai_at(service.address))
    replay = do_replay(database, replay, openai_at(service.address))
    ledger = fetch(
        database,
        "select purpose, staff_id, user_id, count(*), sum(cost_usd) from coach_model_calls group by 1, 2, 3",
    )
    assert ledger == [("lab", cora, None, 3, replay.cost_usd)]


def test_what_fails_a_check_that_passed_comes_first_with_what_the_model_said(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia)
    service.text = UNSAFE
    settings = openai_at(service.address)
    (change,) = read_changes(database, do_replay(database, ask_replay(database, cora, settings), settings))
    assert risk_of(change) is Risk.NOW_FAILS
    assert change.now_failed[0] == "diagnosis"
    assert (change.fallback, change.sent != UNSAFE) == ("unsafe", True)
    assert change.heard is not None
    assert "depression" in change.heard


def test_a_sample_is_drawn_by_lot_from_the_seed_that_is_kept(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 12)
    settings = openai_at(service.address)

    def drawn(seed: int) -> set[tuple[UUID]]:
        replay = ask_replay(database, cora, settings, seed=seed, most_messages=4)
        assert (replay.seed, replay.drawn, replay.askable, replay.seen) == (seed, 4, 12, 4)
        return set(
            fetch(
                database, "select request_id from coach_replay_messages where replay_id = :id", id=replay.id
            )
        )

    assert drawn(1) == drawn(1)
    assert len({frozenset(drawn(seed)) for seed in range(5)}) > 1
    number = max(number for (number,) in fetch(database, "select number from coach_replays"))
    done = do_replay(database, read_replay(database, number), settings)
    assert (done.outcome, done.done, len(service.asked)) == ("finished", 4, 4)


def test_who_does_not_consent_is_not_asked_about_and_nothing_of_them_is_kept(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        never, later = make_member(session, coach_id=cora), make_member(session, coach_id=cora)
    consent(database, later, granted=True)
    for member_id in (mia, never, later):
        write(database, service, member_id)
    settings = openai_at(service.address)
    replay = ask_replay(database, cora, settings)
    assert (replay.written, replay.unconsented, replay.askable) == (3, 1, 2)
    consent(database, later, granted=False)
    replay = do_replay(database, replay, settings)
    assert (replay.outcome, replay.done, replay.waiting, replay.seen) == ("finished", 1, 0, 2)
    assert fetch(database, "select distinct user_id from coach_replay_answers") == [(mia,)]
    assert len(service.asked) == 1


def test_what_was_said_before_there_was_a_consent_is_never_asked_again(
    database: Database, service: ModelServer, cora: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        later = make_member(session, coach_id=cora)
    settings = openai_at(service.address, coach_model=PRICED)
    say(database, settings, later, WALK)
    consent(database, later, granted=True)
    say(database, settings, later, WALK, now=MORNING + timedelta(minutes=1))
    asked = len(service.asked)
    replay = ask_replay(database, cora, settings)
    assert (replay.written, replay.unconsented, replay.askable, replay.drawn) == (2, 1, 1, 1)
    replay = do_replay(database, replay, settings)
    assert (replay.outcome, replay.done, len(service.asked) - asked) == ("finished", 1, 1)


def test_what_is_kept_goes_with_the_member(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia)
    do_replay(database, ask_replay(database, cora, openai_at(service.address)), openai_at(service.address))
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=mia)
    assert fetch(database, "select count(*) from coach_replay_messages") == [(0,)]
    assert fetch(database, "select count(*) from coach_replay_answers") == [(0,)]
    assert fetch(database, "select count(*) from coach_replays") == [(1,)], "that it was asked stays"


def test_a_coach_sees_what_was_asked_about_their_own_members_only(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        carl = make_staff(session, full_name="Carl", roles=("coach",))
        ada = make_staff(session, full_name="Ada", roles=("admin",))
        other = make_member(session, coach_id=carl)
    consent(database, other, granted=True)
    write(database, service, mia)
    write(database, service, other)
    settings = openai_at(service.address)
    everybody = do_replay(database, ask_replay(database, ada, settings, role="bee_admin"), settings)
    assert (everybody.askable, everybody.done) == (2, 2)
    seen = read_changes(database, everybody, role="bee_coach", staff_id=carl)
    assert [change.user_id for change in seen] == [other]
    assert read_replay(database, everybody.number, role="bee_coach", staff_id=carl).seen == 1
    ours = do_replay(database, ask_replay(database, cora, settings), settings)
    assert [change.user_id for change in read_changes(database, ours)] == [mia]


def test_a_member_whose_coach_is_another_by_now_is_not_asked_about(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 2)
    replay = ask_replay(database, cora, openai_at(service.address))
    with database.writing(Login.OWNER) as session:
        execute(session, "update members set coach_id = null where id = :id", id=mia)
    replay = do_replay(database, replay, openai_at(service.address))
    assert (replay.outcome, replay.done, service.asked) == ("finished", 0, [])


@pytest.mark.parametrize("change", ["is_active = false", "roles = '{product}'"])
def test_who_may_not_read_messages_any_more_has_none_asked(
    change: str, database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia)
    replay = ask_replay(database, cora, openai_at(service.address))
    with database.writing(Login.OWNER) as session:
        execute(session, f"update staff set {change} where id = :id", id=cora)
    replay = do_replay(database, replay, openai_at(service.address))
    assert (replay.outcome, replay.done, service.asked) == ("failed", 0, [])
    assert "may not read" in (replay.said or "")


def test_it_never_costs_more_than_it_may_and_says_so(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 6)
    service.usage = {"prompt_tokens": 100, "completion_tokens": 300, "total_tokens": 400}
    settings = openai_at(service.address)
    replay = ask_replay(database, cora, settings, most_usd=Decimal("0.0010"))
    replay = do_replay(database, replay, settings)
    assert replay.outcome == "over_budget"
    assert 0 < replay.done < 6
    assert replay.cost_usd <= replay.most_usd
    assert "beyond the $0.0010 that it may cost" in (replay.said or "")


def test_it_ends_where_the_labs_share_of_the_day_is_used_up(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 9)
    settings = openai_at(service.address, coach_lab_usd_per_day=Decimal("0.00005"))
    replay = do_replay(database, ask_replay(database, cora, settings), settings)
    assert (replay.outcome, replay.done) == ("over_budget", 4), "what is on its way is asked to the end"
    assert "used up" in (replay.said or "")


@pytest.mark.parametrize("mode", ["quota", "401"])
def test_what_no_waiting_helps_against_ends_it(
    mode: str, database: Database, service: ModelServer, cora: UUID, mia: UUID, tmp_path: Path
) -> None:
    write(database, service, mia)
    settings = openai_at(service.address, coach_prices=priced(tmp_path, mode))
    replay = ask_replay(database, cora, settings, model=f"openai/{mode}")
    replay = do_replay(database, replay, settings)
    assert (replay.outcome, replay.done) == ("failed", 0)
    assert (replay.said or "").startswith("The model did not answer")


def test_a_provider_without_a_key_ends_it_with_that_reason(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia)
    replay = ask_replay(database, cora, openai_at(service.address))
    replay = do_replay(database, replay, openai_at(service.address, OPENAI_API_KEY=None))
    assert (replay.outcome, replay.done) == ("failed", 0)
    assert "not_configured" in (replay.said or "")


def test_a_providers_fault_that_may_pass_is_waited_for(
    database: Database, service: ModelServer, cora: UUID, mia: UUID, tmp_path: Path
) -> None:
    write(database, service, mia)
    settings = openai_at(service.address, coach_prices=priced(tmp_path, "500"))
    replay = ask_replay(database, cora, settings, model="openai/500")
    with pytest.raises(ModelFailed):
        do_replay(database, replay, settings)
    assert (read_replay(database, replay.number).outcome, read_changes(database, replay)) == (None, [])


def test_it_is_ended_by_hand_once_and_nothing_more_is_asked(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 2)
    replay = ask_replay(database, cora, openai_at(service.address))
    for time_over in (False, True):
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
            if time_over:
                with pytest.raises(Conflict, match="over already"):
                    end_replay(session, replay.id, actor=Actor.staff(cora))
            else:
                end_replay(session, replay.id, actor=Actor.staff(cora))
    replay = do_replay(database, replay, openai_at(service.address))
    assert (replay.outcome, replay.ended_by, replay.done, service.asked) == ("cancelled", "Cora", 0, [])
    acts = fetch(database, "select action from audit_log where subject_kind = 'coach_replay' order by id")
    assert acts == [("coach_replay.requested",), ("coach_replay.cancelled",)]


def test_it_goes_on_where_it_was_when_its_worker_was_killed_with_every_answer_once(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 14)
    settings = openai_at(service.address)
    replay = ask_replay(database, cora, settings)
    service.first_s = 0.3
    worker = start_replay(database.address, service.address, replay.id)
    deadline = time.monotonic() + 120
    while read_replay(database, replay.number).done < 4:
        assert time.monotonic() < deadline, "nothing is stored"
        time.sleep(0.05)
    worker.kill()
    worker.wait()
    assert worker.stdout is not None
    worker.stdout.close()
    before = read_replay(database, replay.number)
    assert (before.outcome, before.done < 14) == (None, True)
    service.first_s = 0.0
    replay = do_replay(database, replay, settings)
    assert (replay.outcome, replay.done) == ("finished", 14)
    # At most those on their way when it was killed were asked again.
    assert 14 <= len(service.asked) <= 14 + 4


def test_the_worker_does_it_in_its_turn_and_gives_up_what_fails_again_and_again(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 2)
    settings = openai_at(service.address)
    first, second = (ask_replay(database, cora, settings) for _ in range(2))
    with database.writing(Login.WORKER) as session:
        enqueue(session, "coach_replay", key=str(second.id), run_at=datetime(2100, 1, 1, tzinfo=UTC))
    spread = random.Random(1)  # noqa: S311  # spreading ticks is no secret
    worker = Worker(database, settings, "worker", spread, clock=lambda: datetime.now(UTC))
    worker.tick()
    assert read_replay(database, first.number).outcome == "finished"
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update jobs set outcome = 'failed', error = 'model_slow: too slow', started_at = now(),"
            " finished_at = now() where kind = 'coach_replay' and key = :key",
            key=str(second.id),
        )
    worker.tick()
    given_up = read_replay(database, second.number)
    assert (given_up.outcome, given_up.said) == ("failed", "It was given up: model_slow: too slow")
    with database.reading(Login.WORKER) as session:
        assert open_replays(session) == []


def test_a_day_that_is_not_over_for_somebody_is_not_asked_again(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        far = make_member(session, coach_id=cora, time_zone="Pacific/Honolulu")
    consent(database, far, granted=True)
    write(database, service, mia)
    # Before noon of the next day in London it is still that day on Hawaii, whose ten hours are behind.
    for hour, is_over in ((9, False), (10, True)):
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
            found = population(session, DAY, now=datetime(2026, 11, 25, hour, 30, tzinfo=UTC))
        assert (found.is_over, found.written) == (is_over, 1)
    with pytest.raises(Conflict, match="not over yet"):
        ask_replay(database, cora, openai_at(service.address), day=date(2026, 11, 26))


def test_a_day_is_each_members_own(database: Database, service: ModelServer, cora: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        near = make_member(session, coach_id=cora, time_zone="Pacific/Auckland")
        far = make_member(session, coach_id=cora, time_zone="Pacific/Honolulu")
    settings = openai_at(service.address, coach_model="offline")
    for member_id in (near, far):
        consent(database, member_id, granted=True)
        say(database, settings, member_id, WALK, now=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    replay = do_replay(database, ask_replay(database, cora, settings), settings)
    assert [change.user_id for change in read_changes(database, replay)] == [far]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"most_messages": 0}, Invalid),
        ({"most_messages": 2001}, Invalid),
        ({"most_usd": Decimal("NaN")}, Invalid),
        ({"most_usd": Decimal(-1)}, Invalid),
        ({"version": 9}, NotFound),
        ({"model": "openai/nobody-knows"}, Conflict),
        ({"day": date(2026, 11, 1)}, Conflict),
    ],
)
def test_what_can_not_be_asked_is_refused_and_nothing_is_kept(
    wanted: dict[str, Any],
    refusal: type[Exception],
    database: Database,
    service: ModelServer,
    cora: UUID,
    mia: UUID,
) -> None:
    write(database, service, mia)
    with pytest.raises(refusal):
        ask_replay(database, cora, openai_at(service.address), **wanted)
    assert fetch(database, "select count(*) from coach_replays") == [(0,)]


def test_messages_of_which_nothing_is_kept_are_left_out_and_a_version_is_asked_that_never_went_live(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    write(database, service, mia, 3)
    say(database, openai_at(service.address), mia, "I want to die", now=MORNING + timedelta(hours=1))
    add_version(database, 2)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "delete from coach_moments where request_id in (select request_id from coach_messages limit 1)",
        )
    settings = openai_at(service.address)
    replay = ask_replay(database, cora, settings, version=2)
    assert (replay.written, replay.not_kept, replay.askable, replay.version) == (4, 1, 3, 2)
    replay = do_replay(database, replay, settings)
    assert (replay.outcome, replay.done) == ("finished", 3)
    assert Counter(change.danger for change in read_changes(database, replay)) == {"none": 2, "as_before": 1}
    assert {
        json.dumps(body.get("max_tokens") or body.get("max_completion_tokens")) for body in service.asked
    } == {"102"}
