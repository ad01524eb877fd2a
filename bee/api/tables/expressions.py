"""Columns, ways into JSON and comparisons as SQL."""

from dataclasses import dataclass
from typing import Final, LiteralString

from bee.api.tables.asked import Condition, Field, Group, Joint, Operator, Term, Tree
from bee.api.tables.fragment import Fragment, bound, joined, named, piece
from bee.api.tables.refusal import Refusal, unfit_operator, unknown_column
from bee.api.tables.schema import JSONB, TEXT, Table, Type

# What a table is called inside a statement.
ALIAS: Final = "t"

COMPARISONS: Final[dict[Operator, LiteralString]] = {
    Operator.EQ: "{} = cast({} as {})",
    Operator.NEQ: "{} <> cast({} as {})",
    Operator.GT: "{} > cast({} as {})",
    Operator.GTE: "{} >= cast({} as {})",
    Operator.LT: "{} < cast({} as {})",
    Operator.LTE: "{} <= cast({} as {})",
    Operator.CONTAINS: "{} @> cast({} as {})",
    Operator.CONTAINED: "{} <@ cast({} as {})",
    Operator.LIKE: "{} like cast({} as {})",
    Operator.ILIKE: "{} ilike cast({} as {})",
}
SYMBOLS: Final = {
    Operator.LIKE: "~~",
    Operator.ILIKE: "~~*",
    Operator.CONTAINS: "@>",
    Operator.CONTAINED: "<@",
}
TRUTHS: Final[dict[str, LiteralString]] = {
    "null": "{} is null",
    "not_null": "{} is not null",
    "true": "{} is true",
    "false": "{} is false",
    "unknown": "{} is unknown",
}
JOINTS: Final[dict[Joint, LiteralString]] = {Joint.AND: " and ", Joint.OR: " or "}


@dataclass(frozen=True, slots=True)
class Typed:
    """A piece of SQL whose type is known."""

    fragment: Fragment
    type: Type


def type_name(name: str) -> Fragment:
    """Return a type of PostgreSQL's own."""
    return named("pg_catalog", name)


def expression(table: Table, field: Field) -> Typed:
    """Return a field's value. Raises :class:`Refusal` for a column that there is not, or that is no JSON."""
    column = table.columns.get(field.column)
    if column is None:
        raise unknown_column(table.name, field.column)
    typed = Typed(named(ALIAS, column.name), column.type)
    for arrow in field.arrows:
        sign = "->>" if arrow.as_text else "->"
        key, kind = (bound(arrow.key), "int4") if isinstance(arrow.key, int) else (bound(arrow.key), "text")
        if typed.type != JSONB:
            raise unfit_operator(typed.type.label, sign, "unknown")
        template: LiteralString = "({} ->> cast({} as {}))" if arrow.as_text else "({} -> cast({} as {}))"
        fragment = piece(template, typed.fragment, key, type_name(kind))
        typed = Typed(fragment, TEXT if arrow.as_text else JSONB)
    return typed


def every(table: Table, trees: tuple[Tree, ...]) -> Fragment:
    """Return that all of these hold; without any, that is so."""
    return joined(" and ", (condition(table, tree) for tree in trees)) if trees else piece("true")


def condition(table: Table, tree: Tree) -> Fragment:
    """Return a comparison or a group of them."""
    if isinstance(tree, Group):
        members = joined(JOINTS[tree.joint], (condition(table, member) for member in tree.members))
        return piece("not ({})" if tree.is_negated else "({})", members)
    compared = _comparison(tree, expression(table, tree.field))
    return piece("not ({})", compared) if tree.is_negated else piece("({})", compared)


def ordered(table: Table, terms: tuple[Term, ...]) -> Fragment:
    """Return the clause that orders rows, empty where no order is asked for."""
    if not terms:
        return piece("")
    return piece("order by {}", joined(", ", (_term(table, term) for term in terms)))


def _comparison(asked: Condition, left: Typed) -> Fragment:
    match asked.operator:
        case Operator.IS:
            return _truth(left, str(asked.value))
        case Operator.IN:
            return piece(
                "{} = any(cast({} as {}))",
                left.fragment,
                bound(list(asked.value)),
                type_name(left.type.array),
            )
        case Operator.LIKE | Operator.ILIKE:
            if not left.type.is_text:
                raise unfit_operator(left.type.label, SYMBOLS[asked.operator], "text")
            return _compared(asked, left, str(asked.value).replace("*", "%"))
        case Operator.CONTAINS | Operator.CONTAINED:
            if not left.type.is_container:
                raise unfit_operator(left.type.label, SYMBOLS[asked.operator], "unknown")
            return _compared(asked, left, str(asked.value))
        case _:
            return _compared(asked, left, str(asked.value))


def _compared(asked: Condition, left: Typed, value: str) -> Fragment:
    return piece(COMPARISONS[asked.operator], left.fragment, bound(value), type_name(left.type.name))


def _truth(left: Typed, word: str) -> Fragment:
    if not word.endswith("null") and left.type.name != "bool":
        raise Refusal(
            400, "42804", f"argument of IS {word.upper()} must be type boolean, not type {left.type.label}"
        )
    return piece(TRUTHS[word], left.fragment)


def _term(table: Table, term: Term) -> Fragment:
    direction = piece("desc" if term.is_descending else "asc")
    if term.are_nulls_first is None:
        nulls = piece("")
    else:
        nulls = piece("nulls first" if term.are_nulls_first else "nulls last")
    return piece("{} {} {}", expression(table, term.field).fragment, direction, nulls)
