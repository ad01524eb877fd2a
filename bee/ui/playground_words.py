"""Trials as people read them. Pure."""

from typing import Final

from bee.coach.playground import Trial
from bee.coach.prompting import Prompt
from bee.coach.review import CheckResult
from bee.ui.usage_words import NO_PRICE, dollars
from bee.ui.words import type_words

LETTERS: Final = "ABCD"
# Why the member would be sent the rules' answer, by what stands in a stored answer's fallback.
WHY: Final = {
    "no_prompt": "no version is live",
    "no_consent": "the member did not consent to a model",
    "not_configured": "there is no key for this provider here",
    "member_budget": "the member's budget of today is used up",
    "token_budget": "today's budget of tokens is used up",
    "cost_budget": "today's budget is used up",
    "lab_budget": "the lab's share of today's budget is used up",
    "breaker": "the provider is left alone for a while",
    "unreachable": "the provider could not be reached",
    "slow": "the model was too slow",
    "overloaded": "the provider is overloaded",
    "broken": "the model's answer was none",
    "throttled": "the provider allows no more requests now",
    "quota": "the account with the provider is used up",
    "configuration": "the provider refuses the key or knows no such model",
    "rejected": "the provider refuses this request",
    "refused": "the model refused to answer",
    "cut_short": "the model ran out of tokens",
    "checks": "a check failed",
    "unsafe": "a check of safety failed, so it was stopped",
    "out_of_time": "there was no time left",
}


def prompt_name(prompt: Prompt) -> str:
    """Return which version and model is meant."""
    return f"{prompt.label} · {model_name(prompt)}"


def model_name(prompt: Prompt) -> str:
    """Return which model is meant; the rules are none."""
    return (
        "offline coach, by rules" if prompt.provider == prompt.model else f"{prompt.provider}/{prompt.model}"
    )


def why_words(fallback: str) -> str:
    """Return why a model's answer would not have been sent."""
    return WHY.get(fallback, type_words(fallback).lower())


def verdict_words(trial: Trial) -> str:
    """Return what would have become of an answer, in a word or two."""
    if trial.screening.crisis:
        return "Danger: as in production"
    if trial.is_models:
        return "Would be sent"
    return "Not sent" if trial.fallback else "By rules"


def tokens_words(trial: Trial) -> str:
    """Return how many tokens it took, and whether somebody counted."""
    return f"{trial.usage.total:,}{' estimated' if trial.is_estimate else ''}"


def trial_cost_words(trial: Trial) -> str:
    """Return what it cost; a model without a price is never free."""
    return NO_PRICE if trial.cost_usd is None else dollars(trial.cost_usd)


def seconds_words(milliseconds: int | None) -> str:
    """Return a time as people say it; a dash where there is none."""
    if milliseconds is None:
        return "–"
    return f"{milliseconds:,} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def checks_words(trial: Trial) -> str:
    """Return how many checks passed."""
    if trial.found is None:
        return "Checks of style do not hold for an answer to somebody in danger."
    results = trial.found.results
    return f"{sum(result.passed for result in results)} of {len(results)} checks passed"


def check_words(result: CheckResult) -> str:
    """Return what a check says: its name, and its reasons where it objects."""
    return type_words(result.name) + (f": {'; '.join(result.found)}" if result.found else "")
