"""``bee effect``: a table on disk, what is said of it, and what is refused."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from tests.commands import Bee, run_bee
from tests.conftest import ROOT
from tests.notify.published import binary

ASKED = ("--member", "userid", "--outcome", "Y", "--treatment", "A", "--probability", "rand_prob")
CONTROLLED = (*ASKED, "--control", "time_var1", "--control", "time_var2", "--available", "avail")
MODERATED = (*CONTROLLED, "--moderator", "time_var1", "--numerator", "0.5")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    table = pa.table(dict(binary()))
    pyarrow.csv.write_csv(table, tmp_path / "trial.csv")
    pyarrow.parquet.write_table(table, tmp_path / "trial.parquet")
    (tmp_path / "trial.csv.gz").write_bytes(gzip.compress((tmp_path / "trial.csv").read_bytes()))
    (tmp_path / "odd [1].*.CSV").write_bytes((tmp_path / "trial.csv").read_bytes())
    return tmp_path


@pytest.fixture
def bee(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bee:
    return lambda *words: run_bee(monkeypatch, capsys, *words)


@pytest.mark.parametrize("name", ["trial.csv", "trial.parquet", "trial.csv.gz", "odd [1].*.CSV"])
def test_every_kind_of_file_gives_the_same_document(files: Path, name: str, bee: Bee) -> None:
    said = bee("effect", files / name, *MODERATED, "--json")
    assert said.code == 0, said.err
    found = json.loads(said.out)
    assert [term["name"] for term in found["terms"]] == ["effect", "time_var1"]
    assert set(found["terms"][0]) == {"name", "estimate", "low", "high", "se", "p", "df"}
    assert [term["estimate"] for term in found["terms"]] == pytest.approx([0.08114495, 0.42931332], abs=5e-9)
    assert (found["members"], found["decision_points"], found["available"]) == (100, 3000, 2420)
    assert (found["kind"], found["numerator"]) == ("binary", 0.5)


def test_a_person_reads_a_table_with_its_scale_and_method(files: Path, bee: Bee) -> None:
    lines = bee("effect", files / "trial.csv", *MODERATED).out.splitlines()
    assert lines[0] == "100 members, 2,420 available decision points of 3,000, 1,226 of them treated."
    assert lines[3].split() == ["effect", "0.08114", "-0.1802", "to", "0.3425", "0.1316", "0.5391"]
    assert lines[6] == "Log of the relative risk; 95 degrees of freedom."


def test_a_relative_risk_is_said_in_words(files: Path, bee: Bee) -> None:
    lines = bee("effect", files / "trial.csv", *CONTROLLED).out.splitlines()
    # e to the 0.341, 0.241 and 0.440 that are published.
    assert "Treated, the outcome is 1.41 times as likely (1.27 to 1.55)." in lines


def test_without_the_correction_the_errors_are_smaller(files: Path, bee: Bee) -> None:
    said = bee("effect", files / "trial.csv", *MODERATED, "--no-correction", "--json")
    assert json.loads(said.out)["terms"][0]["se"] == pytest.approx(0.1301265, abs=5e-8)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*ASKED, "--control", "mood"), "The table has no column mood. It has: userid, time_var1,"),
        ((*CONTROLLED, "--kind", "ordinal"), "An outcome is continuous or binary, not ordinal."),
        (ASKED, "40.9% of the decision points are treated, where the probability says 50.0%"),
    ],
)
def test_what_cannot_be_answered_ends_with_a_sentence_and_exit_code_2(
    files: Path, words: tuple[str, ...], said: str, bee: Bee
) -> None:
    ended = bee("effect", files / "trial.csv", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(said)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "There is no file"),
        ("table.xlsx", b"PK\x03\x04", "is named neither .csv, .csv.gz nor .parquet"),
        ("zip.csv", b"PK\x03\x04", "is named .csv but is a zip archive or an Excel file"),
        ("empty.csv", b"", "is empty"),
        ("broken.parquet", b"PAR1 and no more", "is not a Parquet file that can be read"),
        ("ragged.csv", b"userid,Y,A,rand_prob\n1,1,0,0.5\n1,1\n2,0,1,0.5,9,9\n", "can't be read as a table"),
        ("header.csv", b"userid,Y,A,rand_prob\n", "The table has no available decision point."),
        ("text.csv", b"userid,Y,A,rand_prob\n1,1,maybe,0.5\n", "The column A holds text ('maybe')"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(
    tmp_path: Path, name: str, content: bytes | None, said: str, bee: Bee
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ended = bee("effect", tmp_path / name, *ASKED)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err


def test_missing_values_are_refused_or_dropped(tmp_path: Path, bee: Bee) -> None:
    rows = [f"{point % 9},{point % 2},{point // 2 % 2},0.5" for point in range(90)]
    path = tmp_path / "gaps.csv"
    path.write_text("\n".join(["userid,Y,A,rand_prob", "1,,1,0.5", "1,NA,0,0.5", *rows]))
    assert "2 of 92 available decision points miss values (Y 2)." in bee("effect", path, *ASKED).err
    found = json.loads(bee("effect", path, *ASKED, "--drop-missing", "--json").out)
    assert (found["available"], found["dropped"]) == (90, 2)


def test_needs_no_database_and_leaves_nothing_behind(files: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "bee", "effect", str(files / "trial.csv"), *CONTROLLED, "--json"],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "TMPDIR": str(place),
            "BEE_HOME": str(place / "home"),
            "HOME": str(place),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert json.loads(done.stdout)["terms"][0]["df"] == 96
    assert list(place.iterdir()) == []
