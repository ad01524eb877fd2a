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
    ``begins_after``: the digest of the seal on which the chain goes on where its beginning was forgotten, or None.
    """

    seals: int
    rows_sealed: int
    rows_unsealed: int
    broken: str | None
    head: str
    begins_after: str | None = None


def verify(session: ReadSession, *, head: str | None = None) -> Verification:
    """Compute the whole chain again, a seal at a time.

    ``head``: the head of an earlier verification, or its beginning, in hex. The chain alone holds just as well when
    its end is cut off together with the seals; that an earlier head is gone shows it.
    """
    seals = session.all(Seal, "audit/seals")
    first, broken = _beginning(session, seals)
    previous, after_transaction, after_id, rows = GENESIS, 0, 0, 0
    if first is not None:
        previous = bytes(first.digest)
        after_transaction, after_id = first.through_transaction, first.through_id
    for seal in seals[1:] if first else seals:
        if broken:
            break
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
        older = " or it is older than what is kept" if first else ""
        broken = f"no seal has the head {head}: the end was cut off or written anew since{older}"
    begins_after = bytes(first.digest).hex() if first else None
    return Verification(
        len(seals) - (first is not None), rows, int(unsealed), broken, previous.hex(), begins_after
    )


def _beginning(session: ReadSession, seals: Sequence[Seal]) -> tuple[Seal | None, str | None]:
    """Return the seal that is left of a forgotten beginning, and the fault where the trail does not say so."""
    if not seals:
        return None, None
    first = seals[0]
    said = session.scalar("audit/checkpoint", seal_id=first.id)
    if said is None and bytes(first.previous) == GENESIS:
        return None, None
    if said == bytes(first.digest).hex():
        return first, None
    return (
        first,
        f"seal {first.id} is the first, and the trail does not say that what it follows was forgotten",
    )


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
