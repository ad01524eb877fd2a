"""``bee notify rules``: versions of rules, written by one, approved by another, put in force and taken back."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bee.access import StaffRole, acting_role
from bee.errors import Invalid
from bee.settings import load_settings

if TYPE_CHECKING:
    from bee.audit import Actor
    from bee.db import WriteSession
    from bee.notify.catalogue import RuleCard
    from bee.notify.registry import RuleVersion

rules = typer.Typer(help="The rules that decide, their versions and what they say.", no_args_is_help=True)

SENDS_DAYS: Final = 28
ADDRESS: Final = "command line"

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]
Name = Annotated[str, typer.Argument(help="The rule's name.")]
Version = Annotated[int, typer.Argument(help="The version's number.")]
Reason = Annotated[str, typer.Option(help="Why; it is in the trail.")]
Person = Annotated[
    str,
    typer.Option(
        "--as", metavar="EMAIL", help="Who does it; their password is asked for, or read from the input."
    ),
]


@rules.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the rules and their versions."""
    from bee.db import Database, Login
    from bee.notify.catalogue import catalogue
    from bee.notify.registry import thrown_switches

    since = datetime.now(UTC) - timedelta(days=SENDS_DAYS)
    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        cards, stops = catalogue(session, since=since), thrown_switches(session)
    if as_json:
        typer.echo(json.dumps([_told(card, row) for card in cards for row in card.versions], default=str))
        return
    if stops.everything:
        typer.echo("Everything is stopped.")
    for card in cards:
        for row in card.versions:
            typer.echo(f"{row.rule:<16} {row.version:>3}  {_state(card, row):<18} {row.message}")


@rules.command("show")
def show(
    name: Name,
    version: Annotated[int | None, typer.Option(help="Which; the newest when absent.")] = None,
) -> None:
    """Show what a version of a rule says, as `add` and `dry-run` take it."""
    from bee.db import Database, Login
    from bee.notify.registry import get_rule_version

    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        found = get_rule_version(session, name, version)
    typer.echo(json.dumps(json.loads(found.body), indent=2, ensure_ascii=False))


@rules.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="RULE.json", help="What the rule shall say.")],
    message: Annotated[str, typer.Option(help="What the change is for; whoever approves it reads it.")],
    person: Person,
) -> None:
    """Store a new version of a rule or of the budget, which waits for approval by somebody else."""
    from bee.notify.actions import add_version
    from bee.notify.rule import parse_body

    body = parse_body(rule_text(file))
    with _acting(person, StaffRole.PRODUCT) as (session, actor):
        made = add_version(session, body, message=message, actor=actor)
    typer.echo(f"Version {made.version} of {made.rule} waits for approval by somebody else.")


@rules.command("approve")
def approve(name: Name, version: Version, person: Person) -> None:
    """Show how a version differs from the one in force, and approve it; never its author."""
    from bee.db import Database, Login
    from bee.notify import actions
    from bee.notify.registry import get_rule_version, rule_versions

    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        read = get_rule_version(session, name, version)
        live = next((row for row in rule_versions(session, name) if row.is_active), None)
    typer.echo(_differences(live, read))
    with _acting(person, StaffRole.ADMIN) as (writing, actor):
        actions.approve(writing, name, version, digest=read.digest, actor=actor)
    typer.echo(f"Version {version} of {name} is approved; `bee notify rules activate` puts it in force.")


@rules.command("activate")
def activate(name: Name, version: Version, reason: Reason) -> None:
    """Let an approved version decide from now on, an earlier one too."""
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.notify import actions

    with Database.connect(load_settings()) as database, database.writing(Login.OWNER) as session:
        actions.activate(session, name, version, reason=reason, actor=Actor.operator())
    typer.echo(f"Version {version} of {name} is in force.")


@rules.command("deactivate")
def deactivate(name: Name, reason: Reason) -> None:
    """Let no version of a rule decide from now on."""
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.notify import actions

    with Database.connect(load_settings()) as database, database.writing(Login.OWNER) as session:
        actions.deactivate(session, name, reason=reason, actor=Actor.operator())
    typer.echo(f"{name} is not in force any more.")


def rule_text(file: Path) -> str:
    """Return what a file says. Raises :class:`Invalid` for one that can't be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("bad_file", f"{file} can't be read as UTF-8 text.") from error


@contextmanager
def _acting(email: str, role: StaffRole) -> "Iterator[tuple[WriteSession, Actor]]":
    """Open a transaction as somebody who says who they are: two people are two only if each is known.

    Raises as :func:`bee.staff.sign_in` does, and :class:`bee.errors.Forbidden` where the role is not theirs.
    """
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.staff import end_session, sign_in

    settings = load_settings()
    with Database.connect(settings) as database:
        now = datetime.now(UTC)
        signed_in = sign_in(
            database, email=email, password=_password(email), address=ADDRESS, now=now,
            is_local=settings.is_local,
        )  # fmt: skip
        try:
            viewer = signed_in.viewer
            with database.writing(
                Login.DASHBOARD, role=acting_role(viewer, (role,)), staff_id=viewer.staff_id
            ) as session:
                yield session, Actor.staff(viewer.staff_id)
        finally:
            end_session(database, signed_in.token, now=datetime.now(UTC))


def _password(email: str) -> str:
    if sys.stdin.isatty():
        return getpass(f"Password of {email}: ")
    return sys.stdin.readline().rstrip("\r\n")


def _differences(live: "RuleVersion | None", version: "RuleVersion") -> str:
    from bee.notify.difference import differences
    from bee.notify.rule import parse_body

    if live is None:
        return f"{version.rule} is not in force. Version {version.version} says: {version.body}"
    found = differences(parse_body(live.body), parse_body(version.body))
    return "\n".join(
        [
            f"Version {version.version} against version {live.version}, which is in force:",
            *(f"  {each.name}: {each.before} -> {each.after}" for each in found),
        ]
    )


def _state(card: "RuleCard", row: "RuleVersion") -> str:
    state = "in force" if row.is_active else "approved" if row.approved_by else "waits"
    return f"{state}, stopped" if card.is_stopped else state


def _told(card: "RuleCard", row: "RuleVersion") -> dict[str, object]:
    keys = ("rule", "version", "digest", "author_id", "message", "approved_by", "is_active")
    return {key: getattr(row, key) for key in keys} | {
        "is_stopped": card.is_stopped,
        f"sent_{SENDS_DAYS}_days": card.sent,
    }
