"""``bee coach``: crisis detection over a file, line by line; what models took and cost."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from bee.errors import Invalid

if TYPE_CHECKING:
    from bee.coach.usage import UsageDay

coach = typer.Typer(help="What the coach looks for, and what its models take.", no_args_is_help=True)

EXIT_UNREADABLE = 1
SHOWN_OF_A_LINE = 60
LONGEST_LINE = 1 << 22


@coach.command("screen")
def screen_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Text in UTF-8, one message a line.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON for each line of the file, for programs.")
    ] = False,
) -> None:
    """Say for each line whether somebody may be in danger. Exit code 1 when a line could not be read whole."""
    from bee.coach.safety import RULES_VERSION, screen

    found: Counter[str] = Counter()
    lines = unreadable = 0
    for lines, (text, fault) in enumerate(read_lines(path), start=1):
        result = screen(text)
        found[result.category or "none"] += 1
        if fault:
            unreadable += 1
            typer.echo(f"Line {lines}: {fault}.", err=True)
        if as_json:
            row = {"crisis": result.crisis, "category": result.category, "matched": result.matched}
            typer.echo(json.dumps(row, ensure_ascii=False))
        elif result.crisis:
            words = " · ".join(words[:SHOWN_OF_A_LINE] for words in result.matched)
            typer.echo(f"{lines:>8}  {result.category:<10}  {' '.join(words.split())}")
    if not as_json:
        _echo_summary(lines, found, RULES_VERSION)
    if unreadable:
        raise typer.Exit(EXIT_UNREADABLE)


@coach.command("usage")
def usage_command(
    days: Annotated[int, typer.Option(min=1, max=3660, help="Today (UTC) and the days before it.")] = 7,
    as_json: Annotated[
        bool, typer.Option("--json", help="One line of JSON for each day, prompt and model, for programs.")
    ] = False,
) -> None:
    """Say what models were asked, took and cost, by day, prompt and model, and which providers are left alone."""
    from datetime import UTC, datetime, timedelta

    from bee.coach.standing import day_began
    from bee.coach.usage import breakers, usage
    from bee.db import Database, Login
    from bee.settings import load_settings

    now = datetime.now(UTC)
    with (
        Database.connect(load_settings()) as database,
        database.reading(Login.DASHBOARD, role="bee_oncall") as session,
    ):
        rows = usage(session, day_began(now) - timedelta(days=days - 1), now)
        held = [breaker for breaker in breakers(session) if breaker.is_open(now)]
    for row in rows:
        typer.echo(json.dumps(asdict(row), default=str) if as_json else _usage_line(row))
    if not rows and not as_json:
        typer.echo("No model was asked.")
    for breaker in held:
        told = (
            f"{breaker.provider} is left alone until {breaker.open_until:%H:%M:%S} UTC ({breaker.because})."
        )
        typer.echo(told, err=True)


@coach.command("export")
def export_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="Where to.")],
) -> None:
    """Write every prompt, every case, and every run and review that is over, as JSON lines."""
    from bee.coach.lab.exchange import export_lines, held_back
    from bee.db import Database, Login
    from bee.settings import load_settings

    written = 0
    with Database.connect(load_settings()) as database, database.reading(Login.OWNER) as session:
        try:
            with path.open("w", encoding="utf-8") as target:
                for line in export_lines(session):
                    target.write(f"{line}\n")
                    written += 1
            held = held_back(session)
        except OSError as error:
            raise Invalid("unwritable_file", f"{path} can't be written: {error.strerror}.") from error
    typer.echo(f"Wrote {written:,} lines.")
    if held:
        runs = (
            "1 run until the review of it is" if held == 1 else f"{held:,} runs until the reviews of them are"
        )
        typer.echo(f"Left out {runs} over.", err=True)


@coach.command("import")
def import_command(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="What bee coach export wrote.")],
    vouches: Annotated[
        str | None,
        typer.Option("--as", metavar="EMAIL", help="Who stands in for people who are not on the staff here."),
    ] = None,
) -> None:
    """Take prompts, cases, runs and reviews in. Exit code 1 when a line was refused; the others come in."""
    from bee.coach.lab.exchange import import_lines
    from bee.db import Database
    from bee.settings import load_settings

    try:
        with Database.connect(load_settings()) as database, path.open(encoding="utf-8") as source:
            taken = import_lines(database, source, vouches=vouches)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise Invalid("unreadable_file", f"{path} can't be read: {reason}.") from error
    for number, why in taken.faults:
        typer.echo(f"Line {number}: {why}", err=True)
    added = ", ".join(f"{count:,} {kind}s" for kind, count in sorted(taken.added.items())) or "nothing"
    typer.echo(
        f"Added {added}; {taken.known.total():,} lines were there before, {taken.refused:,} were refused."
    )
    if taken.refused:
        raise typer.Exit(EXIT_UNREADABLE)


def _usage_line(row: "UsageDay") -> str:
    tokens = row.input + row.cache_read + row.cache_write + row.output + row.reasoning
    unpriced = f", {row.unpriced:,} calls without a price" if row.unpriced else ""
    cost = f"${row.cost_usd:.4f}{unpriced}" if row.unpriced < row.calls else "no price"
    return (
        f"{row.day}  {row.purpose:<10}  {row.prompt:<12}  {row.provider}/{row.model}"
        f"  {row.answered:,} of {row.calls:,} calls answered  {tokens:,} tokens  {cost}"
    )


def read_lines(path: Path) -> Iterator[tuple[str, str | None]]:
    """Yield each line of a file with what is wrong with it, if anything; one line is held at a time.

    Of a line beyond ``LONGEST_LINE`` bytes the start is read. Raises :class:`Invalid` for what is no file that can
    be read.
    """
    try:
        with path.open("rb") as source:
            while raw := source.readline(LONGEST_LINE):
                is_cut = not raw.endswith(b"\n") and _skip_line(source)
                text, fault = _decoded(raw.removesuffix(b"\n").removesuffix(b"\r"))
                yield text, f"only its first {LONGEST_LINE:,} bytes were read" if is_cut else fault
    except OSError as error:
        raise Invalid("unreadable_file", f"{path} can't be read: {error.strerror}.") from error


def _skip_line(source: BinaryIO) -> bool:
    """Go on to the next line and return whether anything was passed over."""
    skipped = False
    while piece := source.readline(LONGEST_LINE):
        skipped = True
        if piece.endswith(b"\n"):
            break
    return skipped


def _decoded(line: bytes) -> tuple[str, str | None]:
    try:
        return line.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        return line.decode("utf-8-sig", "replace"), f"byte {error.start + 1} is not UTF-8, the rest was read"


def _echo_summary(lines: int, found: Counter[str], version: str) -> None:
    flagged = lines - found["none"]
    parts = ", ".join(f"{count:,} {name}" for name, count in sorted(found.items()) if name != "none")
    typer.echo(
        f"{flagged:,} of {lines:,} lines may tell of danger{f' ({parts})' if parts else ''}. Rules {version}."
    )
