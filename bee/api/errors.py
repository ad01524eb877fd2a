"""What goes wrong, as each area's clients read it.

Everywhere ``{"error": {"code", "message"}}``; under ``/auth`` and ``/rest`` one object that has the keys which
Supabase's clients look for as well; under ``/graphql`` a list of ``errors``. ``status`` and wording are decided
here and nowhere else.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import ExceptionHandler

from bee.accounts.passwords import WeakPassword
from bee.api.tables.refusal import Refusal
from bee.errors import BeeError, Invalid, TooMany, Unauthenticated

AUTH_VERSION: Final = "2024-01-01"
VERSION_HEADER: Final = "x-supabase-api-version"
# Where HTTP itself says no, before any code of ours runs.
SENTENCES: Final = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
}
NO_FUNCTION: Final = {"code": "NOT_FOUND", "message": "Requested function was not found"}
# Where it was and its name; what follows is pydantic's.
PARAMETER_PARTS: Final = 2
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
# Later versions of Python call it content_too_large.
HTTP_CODES: Final = {413: "request_entity_too_large"}
# Supabase Auth answers these with another status than their kind has.
AUTH_STATUSES: Final = {
    "user_already_exists": 422,
    "email_exists": 422,
    "weak_password": 422,
    "same_password": 422,
    "anonymous_provider_disabled": 422,
    "email_provider_disabled": 422,
    "bad_jwt": 403,
    "token_expired": 403,
    "not_admin": 403,
}
AUTH_CODES: Final = {"token_expired": "bad_jwt", "not_found": "not_found"}
REST_CODES: Final = {
    "bad_jwt": "PGRST301",
    "token_expired": "PGRST303",
    "not_found": "PGRST205",
    "method_not_allowed": "PGRST117",
    "database_unavailable": "PGRST000",
    "database_busy": "PGRST003",
}


def error_answer(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Return an error in the form of the area that was asked. ``more``: further keys of that area."""
    envelope = {"error": {"code": code, "message": message}}
    path = request.url.path
    headers = dict(headers or {})
    if path.startswith("/auth/"):
        return _auth_answer(request, status, code, message, envelope | more, headers)
    if path.startswith("/graphql/"):
        return JSONResponse({"errors": [{"message": message, "extensions": {"code": code}}]}, status, headers)
    if path.startswith("/rest/"):
        if status == HTTPStatus.UNAUTHORIZED:
            headers["WWW-Authenticate"] = "Bearer"
        body = {"code": REST_CODES.get(code, code), "message": message, "details": None, "hint": None}
        return JSONResponse(body | more | envelope, status, headers)
    if path.startswith("/functions/") and code == "not_found":
        return JSONResponse(NO_FUNCTION | envelope, status, headers)
    return JSONResponse(envelope, status, headers)


def _auth_answer(
    request: Request, status: int, code: str, message: str, more: dict[str, Any], headers: dict[str, str]
) -> JSONResponse:
    status, code = AUTH_STATUSES.get(code, status), AUTH_CODES.get(code, code)
    headers["x-sb-error-code"] = code
    # The clients look for `code` only where the version that they sent comes back.
    if request.headers.get(VERSION_HEADER, "") >= AUTH_VERSION:
        headers[VERSION_HEADER] = AUTH_VERSION
        return JSONResponse({"code": code, "message": message} | more, status, headers)
    return JSONResponse({"code": status, "error_code": code, "msg": message} | more, status, headers)


def _domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BeeError)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooMany) else {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    more = {"weak_password": {"reasons": list(error.reasons)}} if isinstance(error, WeakPassword) else {}
    return error_answer(request, error.status, error.code, error.message, headers=headers, **more)


def _refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    return error_answer(
        request, error.http_status, error.code, error.message, details=error.details, hint=error.hint
    )


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    message = SENTENCES.get(status, f"{error.detail}.")
    code = HTTP_CODES.get(status, status.name.lower())
    headers = dict(error.headers or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    return error_answer(request, status, code, message, headers=headers)


def _allowed(request: Request) -> list[str]:
    """Return what an address takes: each method is a route of its own, and the framework names one's only.

    Where there is something to get, HEAD is taken as well.
    """
    taken = {
        method
        for method in METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    }
    return [method for method in METHODS if method in taken or (method == "HEAD" and "GET" in taken)]


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return _domain_error(request, Invalid("validation_failed", faults_told(error.errors())))


def faults_told(faults: Any) -> str:
    """Return what pydantic found wrong as one sentence, without what was sent."""
    # That nothing would have been fine as well is of no use to whoever sent something.
    told = [_fault_told(fault) for fault in faults if fault["type"] != "none_required"]
    more = f", and {len(told) - 5} more" if len(told) > 5 else ""
    return f"{'; '.join(told[:5])}{more}."


def _fault_told(fault: Any) -> str:
    if fault["type"] == "json_invalid":
        return f"body: is not JSON, from character {fault['loc'][-1]} on"
    place = fault["loc"] if fault["loc"][:1] == ("body",) else fault["loc"][:PARAMETER_PARTS]
    name = ".".join(str(part) for part in place if part != "body")
    return f"{name or 'body'}: {fault['msg'].removeprefix('Value error, ')}"


def _fault(request: Request, _error: Exception) -> JSONResponse:
    # Raised again after the answer, and logged at the edge; the caller learns nothing of the inside.
    message = f"Something went wrong on our side; it has been recorded under {request.state.request_id}."
    code = "unexpected_failure" if request.url.path.startswith("/auth/") else "internal"
    return error_answer(request, 500, code, message)


HANDLERS: Final[dict[int | type[Exception], ExceptionHandler]] = {
    BeeError: _domain_error,
    Refusal: _refusal,
    HTTPException: _http_error,
    RequestValidationError: _invalid_request,
    Exception: _fault,
}
