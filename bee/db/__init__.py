"""PostgreSQL: transactions that read or write, the queries of ``sql/``, migrations, the embedded server."""

from bee.db.database import Database, Identity
from bee.db.logins import Login
from bee.db.session import ReadSession, WriteSession

__all__ = ["Database", "Identity", "Login", "ReadSession", "WriteSession"]
