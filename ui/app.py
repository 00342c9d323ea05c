"""The server: the chat page at /, the API below /api/v1, and the checks of a host, in one process."""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources

from fastapi import FastAPI
from fastapi.responses import Response

from replydesk.data.errors import SettingsError
from replydesk.dialog.agent import Agent
from replydesk.ui import api

__all__ = ["check_host", "create_app"]

_LOG = logging.getLogger(__name__)


def create_app(agent: Agent, *, page: bool = True) -> FastAPI:
    """Return the app of an agent; ``page=False`` leaves out the chat page, which takes Gradio seconds to build."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # The first customer must not wait for the models to load.
        threading.Thread(target=agent.warm_up, name="warm-up", daemon=True).start()
        yield

    app = FastAPI(
        title="Replydesk",
        description="Answers customers from what a support team already knows.",
        version="0.1.0",
        lifespan=lifespan,
    )
    api.install(app, agent)

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        icon = resources.files("replydesk.ui").joinpath("assets/icon.svg").read_bytes()
        return Response(icon, media_type="image/svg+xml")

    if page:
        from replydesk.ui import chat

        mounted: FastAPI = chat.mount(app, agent, agent.settings)
        return mounted
    return app


def check_host(host: str, *, keys: bool) -> None:
    """Raise :class:`SettingsError` for an address that others can reach while there are no API keys."""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback and not keys:
        hint = "Set ui.api_keys in settings.toml (or REPLYDESK_UI_API_KEYS), or stay on 127.0.0.1."
        raise SettingsError("Anybody could reach this address without a key.", where=f"--host {host}", hint=hint)
