"""What the HTTP API refuses: errors in one shape, wherever they come from, and bodies that are too large."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from replydesk.data.errors import ReplydeskError

__all__ = ["refuse", "tell_routes"]

_ROUTES = "See /docs for the routes."
_KNOWN = {
    400: ("request", "Send a JSON object in UTF-8."),
    401: ("unauthorised", "Send `Authorization: Bearer KEY`."),
    403: ("forbidden", _ROUTES),
    404: ("not_found", _ROUTES),
    405: ("method_not_allowed", _ROUTES),
    413: ("too_large", "Send less at once, or raise the setting ui.max_body."),
}
_SAID = {
    400: "The body cannot be read as JSON.",
    404: "There is no such route.",
    405: "This route takes another method.",
}
_WORDLESS = ("There was an error parsing the body", "Not Found", "Method Not Allowed")


def refuse(app: FastAPI, max_body: int) -> None:
    """Let an app tell of every error in the shape of the API, and read no body of more than ``max_body`` bytes."""
    app.add_middleware(_Limited, max_body=max_body)

    @app.exception_handler(ReplydeskError)
    def refused(_request: Request, error: ReplydeskError) -> JSONResponse:
        return JSONResponse(error.document(), error.status)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        if first["type"] == "json_invalid":
            message = f"The body is not valid JSON: {first['ctx']['error']}."
            return _error(422, "request", message, "Mend it there.", f"character {where}")
        if first["type"] == "extra_forbidden":
            return _error(422, "request", "There is no such field.", "See /docs for the fields.", where)
        if where.endswith("language") and first["type"] == "string_pattern_mismatch":
            hint = "Give two small letters, such as en or zh, or leave it out to have it found."
            return _error(422, "request", "This is no code of a language.", hint, where)
        if not where:
            hint = "Send one, with the header `Content-Type: application/json`."
            return _error(422, "request", "The body is not a JSON object.", hint, "body")
        return _error(422, "request", f"{first['msg']}.", "See /docs for the fields.", where)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        return _told(error)

    @app.exception_handler(Exception)
    def broken(_request: Request, _failure: Exception) -> JSONResponse:
        # The server's log has the traceback; a caller gets neither that nor the request back.
        return _error(500, "internal", "Something went wrong on our side.", "The server's log says what.")


def tell_routes(page: FastAPI) -> None:
    """Let another app on the same server tell of a route, or a method, that there is not as the API tells of it."""

    @page.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return _told(error) if error.detail in _WORDLESS else await http_exception_handler(request, error)


def _told(error: HTTPException) -> JSONResponse:
    code, hint = _KNOWN.get(error.status_code, ("error", _ROUTES))
    # Whoever raises one without words gets those of the protocol, which say little.
    message = _SAID.get(error.status_code, "") if error.detail in _WORDLESS else str(error.detail)
    where = "body" if error.status_code == 400 else ""
    return _error(error.status_code, code, message or str(error.detail), hint, where, error.headers)


class _Limited:
    """Refuses bodies above ``max_body`` bytes, whether their length is announced or they come in chunks without one.

    Whatever is answered below ``/api/`` is what it says it is: no browser may take the JSON for a page.
    """

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self._app, self._max_body = app, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        refusal = f"The body is larger than {self._max_body} bytes."
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_body:
            code, hint = _KNOWN[413]
            await _error(413, code, refusal, hint)(scope, receive, named)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_body:
                raise HTTPException(413, refusal)
            return message

        await self._app(scope, counted, named)


def _error(
    status: int, code: str, message: str, hint: str, where: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    # The place may be a name that the caller invented: of any length, and with halves of characters in it.
    where = where[:100].encode("utf-8", "replace").decode()
    document = {"error": {"code": code, "message": message, "hint": hint, "where": where}}
    return JSONResponse(document, status, headers)
