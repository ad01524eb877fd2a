"""The benches run from end to end: here with four students, so that no figure means anything."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.members.test_oulad import FILES

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def few_students(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        rows = duckdb.read_csv(str(tmp_path / f"{name}.csv"), na_values="?")
        rows.write_parquet(str(folder / f"{name}.parquet"))
    return folder


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Wide enough that no row of a table is broken.
    return subprocess.run(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env=os.environ | {"COLUMNS": "240"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_every_bench_measures_the_work_that_there_is(few_students: Path) -> None:
    done = bench(
        "--data",
        str(few_students),
        "--rounds",
        "1",
        "--scales",
        "2",
        "--requests",
        "200",
        "--memories",
        "5000",
    )
    assert done.returncode == 0, done.stderr
    rows = [line.split("│")[1:-1] for line in done.stdout.splitlines() if line.startswith("│")]
    assert [row[0].strip() for row in rows] == ["2×"] * 12
    # Twice the students: the events, their days, how many people new day and overview are of; the API's own
    # members; the people whom the rules look at; messages; replies; memories; sentences; requests by minute.
    expected = ["16", "1,044", "6", "6", "300", "6", "150", "100", "5,000", "100", "120,000"]
    *before, telemetry, memory, meaning, sla = rows
    assert [row[1].strip() for row in (*before, memory, meaning, sla)] == expected
    assert all(float(cell) > 0 for cell in telemetry[1:]), "microseconds, and no work of another size"
    assert [cell.strip() for cell in before[-2][-2:]] == ["0", "0"], "none lost, none twice"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("imports",), "there is no bench imports"),
        (("--rounds", "0"), "'0' is no whole number from 1 on"),
        (("--data", "nowhere"), "nowhere holds no Parquet files"),
    ],
)
def test_a_bench_that_can_not_be_run_says_why(arguments: tuple[str, ...], said: str) -> None:
    refused = bench(*arguments)
    assert refused.returncode == 2
    assert said in refused.stderr
