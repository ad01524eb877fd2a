"""Measure what BEE takes, each figure beside its floor in the same run.

``python -m bench [BENCH …] [--scales 1 2 4] [--rounds 3] [--memories N] [--data FOLDER]``; without names, all.
Figure and floor take turns on one embedded server of the benches' own, each from a checkpoint, and the smallest
time of the rounds counts: on a shared machine only their ratio means anything. A scale of n repeats the data for n
times as many students.
"""

import argparse
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.ground import Amounts, break_ground
from bench.place import server

# Name → module, in the order in which they run: the later ones change what the earlier ones stand on.
BENCHES = {
    "import": "imports",
    "score": "scores",
    "new-day": "new_day",
    "overview": "overview",
    "api": "api",
    "rules": "rules",
    "notify": "notify",
    "coach": "coach",
    "telemetry": "telemetry",
    "memory": "memory",
    "meaning": "meaning",
    "sla": "sla",
}


def main() -> None:
    """Measure what was asked for and print a table a figure."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("benches", nargs="*", metavar="bench", help=f"of {', '.join(BENCHES)}; default all")
    parser.add_argument("--scales", nargs="+", type=_count, default=[1], help="times the data, default 1")
    parser.add_argument("--rounds", type=_count, default=3, help="how often each is measured, default 3")
    parser.add_argument("--requests", type=_count, default=20_000, help="while which memory is looked at")
    parser.add_argument("--memories", type=_count, default=100_000, help="among which some are looked for")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/oulad"), help="the OULAD's folder")
    arguments = parser.parse_args()
    if unknown := set(arguments.benches) - set(BENCHES):
        parser.error(f"there is no bench {', '.join(sorted(unknown))}; there are {', '.join(BENCHES)}")
    if not any(arguments.data.glob("*.parquet")):
        parser.error(f"{arguments.data} holds no Parquet files; --data names the folder")
    chosen = [name for name in BENCHES if not arguments.benches or name in arguments.benches]
    console = Console()
    for table in run(chosen, arguments, console):
        console.print(table)


def run(chosen: Sequence[str], arguments: argparse.Namespace, console: Console) -> list[Table]:
    """Return a table a bench, a row or more a scale."""
    amounts = Amounts(arguments.rounds, arguments.requests, arguments.memories)
    # Imported here: each process that is measured imports this module, and should bear only what it measures.
    benches = {name: import_module(f"bench.{BENCHES[name]}") for name in chosen}
    tables = {name: Table("scale", *bench.COLUMNS, title=bench.TITLE) for name, bench in benches.items()}
    with tempfile.TemporaryDirectory(prefix="bee-bench-") as work, server(Path(work) / "home") as address:
        for scale in arguments.scales:
            with break_ground(address, arguments.data, Path(work), scale, amounts) as ground:
                for name in chosen:
                    with console.status(f"{name}, {scale}×"):
                        row = benches[name].measure(ground)
                    tables[name].add_row(f"{scale}×", *row)
                    # All of it takes long: what is known is said at once.
                    known = zip(benches[name].COLUMNS, row, strict=True)
                    console.print(
                        f"{name} {scale}×:", ", ".join(f"{column} {value}" for column, value in known)
                    )
    return list(tables.values())


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 on")
    return int(text)


if __name__ == "__main__":
    main()
