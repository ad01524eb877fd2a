"""``bee keys``: what clients are configured with."""

import json

import pytest
from typer.testing import CliRunner

from bee.cli import app


def test_the_keys_are_printed_as_supabase_s_own_tool_does(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("BEE_HOME", str(home))
    lines = CliRunner().invoke(app, ["keys"]).output.splitlines()
    printed = dict(line.split("=", 1) for line in lines)
    assert {"SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY"} <= set(printed)
    assert printed["SUPABASE_URL"] == '"http://127.0.0.1:54321"'
    as_json = json.loads(CliRunner().invoke(app, ["keys", "--json"]).output)
    assert printed == {name: f'"{value}"' for name, value in as_json.items()}
