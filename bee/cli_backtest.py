"""What ``bee backtest`` prints: a table a question, every figure beside the number of member-days it rests on."""

from collections.abc import Iterator
from typing import Final

from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bee.momentum.backtest.observations import Measure, Outcome
from bee.momentum.backtest.persistence import StatesFigures
from bee.momentum.backtest.population import Population
from bee.momentum.backtest.report import Backtest, Coverage, OutcomeFigures
from bee.momentum.backtest.roc import Estimate

NARROWEST: Final = 80
NOTHING: Final = "–"
OUTCOMES: Final = {
    Outcome.SILENT: "No activity in the next {} days",
    Outcome.LEFT: "Left within {} days",
}
MEASURES: Final = {
    Measure.SCORE: "score",
    Measure.DAYS_SINCE: "days since last activity",
    Measure.ACTIVE_DAYS: "active days of the last 14",
    Measure.AVERAGE_10: "average, half-life 10 days",
    Measure.AVERAGE_20: "average, half-life 20 days",
}
LEGEND: Final = (
    "AUC: how often a member-day with the outcome looked worse than one without; 0.5 is a coin."
    " In brackets 95 % intervals, clustered by member. The averages are exponential, of raw points."
    " Precision: of those on the lists of the 20, 50, … who look worst on each evaluation day,"
    " the share with the outcome."
)


def print_backtest(found: Backtest) -> None:
    """Print a back-test for people."""
    console = Console(highlight=False)
    console.width = max(console.width, NARROWEST)
    for line in heading(found):
        console.print(Text(line))
    for outcome in found.outcomes:
        for part in _outcome(outcome):
            console.print()
            console.print(part)
    console.print()
    console.print(_states(found.states))
    console.print()
    console.print(Text(LEGEND))


def backtest_json(found: Backtest) -> str:
    """Return a back-test for programs: the fields of :class:`Backtest`, all the way down."""
    return TypeAdapter(Backtest).dump_json(found).decode()


def heading(found: Backtest) -> Iterator[str]:
    """Say what was judged, on whom, until when."""
    yield f"Definition {found.definition} ({found.origin}) on the population {found.population.name}"
    yield _days(found.population)
    yield from _members(found.coverage)


def _days(population: Population) -> str:
    start = population.start_attribute or "the day they joined"
    until = f" to the {population.last_day}th" if population.last_day else ""
    end = f", over on {population.end_attribute}" if population.end_attribute else ""
    return f"Looked at every {population.every_days} days{until} from {start} on{end}."


def _members(coverage: Coverage) -> Iterator[str]:
    yield (
        f"{coverage.members:,} members with events (segment {coverage.segment}),"
        f" through {coverage.through:%-d %B %Y}."
    )
    if coverage.demo_members:
        yield (
            f"{coverage.demo_members:,} of them are demo members, made up:"
            " what these figures say is no finding about people."
        )
    if coverage.left_out:
        yield f"{coverage.left_out:,} more are left out: their attributes hold no day to start or to end on."


def _outcome(figures: OutcomeFigures) -> Iterator[Text | Table]:
    what = OUTCOMES[figures.outcome].format(figures.horizon_days)
    yield Text(
        f"{what}: {figures.member_days:,} member-days of {figures.members:,} members,"
        f" {figures.positives:,} positive ({_share(figures.positive_share)})",
        style="bold",
    )
    if not figures.member_days:
        yield Text(f"Nobody has an evaluation day that is over for {figures.horizon_days} days yet.")
        return
    yield _areas(figures)
    yield _precision(figures)
    yield _deciles(figures)


def _areas(figures: OutcomeFigures) -> Table:
    table = _table("", "AUC", "score leads by")
    for row in figures.measures:
        table.add_row(
            MEASURES[row.measure], _estimate(row.area, "{:.3f}"), _estimate(row.score_leads_by, "{:+.3f}")
        )
    return table


def _precision(figures: OutcomeFigures) -> Table:
    lists = figures.measures[0].shortlists
    table = _table("precision", *(f"{row.size} lowest\nn {row.listed:,}" for row in lists))
    for row in figures.measures:
        table.add_row(MEASURES[row.measure], *(_share(each.precision) for each in row.shortlists))
    table.add_row("anybody, by lot", *(_share(figures.positive_share) for _ in lists))
    return table


def _deciles(figures: OutcomeFigures) -> Table:
    table = _table("decile", "scores", "mean", "member-days", "positive", "share")
    for row in figures.deciles:
        table.add_row(
            str(row.decile),
            f"{row.lowest:.2f}–{row.highest:.2f}",
            f"{row.mean:.2f}",
            f"{row.member_days:,}",
            f"{row.positives:,}",
            _share(row.share),
        )
    return table


def _states(figures: StatesFigures) -> Table:
    table = _table("state", "member-days", "share", "same next day", "same in 7 days", "days in a row")
    for row in figures.states:
        table.add_row(
            row.state.value,
            f"{row.member_days:,}",
            _share(row.share),
            _share(row.stays_next_day),
            _share(row.stays_next_week),
            NOTHING if row.mean_spell_days is None else f"{row.mean_spell_days:.1f}",
        )
    flips = NOTHING if figures.flips_per_member_week is None else f"{figures.flips_per_member_week:.2f}"
    table.title = (
        f"States: {figures.member_days:,} member-days, {figures.flips:,} flips: {flips} a member-week"
    )
    return table


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, title_justify="left", title_style="bold")
    table.add_column(first, no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _estimate(estimate: Estimate | None, form: str) -> str:
    if estimate is None:
        return NOTHING
    value = form.format(estimate.value)
    if estimate.low is None or estimate.high is None:
        return value
    return f"{value} ({form.format(estimate.low)} to {form.format(estimate.high)})"


def _share(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f} %"
