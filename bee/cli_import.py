"""``bee import``: events, members and the Open University data into the database."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bee.progress import Tell, progress_bar
from bee.settings import load_settings

if TYPE_CHECKING:
    from bee.db import Database
    from bee.members.ingest.report import ImportReport

imports = typer.Typer(
    help="Bring in events and members from files. Importing a file again adds only what is new in it.",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")]
RejectsPath = Annotated[
    Path | None, typer.Option(help="Where rejected rows go; FILE.rejects.csv when absent.")
]
SourceFile = Annotated[Path, typer.Argument(help="A .csv, .jsonl (both also .gz) or .parquet file.")]


@imports.command("events")
def events(
    file: SourceFile,
    mapping: Annotated[Path | None, typer.Option(help="A TOML or JSON file that names the columns.")] = None,
    source: Annotated[
        str, typer.Option(help="Where the events come from: equal rows of one source are the same events.")
    ] = "import",
    rejects: RejectsPath = None,
    as_json: AsJson = False,
) -> None:
    """Import events. Exit code: 0 all rows are in, 1 some were rejected, 2 nothing could be done."""
    from bee.members.ingest.event_files import import_events
    from bee.members.ingest.mapping import DEFAULT, read_mapping

    read = DEFAULT if mapping is None else read_mapping(mapping)

    def run(database: "Database", tell: Tell) -> "ImportReport":
        return import_events(
            database,
            file,
            mapping=read,
            source=source,
            rejects=rejects or _rejects_of(file),
            workplaces=_workplaces(),
            now=datetime.now(UTC),
            progress=tell,
        )

    _import(run, as_json=as_json)


@imports.command("members")
def members(file: SourceFile, rejects: RejectsPath = None, as_json: AsJson = False) -> None:
    """Import members: add new ones, bring known ones in line with the file. Exit codes as for events."""
    from bee.members.ingest.member_files import import_members

    def run(database: "Database", tell: Tell) -> "ImportReport":
        return import_members(database, file, rejects=rejects or _rejects_of(file), progress=tell)

    _import(run, as_json=as_json)


@imports.command("oulad")
def oulad(
    folder: Annotated[Path, typer.Argument(help="The folder with the seven files, CSV or Parquet.")],
    rejects: RejectsPath = None,
    as_json: AsJson = False,
) -> None:
    """Import the Open University Learning Analytics Dataset. Exit codes as for events."""
    from bee.members.oulad import import_oulad

    def run(database: "Database", tell: Tell) -> "ImportReport":
        return import_oulad(
            database,
            folder,
            rejects=rejects or _rejects_of(folder),
            workplaces=_workplaces(),
            now=datetime.now(UTC),
            progress=tell,
        )

    _import(run, as_json=as_json)


def _import(run: "Callable[[Database, Tell], ImportReport]", *, as_json: bool) -> None:
    from bee.db import Database

    with Database.connect(load_settings()) as database, progress_bar(shown=not as_json) as tell:
        report = run(database, tell)
    typer.echo(json.dumps(report.as_dict()) if as_json else _told(report))
    raise typer.Exit(report.exit_code)


def _told(report: "ImportReport") -> str:
    counts = f"{report.read:,} {report.what} read: {report.added:,} added"
    changed = f", {report.changed:,} changed" if report.what == "members" else ""
    known = f"{report.repeated:,} known already, {report.rejected:,} rejected ({report.seconds:.1f} s)."
    lines = [f"{counts}{changed}, {known}"]
    if report.members_added or report.members_changed:
        lines.append(f"{report.members_added:,} members added, {report.members_changed:,} changed.")
    if report.rejects is not None:
        lines.append(f"The rejected rows, with line and reason: {report.rejects}")
    return "\n".join([*lines, *report.notes])


def _rejects_of(path: Path) -> Path:
    """Return where the rejected rows of a file go: beside it, or here if nothing can be written there."""
    name = f"{path.resolve().name}.rejects.csv"
    folder = path.resolve().parent
    return (folder if os.access(folder, os.W_OK) else Path.cwd()) / name


def _workplaces() -> Path:
    return load_settings().home / "imports"
