"""The command line, ``python -m bee``: thin calls, each importing what it needs when it runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bee.cli_coach import coach
from bee.cli_effect import effects
from bee.cli_import import imports
from bee.cli_keys import keys
from bee.cli_notify import notify
from bee.cli_probe import probe
from bee.cli_scores import exports, scores
from bee.cli_sla import sla
from bee.cli_staff import audit, staff
from bee.cli_status import status
from bee.errors import BeeError, Invalid
from bee.settings import load_settings

app = typer.Typer(
    name="bee",
    help="The Behavioral Engagement Engine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.add_typer(imports, name="import")
app.add_typer(scores)
app.add_typer(exports, name="export")
app.add_typer(staff, name="staff")
app.add_typer(keys, name="keys")
app.add_typer(audit, name="audit")
app.add_typer(coach, name="coach")
app.add_typer(effects)
app.add_typer(notify, name="notify")
app.add_typer(sla, name="sla")
app.command()(probe)
app.command()(status)

EXIT_FAILED = 2


def main() -> None:
    """Run the command that the arguments name; a domain error becomes one sentence and an exit code."""
    try:
        app()
    except BeeError as error:
        typer.secho(error.message, err=True, fg="red")
        sys.exit(EXIT_FAILED)


@app.callback()
def _root() -> None:
    """The Behavioral Engagement Engine."""


@app.command()
def up(
    demo: Annotated[
        bool | None,
        typer.Option(
            "--demo/--no-demo", help="Fill an empty database with demo members; only local is, and may be."
        ),
    ] = None,
) -> None:
    """Start database, dashboard, API and worker on this machine; Ctrl-C stops them."""
    from bee import supervisor

    supervisor.up(load_settings(), typer.echo, demo=demo)


@app.command()
def down() -> None:
    """Stop what `bee up` started, and the embedded database."""
    from bee import supervisor

    if not supervisor.down(load_settings(), typer.echo):
        typer.echo("Nothing was running.")


@app.command()
def migrate(
    schema_to: Annotated[
        Path | None, typer.Option(help="Also write what the migrations add up to into this file.")
    ] = None,
) -> None:
    """Bring the database to this release."""
    from bee.db import schema
    from bee.db.address import server_address
    from bee.flows import bring_up_to_date

    address = server_address(load_settings())
    for migration in bring_up_to_date(address):
        typer.echo(f"Applied {migration.version}_{migration.name}.")
    typer.echo("The database is of this release.")
    if schema_to is not None:
        schema_to.write_text(schema.dump_schema(address), encoding="utf-8")


@app.command()
def demo(
    members: Annotated[int, typer.Option(help="How many, for an empty database.")] = 1200,
    seed: Annotated[int, typer.Option(help="Another seed makes other people.")] = 2026,
) -> None:
    """Fill an empty local database with demo members, or bring those it has up to yesterday."""
    from datetime import UTC, datetime

    from bee.db import Database
    from bee.members.demo import fill_demo, refuse_demo_outside_local

    settings = load_settings()
    refuse_demo_outside_local(settings.environment)
    filled = fill_demo(
        Database.connect(settings),
        environment=settings.environment,
        now=datetime.now(UTC),
        members=members,
        seed=seed,
    )
    typer.echo(
        f"Added {filled.members:,} demo members and {filled.events:,} events,"
        f" {filled.first_day} to {filled.through}. Score them with: python -m bee score"
    )


@app.command()
def dashboard() -> None:
    """Serve the dashboard."""
    from bee.ui.serve import serve

    serve(load_settings())


@app.command()
def api() -> None:
    """Serve the API."""
    from bee.api.serve import serve

    serve(load_settings())


@app.command()
def worker(
    once: Annotated[bool, typer.Option(help="Do what is due and stop.")] = False,
) -> None:
    """Do what is due: score, seal the trail, deliver what leaves the house."""
    from bee.worker import run

    run(load_settings(), once=once)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Say what is configured and whether it answers. Exit code 2 when something is broken."""
    from bee import doctor

    try:
        findings = doctor.examine(load_settings())
    except Invalid as error:
        findings = [doctor.Finding("settings", doctor.State.BROKEN, error.message)]
    typer.echo(doctor.as_json(findings) if as_json else doctor.as_text(findings))
    if any(finding.state is doctor.State.BROKEN for finding in findings):
        raise typer.Exit(EXIT_FAILED)
