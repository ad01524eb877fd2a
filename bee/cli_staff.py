"""``bee staff`` and ``bee audit``: who works here, and whether the trail holds."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from bee.access import StaffRole
from bee.errors import Invalid, NotFound
from bee.settings import Settings, load_settings

staff = typer.Typer(help="Who works here.", no_args_is_help=True)
audit = typer.Typer(help="The trail of who did what.", no_args_is_help=True)

EXIT_BROKEN = 1
HEAD = re.compile(r"[0-9A-Fa-f]{8,64}")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]


@staff.command("invite")
def invite(
    email: str,
    roles: Annotated[list[StaffRole], typer.Argument(help="One or more: product, coach, oncall, admin.")],
    name: Annotated[str, typer.Option(help="The name that colleagues see.")] = "",
) -> None:
    """Invite somebody and print a one-time link; this is how the first admin comes in."""
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.staff import invite as invite_staff

    settings = load_settings()
    with Database.connect(settings) as database, database.writing(Login.OWNER) as session:
        token = invite_staff(
            session,
            email=email,
            full_name=name,
            roles=set(roles),
            actor=Actor.operator(),
            now=datetime.now(UTC),
        )
    typer.echo(f"{email} is invited. This link works once, for 72 hours:")
    typer.echo(join_address(settings, token))


@staff.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Show everybody."""
    from bee.db import Database, Login
    from bee.staff import list_staff

    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        people = list_staff(session)
    if as_json:
        typer.echo(json.dumps([asdict(person) for person in people], default=str))
        return
    for person in people:
        state = "" if person.is_active else "  revoked"
        demo = "  demo" if person.is_demo else ""
        typer.echo(f"{person.email:<40} {', '.join(person.roles):<30} {person.full_name}{state}{demo}")


@staff.command("revoke")
def revoke(email: str) -> None:
    """Revoke somebody's access; open sessions end at once."""
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.staff import deactivate, list_staff

    with Database.connect(load_settings()) as database, database.writing(Login.OWNER) as session:
        found = [person for person in list_staff(session) if person.email == email.strip().lower()]
        if not found:
            raise NotFound("unknown_staff", f"Nobody on the staff has the address {email}.")
        deactivate(session, found[0].id, actor=Actor.operator(), now=datetime.now(UTC))
    typer.echo(f"{email} can't sign in any more.")


@audit.command("verify")
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            help="A head that was seen before, in a log or a verification: it has to be there still."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute the chain of the trail again. Exit code 1 when it does not hold."""
    from bee.audit import verify as verify_trail
    from bee.db import Database, Login

    if head is not None and not HEAD.fullmatch(head):
        raise Invalid("bad_head", "A head is written in at least 8 of the digits 0 to 9 and a to f.")
    with Database.connect(load_settings()) as database, database.reading(Login.WORKER) as session:
        found = verify_trail(session, head=head)
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        typer.echo(
            f"{found.seals:,} seals over {found.rows_sealed:,} acts"
            f" {'hold' if found.broken is None else 'DO NOT HOLD'};"
            f" {found.rows_unsealed:,} acts are not sealed yet. Head {found.head[:16]}…"
        )
        if found.begins_after:
            typer.echo(f"What was before seal {found.begins_after[:16]}… is forgotten, as the trail says.")
        if found.broken:
            typer.echo(found.broken)
    if found.broken:
        raise typer.Exit(EXIT_BROKEN)


def join_address(settings: Settings, token: str) -> str:
    """Return the address at which a one-time link is used."""
    base = settings.public_url or f"http://{settings.host}:{settings.dashboard_port}"
    return f"{base.rstrip('/')}/join?token={token}"
