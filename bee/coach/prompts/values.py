"""The values that an answer puts into a prompt (pure)."""

from collections.abc import Mapping, Sequence
from typing import Final

from bee.coach.prompts.template import UNKNOWN, Kind, Value

# What a prompt may ask for: one that wants more could never be rendered.
SUPPLIED: Final[Mapping[str, Kind]] = {"state": "state", "memories": "texts"}


def values_of(state: str | None, memories: Sequence[str]) -> dict[str, Value]:
    """Return a value for each variable that a prompt may have. ``state``: None for a member without a score."""
    return {"state": state or UNKNOWN, "memories": list(memories)}
