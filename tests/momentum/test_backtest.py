"""The back-test over a database: who is judged, by which definition, and what is printed."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bee.cli_backtest import print_backtest
from bee.db import Database, Login
from bee.errors import Invalid, NotFound
from bee.members.demo import fill_demo
from bee.momentum.backtest.courses import batches
from bee.momentum.backtest.observations import Measure, Outcome
from bee.momentum.backtest.report import Backtest, OutcomeFigures
from bee.momentum.backtest.run import backtest
from bee.momentum.definition import definition_spec, shipped_definition
from bee.momentum.registry import StoredDefinition
from bee.momentum.scoring import score
from bee.settings import Environment
from tests.factories import execute, make_event, make_member

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
JOINED = date(2026, 1, 5)  # 55 days before the last complete day, 1 March


def add(
    database: Database,
    *days: int,
    left: int | None = None,
    event_type: str = "lesson_completion",
    is_demo: bool = False,
    is_synthetic: bool = False,
    attributes: str = "{}",
    joined_on: date = JOINED,
    time_zone: str = "Europe/London",
) -> UUID:
    """Add a member with an event at noon on some days after they joined."""
    with database.writing(Login.OWNER) as session:
        member = make_member(
            session,
            joined_on=joined_on,
            left_on=None if left is None else joined_on + timedelta(left),
            is_demo=is_demo,
            is_synthetic=is_synthetic,
            attributes=attributes,
            time_zone=time_zone,
        )
        for day in days:
            noon = datetime(joined_on.year, joined_on.month, joined_on.day, 12, tzinfo=UTC) + timedelta(day)
            make_event(session, member, event_type=event_type, occurred_at=noon)
    return member


def outcomes(found: Backtest) -> tuple[OutcomeFigures, OutcomeFigures]:
    silent, left = found.outcomes
    assert (silent.outcome, left.outcome) == (Outcome.SILENT, Outcome.LEFT)
    return silent, left


@pytest.fixture
def three(database: Database) -> Database:
    """One who comes every week, one who came once, one who came twice and left on day 36."""
    add(database, *range(0, 56, 7))
    add(database, 0)
    add(database, 0, 20, left=36)
    return database


def test_who_is_judged_and_what_came_true(three: Database) -> None:
    found = backtest(three, now=NOW)
    silent, left = outcomes(found)
    # Days 14 and 28 of the first two; of the third only day 14, for 14 days after day 28 they were gone.
    assert (silent.member_days, silent.members, silent.positives, silent.positive_share) == (5, 3, 2, 0.4)
    # Day 14 of all three: after day 28 there are 27 days left to look at. One left within 28 days.
    assert (left.member_days, left.members, left.positives) == (3, 3, 1)
    score_row = silent.measures[0]
    assert score_row.measure is Measure.SCORE
    assert score_row.area is not None
    # Both silent days are the second's. On day 14 the third has as little: of 2 × 3 pairs one is tied.
    assert score_row.area.value == pytest.approx(5.5 / 6)
    # The second's day 28 is the lowest of all; its day 14 shares a decile with that of the third.
    assert [(row.member_days, row.positives) for row in silent.deciles if row.positives] == [(1, 1), (2, 1)]
    # Rows: 56 days each of the two who stayed, 37 of the third.
    assert found.states.member_days == 56 + 56 + 37
    assert (found.coverage.through, found.coverage.members) == (date(2026, 3, 1), 3)


def test_what_happens_today_is_not_known_yet(three: Database) -> None:
    before = backtest(three, now=NOW)
    add(three, 56)
    with three.writing(Login.OWNER) as session:
        for member in execute(session, "select id from members").scalars():
            make_event(session, member, occurred_at=NOW)
    assert backtest(three, now=NOW) == before, "somebody whose first event is today is nobody yet"
    assert backtest(three, now=NOW + timedelta(1)).coverage.members == 4


def test_a_day_is_complete_when_it_is_over_for_everybody(three: Database) -> None:
    add(three, 0, time_zone="Pacific/Honolulu")
    early = datetime(2026, 3, 2, 9, tzinfo=UTC)  # 23:00 of the day before in Honolulu
    assert backtest(three, now=early).coverage.through == date(2026, 2, 28)
    assert backtest(three, now=early + timedelta(hours=1)).coverage.through == date(2026, 3, 1)


def test_synthetic_members_are_in_no_figure_and_demo_members_are_named(
    three: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    before = backtest(three, now=NOW)
    add(three, *range(50), is_synthetic=True)
    assert backtest(three, now=NOW) == before
    print_backtest(before)
    assert "demo" not in capsys.readouterr().out
    add(three, *range(50), is_demo=True)
    mixed = backtest(three, now=NOW)
    assert (mixed.coverage.members, mixed.coverage.demo_members) == (4, 1)
    print_backtest(mixed)
    assert "1 of them are demo members, made up" in capsys.readouterr().out
    assert backtest(three, now=NOW, segment="demo").coverage.members == 1


def test_a_segment_is_judged_alone(database: Database) -> None:
    for _ in range(5):
        add(database, 0, 15, attributes='{"plan": "plus"}')
    add(database, 0, 15)
    assert outcomes(backtest(database, now=NOW))[0].members == 6
    assert outcomes(backtest(database, now=NOW, segment="plan:plus"))[0].members == 5
    with pytest.raises(NotFound, match="Nobody in the segment 'plan:gold'"):
        backtest(database, now=NOW, segment="plan:gold")


def test_a_population_counts_from_what_members_bring_along(database: Database) -> None:
    dates = '{{"presentation_start": "2026-01-12", "presentation_end": "{}"}}'
    # Started a week after joining; the end is day 49 of that, and leaving on it is finishing.
    add(database, *range(0, 56, 7), attributes=dates.format("2026-03-02"), left=56)
    add(database, *range(0, 56, 7), attributes=dates.format("2026-03-02"), left=40)
    add(database, 0, attributes=dates.format("2 March"))
    add(database, 0)
    found = backtest(database, now=NOW, population="presentations")
    assert (found.coverage.members, found.coverage.left_out) == (2, 2)
    silent, left = outcomes(found)
    # Until 1 March there are 48 days: 14 and 28 of the first; the second left on day 33, before the 42nd.
    assert silent.member_days == 3
    assert (left.member_days, left.positives) == (2, 1)
    # Counted from joining, everybody fits.
    everybody = backtest(database, now=NOW, population="members")
    assert (everybody.coverage.members, everybody.coverage.left_out) == (4, 0)


def test_a_population_that_nobody_fits_is_said(three: Database, tmp_path: Path) -> None:
    file = tmp_path / "cohorts.json"
    file.write_text('{"name": "cohorts", "start_attribute": "cohort"}', encoding="utf-8")
    with pytest.raises(NotFound, match="None of 3 members has the days"):
        backtest(three, now=NOW, population=str(file))
    with pytest.raises(NotFound, match="no population 'cohorts'"):
        backtest(three, now=NOW, population="cohorts")


def test_an_empty_database_has_nobody_to_judge(database: Database) -> None:
    with pytest.raises(NotFound, match="Nobody in the segment 'all' has an event until 2026-03-01"):
        backtest(database, now=NOW)
    add(database)
    with pytest.raises(NotFound, match="Nobody in the segment"):
        backtest(database, now=NOW)


def test_one_member_has_figures_but_no_interval(database: Database) -> None:
    add(database, 0, 5, 20)
    found = backtest(database, now=NOW)
    silent, left = outcomes(found)
    # Day 20 is ahead of day 14; nothing is ahead of day 28.
    assert (silent.member_days, silent.positives) == (2, 1)
    assert silent.measures[0].area is not None
    assert (silent.measures[0].area.low, silent.measures[0].area.high) == (None, None)
    assert (left.member_days, left.positives, left.measures[0].area) == (1, 0, None)


def test_too_early_to_judge_is_said_and_is_no_failure(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    add(database, 0, joined_on=date(2026, 2, 20))
    found = backtest(database, now=NOW)
    assert [row.member_days for row in found.outcomes] == [0, 0]
    assert all(not row.deciles for row in found.outcomes)
    assert found.states.member_days == 10
    print_backtest(found)
    assert "Nobody has an evaluation day that is over for 14 days yet." in capsys.readouterr().out


def test_a_candidate_is_judged_without_being_stored(three: Database, candidate: Path) -> None:
    before = backtest(three, now=NOW)
    found = backtest(three, now=NOW, definition=str(candidate))
    assert (found.definition, found.origin) == ("gentle", str(candidate))
    assert found.outcomes == before.outcomes
    assert found.states != before.states
    with three.reading(Login.OWNER) as session:
        stored = session.all(StoredDefinition, "momentum/stored_definitions")
    assert [row.name for row in stored] == ["v1"]


def test_other_weights_are_other_scores(three: Database, tmp_path: Path) -> None:
    nothing_counts = {"name": "nothing", "weights": {}, "aliases": {}, "unknown_weight": 0}
    file = tmp_path / "nothing.json"
    file.write_text(json.dumps(shipped_definition("v1").model_dump() | nothing_counts), encoding="utf-8")
    (score_row, *baselines) = outcomes(backtest(three, now=NOW, definition=str(file)))[0].measures
    assert score_row.area is not None
    assert score_row.area.value == 0.5, "all scores are 0, which is a coin"
    by_name = {row.measure: row for row in baselines}
    since = by_name[Measure.DAYS_SINCE].area
    assert since is not None
    assert since.value == pytest.approx(5.5 / 6), "days without an event need no weights"


def test_a_stored_definition_is_found_by_its_name(three: Database) -> None:
    spec = definition_spec(shipped_definition("v1").model_copy(update={"name": "v1-copy"}))
    with three.writing(Login.OWNER) as session:
        session.run("momentum/add_definition", name="v1-copy", spec=spec)
    found = backtest(three, now=NOW, definition="v1-copy")
    assert (found.definition, found.origin) == ("v1-copy", "stored")
    with pytest.raises(NotFound, match="no definition 'v9'; there are v1, v1-copy, or FILE"):
        backtest(three, now=NOW, definition="v9")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This is no score definition"),
        (b"{", "This is no score definition"),
        (b'{"name": "x"}', "weights: Field required"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (None, "can't be read: No such file"),
    ],
)
def test_a_file_that_is_no_definition_is_refused_with_the_reason(
    database: Database, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "candidate.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Invalid, match=said):
        backtest(database, now=NOW, definition=str(file))


def test_what_is_judged_is_what_is_stored(database: Database) -> None:
    fill_demo(database, environment=Environment.LOCAL, now=NOW, members=60)
    score(database, now=NOW)
    found = backtest(database, now=NOW)
    assert found.coverage.demo_members == found.coverage.members
    with database.reading(Login.OWNER) as session:
        stored = session._connection.exec_driver_sql(
            """
            select
                momentum_state,
                count(*),
                count(*) filter (where momentum_state <> before),
                count(*) filter (where momentum_state = after)
            from (
                select
                    momentum_state,
                    lag(momentum_state) over member as before,
                    lead(momentum_state) over member as after
                from daily_engagement_scores
                where score_date <= %(through)s
                window member as (partition by user_id order by score_date)
            ) as days
            group by momentum_state
            """,
            {"through": found.coverage.through},
        ).all()
    days = {state: count for state, count, _, _ in stored}
    assert {row.state.value: row.member_days for row in found.states.states} == days
    assert found.states.flips == sum(flips for _, _, flips, _ in stored)


def test_it_does_not_matter_how_members_are_cut_into_batches(database: Database) -> None:
    fill_demo(database, environment=Environment.LOCAL, now=NOW, members=60)
    told: list[tuple[int, int]] = []
    whole = backtest(database, now=NOW)
    cut = backtest(
        database, now=NOW, batch_cells=2_000, progress=lambda done, total: told.append((done, total))
    )
    assert cut == whole
    assert len(told) > 5
    assert told[-1] == (whole.coverage.members, whole.coverage.members)


def test_batches_are_cut_before_they_grow_too_large() -> None:
    cut = [(piece.start, piece.stop) for piece in batches([3, 3, 4, 1, 9, 2], 8)]
    # 2 × 3 fit, 3 × 4 do not; 2 × 4 fit; 9 is too much by itself and stands alone.
    assert cut == [(0, 2), (2, 4), (4, 5), (5, 6)]
    assert list(batches([], 8)) == []


def bee(database: Database, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line against the test's database."""
    address = database.address.parameters(Login.OWNER)
    url = f"postgresql://{address['user']}@/{address['dbname']}?host={address['host']}&port={address['port']}"
    variables = {"BEE_HOME": str(home), "DATABASE_URL": url, "COLUMNS": "80"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BEE_")}
    return subprocess.run(
        [sys.executable, "-m", "bee", *words],
        cwd=ROOT,
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_command_prints_tables_for_people_and_json_for_programs(three: Database, tmp_path: Path) -> None:
    told = bee(three, tmp_path, "backtest")
    assert told.returncode == 0, told.stderr
    assert "Definition v1 (active) on the population members" in told.stdout
    assert "days since last activity" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 80

    document = json.loads(bee(three, tmp_path, "backtest", "--json").stdout)
    assert document["coverage"]["members"] == 3
    assert [row["outcome"] for row in document["outcomes"]] == ["silent", "left"]
    assert document["population"]["every_days"] == 14
    assert {row["state"] for row in document["states"]["states"]} == {"Rising", "Steady", "NeedsCare"}


def test_the_command_says_in_one_sentence_what_is_wrong(three: Database, tmp_path: Path) -> None:
    refused = bee(three, tmp_path, "backtest", "--definition", "v9")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "There is no definition 'v9'" in refused.stderr
    assert "Traceback" not in refused.stderr
