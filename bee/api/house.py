"""What every route shares, made once a process."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from starlette.requests import HTTPConnection

from bee.accounts.keyring import Keyring
from bee.accounts.keys import sealing_of
from bee.accounts.tokens import api_key, api_key_secret
from bee.api.caller import Role
from bee.api.limits import Area, Limiter
from bee.api.tables.schema import Catalogue
from bee.api.verification import Verifier, local_verifier, remote_verifier
from bee.coach.engine import Coach
from bee.db import Database
from bee.errors import Conflict
from bee.running import read_running
from bee.settings import Settings
from bee.sla.probes.key import probe_key


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, repr=False)
class House:
    """The parts of the API. ``keyring``: None where a Supabase project signs members in.

    ``api_keys``: the keys that a client sends as ``apikey``, and the roles they give.
    """

    settings: Settings
    database: Database
    verifier: Verifier
    keyring: Keyring | None
    issuer: str
    api_keys: Mapping[str, Role]
    limiters: Mapping[Area, Limiter]
    clock: Callable[[], datetime]
    catalogue: Catalogue
    coach: Coach
    probe_key: str

    @classmethod
    def build(
        cls, database: Database, settings: Settings, *, clock: Callable[[], datetime] = utc_now
    ) -> Self:
        """Return the parts that the settings ask for."""
        if settings.issues_tokens:
            keyring = Keyring(database, sealing=sealing_of(settings), clock=clock)
            issuer = f"{public_address(settings)}/auth/v1"
            verifier = local_verifier(keyring, issuer=issuer, secret=api_key_secret(settings))
        else:
            keyring = None
            verifier = _project_verifier(settings)
        return cls(
            settings=settings,
            database=database,
            verifier=verifier,
            keyring=keyring,
            issuer=verifier.issuer or "",
            api_keys=local_api_keys(settings) if keyring else _project_keys(settings),
            limiters={
                area: Limiter(database, area, most=most)
                for area, most in (
                    (Area.V1, settings.requests_per_minute),
                    (Area.REST, settings.table_requests_per_minute),
                    (Area.GRAPHQL, settings.table_requests_per_minute),
                    (Area.REALTIME, settings.table_requests_per_minute),
                )
            },
            clock=clock,
            catalogue=Catalogue(database),
            coach=Coach(database, settings, clock=clock),
            probe_key=probe_key(settings),
        )

    def role_of_key(self, key: str) -> Role | None:
        """Return the role that a key gives, compared in constant time; None for one that is not ours."""
        found = None
        for ours, role in self.api_keys.items():
            if hmac.compare_digest(ours.encode(), key.encode()):
                found = role
        return found


def _project_verifier(settings: Settings) -> Verifier:
    secret = settings.supabase_jwt_secret
    return remote_verifier(
        project_url=settings.supabase_url, secret=secret.get_secret_value() if secret else None
    )


def _project_keys(settings: Settings) -> dict[str, Role]:
    keys = ((settings.supabase_anon_key, Role.ANON), (settings.supabase_service_role_key, Role.SERVICE))
    return {key.get_secret_value(): role for key, role in keys if key is not None}


def local_api_keys(settings: Settings) -> dict[str, Role]:
    """Return the keys of this installation and the roles that they give."""
    secret = api_key_secret(settings)
    return {api_key(role, secret=secret): role for role in (Role.ANON, Role.SERVICE)}


def client_settings(settings: Settings) -> dict[str, str]:
    """Return what a client of this installation is configured with, under the names that Supabase gives it.

    The address is where `bee up` serves now, which may have moved to a free port.
    Raises :class:`Conflict` where a Supabase project signs members in: its own keys are used there.
    """
    if not settings.issues_tokens:
        raise Conflict("keys_elsewhere", "Members sign in with a Supabase project; use that project's keys.")
    by_role = {role: key for key, role in local_api_keys(settings).items()}
    running = read_running(settings.home)
    is_up = running is not None and running.supervisor.find() is not None
    address = running.api if running and is_up and not settings.api_url else public_address(settings)
    return {
        "SUPABASE_URL": address,
        "API_URL": address,
        "SUPABASE_ANON_KEY": by_role[Role.ANON],
        "ANON_KEY": by_role[Role.ANON],
        "SUPABASE_SERVICE_ROLE_KEY": by_role[Role.SERVICE],
        "SERVICE_ROLE_KEY": by_role[Role.SERVICE],
        "JWT_SECRET": api_key_secret(settings),
    }


def public_address(settings: Settings) -> str:
    """Return the API's address as clients have it."""
    if settings.api_url:
        return settings.api_url.rstrip("/")
    return f"http://{settings.host}:{settings.api_port}"


def house_of(request: HTTPConnection) -> House:
    """Return the parts of the API that a request came to."""
    house = request.app.state.house
    assert isinstance(house, House)
    return house
