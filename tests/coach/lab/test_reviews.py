"""Blind reviews through the database: what raters see, what they may say, when it is over, and what it came to."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.audit import Actor
from bee.coach.lab.judging import Judging
from bee.coach.lab.reviews import (
    Review,
    Shown,
    ask_judge,
    ask_review,
    cancel_review,
    join_review,
    judges,
    next_pair,
    opened_pairs,
    rate,
    ratings,
    ratings_csv,
    read_result,
    reviews,
    settle_reviews,
)
from bee.coach.lab.rubric import shipped_rubric
from bee.coach.lab.run import outputs, runs
from bee.coach.lab.voting import Vote
from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Invalid
from bee.settings import Settings
from tests.coach.lab.running import add_prompt
from tests.coach.model_server import ModelServer, model_server
from tests.factories import execute, make_staff

SQL = Path(__file__).resolve().parents[3] / "sql" / "coach"
OURS = "ours, the new one"
THEIRS = "theirs, the old one"


def make_run(database: Database, coach: UUID, cases: int = 3, *, finished: bool = True) -> UUID:
    """Store a run over some cases whose arms answered differently."""
    run_id = uuid4()
    with database.reading(Login.OWNER) as session:
        known = execute(
            session, "select count(*) from coach_prompt_versions where prompt = 'coach'"
        ).scalar_one()
    add_prompt(database, known + 1)
    with database.writing(Login.OWNER) as session:
        for number in range(cases):
            execute(
                session,
                "insert into coach_cases (case_id, version, title, kind, state, message, source, author_id) values"
                " (gen_random_uuid(), 1, :title, 'ordinary', 'NeedsCare', 'I walked.', 'written', :coach)",
                title=f"case {number}",
                coach=coach,
            )
        execute(
            session,
            "insert into coach_runs (id, prompt, candidate_id, baseline_id, repeats, most_usd, seed, checker,"
            " requested_by) select :run, 'coach', (array_agg(id order by number desc))[1],"
            " (array_agg(id order by number))[1], 1, 1, 1, '1', :coach from coach_prompt_versions"
            " where prompt = 'coach'",
            run=run_id,
            coach=coach,
        )
        for arm, text in (("candidate", OURS), ("baseline", THEIRS)):
            execute(
                session,
                "insert into coach_run_outputs (run_id, case_id, arm, repeat, provider, model, is_screened,"
                " is_cached, cache_key, text, checks) select run_id, case_id, :arm, 1, 'openai', 'writer', false,"
                " false, repeat('0', 64), :text, '{\"results\": {}}' from coach_run_cases where run_id = :run",
                arm=arm,
                text=text,
                run=run_id,
            )
        if finished:
            execute(
                session, "insert into coach_run_ends (run_id, outcome) values (:run, 'finished')", run=run_id
            )
    return run_id


@pytest.fixture
def coaches(database: Database) -> list[UUID]:
    with database.writing(Login.OWNER) as session:
        return [make_staff(session, full_name=name, roles=("coach",)) for name in ("Cora", "Carl", "Cleo")]


def ask(database: Database, coach: UUID, run_id: UUID, *, raters: int = 2) -> UUID:
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        return ask_review(session, run_id, shipped_rubric(), raters=raters, seed=7, actor=Actor.staff(coach))


def read_texts(database: Database, coach: UUID, run_id: UUID, *, role: str = "bee_coach") -> set[str | None]:
    """Return what somebody reads of a run's answers, by every way that the pages have."""
    with database.reading(Login.DASHBOARD, role=role, staff_id=coach) as session:
        return {output.text for output in outputs(session, run_id)}


def reuse(database: Database, coach: UUID, run_id: UUID) -> UUID:
    """Store a run over the same cases that took over the answers of another, as such runs do."""
    again = uuid4()
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_runs (id, prompt, candidate_id, repeats, most_usd, seed, checker, requested_by)"
            " select :again, prompt, candidate_id, 1, 1, 1, '1', :coach from coach_runs where id = :run",
            again=again,
            coach=coach,
            run=run_id,
        )
        execute(
            session,
            "insert into coach_run_outputs (run_id, case_id, arm, repeat, provider, model, is_screened, is_cached,"
            " cache_key, text, checks) select :again, case_id, arm, 1, provider, model, false, true, cache_key,"
            " text, checks from coach_run_outputs where run_id = :run and arm = 'candidate'",
            again=again,
            run=run_id,
        )
    return again


def join(database: Database, coach: UUID, review_id: UUID) -> None:
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        join_review(session, review_id, actor=Actor.staff(coach))


def shown_to(database: Database, coach: UUID, review_id: UUID) -> Shown | None:
    join(database, coach, review_id)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        return next_pair(session, review_id)


def say(database: Database, coach: UUID, pair_id: UUID, chosen: str, **more: object) -> None:
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        rate(session, pair_id, chosen, actor=Actor.staff(coach), **more)  # type: ignore[arg-type]


def prefer(database: Database, coach: UUID, review_id: UUID, text: str) -> int:
    """Rate all that is left for a coach, always for the answer with a text; return how many that were."""
    done = 0
    while (pair := shown_to(database, coach, review_id)) is not None:
        say(database, coach, pair.pair_id, "left" if pair.left_text == text else "right", met_left=[0])
        done += 1
    return done


def settle(database: Database) -> int:
    with database.writing(Login.WORKER) as session:
        return settle_reviews(session)


def read(database: Database, coach: UUID) -> Review:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        return reviews(session)[0]


def test_a_review_goes_from_asking_to_its_result(database: Database, coaches: list[UUID]) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=8))
    assert [prefer(database, coach, review_id, OURS) for coach in coaches] == [8, 8, 0]
    assert settle(database) == 1
    review = read(database, coaches[2])
    # Eight of eight decide: 256/9 is more than 20 to 1.
    assert (review.outcome, review.pairs, review.complete, review.ratings, review.mine) == (
        "decided",
        8,
        8,
        16,
        0,
    )
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coaches[2]) as session:
        result = read_result(session, review)
        file = ratings_csv(opened_pairs(session, review_id), ratings(session, review_id))
    assert (result.total.wins, result.total.losses, result.total.winner) == (8, 0, Vote.CANDIDATE)
    assert result.by_state["NeedsCare"].wins == 8
    assert file.count(OURS) == 16
    assert settle(database) == 0


def test_a_review_in_which_both_are_as_good_ends_when_all_is_rated(
    database: Database, coaches: list[UUID]
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=2), raters=1)
    assert settle(database) == 0
    while (pair := shown_to(database, coaches[0], review_id)) is not None:
        say(database, coaches[0], pair.pair_id, "tie", comment="  as good\0 ")
    assert settle(database) == 1
    assert read(database, coaches[0]).outcome == "exhausted"
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session:
        assert {rating.comment for rating in ratings(session, review_id)} == {"as good\ufffd"}


def test_while_it_is_open_a_coach_sees_neither_who_wrote_what_nor_what_others_said(
    database: Database, coaches: list[UUID]
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0]))
    prefer(database, coaches[0], review_id, OURS)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coaches[1]) as session:
        assert opened_pairs(session, review_id) == []
        assert ratings(session, review_id) == []
    with database.reading(Login.DASHBOARD, role="bee_admin", staff_id=coaches[1]) as session:
        assert len(ratings(session, review_id)) == 3
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        database.reading(Login.DASHBOARD, role="bee_admin", staff_id=coaches[1]) as session,
    ):
        next_pair(session, review_id)


def test_whoever_rates_reads_nowhere_who_wrote_what_until_nothing_is_left_for_them(
    database: Database, coaches: list[UUID]
) -> None:
    cora, carl, cleo = coaches
    run_id = make_run(database, cora)
    taken_over = reuse(database, cora, run_id)
    review_id = ask(database, cora, run_id)
    assert read_texts(database, carl, run_id) == {OURS, THEIRS}, "nobody has joined yet"
    join(database, carl, review_id)
    assert read_texts(database, carl, run_id) == read_texts(database, carl, taken_over) == set()
    assert read_texts(database, cora, run_id) == {OURS, THEIRS}, "who asked does not rate"
    assert read_texts(database, cleo, taken_over) == {OURS}
    assert read_texts(database, cleo, run_id, role="bee_admin") == {OURS, THEIRS}
    assert prefer(database, carl, review_id, OURS) == 3
    assert read_texts(database, carl, run_id) == {OURS, THEIRS}
    assert read(database, carl).outcome is None, "the others go on"


@pytest.mark.parametrize("ended", ["cancelled", "decided"])
def test_when_a_review_is_over_whoever_rated_reads_who_wrote_what(
    database: Database, coaches: list[UUID], ended: str
) -> None:
    review_id = ask(database, coaches[0], run_id := make_run(database, coaches[0], cases=8), raters=1)
    join(database, coaches[1], review_id)
    join(database, coaches[2], review_id)
    if ended == "cancelled":
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session:
            cancel_review(session, review_id, actor=Actor.staff(coaches[0]))
    else:
        prefer(database, coaches[2], review_id, OURS)
        settle(database)
    assert read(database, coaches[1]).outcome == ended
    assert read_texts(database, coaches[1], run_id) == {OURS, THEIRS}


def test_by_no_query_of_the_lab_a_rater_gets_at_an_answer_of_the_run(
    database: Database, coaches: list[UUID]
) -> None:
    cora, carl, _ = coaches
    run_id = make_run(database, cora)
    over = ask(database, cora, run_id, raters=1)
    prefer(database, cora, over, OURS)
    settle(database)
    join(database, carl, ask(database, cora, run_id))
    wanted = {"run_id": run_id, "review_id": over}
    for name in ("lab_outputs", "lab_review_pairs"):
        assert OURS in rows(database, cora, name, wanted), name
        assert rows(database, carl, name, wanted) == "[]", name
    assert "Cora" in rows(database, cora, "lab_ratings", wanted)
    assert rows(database, carl, "lab_ratings", wanted) == "[]", "what was said of them tells as much"
    for name in ("lab_export_runs", "lab_export_reviews"):
        assert rows(database, cora, name, wanted) == "permission denied", name
    assert read_run_as(database, carl, run_id) == (6, 2)
    assert read_run_as(database, cora, run_id) == (6, None)


def rows(database: Database, coach: UUID, name: str, wanted: Mapping[str, object]) -> str:
    """Return all that a query of the lab says to a coach."""
    statement = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    given = {key: value for key, value in wanted.items() if f":{key}" in statement}
    try:
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            return str(execute(session, statement, **given).all())
    except ProgrammingError as error:
        return "permission denied" if "permission denied" in str(error) else str(error)


def read_run_as(database: Database, coach: UUID, run_id: UUID) -> tuple[int, int | None]:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        run = next(run for run in runs(session) if run.id == run_id)
    return run.done, run.hidden_by


def test_nobody_rates_without_having_joined_and_nobody_joins_for_another(
    database: Database, coaches: list[UUID]
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1))
    pair = shown_to(database, coaches[0], review_id)
    assert pair is not None
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coaches[1]) as session:
        assert next_pair(session, review_id) is None
    with pytest.raises(Conflict) as refused:
        say(database, coaches[1], pair.pair_id, "left")
    assert refused.value.code == "not_joined"
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session,
    ):
        join_review(session, review_id, actor=Actor.staff(coaches[1]))
    for _ in range(2):
        join(database, coaches[0], review_id)
    with database.reading(Login.OWNER) as session:
        joined = execute(session, "select count(*) from audit_log where action = 'coach_review.joined'")
        assert joined.scalar_one() == 1


def test_sides_are_by_chance_and_stay_as_they_are_for_whoever_looks_again(
    database: Database, coaches: list[UUID]
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=40), raters=3)
    sides: dict[UUID, list[bool]] = {}
    for coach in coaches:
        while (pair := shown_to(database, coach, review_id)) is not None:
            assert shown_to(database, coach, review_id) == pair
            sides.setdefault(coach, []).append(pair.left_text == OURS)
            say(database, coach, pair.pair_id, "tie")
    # 40 fair coins: fewer than 8 or more than 32 of one side happen once in 20,000 times.
    assert all(8 <= sum(left) <= 32 for left in sides.values())
    assert len({tuple(left) for left in sides.values()}) == 3
    with database.reading(Login.DASHBOARD, role="bee_admin", staff_id=coaches[0]) as session:
        stored = ratings(session, review_id)
    assert sum(rating.candidate_was_left for rating in stored) == sum(map(sum, sides.values()))


def test_a_pair_takes_one_rating_a_rater_and_no_more_than_are_asked_for(
    database: Database, coaches: list[UUID]
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1), raters=2)
    pair = shown_to(database, coaches[0], review_id)
    assert pair is not None
    say(database, coaches[0], pair.pair_id, "left")
    with pytest.raises(Conflict) as again:
        say(database, coaches[0], pair.pair_id, "right")
    assert again.value.code == "rated_before"
    join(database, coaches[1], review_id)
    say(database, coaches[1], pair.pair_id, "left")
    join(database, coaches[2], review_id)
    with pytest.raises(Conflict) as third:
        say(database, coaches[2], pair.pair_id, "left")
    assert third.value.code == "pair_complete"


def test_of_many_at_once_as_many_rate_a_pair_as_are_asked_for(
    database: Database, coaches: list[UUID]
) -> None:
    with database.writing(Login.OWNER) as session:
        more = [make_staff(session, full_name=f"Coach {number}", roles=("coach",)) for number in range(9)]
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1), raters=3)
    pair = shown_to(database, coaches[0], review_id)
    assert pair is not None
    pair_id, refused = pair.pair_id, []
    begin = threading.Barrier(len(more))

    def vote(coach: UUID) -> None:
        join(database, coach, review_id)
        begin.wait()
        try:
            say(database, coach, pair_id, "left")
        except BeeError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=vote, args=(coach,)) for coach in more]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["pair_complete"] * 6


@pytest.mark.parametrize(
    ("chosen", "met", "comment", "code"),
    [
        ("", [], "", "no_choice"),
        ("candidate", [], "", "no_choice"),
        ("left", [99], "", "unknown_criterion"),
        ("left", [-1], "", "unknown_criterion"),
        ("left", [], "x" * 2001, "comment_too_long"),
    ],
)
def test_what_is_no_rating_is_refused(
    database: Database, coaches: list[UUID], chosen: str, met: list[int], comment: str, code: str
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1))
    pair = shown_to(database, coaches[0], review_id)
    assert pair is not None
    with pytest.raises(Invalid) as refused:
        say(database, coaches[0], pair.pair_id, chosen, met_left=met, comment=comment)
    assert refused.value.code == code
    assert shown_to(database, coaches[0], review_id) == pair


def test_nobody_rates_in_the_name_of_somebody_else(database: Database, coaches: list[UUID]) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1))
    pair = shown_to(database, coaches[0], review_id)
    assert pair is not None
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session,
    ):
        rate(session, pair.pair_id, "left", actor=Actor.staff(coaches[1]))


def test_a_review_that_was_cancelled_takes_nothing_more(database: Database, coaches: list[UUID]) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1))
    pair = shown_to(database, coaches[0], review_id)
    assert pair is not None
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session:
        cancel_review(session, review_id, actor=Actor.staff(coaches[0]))
    with pytest.raises(Conflict) as late:
        say(database, coaches[1], pair.pair_id, "left")
    assert late.value.code == "review_over"
    with (
        pytest.raises(Conflict) as again,
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session,
    ):
        cancel_review(session, review_id, actor=Actor.staff(coaches[0]))
    assert again.value.code == "review_over"
    assert shown_to(database, coaches[1], review_id) is None


def test_only_runs_that_are_through_and_have_something_to_compare_are_reviewed(
    database: Database, coaches: list[UUID]
) -> None:
    with pytest.raises(Conflict) as unfinished:
        ask(database, coaches[0], make_run(database, coaches[0], finished=False))
    assert unfinished.value.code == "run_unfinished"
    with pytest.raises(BeeError):
        ask(database, coaches[0], uuid4())
    with pytest.raises(Invalid) as nobody:
        ask(database, coaches[0], uuid4(), raters=0)
    assert nobody.value.code == "raters"


@pytest.fixture
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


def judging(database: Database, service: ModelServer, folder: Path) -> Judging:
    settings = Settings.model_validate(
        {"home": folder, "OPENAI_API_KEY": "a-key", "openai_url": f"{service.address}/v1"}
    )
    return Judging(database, settings, lambda: datetime.now(UTC))


def ask_model(database: Database, coach: UUID, review_id: UUID, model: str, most_usd: str = "1") -> None:
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        ask_judge(session, review_id, model, most_usd=Decimal(most_usd), actor=Actor.staff(coach))


def test_a_judge_is_shown_each_pair_in_both_orders_and_one_that_says_a_each_time_says_tie(
    database: Database, coaches: list[UUID], service: ModelServer, tmp_path: Path
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=4), raters=1)
    prefer(database, coaches[0], review_id, OURS)
    ask_model(database, coaches[0], review_id, "openai/gpt-4o-mini")
    service.text = "A"
    assert judging(database, service, tmp_path).work() == 8
    assert judging(database, service, tmp_path).work() == 0
    asked = [str(body["messages"]) for body in service.asked]
    assert sum(text.index(OURS) < text.index(THEIRS) for text in asked) == 4
    settle(database)
    review = read(database, coaches[0])
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coaches[0]) as session:
        (found,) = read_result(session, review).judges
    assert (found.judge.due, found.judge.done, found.judge.failed, found.kept_ratio) == (8, 8, 0, 0.0)
    assert (found.standing.wins, found.standing.losses, found.standing.ties) == (0, 0, 4)
    assert not found.with_raters.is_trusted
    with database.reading(Login.OWNER) as session:
        counted = session.driver.execute(
            "select purpose, count(*), sum(cost_usd) > 0 from coach_model_calls group by purpose"
        ).fetchall()
    assert counted == [("judge", 8, True)]


@pytest.mark.parametrize(
    ("model", "said", "most_usd", "error"),
    [
        ("gpt-4o-mini", "Both have merits.", "1", "unreadable"),
        ("gpt-4o-mini", "A", "0", "over_budget"),
        ("nobody-knows", "A", "1", "no_price"),
    ],
)
def test_a_judge_without_a_verdict_says_why_and_is_not_asked_for_ever(
    database: Database,
    coaches: list[UUID],
    service: ModelServer,
    tmp_path: Path,
    model: str,
    said: str,
    most_usd: str,
    error: str,
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1))
    ask_model(database, coaches[0], review_id, f"openai/{model}", most_usd)
    service.text = said
    assert judging(database, service, tmp_path).work() == 2
    assert judging(database, service, tmp_path).work() == 0
    with database.reading(Login.OWNER) as session:
        errors = session.driver.execute("select verdict, error from coach_judgements").fetchall()
    assert errors == [(None, error)] * 2
    with database.reading(Login.DASHBOARD, role="bee_admin", staff_id=coaches[0]) as session:
        (judge,) = judges(session, review_id)
    assert judge.failed == 2


def test_a_model_does_not_judge_what_it_wrote_and_none_is_asked_twice(
    database: Database, coaches: list[UUID]
) -> None:
    review_id = ask(database, coaches[0], make_run(database, coaches[0], cases=1))
    with pytest.raises(Conflict) as own:
        ask_model(database, coaches[0], review_id, "openai/writer")
    assert own.value.code == "own_judge"
    ask_model(database, coaches[0], review_id, "openai/other")
    with pytest.raises(Conflict) as twice:
        ask_model(database, coaches[0], review_id, "openai/other")
    assert twice.value.code == "judge_asked_before"
    with pytest.raises(Invalid) as unknown:
        ask_model(database, coaches[0], review_id, "offline")
    assert unknown.value.code == "unknown_model"
