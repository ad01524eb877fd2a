"""What is wrong with an alert on a budget, before it is saved (pure): it could never fire, or fires for nothing."""

from collections.abc import Iterator

from bee.sla.burn import LEAST_BAD, Pair, highest_burn
from bee.sla.objectives import Objective


def refusals(pair: Pair, objective: Objective, *, events_a_minute: float | None = None) -> tuple[str, ...]:
    """Return why a pair of windows makes no sense for an objective, a sentence each; nothing where it does.

    ``events_a_minute``: how many there usually are, if that is known.
    """
    return (*_factor(pair, objective), *_windows(pair, objective), *_events(pair, objective, events_a_minute))


def _factor(pair: Pair, objective: Objective) -> Iterator[str]:
    highest = highest_burn(objective)
    if not pair.factor > 0:
        yield "The factor has to be above 0."
    elif pair.factor > highest:
        yield (
            f"It can never fire: with a target of {100 * objective.target:g} % the budget burns at most"
            f" {highest:g} times too fast, and {pair.factor:g} is asked for."
        )


def _windows(pair: Pair, objective: Objective) -> Iterator[str]:
    if pair.short_min < 1:
        yield "The short window has to be a minute at least."
    if pair.short_min >= pair.long_min:
        yield "The windows are out of order: the short one has to be shorter than the long one."
    if pair.long_min > objective.window_minutes:
        yield f"The long window is longer than the objective's own of {objective.window_days} days."


def _events(pair: Pair, objective: Objective, events_a_minute: float | None) -> Iterator[str]:
    if pair.least_bad < LEAST_BAD:
        yield f"Ask for {LEAST_BAD} bad events at least, or a single one fires it at night."
    expected = pair.long_min if not objective.is_of_requests else (events_a_minute or 0) * pair.long_min
    is_known = not objective.is_of_requests or events_a_minute is not None
    if is_known and expected < pair.least_bad:
        yield (
            f"Too few events: there are usually {expected:.3g} in its long window, and {pair.least_bad}"
            " have to be bad."
        )
