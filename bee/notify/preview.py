"""What a wording looks like, and how much of the push service's limit it takes (pure)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bee.notify.moments import Day, Moment
from bee.notify.payload import MOST_BYTES, Payload, render
from bee.notify.rule import Rule, Variant

NOBODY = UUID(int=0)
SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Preview:
    """A wording with figures in it, at its longest."""

    variant: str
    title: str
    body: str
    size_bytes: int

    @property
    def fits(self) -> bool:
        """Whether the push service takes it."""
        return self.size_bytes <= MOST_BYTES


def preview(rule: Rule, variant: Variant) -> Preview:
    """Return a wording of a rule as somebody with the highest score would get it."""
    text = render(
        variant, Moment(rule, NOBODY, "", SOME_DAY, Day(SOME_DAY, 100, "Rising", "", is_fresh=True))
    )
    payload = Payload(NOBODY, rule.type, text.title, text.body, dict(rule.action), rule.name, False, 0)
    return Preview(text.variant, text.title, text.body, payload.size_bytes)
