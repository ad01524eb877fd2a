"""``select`` and ``order``."""

import re
from typing import Final

from bee.api.tables.asked import Item, Term
from bee.api.tables.refusal import Refusal, too_much, unrelated
from bee.api.tables.scanner import Scanner, read_field, read_name

MOST_ITEMS: Final = 100
MOST_TERMS: Final = 20

ALIAS: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[\w $-]+):(?!:)', re.DOTALL)
ALIASED: Final = re.compile(r":(?!:)")
CAST: Final = re.compile(r"[\w $]+")
EMBEDDED: Final = re.compile(r"(?:\.\.\.)?[\w $-]+(?:![\w-]+)*\(")
AGGREGATE: Final = re.compile(r"\.?(?:count|sum|avg|min|max)\(\)")
ORDER: Final = re.compile(r"(?:\.(asc|desc))?(?:\.(nullsfirst|nullslast))?(?=,|$)")


def read_select(table: str, text: str) -> tuple[Item, ...]:
    """Read which columns are selected; none named is all of them."""
    scanner = Scanner("select parameter", text)
    scanner.blanks()
    if scanner.is_over():
        return (Item(None),)
    items = [_read_item(scanner, table)]
    while scanner.word(","):
        items.append(_read_item(scanner, table))
        if len(items) > MOST_ITEMS:
            raise too_much(f"At most {MOST_ITEMS} columns are selected")
    scanner.end('"->>", "->", "::", "," or end of input')
    return tuple(items)


def read_order(text: str) -> tuple[Term, ...]:
    """Read by what rows are ordered."""
    scanner = Scanner("order", text)
    terms = [_read_term(scanner)]
    while scanner.word(","):
        terms.append(_read_term(scanner))
        if len(terms) > MOST_TERMS:
            raise too_much(f"Rows are ordered by at most {MOST_TERMS} columns")
    scanner.end('"," or end of input')
    return tuple(terms)


def _read_item(scanner: Scanner, table: str) -> Item:
    scanner.blanks()
    if scanner.word("*"):
        scanner.blanks()
        return Item(None)
    alias = _read_alias(scanner)
    _refuse_more_than_columns(scanner, table)
    field = read_field(scanner)
    if scanner.take(AGGREGATE):
        raise Refusal(400, "PGRST123", "Use of aggregate functions is not allowed")
    cast = scanner.need(CAST, "letter or digit").strip() if scanner.word("::") else None
    return Item(field, alias, cast)


def _read_alias(scanner: Scanner) -> str | None:
    if not scanner.sees(ALIAS):
        return None
    alias = read_name(scanner)
    scanner.need(ALIASED, '":"')
    return alias


def _refuse_more_than_columns(scanner: Scanner, table: str) -> None:
    if scanner.take(AGGREGATE):
        raise Refusal(400, "PGRST123", "Use of aggregate functions is not allowed")
    embedded = scanner.take(EMBEDDED)
    if embedded is not None:
        raise unrelated(table, embedded.group().lstrip(".").split("!")[0].rstrip("(").strip())


def _read_term(scanner: Scanner) -> Term:
    field = read_field(scanner)
    match = scanner.take(ORDER)
    if match is None:
        raise scanner.refuse('"asc", "desc", "nullsfirst" or "nullslast"')
    direction, nulls = match.groups()
    return Term(field, direction == "desc", None if nulls is None else nulls == "nullsfirst")
