"""Members as the rest of the house asks for them."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bee.db import ReadSession
from bee.errors import NotFound

NUMBER: Final = re.compile(r"[Pp]-?(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Member:
    """A member without anything personal. ``left_on``: None while they stay."""

    id: UUID
    number: int
    external_id: str
    time_zone: str
    joined_on: date
    left_on: date | None
    is_demo: bool
    is_synthetic: bool

    @property
    def pseudonym(self) -> str:
        """What the staff call the member, such as P-1042."""
        return f"P-{self.number}"


def find_member(session: ReadSession, text: str) -> Member | None:
    """Return the member that a text names: an external id, an id, or a pseudonym such as P-1042.

    Needs a login that may read external ids.
    """
    text = text.strip()
    number = NUMBER.fullmatch(text)
    return session.find(
        Member,
        "members/find_member",
        text=text.replace("\0", ""),
        id=_uuid(text),
        number=int(number[1]) if number else None,
    )


def get_member(session: ReadSession, text: str) -> Member:
    """Return the member that a text names. Raises :class:`NotFound`."""
    member = find_member(session, text)
    if member is None:
        raise NotFound(
            "unknown_member", f"There is no member {text!r}: an id, an external id or P-number is wanted."
        )
    return member


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
