"""The container's health check asks what its first process serves."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bee import health
from bee.health import health_address
from bee.settings import Settings
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("words", "address"),
    [
        (["python", "-m", "bee", "dashboard"], "http://127.0.0.1:8501/health"),
        (["python", "-m", "bee", "api"], "http://127.0.0.1:54321/health"),
        (["python", "-m", "bee", "worker"], None),
        (["python", "-m", "bee", "migrate"], None),
        (["python", "-m", "bee", "probe", "https://a.example", "--name", "api"], None),
    ],
)
def test_each_command_is_asked_where_it_answers(words: list[str], address: str | None) -> None:
    assert health_address(words, Settings(dashboard_port=8501, api_port=54321)) == address


class Answering(BaseHTTPRequestHandler):
    """Answers /health with the status that the server was given."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(self.server.status if self.path == "/health" else 404)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_check_passes_while_the_address_answers(
    status: int | None, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cmdline").write_bytes(b"python\0-m\0bee\0api\0")
    monkeypatch.setattr(health, "FIRST_PROCESS", tmp_path / "cmdline")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with HTTPServer(("127.0.0.1", 0), Answering) as server:
        monkeypatch.setenv("BEE_API_PORT", str(server.server_port))
        server.status = status  # type: ignore[attr-defined]
        if status is None:
            server.server_close()
            assert health.main() == code
            return
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert health.main() == code
        thread.join(10)


def test_the_check_imports_none_of_the_heavy_parts() -> None:
    heavy = {"numpy", "pandas", "sqlalchemy", "psycopg", "streamlit", "uvicorn"}
    code = f"import sys, bee.health; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
