"""The one way in which pages act: by who is there then, in one transaction; what was read before is forgotten."""

from collections.abc import Callable
from typing import TypeVar

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Login, WriteSession
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope, forget_reads

Result = TypeVar("Result")


def act(needs: StaffRole, do: Callable[[WriteSession, Actor], Result]) -> Result:
    """Do something for which a role is needed, and return what it came to. Raises as :func:`acting` and ``do``."""
    viewer = acting(needs)
    role = Scope.of(viewer, (needs,)).role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        result = do(session, Actor.staff(viewer.staff_id))
    forget_reads()
    return result
