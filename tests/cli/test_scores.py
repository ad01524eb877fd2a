"""``bee score``, ``explain`` and ``export scores``, as somebody at a terminal or a script runs them."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pyarrow import parquet

from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.cluster import named
from tests.factories import make_member
from tests.momentum.histories import fetch, happen, stored_days

ROOT = Path(__file__).resolve().parents[2]
TODAY = datetime.now(UTC).date()
FIRST_DAY = TODAY - timedelta(days=20)
EVENTS = {FIRST_DAY: ["lesson_completion"] * 7, TODAY - timedelta(days=2): ["journal_entry", "mystery"]}


class Terminal:
    """Runs the program against a database, with nothing of the user's own around it."""

    def __init__(self, database: Database, folder: Path) -> None:
        place = dict((*database.address.base, *database.address.owner))
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(folder),
            "BEE_HOME": str(folder / "home"),
            "DATABASE_URL": "postgresql://{user}@/{dbname}?host={host}&port={port}".format(**place),
        }

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bee", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="module")
def database(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    """Two members, in London all year round, one of whom nobody has heard of before."""
    database = Database(named(template, copies()))
    with database.writing(Login.OWNER) as session:
        for name in ("anna", "ben"):
            member = make_member(session, external_id=name, time_zone="UTC")
            happen(session, member, EVENTS, zone="UTC")
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def bee(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    return Terminal(database, tmp_path_factory.mktemp("terminal"))


@pytest.fixture(scope="module")
def scored(database: Database, bee: Terminal) -> dict[str, object]:
    """What the first ``bee score --json`` said."""
    done = bee("score", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return dict(json.loads(done.stdout))


def member(database: Database, name: str) -> UUID:
    ((found,),) = fetch(database, "select id from members where external_id = :name", name=name)
    assert isinstance(found, UUID)
    return found


def test_score_says_what_it_did_as_one_document(scored: dict[str, object]) -> None:
    days = [str(FIRST_DAY + timedelta(days=number)) for number in range(20)]
    assert scored == {"members": 2, "rows_written": 42, "rows_removed": 0, "restated": 0, "days": days}


def test_score_again_says_that_nothing_was_due(bee: Terminal, scored: dict[str, object]) -> None:
    done = bee("score")
    assert done.returncode == 0
    assert done.stdout == "Members scored: 0. Days written: 0, removed: 0, published ones restated: 0.\n"


def test_a_period_of_one_member_is_written_again(
    bee: Terminal, database: Database, scored: dict[str, object]
) -> None:
    first, last = str(FIRST_DAY), str(FIRST_DAY + timedelta(days=4))
    done = bee("score", "--member", "ben", "--from", first, "--to", last)
    assert done.returncode == 0
    assert done.stdout == "Members scored: 1. Days written: 5, removed: 0, published ones restated: 0.\n"
    both = bee("score", "--from", first, "--json")
    assert json.loads(both.stdout)["rows_written"] == 42


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "yesterday"), "--from 'yesterday' is no day; write it as 2026-11-02."),
        (("--from", "2026-02-30"), "--from '2026-02-30' is no day"),
        (("--from", "2026-01-05", "--to", "05.01.2026"), "--to '05.01.2026' is no day"),
        (("--to", "2026-01-05"), "--to needs a --from that is not later."),
        (("--from", "2026-01-05", "--to", "2026-01-04"), "--to needs a --from that is not later."),
        (("--from", "9999-01-01"), "--from 9999-01-01 has not come yet."),
        (("--member", "nobody"), "There is no member 'nobody'"),
        (("--member", "P-999999999999999999"), "There is no member"),
        (("--member", "00000000-0000-0000-0000-000000000000", "--from", "2026-01-05"), "There is no member"),
    ],
)
def test_what_can_not_be_scored_is_refused_in_one_sentence(
    bee: Terminal, words: tuple[str, ...], said: str
) -> None:
    done = bee("score", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_database_that_is_away_is_said_in_one_sentence(bee: Terminal, tmp_path: Path) -> None:
    away = Terminal.__new__(Terminal)
    away.folder = tmp_path
    away.environment = bee.environment | {"DATABASE_URL": "postgresql://bee@127.0.0.1:1/bee"}
    for words in (("score",), ("explain", "anna", "2026-01-05"), ("export", "scores", "all.csv")):
        done = away(*words)
        assert done.returncode == 2
        assert "The database does not answer" in done.stderr
        assert "Traceback" not in done.stderr


def test_explain_breaks_a_day_down_to_the_event(
    bee: Terminal, database: Database, scored: dict[str, object]
) -> None:
    done = bee("explain", "anna", str(FIRST_DAY + timedelta(days=18)))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    stored = stored_days(database, member(database, "anna"))[18]
    assert lines[0].endswith(f"{stored.final:.2f} (NeedsCare, NeedsCare the day before) by definition v1")
    assert any("1 × journal_entry: 10 points; without them" in line for line in lines)
    assert any("1 × mystery: 1 points; without them" in line for line in lines)
    assert sum("carried from" in line for line in lines) == 18
    parts = [float(line.split()[0]) for line in lines[2:-1]]
    assert sum(parts) == pytest.approx(stored.final, abs=0.001)
    assert float(lines[-1].split()[0]) == pytest.approx(stored.final, abs=0.00005)


def test_explain_names_the_cap_and_what_is_not_scored_yet(
    bee: Terminal, database: Database, scored: dict[str, object]
) -> None:
    done = bee("explain", "anna", str(FIRST_DAY))
    assert "7 × lesson_completion, 5 count: 75 points" in done.stdout
    assert "Stored is" not in done.stdout
    with database.writing(Login.OWNER) as session:
        late = make_member(session, external_id="late", time_zone="UTC")
        happen(session, late, {FIRST_DAY: ["app_session"]}, zone="UTC")
    assert bee("score", "--member", "late").returncode == 0
    with database.writing(Login.OWNER) as session:
        happen(session, late, {FIRST_DAY: ["app_session"]}, zone="UTC")
    stale = bee("explain", "late", str(FIRST_DAY))
    assert "Stored is 3.00: something came in that is not scored yet." in stale.stdout


def test_explain_as_json_adds_up_exactly(
    bee: Terminal, database: Database, scored: dict[str, object]
) -> None:
    day = FIRST_DAY + timedelta(days=18)
    found = json.loads(bee("explain", "anna", str(day), "--json").stdout)
    assert set(found) == {"score_date", "stored_final", "is_complete", "explanation", "total"}
    stored = stored_days(database, member(database, "anna"))[18]
    assert found["total"] == found["stored_final"] == stored.final
    assert found["score_date"] == str(day)
    assert {part["event_type"] for part in found["explanation"]["events"]} == {"journal_entry", "mystery"}
    assert [part["days_back"] for part in found["explanation"]["carry"]] == list(range(1, 19))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nobody", "2026-01-05"), "There is no member 'nobody'"),
        (("anna", "2001-01-05"), "There is no score of 5 January 2001."),
        (("anna", "soon"), "DATE 'soon' is no day; write it as 2026-11-02."),
    ],
)
def test_what_can_not_be_explained_is_refused(bee: Terminal, words: tuple[str, ...], said: str) -> None:
    done = bee("explain", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_all_scores_go_into_a_file_of_either_kind(
    bee: Terminal, database: Database, scored: dict[str, object]
) -> None:
    ((rows,),) = fetch(database, "select count(*) from daily_engagement_scores where is_complete")
    for name in ("all.csv", "all.parquet"):
        done = bee("export", "scores", name)
        assert (done.returncode, done.stdout) == (0, f"{rows} scores are in {name}.\n")
    table = parquet.read_table(bee.folder / "all.parquet").to_pylist()
    with (bee.folder / "all.csv").open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(table) == len(lines) == rows
    assert [row["external_id"] for row in table] == [line["external_id"] for line in lines]
    assert [row["final_score"] for row in table] == [float(line["final_score"]) for line in lines]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("all.xlsx", "a .csv or .parquet file is wanted"),
        ("nowhere/all.csv", "can't be written: No such file"),
    ],
)
def test_a_file_that_can_not_be_written_is_refused(bee: Terminal, name: str, said: str) -> None:
    done = bee("export", "scores", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert not (bee.folder / name).exists()
