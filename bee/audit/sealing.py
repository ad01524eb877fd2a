"""Sealing: the worker chains what no earlier row can join any more."""

import logging
from dataclasses import dataclass

from bee.audit.chain import GENESIS, Entry, seal_digest
from bee.db import WriteSession

MOST_ROWS = 10_000

log = logging.getLogger("bee.audit")


@dataclass(frozen=True, slots=True)
class Seal:
    """A link of the chain: it covers the rows behind the seal before it, up to and with the one it names."""

    id: int
    through_transaction: int
    through_id: int
    rows_sealed: int
    previous: bytes
    digest: bytes


def seal(session: WriteSession) -> int:
    """Seal the oldest rows that are not sealed yet and return how many, at most ``MOST_ROWS``.

    A transaction that began earlier and is still open could yet append rows before those of a later one, so
    only what is older than every open transaction is taken. While another process seals, nothing is.
    """
    if not session.scalar("audit/take_seal_lock"):
        return 0
    last = session.find(Seal, "audit/last_seal")
    entries = session.all(
        Entry,
        "audit/sealable",
        after_transaction=str(last.through_transaction) if last else "0",
        after_id=last.through_id if last else 0,
        most=MOST_ROWS,
    )
    if not entries:
        return 0
    previous = bytes(last.digest) if last else GENESIS
    digest = seal_digest(previous, entries)
    session.run(
        "audit/add_seal",
        through_transaction=str(entries[-1].transaction),
        through_id=entries[-1].id,
        rows_sealed=len(entries),
        previous=previous,
        digest=digest,
    )
    # Kept with the logs, away from the database: against it the end of the trail can be checked.
    log.info("sealing %d acts; head %s", len(entries), digest.hex())
    return len(entries)
