"""Prompts, cases, runs and reviews as JSON lines: the same out and in again, and what does not fit says why."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bee.coach.lab.cases import ensure_cases
from bee.coach.lab.exchange import export_lines, import_lines
from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.cluster import administering, named
from tests.coach.lab.running import add_cases, add_coach, add_prompt, ask_run, do_run, offline, read_outputs
from tests.coach.lab.test_reviews import OURS, ask, ask_model, make_run, prefer, settle
from tests.commands import Bee
from tests.factories import execute, make_staff


@pytest.fixture
def coach(database: Database) -> UUID:
    coach = add_coach(database)
    add_cases(database, coach)
    add_prompt(database, 2)
    return coach


@pytest.fixture
def other(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    """Another installation."""
    name = copies()
    database = Database(named(template, name))
    yield database
    database.dispose()
    with administering(template) as connection:
        connection.execute(f"drop database {name} with (force)")


def lines(database: Database) -> list[str]:
    with database.reading(Login.OWNER) as session:
        return list(export_lines(session))


def email(database: Database, staff_id: UUID) -> str:
    with database.reading(Login.OWNER) as session:
        return str(execute(session, "select email from staff where id = :id", id=staff_id).scalar_one())


def hire(database: Database, address: str) -> None:
    with database.writing(Login.OWNER) as session:
        make_staff(session, email=address, roles=("coach",))


def test_out_and_in_again_everything_is_the_same(database: Database, other: Database, coach: UUID) -> None:
    run = do_run(database, ask_run(database, coach), offline())
    ask_run(database, coach)
    hire(other, email(database, coach))
    out = lines(database)
    assert [json.loads(line)["type"] for line in out] == ["prompt"] * 2 + ["case"] * 3 + ["run"]
    taken = import_lines(other, out)
    assert (taken.added, taken.known, taken.faults) == ({"prompt": 1, "case": 3, "run": 1}, {"prompt": 1}, [])
    assert lines(other) == out
    assert [(each.title, each.text, each.passes) for each in read_outputs(other, run)] == [
        (each.title, each.text, each.passes) for each in read_outputs(database, run)
    ]


def test_a_review_goes_along_with_its_ratings_and_what_models_said(
    database: Database, other: Database
) -> None:
    coach = add_coach(database)
    review_id = ask(database, coach, make_run(database, coach, cases=2), raters=1)
    prefer(database, coach, review_id, OURS)
    ask_model(database, coach, review_id, "openai/another")
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_judgements (judge_id, pair_id, candidate_was_first, verdict, cost_usd)"
            " select judges.id, pairs.id, true, 'first', 0.25 from coach_judges as judges"
            " inner join coach_review_pairs as pairs using (review_id)",
        )
    settle(database)
    ask(database, coach, make_run(database, coach, cases=1))
    hire(other, email(database, coach))
    out = lines(database)
    reviews = [json.loads(line) for line in out if json.loads(line)["type"] == "review"]
    assert [(len(each["ratings"]), len(each["judgements"])) for each in reviews] == [(2, 2)], "one is open"
    taken = import_lines(other, out)
    assert taken.faults == []
    assert lines(other) == out
    again = import_lines(other, out)
    assert (again.added, again.known["review"]) == ({}, 1)


def test_a_review_that_speaks_of_other_answers_is_refused_whole(database: Database, other: Database) -> None:
    coach = add_coach(database)
    review_id = ask(database, coach, make_run(database, coach, cases=1), raters=1)
    prefer(database, coach, review_id, OURS)
    settle(database)
    hire(other, email(database, coach))
    *before, review = lines(database)
    said = json.loads(review)
    said["ratings"][0]["candidate"] = str(UUID(int=1))
    taken = import_lines(other, [*before, json.dumps(said)])
    assert [why for _, why in taken.faults] == [
        "Something was said of an answer that is in no pair of the review."
    ]
    assert lines(other) == before


def test_a_second_time_nothing_comes_in(database: Database, coach: UUID) -> None:
    do_run(database, ask_run(database, coach), offline())
    out = lines(database)
    taken = import_lines(database, out)
    assert (taken.added, taken.known.total(), taken.faults) == ({}, len(out), [])
    assert lines(database) == out


def test_a_run_is_over_the_cases_that_the_file_says_whatever_else_is_there(
    database: Database, other: Database, coach: UUID
) -> None:
    run = do_run(database, ask_run(database, coach), offline())
    hire(other, email(database, coach))
    ensure_cases(other)
    assert import_lines(other, lines(database)).faults == []
    with other.reading(Login.OWNER) as session:
        cases = execute(
            session, "select count(*) from coach_run_cases where run_id = :id", id=run.id
        ).scalar_one()
        verdicts = execute(session, "select count(*) from coach_gate_verdicts").scalar_one()
    assert (cases, verdicts) == (3, 0), "no verdict is taken along"


def test_who_is_not_known_needs_somebody_who_vouches(
    database: Database, other: Database, coach: UUID
) -> None:
    out = lines(database)
    taken = import_lines(other, out)
    assert taken.refused == 3
    assert f"Nobody on the staff has the address {email(database, coach)}" in taken.faults[0][1]
    hire(other, "vera@example.org")
    assert import_lines(other, out, vouches="Vera@example.org").refused == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sha256": "0" * 64}, "is not what its digest says"),
        ({"body": {}}, "This is no prompt"),
        ({"number": 1, "model": "offline"}, "is not what its digest says"),
        ({"type": "verdict"}, "Nobody knows what a verdict is"),
        ({"parameters": "odd"}, "no line of an export"),
    ],
)
def test_a_prompt_that_was_tampered_with_is_refused(
    change: dict[str, Any], said: str, database: Database, other: Database, coach: UUID
) -> None:
    line = json.loads(lines(database)[1]) | change
    taken = import_lines(other, [json.dumps(line)])
    assert taken.refused == 1
    assert said in taken.faults[0][1]


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", "{}", "1", '{"type": ["x"]}', '{"type": "case"}', '{"type": "run"}']
)
def test_what_is_no_line_is_refused_with_its_number_and_the_others_come_in(
    line: str, database: Database, other: Database, coach: UUID
) -> None:
    hire(other, email(database, coach))
    out = lines(database)
    taken = import_lines(other, [out[0], "", line, *out[1:]])
    assert [number for number, _ in taken.faults] == [3]
    assert taken.added == {"prompt": 1, "case": 3}


def test_a_case_or_prompt_that_says_something_else_here_is_refused(database: Database, coach: UUID) -> None:
    case = json.loads(lines(database)[2]) | {"message": "I said something else."}
    taken = import_lines(database, [json.dumps(case)])
    assert taken.faults == [(1, "Version 1 of the case says something else here.")]


def test_a_run_without_its_prompt_or_case_is_refused_whole(
    database: Database, other: Database, coach: UUID
) -> None:
    do_run(database, ask_run(database, coach), offline())
    hire(other, email(database, coach))
    out = lines(database)
    taken = import_lines(other, [out[0], out[-1]])
    assert "has the digest" in taken.faults[0][1]
    taken = import_lines(other, [*out[:2], out[-1]])
    assert "is not here" in taken.faults[0][1]
    assert [json.loads(line)["type"] for line in lines(other)] == ["prompt", "prompt"]


def test_a_run_that_is_under_review_stays_out_of_a_file_until_that_is_over(
    bee: Bee, database: Database, tmp_path: Path
) -> None:
    coach = add_coach(database)
    review_id = ask(database, coach, make_run(database, coach, cases=1), raters=1)
    path = tmp_path / "lab.jsonl"
    said = bee("coach", "export", path)
    assert (said.code, said.err) == (0, "Left out 1 run until the review of it is over.\n")
    assert OURS not in path.read_text(encoding="utf-8")
    prefer(database, coach, review_id, OURS)
    settle(database)
    assert bee("coach", "export", path).err == ""
    assert OURS in path.read_text(encoding="utf-8")


def test_the_command_line_writes_a_file_and_takes_it_in(bee: Bee, tmp_path: Path, coach: UUID) -> None:
    path = tmp_path / "lab.jsonl"
    assert (bee("coach", "export", path).code, len(path.read_text(encoding="utf-8").splitlines())) == (0, 5)
    said = bee("coach", "import", path)
    assert (said.code, said.out) == (0, "Added nothing; 5 lines were there before, 0 were refused.\n")
    path.write_text("nonsense\n", encoding="utf-8")
    said = bee("coach", "import", path)
    assert said.code == 1
    assert said.err.startswith("Line 1: It is no line of an export")
    path.write_bytes(b"\xff\xfe")
    assert "is no UTF-8" in bee("coach", "import", path).err
    assert "can't be read" in bee("coach", "import", tmp_path / "missing").err
    assert "can't be written" in bee("coach", "export", tmp_path / "no" / "folder").err
