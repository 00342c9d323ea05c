"""The server: the chat page at /, the API below /api/v1, and the checks of a host, in one process."""

from __future__ import annotations

import gc
import ipaddress
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from replydesk.data.errors import SettingsError
from replydesk.dialog.agent import Agent
from replydesk.dialog.ahead import read_ahead
from replydesk.ui import api
from replydesk.ui.refusals import tell_routes

__all__ = ["check_host", "create_app"]

_API_PATHS = ("/api/", "/healthz", "/readyz", "/docs", "/openapi.json")
_SET_KEYS = "Set ui.api_keys in settings.toml (or REPLYDESK_UI_API_KEYS), or stay on 127.0.0.1."


def create_app(agent: Agent, *, page: bool = True) -> FastAPI:
    """Return the app of an agent; ``page=False`` leaves out the chat page, which takes Gradio seconds to build."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The first customer must not wait for the models to load.
        stop = threading.Event()
        threading.Thread(target=_warm_up, args=(agent, stop), name="warm-up", daemon=True).start()
        yield
        stop.set()

    app = FastAPI(
        title="Replydesk",
        description="Answers customers from what a support team already knows.",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    api.install(app, agent)
    _describe(app)

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        icon = resources.files("replydesk.ui").joinpath("assets/icon.svg").read_bytes()
        return Response(icon, media_type="image/svg+xml")

    if page:
        from replydesk.ui.page import mount

        mount(app, agent, agent.settings)
        mounted = app.router.routes.pop()
        assert isinstance(mounted, Mount) and isinstance(mounted.app, FastAPI)
        tell_routes(mounted.app)
        app.router.routes.append(_Page(mounted.path, mounted.app, name=mounted.name))
    return app


class _Page(Mount):
    """The chat page, which has every path but those of the API: what is wrong there is told as the API tells it."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return no match for a path of the API, so that its routes can say 404, or 405, of it."""
        return (Match.NONE, {}) if scope["path"].startswith(_API_PATHS) else super().matches(scope)


def _warm_up(agent: Agent, stop: threading.Event) -> None:
    agent.warm_up()
    # What is there by now stays; looking through all of it again took one reply in several hundred a tenth of a second.
    gc.collect()
    gc.freeze()
    if read_ahead(agent, stop, most=agent.settings.ui.read_ahead):
        gc.freeze()


def _describe(app: FastAPI) -> None:
    """Serve the API's description at /docs from this machine alone; FastAPI's own page loads scripts from another."""
    from fastapi.openapi.docs import get_swagger_ui_html
    from fastapi.responses import HTMLResponse
    from starlette.staticfiles import StaticFiles
    from swagger_ui_bundle import swagger_ui_path

    # The bundled viewer reads this version; nothing in our description needs a newer one.
    app.openapi_version = "3.0.3"
    app.mount("/docs/assets", StaticFiles(directory=swagger_ui_path), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="Replydesk API",
            swagger_js_url="/docs/assets/swagger-ui-bundle.js",
            swagger_css_url="/docs/assets/swagger-ui.css",
            swagger_favicon_url="/favicon.ico",
        )


def check_host(host: str, *, keys: bool, hint: str = _SET_KEYS) -> None:
    """Raise :class:`SettingsError`, with its hint, for an address that others can reach while there are no API keys."""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback and not keys:
        raise SettingsError("Anybody could reach this address without a key.", where=f"--host {host}", hint=hint)
