"""Filters and their trees: ``age=gte.18``, ``or=(age.lt.18,and(age.gt.60,name.not.is.null))``."""

import re
from typing import Final

from bee.api.tables.asked import Condition, Field, Group, Joint, Operator, Tree
from bee.api.tables.refusal import Refusal, too_much
from bee.api.tables.scanner import Scanner, read_field

MOST_CONDITIONS: Final = 200
MOST_DEPTH: Final = 10

LISTED: Final = re.compile(r"[^,)]*")
BRACED: Final = re.compile(r"\{[^{}]*\}(?=[,)]|$)")
OPERATOR: Final = re.compile(r"[^.(,)]*")
TRUTH: Final = re.compile(r"not_null|null|unknown|true|false", re.IGNORECASE)
GROUP: Final = re.compile(r"(not\.)?(and|or)[ \t]*\(")
OPERATOR_EXPECTED: Final = '"not" or operator (eq, gt, ...)'
LOGIC: Final = {
    "and": (Joint.AND, False),
    "or": (Joint.OR, False),
    "not.and": (Joint.AND, True),
    "not.or": (Joint.OR, True),
}


def read_filter(name: str, value: str) -> Condition:
    """Read one parameter that is a filter."""
    key = Scanner("tree path", name)
    field = read_field(key)
    if key.word("."):
        raise Refusal(
            400,
            "PGRST108",
            f"'{field.column}' is not an embedded resource in this request",
            hint=f"Verify that '{field.column}' is included in the 'select' query parameter.",
        )
    key.end('"->" or end of input')
    scanner = Scanner("filter", value)
    condition = _read_comparison(scanner, field, is_alone=True)
    scanner.end("end of input")
    return condition


def read_logic(name: str, value: str) -> Group:
    """Read one parameter that is a tree; ``name`` is one of :data:`LOGIC`."""
    scanner = Scanner("logic tree", value)
    scanner.blanks()
    scanner.mark("(")
    joint, is_negated = LOGIC[name]
    group = _read_members(scanner, joint, is_negated=is_negated, depth=1)
    scanner.end("end of input")
    return group


def check_size(trees: tuple[Tree, ...]) -> None:
    """Raise :class:`Refusal` for more conditions than a statement should have."""
    if sum(_size(tree) for tree in trees) > MOST_CONDITIONS:
        raise too_much(f"A request has at most {MOST_CONDITIONS} conditions")


def _size(tree: Tree) -> int:
    return 1 if isinstance(tree, Condition) else 1 + sum(_size(member) for member in tree.members)


def _read_members(scanner: Scanner, joint: Joint, *, is_negated: bool, depth: int) -> Group:
    """Read what is between parentheses, the first of which was read."""
    if depth > MOST_DEPTH:
        raise too_much(f"Conditions are nested at most {MOST_DEPTH} deep")
    members = [_read_member(scanner, depth)]
    while scanner.word(","):
        members.append(_read_member(scanner, depth))
    scanner.mark(")")
    scanner.blanks()
    return Group(joint, tuple(members), is_negated)


def _read_member(scanner: Scanner, depth: int) -> Tree:
    scanner.blanks()
    group = scanner.take(GROUP)
    if group is not None:
        return _read_members(
            scanner, Joint(group.group(2)), is_negated=group.group(1) is not None, depth=depth + 1
        )
    field = read_field(scanner)
    scanner.mark(".")
    condition = _read_comparison(scanner, field, is_alone=False)
    scanner.blanks()
    return condition


def _read_comparison(scanner: Scanner, field: Field, *, is_alone: bool) -> Condition:
    is_negated = scanner.word("not.")
    operator = _read_operator(scanner)
    value: str | tuple[str, ...]
    if operator is Operator.IN:
        value = _read_list(scanner)
    elif operator is Operator.IS:
        value = scanner.need(TRUTH, "null or trilean value (unknown, true, false)").lower()
    else:
        value = scanner.rest() if is_alone else _read_value(scanner)
    return Condition(field, operator, value, is_negated)


def _read_operator(scanner: Scanner) -> Operator:
    unread = scanner.refuse(OPERATOR_EXPECTED)
    match = scanner.take(OPERATOR)
    if match is None or not scanner.word("."):
        raise unread
    try:
        return Operator(match.group())
    except ValueError as error:
        raise unread from error


def _read_value(scanner: Scanner) -> str:
    """Read a value inside a tree, where a comma or a parenthesis ends it unless it is in quotes or braces."""
    quoted = scanner.quoted()
    if quoted is not None:
        return quoted
    match = scanner.take(BRACED) or scanner.take(LISTED)
    return match.group() if match else ""


def _read_list(scanner: Scanner) -> tuple[str, ...]:
    scanner.blanks()
    scanner.mark("(")
    values = [_read_element(scanner)]
    while scanner.word(","):
        values.append(_read_element(scanner))
    scanner.mark(")")
    scanner.blanks()
    # `in.()` is the empty list: PostgREST's clients send it for one.
    return () if values == [""] else tuple(values)


def _read_element(scanner: Scanner) -> str:
    quoted = scanner.quoted()
    if quoted is not None:
        return quoted
    match = scanner.take(LISTED)
    return match.group() if match else ""
