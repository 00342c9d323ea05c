"""The rasa-sdk action server: a Rasa bot asks Replydesk for the answer to its latest message, or for suggestions."""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.endpoint import create_app
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from sanic.exceptions import SanicException
from sanic.handlers import ErrorHandler
from sanic.request import Request
from sanic.response import HTTPResponse, json

from replydesk.data.errors import ReplydeskError
from replydesk.dialog.agent import Agent
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions

__all__ = ["AnswerAction", "SuggestAction", "create_action_app"]

_LOG = logging.getLogger(__name__)


class AnswerAction(Action):  # type: ignore[misc]
    """``action_replydesk_answer``: utters the reply to the latest message and sets slots that stories can branch on.

    Slots: ``replydesk_action`` (pick, ask, handoff), ``replydesk_confidence``, ``replydesk_reply`` (the id for a
    verdict). The whole reply travels as ``custom.replydesk``; quick replies become buttons. Nothing
    is uttered while a person has the conversation.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def name(self) -> str:
        """Return the name a Rasa domain lists."""
        return "action_replydesk_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:  # noqa: ARG002 - the SDK calls it so
        """Answer in a thread, so that one slow message does not hold up the others.

        Every error becomes a hand-off, which a story can branch on; a Rasa server would drop the turn otherwise.
        """
        latest = tracker.latest_message or {}
        text = str(latest.get("text") or "")
        try:
            reply = await asyncio.to_thread(
                self._agent.reply,
                text,
                conversation=f"rasa:{tracker.sender_id}",
                customer=str(tracker.sender_id),
                channel="rasa",
                message=str(latest.get("message_id") or ""),
            )
        except ReplydeskError as error:
            _LOG.warning("Handed off: %s", error)
            return _handed_off()
        except Exception:  # noqa: BLE001 - whatever it is, the customer gets a person, and the log the traceback
            _LOG.exception("Handed off after an error that should not happen")
            return _handed_off()
        if reply.text:
            dispatcher.utter_message(
                text=reply.text,
                buttons=[{"title": option.label, "payload": option.value} for option in reply.options],
                json_message={"replydesk": reply.document()},
            )
        return [
            SlotSet("replydesk_action", reply.action),
            SlotSet("replydesk_confidence", round(reply.confidence, 4)),
            SlotSet("replydesk_reply", reply.id),
        ]


class SuggestAction(Action):  # type: ignore[misc]
    """``action_replydesk_suggest``: puts different answers to the latest message before the team and utters nothing.

    They stand in the slot ``replydesk_suggestions`` (a list of ticket, kind, text and score; empty where something went
    wrong), and their id, for a verdict, in ``replydesk_suggestion``. A channel would pass any response on to the
    customer, so there is none.
    """

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def name(self) -> str:
        """Return the name a Rasa domain lists."""
        return "action_replydesk_suggest"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:  # noqa: ARG002 - the SDK calls it so
        """Suggest in a thread; an error leaves the slots empty, since a Rasa server would drop the turn otherwise."""
        latest = tracker.latest_message or {}
        request = SuggestionRequest(
            str(latest.get("text") or ""),
            conversation=f"rasa:{tracker.sender_id}",
            customer=str(tracker.sender_id),
            channel="rasa",
        )
        try:
            found = await asyncio.to_thread(suggestions, self._agent, request)
        except ReplydeskError as error:
            _LOG.warning("Suggested nothing: %s", error)
            return _suggested("", [])
        except Exception:  # noqa: BLE001 - whatever it is, the turn goes on, and the log has the traceback
            _LOG.exception("Suggested nothing after an error that should not happen")
            return _suggested("", [])
        items = [
            {"ticket": item.ticket, "kind": item.kind, "text": item.text, "score": round(item.score, 4)}
            for item in found.items
        ]
        return _suggested(found.id, items)


class _Discreet(ErrorHandler):
    """Says that a request failed; the SDK would send the exception and the customer's whole tracker back."""

    def default(self, request: Request, exception: Exception) -> HTTPResponse:
        self.log(request, exception)
        if isinstance(exception, SanicException) and exception.status_code < 500:
            return json({"error": str(exception)}, exception.status_code)
        return json({"error": "Something went wrong on our side; the server's log says what."}, 500)


def _handed_off() -> list[Any]:
    return [
        SlotSet("replydesk_action", "handoff"),
        SlotSet("replydesk_confidence", 0.0),
        SlotSet("replydesk_reply", None),
    ]


def _suggested(key: str, items: list[dict[str, Any]]) -> list[Any]:
    return [SlotSet("replydesk_suggestion", key or None), SlotSet("replydesk_suggestions", items)]


def create_action_app(agent: Agent) -> Any:
    """Return the SDK's own server (an ASGI app) with our actions: ``/webhook``, ``/actions``, ``/health``."""
    executor = ActionExecutor()
    executor.register_action(AnswerAction(agent))
    executor.register_action(SuggestAction(agent))
    # A Rasa server of another minor version, or none, speaks the same protocol; the SDK would warn at every request.
    warnings.filterwarnings("ignore", message="You(r| are using an old) versions? of rasa", category=UserWarning)
    app = create_app(executor)
    app.error_handler = _Discreet()
    return app
