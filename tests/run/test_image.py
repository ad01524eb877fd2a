"""The image holds what the program needs, and nothing else: tried without the engine that builds it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bee.db.address import ServerAddress
from tests.cluster import url_of
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder /app of the image: what .dockerignore lets through."""
    folder = tmp_path / "app"
    folder.mkdir()
    for name in re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def run(image: Path, address: ServerAddress, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the image as a real installation does."""
    settings = {
        "BEE_ENVIRONMENT": "staging",
        "BEE_HOME": str(image.parent / "home"),
        "DATABASE_URL": url_of(address).get_secret_value(),
        "BEE_LOGIN_SECRET": "q" * 40,
        "BEE_COOKIE_SECRET": "w" * 40,
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=image,
        env={"PATH": os.environ["PATH"], "HOME": str(image.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_its_commands_run_from_it_alone(image: Path, empty: ServerAddress) -> None:
    before = sorted(image.rglob("*"))
    for command in (["migrate"], ["worker", "--once"], ["doctor"]):
        done = run(image, empty, "-m", "bee", *command)
        assert done.returncode == 0, done.stdout + done.stderr
    make_both = (
        "from bee.db import Database; from bee.settings import load_settings; from bee.api import asgi as api;"
        "from bee.ui import asgi as ui; settings = load_settings(); database = Database.connect(settings);"
        "api.create_app(database, settings); ui.create_app(database, settings); print(ui.SCRIPT)"
    )
    done = run(image, empty, "-c", make_both)
    assert done.stdout == f"{image / 'app.py'}\n", done.stderr
    assert sorted(image.rglob("*")) == before, "it wrote into its own folder, which an image may not"


def test_it_holds_neither_tests_nor_secrets(image: Path) -> None:
    names = {path.name for path in image.rglob("*")}
    assert not names & {"tests", ".env.local", ".bee", ".git", ".venv", "secrets.toml"}


def test_it_is_slim_runs_as_nobody_special_and_says_whether_it_is_well() -> None:
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(stages) == 2
    assert all(stage.endswith("-slim-bookworm") for stage in stages)
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)[-1] == "10001"
    assert '"-m", "bee.health"' in DOCKERFILE
    assert 'ENTRYPOINT ["python", "-m", "bee"]' in DOCKERFILE
