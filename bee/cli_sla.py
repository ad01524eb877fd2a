"""``bee sla``: what was promised, in the field's own format, and how it stands."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bee.errors import Invalid
from bee.settings import load_settings

sla = typer.Typer(help="Service levels: what was promised, and how it stands.", no_args_is_help=True)
MADE = "# Made by `bee sla monitoring` from the objectives; change those instead.\n"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]


@sla.command("export")
def export_command(
    to: Annotated[Path | None, typer.Option(help="A file to write; the screen when absent.")] = None,
) -> None:
    """Print the objectives as OpenSLO v1."""
    from bee.sla.objectives import objectives
    from bee.sla.openslo import to_openslo

    text = to_openslo(objectives())
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {len(objectives())} objectives to {to}.")


@sla.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="Objectives as OpenSLO v1.")],
) -> None:
    """Say whether a file's objectives can be kept count of here, and how they differ from those in force."""
    from bee.sla.objectives import objectives
    from bee.sla.openslo import from_openslo

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("file", f"{file} can't be read: {error}.") from error
    known = {objective.id: objective for objective in objectives()}
    for objective in from_openslo(text):
        ours = known.pop(objective.id, None)
        state = (
            "in force" if ours == objective else "new" if ours is None else "differs from what is in force"
        )
        typer.echo(f"{objective.id}: {state}")
    for name in known:
        typer.echo(f"{name}: in force, and not in the file")


@sla.command("show")
def show_command(as_json: AsJson = False) -> None:
    """Say how each objective stands: its budget, its burn rate, until when it lasts."""
    from bee.db import Database, Login
    from bee.sla.impact import impact
    from bee.sla.standing import levels, standings_csv, standings_fields

    now = datetime.now(UTC)
    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        found = levels(session, now=now)
        touched = impact(session, now=now, until=found.until)
    said = json.dumps(standings_fields(found, touched)) if as_json else standings_csv(found, touched)
    typer.echo(said, nl=as_json)


@sla.command()
def monitoring(
    to: Annotated[Path, typer.Option(help="The folder that is written into.")] = Path("monitoring"),
) -> None:
    """Write the rules for Prometheus and the board for Grafana, made from the objectives."""
    for name, text in monitoring_files().items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {path}.")


def monitoring_files() -> dict[str, str]:
    """Return what is written, by its place in the folder."""
    import yaml

    from bee.sla.board import board
    from bee.sla.monitoring import rules
    from bee.sla.objectives import objectives

    asked = objectives()
    told = yaml.safe_dump(rules(asked), sort_keys=False, allow_unicode=True, width=110)
    return {
        "prometheus/bee.rules.yml": MADE + told,
        "grafana/service-levels.json": json.dumps(board(asked), indent=2, ensure_ascii=False) + "\n",
    }
