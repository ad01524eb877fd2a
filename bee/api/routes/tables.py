"""``/rest/v1/<table>``: rows in and out as Supabase's clients ask for them; :mod:`bee.api.tables` knows how."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Response
from starlette.requests import Request

from bee.api.caller import Caller, Role, caller_of
from bee.api.gatehouse import bearer_token, counted, find_caller, reading_as, require_api_key, writing_as
from bee.api.house import House, house_of
from bee.api.limits import Area
from bee.api.tables.answer import Answer, answer_of
from bee.api.tables.asked import Verb
from bee.api.tables.compile import statement
from bee.api.tables.refusal import unknown_function, unknown_table
from bee.api.tables.request import Sent, read_request
from bee.api.tables.run import run
from bee.api.tables.schema import EXPOSED


def table_caller(request: Request) -> Caller:
    """Return who asks, a member's request counted: nobody, where there is no token.

    Raises :class:`~bee.errors.Unauthenticated` and :class:`~bee.errors.TooMany`.
    """
    caller = find_caller(request) if bearer_token(request) else caller_of({"role": Role.ANON})
    return counted(request, caller, Area.REST)


async def whole_body(request: Request) -> bytes:
    """Return the body as it came."""
    return await request.body()


def served(house: House, caller: Caller, name: str, sent: Sent) -> Answer:
    """Do what a request asks of a table, as its caller. Raises :class:`~bee.errors.BeeError`."""
    asked = read_request(name, sent)
    table = house.catalogue.schema().tables.get(name)
    if table is None:
        raise unknown_table(name)
    compiled = statement(asked, table, caller.role)
    opened = reading_as if asked.verb is Verb.READ else writing_as
    with opened(house, caller) as session:
        outcome = run(session, compiled, asked, caller.role)
    return answer_of(asked, outcome, name)


SomeCaller = Annotated[Caller, Depends(table_caller)]
Name = Annotated[str, Path(json_schema_extra={"enum": list(EXPOSED)})]
Body = Annotated[bytes, Depends(whole_body)]


def parameters(**told: str) -> list[dict[str, Any]]:
    """Return how parameters are described that are read elsewhere; beside them, a column is a filter."""
    return [
        {"name": name, "in": "query", "schema": {"type": "string"}, "description": text}
        for name, text in told.items()
    ]


SELECT: Final = {"select": "Columns, as in `id,day:event_date,metadata->>unit`"}
PAGE: Final = {
    "order": "As in `event_date.desc.nullslast,id`",
    "limit": "How many",
    "offset": "After how many",
}
WRITTEN: Final = {"columns": "Which keys are written", "on_conflict": "The columns by which a row is known"}
ROWS: Final = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}
        }
    },
}
ROW: Final = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
router = APIRouter(prefix="/rest/v1", tags=["tables"], dependencies=[Depends(require_api_key)])


@router.head("/{table}", include_in_schema=False)
@router.get(
    "/{table}",
    responses={206: {"description": "A part of the rows"}},
    openapi_extra={"parameters": parameters(**SELECT, **PAGE)},
)
def read(request: Request, table: Name, caller: SomeCaller) -> Response:
    """Read rows: ``select``, filters, ``order``, ``limit``, ``offset``; ``Prefer: count=exact`` counts them."""
    return _answered(request, table, caller, b"")


@router.post(
    "/{table}",
    status_code=201,
    # The rows, as JSON, where `Prefer: return=representation` asks for them; otherwise nothing.
    response_class=Response,
    response_description="The rows that were asked for, or nothing",
    responses={200: {"description": "All were there already"}},
    openapi_extra={"parameters": parameters(**SELECT, **WRITTEN), "requestBody": ROWS},
)
def insert(request: Request, table: Name, caller: SomeCaller, body: Body) -> Response:
    """Add one row or several; ``Prefer: resolution=merge-duplicates`` changes those that are there."""
    return _answered(request, table, caller, body)


@router.patch(
    "/{table}",
    status_code=204,
    responses={200: {"description": "The changed rows"}},
    openapi_extra={"parameters": parameters(**SELECT), "requestBody": ROW},
)
def update(request: Request, table: Name, caller: SomeCaller, body: Body) -> Response:
    """Change the rows that the filters meet: without a filter, all that are the caller's to change."""
    return _answered(request, table, caller, body)


@router.delete(
    "/{table}",
    status_code=204,
    responses={200: {"description": "The removed rows"}},
    openapi_extra={"parameters": parameters(**SELECT)},
)
def delete(request: Request, table: Name, caller: SomeCaller) -> Response:
    """Remove the rows that the filters meet: without a filter, all that are the caller's to remove."""
    return _answered(request, table, caller, b"")


@router.api_route("/rpc/{function}", methods=["GET", "HEAD", "POST"], include_in_schema=False)
def call(function: str) -> None:
    """Say that there are no functions, in the words that the clients know."""
    raise unknown_function(function)


def _answered(request: Request, table: str, caller: Caller, body: bytes) -> Response:
    sent = Sent(request.method, request.scope["query_string"], request.headers.getlist, body)
    answer = served(house_of(request), caller, table, sent)
    return Response(answer.body, answer.status, answer.headers)
