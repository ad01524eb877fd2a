"""``bee score``, ``explain``, ``backtest`` and ``export``: momentum scores from the command line."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bee.errors import Invalid
from bee.progress import progress_bar
from bee.settings import load_settings

if TYPE_CHECKING:
    from bee.momentum.queries import DayExplanation

scores = typer.Typer()
exports = typer.Typer(help="Write figures into files.", no_args_is_help=True)

WAIT_S = 600.0
# Nowhere is the day further ahead of UTC than this.
EARLIEST_ZONE = timedelta(hours=14)
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]


@scores.command("score")
def score_command(
    member: Annotated[str | None, typer.Option(help="Only this member: id, external id or P-number.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--from", help="Write every day from this one on (2026-11-02) again, touched or not."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", help="The last day to write again; later ones only as far as they change."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score whatever is missing or touched; with --from, also everything from that day on again."""
    import json
    from dataclasses import asdict
    from functools import partial

    from bee.db import Database, Login
    from bee.members.queries import get_member
    from bee.momentum.scoring import rebuild, score

    now = datetime.now(UTC)
    work = score
    if (period := _period(since, until, now)) is not None:
        work = partial(rebuild, from_on=period[0], to_on=period[1])
    database = Database.connect(load_settings())
    member_id = None
    if member is not None:
        with database.reading(Login.OWNER) as session:
            member_id = get_member(session, member).id
    with progress_bar(shown=not as_json) as tell:
        report = work(
            database,
            now=now,
            member_id=member_id,
            wait_s=WAIT_S,
            progress=lambda done, total: tell("scoring", done, total),
        )
    if as_json:
        typer.echo(json.dumps(asdict(report), default=str))
    else:
        typer.echo(
            f"Members scored: {report.members:,}. Days written: {report.rows_written:,},"
            f" removed: {report.rows_removed:,}, published ones restated: {report.restated:,}."
        )


@scores.command("explain")
def explain(
    member: str, day: Annotated[str, typer.Argument(metavar="DATE")], as_json: AsJson = False
) -> None:
    """Show why a member's score of a day is what it is."""
    import json
    from dataclasses import asdict

    from bee.db import Database, Login
    from bee.members.queries import get_member
    from bee.momentum.queries import explain_day

    wanted = _day(day, "DATE")
    assert wanted is not None
    with Database.connect(load_settings()).reading(Login.OWNER) as session:
        found = explain_day(session, get_member(session, member).id, wanted)
    if as_json:
        typer.echo(json.dumps(asdict(found) | {"total": found.explanation.total}, default=str))
        return
    for line in _explained(found):
        typer.echo(line)


@scores.command("backtest")
def backtest_command(
    definition: Annotated[
        str | None, typer.Option(help="A definition's name, or FILE.json; the active one when absent.")
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="A population's name, or FILE.json; the one that fits when absent.")
    ] = None,
    segment: Annotated[str, typer.Option(help="Only members of this segment, such as plan:plus.")] = "all",
    as_json: AsJson = False,
) -> None:
    """Judge a score definition by what members did afterwards, beside simpler measures; nothing is written."""
    from bee.cli_backtest import backtest_json, print_backtest
    from bee.db import Database
    from bee.momentum.backtest.run import backtest

    with progress_bar(shown=not as_json) as tell:
        found = backtest(
            Database.connect(load_settings()),
            definition=definition,
            population=population,
            segment=segment,
            now=datetime.now(UTC),
            progress=lambda done, total: tell("scoring", done, total),
        )
    if as_json:
        typer.echo(backtest_json(found))
    else:
        print_backtest(found)


@exports.command("scores")
def export_scores(file: Path) -> None:
    """Write every complete score into a .csv or .parquet file."""
    from bee.db import Database
    from bee.momentum.export import export_scores as export

    rows = export(Database.connect(load_settings()), file)
    typer.echo(f"{rows:,} scores are in {file}.")


def _explained(found: "DayExplanation") -> list[str]:
    why = found.explanation
    state = f"{why.state}, {why.previous_state} the day before" if why.previous_state else f"{why.state}"
    lines = [f"{found.score_date}: {why.final:.2f} ({state}) by definition {why.definition}", ""]
    for part in why.events:
        cap = f", {part.counted} count" if part.counted < part.count else ""
        without = f"without them {part.final_without:.2f} ({part.state_without})"
        lines.append(
            f"{part.contribution:>10.4f}  {part.count} × {part.event_type}{cap}: {part.points:g} points; {without}"
        )
    if why.day_cap:
        lines.append(f"{why.day_cap:>10.4f}  the most that a day can bring")
    lines += [
        f"{carried.contribution:>10.4f}  carried from {carried.days_back} d before ({carried.final:.2f})"
        for carried in why.carry
    ]
    lines.append(f"{why.rounding:>10.4f}  rounding")
    lines.append(
        f"{why.total:>10.4f}  in all; without any event {why.final_without:.2f} ({why.state_without})"
    )
    if not found.is_current:
        lines.append(f"Stored is {found.stored_final:.2f}: something came in that is not scored yet.")
    return lines


def _period(since: str | None, until: str | None, now: datetime) -> tuple[date, date | None] | None:
    first, last = _day(since, "--from"), _day(until, "--to")
    if first is None and last is None:
        return None
    if first is None or (last is not None and last < first):
        raise Invalid("bad_period", "--to needs a --from that is not later.")
    if first > (now + EARLIEST_ZONE).date():
        raise Invalid("bad_period", f"--from {first} has not come yet.")
    return first, last


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("bad_day", f"{option} {text!r} is no day; write it as 2026-11-02.") from error
