"""Supabase's client for Python, as it is published, against the API over a socket."""

from pathlib import Path

from tests.clients.conftest import Served
from tests.conftest import missing

HERE = Path(__file__).parent
PYTHON = HERE / ".venv" / "bin" / "python"


def test_supabase_py_works_as_it_is(served: Served) -> None:
    if not (HERE / ".venv" / "installed").exists():
        missing("supabase (PyPI), in tests/clients/.venv")
    options = ("-q", "--noconftest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(HERE))
    served.run(str(PYTHON), "-m", "pytest", *options, str(HERE / "supabase_py.py"))
