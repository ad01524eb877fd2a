"""The command line: ``python -m bee``. Each command is a thin call; what it needs is imported when it runs."""

import sys

import typer

from bee.errors import BeeError

app = typer.Typer(
    name="bee",
    help="The Behavioral Engagement Engine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

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
