"""The commands that answer: `replydesk ask`, `suggest`, `search`, and the servers `serve` and `actions`."""

from __future__ import annotations

from typing import Annotated

import typer

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.ui.demo import demo
from replydesk.ui.desk import agent_of, settings_of
from replydesk.ui.options import (
    FilterOption,
    HomeOption,
    JsonOption,
    LanguageOption,
    RulesOption,
    filters_of,
    say,
    show,
)
from replydesk.ui.terminal import reply_text, suggestions_text

__all__ = ["actions", "ask", "search", "serve", "suggest"]


def ask(
    text: Annotated[str, typer.Argument(help="The customer's message.")],
    conversation: Annotated[str, typer.Option("--conversation", help="Go on with this conversation.")] = "",
    language: LanguageOption = "",
    filters: FilterOption = None,
    rules: RulesOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer one message."""
    reply = agent_of(Home.find(home), rules).reply(
        text, conversation=conversation, channel="cli", language=language, filters=filters_of(filters)
    )
    show(reply.document(), as_json, reply_text(reply))


def suggest(
    text: Annotated[str, typer.Argument(help="The customer's message.")],
    conversation: Annotated[str, typer.Option("--conversation", help="The conversation it belongs to.")] = "",
    by: Annotated[str, typer.Option("--by", help="The member of the team who asks.")] = "",
    k: Annotated[int, typer.Option("--k", "-k", min=1, max=10, help="How many answers.")] = 3,
    language: LanguageOption = "",
    filters: FilterOption = None,
    rules: RulesOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest different answers to one message; nothing is sent."""
    from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions

    request = SuggestionRequest(
        text, conversation, channel="cli", language=language, by=by, k=k, filters=filters_of(filters)
    )
    found = suggestions(agent_of(Home.find(home), rules), request)
    show(found.document(), as_json, suggestions_text(found))


def search(
    text: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="How many hits.")] = 10,
    language: LanguageOption = "",
    filters: FilterOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find past tickets."""
    from replydesk.ui.documents import search_document

    hits = agent_of(Home.find(home)).search(text, k=k, language=language, filters=filters_of(filters))
    lines = [
        f"{hit.score:.2f} ({hit.similarity:.2f})  {hit.ticket.question}\n      -> {hit.ticket.answer}" for hit in hits
    ]
    show(search_document(hits), as_json, "\n".join(lines) or "Nothing found.")


def serve(
    host: Annotated[
        str, typer.Option("--host", help="The address to serve on; others than this machine's need API keys.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to serve on.")] = 7860,
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Build the demo desk first when the home is empty.")
    ] = False,
    rules: RulesOption = None,
    home: HomeOption = None,
) -> None:
    """Serve the chat page at /, the API at /api/v1 and its description at /docs."""
    import uvicorn

    from replydesk.ui.app import check_host, create_app

    check_host(host, keys=bool(settings_of(Home.find(home)).ui.api_keys))
    _require_port(host, port)
    if with_demo:
        # In one process, so that the first visitor does not wait for the libraries to load twice.
        demo(if_empty=True, home=home, as_json=False)
    agent = agent_of(Home.find(home), rules)
    say(f"Replydesk serves http://{host}:{port} from {Home.find(home).folder}")
    uvicorn.run(create_app(agent), host=host, port=port, log_level="warning")


def actions(
    host: Annotated[str, typer.Option("--host", help="The address to serve on, of this machine only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="The port to serve on.")] = 5055,
    home: HomeOption = None,
) -> None:
    """Serve the rasa-sdk action server with action_replydesk_answer and action_replydesk_suggest."""
    import uvicorn

    from replydesk.ui.actions import create_action_app
    from replydesk.ui.app import check_host

    hint = "The protocol of rasa-sdk has no keys: stay on 127.0.0.1, and put a proxy of yours before it."
    check_host(host, keys=False, hint=hint)
    _require_port(host, port)
    agent = agent_of(Home.find(home))
    agent.warm_up()
    say(f"Actions at http://{host}:{port}/webhook from {Home.find(home).folder}")
    uvicorn.run(create_action_app(agent), host=host, port=port, log_level="warning")


def _require_port(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            hint = "Stop what listens there, or choose another with --port (make serve PORT=8000)."
            raise RequestError(
                f"The port cannot be used: {error.strerror}.", where=f"{host}:{port}", hint=hint
            ) from error
