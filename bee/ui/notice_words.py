"""What the public is told, as whoever tells it reads it. Pure."""

from typing import Final

from bee.notify.compose.health import health_words
from bee.notify.rule import Variant
from bee.sla.status.notes import Kind, Note, Told
from bee.sla.status.wording import inside_words, secret_words

KINDS: Final = {Kind.PUBLISHED: "First note", Kind.UPDATED: "Update", Kind.RESOLVED: "Resolved"}
MOMENT: Final = "%-d %b %Y, %H:%M UTC"


def note_words(note: Note) -> str:
    """Return who wrote or told a note, and when."""
    if note.withdrawn_at is not None:
        verb = "Withdrawn" if note.published_at else "Put aside"
        who = note.withdrawn_by_name or "somebody"
        return f"{verb} {note.withdrawn_at:{MOMENT}} by {who}: {note.withdrawn_because}"
    if note.published_at is not None:
        return f"Published {note.published_at:{MOMENT}} by {note.published_by_name or 'somebody'}"
    return f"Written {note.written_at:{MOMENT}} by {note.written_by_name or 'somebody'}; nobody sees it yet"


def told_words(incident: Told) -> str:
    """Return when an incident was, and what it belongs to."""
    ended = incident.resolved_at
    parts = [
        f"From {incident.began_at:{MOMENT}}",
        f"until {ended:{MOMENT}}" if ended else "its end is not told yet",
        f"alert {incident.alert}" if incident.alert else "",
    ]
    return ", ".join(part for part in parts if part)


def warnings_of(note: Note, names: list[str]) -> list[str]:
    """Return what in a note the public should perhaps not read, a sentence each."""
    text = f"{note.title}\n{note.body}"
    found = (
        ("Names of people stand in it", names),
        ("It looks like an address, a number or a key", secret_words(text)),
        ("It names what is inside", inside_words(text)),
        (
            "It tells of somebody's health",
            health_words([Variant(name="note", title=note.title, body=note.body)]),
        ),
    )
    return [f"{what}: {', '.join(words)}." for what, words in found if words]
