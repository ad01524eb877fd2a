"""``sql/schema.sql``: what the migrations add up to, written by ``pg_dump`` and freed of what varies."""

import re
import subprocess

from bee.db.address import ServerAddress
from bee.db.logins import Login
from bee.db.place import package_server
from bee.db.queries import SQL_FOLDER
from bee.errors import Unavailable

SCHEMA_FILE = SQL_FOLDER / "schema.sql"
HEADER = (
    "-- What the migrations add up to. Written by `make schema`, never by hand; a test compares the two.\n\n"
)
# Of the tool and the moment, not of the schema.
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config\(.*|\\(un)?restrict .*)\n", re.MULTILINE)
BLANK_LINES = re.compile(r"\n{3,}")


def dump_schema(address: ServerAddress) -> str:
    """Return the schema ``public`` of the embedded database as SQL, without rows and without owners."""
    place = address.parameters(Login.OWNER)
    where = ["--host", place["host"], "--port", place["port"], "--username", place["user"]]
    done = subprocess.run(
        [
            str(package_server() / "bin" / "pg_dump"),
            *("--schema-only", "--no-owner", "--schema", "public"),
            *where,
            place["dbname"],
        ],
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise Unavailable("schema_dump", f"The schema can't be dumped: {done.stderr.strip()}")
    return HEADER + normalise_dump(done.stdout)


def normalise_dump(dump: str) -> str:
    """Return a dump without comments, settings and runs of blank lines."""
    return BLANK_LINES.sub("\n\n", NOISE.sub("", dump)).strip() + "\n"
