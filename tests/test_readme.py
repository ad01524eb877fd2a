"""The README: its commands are run here or by CI, and what it names exists."""

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import typer.main

from bee.cli import app
from bee.db.embedded import discard_server, is_running
from bee.running import read_running
from bee.staff.demo import DEMO_ACCOUNTS, demo_password
from tests.conftest import ROOT
from tests.run.test_supervisor import gone, wait_until

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
NOT_OF_A_CHECKOUT = {".git", ".bee", ".bee-own", ".env.local"}
STARTED_WITHIN_S = 180
DONE_WITHIN_S = 240


def blocks() -> dict[str, str]:
    """Return the shell commands of each section that has some."""
    found = {}
    for section in re.split(r"^## ", README, flags=re.MULTILINE)[1:]:
        title = section.splitlines()[0]
        scripts = re.findall(r"^```sh\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
        if scripts:
            found[title] = "".join(scripts)
    return found


def commands(script: str) -> list[str]:
    return [shlex.join(words) for line in script.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A fresh checkout in a folder with a difficult name; it shares its files with this one."""
    folder = tmp_path / "my chéckout"
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name not in NOT_OF_A_CHECKOUT:
            (folder / path.name).symlink_to(path)
    if not (folder / ".venv").exists():
        (folder / ".venv").symlink_to(sys.prefix)
    yield folder
    for home in (folder / ".bee", folder / ".bee-own"):
        discard_server(home)


def environment(checkout: Path) -> dict[str, str]:
    """Return a newcomer's environment, with the command line's short name in case no setup made it."""
    programs = checkout.parent / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "bee").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bee "$@"\n')
    (programs / "bee").chmod(0o755)
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{programs}:{os.environ['PATH']}"
    return kept | {"PATH": path, "HOME": str(checkout.parent), "BEE_DASHBOARD_PORT": "0", "BEE_API_PORT": "0"}


def run_section(checkout: Path, title: str) -> str:
    """Run the commands of a section as somebody who pastes them, and return what they said."""
    done = subprocess.run(
        ["/bin/sh", "-eu"],
        input=f"PS1=\n{blocks()[title]}",
        cwd=checkout,
        env=environment(checkout),
        capture_output=True,
        text=True,
        check=False,
        timeout=DONE_WITHIN_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_section_with_commands_is_run_by_a_test_or_by_ci() -> None:
    assert set(blocks()) == {
        "Start",
        "Your own events",
        "A real installation",
        "Does the score mean something?",
        "Does a notification help?",
    }
    assert commands(blocks()["Start"]) == ["make run", "make test"]
    assert "exec make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.slow
def test_your_own_events_become_scores(checkout: Path) -> None:
    said = run_section(checkout, "Your own events")
    assert "Applied 20260101000000_roles." in said
    assert "2 members read: 2 added" in said
    assert "7 events read: 7 added" in said
    assert "Members scored: 2." in said
    assert "2026-11-02:" in said
    assert re.search(r"^ +\S+  in all; without any event", said, re.MULTILINE)
    assert "/join?token=" in said
    with (checkout / "scores.csv").open(encoding="utf-8", newline="") as file:
        assert ("anna-1", "2026-11-02") in {
            (row["external_id"], row["score_date"]) for row in csv.DictReader(file)
        }
    assert is_running(checkout / ".bee-own")
    assert not (checkout / ".bee").exists()


@pytest.mark.slow
def test_a_real_installation_is_made_and_answers(checkout: Path) -> None:
    said = run_section(checkout, "A real installation")
    assert (checkout / ".env.local").read_text() == (ROOT / ".env.example").read_text()
    assert "ana@example.org is invited." in said
    assert re.search(r"^fine +migrations", said, re.MULTILINE)


@pytest.mark.slow
def test_a_definition_is_judged(checkout: Path) -> None:
    for command in (["migrate"], ["demo", "--members", "60"], ["score"]):
        subprocess.run(["bee", *command], cwd=checkout, env=environment(checkout), check=True)
    said = run_section(checkout, "Does the score mean something?")
    assert "AUC" in said
    assert json.loads(said[said.index("\n{") :])


@pytest.mark.slow
def test_a_notification_is_judged(checkout: Path) -> None:
    said = run_section(checkout, "Does a notification help?")
    assert said.startswith("30 members, 538 available decision points of 630, 278 of them treated.")
    terms = json.loads(said[said.index("\n{") :])["terms"]
    assert [term["name"] for term in terms] == ["effect", "state: Steady"]


@pytest.mark.slow
def test_make_run_ends_with_sign_ins_that_work_and_ctrl_c_stops_it(checkout: Path) -> None:
    output = checkout / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            ["make", "--old-file=.venv/installed", "run"],
            cwd=checkout,
            env=environment(checkout) | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(
            lambda: "Ctrl-C stops everything." in output.read_text() or process.poll() is not None,
            STARTED_WITHIN_S,
        )
        assert process.poll() is None, output.read_text()
        running = read_running(checkout / ".bee")
        assert running is not None
        for account in DEMO_ACCOUNTS:
            assert f"{account.email}  {demo_password(checkout / '.bee')}\n" in output.read_text()
            assert signs_in(running.dashboard, account.email, demo_password(checkout / ".bee"))
        assert httpx.get(f"{running.api}/v1/version").json()["version"]
        processes = [psutil.Process(mark.pid) for mark in (running.supervisor, *running.children)]
        os.killpg(process.pid, signal.SIGINT)
        wait_until(lambda: gone(processes), STARTED_WITHIN_S)
        assert not is_running(checkout / ".bee")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(STARTED_WITHIN_S)


def signs_in(dashboard: str, email: str, password: str) -> bool:
    with httpx.Client(base_url=dashboard, timeout=30) as client:
        answer = client.post(
            "/login",
            data={"email": email, "password": password, "next": "/"},
            headers={"Origin": dashboard},
        )
        return answer.headers.get("location") == "/" and client.get("/").status_code == 200


def test_every_target_of_make_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", README))
    assert {"setup", "clean"} <= named <= targets


def leaves() -> set[str]:
    """Return every command of the command line in full."""
    root: Any = typer.main.get_command(app)
    return {leaf for name, command in root.commands.items() for leaf in below(f"bee {name}", command)}


def below(words: str, command: Any) -> Iterator[str]:
    """Yield a command, or those of a group, however deep."""
    inner = getattr(command, "commands", None)
    if inner is None or command.invoke_without_command:
        yield words
    for name, leaf in (inner or {}).items():
        yield from below(f"{words} {name}", leaf)


def test_the_table_of_commands_is_the_command_line() -> None:
    table = README.split("## The command line")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`bee .*?) \|", table, flags=re.MULTILINE)
    named = [code for row in rows for code in re.findall(r"`([^`]+)`", row)]
    assert set(named) == leaves()
    assert len(named) == len(set(named))


def test_every_path_of_the_house_exists() -> None:
    house = README.split("## The house")[1].split("```")[1]
    paths = re.findall(r"(?:^|(?<=  ))([\w./<>-]+(?:/|\.py))(?=  )", house, flags=re.MULTILINE)
    assert {"app.py", "bee/db/", "sql/<domain>/"} <= set(paths)
    for path in paths:
        assert list(ROOT.glob(re.sub(r"<\w+>", "*", path).rstrip("/"))), path


def test_every_page_that_is_linked_exists() -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
