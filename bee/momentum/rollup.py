"""The totals that pages read: a day, a segment, a state; always computed whole, never counted up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np
import pyarrow as pa

from bee.db import Database, Login, ReadSession, WriteSession
from bee.momentum.batch import Flags, Rows
from bee.momentum.engine import STATES, Ints
from bee.momentum.exchange import copy_in, read_copy, table_text
from bee.momentum.recoveries import refresh_recoveries

# Days computed in one statement: enough to be quick, few enough to stay small at many members.
DAYS_AT_ONCE: Final = 60
SEGMENT_COLUMNS: Final = {"member": pa.int64(), "segment": pa.string(), "mark": pa.int64()}


@dataclass(frozen=True, slots=True)
class Belonging:
    """Who belongs where: ``inside`` has a row a segment, in the order of ``names``, and a column a member.

    ``mark``: the sum of the marks of each pair, by which a later change is noticed.
    """

    names: list[str]
    inside: Flags
    mark: int


@dataclass(frozen=True, slots=True)
class StaleDay:
    """A day whose totals are no longer right."""

    score_date: date


@dataclass(slots=True)
class Totals:
    """Totals added up over batches that together hold everybody's rows."""

    belonging: Belonging
    parts: list[pa.Table] = field(default_factory=list)

    def add(self, rows: Rows, places: Ints) -> None:
        """Add a batch. ``places``: which column of the belonging each member of the batch is."""
        complete = rows.is_complete
        if not complete.any():
            return
        member, day = places[rows.member[complete]], rows.day[complete]
        first = day.min()
        cell = (day - first) * len(STATES) + rows.state[complete]
        cells = int(cell.max()) + 1
        for name, members in zip(self.belonging.names, self.belonging.inside, strict=True):
            inside = members[member]
            if not inside.any():
                continue
            counts = np.bincount(cell[inside], minlength=cells)
            full = np.flatnonzero(counts)
            finals = np.bincount(cell[inside], rows.final[complete][inside], minlength=cells)
            raws = np.bincount(cell[inside], rows.raw[complete][inside], minlength=cells)
            self.parts.append(
                pa.table(
                    {
                        "score_date": pa.array((first + full // len(STATES)).astype(np.int32)).cast(
                            pa.date32()
                        ),
                        "segment": pa.repeat(name, len(full)),
                        "momentum_state": pa.array(
                            [STATES[code].value for code in full % len(STATES)], pa.string()
                        ),
                        "members": pa.array(counts[full]),
                        "final_sum": pa.array(finals[full]),
                        "raw_sum": pa.array(raws[full]),
                    }
                )
            )

    def write(self, session: WriteSession) -> None:
        """Write the totals into the empty table."""
        if not self.parts:
            return
        keys = ["score_date", "segment", "momentum_state"]
        sums = ["members", "final_sum", "raw_sum"]
        summed = pa.concat_tables(self.parts).group_by(keys).aggregate([(name, "sum") for name in sums])
        table = summed.select([*keys, *(f"{name}_sum" for name in sums)])
        copy_in(session, "momentum/copy_days", table_text(table))


def read_belonging(session: ReadSession, members: Sequence[UUID]) -> Belonging:
    """Return the segments of each member of a list."""
    table = read_copy(session, "momentum/copy_segments", SEGMENT_COLUMNS, {"members": list(members)})
    segments = table["segment"].combine_chunks().dictionary_encode()
    names = segments.dictionary.to_pylist()
    inside = np.zeros((len(names), len(members)), bool)
    inside[segments.indices.to_numpy(), table["member"].to_numpy()] = True
    return Belonging(names, inside, sum(table["mark"].to_pylist()))


def mark_stale(session: WriteSession, days: list[date]) -> None:
    """Say, with the change itself, that the totals of days are no longer right."""
    if days:
        session.run("momentum/mark_stale_days", days=days)


def write_totals(database: Database, totals: Totals) -> bool:
    """Write totals that hold everybody, and return whether they still do: if not, the days stay stale.

    Not while a member was removed or changed segments since the batch was read. Needs ``Login.OWNER``.
    """
    with database.writing(Login.OWNER) as session:
        session.run("momentum/hold_members")
        if session.scalar("momentum/segments_mark") != totals.belonging.mark:
            return False
        days = _stale(session)
        session.run("momentum/settle_stale_days", days=days)
        # Those of members who are all gone may be left.
        session.run("momentum/clear_days", days=days)
        totals.write(session)
        # Each batch said with its rows that their days are stale: these are all days that have totals.
        if days:
            refresh_recoveries(session, days[0], days[-1])
    return True


def roll_up(database: Database, login: Login) -> list[date]:
    """Compute the totals of the stale days again, some days a transaction, and return which they were."""
    with database.writing(login) as session:
        session.run("momentum/mark_new_segments")
        stale = _stale(session)
    for first in range(0, len(stale), DAYS_AT_ONCE):
        days = stale[first : first + DAYS_AT_ONCE]
        with database.writing(login) as session:
            session.run("momentum/settle_stale_days", days=days)
            session.run("momentum/clear_days", days=days)
            session.run("momentum/add_days", days=days)
            refresh_recoveries(session, days[0], days[-1])
    return stale


def _stale(session: ReadSession) -> list[date]:
    return [row.score_date for row in session.all(StaleDay, "momentum/stale_days")]


def touched_dates(days: Ints) -> list[date]:
    """Return days since 1970 as dates, in order and each once."""
    return [day.astype(object) for day in np.unique(days).astype("datetime64[D]")]
