"""What people see of the jobs and do about them: never remembered, each act one call and one transaction."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bee.access import StaffRole
from bee.db import Login
from bee.sla import jobs
from bee.sla.jobs import Kind, Run, RunSearch
from bee.ui.acts import act
from bee.ui.house import get_house
from bee.ui.reads import Scope

SEE_JOBS: Final = (StaffRole.ONCALL, StaffRole.ADMIN)
PERIODS: Final = {"1d": timedelta(days=1), "1w": timedelta(weeks=1), "4w": timedelta(weeks=4)}
USUAL_PERIOD: Final = "1d"
RUNS_A_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000
RUN_ID: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class JobPage:
    """What the page shows. ``older``: the run below which there are more."""

    now: datetime
    kinds: list[Kind]
    runs: list[Run]
    older: int | None


def read_jobs(scope: Scope, search: RunSearch, before: str | None, now: datetime) -> JobPage:
    """Return the kinds and one page of runs as they are now. ``before``: the run to go on below."""
    place = int(before) if before is not None and RUN_ID.fullmatch(before) else None
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        kinds = jobs.kinds(session, since=search.since, now=now)
        found = jobs.runs(session, search, most=RUNS_A_PAGE + 1, before=place)
    shown = found[:RUNS_A_PAGE]
    return JobPage(now, kinds, shown, shown[-1].id if len(found) > RUNS_A_PAGE else None)


def read_kinds(scope: Scope) -> list[str]:
    """Return the kinds to choose from."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return jobs.kind_names(session)


def read_all_runs(scope: Scope, search: RunSearch) -> list[Run]:
    """Return every run that is found, for a file."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return jobs.runs(session, search, most=MOST_IN_A_FILE)


def run_now(kind: str, key: str, reason: str) -> None:
    """Have a job run now. Raises as :func:`bee.sla.jobs.run_now` and :func:`bee.ui.guard.acting` do."""
    act(
        StaffRole.ONCALL,
        lambda session, actor: jobs.run_now(session, kind=kind, key=key, reason=reason, actor=actor),
    )
