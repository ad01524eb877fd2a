"""What goes wrong with an import, through the command line: one sentence, an exit code, and nothing lost."""

import csv
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bee.db import Database, Login
from bee.errors import Invalid
from bee.members.ingest.sources import open_source
from tests.commands import Bee, database_url
from tests.conftest import ROOT
from tests.members.imports import HEADER, add_members, value_in, write_csv

GOOD = "anna-1,app_session,2026-03-01T08:00:00Z"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
EVENTS = "select count(*) from engagement_events"
ACTS = "select count(*) from audit_log"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("photo.csv", PNG, "is named .csv but is a picture"),
        ("events.parquet", b"external_id,event_type\n", "is named .parquet but is no Parquet file"),
        ("events.csv.gz", b"external_id,event_type\n", "is not compressed with gzip"),
        ("events.csv", b"", "is empty"),
        ("events.csv", f"{HEADER},event_type\n{GOOD},x\n".encode(), "has the column event_type twice"),
        ("events.csv", b"who,what\n1,2\n", "has no column user_id or external_id"),
        ("events.csv", None, "There is no file"),
        ("events", b"a,b\n", "is named neither"),
        ("n" * 300 + ".csv", None, "Can't read"),
    ],
)  # fmt: skip
def test_a_file_that_can_not_be_used_is_refused_before_anything_is_written(
    bee: Bee, database: Database, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for what in ("events", "members") if "column user_id" not in said else ("events",):
        heard = bee("import", what, path)
        assert heard.code == 2
        assert said in heard.err
        assert len(heard.err.strip().splitlines()) == 1
    assert value_in(database, ACTS) == 0


def test_a_folder_is_no_file(bee: Bee, tmp_path: Path) -> None:
    heard = bee("import", "events", tmp_path)
    assert (heard.code, "is a folder, not a file" in heard.err) == (2, True)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("columns: [", "is not TOML"),
        ('[columns]\nexternal_id = "who"', "names who, which the file does not have"),
        ('[colums]\nexternal_id = "who"', "did you mean columns?"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(
    bee: Bee, database: Database, tmp_path: Path, mapping: str, said: str
) -> None:
    path = write_csv(tmp_path / "events.csv", GOOD)
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    heard = bee("import", "events", path, "--mapping", tmp_path / "mapping.toml")
    assert (heard.code, said in heard.err) == (2, True)
    assert value_in(database, ACTS) == 0


def test_every_kind_of_bad_row_is_named_and_the_good_ones_go_in(
    bee: Bee, database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    kept = b"kept,anna-1,,app_session,2026-03-01T08:00:00Z,,"
    rows = [
        (b"future,anna-1,,app_session,2199-01-01T08:00:00Z,,", "lies in the future"),
        (b"past,anna-1,,app_session,1999-12-31T08:00:00Z,,", "lies before 2000"),
        (b"zone,anna-1,,app_session,2026-03-01T08:00:00Z,Mars/Olympus,", "Mars/Olympus” is unknown"),
        (b"nobody,,,app_session,2026-03-01T08:00:00Z,,", "external_id is missing"),
        (b"no uuid,,17,app_session,2026-03-01T08:00:00Z,,", "is no UUID"),
        (b"list,anna-1,,app_session,2026-03-01T08:00:00Z,,[1]", "is no JSON object"),
        (b"huge,anna-1,,app_session,2026-03-01T08:00:00Z,," + b"x" * 10_000_000, "more than 1,048,576"),
        (b"nul,anna-1,,app\0session,2026-03-01T08:00:00Z,,", "holds a NUL byte"),
        (b"latin,anna-1,,M\xfcller,2026-03-01T08:00:00Z,,", "is not UTF-8"),
    ]  # fmt: skip
    lines = [b"note,external_id,user_id,event_type,occurred_at,time_zone,metadata", kept]
    lines += [line for row, _ in rows for line in (row, kept)]
    path = tmp_path / "events.csv"
    path.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines) + b"\r\n")
    heard = bee("import", "events", path, "--json")
    report = json.loads(heard.out)
    assert (heard.code, report["added"], report["rejected"]) == (1, len(rows) + 1, len(rows))
    with Path(report["rejects"]).open(encoding="utf-8", newline="") as file:
        rejected = [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]
    assert [line for line, _ in rejected] == [3 + 2 * number for number in range(len(rows))]
    for (_, reason), (_, said) in zip(rejected, rows, strict=True):
        assert said in reason
    again = json.loads(bee("import", "events", path, "--json").out)
    assert (again["added"], again["repeated"]) == (0, len(rows) + 1)


def test_a_header_without_rows_brings_nothing_and_is_no_fault(bee: Bee, tmp_path: Path) -> None:
    heard = bee("import", "events", write_csv(tmp_path / "events.csv"))
    assert (heard.code, "0 events read" in heard.out) == (0, True)


def test_a_compressed_file_that_was_cut_short_brings_what_can_be_read_and_says_so(
    bee: Bee, database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    rows = [f"anna-1,app_session,2026-03-01T08:{n // 60:02}:{n % 60:02}.{n:06}Z" for n in range(3_000)]
    whole = gzip.compress(write_csv(tmp_path / "events.csv", *rows).read_bytes())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    report = json.loads(bee("import", "events", path, "--json").out)
    assert report["rejected"] == 1
    assert 0 < report["added"] < len(rows)
    path.write_bytes(whole)
    assert json.loads(bee("import", "events", path, "--json").out)["added"] == len(rows) - report["added"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read the file")
@pytest.mark.parametrize("where", ["events.csv", "."])
def test_a_file_that_may_not_be_read_is_told(where: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "events.csv", GOOD)
    (tmp_path / where).chmod(0)
    os.seteuid(65534)
    try:
        with pytest.raises(Invalid, match="Permission denied"):
            open_source(path)
    finally:
        os.seteuid(0)


def test_no_file_of_somebody_elses_is_replaced_by_rejects(bee: Bee, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "events.csv", GOOD)
    before = path.read_bytes()
    heard = bee("import", "events", path, "--rejects", path)
    assert (heard.code, "holds no rejected rows" in heard.err) == (2, True)
    assert path.read_bytes() == before


def test_rejects_that_nobody_wants_leave_the_device_alone(
    bee: Bee, database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    link = tmp_path / "rejects"
    link.symlink_to("/dev/null")
    assert bee("import", "events", write_csv(tmp_path / "events.csv", GOOD), "--rejects", link).code == 0
    assert link.is_symlink()


def test_a_disk_that_is_full_for_rejects_is_told_and_a_rerun_finishes(
    bee: Bee, database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    path = write_csv(tmp_path / "events.csv", GOOD, "nobody,app_session,2026-03-01T08:00:00Z")
    heard = bee("import", "events", path, "--rejects", "/dev/full")
    assert heard.code == 2
    assert "Can't write the rejected rows to /dev/full: No space left on device" in heard.err
    again = bee("import", "events", path)
    assert again.code == 1
    assert value_in(database, EVENTS) == 1


def test_no_room_for_temporary_files_is_told_and_nothing_is_half_done(
    database: Database, tmp_path: Path
) -> None:
    add_members(database, "anna-1")
    path = write_csv(tmp_path / "events.csv", GOOD)

    def confine() -> None:
        # A file that may not grow is to a program what a full disk is.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096))

    heard = import_apart(database, path, confine)
    assert heard.returncode == 2
    assert "There is no room to work in" in heard.stderr
    assert len(heard.stderr.strip().splitlines()) == 1
    assert value_in(database, EVENTS) == 0
    assert import_apart(database, path, None).returncode == 0
    assert value_in(database, EVENTS) == 1


def import_apart(
    database: Database, path: Path, confine: Callable[[], None] | None
) -> subprocess.CompletedProcess[str]:
    """Import a file in a process of its own, confined before it starts."""
    return subprocess.run(
        [sys.executable, "-m", "bee", "import", "events", str(path), "--json"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(path.parent),
            "DATABASE_URL": database_url(database),
            "BEE_HOME": str(path.parent / "home"),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        preexec_fn=confine,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_database_that_is_down_is_told(bee: Bee, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://bee@127.0.0.1:1/bee")
    heard = bee("import", "events", write_csv(tmp_path / "events.csv", GOOD))
    assert heard.code == 2
    assert "The database does not answer" in heard.err
    assert len(heard.err.strip().splitlines()) == 1


def test_what_a_later_import_brings_is_not_lost_to_an_earlier_failure(
    bee: Bee, database: Database, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "events.csv", GOOD)
    assert bee("import", "events", path).code == 1
    add_members(database, "anna-1")
    assert bee("import", "events", path).code == 0
    with database.reading(Login.OWNER) as session:
        assert session.driver.execute("select count(*) from score_dues").fetchone() == (1,)
