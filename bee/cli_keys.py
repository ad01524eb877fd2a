"""``bee keys``: how clients reach the API, and the keys that sign members' tokens."""

import json
from typing import Annotated

import typer

from bee.settings import load_settings

keys = typer.Typer(help="The API's address and keys.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]


@keys.callback(invoke_without_command=True)
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Print the address and the keys that clients need, as lines for an environment file."""
    if context.invoked_subcommand is not None:
        return
    from bee.api.house import client_settings

    found = client_settings(load_settings())
    lines = "\n".join(f'{name}="{value}"' for name, value in found.items())
    typer.echo(json.dumps(found) if as_json else lines)


@keys.command("rotate")
def rotate() -> None:
    """Make a new key to sign members' tokens with; it signs from 20 minutes on, and nobody is signed out."""
    from datetime import UTC, datetime

    from bee.accounts.keys import rotate_keys, sealing_of
    from bee.db import Database, Login

    settings = load_settings()
    with Database.connect(settings).writing(Login.SYSTEM) as session:
        kid = rotate_keys(session, sealing=sealing_of(settings), now=datetime.now(UTC))
    typer.echo(f"The key {kid} is public now and signs in 20 minutes.")


@keys.command("probe")
def probe() -> None:
    """Print what a prober elsewhere is given, as lines for an environment file; make the member of its journeys."""
    from datetime import UTC, datetime

    from bee.db import Database
    from bee.sla.probes.key import anon_key, probe_key
    from bee.sla.probes.member import ensure_probe_member

    settings = load_settings()
    key = probe_key(settings)
    typer.echo(f'BEE_PROBE_KEY="{key}"')
    if settings.issues_tokens:
        with Database.connect(settings) as database:
            ensure_probe_member(database, key, now=datetime.now(UTC))
        typer.echo(f'SUPABASE_ANON_KEY="{anon_key(settings)}"')
