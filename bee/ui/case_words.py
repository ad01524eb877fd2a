"""Cases of the lab as people read and write them. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from bee.coach.lab.case import Case, CaseKind, Source
from bee.coach.lab.results import UNKNOWN
from bee.coach.offline import Momentum
from bee.coach.safety import Category
from bee.csv_text import csv_text
from bee.ui.palette import WORDS
from bee.ui.words import NOTHING, counted

NO_SCORE: Final = "No score"
KINDS: Final = {
    CaseKind.ORDINARY: "Ordinary",
    CaseKind.CRISIS: "In danger",
    CaseKind.NEAR_MISS: "Sounds like danger",
    CaseKind.HOSTILE: "Hostile",
    CaseKind.INJECTION: "Orders to the model",
    CaseKind.DIAGNOSIS: "Asks for a diagnosis",
    CaseKind.THIRD_PERSON: "About somebody else",
}
DANGERS: Final = {
    Category.SELF_HARM: "Self-harm",
    Category.VIOLENCE: "Violence",
    Category.EMERGENCY: "Emergency",
}
STATES: Final = {**{state.value: words for state, words in WORDS.items()}, UNKNOWN: NO_SCORE}
SOURCES: Final = {
    Source.PROGRAM: "The program",
    Source.WRITTEN: "Written",
    Source.CONVERSATION: "A conversation",
}
SPEAKERS: Final = {"member": "Member", "coach": "Coach"}
SPOKEN: Final = re.compile(r"^(member|coach):\s*", re.IGNORECASE)


def state_of(case: Case) -> str:
    """Return the state that a case is in, in words."""
    return STATES[case.state or UNKNOWN]


def cases_words(cases: Sequence[Case]) -> str:
    """Return how many cases there are, and how many of them are retired."""
    retired = sum(case.is_retired for case in cases)
    return counted(len(cases) - retired, "case", "cases") + (f" · {retired:,} retired" if retired else "")


def case_words(case: Case) -> str:
    """Return which case a page is about: its version, who wrote it, where it comes from."""
    who = case.author_name or "the program"
    source = f" · from {SOURCES[Source(case.source)].lower()}" if case.source == Source.CONVERSATION else ""
    retired = " · retired: no run is over it" if case.is_retired else ""
    return f"Version {case.version} by {who}, {case.created_at:%-d %B %Y}{source}{retired}"


def case_facts(case: Case) -> list[tuple[str, str]]:
    """Return what a case is, as names and values."""
    danger = DANGERS[Category(case.category)] if case.category else None
    known = [
        ("Kind", KINDS[CaseKind(case.kind)]),
        ("Danger", danger),
        ("State", state_of(case)),
        ("Tags", ", ".join(case.tags) or None),
    ]
    return [(name, value) for name, value in known if value]


def titles(cases: Iterable[Case]) -> dict[str, Case]:
    """Return the cases by what they are called; of two with one title the second is called so."""
    named: dict[str, Case] = {}
    for case in sorted(cases, key=lambda case: (case.title, case.created_at)):
        name, number = case.title, 2
        while name in named:
            name, number = f"{case.title} ({number})", number + 1
        named[name] = case
    return named


def turns_text(turns: Iterable[dict[str, Any]]) -> str:
    """Return what was said before, a line a turn."""
    return "\n".join(f"{SPEAKERS[turn['role']]}: {turn['body']}" for turn in turns)


def turns_of(text: str) -> list[dict[str, str]]:
    """Return the turns of such a text; a line without a speaker goes on with the turn before it."""
    turns: list[dict[str, str]] = []
    for line in text.splitlines():
        spoken = SPOKEN.match(line.strip())
        if spoken:
            turns.append({"role": spoken[1].lower(), "body": line.strip()[spoken.end() :]})
        elif turns:
            turns[-1]["body"] = f"{turns[-1]['body']}\n{line}".strip()
        elif line.strip():
            turns.append({"role": "member", "body": line.strip()})
    return turns


def lines_of(text: str) -> list[str]:
    """Return what stands in the lines of a text that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def tags_of(text: str) -> list[str]:
    """Return the tags in a text that separates them by commas, each once."""
    return list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))


def cases_csv(cases: Iterable[Case]) -> str:
    """Return cases as a file, a row a case, in their order."""
    header = (
        "title",
        "kind",
        "danger",
        "state",
        "message",
        "memories",
        "said_before",
        "tags",
        "source",
        "version",
    )
    return csv_text(
        header,
        (
            (
                case.title,
                case.kind,
                case.category,
                case.state or UNKNOWN,
                case.message,
                "\n".join(case.memories),
                turns_text(case.recent),
                ", ".join(case.tags),
                case.source,
                case.version,
            )
            for case in cases
        ),
    )


def who_words(case: Case) -> str:
    """Return who wrote a version."""
    return case.author_name or ("The program" if case.author_id is None else NOTHING)


def momentum_of(words: str) -> Momentum | None:
    """Return the state that words stand for; None without a score."""
    return next((state for state in Momentum if STATES[state.value] == words), None)
