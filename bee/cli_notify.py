"""``bee notify``: decide and send, try a rule on the past, and the kill switch."""

import json
import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bee.cli_rules import rule_text, rules
from bee.errors import Invalid
from bee.settings import load_settings

if TYPE_CHECKING:
    from bee.notify.rehearsal import Rehearsal

notify = typer.Typer(help="What members are told, and what is held back.", no_args_is_help=True)
notify.add_typer(rules, name="rules")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]
OfRule = Annotated[str | None, typer.Option("--rule", help="Only this rule's; everything when absent.")]
Reason = Annotated[str, typer.Option(help="Why; it is in the trail.")]


@notify.command("run")
def run_command(
    validate_only: Annotated[
        bool,
        typer.Option("--validate-only", help="Decide nothing; have the service check what is due."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Decide what is eligible now, and send what is due."""
    from bee.db import Database, Login
    from bee.notify.courier import courier_of
    from bee.notify.dispatch import Dispatcher
    from bee.notify.evaluation import evaluate

    settings = load_settings()
    chance = random.SystemRandom()
    with Database.connect(settings) as database, courier_of(settings) as courier:
        dispatcher = Dispatcher(
            database, courier, "bee notify run", lambda: datetime.now(UTC), chance, Login.OWNER
        )
        if validate_only:
            decided, sent = None, dispatcher.validate_due()
        else:
            decided = evaluate(database, now=datetime.now(UTC), chance=chance, login=Login.OWNER)
            sent = dispatcher.send_due()
    answers = dict(sent.answers)
    if as_json:
        told = (
            {"decided": decided.decided, "to_send": decided.to_send, "tasks": decided.tasks}
            if decided
            else {}
        )
        typer.echo(json.dumps(told | {"via": courier.via, "deliveries": sent.deliveries, "answers": answers}))
        return
    if decided is not None:
        typer.echo(
            f"{decided.decided:,} moments decided: {decided.to_send:,} to send,"
            f" {decided.tasks:,} tasks for coaches."
        )
    counts = ", ".join(f"{count:,} {name}" for name, count in answers.items()) or "nothing posted"
    typer.echo(f"{sent.deliveries:,} notifications were due, through the {courier.via}: {counts}.")


@notify.command("dry-run")
def dry_run_command(
    rule: Annotated[
        Path, typer.Argument(metavar="RULE.json", help="A rule, as `bee notify rules show` shows it.")
    ],
    since: Annotated[str, typer.Option("--from", help="The first day, such as 2026-11-02.")],
    until: Annotated[str, typer.Option("--to", help="The last day.")],
    as_json: AsJson = False,
) -> None:
    """Show what a rule would have sent in the past, to whom and how often; nothing is written."""
    from bee.db import Database, Login
    from bee.notify.rehearsal import rehearse
    from bee.notify.rule import parse_rule

    tried = parse_rule(rule_text(rule))
    from_on, to_on = _day(since, "--from"), _day(until, "--to")
    if not 0 <= (to_on - from_on).days <= 366:
        raise Invalid("bad_period", "--to lies 0 to 366 days after --from.")
    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        found = rehearse(session, tried, from_on=from_on, to_on=to_on)
    typer.echo(_rehearsal_json(found) if as_json else _rehearsal_text(found))


@notify.command("kill")
def kill(reason: Reason, rule: OfRule = None) -> None:
    """Stop: within two seconds nothing more is sent."""
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.notify.actions import stop

    with Database.connect(load_settings()) as database, database.writing(Login.OWNER) as session:
        stop(session, rule=rule, reason=reason, actor=Actor.operator())
    typer.echo(f"{rule or 'Everything'} is stopped.")


@notify.command("unkill")
def unkill(reason: Reason, rule: OfRule = None) -> None:
    """Go on: what waited and is not too late is sent."""
    from bee.audit import Actor
    from bee.db import Database, Login
    from bee.notify.actions import resume

    with Database.connect(load_settings()) as database, database.writing(Login.OWNER) as session:
        resume(session, rule=rule, reason=reason, actor=Actor.operator())
    typer.echo(f"{rule or 'Everything'} goes on.")


def _rehearsal_text(found: "Rehearsal") -> str:
    sends = found.sends
    lines = [f"{'day':<12} {'eligible':>9} {'sent':>7}"]
    lines += [f"{day} {eligible:>11,} {sent:>7,}" for day, (eligible, sent) in found.by_day.items()]
    lines += ["", f"{len(found.moments):,} moments; {len(sends):,} members would have heard:"]
    lines += [f"{members:>9,} members {times}×" for times, members in found.times.items()]
    lines += ["", "Why:"]
    lines += [f"{count:>9,} {reason}" for reason, count in found.reasons.items()]
    return "\n".join(lines)


def _rehearsal_json(found: "Rehearsal") -> str:
    return json.dumps(
        {
            "eligible": len(found.moments),
            "sent": sum(each.is_send for each in found.moments),
            "reasons": found.reasons,
            "times": found.times,
            "days": [
                {"day": day, "eligible": eligible, "sent": sent}
                for day, (eligible, sent) in found.by_day.items()
            ],
            "members": [{"user_id": member, "days": days} for member, days in found.sends.items()],
        },
        default=str,
    )


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("bad_day", f"{option} {text!r} is no day; write it as 2026-11-02.") from error
