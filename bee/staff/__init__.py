"""Who works here: signing in and out, invitations, roles, and which coach has which members."""

from bee.staff.actions import (
    StaffMember,
    assign_coach,
    change_roles,
    deactivate,
    invite,
    list_staff,
    reactivate,
    reset_password,
)
from bee.staff.links import accept_link, change_password, find_link
from bee.staff.sessions import SignedIn, end_session, find_viewer, sign_in

__all__ = [
    "SignedIn",
    "StaffMember",
    "accept_link",
    "assign_coach",
    "change_password",
    "change_roles",
    "deactivate",
    "end_session",
    "find_link",
    "find_viewer",
    "invite",
    "list_staff",
    "reactivate",
    "reset_password",
    "sign_in",
]
