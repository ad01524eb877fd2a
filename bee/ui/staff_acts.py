"""What admins do on the staff page: each is one call and one transaction."""

from collections.abc import Callable, Collection
from typing import Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import streamlit as st

from bee import staff
from bee.access import StaffRole, Viewer
from bee.audit import Actor
from bee.db import Login, WriteSession
from bee.errors import Invalid
from bee.ui.acts import act
from bee.ui.house import get_house
from bee.ui.sessions import utc_now

ADMIN_ROLE: Final = "bee_admin"
Result = TypeVar("Result")


def read_staff(viewer: Viewer) -> list[staff.StaffMember]:
    """Return everybody on the staff, as they are now."""
    with get_house().database.reading(Login.DASHBOARD, role=ADMIN_ROLE, staff_id=viewer.staff_id) as session:
        return staff.list_staff(session)


def invite(*, email: str, full_name: str, roles: Collection[StaffRole]) -> str:
    """Invite somebody and return the one-time link. Raises :class:`Invalid` for an address or name that is none."""
    # Importing it runs Streamlit calls that complain when made before there is an application.
    from streamlit_authenticator.utilities import Validator

    if not Validator().validate_email(email.strip()):
        raise Invalid("bad_email", "This is no e-mail address.")
    if full_name.strip() and not Validator().validate_name(full_name.strip()):
        raise Invalid("bad_name", "A name has 2 to 100 letters.")
    token = _act(
        lambda session, actor: staff.invite(
            session, email=email, full_name=full_name, roles=roles, actor=actor, now=utc_now()
        ),
    )
    return join_link(token)


def offer_new_password(staff_id: UUID) -> str:
    """Return a one-time link with which somebody chooses a new password."""
    return join_link(
        _act(
            lambda session, actor: staff.reset_password(session, staff_id, actor=actor, now=utc_now()),
        )
    )


def change_roles(staff_id: UUID, roles: Collection[StaffRole]) -> None:
    """Give somebody these roles and no others; pages that they have open follow within seconds."""
    _act(lambda session, actor: staff.change_roles(session, staff_id, roles, actor=actor))


def revoke(staff_id: UUID) -> None:
    """End somebody's access and the sessions that they have open."""
    _act(lambda session, actor: staff.deactivate(session, staff_id, actor=actor, now=utc_now()))


def restore(staff_id: UUID) -> None:
    """Give somebody their access back."""
    _act(lambda session, actor: staff.reactivate(session, staff_id, actor=actor))


def assign(coach_id: UUID | None, typed: str) -> int:
    """Assign the members whose numbers were typed to a coach, and return how many changed."""
    numbers = member_numbers(typed)
    return _act(lambda session, actor: staff.assign_coach(session, numbers, coach_id, actor=actor))


def member_numbers(typed: str) -> list[int]:
    """Return the numbers in a text such as ``P-12, 13 P-20``. Raises :class:`Invalid` for anything else in it."""
    numbers = []
    for word in typed.replace(",", " ").split():
        digits = word.upper().removeprefix("P-")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise Invalid("bad_number", f"{word!r} is no member's number; write them as P-12, P-13.")
        numbers.append(int(digits))
    if not numbers:
        raise Invalid("no_number", "Write the members' numbers, such as P-12, P-13.")
    return numbers


def join_link(token: str) -> str:
    """Return the address of a one-time link."""
    house = get_house()
    here = urlsplit(st.context.url or "")
    base = house.settings.public_url or f"{here.scheme}://{here.netloc}"
    return f"{base.rstrip('/')}/join?token={token}"


def _act(do: Callable[[WriteSession, Actor], Result]) -> Result:
    result = act(StaffRole.ADMIN, do)
    get_house().sessions.forget()
    return result
