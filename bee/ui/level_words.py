"""Service levels as people read them. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bee.sla.amendments import Amendment, Effect
from bee.sla.blame import Culprit, Verdicts
from bee.sla.burn import Burn, Pair, Severity
from bee.sla.charges import By, Charge
from bee.sla.impact import Affected, Impact, members_words, share_words
from bee.sla.objectives import Indicator, Objective
from bee.sla.standing import Levels, Standing, Verdict
from bee.sla.uptime import Run, State, Uptime
from bee.ui.words import NOTHING, counted

CHANGED: Final = {"moved": "moved", "ended": "ended early"}
MINUTES_A_DAY: Final = 24 * 60
VERDICTS: Final = {
    Verdict.SPENT: "Budget gone",
    Verdict.BURNING: "Burning",
    Verdict.KEPT: "Kept",
    Verdict.UNPROVEN: "Not proven",
    Verdict.NO_EVIDENCE: "No evidence",
}
VERDICT_TONES: Final = ("red", "red", "gray", "gray", "gray")
STATES: Final = {
    State.UP: "Up",
    State.DOWN: "Down",
    State.MAINTENANCE: "Maintenance",
    State.UNKNOWN: "Not known",
}
SEVERITIES: Final = {Severity.PAGE: "Wakes somebody", Severity.TICKET: "Asks for work"}


def percent_words(ratio: float | None) -> str:
    """Return a share in percent, never rounded up to all of it or down to nothing."""
    if ratio is None:
        return NOTHING
    for digits in (2, 3, 4):
        words = f"{100 * ratio:.{digits}f}"
        if float(words) not in (0, 100) or ratio in (0, 1):
            return f"{words.rstrip('0').rstrip('.')}%"
    return "over 99.9999%" if ratio > 0.5 else "under 0.0001%"


def rate_words(rate: float | None) -> str:
    """Return a burn rate, such as ``14.4×``."""
    return NOTHING if rate is None else f"{rate:.1f}×"


def span_words(minutes: float) -> str:
    """Return a length of time in its two largest units, such as ``2 d 4 h``."""
    whole = int(minutes)
    days, hours, rest = whole // MINUTES_A_DAY, whole // 60 % 24, whole % 60
    parts = [(days, "d"), (hours, "h"), (rest, "min")]
    first = next((place for place, (number, _) in enumerate(parts) if number), 2)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 min"


def forecast_words(standing: Standing) -> str:
    """Return until when the budget lasts, and at which pace."""
    if standing.budget is None:
        return "No evidence"
    if standing.left_min == 0:
        return "The budget is gone"
    if standing.left_min is None:
        return (
            "It lasts at the pace of the last 6 h" if standing.pace is not None else "Nothing in the last 6 h"
        )
    return f"The budget is gone in {span_words(standing.left_min)} at the pace of the last 6 h"


def left_words(standing: Standing) -> str:
    """Return the same for a table."""
    if standing.budget is None:
        return NOTHING
    if standing.left_min is None:
        return NOTHING if standing.pace is None else "Lasts"
    return f"Gone in {span_words(standing.left_min)}" if standing.left_min else "Gone"


def burn_words(burn: Burn) -> str:
    """Return how a pair of windows stands, in a sentence."""
    pair = burn.pair
    return (
        f"{rate_words(burn.long_rate)} over {span_words(pair.long_min)} and {rate_words(burn.short_rate)} over"
        f" {span_words(pair.short_min)}, from {pair.factor:g}× on"
    )


def pair_words(pair: Pair) -> str:
    """Return when a pair of windows burns."""
    return f"{pair.factor:g}× over {span_words(pair.long_min)} and {span_words(pair.short_min)}"


def target_words(objective: Objective) -> str:
    """Return what was promised in a few signs."""
    if objective.indicator is Indicator.ERRORS:
        return f"< {percent_words(objective.budget_ratio)} bad"
    return f"≥ {percent_words(objective.target)}"


def unit_words(objective: Objective) -> str:
    """Return what is counted."""
    return "requests" if objective.is_of_requests else "minutes"


def coverage_words(levels: Levels) -> str:
    """Return what the page covers."""
    return f"Over 30 rolling days, through {moment_words(levels.until)} · maintenance left out"


def moment_words(at: datetime) -> str:
    """Return a moment to the minute."""
    return f"{at:%-d %B %Y, %H:%M} UTC"


def interval_words(uptime: Uptime) -> str:
    """Return the interval from all unknown minutes down to all of them up."""
    return f"{percent_words(uptime.lowest)} – {percent_words(uptime.highest)}"


def uptime_takeaway(uptime: Uptime) -> str:
    """Return uptime in a sentence."""
    if uptime.ratio is None:
        return "No minute of the last 30 days has evidence of whether the house was up."
    return (
        f"Up in {percent_words(uptime.ratio)} of the {uptime.known:,} minutes with evidence, which are"
        f" {percent_words(uptime.coverage)} of them; between {interval_words(uptime)} whatever the others were."
    )


def verdict_words(standing: Standing) -> str:
    """Return in a sentence whether uptime kept what was promised."""
    uptime, target = standing.uptime, percent_words(standing.objective.target)
    assert uptime is not None
    match uptime.meets(standing.objective.target):
        case True:
            return f"{target} is kept, even if all that is not known was down."
        case False:
            return f"{target} is missed, even if all that is not known was up."
        case None:
            return f"Whether {target} is kept depends on the minutes that are not known."


def flips(runs: Sequence[Run], most: int) -> list[Run]:
    """Return the latest runs, newest first."""
    return list(reversed(runs[-most:]))


def bad_words(standing: Standing) -> str:
    """Return what of the budget is used."""
    if standing.budget is None:
        return NOTHING
    return f"{standing.budget.used:,} of {standing.budget.allowed:,.0f} {unit_words(standing.objective)}"


def touched_words(standing: Standing, impact: Impact) -> str:
    """Return how many members an objective's bad requests touched over its window, or how many wait now."""
    touched, waiting = impact.of(standing.objective), impact.waiting_for(standing.objective)
    if touched is not None:
        return (
            NOTHING
            if standing.budget is None
            else members_words(touched, bad=standing.counts.bad).capitalize()
        )
    return "Not counted" if waiting is None else f"{waiting:,} wait now"


def charged_words(charge: Charge, touched: Affected | None) -> str:
    """Return how many members the bad requests touched that are charged to something."""
    if not charge.bad:
        return "0"
    return members_words(touched or Affected("", 0, 0, 0), bad=charge.bad).capitalize()


def affected_words(touched: Affected | None, impact: Impact, objective: Objective, *, bad: int) -> str:
    """Return whom a budget's spending touched in a time, and what share of the active members that is."""
    if touched is not None:
        return share_words(touched, impact.active, bad=bad).capitalize()
    waiting = impact.waiting_for(objective)
    return "Not counted" if waiting is None else f"{waiting:,} of {impact.active:,} wait now"


def amendment_words(row: Amendment) -> str:
    """Return what somebody said of some minutes."""
    if row.state is not None:
        return f"Corrected to {STATES[State(row.state)].lower()}"
    return f"Maintenance, {CHANGED[row.changed]}" if row.changed else "Maintenance"


def times_words(row: Amendment) -> str:
    """Return when it was and for how long."""
    minutes = (row.ends_at - row.starts_at).total_seconds() / 60
    ends = (
        f"{row.ends_at:%H:%M}"
        if row.ends_at.date() == row.starts_at.date()
        else f"{row.ends_at:%-d %b, %H:%M}"
    )
    return f"{row.starts_at:%-d %b %Y, %H:%M} – {ends}, {span_words(minutes)}"


def effect_words(before: float | None, after: float | None) -> str:
    """Return what it did to uptime."""
    if before == after:
        return "Unchanged"
    return f"{percent_words(before)} → {percent_words(after)}"


def done_words(effect: Effect) -> str:
    """Return in a sentence what an act did to uptime over the last 30 days."""
    before, after = effect.before, effect.after
    changed = abs(after.known - before.known) + abs(after.up - before.up) + abs(after.down - before.down)
    if not changed:
        return "It is noted; no minute that is over has changed."
    return f"It is noted: uptime was {percent_words(before.ratio)} and is {percent_words(after.ratio)}."


def culprit_words(culprit: Culprit, by: By, touched: Affected | None = None) -> str:
    """Return who burnt how much of it where, and by how much more than was to be expected; whom it touched."""
    noun = {By.PROMPT: "Prompt", By.MODEL: "Model"}.get(by, "Release")
    whom = "" if touched is None else f" It touched {members_words(touched)} members there."
    return (
        f"{noun} {culprit.name or 'without a name'} burnt {percent_words(culprit.share)} of it on {culprit.route}:"
        f" {percent_words(culprit.bad_ratio)} of its requests were bad,"
        f" {percent_words(culprit.expected_ratio)} were to be expected.{whom}"
    )


def blame_words(verdicts: Verdicts) -> str:
    """Return what nobody is blamed for."""
    if not verdicts.culprits:
        return "Nobody is blamed: none did worse than the others did at the same hour."
    return f"Of {verdicts.bad:,} bad requests {max(verdicts.rest, 0):,.0f} are nobody's: all did as badly."


def steps_takeaway(objective: Objective, good: int, bad: int) -> str:
    """Return a chart of steps in a sentence."""
    events = counted(good + bad, "event", "events")
    return f"{objective.name}: {bad:,} of {events} were bad; {percent_words(objective.budget_ratio)} may be."
