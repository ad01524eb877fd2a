"""Supabase's client for JavaScript, as it is published, against the API over a socket."""

import shutil
import subprocess

import pytest

from tests.clients.conftest import ROOT, Served
from tests.conftest import missing

PACKAGE = ROOT / "node_modules" / "@supabase" / "supabase-js"
OLDEST_NODE = 20


@pytest.fixture
def node() -> str:
    """Node, with the client's package installed beside it."""
    program = shutil.which("node")
    if program is None or _major(program) < OLDEST_NODE:
        missing(f"Node {OLDEST_NODE}")
    if not PACKAGE.is_dir() and shutil.which("npm"):
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=ROOT, check=True)
    if not PACKAGE.is_dir():
        missing("@supabase/supabase-js (npm)")
    return program


def test_supabase_js_works_as_it_is(served: Served, node: str) -> None:
    served.run(node, "--test", "--test-reporter=spec", "tests/clients/supabase_js.mjs")


def _major(program: str) -> int:
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.strip().removeprefix("v").split(".")[0])
