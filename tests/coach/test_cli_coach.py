"""``bee coach screen``: a line of JSON for each line, whatever the file holds."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bee.cli import app
from bee.cli_coach import LONGEST_LINE
from bee.coach.safety import RULES_VERSION
from bee.errors import Invalid

RUNNER = CliRunner()


def rows_of(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


def test_each_line_gets_its_own_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("I want to die\r\nkilling it at the gym\n\nmi marido me pega\nno newline: kms", "utf-8")
    result = RUNNER.invoke(app, ["coach", "screen", str(path), "--json"])
    assert result.exit_code == 0
    assert rows_of(result.stdout) == [
        {"crisis": True, "category": "self_harm", "matched": ["want to die"]},
        {"crisis": False, "category": None, "matched": []},
        {"crisis": False, "category": None, "matched": []},
        {"crisis": True, "category": "violence", "matched": ["mi marido me pega"]},
        {"crisis": True, "category": "self_harm", "matched": ["kms"]},
    ]


def test_a_person_gets_the_lines_that_matter_and_a_summary(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("soup\nI want to die\n", "utf-8")
    result = RUNNER.invoke(app, ["coach", "screen", str(path)])
    shown, summary = result.stdout.splitlines()
    assert shown.split() == ["2", "self_harm", "want", "to", "die"]
    assert summary == f"1 of 2 lines may tell of danger (1 self_harm). Rules {RULES_VERSION}."


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "empty.txt"
    path.touch()
    assert RUNNER.invoke(app, ["coach", "screen", str(path), "--json"]).stdout == ""
    assert "0 of 0 lines" in RUNNER.invoke(app, ["coach", "screen", str(path)]).stdout


def test_a_line_in_another_encoding_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    path.write_bytes(b"hello\nM\xfcde, I want to die\nkms\n")
    result = RUNNER.invoke(app, ["coach", "screen", str(path), "--json"])
    assert result.exit_code == 1
    assert "Line 2: byte 2 is not UTF-8" in result.stderr
    assert [row["crisis"] for row in rows_of(result.stdout)] == [False, True, True]


def test_a_line_without_end_is_cut_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    path.write_bytes(b"a " * LONGEST_LINE + b"\nkms\n")
    result = RUNNER.invoke(app, ["coach", "screen", str(path), "--json"])
    assert result.exit_code == 1
    assert f"Line 1: only its first {LONGEST_LINE:,} bytes were read" in result.stderr
    assert [row["crisis"] for row in rows_of(result.stdout)] == [False, True]


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_what_is_no_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["coach", "screen", str(tmp_path / name), "--json"])
    assert isinstance(result.exception, Invalid)
    assert "can't be read" in result.exception.message
