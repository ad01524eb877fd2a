"""The schema: five collections, each one query of the transaction that the request runs in."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.extensions import (
    DisableIntrospection,
    MaxAliasesLimiter,
    MaxTokensLimiter,
    QueryDepthLimiter,
    SchemaExtension,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, Info

from bee.api.graph.cursors import Place, cursor_of, place_of
from bee.api.graph.rows import Event, Memory, Notification, PushToken, Score
from bee.db import ReadSession
from bee.errors import BeeError, Invalid

MOST_ROWS: Final = 100
# A collection's edges' nodes' columns: what there is, and one more.
MOST_DEPTH: Final = 4
MOST_ALIASES: Final = 10
MOST_TOKENS: Final = 1000

log = logging.getLogger("bee.api")
Node = TypeVar("Node")
Context = Info[ReadSession, None]
First = Annotated[int, strawberry.argument(description=f"How many rows, from 1 to {MOST_ROWS}.")]
After = Annotated[str | None, strawberry.argument(description="The cursor of the row to begin behind.")]


@strawberry.type(description="Whether there is more, and where it begins.")
class PageInfo:
    has_next_page: bool = strawberry.field(name="hasNextPage")
    end_cursor: str | None = strawberry.field(name="endCursor")


@strawberry.type(description="A row and its place.")
class Edge(Generic[Node]):
    cursor: str
    node: Node


@strawberry.type(description="A part of a collection, newest first.")
class Connection(Generic[Node]):
    edges: list[Edge[Node]]
    page_info: PageInfo = strawberry.field(name="pageInfo")


def events(info: Context, first: First = 30, after: After = None) -> Connection[Event]:
    """What the member did."""
    rows = _read(info, Event, "graph/events", first, place_of(after, datetime))
    return _page(rows, first, lambda row: (row.occurred_at, row.id))


def scores(info: Context, first: First = 30, after: After = None) -> Connection[Score]:
    """The momentum of each day."""
    rows = _read(info, Score, "graph/scores", first, place_of(after, date))
    return _page(rows, first, lambda row: (row.score_date, row.id))


def notifications(info: Context, first: First = 30, after: After = None) -> Connection[Notification]:
    """What was sent to the member."""
    rows = _read(info, Notification, "graph/notifications", first, place_of(after, datetime))
    return _page(rows, first, lambda row: (row.sent_at, row.id))


def push_tokens(info: Context, first: First = 30, after: After = None) -> Connection[PushToken]:
    """The devices that are pushed to."""
    rows = _read(info, PushToken, "graph/push_tokens", first, place_of(after, datetime))
    return _page(rows, first, lambda row: (row.created_at, row.id))


def memories(info: Context, first: First = 30, after: After = None) -> Connection[Memory]:
    """What the coach remembers."""
    rows = _read(info, Memory, "graph/memories", first, place_of(after, datetime))
    return _page(rows, first, lambda row: (row.created_at, row.id))


@strawberry.type
class Query:
    """What a member can ask for; row-level security decides which rows."""

    events: Connection[Event] = strawberry.field(
        resolver=events, name="engagement_eventsCollection", description=events.__doc__
    )
    scores: Connection[Score] = strawberry.field(
        resolver=scores, name="daily_engagement_scoresCollection", description=scores.__doc__
    )
    notifications: Connection[Notification] = strawberry.field(
        resolver=notifications, name="momentum_notificationsCollection", description=notifications.__doc__
    )
    push_tokens: Connection[PushToken] = strawberry.field(
        resolver=push_tokens, name="user_fcm_tokensCollection", description=push_tokens.__doc__
    )
    memories: Connection[Memory] = strawberry.field(
        resolver=memories, name="coach_memoryCollection", description=memories.__doc__
    )


class Schema(strawberry.Schema):
    """The schema, whose faults are logged without what was asked."""

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,  # noqa: ARG002  # what was asked
    ) -> None:
        """Log what is nobody's but our fault."""
        for error in errors:
            if _is_ours(error):
                log.error("a GraphQL field failed", exc_info=error.original_error)


def build_schema(*, is_open: bool) -> Schema:
    """Return the schema. ``is_open``: whether it describes itself, in answers and in hints."""
    limits: list[Callable[[], SchemaExtension]] = [
        lambda: QueryDepthLimiter(max_depth=MOST_DEPTH),
        lambda: MaxAliasesLimiter(max_alias_count=MOST_ALIASES),
        lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
    ]
    return Schema(
        Query,
        extensions=limits if is_open else [*limits, DisableIntrospection],
        config=StrawberryConfig(auto_camel_case=False, disable_field_suggestions=not is_open),
    )


def told(error: GraphQLError) -> dict[str, Any]:
    """Return an error as it is answered: where it was, a code, and nothing of the inside."""
    cause = error.original_error
    answer: dict[str, Any] = {"message": error.message, "extensions": {"code": "bad_query"}}
    if isinstance(cause, BeeError):
        answer |= {"message": cause.message, "extensions": {"code": cause.code}}
    elif _is_ours(error):
        answer |= {"message": "Something went wrong on our side.", "extensions": {"code": "internal"}}
    if error.locations:
        answer["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    return answer | ({"path": error.path} if error.path else {})


def _is_ours(error: GraphQLError) -> bool:
    """Whether an error is a fault of ours; a variable that does not fit is the question's."""
    return not isinstance(error.original_error, BeeError | GraphQLError | None)


def _read(info: Context, row: type[Node], name: str, first: int, place: Place) -> list[Node]:
    """Return the rows of a page and one more, which says whether there is more."""
    if not 1 <= first <= MOST_ROWS:
        raise Invalid("bad_first", f"first is from 1 to {MOST_ROWS}.")
    return info.context.all(row, name, at=place.at, id=place.id, most=first + 1)


def _page(rows: list[Node], first: int, place: Callable[[Node], tuple[date, UUID]]) -> Connection[Node]:
    edges = [Edge(cursor=cursor_of(*place(row)), node=row) for row in rows[:first]]
    end = edges[-1].cursor if edges else None
    return Connection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end))
