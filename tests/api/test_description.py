"""The description is true: whatever it lets a client send is answered as it says (Schemathesis, all its checks)."""

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bee.api.asgi import create_app
from bee.db import Database
from bee.settings import Settings
from tests.api.conftest import Keys, sign_up
from tests.api.processes import HOST
from tests.api.serving import serving

CONFIG = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = 15


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One issuer, whichever port is served."""
    return Settings(home=tmp_path, api_url="http://bee.example.org")


@pytest.mark.slow
def test_every_operation_answers_as_it_is_described(
    database: Database, settings: Settings, keys: Keys, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"requests_per_minute": 100_000})
    with TestClient(create_app(database, settings), headers={"apikey": keys.anon}) as client:
        member = sign_up(client)
    with serving(database, settings) as (_, served):
        done = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
                *("run", f"http://{HOST}:{served.api_port}/openapi.json", "--no-color"),
                # GraphQL, tables and realtime speak languages of their own, which their own tests try.
                *("--include-path-regex", "^/(v1|auth|health|ready)"),
                *("--checks", "all", "--max-examples", str(EXAMPLES), "--seed", "20261123"),
                *("-H", f"Authorization: {member.headers['Authorization']}", "-H", f"apikey: {keys.anon}"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    assert "Stateful" in done.stdout
