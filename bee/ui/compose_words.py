"""Campaigns as people read them. Pure."""

from collections.abc import Sequence
from typing import Final

from bee.engage.queries import Segment
from bee.momentum.score import MomentumState
from bee.notify.compose.campaign import Audience, Campaign
from bee.notify.compose.catalogue import CampaignAct, CampaignCard, Reason, Step, people_of
from bee.notify.compose.trials import Trial
from bee.ui.log_words import REASON_WORDS
from bee.ui.palette import WORDS
from bee.ui.words import counted, type_words

STEP_WORDS: Final[dict[str, str]] = {
    Step.DRAFT: "Draft",
    Step.ASKED: "Asked",
    Step.APPROVED: "Approved",
    Step.REFUSED: "Refused",
    Step.STARTED: "Sending",
    Step.STOPPED: "Stopped",
    Step.FINISHED: "Done",
}
ACT_WORDS: Final = {
    "saved": "Saved",
    "asked": "Approval asked for",
    "approved": "Approved",
    "refused": "Refused",
    "started": "Started",
    "stopped": "Stopped",
    "finished": "Everybody decided",
}
PLATFORMS: Final = {"ios": "iPhone", "android": "Android", "web": "Browser"}
EVERYBODY: Final = "Everybody"
WHY: Final = {
    **REASON_WORDS,
    "too_late": "Too late",
    "has_left": "Has left since it was saved",
    "score_unknown": "No score to fill in",
    "campaign_stopped": "The campaign was stopped",
}
TEST_WORDS: Final = {
    "accepted": "Accepted by the push service",
    "recorded": "Recorded, not sent: there are no push credentials",
    "unknown": "Posted; nobody knows what became of it",
    "too_late": "Given up after an hour",
    "dead_address": "There is no such device",
}


def campaign_name(card: CampaignCard) -> str:
    """Return what a campaign is called where one is chosen; two may have the same title."""
    return f"{card.number} · {card.campaign.title}"


def campaigns_words(cards: Sequence[CampaignCard]) -> str:
    """Return how many campaigns there are, and how many of them wait or are being sent."""
    parts = [counted(len(cards), "campaign", "campaigns")]
    asked = sum(card.step == Step.ASKED for card in cards)
    sending = sum(card.step == Step.STARTED for card in cards)
    parts += [f"{asked:,} waiting for approval"] if asked else []
    return " · ".join([*parts, *([f"{sending:,} being sent"] if sending else [])])


def card_words(card: CampaignCard) -> str:
    """Return where a campaign stands, in a line."""
    who = card.author_name or "somebody no longer known"
    people = counted(card.people, "person", "people")
    return f"Campaign {card.number} · version {card.version} by {who} · {people} · {STEP_WORDS[card.step].lower()}"


def segment_labels(segments: Sequence[Segment]) -> dict[str, str]:
    """Return what segments are called, everybody first, by key."""
    return {Audience().segment: EVERYBODY} | {segment.key: segment.label for segment in segments}


def audience_words(audience: Audience, segment: str) -> str:
    """Return whom an audience means, in a line. ``segment``: its label."""
    parts = [segment]
    if audience.states:
        parts.append("in " + " or ".join(WORDS[MomentumState(state)] for state in audience.states))
    if audience.zones:
        parts.append(", ".join(audience.zones))
    if audience.platforms:
        parts.append("with " + " or ".join(PLATFORMS[each] for each in audience.platforms))
    return " · ".join(parts)


def campaign_facts(campaign: Campaign) -> list[tuple[str, str]]:
    """Return how a campaign goes out, name and value."""
    return [
        ("Type", type_words(campaign.type)),
        ("Opens", campaign.action.get("screen", "the app")),
        ("Priority", type_words(campaign.priority)),
        ("A minute, at most", f"{campaign.per_minute:,}"),
        ("Sent within", f"{campaign.valid_h} h"),
        ("Pause between two of the type", f"{campaign.cooldown_h} h"),
        ("Most a day of the type", f"{campaign.most_per_day}"),
    ]


def why_words(reason: str) -> str:
    """Return why somebody gets it, or does not."""
    return WHY.get(reason, type_words(reason))


def reach_words(card: CampaignCard, reasons: Sequence[Reason]) -> str:
    """Return how many would get it, or how far it has come."""
    if not card.has_begun:
        reached = people_of(reasons, is_send=True)
        return f"Now {reached:,} of {counted(card.people, 'person', 'people')} would get it"
    left = card.people - card.decided
    going = card.step == Step.STARTED and left > 0
    return f"{card.decided:,} of {card.people:,} decided" + (
        f", about {max(1, round(left / card.campaign.per_minute)):,} min to go" if going else ""
    )


def act_words(act: CampaignAct) -> str:
    """Return what was done with a campaign."""
    return f"{ACT_WORDS.get(act.act, type_words(act.act))} · version {act.version}"


def trial_words(trial: Trial) -> str:
    """Return what became of a test."""
    if trial.outcome is None:
        return "Waiting for the worker"
    said = TEST_WORDS.get(trial.outcome, why_words(trial.outcome))
    return f"{said} ({trial.error})" if trial.error else said
