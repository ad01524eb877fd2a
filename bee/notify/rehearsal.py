"""What a rule would have sent in the past: the same pass over each day, with nothing written.

Consents, choices and addresses are those of now. Days that are no news count: their scores are all that is known.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.notify.candidates import find_moments
from bee.notify.decide import Send, Stops
from bee.notify.evaluation import decide_all, recipients_of
from bee.notify.moments import DAY
from bee.notify.registry import Ruleset, active_rules
from bee.notify.rule import Rule

# By then the day before is over nearly everywhere; each day of each member is looked at once all the same.
LOOKED_AT = time(12, tzinfo=UTC)
SEED = 1


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A moment of the past, and what would have become of it. ``on``: the day whose end it is, or a silence's."""

    on: date
    user_id: UUID
    is_send: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Every moment of a period, in order."""

    moments: tuple[Rehearsed, ...]

    @property
    def reasons(self) -> dict[str, int]:
        """How many moments were sent or held back for each reason, most first."""
        return dict(Counter(each.reason for each in self.moments).most_common())

    @property
    def sends(self) -> dict[UUID, list[date]]:
        """To whom something would have been sent, and when."""
        found = defaultdict(list)
        for each in self.moments:
            if each.is_send:
                found[each.user_id].append(each.on)
        return dict(found)

    @property
    def times(self) -> dict[int, int]:
        """How many members would have heard how often."""
        return dict(sorted(Counter(len(days) for days in self.sends.values()).items()))

    @property
    def by_day(self) -> dict[date, tuple[int, int]]:
        """How many moments each day would have had, and how many of them sent."""
        eligible = Counter(each.on for each in self.moments)
        sent = Counter(each.on for each in self.moments if each.is_send)
        return {day: (eligible[day], sent[day]) for day in sorted(eligible)}


@dataclass(frozen=True, slots=True)
class Heard:
    """Who would have heard something, on which days: from the rule that is tried, and from the live one."""

    user_id: UUID
    days: tuple[date, ...]
    live_days: tuple[date, ...]


def who_heard(tried: Rehearsal, live: Rehearsal) -> list[Heard]:
    """Return everybody who would have heard from either, who heard most often from what is tried first."""
    sends, live_sends = tried.sends, live.sends
    found = [
        Heard(member, tuple(sends.get(member, ())), tuple(live_sends.get(member, ())))
        for member in {*sends, *live_sends}
    ]
    return sorted(found, key=lambda each: (-len(each.days), -len(each.live_days), str(each.user_id)))


@dataclass(frozen=True, slots=True)
class _Person:
    id: UUID
    number: int
    is_demo: bool


def pseudonyms(session: ReadSession, people: Sequence[Heard]) -> dict[UUID, str]:
    """Return how people are called where nobody may see a name."""
    found = session.all(_Person, "notify/people", members=[each.user_id for each in people])
    return {each.id: f"P-{each.number}{' · demo' if each.is_demo else ''}" for each in found}


def heard_csv(people: Iterable[Heard], names: Mapping[UUID, str]) -> str:
    """Return who would have heard as a file, a row each, in their order."""
    return csv_text(
        ("person", "times", "times_live", "days", "days_live"),
        (
            (
                names[each.user_id],
                len(each.days),
                len(each.live_days),
                " ".join(map(str, each.days)),
                " ".join(map(str, each.live_days)),
            )
            for each in people
        ),
    )


def rehearse(session: ReadSession, rule: Rule, *, from_on: date, to_on: date) -> Rehearsal:
    """Return what a rule would have decided about the days of a period, both ends included."""
    chance = random.Random(SEED)  # noqa: S311  # the same figures on each run
    return Rehearsal(tuple(_days(session, rule, from_on, to_on, chance)))


def _days(
    session: ReadSession, rule: Rule, from_on: date, to_on: date, chance: random.Random
) -> Iterator[Rehearsed]:
    ruleset = Ruleset((rule,), {rule.name: 0}, active_rules(session).budget)
    sends: dict[UUID, tuple[Send, ...]] = defaultdict(tuple)
    seen: set[tuple[UUID, str]] = set()
    for number in range((to_on - from_on).days + 1):
        now = datetime.combine(from_on + (number + 1) * DAY, LOOKED_AT)
        found = find_moments(session, [rule], now=now, only_fresh=False)
        moments = [each for each in found if (each.user_id, each.key) not in seen]
        seen |= {(each.user_id, each.key) for each in moments}
        recipients, _ = recipients_of(
            session, sorted({each.user_id for each in moments}), now=now, but_rule=rule.name
        )
        known = {
            member: replace(
                recipient,
                sends=tuple(each for each in recipient.sends or () if each.at <= now) + sends[member],
            )
            for member, recipient in recipients.items()
        }
        for _, decision in decide_all(moments, known, ruleset=ruleset, stops=Stops(), now=now, chance=chance):
            moment = decision.moment
            if decision.is_send and decision.send_at is not None:
                sends[moment.user_id] += (Send(rule.type, decision.send_at),)
            yield Rehearsed(moment.trigger_date, moment.user_id, decision.is_send, decision.reason)
