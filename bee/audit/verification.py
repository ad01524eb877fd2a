"""Verifying: the chain computed again from the rows as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass

from bee.audit.chain import GENESIS, Entry, seal_digest
from bee.audit.sealing import Seal
from bee.db import ReadSession


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. ``broken``: the first fault in words, None when every seal holds.

    ``head``: the newest digest in hex; kept elsewhere, it shows later whether the end was cut off.
    """

    seals: int
    rows_sealed: int
    rows_unsealed: int
    broken: str | None
    head: str


def verify(session: ReadSession, *, head: str | None = None) -> Verification:
    """Compute the whole chain again, a seal at a time.

    ``head``: the head of an earlier verification, or its beginning, in hex. The chain alone holds just as well when
    its end is cut off together with the seals; that an earlier head is gone shows it.
    """
    previous, after_transaction, after_id, rows = GENESIS, 0, 0, 0
    seals = session.all(Seal, "audit/seals")
    broken = None
    for seal in seals:
        entries = session.all(
            Entry,
            "audit/sealed",
            after_transaction=str(after_transaction),
            after_id=after_id,
            through_transaction=str(seal.through_transaction),
            through_id=seal.through_id,
        )
        broken = _fault(seal, entries, previous)
        if broken:
            break
        previous, rows = bytes(seal.digest), rows + len(entries)
        after_transaction, after_id = seal.through_transaction, seal.through_id
    unsealed = session.scalar(
        "audit/count_unsealed",
        after_transaction=str(seals[-1].through_transaction) if seals else "0",
        after_id=seals[-1].through_id if seals else 0,
    )
    if broken is None and rows + unsealed != (there := session.scalar("audit/count")):
        broken = f"{there - rows - unsealed} rows stand where no seal begins: they were put in afterwards"
    if broken is None and head is not None and not _is_on_chain(head, seals):
        broken = f"no seal has the head {head}: the end was cut off or written anew since"
    return Verification(len(seals), rows, int(unsealed), broken, previous.hex())


def _is_on_chain(head: str, seals: Sequence[Seal]) -> bool:
    digests = (GENESIS, *(bytes(seal.digest) for seal in seals))
    return any(digest.hex().startswith(head.lower()) for digest in digests)


def _fault(seal: Seal, entries: list[Entry], previous: bytes) -> str | None:
    where = f"seal {seal.id} (rows through {seal.through_id})"
    if bytes(seal.previous) != previous:
        return f"{where} does not follow the seal before it: a seal was removed or changed"
    if len(entries) != seal.rows_sealed:
        return f"{where} covers {seal.rows_sealed} rows and {len(entries)} are there"
    if seal_digest(previous, entries) != bytes(seal.digest):
        return f"{where} does not match its rows: at least one of them was changed"
    return None
