"""What somebody does with their own account."""

from bee.access import Viewer
from bee.errors import Invalid, Unauthenticated
from bee.staff import change_password
from bee.ui.guard import session_token
from bee.ui.house import get_house
from bee.ui.passwords import password_complaint
from bee.ui.sessions import utc_now


def change_own_password(viewer: Viewer, *, old: str, new: str, again: str) -> None:
    """Change the viewer's password. Raises :class:`Invalid` or :class:`Unauthenticated` with what is wrong."""
    complaint = password_complaint(new, again)
    if complaint is not None:
        raise Invalid("bad_password", complaint)
    house, token = get_house(), session_token()
    if token is None:
        raise Unauthenticated("no_session", "Sign in again.")
    change_password(house.database, viewer, old=old, new=new, token=token, now=utc_now())
    house.sessions.forget()
