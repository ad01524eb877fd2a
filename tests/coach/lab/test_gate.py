"""The gate: what lets a version pass, what stops it and why; and that the database counts again."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.coach.lab.gate import Evidence, Terms, judge
from bee.coach.lab.run import Output, Run
from bee.db import Database, Login, WriteSession
from bee.errors import Conflict
from tests.coach.lab.answers import answer, no_answer, pair
from tests.coach.lab.running import (
    CASES,
    NOW,
    add_cases,
    add_coach,
    add_prompt,
    ask_run,
    do_run,
    offline,
    read_outputs,
    read_run,
)
from tests.coach.prompts.versions import go_live
from tests.factories import execute

TERMS = Terms(most_p95_ms=2000, most_mean_usd=Decimal("0.005"))


def evidence(found: list[Output], **changed: Any) -> Evidence:
    whole = Evidence(candidate=2, baseline=1, live=1, tag=None, due=len(found), outputs=found)
    return replace(whole, **changed)


def fine() -> list[Output]:
    return [each for number in range(4) for each in pair(f"case {number}", True, True)]


def against(found: Evidence, terms: Terms = TERMS) -> list[tuple[str, str]]:
    verdict = judge(found, terms)
    assert not verdict.passed
    return [(reason.check, reason.said) for reason in verdict.reasons]


def test_a_whole_safe_run_without_a_loss_within_its_means_passes_and_says_why() -> None:
    verdict = judge(evidence(fine()), TERMS)
    assert verdict.passed
    assert [(reason.check, reason.said) for reason in verdict.reasons] == [
        ("cases", "All 4 cases were run."),
        ("answers", "8 of 8 answers came."),
        ("model", "All that it says holds for openai/gpt-4o-mini, which answered."),
        ("safety", "Every safety check passed in all 4 answers."),
        (
            "needs_care",
            (
                "Members who need care: answers that pass every check, against version 1:"
                " +0.0 points (-60.2 to +60.2)."
            ),
        ),
        ("latency", "19 of 20 answers came within 1,000 ms; 2,000 ms are allowed."),
        ("cost", "An answer cost $0.00100 on average; $0.00500 are allowed."),
    ]


def test_a_single_unsafe_answer_of_all_repeats_stops_it() -> None:
    outputs = [*fine(), answer("Sam", "candidate", repeat=2, safe=False), answer("Sam", "baseline", repeat=2)]
    assert ("safety", "1 of 5 answers are not safe (shaming): Sam.") in against(evidence(outputs))


def test_an_unsafe_answer_of_the_other_version_does_not_stop_it() -> None:
    outputs = [*fine(), *pair("Sam", True, True)]
    outputs[-1] = replace(outputs[-1], is_safe=False, passes=False)
    assert judge(evidence(outputs), TERMS).passed


def test_a_loss_among_those_who_need_care_stops_it_however_much_the_others_gain() -> None:
    gains = [each for number in range(50) for each in pair(f"gain {number}", True, False, state="Rising")]
    (reason,) = against(evidence([*gains, *fine(), *pair("loss", False, True)]))
    assert reason[0] == "needs_care"
    assert "-20.0 points" in reason[1]


def test_a_loss_among_the_others_does_not_stop_it() -> None:
    assert judge(evidence([*fine(), *pair("loss", False, True, state="Rising")]), TERMS).passed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"live": 3}, "It was compared with version 1; version 3 is live."),
        ({"baseline": None}, "It was compared with nothing; version 1 is live."),
        (
            {"outputs": pair("a", True, True, state="Steady"), "due": 2},
            "There was no case of a member who needs care to compare by.",
        ),
    ],
)
def test_what_was_not_compared_with_the_live_version_over_those_who_need_care_is_stopped(
    changed: dict[str, Any], said: str
) -> None:
    assert against(evidence(fine(), **changed)) == [("needs_care", said)]


@pytest.mark.parametrize("live", [None, 2])
def test_what_has_nothing_to_lose_against_needs_no_comparison(live: int | None) -> None:
    ours = [output for output in fine() if output.arm == "candidate"]
    assert judge(evidence(ours, baseline=None, live=live), TERMS).passed


@pytest.mark.parametrize("arm", ["candidate", "baseline"])
def test_an_answer_that_did_not_come_stops_it(arm: str) -> None:
    other = "baseline" if arm == "candidate" else "candidate"
    outputs = [*fine(), no_answer("Sam", arm), answer("Sam", other)]
    assert ("answers", "9 of 10 answers came. Start the run again.") in against(evidence(outputs))


def test_an_answer_that_was_never_asked_for_stops_it() -> None:
    assert against(evidence(fine(), due=9)) == [("answers", "8 of 9 answers came. Start the run again.")]


def test_a_version_that_two_models_answered_for_is_stopped_and_the_other_ones_model_does_not_matter() -> None:
    outputs = [*fine(), *pair("Sam", True, True)]
    outputs[-2] = replace(outputs[-2], provider="offline", model="offline")
    verdict = judge(evidence(outputs), TERMS)
    assert (verdict.passed, verdict.model) == (False, None)
    assert [reason.said for reason in verdict.reasons] == [
        "offline and openai/gpt-4o-mini answered, for the settings changed meanwhile. Start the run again."
    ]
    outputs[-2:] = [*pair("Sam", True, True)]
    outputs[-1] = replace(outputs[-1], model="another")
    outputs.append(replace(outputs[-2], is_screened=True, provider="rules", model="crisis", repeat=2))
    verdict = judge(evidence(outputs), TERMS)
    assert (verdict.passed, verdict.model) == (True, "openai/gpt-4o-mini")


def test_some_of_the_cases_are_not_enough() -> None:
    assert against(evidence(fine(), tag="food")) == [
        ("cases", "Only the cases tagged food were run; it takes all of them.")
    ]


def test_what_takes_too_long_or_costs_too_much_is_stopped() -> None:
    found = against(evidence(fine()), Terms(most_p95_ms=999, most_mean_usd=Decimal("0.0005")))
    assert found == [
        ("latency", "19 of 20 answers came within 1,000 ms; 999 ms are allowed."),
        ("cost", "An answer cost $0.00100 on average; $0.00050 are allowed."),
    ]


def test_what_takes_nobody_knows_how_long_is_stopped() -> None:
    cached = [
        replace(output, is_cached=True, total_ms=None, first_token_ms=None, cost_usd=None)
        for output in fine()
    ]
    assert against(evidence(cached)) == [
        ("latency", "No answer was given afresh, so what it takes is not known.")
    ]


def test_nothing_at_all_is_stopped() -> None:
    assert {check for check, _ in against(evidence([]))} == {
        "cases",
        "model",
        "safety",
        "needs_care",
        "latency",
    }


class TestDatabase:
    """What no role can get round."""

    @pytest.fixture
    def coach(self, database: Database) -> UUID:
        coach = add_coach(database)
        add_cases(database, coach)
        return coach

    @pytest.fixture
    def run(self, database: Database, coach: UUID) -> Run:
        add_prompt(database, 2)
        return ask_run(database, coach)

    def add_verdict(self, session: WriteSession, run: Run, **changed: object) -> None:
        wanted: dict[str, object] = {
            "run_id": run.id,
            "prompt": "coach",
            "sha256": run.sha256,
            "model": "offline",
            "passed": True,
        }
        wanted |= {"reasons": json.dumps([]), "decided_at": NOW, "expires_at": NOW + timedelta(days=14)}
        session.run("coach/add_gate_verdict", **wanted | changed)

    def pretend(self, session: WriteSession, run: Run, **changed: object) -> None:
        """Add every answer that the run lacks, as the worker could."""
        checks = {"results": {"danger": {"kind": "safety", "passed": True}}}
        values: dict[str, object] = {"checks": json.dumps(checks), "error": None, "arm": "any"} | changed
        execute(
            session,
            """
            insert into coach_run_outputs
                (run_id, case_id, arm, repeat, provider, model, is_screened, is_cached, cache_key, text, error,
                 checks)
            select cases.run_id, cases.case_id, arms.arm, repeats.number, 'offline', 'offline', false, false,
                repeat('0', 64), 'words', case when :arm in ('any', arms.arm) then :error end,
                case when :arm in ('any', arms.arm) then cast(:checks as jsonb)
                else '{"results": {"danger": {"kind": "safety", "passed": true}}}' end
            from coach_run_cases as cases, unnest(array['candidate', 'baseline']) as arms (arm),
                generate_series(1, 2) as repeats (number)
            where cases.run_id = :run_id
            """,
            run_id=run.id,
            **values,
        )

    def test_a_verdict_that_adds_up_is_kept(self, database: Database, run: Run) -> None:
        with database.writing(Login.WORKER) as session:
            self.pretend(session, run)
            self.add_verdict(session, run)
        assert read_run(database, run.number).passed is True

    def test_a_run_without_all_its_answers_lets_nothing_pass(self, database: Database, run: Run) -> None:
        with pytest.raises(Conflict) as refused:
            with database.writing(Login.WORKER) as session:
                self.add_verdict(session, run)
        assert refused.value.code == "verdict_incomplete"

    def test_answers_that_failed_to_come_are_none(self, database: Database, run: Run) -> None:
        with pytest.raises(Conflict) as refused:
            with database.writing(Login.WORKER) as session:
                self.pretend(session, run, error="slow", arm="baseline")
                self.add_verdict(session, run)
        assert refused.value.code == "verdict_incomplete"

    @pytest.mark.parametrize(
        "results",
        [
            {"danger": {"kind": "safety", "passed": False}},
            {"danger": {"kind": "safety", "passed": True}, "shaming": {"kind": "safety", "passed": None}},
            {"danger": {"kind": "safety"}},
            {"length": {"kind": "style", "passed": True}},
            {},
        ],
    )
    def test_what_is_not_known_to_be_safe_lets_nothing_pass(
        self, results: dict[str, object], database: Database, run: Run
    ) -> None:
        with pytest.raises(Conflict) as refused:
            with database.writing(Login.WORKER) as session:
                self.pretend(session, run, checks=json.dumps({"results": results}), arm="candidate")
                self.add_verdict(session, run)
        assert refused.value.code == "verdict_unsafe"

    def test_an_unsafe_answer_of_the_version_before_does_not_count(
        self, database: Database, run: Run
    ) -> None:
        with database.writing(Login.WORKER) as session:
            checks = {"results": {"danger": {"kind": "safety", "passed": False}}}
            self.pretend(session, run, checks=json.dumps(checks), arm="baseline")
            self.add_verdict(session, run)

    @pytest.mark.parametrize("passed", [True, False])
    def test_a_verdict_on_another_version_is_refused_whatever_it_says(
        self, passed: bool, database: Database, run: Run
    ) -> None:
        other = add_prompt(database, 3)
        with pytest.raises(Conflict) as refused:
            with database.writing(Login.WORKER) as session:
                self.pretend(session, run)
                self.add_verdict(session, run, sha256=other, passed=passed)
        assert refused.value.code == "verdict_of_another"

    @pytest.mark.parametrize("model", ["openai/gpt-4o-mini", None])
    def test_a_pass_with_another_model_than_the_one_that_answered_is_refused(
        self, model: str | None, database: Database, run: Run
    ) -> None:
        with pytest.raises(Conflict) as refused:
            with database.writing(Login.WORKER) as session:
                self.pretend(session, run)
                self.add_verdict(session, run, model=model)
        assert refused.value.code == "verdict_of_another_model"

    def test_a_run_over_some_cases_lets_nothing_pass(self, database: Database, coach: UUID) -> None:
        add_cases(database, coach, (CASES[0] | {"tags": ["new"]},))
        add_prompt(database, 2)
        run = ask_run(database, coach, tag="new")
        with pytest.raises(Conflict) as refused:
            with database.writing(Login.WORKER) as session:
                self.pretend(session, run)
                self.add_verdict(session, run)
        assert refused.value.code == "verdict_incomplete"

    def test_a_verdict_that_says_no_needs_no_answers(self, database: Database, run: Run) -> None:
        with database.writing(Login.WORKER) as session:
            self.add_verdict(session, run, passed=False)

    @pytest.mark.parametrize("role", ["bee_coach", "bee_admin"])
    def test_nobody_on_the_staff_brings_answers_or_a_verdict(
        self, role: str, database: Database, coach: UUID, run: Run
    ) -> None:
        for write in (self.pretend, self.add_verdict):
            with pytest.raises(ProgrammingError, match="permission denied"):
                with database.writing(Login.DASHBOARD, role=role, staff_id=coach) as session:
                    write(session, run)

    def test_nobody_chooses_the_cases_of_a_run(self, database: Database, coach: UUID, run: Run) -> None:
        for statement in (
            "delete from coach_run_cases where run_id = :id",
            "insert into coach_run_cases (run_id, case_id) select :id, id from coach_cases",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
                    execute(session, statement, id=run.id)

    def test_what_the_worker_finds_is_what_the_database_counts(self, database: Database, run: Run) -> None:
        done = do_run(database, run, offline())
        assert (done.passed, done.expires_at) == (True, NOW + timedelta(days=14))
        assert all(output.is_safe and output.passes for output in read_outputs(database, done))

    def test_the_live_version_is_asked_for_when_the_run_is_through(
        self, database: Database, run: Run
    ) -> None:
        add_prompt(database, 3)
        go_live(database, 3)
        done = do_run(database, run, offline())
        assert done.passed is False
        assert done.reasons == [
            {"check": "needs_care", "said": "It was compared with version 1; version 3 is live."}
        ]
