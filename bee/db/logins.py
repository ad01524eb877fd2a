"""The logins of the program, and how their passwords come about."""

from enum import StrEnum

from bee.secret import derived


class Login(StrEnum):
    """Who a process is to the database. Each may do only what the migrations grant it.

    ``OWNER`` owns the tables and so is outside row-level security: migrations and bulk loads only.
    """

    OWNER = "bee_migrator"
    WORKER = "bee_worker"
    SYSTEM = "bee_system"
    API = "bee_api"
    DASHBOARD = "bee_dashboard"


def login_password(secret: str, login: Login) -> str:
    """Return the password of a login: one secret, a different password for each, none of them stored."""
    return derived(secret, f"login:{login}")
