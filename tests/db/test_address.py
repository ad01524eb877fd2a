"""The secret that a machine makes for the logins of another server, where the settings bring none."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import SecretStr

from bee.db.address import server_address
from bee.settings import Settings

URL = SecretStr("postgresql://boss:a-real-password@db.example.org/bee")


def secret(home: Path) -> str | None:
    return server_address(Settings(home=home).model_copy(update={"database_url": URL})).login_secret


def test_it_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    made = secret(tmp_path / ".bee")
    assert made is not None
    assert len(made) == 64
    assert secret(tmp_path / ".bee") == made
    assert secret(tmp_path / "another") != made
    [file] = (tmp_path / ".bee").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(secret, [tmp_path] * 8))
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["login-secret"]
