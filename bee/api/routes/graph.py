"""GraphQL: questions of a member in one read-only transaction as that member."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse
from strawberry.schema.exceptions import CannotGetOperationTypeError

from bee.api.caller import Caller, Role
from bee.api.gatehouse import ApiKey, counted, find_caller, reading_as
from bee.api.graph.schema import Schema, told
from bee.api.house import house_of
from bee.api.limits import Area
from bee.errors import Invalid, Unauthenticated

router = APIRouter(prefix="/graphql/v1", tags=["graphql"])
LONGEST = 20_000
# A letter takes up to twelve bytes in an address, and an address no more than 64 KiB.
LONGEST_IN_ADDRESS = 2_000


class Question(BaseModel):
    """One operation; there are no batches."""

    query: str = Field(
        min_length=1,
        max_length=LONGEST,
        examples=[
            "{ daily_engagement_scoresCollection(first: 7) { edges { node { score_date final_score } } } }"
        ],
    )
    variables: dict[str, Any] | None = None
    operation_name: str | None = Field(default=None, alias="operationName", max_length=200)
    extensions: dict[str, Any] | None = None


@router.post("")
def ask(request: Request, _key: ApiKey, question: Question) -> JSONResponse:
    """Answer a question about the member's own rows."""
    return _answer(request, question)


@router.get("")
def ask_by_address(
    request: Request,
    _key: ApiKey,
    query: Annotated[str, Query(min_length=1, max_length=LONGEST_IN_ADDRESS)],
    variables: Annotated[str | None, Query(max_length=LONGEST_IN_ADDRESS)] = None,
    operation_name: Annotated[str | None, Query(alias="operationName", max_length=200)] = None,
) -> JSONResponse:
    """Answer a question that is in the address."""
    return _answer(request, Question(query=query, variables=_read(variables), operationName=operation_name))


def _answer(request: Request, question: Question) -> JSONResponse:
    schema = request.app.state.graph
    assert isinstance(schema, Schema)
    with reading_as(house_of(request), _asker(request)) as session:
        try:
            result = schema.execute_sync(
                question.query, question.variables, session, operation_name=question.operation_name
            )
        except CannotGetOperationTypeError as error:
            raise Invalid("validation_failed", "query: There is no such operation in it.") from error
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [told(error) for error in result.errors]
    return JSONResponse(answer)


def _asker(request: Request) -> Caller:
    caller = find_caller(request)
    if caller.role is Role.ANON:
        raise Unauthenticated("no_member", "This needs the token of somebody who is signed in.")
    return counted(request, caller, Area.GRAPHQL)


def _read(variables: str | None) -> dict[str, Any] | None:
    try:
        read = json.loads(variables) if variables else None
    except (ValueError, RecursionError) as error:
        raise Invalid("validation_failed", "variables: is not JSON.") from error
    if read is not None and not isinstance(read, dict):
        raise Invalid("validation_failed", "variables: is not an object.")
    return read
