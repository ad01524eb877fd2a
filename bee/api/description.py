"""What the API says of itself: OpenAPI 3.1, each operation with its errors (``error_forms``) and examples.

The examples are data, ``examples.json``: by method and path what is sent, as parameters and as the body, and what
is answered, by status.
"""

import json
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI

from bee.api.error_forms import ERRORS, FORMS, area_of, example_of

SCHEMES: Final[dict[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "apikey": {"type": "apiKey", "in": "header", "name": "apikey"},
}
EXAMPLES: Final[dict[str, dict[str, Any]]] = json.loads((files(__package__) / "examples.json").read_bytes())


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
    schemas |= FORMS
    components["securitySchemes"] = SCHEMES
    responses = components.setdefault("responses", {})
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, operation, responses)
            _exemplify(operation, EXAMPLES.get(f"{method.upper()} {path}", {}))


def _complete_operation(path: str, operation: dict[str, Any], shared: dict[str, Any]) -> None:
    area, responses = area_of(path), operation["responses"]
    # FastAPI's own, which is answered as 400.
    responses.pop("422", None)
    for status in sorted(area.statuses):
        name = f"{area.form}{status}"
        shared.setdefault(name, _response(area.form, status))
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{name}"})
    if area.security:
        operation["security"] = [{name: [] for name in names} for names in area.security]


def _response(form: str, status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{form}"}
    content = {"application/json": {"schema": schema, "example": example_of(form, status)}}
    described = {"description": ERRORS[status][1], "content": content}
    if status == 429:
        described["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return described


def _exemplify(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in examples.get("parameters", {}):
            parameter["example"] = examples["parameters"][parameter["name"]]
    if "body" in examples:
        operation["requestBody"]["content"]["application/json"]["example"] = examples["body"]
    for status, body in examples.get("responses", {}).items():
        operation["responses"][status]["content"]["application/json"]["example"] = body
