"""Demo accounts: one a role, for looking at demo members on one's own machine; the gate refuses them elsewhere."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bee.access import StaffRole
from bee.db import Database, Login
from bee.passwords import is_password
from bee.staff.passwords import hash_password
from bee.staff.sessions import GATE, Account

PASSWORD_FILE: Final = "demo-password"  # noqa: S105  # the name of a file


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Somebody made up who may sign in."""

    email: str
    full_name: str
    role: StaffRole


# The coach is one of those whom demo members are assigned to.
DEMO_ACCOUNTS: Final = (
    DemoAccount("paula.demo@example.org", "Paula Demo", StaffRole.PRODUCT),
    DemoAccount("cora.demo@example.org", "Cora Demo", StaffRole.COACH),
    DemoAccount("omar.demo@example.org", "Omar Demo", StaffRole.ONCALL),
    DemoAccount("ada.demo@example.org", "Ada Demo", StaffRole.ADMIN),
)


def demo_password(home: Path) -> str:
    """Return this machine's demo password, made when first needed: no two machines have the same."""
    path = home / PASSWORD_FILE
    # An empty one was cut short.
    if not path.exists() or not path.read_text(encoding="ascii").strip():
        path.touch(mode=0o600)
        path.write_text(f"demo-{secrets.token_hex(4)}\n", encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def save_demo_accounts(database: Database, password: str) -> None:
    """Add the demo accounts that are missing and let all of them sign in with the password."""
    with database.reading(Login.DASHBOARD, role=GATE) as reader:
        found = [reader.find(Account, "staff/account_by_email", email=demo.email) for demo in DEMO_ACCOUNTS]
    hashes = {account.password_hash if account else None for account in found}
    # One hash for all: each costs a quarter of a second on purpose, and the password is the same.
    if len(hashes) == 1 and is_password(password, hashes.pop()):
        return
    with database.writing(Login.OWNER) as session:
        session.run(
            "staff/save_demo_staff",
            emails=[demo.email for demo in DEMO_ACCOUNTS],
            names=[demo.full_name for demo in DEMO_ACCOUNTS],
            roles=[demo.role.value for demo in DEMO_ACCOUNTS],
            password_hash=hash_password(password),
        )


def bar_demo_accounts(database: Database) -> None:
    """Let nobody sign in with a demo account: there are members now who are nobody's invention."""
    with database.writing(Login.OWNER) as session:
        session.run("staff/bar_demo_staff")
