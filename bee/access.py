"""Who looks at the dashboard, and as which database role; what a role may see stands in the migrations."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from bee.errors import Forbidden


class StaffRole(StrEnum):
    """What somebody on the staff does here; one person may have several roles."""

    PRODUCT = "product"
    COACH = "coach"
    ONCALL = "oncall"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody on the staff who is signed in."""

    staff_id: UUID
    email: str
    full_name: str
    roles: frozenset[StaffRole]
    is_demo: bool

    def has_any(self, roles: Iterable[StaffRole]) -> bool:
        """Whether one of the roles is theirs; an admin has them all."""
        return StaffRole.ADMIN in self.roles or not self.roles.isdisjoint(roles)


def acting_role(viewer: Viewer, allowed: Iterable[StaffRole]) -> str:
    """Return the database role in which a viewer does something that the ``allowed`` roles may do.

    An admin acts as admin; anybody else in the first of the allowed roles that is theirs. Raises
    :class:`Forbidden` when none is.
    """
    if StaffRole.ADMIN in viewer.roles:
        return "bee_admin"
    for role in allowed:
        if role in viewer.roles:
            return f"bee_{role}"
    raise Forbidden("role_missing", "This page is not for your role.")
