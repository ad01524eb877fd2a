"""Every error that an operation can answer, in the form of its area (data)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bee.api.errors import REST_CODES as POSTGREST

TEXT: Final = {"type": "string"}
MAYBE_TEXT: Final = {"type": ["string", "null"]}
# What a status means everywhere: its code as an example, one sentence.
ERRORS: Final = MappingProxyType(
    {
        400: ("validation_failed", "Something of the request can't be accepted; nothing of it was done."),
        401: ("no_authorization", "No token was sent, or one that does not hold."),
        403: ("forbidden", "The token holds, but this is not for its bearer."),
        404: ("not_found", "There is nothing of that name, or not for this member."),
        405: ("method_not_allowed", "This address does not take that method."),
        406: ("not_acceptable", "Not exactly one row, or another form or schema than there is."),
        408: ("request_timeout", "The body took too long to arrive."),
        409: ("conflict", "The state of the world says no; it may have changed since."),
        413: ("request_entity_too_large", "The body is larger than is taken."),
        415: ("unsupported_media_type", "The body is packed in a way that is not taken."),
        416: ("range_not_satisfiable", "There are not as many rows."),
        422: ("unprocessable_entity", "The account can't be made or changed in this way."),
        426: ("upgrade_required", "This address is for websockets."),
        429: ("rate_limited", "One request too many; `Retry-After` says when the next is accepted."),
        500: ("internal", "Something went wrong on our side; the message names where it is recorded."),
        503: ("database_unavailable", "A part that the API depends on does not answer; try again."),
    }
)
AUTH_CODES: Final = {
    400: "invalid_credentials",
    403: "bad_jwt",
    422: "weak_password",
    429: "over_request_rate_limit",
    500: "unexpected_failure",
}
REST_CODES: Final = {
    400: "PGRST100",
    401: "bad_jwt",
    403: "42501",
    404: "PGRST205",
    406: "PGRST116",
    409: "23505",
    416: "PGRST103",
}
EVERYWHERE: Final = (400, 401, 405, 408, 413, 415, 429, 500, 503)
SERVICE: Final = (405, 500, 503)


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


ERROR: Final = _object(
    ("code", "message"),
    code=TEXT | {"description": "Stable, for programs."},
    message=TEXT | {"description": "One sentence for a person."},
)
ENVELOPE: Final = _object(("error",), error=ERROR)
REST_ENVELOPE: Final = _object(
    ("code", "message", "details", "hint", "error"),
    code=TEXT | {"description": "PostgREST's code, or PostgreSQL's SQLSTATE."},
    message=TEXT,
    details=MAYBE_TEXT,
    hint=MAYBE_TEXT,
    error=ERROR,
)
AUTH_ENVELOPE: Final = {
    "oneOf": [
        _object(("code", "message", "error"), code=TEXT, message=TEXT, error=ERROR)
        | {"description": "With `x-supabase-api-version` of 2024-01-01 or later, which comes back."},
        _object(
            ("code", "error_code", "msg", "error"),
            code={"type": "integer"},
            error_code=TEXT,
            msg=TEXT,
            error=ERROR,
        )
        | {"description": "Without it."},
    ]
}
GRAPH_ENVELOPE: Final = _object(
    ("errors",),
    errors={
        "type": "array",
        "items": _object(
            ("message",),
            message=ERROR["properties"]["message"],
            extensions={"type": "object", "description": "`code`: stable, for programs."},
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the API. ``form``: the name of its errors' schema. ``security``: ways in, any of them."""

    statuses: tuple[int, ...]
    security: tuple[tuple[str, ...], ...] = ()
    form: str = "Error"


FORMS: Final = {
    "Error": ENVELOPE,
    "AuthError": AUTH_ENVELOPE,
    "RestError": REST_ENVELOPE,
    "GraphError": GRAPH_ENVELOPE,
}
APIKEY: Final = ("apikey",)
BOTH: Final = ("apikey", "bearer")
# By what the path begins with; the last one fits every path.
AREAS: Final = (
    ("/v1/version", Area(SERVICE)),
    ("/auth/v1/.well-known/", Area((*SERVICE, 404), form="AuthError")),
    ("/auth/", Area((*EVERYWHERE, 403, 404, 422), (APIKEY,), "AuthError")),
    ("/rest/", Area((*EVERYWHERE, 403, 404, 406, 409, 416), (BOTH, APIKEY), "RestError")),
    ("/graphql/", Area(EVERYWHERE, (BOTH,), "GraphError")),
    ("/realtime/v1/websocket", Area((*SERVICE, 400, 401, 426, 429))),
    ("/realtime/", Area((*EVERYWHERE, 403), (BOTH, APIKEY))),
    ("/v1/", Area((*EVERYWHERE, 403, 404, 409), (("bearer",),))),
    ("/", Area(SERVICE)),
)


def area_of(path: str) -> Area:
    """Return the part of the API that a path belongs to."""
    return next(area for prefix, area in AREAS if path.startswith(prefix))


def example_of(form: str, status: int) -> dict[str, Any]:
    """Return an error as an area answers it."""
    code, message = ERRORS[status]
    match form:
        case "GraphError":
            return {"errors": [{"message": message, "extensions": {"code": code}}]}
        case "RestError":
            code = REST_CODES.get(status, code)
            own: dict[str, Any] = {"code": POSTGREST.get(code, code), "message": message}
            own |= {"details": None, "hint": None}
        case "AuthError":
            code = AUTH_CODES.get(status, code)
            own = {"code": code, "message": message}
        case _:
            own = {}
    return own | {"error": {"code": code, "message": message}}
