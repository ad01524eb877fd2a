"""What the trail does not keep for ever: its beginning, behind a seal on which the chain goes on."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bee.audit.trail import Actor, record
from bee.db import WriteSession

YEAR: Final = timedelta(days=365.25)

log = logging.getLogger("bee.audit")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The seal that is left of the beginning, and how many acts and seals before it are gone."""

    seal_id: int
    digest: bytes
    acts: int
    seals: int


def forget_old_acts(session: WriteSession, *, kept_years: int, now: datetime) -> int:
    """Forget acts that were sealed long enough ago and return how many; the trail says so, and up to which digest.

    Only as the owner of the tables. What is not sealed yet is never forgotten.
    """
    before = now - kept_years * YEAR
    found = session.find(Forgotten, "audit/forget_acts", before=before)
    if found is None:
        return 0
    digest = bytes(found.digest).hex()
    record(
        session,
        actor=Actor.system(),
        action="trail.forgotten",
        subject_kind="seal",
        subject_id=found.seal_id,
        before={"acts": found.acts, "seals": found.seals, "sealed_before": before},
        after={"digest": digest},
        reason=f"kept for {kept_years} years",
    )
    log.info("forgetting %d acts; the chain goes on from %s", found.acts, digest)
    return found.acts
