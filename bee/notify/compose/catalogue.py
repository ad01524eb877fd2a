"""Campaigns as people look through them: what they say, where they stand, what became of the people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.errors import NotFound
from bee.notify.compose.campaign import Audience, Campaign, parse_campaign
from bee.notify.compose.decision import Luck, Person, Sending, judge
from bee.notify.evaluation import recipients_of
from bee.notify.registry import active_rules, thrown_switches

AT_A_TIME = 2000
NOBODY = UUID(int=0)


class Step(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    STARTED = "started"
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class CampaignCard:
    """The newest version of a campaign, and what became of its people so far; ``step`` is a :class:`Step`.

    ``digest``: what an approval is bound to, of text and people. ``people``: whom it is for; ``decided``: of them,
    about whom it is decided; ``to_send``: of these, who is to get it; ``waiting``, ``sent`` and ``recorded``: of
    these.
    """

    number: int
    rule: str
    version: int
    body: str
    people: int
    digest: str
    author_id: UUID
    author_name: str | None
    created_at: datetime
    step: str
    started_at: datetime | None
    decided: int
    to_send: int
    waiting: int
    sent: int
    recorded: int

    @property
    def campaign(self) -> Campaign:
        """What it says."""
        return parse_campaign(self.body)

    @property
    def has_begun(self) -> bool:
        """Whether it was started or stopped, so that it is not changed any more."""
        return self.step in {Step.STARTED, Step.STOPPED, Step.FINISHED}


@dataclass(frozen=True, slots=True)
class CampaignAct:
    """Something that was done with a campaign; without a name the program did it."""

    at: datetime
    act: str
    version: int
    who_name: str | None
    words: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many people get it, or do not."""

    is_send: bool
    reason: str
    people: int


@dataclass(frozen=True, slots=True)
class _Id:
    user_id: UUID


@dataclass(frozen=True, slots=True)
class _Zone:
    time_zone: str


@dataclass(frozen=True, slots=True)
class _Word:
    word: str


def campaigns(session: ReadSession, number: int | None = None) -> list[CampaignCard]:
    """Return every campaign, newest first, or the one."""
    return session.all(CampaignCard, "notify/campaigns", campaign=number)


def get_campaign(session: ReadSession, number: int) -> CampaignCard:
    """Return a campaign. Raises :class:`NotFound` where there is none."""
    for card in campaigns(session, number):
        return card
    raise NotFound("no_campaign", f"There is no campaign {number}.")


def campaign_history(session: ReadSession, number: int) -> list[CampaignAct]:
    """Return what was done with a campaign, newest first."""
    return session.all(CampaignAct, "notify/campaign_acts", campaign=number)


def campaign_history_csv(acts: Iterable[CampaignAct]) -> str:
    """Return what was done with a campaign as a file, in its order."""
    return csv_text(
        ("at", "act", "version", "who", "why"),
        ((each.at.isoformat(), each.act, each.version, each.who_name, each.words) for each in acts),
    )


def names_in(session: ReadSession, number: int) -> list[str]:
    """Return the words of a saved campaign that are names of somebody whom it is for; never whose."""
    return [row.word for row in session.all(_Word, "notify/campaign_names", campaign=number)]


def results(session: ReadSession, card: CampaignCard) -> list[Reason]:
    """Return what became of those who are decided about, the most frequent reason first."""
    return session.all(Reason, "notify/campaign_reasons", rule=card.rule)


def count_audience(session: ReadSession, audience: Audience) -> int:
    """Return how many people an audience means now."""
    return len(session.all(_Id, "notify/audience", audience=audience.model_dump_json()))


def audience_zones(session: ReadSession) -> list[str]:
    """Return the time zones in which somebody lives, by name."""
    return [row.time_zone for row in session.all(_Zone, "notify/audience_zones")]


def foresee(session: ReadSession, card: CampaignCard, *, now: datetime) -> list[Reason]:
    """Return what the guards would say now about the people of a campaign, the most frequent reason first.

    Of several wordings it asks with the first one. What the sending itself would use up is not counted.
    """
    members = [row.user_id for row in session.all(_Id, "notify/campaign_audience", campaign=card.number)]
    budget, stops = active_rules(session).budget, thrown_switches(session)
    sending = Sending(card.rule, card.version, card.campaign, "", now, is_stopped=False)
    counts: Counter[tuple[bool, str]] = Counter()
    for start in range(0, len(members), AT_A_TIME):
        some = members[start : start + AT_A_TIME]
        recipients, newest = recipients_of(session, some, now=now)
        for member in some:
            person = Person(recipients.get(member), newest.get(member), has_left=False)
            verdict = judge(
                sending, person, budget=budget, stops=stops, now=now, luck=Luck(0, 0), notification_id=NOBODY
            )
            counts[verdict.send_at is not None, verdict.reason] += 1
    return _reasons(counts)


def people_of(reasons: Sequence[Reason], *, is_send: bool) -> int:
    """Return how many people get it, or do not."""
    return sum(each.people for each in reasons if each.is_send is is_send)


def _reasons(counts: Counter[tuple[bool, str]]) -> list[Reason]:
    found = [Reason(is_send, reason, people) for (is_send, reason), people in counts.items()]
    return sorted(found, key=lambda each: (-each.people, each.reason))
