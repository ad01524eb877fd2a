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


def parameters(*names: str) -> list[dict[str, Any]]:
    """Return how parameters are described that are read elsewhere."""
    return [{"name": name} | PARAMETERS[name] for name in names]


TEXT: Final = {"type": "string"}
NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "select": {
        "in": "query",
        "schema": TEXT,
        "description": "Columns, as in `id,day:event_date,metadata->>unit`; without it, all that may be read",
    },
    "filters": {
        "in": "query",
        "style": "form",
        "explode": True,
        "schema": {"type": "object", "additionalProperties": TEXT},
        "description": "Any column by its name, as in `event_date=gte.2026-11-01` or `id=in.(a,b)`: `eq` `neq` `gt`"
        " `gte` `lt` `lte` `like` `ilike` `in` `is` `cs` `cd`, negated by `not.`; `or=(…)` and `and=(…)` take"
        " conditions together",
    },
    "order": {"in": "query", "schema": TEXT, "description": "As in `event_date.desc.nullslast,id`"},
    "limit": {"in": "query", "schema": NUMBER, "description": "How many; never more than 1,000"},
    "offset": {"in": "query", "schema": NUMBER, "description": "After how many"},
    "columns": {
        "in": "query",
        "schema": TEXT,
        "description": "Which keys are written, whatever else is sent",
    },
    "on_conflict": {"in": "query", "schema": TEXT, "description": "The columns by which a row is known"},
    "Prefer": {
        "in": "header",
        "schema": TEXT,
        "description": "`return=representation|headers-only|minimal`, `count=exact`,"
        " `resolution=merge-duplicates|ignore-duplicates`, `missing=default`, `handling=strict`, `max-affected=n`",
    },
    "Range": {"in": "header", "schema": TEXT, "description": "Which rows, as in `0-9`"},
}
OBJECT: Final = {"type": "object"}
ARRAY: Final = {"type": "array", "items": OBJECT}
ROWS: Final = {
    "required": True,
    "content": {"application/json": {"schema": {"oneOf": [OBJECT, ARRAY]}}},
}
ROW: Final = {"required": True, "content": {"application/json": {"schema": OBJECT}}}
# As an object only where `Accept: application/vnd.pgrst.object+json` asks for the one row that there is.
READ: Final = {
    "application/json": {"schema": ARRAY},
    "application/vnd.pgrst.object+json": {"schema": OBJECT},
}
router = APIRouter(prefix="/rest/v1", tags=["tables"], dependencies=[Depends(require_api_key)])


@router.head("/{table}", include_in_schema=False)
@router.get(
    "/{table}",
    response_class=Response,
    responses={
        200: {"description": "The rows", "content": READ},
        206: {"description": "A part of the rows, which were counted", "content": READ},
    },
    openapi_extra={
        "parameters": parameters("select", "filters", "order", "limit", "offset", "Prefer", "Range")
    },
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
    openapi_extra={
        "parameters": parameters("select", "columns", "on_conflict", "Prefer"),
        "requestBody": ROWS,
    },
)
def insert(request: Request, table: Name, caller: SomeCaller, body: Body) -> Response:
    """Add one row or several; ``Prefer: resolution=merge-duplicates`` changes those that are there."""
    return _answered(request, table, caller, body)


@router.patch(
    "/{table}",
    status_code=204,
    responses={200: {"description": "The changed rows"}},
    openapi_extra={"parameters": parameters("select", "filters", "columns", "Prefer"), "requestBody": ROW},
)
def update(request: Request, table: Name, caller: SomeCaller, body: Body) -> Response:
    """Change the rows that the filters meet: without a filter, all that are the caller's to change."""
    return _answered(request, table, caller, body)


@router.delete(
    "/{table}",
    status_code=204,
    responses={200: {"description": "The removed rows"}},
    openapi_extra={"parameters": parameters("select", "filters", "Prefer")},
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
