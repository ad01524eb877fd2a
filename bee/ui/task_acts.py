"""What coaches see of their tasks and do about them: never remembered, each act one call and one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.access import StaffRole
from bee.db import Login
from bee.notify import tasks
from bee.notify.tasks import CoachName, Task, TaskCounts, TaskSearch
from bee.staff import assign_coach
from bee.ui.acts import act
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope, forget_reads
from bee.ui.sessions import utc_now

SEE_TASKS: Final = (StaffRole.COACH,)
DONE_WITHIN: Final = timedelta(days=7)
TASKS_SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class TaskBoard:
    """What the page shows."""

    counts: TaskCounts
    rows: list[Task]


def read_tasks(scope: Scope, search: TaskSearch) -> TaskBoard:
    """Return the tasks as they are now: of a coach's own members, or of all."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return TaskBoard(tasks.count_tasks(session, search), tasks.tasks(session, search, most=TASKS_SHOWN))


def read_task(scope: Scope, task_id: UUID) -> Task:
    """Return a task as it is now. Raises :class:`bee.errors.NotFound`."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return tasks.get_task(session, task_id, utc_now())


def read_coaches(scope: Scope) -> list[CoachName]:
    """Return who may be given members."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return tasks.coach_names(session)


def do_task(task_id: UUID, outcome: str, note: str) -> None:
    """Say what came of a task, as whoever acts. Raises as :func:`bee.notify.tasks.do_task` does."""
    viewer = acting(StaffRole.COACH)
    role = Scope.of(viewer, SEE_TASKS).role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        tasks.do_task(session, task_id, outcome, note, staff_id=viewer.staff_id, now=utc_now())
    forget_reads()


def give_to(number: int, coach_id: UUID) -> None:
    """Give a member, and with them their tasks, to another coach. Only for admins."""
    act(StaffRole.ADMIN, lambda session, actor: assign_coach(session, [number], coach_id, actor=actor))


def done_since(now: datetime) -> datetime:
    """Return from when on done tasks are shown."""
    return now - DONE_WITHIN
