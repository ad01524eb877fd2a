"""``/rest/v1/<table>``: rows in and out as Supabase's clients ask for them; :mod:`bee.api.tables` knows how."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Response
from starlette.requests import Request

from bee.api.caller import Caller, Role, caller_of
from bee.api.gatehouse import bearer_token, find_caller, reading_as, require_api_key, writing_as
from bee.api.house import House, house_of
from bee.api.tables.answer import Answer, answer_of
from bee.api.tables.asked import Verb
from bee.api.tables.compile import statement
from bee.api.tables.refusal import unknown_function, unknown_table
from bee.api.tables.request import Sent, read_request
from bee.api.tables.run import run


def table_caller(request: Request) -> Caller:
    """Return who asks: nobody, where there is no token. Raises :class:`~bee.errors.Unauthenticated`."""
    return find_caller(request) if bearer_token(request) else caller_of({"role": Role.ANON})


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
Body = Annotated[bytes, Depends(whole_body)]
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "It does not parse, or the data is refused"},
    401: {"description": "No key, no valid token, or nobody is signed in"},
    403: {"description": "Not granted, or not the caller's row"},
    404: {"description": "No such table, or no such operator for a column's type"},
    406: {"description": "Not exactly one row, or another form or schema than there is"},
    413: {"description": "The body is too large"},
    503: {"description": "The database does not answer"},
}
router = APIRouter(
    prefix="/rest/v1", tags=["tables"], dependencies=[Depends(require_api_key)], responses=ERRORS
)


@router.head("/{table}", include_in_schema=False)
@router.get(
    "/{table}", responses={206: {"description": "A part of the rows"}, 416: {"description": "Beyond"}}
)
def read(request: Request, table: str, caller: SomeCaller) -> Response:
    """Read rows: ``select``, filters, ``order``, ``limit``, ``offset``; ``Prefer: count=exact`` counts them."""
    return _answered(request, table, caller, b"")


@router.post("/{table}", status_code=201, responses={409: {"description": "It is there already"}})
def insert(request: Request, table: str, caller: SomeCaller, body: Body) -> Response:
    """Add one row or several; ``Prefer: resolution=merge-duplicates`` changes those that are there."""
    return _answered(request, table, caller, body)


@router.patch("/{table}", status_code=204, responses={409: {"description": "It is there already"}})
def update(request: Request, table: str, caller: SomeCaller, body: Body) -> Response:
    """Change the rows that the filters meet: without a filter, all that are the caller's to change."""
    return _answered(request, table, caller, body)


@router.delete("/{table}", status_code=204, responses={409: {"description": "Other rows need it"}})
def delete(request: Request, table: str, caller: SomeCaller) -> Response:
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
