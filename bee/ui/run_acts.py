"""What people do with runs on the page: each act one call and one transaction, by who is there then."""

import secrets
from typing import Final
from uuid import UUID

from bee.access import StaffRole
from bee.coach.lab.run import Wanted, cancel_run, request_run
from bee.ui.acts import act
from bee.ui.house import get_house

MAY_RUN: Final = StaffRole.COACH
SEEDS: Final = 1 << 31


def request(wanted: Wanted) -> int:
    """Ask for a run and return its number; by lot in which order its questions come."""
    environment, seed = get_house().settings.environment, secrets.randbelow(SEEDS)
    return act(
        MAY_RUN,
        lambda session, actor: (
            request_run(session, wanted, environment=environment, seed=seed, actor=actor).number
        ),
    )


def cancel(run_id: UUID) -> None:
    """Call a run off. Raises :class:`bee.errors.Conflict` where it is over."""
    act(MAY_RUN, lambda session, actor: cancel_run(session, run_id, actor=actor))
