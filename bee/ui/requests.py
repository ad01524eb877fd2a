"""What the gate has to know of a request: its origin, where it may go on to, its form. Pure but for the body."""

from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request

from bee.errors import Invalid

MOST_FORM_BYTES: Final = 16 * 1024
MOST_PATH_LENGTH: Final = 2000
HOME: Final = "/"


def safe_path(wanted: str) -> str:
    """Return an address of this site to go on to; the front page for anything else.

    Browsers read a backslash as a slash and drop tabs and newlines, so either could lead to another host.
    """
    is_ours = wanted.startswith("/") and not wanted.startswith("//") and len(wanted) <= MOST_PATH_LENGTH
    if not is_ours or "\\" in wanted or any(not 32 < ord(letter) < 127 for letter in wanted):
        return HOME
    return HOME if urlsplit(wanted).path in {"/login", "/join", "/logout", "/health"} else wanted


def is_same_origin(headers: Headers, public_host: str | None) -> bool:
    """Whether a browser's request that changes something came from a page of this site.

    Every browser names the origin of a form it sends; a request without one comes from somewhere else.
    ``public_host``: the host that people type, where a proxy changes the one that arrives here.
    """
    origin = headers.get("origin")
    if origin is None or origin == "null":
        return False
    return urlsplit(origin).netloc.lower() in {
        headers.get("host", "").lower(),
        (public_host or "").lower(),
    } - {""}


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a form. Raises :class:`Invalid` for one that is too large or not a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise Invalid("form_large", "This form is too large.")
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise Invalid("form_broken", "This form can't be read.") from error
    return {name: values[-1] for name, values in fields.items()}
