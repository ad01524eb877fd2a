"""Jobs as people read them. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bee.sla.jobs import TROUBLED, JobState, Kind
from bee.ui.words import NOTHING, counted, type_words

STATE_WORDS: Final = {
    JobState.FAILED: "Failed",
    JobState.LOST: "Worker silent",
    JobState.AGAIN: "Tried again",
    JobState.LATE: "Late",
    JobState.WORKING: "At work",
    JobState.WAITING: "Waiting",
    JobState.DONE: "Done",
}
# Red is for what went wrong only.
STATE_TONES: Final = tuple("red" if state in TROUBLED else "gray" for state in STATE_WORDS)
STATES: Final = {"Not ended": "open", "Failed": "failed", "Done": "done"}


def job_words(kind: str, key: str) -> str:
    """Return what a job is called: ``Notify · a day is over``."""
    return f"{type_words(kind)} · {key}" if key else type_words(kind)


def took_words(seconds: float | None) -> str:
    """Return how long something took, such as ``0.4 s``, ``2 min 5 s`` or ``1 h 20 min``."""
    if seconds is None:
        return NOTHING
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def covers_words(kinds: Sequence[Kind], now: datetime) -> str:
    """Return what the page's figures cover, and whether anything is wrong."""
    troubled = sum(kind.state(now) in TROUBLED for kind in kinds)
    trouble = f"{troubled} in trouble" if troubled else "none in trouble"
    return f"{counted(len(kinds), 'kind of job', 'kinds of jobs')}, {trouble} · times are UTC"


def oldest_wait(kinds: Sequence[Kind], now: datetime) -> timedelta | None:
    """Return for how long the oldest job that is due has waited; None where none waits."""
    due = [kind.next_at for kind in kinds if kind.next_at is not None and kind.next_at <= now]
    return now - min(due) if due else None
