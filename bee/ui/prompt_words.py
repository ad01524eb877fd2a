"""Prompts, their versions and what the gate found, as people read them. Pure."""

from datetime import datetime
from typing import Final

from bee.coach.prompts.catalogue import PromptAct, PromptCard, VersionCard
from bee.coach.prompts.difference import Mark, PartDifference
from bee.coach.prompts.draft import Draft
from bee.coach.prompts.gate import Verdict
from bee.coach.prompts.registry import Deployment
from bee.coach.prompts.template import UNKNOWN
from bee.settings import Environment
from bee.ui.palette import WORDS, Tone
from bee.ui.words import counted, type_words

PLACES: Final = {
    Environment.LOCAL: "Local",
    Environment.STAGING: "Staging",
    Environment.PROD: "Production",
}
STATE_WORDS: Final = {**{state.value: words for state, words in WORDS.items()}, UNKNOWN: "Not known"}
SETTINGS_MODEL: Final = "As the settings say"
NOT_TRIED: Final = "Not tried"
PASSED: Final = "Passed"
FAILED: Final = "Failed"
EXPIRED: Final = "Expired"
GATE: Final = (PASSED, FAILED, EXPIRED, NOT_TRIED)
GATE_TONES: Final[dict[str, Tone]] = {
    PASSED: "green", FAILED: "orange", EXPIRED: "gray", NOT_TRIED: "gray",
}  # fmt: skip
GATE_ICONS: Final = {PASSED: "check", FAILED: "close", EXPIRED: "hourglass_disabled", NOT_TRIED: "help"}
ACTS: Final = {
    "added": "Written",
    "asked": "Asked to go live",
    "rejected": "Rejected",
    "withdrawn": "Withdrawn",
    "promoted": "Approved, live",
    "rolled_back": "Rolled back to",
    "shipped": "Came with the program, live",
}


def moment_words(at: datetime) -> str:
    """Return a moment such as ``24 November 2026, 12:30 UTC``."""
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def prompt_words(card: PromptCard) -> str:
    """Return how many versions there are, which is live, and how many wait."""
    place = PLACES[card.environment]
    parts = [
        counted(len(card.cards), "version", "versions"),
        f"version {card.live.number} is live in {place}" if card.live else f"none is live in {place}",
    ]
    if card.waiting:
        parts.append(f"{len(card.waiting):,} waiting for approval")
    return " · ".join(parts)


def version_words(card: PromptCard, shown: VersionCard) -> str:
    """Return which version a page is about and where it stands."""
    if shown is card.live:
        stands = f"live in {PLACES[card.environment]}"
    elif card.waits(shown):
        stands = f"asked to go live in {PLACES[card.environment]}"
    else:
        stands = f"not live in {PLACES[card.environment]}"
    return f"Version {shown.number} of {counted(len(card.cards), 'version', 'versions')} · {stands}"


def gate_words(verdict: Verdict | None, now: datetime) -> str:
    """Return how the gate stands to a version at a moment."""
    if verdict is None:
        return NOT_TRIED
    if not verdict.passed:
        return FAILED
    return PASSED if verdict.holds(now) else EXPIRED


def verdict_words(verdict: Verdict) -> str:
    """Return when the gate decided, about which model's answers, and until when that holds."""
    whose = f", with {verdict.model}" if verdict.model else ""
    said = f"Decided on {moment_words(verdict.decided_at)}{whose}"
    return f"{said}, holds until {moment_words(verdict.expires_at)}" if verdict.passed else said


def untried_words(card: VersionCard) -> str:
    """Return why there is no verdict that counts."""
    if card.verdicts and card.model:
        return f"{card.model} would answer here, and only others were tried: run it over the cases with that one."
    return "Run it over the cases first: the verdict appears here when the run is over."


def model_words(model: str | None) -> str:
    """Return which model a version is for."""
    return model or SETTINGS_MODEL


def temperature_words(temperature: float | None) -> str:
    """Return at which temperature a model answers."""
    return "The model decides" if temperature is None else f"{temperature:g}"


def setting_words(before: Draft, after: Draft) -> str:
    """Return what differs beside the words, such as ``Most tokens: 400 → 300``; nothing where nothing does."""
    was, now = dict(_settings(before)), dict(_settings(after))
    return " · ".join(f"{name}: {was[name]} → {now[name]}" for name in was if was[name] != now[name])


def _settings(draft: Draft) -> list[tuple[str, str]]:
    return [
        ("Model", model_words(draft.model)),
        ("Temperature", temperature_words(draft.parameters.temperature)),
        ("Most tokens", f"{draft.parameters.max_tokens:,}"),
    ]


def version_facts(card: VersionCard) -> list[tuple[str, str]]:
    """Return what is known of a version beside its words."""
    return [
        ("Written by", card.author),
        ("Written", moment_words(card.version.created_at)),
        *_settings(Draft.of(card.version)),
        ("Live in", ", ".join(PLACES[place] for place in card.live_in) or "Nowhere"),
        ("Digest", card.version.sha256[:8]),
    ]


def part_words(origin: str) -> str:
    """Return what a part of a prompt came from: ``state: NeedsCare`` is ``State: Needs care``."""
    name, _, state = origin.partition(": ")
    return f"{type_words(name)}: {STATE_WORDS.get(state, state)}" if state else type_words(name)


def mark_words(part: PartDifference) -> str | None:
    """Return what became of a part; None where nothing did."""
    return {Mark.SAME: None, Mark.GONE: "Gone", Mark.NEW: "New", None: "Changed"}[part.mark]


def act_words(act: PromptAct) -> str:
    """Return what was done to a version."""
    return f"{ACTS[act.act]}: version {act.number}"


def way_words(time: Deployment) -> str:
    """Return how a version came to be live."""
    if time.back_to is not None:
        return "Rolled back"
    return "Approved" if time.promotion_id is not None else "Came along"


def then_words(card: PromptCard, moment: datetime) -> str:
    """Return what was live at a moment, in a sentence."""
    found, place = card.at(moment), PLACES[card.environment]
    if found is None:
        return f"On {moment_words(moment)} nothing was live in {place}."
    until = f"until {moment_words(found.live_to)}" if found.live_to else "and still is"
    return (
        f"On {moment_words(moment)} version {found.number} was live in {place}:"
        f" since {moment_words(found.live_from)}, {until}."
    )
