"""Where the database is, and how each login reaches it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bee.db.logins import Login, login_password
from bee.errors import Invalid
from bee.secret import installation_secret
from bee.settings import Settings


@dataclass(frozen=True, slots=True, repr=False)
class ServerAddress:
    """A server and its database: libpq's parameters, without the login.

    ``owner``: the user and password that may make roles and tables.
    ``login_secret``: what the logins' passwords are derived from; None where the server asks for none.
    """

    base: tuple[tuple[str, str], ...]
    owner: tuple[tuple[str, str], ...]
    login_secret: str | None

    def parameters(self, login: Login) -> dict[str, Any]:
        """Return libpq's connection parameters for a login."""
        if login is Login.OWNER:
            return dict((*self.base, *self.owner))
        password = {} if self.login_secret is None else {"password": login_password(self.login_secret, login)}
        return dict(self.base) | {"user": login.value} | password

    @property
    def is_embedded(self) -> bool:
        """Whether it is the server that the program itself starts."""
        return self.login_secret is None

    @property
    def place(self) -> str:
        """Host or socket folder, port and database, for people."""
        base = dict(self.base)
        port = f":{base['port']}" if "port" in base else ""
        return f"{base.get('host', '')}{port}/{base.get('dbname', '')}"

    def __repr__(self) -> str:
        return f"ServerAddress({self.place})"


def server_address(settings: Settings) -> ServerAddress:
    """Return where the database of these settings is; the embedded server is started if it is down."""
    if settings.database_url is not None:
        return _remote(settings)
    # Lazily: a deployment with a server of its own never needs the embedded one.
    from bee.db.embedded import ensure_server

    return ensure_server(settings.home)


def embedded_address(socket_folder: str, port: int) -> ServerAddress:
    """Return the address of the embedded server, which is reached over its socket only."""
    base = (("host", socket_folder), ("port", str(port)), ("dbname", "bee"))
    return ServerAddress(base, (("user", "postgres"),), None)


def _remote(settings: Settings) -> ServerAddress:
    assert settings.database_url is not None
    try:
        url = make_url(settings.database_url.get_secret_value())
    except ArgumentError as error:
        raise Invalid(
            "database_url", "DATABASE_URL is no PostgreSQL address (postgresql://user@host/name)."
        ) from error
    if not url.drivername.startswith("postgres"):
        raise Invalid("database_url", f"DATABASE_URL names {url.drivername}, not PostgreSQL.")
    options = {key: value for key, value in url.query.items() if isinstance(value, str)}
    base = {"host": url.host, "port": str(url.port) if url.port else None, "dbname": url.database} | options
    owner = {"user": url.username, "password": str(url.password) if url.password else None}
    return ServerAddress(_given(base), _given(owner), installation_secret(settings))


def _given(parameters: dict[str, str | None]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in parameters.items() if value)
