"""What is refused under ``/rest``, in PostgREST's words: its clients and their users know these codes."""

from typing import Final

from bee.errors import BeeError

LONGEST_ECHO: Final = 200


class Refusal(BeeError):
    """A request that is not served. ``details`` and ``hint``: further sentences, where there are any."""

    def __init__(
        self, status: int, code: str, message: str, *, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(code, message)
        self.http_status = status
        self.details = details
        self.hint = hint


def unparsable(what: str, text: str, column: int, expected: str) -> Refusal:
    """Return that a parameter does not parse. ``column``: where reading stopped, from 0."""
    found = repr(text[column]) if column < len(text) else "end of input"
    echo = text if len(text) <= LONGEST_ECHO else f"{text[:LONGEST_ECHO]}…"
    return Refusal(
        400,
        "PGRST100",
        f'"failed to parse {what} ({echo})" (line 1, column {column + 1})',
        details=f"unexpected {found} expecting {expected}",
    )


def too_much(sentence: str) -> Refusal:
    """Return that a request asks for more than is sensible."""
    return Refusal(400, "PGRST100", sentence)


def bad_body(message: str) -> Refusal:
    """Return that a body can't be used."""
    return Refusal(400, "PGRST102", message)


def bad_range(details: str) -> Refusal:
    """Return that a range can't be had."""
    return Refusal(416, "PGRST103", "Requested range not satisfiable", details=details)


def unknown_table(name: str) -> Refusal:
    """Return that there is no such table here."""
    return Refusal(404, "PGRST205", f"Could not find the table 'public.{name}' in the schema cache")


def unknown_function(name: str) -> Refusal:
    """Return that there is no such function here."""
    return Refusal(404, "PGRST202", f"Could not find the function public.{name} in the schema cache")


def unknown_column(table: str, column: str) -> Refusal:
    """Return that a read names a column that there is not: PostgreSQL's own code and words."""
    return Refusal(400, "42703", f"column {table}.{column} does not exist")


def unknown_key(table: str, column: str) -> Refusal:
    """Return that a write names a column that there is not."""
    return Refusal(400, "PGRST204", f"Could not find the '{column}' column of '{table}' in the schema cache")


def unrelated(table: str, other: str) -> Refusal:
    """Return that nothing can be embedded."""
    return Refusal(
        400,
        "PGRST200",
        f"Could not find a relationship between '{table}' and '{other}' in the schema cache",
        details=f"Searched for a foreign key relationship between '{table}' and '{other}'"
        " in the schema 'public', but no matches were found.",
    )


def unfit_operator(left: str, operator: str, right: str) -> Refusal:
    """Return that a type has no such operator: PostgreSQL's own code and words."""
    return Refusal(
        404,
        "42883",
        f"operator does not exist: {left} {operator} {right}",
        hint="No operator matches the given name and argument types. You might need to add explicit type casts.",
    )


def not_single(rows: int) -> Refusal:
    """Return that one object was asked for and that there are none or several."""
    return Refusal(
        406,
        "PGRST116",
        "Cannot coerce the result to a single JSON object",
        details=f"The result contains {rows} rows",
    )


def too_many_affected(rows: int) -> Refusal:
    """Return that a write would touch more rows than its caller wanted."""
    return Refusal(
        400,
        "PGRST124",
        "Query result exceeds max-affected preference constraint",
        details=f"The query affects {rows} rows",
    )
