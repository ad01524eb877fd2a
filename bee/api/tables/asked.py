"""What a request asks for, as values: columns, conditions, order, a window, preferences."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verb(StrEnum):
    """What is done with the table."""

    READ = "read"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class Operator(StrEnum):
    """How a column is compared."""

    EQ = "eq"
    NEQ = "neq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    LIKE = "like"
    ILIKE = "ilike"
    CONTAINS = "cs"
    CONTAINED = "cd"
    IN = "in"
    IS = "is"


class Joint(StrEnum):
    """How conditions are taken together."""

    AND = "and"
    OR = "or"


@dataclass(frozen=True, slots=True)
class Arrow:
    """One step into JSON: ``->`` or, ``as_text``, ``->>``. ``key``: a name, or a place in an array."""

    key: str | int
    as_text: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A column, and where in its JSON."""

    column: str
    arrows: tuple[Arrow, ...] = ()

    @property
    def name(self) -> str:
        """Return what the field is called where no alias is given: the last name on the way to it."""
        names = [arrow.key for arrow in self.arrows if isinstance(arrow.key, str)]
        return names[-1] if names else self.column


@dataclass(frozen=True, slots=True)
class Item:
    """Something selected. ``field``: None for all columns, ``*``."""

    field: Field | None
    alias: str | None = None
    cast: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. ``value``: a text; the texts of a list for ``in``."""

    field: Field
    operator: Operator
    value: str | tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions together."""

    joint: Joint
    members: "tuple[Condition | Group, ...]"
    is_negated: bool = False


Tree = Condition | Group


@dataclass(frozen=True, slots=True)
class Term:
    """One part of an order. ``are_nulls_first``: None for PostgreSQL's own place of nulls."""

    field: Field
    is_descending: bool = False
    are_nulls_first: bool | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which of the rows: ``limit`` rows from ``offset`` on; None for all."""

    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What the address says. ``columns`` and ``on_conflict``: None where it does not."""

    select: tuple[Item, ...] = (Item(None),)
    where: tuple[Tree, ...] = ()
    order: tuple[Term, ...] = ()
    window: Window = Window()
    columns: tuple[str, ...] | None = None
    on_conflict: tuple[str, ...] | None = None


class Returned(StrEnum):
    """What a write sends back."""

    MINIMAL = "minimal"
    HEADERS = "headers-only"
    ROWS = "representation"


class Resolution(StrEnum):
    """What becomes of a row that is there already."""

    MERGE = "merge-duplicates"
    IGNORE = "ignore-duplicates"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the header ``Prefer`` says. ``given``: what of it is known, as it was sent, by its name."""

    returned: Returned = Returned.MINIMAL
    resolution: Resolution | None = None
    is_counted: bool = False
    are_missing_default: bool = False
    most_affected: int | None = None
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payload:
    """What is written. ``text``: a JSON array of objects; ``rows``: the same, read; ``keys``: their columns."""

    text: str
    rows: tuple[dict[str, object], ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A whole request. ``is_single``: one object is wanted. ``has_body``: False for HEAD, which counts only."""

    verb: Verb
    query: Query
    preferences: Preferences = field(default_factory=Preferences)
    payload: Payload | None = None
    is_single: bool = False
    has_body: bool = True

    @property
    def returns_rows(self) -> bool:
        """Say whether rows are selected for the answer."""
        return self.verb is Verb.READ or self.preferences.returned is Returned.ROWS

    @property
    def returns_location(self) -> bool:
        """Say whether the answer has the address of what was inserted."""
        return self.verb is Verb.INSERT and self.preferences.returned is Returned.HEADERS
