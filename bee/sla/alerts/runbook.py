"""What to do about an alert: a page for each kind, with the values of this moment in it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from bee.sla.alerts.queries import AlertCard
from bee.sla.alerts.words import minutes_words
from bee.sla.burn import DAY_MIN

FOLDER: Final = Path(__file__).resolve().parents[3] / "docs" / "runbooks"
BURN: Final = "burn"
WINDOW_DAYS: Final = 30


def kind_of(evidence: Mapping[str, Any]) -> str:
    """Return which page an alert has: the signal's, or that of budgets."""
    return BURN if "objective" in evidence else str(evidence["signal"])


@cache
def runbook_text(kind: str) -> str:
    """Return a page as it was written, with names in braces."""
    return (FOLDER / f"{kind}.md").read_text(encoding="utf-8")


def runbook(alert: AlertCard, *, now: datetime, shown: Callable[[str], str] = str) -> str:
    """Return the page of an alert with its values. ``shown``: how a value is written where the page is drawn."""
    values = values_of(alert, now=now)
    text = runbook_text(kind_of(alert.evidence))
    return text.format_map({name: shown(value) for name, value in values.items()})


def values_of(alert: AlertCard, *, now: datetime) -> dict[str, str]:
    """Return what a page may name."""
    ends = alert.closed_at or now
    values = {
        "rule": alert.rule.replace("_", " "),
        "subject": alert.subject or "It",
        "severity": alert.severity,
        "opened_at": f"{alert.opened_at:%-d %B %Y, %H:%M} UTC",
        "fired_for": minutes_words(int((ends - alert.opened_at).total_seconds() // 60)),
    }
    return values | (_of_burn if kind_of(alert.evidence) == BURN else _of_age)(alert.evidence)


def _of_burn(evidence: Mapping[str, Any]) -> dict[str, str]:
    burn = evidence["long_burn"]
    return {
        "objective": evidence["objective"].replace("_", " ").capitalize(),
        "target": f"{100 * evidence['target']:g} %",
        "factor": f"{evidence['factor']:g}",
        "gone_in": minutes_words(int(WINDOW_DAYS * DAY_MIN / burn)) if burn else "no time that is known",
        **{f"{window}_window": minutes_words(evidence[f"{window}_min"]) for window in ("long", "short")},
        **{
            f"{window}_{name}": f"{evidence[f'{window}_{name}']:,}"
            for window in ("long", "short")
            for name in ("bad", "total", "burn")
        },
    }


def _of_age(evidence: Mapping[str, Any]) -> dict[str, str]:
    return {"age": minutes_words(evidence["age_min"]), "most": minutes_words(evidence["most_min"])}
