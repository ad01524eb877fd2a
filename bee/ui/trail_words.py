"""Acts of the trail as people read them. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bee.audit.search import UUID_TEXT, Act, subject_words
from bee.audit.verification import Verification
from bee.ui.words import NOTHING, counted, type_words


@dataclass(frozen=True, slots=True)
class Change:
    """What one thing was before an act and what it is after it."""

    name: str
    before: str
    after: str


def action_words(action: str) -> str:
    """Return an act as people say it: ``member.coach_assigned`` is ``Member: coach assigned``."""
    noun, _, verb = action.partition(".")
    return f"{type_words(noun)}: {verb.replace('_', ' ').replace('.', ' ')}"


def about_words(act: Act) -> str:
    """Return whom or what an act was about, with its kind: ``Member P-1778``."""
    return f"{type_words(act.subject_kind)} {subject_words(act)}"


def changes(before: str | None, after: str | None, names: Mapping[str, str]) -> list[Change]:
    """Return what an act says was and is, a row a thing, by name; ``names``: of people, by their id."""
    was, now = _things(before), _things(after)
    return [
        Change(
            type_words(name),
            value_words(was[name], names) if name in was else NOTHING,
            value_words(now[name], names) if name in now else NOTHING,
        )
        for name in sorted({*was, *now})
    ]


def change_words(act: Act, names: Mapping[str, str]) -> str:
    """Return what an act changed, on one line: ``Roles: product → coach, product``."""
    return "; ".join(_one_line(change) for change in changes(act.before, act.after, names))


def value_words(value: Any, names: Mapping[str, str]) -> str:
    """Return a value as people read it: colleagues by name, any other long id by its beginning."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value_words(each, names) for each in value) or "none"
    if isinstance(value, dict):
        return (
            ", ".join(f"{name} {value_words(each, names)}" for name, each in sorted(value.items())) or "none"
        )
    text = str(value)
    return names.get(text) or (f"{text[:8]}…" if UUID_TEXT.fullmatch(text) else text)


def verification_words(found: Verification) -> str:
    """Return what was found of the chain, and the tail that no seal covers yet."""
    unsealed = counted(found.rows_unsealed, "act is", "acts are")
    tail = (
        f"{unsealed} not sealed yet, which the worker does every few seconds"
        if found.rows_unsealed
        else "No act is unsealed"
    )
    if found.broken is not None:
        return f"The chain is broken: {found.broken}. {tail}."
    seals = f"{counted(found.seals, 'seal', 'seals')} over {counted(found.rows_sealed, 'act', 'acts')}"
    begins = " What was before is forgotten, as the trail says." if found.begins_after else ""
    return f"The chain holds: {seals}.{begins} {tail}."


def _things(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text is not None else {}
    return found if isinstance(found, dict) else {"value": found}


def _one_line(change: Change) -> str:
    if change.before == NOTHING:
        return f"{change.name}: {change.after}"
    return f"{change.name}: {change.before} → {change.after}"
