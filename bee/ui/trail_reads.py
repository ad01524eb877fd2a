"""What the audit page reads, never remembered: who looks for an act wants the newest one too."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bee.access import StaffRole
from bee.audit.search import Act, TrailSearch, search_trail, staff_names, trail_actions
from bee.audit.verification import Verification, verify
from bee.db import Login
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope

ACT_ID: Final = re.compile(r"[0-9]{1,18}")
ACTS_A_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000
PERIODS: Final[dict[str, timedelta | None]] = {
    "1d": timedelta(days=1),
    "1w": timedelta(weeks=1),
    "4w": timedelta(weeks=4),
    "All": None,
}
USUAL_PERIOD: Final = "1w"
SEE_TRAIL: Final = (StaffRole.ONCALL, StaffRole.ADMIN)


@dataclass(frozen=True, slots=True)
class TrailPage:
    """What the page shows. ``older``: the act below which more are found. ``names``: of the staff, by id."""

    acts: list[Act]
    older: int | None
    names: dict[str, str]


def read_actions(scope: Scope) -> list[str]:
    """Return the kinds of acts to choose from."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return trail_actions(session)


def read_trail(scope: Scope, search: TrailSearch, before: str | None) -> TrailPage:
    """Return one page of what is found. ``before``: the act to go on below; none at all is its beginning."""
    place = int(before) if before is not None and ACT_ID.fullmatch(before) else None
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        found = search_trail(session, search, most=ACTS_A_PAGE + 1, before=place)
        acts = found[:ACTS_A_PAGE]
        older = acts[-1].id if len(found) > ACTS_A_PAGE else None
        return TrailPage(acts, older, staff_names(session))


def read_all_acts(scope: Scope, search: TrailSearch) -> list[Act]:
    """Return everything that is found, for a file."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return search_trail(session, search, most=MOST_IN_A_FILE)


def verify_chain(head: str | None) -> Verification:
    """Compute the chain again, as whoever asks for it now. Raises as :func:`bee.ui.guard.acting` does."""
    scope = Scope.of(acting(StaffRole.ONCALL), SEE_TRAIL)
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return verify(session, head=head)


def since(period: timedelta | None, now: datetime) -> datetime | None:
    """Return when a period began that ends now."""
    return None if period is None else now - period
