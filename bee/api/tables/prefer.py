"""The headers: what is preferred, which form the answer has, which rows, which schema."""

import re
from collections.abc import Iterable
from typing import Final

from bee.api.tables.asked import Preferences, Resolution, Returned, Window
from bee.api.tables.refusal import Refusal, bad_range

KNOWN: Final = {
    "return": tuple(Returned),
    "resolution": tuple(Resolution),
    "count": ("exact", "planned", "estimated"),
    "missing": ("default", "null"),
    "handling": ("strict", "lenient"),
}
LARGEST: Final = re.compile(r"[0-9]{1,9}")
RANGE: Final = re.compile(r"(?:items=)?([0-9]{1,18})-([0-9]{0,18})")
SINGLE: Final = "application/vnd.pgrst.object+json"
MANY: Final = frozenset({"*/*", "application/*", "application/json", "application/vnd.pgrst.array+json"})
SCHEMA: Final = "public"


def read_preferences(headers: Iterable[str]) -> Preferences:
    """Read ``Prefer``, of which there may be several; empty ones and stray commas say nothing.

    What is not known is left alone, unless the caller asks for strictness. Raises :class:`Refusal` then.
    """
    parts = [part.strip() for header in headers for part in header.split(",") if part.strip()]
    given: dict[str, str] = {}
    unknown = []
    for part in parts:
        name, _, value = (word.strip() for word in part.partition("="))
        if value in KNOWN.get(name, ()) or (name == "max-affected" and LARGEST.fullmatch(value)):
            given.setdefault(name, value)
        else:
            unknown.append(part)
    is_strict = given.get("handling") == "strict"
    if unknown and is_strict:
        raise Refusal(
            400,
            "PGRST122",
            "Invalid preferences given with handling=strict",
            details=f"Invalid preferences: {', '.join(unknown)}",
        )
    return Preferences(
        returned=Returned(given.get("return", Returned.MINIMAL)),
        resolution=Resolution(given["resolution"]) if "resolution" in given else None,
        is_counted="count" in given,
        are_missing_default=given.get("missing") == "default",
        most_affected=int(given["max-affected"]) if is_strict and "max-affected" in given else None,
        given=given,
    )


def wants_single(accept: str | None) -> bool:
    """Say whether one object is wanted rather than an array. Raises :class:`Refusal` for any other form."""
    offered = [part.strip().lower() for part in (accept or "*/*").split(",") if part.strip()] or ["*/*"]
    for part in offered:
        form, _, parameters = (word.strip() for word in part.partition(";"))
        if "nulls=stripped" in parameters:
            continue
        if form == SINGLE:
            return True
        if form in MANY:
            return False
    raise Refusal(406, "PGRST107", f"None of these media types are available: {', '.join(offered)}")


def read_range(header: str | None) -> Window:
    """Read ``Range``; one in other units than rows says nothing. Raises :class:`Refusal` for one upside down."""
    match = RANGE.fullmatch(header.strip()) if header else None
    if match is None:
        return Window()
    first = int(match.group(1))
    if not match.group(2):
        return Window(first)
    last = int(match.group(2))
    if last < first:
        raise bad_range(
            "The lower boundary must be lower than or equal to the upper boundary in the Range header."
        )
    return Window(first, last - first + 1)


def check_profile(profile: str | None) -> None:
    """Raise :class:`Refusal` when another schema than ours is asked for."""
    if profile is not None and profile.strip() not in {"", SCHEMA}:
        raise Refusal(
            406,
            "PGRST106",
            f"Invalid schema: {profile.strip()}",
            hint=f"Only the following schemas are exposed: {SCHEMA}",
        )
