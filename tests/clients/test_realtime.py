"""Supabase's clients, as they are published, hear of changes and talk over a socket."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bee.api.house import client_settings
from bee.db import Database
from bee.settings import Settings
from tests.api.serving import serving
from tests.conftest import ROOT, missing

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"
Run = Callable[..., None]


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Iterator[Run]:
    """Run a client's suite against the API; it fails with what the suite printed."""
    with serving(database, Settings(home=tmp_path, requests_per_minute=1000)) as (_, served):

        def run(*command: str) -> None:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={"PATH": os.defpath, "HOME": "/nonexistent"} | client_settings(served),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            if done.returncode != 0:
                pytest.fail(f"{done.stdout}\n{done.stderr}", pytrace=False)

        yield run


def test_supabase_js_hears_as_it_is(run: Run) -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "@supabase" / "supabase-js").is_dir():
        missing("Node with @supabase/supabase-js (npm)")
    run(node, "--test", "--test-reporter=spec", "tests/clients/realtime.mjs")


def test_supabase_py_hears_as_it_is(run: Run) -> None:
    if not (HERE / ".venv" / "installed").exists():
        missing("supabase (PyPI), in tests/clients/.venv")
    options = ("-q", "--noconftest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(HERE))
    run(str(PYTHON), "-m", "pytest", *options, str(HERE / "realtime_py.py"))
