"""Who asks: the role and the claims as which the database answers (pure)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from bee.errors import Unauthenticated


class Role(StrEnum):
    """Supabase's roles, which are the database's."""

    ANON = "anon"
    AUTHENTICATED = "authenticated"
    SERVICE = "service_role"


@dataclass(frozen=True, slots=True, repr=False)
class Caller:
    """Somebody whose token was verified. ``claims``: its JSON, which the policies read.

    ``user_id``: the member; None for the two roles that are nobody.
    """

    role: Role
    claims: str
    user_id: UUID | None = None
    session_id: UUID | None = None

    @property
    def member_id(self) -> UUID:
        """The member. Raises :class:`Unauthenticated` for a caller that is none."""
        if self.user_id is None:
            raise Unauthenticated("no_member", "This needs the token of somebody who is signed in.")
        return self.user_id


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """Return who the verified claims of a token speak of. Raises :class:`Unauthenticated`."""
    try:
        role = Role(claims["role"])
        user_id = UUID(claims["sub"]) if role is Role.AUTHENTICATED else None
        session_id = UUID(claims["session_id"]) if user_id and "session_id" in claims else None
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("bad_jwt", "The token lacks a role or a member that is one.") from error
    return Caller(role, json.dumps(claims), user_id, session_id)
