"""What goes wrong, as the API says it: ``{"error": {"code", "message"}}`` on every route of ours."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ExceptionHandler

from bee.errors import BeeError, TooMany

# Where HTTP itself says no, before any code of ours runs.
SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method.",
}


def error_answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return the envelope of an error."""
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status, headers=headers)


def _domain_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BeeError)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooMany) else None
    return error_answer(error.status, error.code, error.message, headers)


def _http_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    message = SENTENCES.get(status, f"{error.detail}.")
    return error_answer(status, status.name.lower(), message, dict(error.headers or {}))


def _fault(_request: Request, _error: Exception) -> JSONResponse:
    # Starlette raises it again after the answer, so it is logged; the caller learns nothing of the inside.
    return error_answer(500, "internal", "Something went wrong on our side; it has been recorded.")


HANDLERS: dict[int | type[Exception], ExceptionHandler] = {
    BeeError: _domain_error,
    HTTPException: _http_error,
    Exception: _fault,
}
