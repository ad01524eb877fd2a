"""Answers that are what their route says they are, written as JSON without being checked again."""

from typing import TypeVar

from pydantic import TypeAdapter
from starlette.background import BackgroundTask
from starlette.responses import Response

Body = TypeVar("Body")


def answered(kind: TypeAdapter[Body], body: Body, *, after: BackgroundTask | None = None) -> Response:
    """Return the answer of a route whose ``response_model`` is ``kind``.

    ``after``: what is done once the answer is on its way.
    """
    return Response(kind.dump_json(body), media_type="application/json", background=after)
