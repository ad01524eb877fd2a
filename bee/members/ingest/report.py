"""What an import did, for people and for programs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of one import.

    ``read`` = ``added`` + ``changed`` + ``repeated`` + ``rejected``, in rows of what was imported (events, or
    members); ``members_added``, ``members_changed``: members that an import of events brought with it.
    ``rejects``: the file that has the rejected rows. ``notes``: sentences for a person. ``seconds``: how long it
    took.
    """

    what: str
    source: str
    read: int
    added: int
    changed: int
    repeated: int
    rejected: int
    members_added: int = 0
    members_changed: int = 0
    rejects: Path | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0 when every row is in, 1 when some were rejected."""
        return 1 if self.rejected else 0

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON takes it."""
        return {
            "what": self.what,
            "source": self.source,
            "read": self.read,
            "added": self.added,
            "changed": self.changed,
            "repeated": self.repeated,
            "rejected": self.rejected,
            "members_added": self.members_added,
            "members_changed": self.members_changed,
            "rejects": str(self.rejects) if self.rejects else None,
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }
