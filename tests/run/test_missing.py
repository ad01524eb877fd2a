"""What the tests can't find on a machine is skipped and listed; a strict run fails for want of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, STRICT, missing

BARE_MACHINE = """
from pathlib import Path

from tests import conftest
from tests.browser import conftest as browser
from tests.conftest import chromium, memory, pytest_addoption, server
from tests.browser.conftest import axe

conftest.CHROMIUM = conftest.OLDEST_BINARIES = browser.AXE = Path("/nowhere")
"""
TESTS = """
def test_in_a_browser(chromium): ...
def test_of_access(axe): ...
def test_on_the_oldest_server(server): ...
"""
WANTED = ("Chromium", "axe-core (npm)", "PostgreSQL 15")


def environment(**variables: str) -> dict[str, str]:
    """Return an environment in which npm is not found."""
    kept = {name: value for name, value in os.environ.items() if name != STRICT}
    return kept | {"PATH": "/nowhere"} | variables


def run_on_a_bare_machine(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text(BARE_MACHINE)
    (folder / "test_bare.py").write_text(TESTS)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-ra", "--oldest", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT), **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_missing_is_skipped_and_listed(tmp_path: Path) -> None:
    done = run_on_a_bare_machine(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "3 skipped" in done.stdout
    for what in WANTED:
        assert f"{what} is not installed" in done.stdout


def test_a_strict_run_fails_for_want_of_it(tmp_path: Path) -> None:
    done = run_on_a_bare_machine(tmp_path, **{STRICT: "1"})
    assert done.returncode == 1
    assert "skipped" not in done.stdout
    for what in WANTED:
        assert f"{what} is missing, and a strict run has to have it" in done.stdout


@pytest.mark.parametrize(("strict", "code"), [("", 0), ("1", 2)])
def test_the_run_on_the_oldest_server_is_skipped_or_fails_in_the_same_way(strict: str, code: int) -> None:
    make = shutil.which("make") or missing("make")
    done = subprocess.run(
        [make, "--old-file=.venv/installed", "--old-file=.venv/tested", "test-oldest", "OLDEST=/nowhere"],
        cwd=ROOT,
        env=environment(PATH=os.environ["PATH"], **{STRICT: strict}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert ("SKIPPED the tests on PostgreSQL 15" in done.stdout) == (not strict)
    assert ("PostgreSQL 15 is missing" in done.stderr) == bool(strict)
