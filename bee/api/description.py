"""What the API says of itself: OpenAPI 3.1 with every error that an operation can answer."""

from typing import Any, Final

from fastapi import FastAPI

# What a status means everywhere: its code as an example, one sentence.
ERRORS: Final[dict[int, tuple[str, str]]] = {
    400: ("validation_failed", "Something of the request can't be accepted; nothing of it was done."),
    401: ("no_authorization", "No token was sent, or one that does not hold."),
    403: ("forbidden", "The token holds, but this is not for its bearer."),
    404: ("not_found", "There is nothing of that name, or not for this member."),
    405: ("method_not_allowed", "This address does not take that method."),
    406: ("PGRST116", "Not exactly one row, or another form or schema than there is."),
    408: ("request_timeout", "The body took too long to arrive."),
    409: ("conflict", "The state of the world says no; it may have changed since."),
    413: ("request_entity_too_large", "The body is larger than is taken."),
    415: ("unsupported_media_type", "The body is packed in a way that is not taken."),
    416: ("PGRST103", "There are not as many rows."),
    422: ("weak_password", "The account can't be made or changed in this way."),
    429: ("rate_limited", "One request too many; `Retry-After` says when the next is accepted."),
    500: ("internal", "Something went wrong on our side; the message names where it is recorded."),
    503: ("database_unavailable", "A part that the API depends on does not answer; try again."),
}
EVERYWHERE: Final = (400, 401, 405, 408, 413, 415, 429, 500, 503)
BY_AREA: Final = {
    "/auth/": (*EVERYWHERE, 403, 404, 422),
    "/rest/": (*EVERYWHERE, 403, 404, 406, 409, 416),
    "/v1/": (*EVERYWHERE, 403, 404, 409),
    "/realtime/": (*EVERYWHERE, 403),
    "/graphql/": EVERYWHERE,
}
SECURITY: Final = {
    "/auth/": ("apikey",),
    "/rest/": ("apikey", "bearer"),
    "/v1/": ("bearer",),
    "/realtime/": ("apikey", "bearer"),
    "/graphql/": ("apikey", "bearer"),
}
SERVICE: Final = (405, 500, 503)
OPEN: Final = frozenset({"/v1/version", "/auth/v1/.well-known/jwks.json"})

ENVELOPE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "One sentence for a person."},
            },
        }
    },
}
GRAPH_ENVELOPE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message"],
                "properties": {
                    "message": {"type": "string", "description": "One sentence for a person."},
                    "extensions": {"type": "object", "description": "`code`: stable, for programs."},
                },
            },
        }
    },
}
SCHEMES: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apikey": {"type": "apiKey", "in": "header", "name": "apikey"},
}


def describe(app: FastAPI) -> None:
    """Let the application's description be complete; made once, when it is first asked for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(plain())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way


def _complete(schema: dict[str, Any]) -> None:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Error"] = ENVELOPE
    components["securitySchemes"] = SCHEMES
    schemas["GraphError"] = GRAPH_ENVELOPE
    components["responses"] = {f"Error{status}": _response(status) for status in ERRORS} | {
        f"GraphError{status}": _graph_response(status) for status in EVERYWHERE
    }
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            _complete_operation(path, operation)


def _complete_operation(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    area = next((prefix for prefix in BY_AREA if path.startswith(prefix) and path not in OPEN), None)
    for status in sorted(BY_AREA[area] if area else SERVICE):
        kind = "GraphError" if area == "/graphql/" else "Error"
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{kind}{status}"})
    if area:
        operation["security"] = [{name: [] for name in SECURITY[area]}]


def _response(status: int) -> dict[str, Any]:
    code, meaning = ERRORS[status]
    example = {"error": {"code": code, "message": meaning}}
    headers = (
        {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}} if status == 429 else {}
    )
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}, "example": example}}
    return {"description": meaning, "content": content} | ({"headers": headers} if headers else {})


def _graph_response(status: int) -> dict[str, Any]:
    code, meaning = ERRORS[status]
    example = {"errors": [{"message": meaning, "extensions": {"code": code}}]}
    content = {
        "application/json": {"schema": {"$ref": "#/components/schemas/GraphError"}, "example": example}
    }
    return _response(status) | {"content": content}
