"""What one version of a rule says otherwise than another (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bee.notify.rule import Budget, Rule

Leaf = str | int | float | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs, such as ``condition.days`` or ``variants.one.title``; None where it is absent."""

    name: str
    before: Leaf
    after: Leaf


def differences(before: Rule | Budget, after: Rule | Budget) -> list[Difference]:
    """Return what differs, in the order in which a rule says it. A wording is known by its name."""
    was, now = dict(_leaves("", _said(before))), dict(_leaves("", _said(after)))
    names = [*was, *(name for name in now if name not in was)]
    return [
        Difference(name, was.get(name), now.get(name)) for name in names if was.get(name) != now.get(name)
    ]


def _said(body: Rule | Budget) -> dict[str, Any]:
    said = body.model_dump(mode="json")
    if isinstance(body, Rule):
        said["variants"] = {
            each["name"]: {"title": each["title"], "body": each["body"]} for each in said["variants"]
        }
    return said


def _leaves(prefix: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Leaf]]:
    for name, value in said.items():
        if isinstance(value, dict):
            yield from _leaves(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value
