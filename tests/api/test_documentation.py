"""What docs/api.md promises is what the program does."""

import re
from pathlib import Path

from starlette.testclient import TestClient

from bee.accounts.sessions import LIMITS
from bee.api.body import MOST_AUTH_BYTES, MOST_BYTES, MOST_UNPACKED_BYTES
from bee.api.patience import MOST_HEAD_BYTES
from bee.api.realtime.limits import RealtimeLimits
from bee.api.routes.events import EXAMPLES, MOST_EVENTS
from bee.api.routes.meta import API_VERSION
from bee.settings import Settings

TEXT = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")


def test_every_number_is_the_program_s() -> None:
    defaults = Settings.model_construct()
    assert f"up to {MOST_EVENTS:,}" in TEXT
    assert f"{defaults.requests_per_minute} in any 60 seconds" in TEXT
    assert f"| {defaults.table_requests_per_minute} (`BEE_TABLE_REQUESTS_PER_MINUTE`)" in TEXT
    assert f"{LIMITS.per_account} an account, {LIMITS.per_address} an address" in TEXT
    sockets = (defaults.sockets_per_address, defaults.sockets_per_member, RealtimeLimits().sockets)
    told = "{} an address (`BEE_SOCKETS_PER_ADDRESS`), {} a member (`BEE_SOCKETS_PER_MEMBER`), {:,} in all"
    assert told.format(*sockets) in TEXT
    assert f"| {MOST_HEAD_BYTES >> 10} KiB, the address itself" in TEXT
    sizes = (MOST_BYTES, MOST_UNPACKED_BYTES, MOST_AUTH_BYTES)
    assert "{} MiB, {} MiB unpacked; {} MiB under".format(*(size >> 20 for size in sizes)) in TEXT


def test_every_address_is_described(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for address in re.findall(r"`(?:[A-Z]+ )?(/[a-z0-9/_.-]+)`", TEXT):
        if address in {"/docs", "/openapi.json", "/metrics", "/functions/v1"}:
            continue
        assert any(path == address or path.startswith(f"{address}/") for path in paths), address


def test_the_newest_release_note_is_of_this_version() -> None:
    notes = TEXT.split("## Release notes")[1]
    assert re.findall(r"^\| (\d+\.\d+\.\d+) \|", notes, re.MULTILINE)[0] == API_VERSION


def test_the_example_is_the_one_that_is_described() -> None:
    assert EXAMPLES["one"]["value"]["id"] in TEXT
