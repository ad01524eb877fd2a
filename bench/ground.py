"""What the benches of one scale stand on: the data's files, and a database with nobody or everybody scored."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.momentum.scoring import score
from bench.data import scaled
from bench.place import new_database, owner, settle

# In the middle of two of the four terms: half of the people are at work.
BUSY = datetime(2014, 3, 20, 12, tzinfo=UTC)
CLEARED = (
    "daily_engagement_scores, score_restatements, score_frontiers, stale_days, engagement_days,"
    " engagement_recoveries"
)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How often each is measured, how many requests are made, among how many memories some are looked for."""

    rounds: int
    requests: int
    memories: int


@dataclass(slots=True)
class Ground:
    """One scale: ``folder`` holds its data, ``server`` new databases, ``work`` files."""

    server: ServerAddress
    folder: Path
    work: Path
    amounts: Amounts
    stack: ExitStack
    _imported: ServerAddress | None = None
    _everybody: ServerAddress | None = None

    @property
    def rounds(self) -> int:
        """How often each is measured."""
        return self.amounts.rounds

    @property
    def requests(self) -> int:
        """How many requests are made while memory is looked at."""
        return self.amounts.requests

    def imported(self) -> ServerAddress:
        """Return a database with the data in it and nobody scored."""
        if self._imported is None:
            self._imported = self.stack.enter_context(new_database(self.server, "bench_scores"))
            bring_in(self._imported, self.folder, self.work)
            with owner(self._imported) as connection:
                connection.execute("create table bench_dues as table score_dues")
                connection.execute("vacuum analyze")
        forget_scores(self._imported)
        self._everybody = None
        return self._imported

    def everybody(self) -> ServerAddress:
        """Return the database with everybody scored through the day before :data:`BUSY`, and nobody gone."""
        if self._everybody is None:
            address = self.imported()
            with owner(address) as connection:
                connection.execute("update members set left_on = null")
                # On the days that will be scored one by one things happen; nothing is known of later ones.
                last = BUSY.date() + timedelta(days=self.rounds)
                connection.execute("delete from engagement_events where event_date > %s", [last])
            score_through(address, BUSY)
            with owner(address) as connection:
                connection.execute("vacuum analyze")
            self._everybody = address
        return self._everybody


@contextmanager
def break_ground(
    server: ServerAddress, data: Path, work: Path, scale: int, amounts: Amounts
) -> Iterator[Ground]:
    """Make the ground of a scale; its databases go in the end."""
    with ExitStack() as stack:
        yield Ground(server, scaled(data, scale, work), work, amounts, stack)


def bring_in(address: ServerAddress, folder: Path, work: Path) -> int:
    """Import the data and return how many events were added."""
    from bee.members.oulad import import_oulad

    database = Database(address)
    try:
        return import_oulad(
            database,
            folder,
            rejects=work / "rejects.csv",
            workplaces=work / "imports",
            now=datetime.now(UTC),
        ).added
    finally:
        database.dispose()


def score_through(address: ServerAddress, now: datetime, login: Login = Login.OWNER) -> int:
    """Score whatever is due at an instant and return how many rows were written."""
    database = Database(address)
    try:
        return score(database, now=now, login=login).rows_written
    finally:
        database.dispose()


def forget_scores(address: ServerAddress) -> None:
    """Have everybody due again, and nothing scored."""
    with owner(address) as connection, connection.transaction():
        connection.execute(f"truncate {CLEARED}".encode())
        connection.execute("delete from score_dues")
        connection.execute("insert into score_dues table bench_dues")
    settle(address)


def next_noon(address: ServerAddress) -> datetime:
    """Return noon of the day on which the first unscored day is over."""
    with owner(address) as connection:
        row = connection.execute("select max(scored_through) from score_frontiers").fetchone()
    assert row is not None
    return datetime.combine(row[0] + timedelta(days=2), BUSY.timetz())
