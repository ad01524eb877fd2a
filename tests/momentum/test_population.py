"""Populations are data: those that come with the program, and files of one's own."""

from pathlib import Path

import pytest

from bee.db import Database, Login
from bee.errors import Invalid, NotFound
from bee.momentum.backtest.population import (
    chosen_population,
    parse_population,
    shipped_population,
    shipped_populations,
)
from tests.factories import make_member

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
PRESENTED = '{"presentation_start": "2026-01-05"}'


def test_the_populations_that_come_with_the_program() -> None:
    assert set(shipped_populations()) == {"members", "presentations"}
    everybody = shipped_population("members")
    assert (everybody.start_attribute, everybody.end_attribute, everybody.every_days) == (None, None, 14)
    assert everybody.last_day is None
    with pytest.raises(NotFound, match="there are members, presentations"):
        shipped_population("nobody")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no population"),
        ("[]", "no population"),
        ("{}", "name: Field required"),
        ('{"name": "p", "every": 7}', "every: Extra inputs"),
        ('{"name": "p", "every_days": 0}', "every_days"),
        ('{"name": "p", "every_days": 14, "last_day": 13}', "before the first evaluation day"),
        ('{"name": "p", "start_attribute": ""}', "start_attribute"),
        ('{"name": "A population"}', "name"),
    ],
)
def test_a_population_that_can_not_be_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        parse_population(text)


@pytest.mark.parametrize(
    ("with_start", "without", "name"),
    [
        (0, 0, "members"),
        (0, 2, "members"),
        (1, 1, "members"),
        (2, 1, "presentations"),
        (1, 0, "presentations"),
    ],
)
def test_unless_it_is_named_the_one_is_taken_that_most_members_fit(
    database: Database, with_start: int, without: int, name: str
) -> None:
    with database.writing(Login.OWNER) as session:
        for _ in range(with_start):
            make_member(session, attributes=PRESENTED)
        for _ in range(without):
            make_member(session)
        for _ in range(3):
            make_member(session, attributes=PRESENTED, is_synthetic=True)
        assert chosen_population(session, None).name == name
        assert chosen_population(session, "members").name == "members"


def test_a_file_is_a_population_of_its_own(database: Database, tmp_path: Path) -> None:
    with database.reading(Login.OWNER) as session:
        assert chosen_population(session, str(EXAMPLES / "cohorts.json")).start_attribute == "cohort_start"
        with pytest.raises(Invalid, match="can't be read: No such file"):
            chosen_population(session, str(tmp_path / "other.json"))
        with pytest.raises(NotFound, match="no population 'cohorts'"):
            chosen_population(session, "cohorts")
