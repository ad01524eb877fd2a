"""``bee score``, ``explain`` and ``export``: momentum scores from the command line."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from bee.errors import Invalid
from bee.progress import progress_bar
from bee.settings import load_settings

scores = typer.Typer()
exports = typer.Typer(help="Write figures into files.", no_args_is_help=True)

WAIT_S = 600.0
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]


@scores.command("score")
def score_command(
    member: Annotated[str | None, typer.Option(help="Only this member: id, external id or P-number.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Score again from this day on (2026-11-02), touched or not.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="The last day that --from is about; later days follow from it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score whatever is missing or touched; with --from, everything again from that day on."""
    import json
    from dataclasses import asdict

    from bee.db import Database, Login
    from bee.members.queries import get_member
    from bee.momentum.scoring import score

    rebuild_from, rebuild_to = _day(since, "--from"), _day(until, "--to")
    if rebuild_to is not None and (rebuild_from is None or rebuild_to < rebuild_from):
        raise Invalid("bad_period", "--to needs a --from that is not later.")
    database = Database.connect(load_settings())
    member_id = None
    if member is not None:
        with database.reading(Login.OWNER) as session:
            member_id = get_member(session, member).id
    with progress_bar(shown=not as_json) as tell:
        report = score(
            database,
            now=datetime.now(UTC),
            login=Login.OWNER,
            member_id=member_id,
            rebuild_from=rebuild_from,
            wait_s=WAIT_S,
            progress=lambda done, total: tell("scoring", done, total),
        )
    if as_json:
        typer.echo(json.dumps(asdict(report), default=str))
    else:
        typer.echo(
            f"{report.members:,} members were due: {report.rows_written:,} days written,"
            f" {report.rows_removed:,} removed, {report.restated:,} published days restated."
        )


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("bad_day", f"{option} {text!r} is no day; write it as 2026-11-02.") from error
