"""Realtime: the websocket of Supabase's clients, and broadcasts by request."""

from typing import Annotated, Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Path, Query, Request, Response, WebSocket
from pydantic import BaseModel, Field, JsonValue, StrictBool
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from bee.api.gatehouse import ApiKey, bearer_token, client_of, counted, role_of_api_key
from bee.api.limits import Area
from bee.api.realtime.bearers import bearer_of
from bee.api.realtime.broadcasts import Broadcast, publish
from bee.api.realtime.frames import Version
from bee.api.realtime.parts import Parts
from bee.api.realtime.session import LONGEST_EVENT, sender_of
from bee.api.realtime.socket import Socket
from bee.api.realtime.topics import PREFIX, is_topic, may_join
from bee.errors import BeeError, Forbidden, Invalid, NotFound, TooMany, Unauthenticated

HANDSHAKE: Final = [
    {
        "name": "apikey",
        "in": "query",
        "schema": {"type": "string"},
        "description": "The client's key; it may be a header instead",
    },
    {
        "name": "vsn",
        "in": "query",
        "schema": {"type": "string", "enum": list(Version), "default": Version.V1},
        "description": "How messages are laid out",
    },
]
router = APIRouter(prefix="/realtime/v1", tags=["realtime"])
elsewhere = APIRouter()


class Message(BaseModel):
    """Something to broadcast. ``topic``: the channel's name as the clients have it."""

    topic: str = Field(min_length=1, max_length=255, examples=["coach_stream"])
    event: str = Field(min_length=1, max_length=LONGEST_EVENT, examples=["typing"])
    payload: dict[str, JsonValue] = {}
    private: StrictBool = False


class Messages(BaseModel):
    """What to broadcast: all of it, or nothing if one message can't be."""

    messages: list[Message] = Field(min_length=1, max_length=100)


@router.websocket("/websocket")
async def connect(websocket: WebSocket) -> None:
    """Serve a client's socket, which brings the key in its address."""
    parts = parts_of(websocket)
    try:
        version, key = _version(websocket), _key(websocket)
        await run_sync(role_of_api_key, parts.house, key, limiter=parts.readers)
        with parts.places.seat(client_of(websocket).address) as seat:
            await Socket(websocket, parts, version, key, seat).serve()
    except BeeError as error:
        await _deny(websocket, error)


@elsewhere.websocket("/{path:path}")
async def connect_elsewhere(websocket: WebSocket) -> None:
    """Say that there is no socket at any other address."""
    await _deny(websocket, NotFound("not_found", "There is nothing at this address."))


@router.get(
    "/websocket",
    status_code=101,
    response_class=Response,
    response_description="The connection is a socket now",
    openapi_extra={"parameters": HANDSHAKE},
)
def upgrade(request: Request) -> Response:
    """Open a websocket, on which joins, changes and broadcasts are exchanged as Phoenix's messages.

    Asked for without `Upgrade: websocket`, it says that it needs one.
    """
    _version(request)
    raise HTTPException(426, "This address is for websockets", headers={"Upgrade": "websocket"})


@router.post("/api/broadcast", status_code=202, response_class=Response)
def broadcast(request: Request, _key: ApiKey, body: Messages) -> Response:
    """Send messages to those who joined a topic: a member's reach the own devices, the service's everybody."""
    _broadcast(request, body.messages)
    return Response(status_code=202)


@router.post("/api/broadcast/{topic}/events/{event}", status_code=202, response_class=Response)
def broadcast_one(
    request: Request,
    _key: ApiKey,
    topic: Annotated[str, Path(min_length=1, max_length=255)],
    event: Annotated[str, Path(min_length=1, max_length=LONGEST_EVENT)],
    payload: Annotated[dict[str, JsonValue], Body()],
    private: Annotated[bool, Query()] = False,
) -> Response:
    """Send one message, as the newer clients do it: the body is its payload."""
    _broadcast(request, [Message(topic=topic, event=event, payload=payload, private=private)])
    return Response(status_code=202)


async def _deny(websocket: WebSocket, error: BeeError) -> None:
    body = {"message": error.message, "error": {"code": error.code, "message": error.message}}
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooMany) else None
    await websocket.send_denial_response(JSONResponse(body, error.status, headers))


def parts_of(connection: HTTPConnection) -> Parts:
    """Return what the sockets of this process share."""
    parts = connection.app.state.realtime
    assert isinstance(parts, Parts)
    return parts


def _broadcast(request: Request, messages: list[Message]) -> None:
    parts = parts_of(request)
    bearer = bearer_of(parts.house, bearer_token(request) or request.headers["apikey"])
    counted(request, bearer.caller, Area.REALTIME)
    sender = sender_of(bearer)
    for message in messages:
        topic = PREFIX + message.topic
        if not is_topic(topic, most=parts.limits.topic_length):
            raise Invalid("bad_topic", "A topic is a name that can be printed, and not too long.")
        if not may_join(topic, bearer.caller, is_private=message.private):
            raise Forbidden("not_yours", "Unauthorized: You do not have permissions to send to this topic.")
    publish(
        parts.house.database,
        [Broadcast(PREFIX + one.topic, one.event, one.payload, sender, None) for one in messages],
        most_bytes=parts.limits.broadcast_bytes,
    )


def _version(connection: HTTPConnection) -> Version:
    try:
        return Version(connection.query_params.get("vsn", Version.V1))
    except ValueError as error:
        raise Invalid("bad_version", f"vsn is one of {', '.join(Version)}.") from error


def _key(websocket: WebSocket) -> str:
    key = websocket.query_params.get("apikey") or websocket.headers.get("apikey")
    if not key:
        raise Unauthenticated("no_api_key", "No API key found in request")
    return key
