"""``bee probe``: looking at an API from outside, on fixed ticks."""

import re
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from bee.settings import load_settings

if TYPE_CHECKING:
    from bee.sla.probes.ticks import Round

EXIT_SEEN_DOWN = 1
LONGEST_ONCE_S = 60


def probe(
    url: Annotated[str, typer.Argument(help="The API's address.")],
    every: Annotated[int, typer.Option(help="Seconds between two looks.")] = 60,
    name: Annotated[str | None, typer.Option(help="What this prober is called; the machine's name.")] = None,
    journey: Annotated[
        bool, typer.Option("--journey", help="Take a member's journey too, every BEE_PROBE_JOURNEY_EVERY_S.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Look once; exit code 1 when something is down.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a look, for programs.")] = False,
) -> None:
    """Look at an API on fixed ticks, as somebody outside, and tell it what was seen.

    What can't be told is kept under BEE_HOME and told later. BEE_PROBE_KEY is the API's (`bee keys probe`).
    """
    from bee.processes import told_to_stop
    from bee.sla.probes.prober import running
    from bee.sla.probes.ticks import tick_of
    from bee.sla.probes.watch import outside

    settings = load_settings()

    def say(seen: "Round") -> None:
        typer.echo(_as_json(seen) if as_json else _as_text(seen))

    with outside(settings, url, name=name or _own_name(), every_s=every, with_journey=journey) as probers:
        if not once:
            with running(probers, say):
                told_to_stop().wait()
            return
        seen = []
        for prober in probers:
            # Whoever looks once speaks of this minute, not of a quarter of an hour that may be nearly over.
            prober.every_s = min(prober.every_s, LONGEST_ONCE_S)
            seen.append(prober.look_at(tick_of(prober.clock(), prober.every_s)))
            say(seen[-1])
        if any(prober.spool.waiting(1) for prober in probers):
            typer.echo("It could not be told: it is kept and told later.", err=True)
    if not all(step.ok for found in seen for step in found.seen):
        raise typer.Exit(EXIT_SEEN_DOWN)


def _own_name() -> str:
    """Return what this machine is called, in the letters that a prober's name may have."""
    return re.sub(r"[^a-z0-9.-]", "-", socket.gethostname().lower()).strip(".-")[:60] or "outside"


def _as_json(seen: "Round") -> str:
    from bee.sla.probes.ticks import ROUND

    return ROUND.dump_json(seen).decode()


def _as_text(seen: "Round") -> str:
    if seen.not_run:
        return f"{seen.scheduled_at:%H:%M:%S}  {seen.probe:<9} not run  {seen.not_run}"
    return "\n".join(
        f"{seen.scheduled_at:%H:%M:%S}  {step.step:<9} {'ok' if step.ok else 'down':<5} {step.seconds:7.3f} s"
        f"{'  tried twice' if step.retried else ''}{f'  {step.reason}' if step.reason else ''}"
        for step in seen.seen
    )
