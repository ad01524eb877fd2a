"""``bee sla``: what was promised, for other programs."""

import json
from pathlib import Path
from typing import Annotated

import typer

sla = typer.Typer(help="What was promised, and what is watched.")
MADE = "# Made by `bee sla monitoring` from the objectives; change those instead.\n"


@sla.callback()
def _sla() -> None:
    """What was promised, and what is watched."""


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
