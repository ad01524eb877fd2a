"""A table as the catalogue describes it, and requests over it, for the tests that need no database."""

from urllib.parse import urlencode

from starlette.datastructures import Headers

from bee.api.caller import Role
from bee.api.tables.asked import Asked
from bee.api.tables.compile import statement
from bee.api.tables.fragment import Fragment
from bee.api.tables.request import Sent, read_request
from bee.api.tables.schema import Column, Schema, Table

MEMBERS_ONLY = ("authenticated", "service_role")


def column(
    name: str,
    kind: str,
    label: str = "",
    *,
    key_place: int | None = None,
    readers: tuple[str, ...] = MEMBERS_ONLY,
) -> Column:
    return Column("engagement_events", name, kind, f"_{kind}", label or kind, key_place, readers)


EVENTS: Table = Schema.of(
    [
        column("id", "uuid", key_place=1),
        column("user_id", "uuid", key_place=0),
        column("event_type", "text"),
        column("event_date", "date"),
        column("metadata", "jsonb"),
        column("is_kept", "bool", "boolean"),
        column("secret", "text", readers=()),
    ]
).tables["engagement_events"]


def sent(method: str = "GET", query: str = "", body: bytes = b"", **headers: str) -> Sent:
    """What a request sends; ``user_agent`` is the header ``User-Agent``."""
    values = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return Sent(method, query.encode(), values.getlist, body)


def asked(method: str = "GET", query: str = "", body: bytes = b"", **headers: str) -> Asked:
    return read_request("engagement_events", sent(method, query, body, **headers))


def compiled(method: str = "GET", query: str = "", body: bytes = b"", **headers: str) -> Fragment:
    return statement(asked(method, query, body, **headers), EVENTS, Role.AUTHENTICATED)


def sql_of(fragment: Fragment) -> str:
    """The text of a statement, with one blank where there are several."""
    return " ".join(fragment.text.as_string(None).split())


def encoded(**parameters: str) -> str:
    return urlencode(parameters)
