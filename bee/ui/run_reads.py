"""What the page of the runs reads: how one stands each time anew, what its answers come to remembered."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole
from bee.coach.lab.cases import current_cases
from bee.coach.lab.results import Results, results
from bee.coach.lab.run import Output, Run, find_run, outputs, runs
from bee.coach.prompts import PromptVersion, live_version, prompt_versions
from bee.coach.prompts.registry import COACH
from bee.db import Login
from bee.errors import NotFound
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope

SEE_RUNS: Final = (StaffRole.COACH,)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a run brought so far, and what that comes to."""

    outputs: list[Output]
    results: Results


@dataclass(frozen=True, slots=True)
class Offer:
    """What a run can be asked to be. ``tags``: of the current cases, each with how many have it."""

    versions: list[PromptVersion]
    live: int | None
    cases: int
    tags: dict[str, int]


def read_runs(scope: Scope) -> list[Run]:
    """Return the newest runs as they stand, the newest first."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return runs(session)


def read_run(scope: Scope, number: int) -> Run:
    """Return one run as it stands. Raises :class:`NotFound`."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        run = find_run(session, number)
    if run is None:
        raise NotFound("no_run", f"There is no run {number}.")
    return run


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_brought(scope: Scope, run_id: UUID, done: int) -> Brought:  # noqa: ARG001  # part of the key
    """Return what a run brought when it had ``done`` answers; none of them ever changes."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        found = outputs(session, run_id)
    return Brought(found, results(found))


def read_offer(scope: Scope) -> Offer:
    """Return what there is to run."""
    house = get_house()
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        live = live_version(session, COACH, house.settings.environment)
        cases = [case for case in current_cases(session) if not case.is_retired]
        tags = sorted({tag for case in cases for tag in case.tags})
        return Offer(
            versions=prompt_versions(session, COACH),
            live=None if live is None else live.number,
            cases=len(cases),
            tags={tag: sum(tag in case.tags for case in cases) for tag in tags},
        )
