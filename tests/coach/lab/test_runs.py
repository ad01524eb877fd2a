"""Runs over a real database and a server that speaks the models' protocol: every answer once, whatever happens."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.audit import Actor
from bee.coach.exchange import Limits
from bee.coach.lab.cases import current_cases, revise_case
from bee.coach.lab.run import Wanted, cancel_run, request_run, runs
from bee.coach.model import ModelFailed, Provider
from bee.coach.model.prices import Price
from bee.coach.usage import usage_by_coach
from bee.db import Database, Login
from bee.errors import Conflict, Invalid, NotFound
from bee.settings import Environment
from bee.worker import Worker
from tests.coach.lab.running import (
    NOW,
    PRICED,
    add_cases,
    add_coach,
    add_prompt,
    ask_run,
    do_run,
    offline,
    openai_at,
    read_outputs,
    read_run,
    start_run,
)
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.prompts.versions import go_live
from tests.factories import execute

HASTY = Limits(total_s=2.5, first_s=0.5, gap_s=0.5, least_s=0.01)


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh(service: ModelServer) -> None:
    service.text, service.first_s = TEXT, 0.0
    service.asked.clear()
    service.tries.clear()


@pytest.fixture
def coach(database: Database) -> UUID:
    coach = add_coach(database)
    add_cases(database, coach)
    return coach


def tick(database: Database) -> None:
    spread = random.Random(1)  # noqa: S311  # spreading ticks is no secret
    Worker(database, offline(), "worker", spread, clock=lambda: datetime.now(UTC)).tick()


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A price for every model of the server, whatever it does."""
    each = Decimal("0.15")
    price = Price(Provider.OPENAI, "", date.min, each, each, each, each)
    monkeypatch.setattr("bee.coach.lab.answering.find_price", lambda *_, **__: price)


def test_a_run_asks_both_versions_each_case_so_often_and_ends_with_a_verdict(
    database: Database, coach: UUID
) -> None:
    sha256 = add_prompt(database, 2)
    run = ask_run(database, coach)
    assert (run.candidate, run.baseline, run.cases, run.due, run.done) == (2, 1, 3, 12, 0)
    run = do_run(database, run, offline())
    assert (run.outcome, run.done, run.failed, run.passed, run.sha256) == ("finished", 12, 0, True, sha256)
    found = read_outputs(database, run)
    assert Counter((output.title, output.arm) for output in found) == {
        (title, arm): 2 for title in ("Walk", "Tired", "Danger") for arm in ("candidate", "baseline")
    }
    assert {output.provider for output in found if output.title != "Danger"} == {"offline"}


def test_somebody_in_danger_is_answered_without_a_model_and_that_takes_nothing(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    run = do_run(database, ask_run(database, coach), openai_at(service.address))
    danger = [output for output in read_outputs(database, run) if output.kind == "crisis"]
    assert {(output.provider, output.is_screened, output.total_ms, output.cost_usd) for output in danger} == {
        ("rules", True, None, None)
    }
    assert all("988" in (output.text or "") and output.is_safe for output in danger)
    assert not any("I want to die" in str(body) for body in service.asked)


def test_a_models_answers_keep_their_time_tokens_and_cost_and_what_the_checks_say(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    run = do_run(database, ask_run(database, coach), openai_at(service.address))
    ours = [output for output in read_outputs(database, run) if output.is_fresh and output.arm == "candidate"]
    assert len(ours) == 4
    for output in ours:
        assert (output.text, output.model, output.passes) == (TEXT, "gpt-4o-mini", True)
        assert output.first_token_ms is not None
        assert output.total_ms is not None
        assert output.first_token_ms <= output.total_ms
        tokens = (output.input_tokens, output.cache_read_tokens, output.cache_write_tokens)
        assert (*tokens, output.output_tokens, output.reasoning_tokens) == (50, 40, 10, 18, 12)
        # 50 and 10 at 0.15, 40 at 0.075, 30 at 0.60 dollars a million.
        assert output.cost_usd == Decimal("0.00003000")
        assert output.results["diagnosis"] == {"version": 1, "kind": "safety", "passed": True, "found": []}
    assert run.cost_usd == 4 * Decimal("0.00003")


def test_what_a_run_takes_counts_as_the_labs_of_who_asked_for_it_and_nothing_taken_again_does(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    settings = openai_at(service.address)
    first = do_run(database, ask_run(database, coach), settings)
    do_run(database, ask_run(database, coach, reuses_answers=True), settings)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        (row,) = usage_by_coach(session, datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert (row.purpose, row.calls, row.cost_usd) == ("lab", len(service.asked), first.cost_usd)
    assert (row.input, row.output, row.staff_id) == (50 * row.calls, 18 * row.calls, coach)


def test_what_fails_a_check_is_kept_as_it_came(database: Database, coach: UUID, service: ModelServer) -> None:
    service.text = "You are lazy. You should walk more."
    add_prompt(database, 2, PRICED)
    run = do_run(database, ask_run(database, coach), openai_at(service.address))
    output = next(
        output for output in read_outputs(database, run) if output.is_fresh and output.arm == "candidate"
    )
    assert output.text == service.text
    assert not output.is_safe
    assert {"shaming", "closing_step", "unsolicited_advice"} <= set(output.failed)
    assert run.passed is False
    assert run.reasons is not None
    assert [reason["check"] for reason in run.reasons] == ["safety", "needs_care"]


def test_the_cases_are_those_of_the_moment_when_it_was_asked_for(database: Database, coach: UUID) -> None:
    add_prompt(database, 2)
    run = ask_run(database, coach)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        walk = next(case for case in current_cases(session) if case.title == "Walk")
        body = walk.body.model_copy(update={"title": "A longer walk"})
        revise_case(session, walk, body, actor=Actor.staff(coach), now=NOW)
        tired = next(case for case in current_cases(session) if case.title == "Tired")
        revise_case(session, tired, tired.body, actor=Actor.staff(coach), now=NOW, is_retired=True)
    titles = {output.title for output in read_outputs(database, do_run(database, run, offline()))}
    assert titles == {"Walk", "Tired", "Danger"}
    later = read_outputs(database, do_run(database, ask_run(database, coach), offline()))
    assert {output.title for output in later} == {"A longer walk", "Danger"}


def test_a_run_over_some_cases_lets_no_version_pass(database: Database, coach: UUID) -> None:
    add_cases(
        database, coach, ({"title": "Tagged", "state": "NeedsCare", "message": "I walked.", "tags": ["new"]},)
    )
    add_prompt(database, 2)
    run = do_run(database, ask_run(database, coach, tag="new"), offline())
    assert (run.cases, run.outcome, run.passed) == (1, "finished", False)
    with pytest.raises(Conflict, match="no case like that"):
        ask_run(database, coach, tag="another")


def test_cached_answers_are_marked_judged_anew_and_take_nothing_and_each_repeat_has_its_own(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    first = do_run(database, ask_run(database, coach, repeats=1), openai_at(service.address))
    asked = len(service.asked)
    service.text = f"{TEXT} "
    second = do_run(
        database, ask_run(database, coach, repeats=2, reuses_answers=True), openai_at(service.address)
    )
    assert asked == 2
    assert len(service.asked) == 4, "the second time over is another question"
    ours = [output for output in read_outputs(database, second) if output.arm == "candidate"]
    by_repeat = {(output.title, output.repeat): output.is_cached for output in ours if not output.is_screened}
    assert by_repeat == {("Walk", 1): True, ("Walk", 2): False, ("Tired", 1): True, ("Tired", 2): False}
    cached = [output for output in ours if output.is_cached]
    assert {(output.total_ms, output.cost_usd, output.input_tokens) for output in cached} == {(None, None, 0)}
    assert all(output.passes for output in cached)
    assert second.cost_usd == first.cost_usd
    third = do_run(
        database, ask_run(database, coach, repeats=2, reuses_answers=True), openai_at(service.address)
    )
    assert third.passed is False
    assert third.reasons is not None
    assert third.reasons[0]["check"] == "latency", "nobody knows how long a cached answer takes"


def test_a_run_never_costs_more_than_it_may_and_says_so(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    run = do_run(
        database, ask_run(database, coach, repeats=10, most_usd=Decimal("0.0007")), openai_at(service.address)
    )
    assert run.outcome == "over_budget"
    assert run.said == "Another answer could have brought it beyond the $0.0007 that it may cost."
    assert 0 < run.cost_usd <= Decimal("0.0007")
    assert run.passed is None


def test_what_a_run_asks_is_counted_as_the_labs_of_who_asked_for_it_and_adds_up(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    run = do_run(database, ask_run(database, coach), openai_at(service.address))
    with database.reading(Login.OWNER) as session:
        calls = execute(session, "select * from coach_model_calls").all()
    assert {(call.purpose, call.staff_id, call.user_id) for call in calls} == {("lab", coach, None)}
    assert len(calls) == len(service.asked) == 4
    assert sum(call.cost_usd for call in calls) == run.cost_usd
    fresh = {output.id for output in read_outputs(database, run) if output.provider == "openai"}
    assert {call.request_id for call in calls} == fresh


def test_a_run_ends_where_the_labs_share_of_the_day_is_used_up(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    settings = openai_at(service.address, coach_lab_usd_per_day=Decimal(0))
    run = do_run(database, ask_run(database, coach), settings)
    assert (run.outcome, run.done) == ("over_budget", 0)
    assert run.said == "What models may take in a day is used up; days are UTC's."
    assert service.asked == []


def test_a_run_waits_while_a_provider_is_left_alone(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    run = ask_run(database, coach)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_breakers (provider, failures, because, open_until, changed_at)"
            " values ('openai', 5, 'slow', :until, :now)",
            now=NOW,
            until=NOW + timedelta(minutes=1),
        )
    with pytest.raises(ModelFailed, match="left alone"):
        do_run(database, run, openai_at(service.address))
    assert not read_run(database, run.number).is_over
    assert service.asked == []


def test_a_model_without_a_known_price_is_not_asked(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, "openai/unheard-of")
    run = do_run(database, ask_run(database, coach), openai_at(service.address))
    assert run.outcome == "failed"
    assert run.said == "The model did not answer (configuration: no price is known of openai/unheard-of)."
    assert service.asked == []


def test_a_provider_that_is_not_configured_ends_the_run_with_that_reason(
    database: Database, coach: UUID
) -> None:
    add_prompt(database, 2, PRICED)
    run = do_run(database, ask_run(database, coach), offline())
    assert (run.outcome, run.done) == ("failed", 0)
    assert run.said == "The model did not answer (configuration: openai is not configured)."


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("refused", "refused"),
        ("long", "cut_short"),
        ("nonsense", "broken"),
        ("stall", "slow"),
        ("400", "rejected"),
    ],
)
def test_what_a_model_does_wrong_is_kept_with_its_reason_and_nothing_passes(
    mode: str, error: str, database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, f"openai/{mode}")
    asked = ask_run(database, coach, repeats=1)
    run = do_run(database, asked, openai_at(service.address), limits=HASTY)
    ours = [
        output
        for output in read_outputs(database, run)
        if output.arm == "candidate" and not output.is_screened
    ]
    assert [(output.error, output.text, output.passes) for output in ours] == [(error, None, False)] * 2
    assert (run.outcome, run.failed, run.passed) == ("finished", 2, False)


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("mode", ["429", "500", "529"])
def test_what_is_the_providers_fault_is_not_held_against_the_version(
    mode: str, database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, f"openai/{mode}")
    run = ask_run(database, coach, repeats=1)
    while True:
        try:
            do_run(database, run, openai_at(service.address), slices=1)
        except ModelFailed:
            break
    kept = read_outputs(database, run)
    assert {output.arm for output in kept if not output.is_screened} <= {"baseline"}
    assert all(output.error is None for output in kept)
    assert not read_run(database, run.number).is_over


@pytest.mark.usefixtures("priced")
def test_what_passes_by_itself_is_asked_again(database: Database, coach: UUID, service: ModelServer) -> None:
    add_prompt(database, 2, "openai/once_nonsense")
    run = do_run(database, ask_run(database, coach, repeats=1), openai_at(service.address))
    assert (run.outcome, run.failed) == ("finished", 0)


@pytest.mark.usefixtures("priced")
def test_an_account_without_money_ends_the_run(database: Database, coach: UUID, service: ModelServer) -> None:
    add_prompt(database, 2, "openai/quota")
    run = do_run(database, ask_run(database, coach), openai_at(service.address))
    assert run.outcome == "failed"
    assert run.said is not None
    assert "quota" in run.said


def test_a_run_is_called_off_by_whoever_may_and_nothing_more_is_asked(
    database: Database, coach: UUID
) -> None:
    add_prompt(database, 2)
    run = ask_run(database, coach)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        cancel_run(session, run.id, actor=Actor.staff(coach))
    with pytest.raises(Conflict, match="over already"):
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            cancel_run(session, run.id, actor=Actor.staff(coach))
    run = do_run(database, run, offline())
    assert (run.outcome, run.ended_by, run.done, run.passed) == ("cancelled", "Cora", 0, None)


def test_a_run_goes_on_after_a_while_and_no_answer_is_asked_for_twice(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    service.first_s = 0.05
    run = do_run(
        database, ask_run(database, coach, repeats=10), openai_at(service.address), slice_s=0.15, slices=99
    )
    assert (run.outcome, run.done) == ("finished", 60)
    assert len(service.asked) == 20


@pytest.mark.slow
def test_a_run_whose_worker_was_killed_is_finished_by_the_next_with_every_answer_once(
    database: Database, coach: UUID, service: ModelServer
) -> None:
    add_prompt(database, 2, PRICED)
    service.first_s = 0.1
    run = ask_run(database, coach, repeats=10)
    worker = start_run(database.address, service.address, run.id)
    deadline = time.monotonic() + 120
    while len(service.asked) < 7:
        assert time.monotonic() < deadline, "the process asks nothing"
        time.sleep(0.01)
    worker.kill()
    worker.communicate()
    done = read_run(database, run.number).done
    assert 0 < done < 60
    run = do_run(database, run, openai_at(service.address))
    assert (run.outcome, run.done, run.failed) == ("finished", 60, 0)
    # At most those on their way when it was killed were asked again.
    assert 20 <= len(service.asked) <= 24


def test_two_workers_at_one_run_keep_every_answer_once(database: Database, coach: UUID) -> None:
    add_prompt(database, 2)
    run = ask_run(database, coach)
    settings = offline()
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda _: do_run(database, run, settings), range(2)))
    run = read_run(database, run.number)
    assert (run.outcome, run.done) == ("finished", 12)


def test_the_worker_does_what_was_asked_for_in_its_turn(database: Database, coach: UUID) -> None:
    add_prompt(database, 2)
    run = ask_run(database, coach)
    tick(database)
    run = read_run(database, run.number)
    assert (run.outcome, run.passed) == ("finished", True)
    with database.reading(Login.OWNER) as session:
        acts = execute(session, "select action from audit_log where action like 'coach_run%' order by id")
        assert acts.scalars().all() == ["coach_run.requested", "coach_run.judged"]


def test_a_run_whose_work_was_given_up_ends_with_the_reason(database: Database, coach: UUID) -> None:
    add_prompt(database, 2)
    run = ask_run(database, coach)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into jobs (kind, key, attempts, finished_at, outcome, error)"
            " values ('coach_run', :key, 5, now(), 'failed', 'model_throttled')",
            key=str(run.id),
        )
    tick(database)
    run = read_run(database, run.number)
    assert (run.outcome, run.said) == ("failed", "It was given up: model_throttled")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"repeats": 0}, Invalid),
        ({"repeats": 11}, Invalid),
        ({"most_usd": Decimal(-1)}, Invalid),
        ({"most_usd": Decimal("NaN")}, Invalid),
        ({"baseline": 2}, Invalid),
        ({"baseline": 9}, NotFound),
        ({"candidate": 9}, NotFound),
    ],
)
def test_what_can_not_be_run_is_refused(
    changed: dict[str, Any], error: type[Exception], database: Database, coach: UUID
) -> None:
    add_prompt(database, 2)
    with pytest.raises(error):
        ask_run(database, coach, **changed)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        assert runs(session) == []


def test_the_live_version_is_what_a_run_compares_with_unless_it_is_told_otherwise(
    database: Database, coach: UUID
) -> None:
    add_prompt(database, 2)
    add_prompt(database, 3)
    go_live(database, 2)
    assert ask_run(database, coach, candidate=3).baseline == 2
    assert ask_run(database, coach, candidate=3, baseline=1).baseline == 1
    assert ask_run(database, coach, candidate=2).baseline is None


def test_nobody_asks_for_a_run_in_anothers_name(database: Database, coach: UUID) -> None:
    add_prompt(database, 2)
    with pytest.raises(ProgrammingError, match="row-level security"):
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=add_coach(database)) as session:
            request_run(session, Wanted(2), environment=Environment.LOCAL, seed=1, actor=Actor.staff(coach))
