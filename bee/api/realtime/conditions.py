"""The filter of a subscription, ``column=operator.value`` (pure)."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bee.api.realtime.published import Published, value_of
from bee.errors import Invalid

LONGEST: Final = 1000
MOST_IN: Final = 100
OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        "eq": operator.eq,
        "neq": operator.ne,
        "lt": operator.lt,
        "lte": operator.le,
        "gt": operator.gt,
        "gte": operator.ge,
    }
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What the value of one column has to be. ``operator`` is ``in``, or compares with the only value."""

    column: str
    type_name: str
    operator: str
    values: tuple[Any, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a row meets it; null meets nothing."""
        told = record.get(self.column)
        if told is None:
            return False
        value = value_of(told, self.type_name)
        if self.operator == "in":
            return value in self.values
        return OPERATORS[self.operator](value, self.values[0])


def parse_condition(text: str, published: Published) -> Condition:
    """Return the condition that a filter states. Raises :class:`Invalid`."""
    column, is_stated, rest = text.partition("=")
    name, has_value, value = rest.partition(".")
    if len(text) > LONGEST or not is_stated or not has_value:
        raise Invalid("bad_filter", "A filter is column=operator.value.")
    type_name = published.type_of(column)
    if type_name is None:
        raise Invalid("bad_filter", f"{published.table} has no column of that name to filter by.")
    if name not in OPERATORS and name != "in":
        raise Invalid("bad_filter", f"A filter compares by {', '.join(OPERATORS)} or in.")
    try:
        values = tuple(value_of(part, type_name) for part in _parts(value, is_list=name == "in"))
    except (ValueError, KeyError) as error:
        raise Invalid("bad_filter", f"That is no value of {column}, a {type_name}.") from error
    return Condition(column, type_name, name, values)


def _parts(value: str, *, is_list: bool) -> list[str]:
    if not is_list:
        return [value]
    if not (value.startswith("(") and value.endswith(")")):
        raise ValueError("no list")
    parts = [part.strip().strip('"') for part in value[1:-1].split(",")]
    if len(parts) > MOST_IN:
        raise ValueError("too many")
    return parts
