"""Who may join which topic (pure); docs/decisions/0011 says why."""

import re
from typing import Final
from uuid import UUID

from bee.api.caller import Caller, Role

PREFIX: Final = "realtime:"
IDS: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def is_topic(topic: str, *, most: int) -> bool:
    """Whether a text can be a topic of ours: the prefix and a name that can be printed."""
    return topic.startswith(PREFIX) and len(PREFIX) < len(topic) <= most and topic.isprintable()


def may_join(topic: str, caller: Caller, *, is_private: bool) -> bool:
    """Whether somebody may join: no topic that names another member; a private one only if it names them.

    The service may join any.
    """
    if caller.role is Role.SERVICE:
        return True
    named = {UUID(found) for found in IDS.findall(topic)}
    return named <= {caller.user_id} and not (is_private and not named)
