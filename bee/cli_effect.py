"""``bee effect``: what a treatment changed, from a table of randomised decisions."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bee.errors import Invalid

if TYPE_CHECKING:
    from bee.notify.effect import Effect, Kind, Term

effects = typer.Typer()

ALMOST_NEVER: Final = 0.0001


@effects.command("effect")
def effect(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .csv, .csv.gz or .parquet file, a decision point a row.")
    ],
    member: Annotated[str, typer.Option(metavar="COLUMN", help="Whose decision point it is.")],
    outcome: Annotated[str, typer.Option(metavar="COLUMN", help="What was measured soon after.")],
    treatment: Annotated[str, typer.Option(metavar="COLUMN", help="1 where treated, 0 where not.")],
    probability: Annotated[
        str, typer.Option(metavar="N|COLUMN", help="With what probability a decision point was treated.")
    ],
    control: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Known before and related to the outcome: a narrower interval."),
    ] = None,
    moderator: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Known before: how the effect changes with it. Name it as a control as well.",
        ),
    ] = None,
    available: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="1 where a treatment was possible, 0 where not.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(metavar="continuous|binary", help="Of the outcome; binary when it is 0 and 1 only."),
    ] = None,
    numerator: Annotated[
        str | None,
        typer.Option(
            metavar="N|COLUMN",
            help="The probability to centre at: a number, or a column that depends on the moderators only."
            " When absent, the mean of the probability over the available decision points.",
        ),
    ] = None,
    drop_missing: Annotated[
        bool, typer.Option("--drop-missing", help="Leave out available decision points that miss a value.")
    ] = False,
    correction: Annotated[
        bool, typer.Option(help="Correct the errors for few members, as is right for any number.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for programs.")] = False,
) -> None:
    """Estimate a treatment's effect on what follows, from randomised decisions. Needs no database."""
    from bee.notify.effect import Question
    from bee.notify.effect.files import effect_of_file

    question = Question(
        member=member,
        outcome=outcome,
        treatment=treatment,
        probability=_number_or_column(probability),
        controls=tuple(control or ()),
        moderators=tuple(moderator or ()),
        available=available,
        numerator=None if numerator is None else _number_or_column(numerator),
        kind=_kind(kind),
    )
    found = effect_of_file(file, question, small_sample=correction, drop_missing=drop_missing)
    typer.echo(json.dumps(asdict(found), allow_nan=False) if as_json else _told(found))


def _number_or_column(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _kind(text: str | None) -> "Kind | None":
    from bee.notify.effect import Kind

    if text is None:
        return None
    try:
        return Kind(text)
    except ValueError as error:
        raise Invalid("unknown_kind", f"An outcome is continuous or binary, not {text}.") from error


def _told(found: "Effect") -> str:
    width = max(len(each.name) for each in found.terms)
    used = f"{found.members_available:,} members, {found.available:,} available decision points"
    lines = [
        f"{used} of {found.decision_points:,}, {found.treated:,} of them treated.",
        "",
        f"{'':{width}}  {'estimate':>10}  {'95 % interval':>23}  {'error':>10}  {'p':>8}",
        *(_row(each, width) for each in found.terms),
        "",
        f"{found.scale[0].upper()}{found.scale[1:]}; {found.terms[0].df} degrees of freedom.",
        *_in_words(found),
        *(f"{column} is compared with {level}." for column, level in found.references.items()),
        f"Method: {found.method}.",
        *found.notices,
    ]
    return "\n".join(lines)


def _row(each: "Term", width: int) -> str:
    interval = f"{each.low:.4g} to {each.high:.4g}"
    p = f"<{ALMOST_NEVER}" if each.p < ALMOST_NEVER else f"{each.p:.4f}"
    return f"{each.name:{width}}  {each.estimate:>10.4g}  {interval:>23}  {each.se:>10.4g}  {p:>8}"


def _in_words(found: "Effect") -> list[str]:
    """Return what an effect on the logarithm means, where nothing moderates it."""
    first = found.terms[0]
    if found.kind != "binary" or len(found.terms) > 1:
        return []
    times, low, high = math.exp(first.estimate), math.exp(first.low), math.exp(first.high)
    return [f"Treated, the outcome is {times:.2f} times as likely ({low:.2f} to {high:.2f})."]
