"""GraphQL: questions of a member in one read-only transaction as that member."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from graphql import GraphQLError
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
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
NO_OPERATION = GraphQLError("There is no such operation in the question.")
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


class Fault(BaseModel):
    """Why a part of a question, or all of it, has no answer. ``extensions``: a code for programs."""

    message: str
    extensions: dict[str, Any]
    locations: list[dict[str, int]] | SkipJsonSchema[None] = None
    path: list[str | int] | SkipJsonSchema[None] = None


class Answered(BaseModel):
    """The answer in the shape of the question, with the faults of the parts that have none."""

    data: dict[str, Any] | None
    errors: list[Fault] | SkipJsonSchema[None] = None


@router.post("", response_model=Answered)
def ask(request: Request, _key: ApiKey, question: Question) -> JSONResponse:
    """Answer a question about the member's own rows."""
    return _answer(request, question)


# Its schema is of what the JSON says; as FastAPI declares parameters, it would be any text.
VARIABLES: Final = {
    "name": "variables",
    "in": "query",
    "content": {"application/json": {"schema": {"type": "object"}}},
    "description": f"As JSON, at most {LONGEST_IN_ADDRESS:,} characters",
}


@router.get("", response_model=Answered, openapi_extra={"parameters": [VARIABLES]})
def ask_by_address(
    request: Request,
    _key: ApiKey,
    query: Annotated[str, Query(min_length=1, max_length=LONGEST_IN_ADDRESS)],
    operation_name: Annotated[
        str | SkipJsonSchema[None], Query(alias="operationName", max_length=200)
    ] = None,
) -> JSONResponse:
    """Answer a question that is in the address."""
    variables = _read(request.query_params.get("variables", ""))
    return _answer(request, Question(query=query, variables=variables, operationName=operation_name))


def _answer(request: Request, question: Question) -> JSONResponse:
    schema = request.app.state.graph
    assert isinstance(schema, Schema)
    with reading_as(house_of(request), _asker(request)) as session:
        try:
            result = schema.execute_sync(
                question.query, question.variables, session, operation_name=question.operation_name
            )
        except CannotGetOperationTypeError:
            return JSONResponse({"data": None, "errors": [told(NO_OPERATION)]})
    answer: dict[str, Any] = {"data": result.data}
    if result.errors:
        answer["errors"] = [told(error) for error in result.errors]
    return JSONResponse(answer)


def _asker(request: Request) -> Caller:
    caller = find_caller(request)
    if caller.role is Role.ANON:
        raise Unauthenticated("no_member", "This needs the token of somebody who is signed in.")
    return counted(request, caller, Area.GRAPHQL)


def _read(variables: str) -> dict[str, Any] | None:
    if len(variables) > LONGEST_IN_ADDRESS:
        raise Invalid("validation_failed", f"variables: has more than {LONGEST_IN_ADDRESS:,} characters.")
    try:
        read = json.loads(variables) if variables else None
    except (ValueError, RecursionError) as error:
        raise Invalid("validation_failed", "variables: is not JSON.") from error
    if read is not None and not isinstance(read, dict):
        raise Invalid("validation_failed", "variables: is not an object.")
    return read
