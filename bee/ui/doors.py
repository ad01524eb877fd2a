"""The open paths: signing in and out, one-time links, the health of the process, and what those pages look like."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bee.errors import BeeError, Invalid, TooMany, Unavailable
from bee.proxies import client_address
from bee.staff import SignedIn, accept_link, find_link, sign_in
from bee.staff.links import Link
from bee.staff.sessions import ABSOLUTE
from bee.ui.gate import cookie_name, public_host
from bee.ui.house import House
from bee.ui.passwords import RULES, password_complaint
from bee.ui.plain import join_page, login_page, notice_page
from bee.ui.requests import HOME, is_same_origin, read_form, safe_path
from bee.ui.sessions import utc_now

STATIC: Final = Path(__file__).resolve().parents[2] / "static"
FILES: Final = {
    "/gate/style.css": STATIC / "gate.css",
    "/gate/mark.svg": STATIC / "mark.svg",
    "/gate/inter-400.woff2": STATIC / "fonts" / "inter-latin-400-normal.woff2",
    "/gate/inter-600.woff2": STATIC / "fonts" / "inter-latin-600-normal.woff2",
}
OPEN_PATHS: Final = frozenset({"/login", "/logout", "/join", "/health", *FILES})
PLAIN_POLICY: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def doors(house: House) -> Starlette:
    """Return the application of the open paths."""
    handlers = Doors(house)
    return Starlette(
        routes=[
            Route("/login", handlers.show_login, methods=["GET"]),
            Route("/login", handlers.sign_in, methods=["POST"]),
            Route("/logout", handlers.sign_out, methods=["POST"]),
            Route("/join", handlers.show_join, methods=["GET"]),
            Route("/join", handlers.join, methods=["POST"]),
            Route("/health", _health, methods=["GET"]),
            *(Route(path, _file(file), methods=["GET"]) for path, file in FILES.items()),
        ],
        exception_handlers={BeeError: _show_error},
    )


class Doors:
    """The handlers; each is: read the form, one call, answer."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._settings = house.settings

    async def show_login(self, request: Request) -> Response:
        """Show the form."""
        return _html(login_page(next_path=safe_path(request.query_params.get("next", HOME))))

    async def sign_in(self, request: Request) -> Response:
        """Open a session and go on to what was asked for first; or show the form again and say why."""
        form = await self._form(request)
        next_path = safe_path(form.get("next", HOME))
        address = client_address(
            request.client.host if request.client else "",
            request.headers.get("x-forwarded-for", ""),
            self._settings.trusted_proxies,
        )

        def call() -> SignedIn:
            return sign_in(
                self._house.database,
                email=form.get("email", ""),
                password=form.get("password", ""),
                address=address,
                now=utc_now(),
                is_local=self._settings.is_local,
            )

        try:
            signed_in = await run_sync(call)
        except Unavailable:
            raise
        except BeeError as error:
            page = login_page(next_path=next_path, email=form.get("email", ""), complaint=error.message)
            return _html(page, status=error.status, headers=_retry_after(error))
        response = _redirect(next_path)
        response.set_cookie(
            cookie_name(self._settings),
            signed_in.token,
            max_age=int(ABSOLUTE.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=not self._settings.is_local,
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session at once, on every page that is open with it."""
        await self._form(request)
        token = request.cookies.get(cookie_name(self._settings))
        await run_sync(lambda: self._house.sessions.end(token))
        response = _redirect("/login")
        response.delete_cookie(
            cookie_name(self._settings),
            path="/",
            httponly=True,
            samesite="lax",
            secure=not self._settings.is_local,
        )
        return response

    async def show_join(self, request: Request) -> Response:
        """Show the form of a one-time link that can still be used."""
        token = request.query_params.get("token", "")
        return self._join_form(token, await self._link(token))

    async def join(self, request: Request) -> Response:
        """Set the password that the holder of a link chose, and go on to sign in."""
        form = await self._form(request)
        token, password = form.get("token", ""), form.get("password", "")
        link = await self._link(token)
        complaint = password_complaint(password, form.get("again", ""))
        if complaint is not None:
            return self._join_form(token, link, complaint, status=400)
        try:
            await run_sync(lambda: accept_link(self._house.database, token, password=password, now=utc_now()))
        except Invalid as error:
            return self._join_form(token, link, error.message, status=error.status)
        self._house.sessions.forget()
        return _html(
            notice_page("Your password is set", "You can sign in with it now.", link=("/login", "Sign in"))
        )

    def _join_form(self, token: str, link: Link, complaint: str | None = None, status: int = 200) -> Response:
        page = join_page(
            token=token, full_name=link.full_name, email=link.email, rules=RULES, complaint=complaint
        )
        return _html(page, status=status)

    async def _link(self, token: str) -> Link:
        return await run_sync(lambda: find_link(self._house.database, token, now=utc_now()))

    async def _form(self, request: Request) -> dict[str, str]:
        if not is_same_origin(request.headers, public_host(self._settings)):
            raise Invalid("other_origin", "This form was not sent from here. Open the page and try again.")
        return await read_form(request)


async def _health(_request: Request) -> Response:
    """Say that the process runs, whatever becomes of the parts it depends on."""
    return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})


def _file(file: Path) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        return FileResponse(file, headers={"Cache-Control": "public, max-age=3600"})

    return answer


async def _show_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, BeeError)
    match error:
        case Unavailable():
            title, sentence = "The database does not answer", "Nothing is lost. Try again in a minute."
        case _:
            title, sentence = "That did not work", error.message
    page = notice_page(title, sentence, link=("/login", "To sign in"))
    return _html(page, status=error.status, headers=_retry_after(error))


def _retry_after(error: BeeError) -> dict[str, str]:
    match error:
        case TooMany():
            return {"Retry-After": str(error.retry_after_s)}
        case Unavailable():
            return {"Retry-After": "30"}
        case _:
            return {}


def _redirect(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def _html(page: str, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    always = {"Cache-Control": "no-store", "Content-Security-Policy": PLAIN_POLICY}
    return HTMLResponse(page, status_code=status, headers=always | (headers or {}))
