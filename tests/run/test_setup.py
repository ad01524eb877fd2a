"""``make setup`` on a machine that lacks what it needs says so."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing in it but the script, and a folder of hardly any programs."""
    folder = tmp_path / "a chéckout"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "setup", folder / ".ci" / "setup")
    (folder / "programs").mkdir()
    for program in ("dirname", "sh"):
        (folder / "programs" / program).symlink_to(str(shutil.which(program)))
    return folder


@pytest.fixture
def set_up(checkout: Path) -> Path:
    """The checkout after a setup: its Python says what it was called with, and installs nothing."""
    for program in ("cat", "chmod", "touch"):
        (checkout / "programs" / program).symlink_to(str(shutil.which(program)))
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    (checkout / ".venv" / "bin" / "python").chmod(0o755)
    (checkout / "bee").mkdir()
    (checkout / "bee" / "__main__.py").touch()
    done = run_setup(checkout)
    assert done.returncode == 0, done.stderr
    assert (checkout / ".venv" / "installed").exists()
    return checkout


def put_python(checkout: Path, *, version: str, is_new: bool, has_venv: bool) -> None:
    """Put a Python into the folder of programs that answers the script's three questions."""
    path = checkout / "programs" / "python3"
    path.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"*version_info*) exit {0 if is_new else 1} ;;\n"
        f"*ensurepip*) exit {0 if has_venv else 1} ;;\n"
        f"--version) echo 'Python {version}' ;;\n"
        "esac\n"
    )
    path.chmod(0o755)


def run_setup(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / ".ci" / "setup"), "requirements.txt", ".venv/installed"],
        env={"PATH": str(checkout / "programs")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_named(checkout: Path) -> None:
    put_python(checkout, version="3.9.2", is_new=False, has_venv=True)
    done = run_setup(checkout)
    assert done.returncode == 1
    assert "BEE needs Python 3.11 or later; found: Python 3.9.2." in done.stderr


def test_no_python_at_all_is_told(checkout: Path) -> None:
    done = run_setup(checkout)
    assert done.returncode == 1
    assert "found: none" in done.stderr


def test_a_python_without_venv_is_told_with_the_package_to_install(checkout: Path) -> None:
    put_python(checkout, version="3.11.2", is_new=True, has_venv=False)
    done = run_setup(checkout)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def run_bee(folder: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / ".venv" / "bin" / "bee"), *words],
        cwd=cwd,
        env={"PATH": str(folder / "programs")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_has_a_short_name(set_up: Path) -> None:
    done = run_bee(set_up, "explain", "anna 1", "", cwd=set_up)
    assert done.returncode == 0
    assert done.stdout == "<-m><bee><explain><anna 1><>"


def test_the_short_name_says_where_it_works(set_up: Path, tmp_path: Path) -> None:
    done = run_bee(set_up, "doctor", cwd=tmp_path)
    assert done.returncode == 2
    assert f"cd '{set_up}'" in done.stderr
