"""What is going on now, as people read it. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bee.sla.dependencies import ACCEPTED, DEAD, QUOTA, RECORDED, Dependencies, Disk
from bee.sla.uptime import Run, State
from bee.ui.level_words import percent_words, span_words
from bee.ui.words import NOTHING, counted, type_words

GIB: Final = 1024**3
# A minute is derived when it is over, and its requests are there some seconds later.
LAG_MIN: Final = 3
STATE_ICONS: Final = {
    State.UP: ":material/check_circle:",
    State.DOWN: ":material/error:",
    State.MAINTENANCE: ":material/construction:",
    State.UNKNOWN: ":material/help:",
}
HEADLINES: Final = {
    State.UP: "We are up",
    State.DOWN: "We are down",
    State.MAINTENANCE: "Maintenance, as declared",
    State.UNKNOWN: "Not known: there is no evidence",
}


def latest_run(runs: Sequence[Run]) -> Run | None:
    """Return the run that tells how things are; the last minutes may not be derived yet. None without any."""
    if not runs:
        return None
    last = runs[-1]
    if last.state is State.UNKNOWN and last.minutes <= LAG_MIN and len(runs) > 1:
        return runs[-2]
    return last


def state_words(run: Run, until: datetime) -> str:
    """Return for how long it has been so."""
    minutes = (until - run.starts_at) / timedelta(minutes=1)
    if run.state is State.UNKNOWN:
        return f"No request was answered and no probe was heard of for {span_words(minutes)}."
    return f"For {span_words(minutes)}, since {run.starts_at:%-d %B, %H:%M} UTC."


def ago_words(at: datetime | None, now: datetime) -> str:
    """Return how long ago something was."""
    if at is None:
        return NOTHING
    seconds = max((now - at).total_seconds(), 0)
    return f"{seconds:.0f} s ago" if seconds < 90 else f"{span_words(seconds / 60)} ago"


def wait_words(since: datetime | None, now: datetime) -> str:
    """Return for how long something waits."""
    return "Nothing waits" if since is None else ago_words(since, now).removesuffix(" ago")


def seconds_words(seconds: float | None) -> str:
    """Return a length of time; that the server doesn't say where it doesn't."""
    if seconds is None:
        return "The server does not say"
    return f"{seconds:.1f} s" if seconds < 90 else span_words(seconds / 60)


def database_facts(found: Dependencies) -> list[tuple[str, str]]:
    """Return how the database is used."""
    waiting = sum(row.waiting for row in found.activity)
    return [
        ("Our connections", f"{found.connections} of {found.size.most_connections}"),
        ("Longest transaction", seconds_words(found.longest_s)),
        ("Waiting for a lock", f"{waiting:,}"),
        ("Size", f"{found.size.size_bytes / GIB:.2f} GiB"),
    ]


def push_facts(found: Dependencies) -> list[tuple[str, str]]:
    """Return what became of posts to devices, gone devices and exhausted quota apart."""
    all_posts = sum(row.posts for row in found.pushes)
    other = all_posts - sum(found.posts(some) for some in (ACCEPTED, RECORDED, DEAD, QUOTA))
    return [
        ("Posted in 24 h", f"{all_posts:,}"),
        ("Accepted", f"{found.posts(ACCEPTED):,}"),
        ("Only recorded", f"{found.posts(RECORDED):,}"),
        ("Device gone", f"{found.posts(DEAD):,}"),
        ("Over quota", f"{found.posts(QUOTA):,}"),
        ("Other faults", f"{other:,}"),
    ]


def disk_facts(disk: Disk | None) -> list[tuple[str, str]]:
    """Return how much room there is."""
    if disk is None:
        return [("Free here", "It can't be asked")]
    return [
        ("Free here", f"{disk.free / GIB:.1f} GiB"),
        ("Of", f"{disk.total / GIB:.1f} GiB"),
        ("Used", percent_words(1 - disk.free / disk.total) if disk.total else NOTHING),
    ]


def queue_words(found: Dependencies, now: datetime) -> str:
    """Return in a sentence what waits longest."""
    waiting = sum(row.waiting - row.running for row in found.jobs) + sum(
        row.waiting for row in found.messages
    )
    if not waiting:
        return "Nothing that is due waits"
    return f"{counted(waiting, 'waits', 'wait')}, the oldest for {wait_words(found.oldest_due, now)}"


def kind_words(kind: str) -> str:
    """Return a kind of job or a topic as people say it."""
    return type_words(kind.replace(".", " "))
