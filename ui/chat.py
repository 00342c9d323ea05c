"""The chat page: a customer asks, the desk answers, and beside the answer stands where it came from."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI

from replydesk.data.errors import InputError, ReplydeskError
from replydesk.data.records import VerdictKind
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.ui.evidence import bubble, evidence, greeting, heading, notice, said
from replydesk.ui.strings import EXAMPLES, LANGUAGES, STRINGS, preferred_language, say

__all__ = ["Desk", "Talk", "Turn", "build", "mount", "verdict_kind"]

_LOG = logging.getLogger(__name__)
_CHUNKS = 12
_PAUSE_SECONDS = 0.025
_CHINESE_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC")
_NAME_LANGUAGE = "language => { document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'; }"

Verdicts = Mapping[str, VerdictKind]
"""What the visitor clicked, by the id of the reply."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the conversation as it is shown.

    ``reply`` is the document of a whole reply, None for all else; ``refused`` marks a notice.
    """

    role: str
    html: str
    reply: Mapping[str, Any] | None = None
    refused: bool = False

    def message(self) -> dict[str, Any]:
        """Return the form that Gradio's chatbot shows."""
        options = [dict(option) for option in self.reply["options"]] if self.reply else []
        return {"role": self.role, "content": self.html, "options": options}


@dataclass(frozen=True, slots=True)
class Talk:
    """One browser's conversation. It lives in the server's memory, so no browser can alter what was said."""

    conversation: str = ""
    turns: tuple[Turn, ...] = ()

    @property
    def last(self) -> Mapping[str, Any] | None:
        """Return the newest reply, if there is one."""
        return next((turn.reply for turn in reversed(self.turns) if turn.reply), None)

    def add(self, *turns: Turn) -> Talk:
        """Return the talk with these turns at its end."""
        return replace(self, turns=(*self.turns, *turns))

    def messages(self) -> list[dict[str, Any]]:
        """Return what Gradio's chatbot shows."""
        return [turn.message() for turn in self.turns]

    def thumbs(self, verdicts: Verdicts, language: str) -> list[str | None]:
        """Return what was clicked under each answer, in the words of the page's language."""
        words = {"good": "Like", "wrong": "Dislike", "wrong_intent": say("wrong_intent", language)}
        return [
            words.get(str(verdicts.get(self.reply_at(line))))
            for line, turn in enumerate(self.turns)
            if turn.role != "user"
        ]

    def reply_at(self, index: int) -> str:
        """Return the id of the reply on this line, '' when the line is none."""
        reply = self.turns[index].reply if 0 <= index < len(self.turns) else None
        return str(reply["id"]) if reply else ""


class Desk:
    """What the page does when somebody uses it, without a word about how it looks.

    >>> desk = Desk(agent, settings)                                        # doctest: +SKIP
    >>> [talk] = list(desk.answer("where is my parcel?", Talk(), "en"))[-1:]  # doctest: +SKIP
    >>> desk.judge(talk.reply_at(1), "good")                                # doctest: +SKIP
    """

    def __init__(self, agent: Agent, settings: Settings, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._agent, self._settings, self._pause = agent, settings, pause_seconds

    def answer(self, text: str, talk: Talk, language: str) -> Iterator[Talk]:
        """Yield the talk with the message, then with ever more of its reply, within a third of a second.

        A message that is refused leaves a notice in the page's ``language`` instead, and so does any failure.
        """
        talk = replace(talk, conversation=talk.conversation or uuid.uuid4().hex)
        asked = talk.add(Turn("user", said(text))) if text.strip() else talk
        yield asked
        try:
            reply = self._agent.reply(text, conversation=talk.conversation, channel="chat").document()
        except Exception as error:  # noqa: BLE001 - the page goes on, the log tells
            yield talk.add(Turn("assistant", notice(self._excuse(error, text, language), language), refused=True))
            return
        if not reply["text"]:
            # A person has the conversation, and answers elsewhere.
            return
        length = len(reply["text"])
        step = max(1, -(-length // _CHUNKS))
        for end in range(step, length, step):
            yield asked.add(Turn("assistant", bubble(reply, end)))
            time.sleep(self._pause)
        yield asked.add(Turn("assistant", bubble(reply), reply))

    def judge(self, reply: str, kind: VerdictKind, correction: str = "") -> None:
        """Store what somebody thought of a reply. Raises an error of the tree."""
        learn = self._agent.settings.ui.learn_from_page
        self._agent.judge(reply, kind, correction=correction, by="chat", learn=learn)

    def _excuse(self, error: Exception, text: str, language: str) -> str:
        limit = self._settings.ui.max_text
        if not isinstance(error, InputError):
            known = isinstance(error, ReplydeskError)
            _LOG.error("A message was not answered: %s", error, exc_info=None if known else error)
            return say("trouble", language)
        if not text.strip():
            return say("empty", language)
        if len(text) > limit:
            return say("too_long", language, length=len(text), limit=limit)
        return f"{error.message} {error.hint}".strip()


def build(agent: Agent, settings: Settings) -> gr.Blocks:
    """Return the chat page of an agent, without the look and the words that :func:`mount` adds."""
    desk, word = Desk(agent, settings), _i18n()
    with gr.Blocks(title=settings.ui.title, analytics_enabled=False, fill_width=True) as page:
        talk, verdicts, judged = gr.State(Talk()), gr.State({}), gr.State("")
        # Only the choice of a language is kept in the browser, so the key protects nothing.
        kept = gr.BrowserState("", storage_key="replydesk-language", secret="replydesk")
        with gr.Row(elem_id="rd-head"):
            head = gr.HTML(elem_id="rd-title")
            language = gr.Radio(
                [("English", "en"), ("中文", "zh")], value="en", label=word("language"), elem_id="rd-language"
            )
            again = gr.Button(word("new"), elem_id="rd-new", size="sm", min_width=0)
        with gr.Row(elem_id="rd-main"):
            with gr.Column(elem_id="rd-chat", scale=7, min_width=300):
                chat = gr.Chatbot(
                    label=word("conversation"),
                    show_label=False,
                    height="100%",
                    layout="bubble",
                    buttons=[],
                    feedback_options=("Like", "Dislike"),
                    allow_tags=False,
                    sanitize_html=True,
                    latex_delimiters=[],
                    group_consecutive_messages=False,
                    elem_id="rd-talk",
                )
                with gr.Column(visible=False, elem_id="rd-fix") as fix:
                    right = gr.Textbox(label=word("correction"), info=word("correction_more"), lines=2, max_lines=6)
                    with gr.Row():
                        skip = gr.Button(word("skip"), size="sm", min_width=0)
                        save = gr.Button(word("save"), size="sm", min_width=0, variant="primary")
                with gr.Row(elem_id="rd-write"):
                    box = gr.Textbox(
                        label=word("message"),
                        placeholder=word("write"),
                        show_label=False,
                        lines=1,
                        max_lines=5,
                        container=False,
                        autofocus=True,
                        elem_id="rd-box",
                    )
                    send = gr.Button(word("send"), variant="primary", min_width=0, elem_id="rd-send")
            with gr.Column(elem_id="rd-side", scale=5, min_width=300):
                panel = gr.HTML(elem_id="rd-panel")

        shown = [chat, box, talk, panel, fix]
        words = [head, language, again, chat, right, skip, save, box, send, panel]

        def respond(text: str, talk: Talk, verdicts: Verdicts, language: str) -> Iterator[tuple[Any, ...]]:
            if talk.turns and not text.strip():
                # Who presses Enter twice has waited for the answer, and has nothing more to say.
                yield tuple(gr.skip() for _ in shown)
                return
            # The box is emptied once, not with every step: somebody may be writing the next message.
            left: Any = ""
            for grown in desk.answer(text, talk, language):
                newest = grown.turns[-1] if grown.turns else Turn("assistant", "")
                side = evidence(newest.reply, language) if newest.reply else gr.skip()
                lines = gr.update(value=grown.messages(), feedback_value=grown.thumbs(verdicts, language))
                # What was refused goes back into the box, so that nobody types it twice.
                yield lines, text if newest.refused else left, grown, side, gr.update(visible=False)
                left = gr.skip()

        def choose(talk: Talk, verdicts: Verdicts, language: str, choice: gr.SelectData) -> Iterator[tuple[Any, ...]]:
            value = choice.value
            yield from respond(str(value["text"] if isinstance(value, dict) else value), talk, verdicts, language)

        def judge(talk: Talk, verdicts: Verdicts, language: str, thumb: gr.LikeData) -> Any:
            reply, kind = talk.reply_at(thumb.index), verdict_kind(thumb.liked)
            if not reply or verdicts.get(reply) == kind:
                return gr.skip()
            kept = {key: value for key, value in verdicts.items() if key != reply}
            if kind is None or not _told(desk, reply, kind, "", language):
                return kept, "", gr.update(visible=False), ""
            return kept | {reply: kind}, reply, gr.update(visible=kind == "wrong"), ""

        def correct(text: str, reply: str, language: str) -> tuple[Any, ...]:
            told = bool(text.strip()) and _told(desk, reply, "edited", text, language)
            return gr.update(visible=not told), "" if told else text

        def begin(language: str) -> tuple[Any, ...]:
            return [], "", Talk(), evidence(None, language), gr.update(visible=False)

        def speak(language: str, talk: Talk, verdicts: Verdicts) -> tuple[Any, ...]:
            return language, *_words(settings, language, talk, verdicts)

        def arrive(kept: str, talk: Talk, verdicts: Verdicts, request: gr.Request) -> tuple[Any, ...]:
            language = kept if kept in LANGUAGES else preferred_language(request.headers.get("accept-language", ""))
            return _words(settings, language, talk, verdicts)

        quiet: dict[str, Any] = {
            "api_visibility": "private",
            "concurrency_limit": 8,
            "show_progress": "hidden",
        }
        state = [talk, verdicts, language]
        # What is sent while the last answer is still being written waits for that, and is not lost.
        sent = gr.on([send.click, box.submit], respond, [box, *state], shown, trigger_mode="always_last", **quiet)
        chosen = gr.on([chat.option_select, chat.example_select], choose, state, shown, **quiet)
        # Gradio sends a click on a named option twice; one at a time, the second sees what the first did.
        chat.like(judge, state, [verdicts, judged, fix, right], **quiet | {"concurrency_limit": 1})
        save.click(correct, [right, judged, language], [fix, right], **quiet)
        skip.click(lambda: gr.update(visible=False), None, [fix], **quiet)
        again.click(begin, [language], shown, cancels=[sent, chosen], **quiet)
        language.input(speak, [language, talk, verdicts], [kept, *words], **quiet)
        language.change(None, [language], None, js=_NAME_LANGUAGE, api_visibility="private")
        page.load(arrive, [kept, talk, verdicts], words, **quiet)
    page.queue(default_concurrency_limit=8, max_size=64)
    return page


def mount(app: FastAPI, agent: Agent, settings: Settings, path: str = "/") -> FastAPI:
    """Put the chat page on a server and return that; the page asks no other host for anything."""
    css = files("replydesk.ui").joinpath("assets/chat.css").read_text(encoding="utf-8")
    _while_a_loop_runs(
        lambda: gr.mount_gradio_app(
            app,
            build(agent, settings),
            path=path,
            theme=_theme(),
            css=css,
            i18n=_i18n(),
            footer_links=[],
            run_history=False,
            show_error=False,
            ssr_mode=False,
            enable_monitoring=False,
            allowed_paths=[],
            max_file_size=settings.ui.max_body,
        )
    )
    return app


def verdict_kind(thumb: object) -> VerdictKind | None:
    """Return what a click under an answer means; None when it takes an earlier one back.

    >>> verdict_kind(True), verdict_kind(False), verdict_kind("理解错了"), verdict_kind(None)
    ('good', 'wrong', 'wrong_intent', None)
    """
    if isinstance(thumb, bool):
        return "good" if thumb else "wrong"
    return "wrong_intent" if thumb in STRINGS["wrong_intent"].values() else None


def _told(desk: Desk, reply: str, kind: VerdictKind, correction: str, language: str) -> bool:
    try:
        desk.judge(reply, kind, correction)
    except ReplydeskError as error:
        _LOG.error("A verdict was not stored: %s", error)
        gr.Warning(say("trouble", language))
        return False
    gr.Info(say(f"thanks_{kind}", language), duration=4)
    return True


def _while_a_loop_runs(make: Callable[[], object]) -> None:
    """Call a function inside an event loop: where none runs, Gradio opens some and closes none."""

    async def inside() -> None:
        make()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(inside())
    else:
        make()


def _words(settings: Settings, language: str, talk: Talk, verdicts: Verdicts) -> tuple[Any, ...]:
    """Return the updates that make the page speak a language, in the order head, language, ..., panel."""
    other = next(name for name in LANGUAGES if name != language)
    title = settings.ui.title_zh if language == "zh" else settings.ui.title
    return (
        heading(title, language),
        gr.update(value=language, label=say("language", language)),
        gr.update(value=say("new", language)),
        gr.update(
            label=say("conversation", language),
            placeholder=greeting(language),
            examples=[{"text": text} for text in (*EXAMPLES[language], *EXAMPLES[other])],
            feedback_options=["Like", "Dislike", say("wrong_intent", language)],
            feedback_value=talk.thumbs(verdicts, language),
        ),
        gr.update(label=say("correction", language), info=say("correction_more", language)),
        gr.update(value=say("skip", language)),
        gr.update(value=say("save", language)),
        gr.update(label=say("message", language), placeholder=say("write", language)),
        gr.update(value=say("send", language)),
        evidence(talk.last, language),
    )


def _i18n() -> gr.I18n:
    """Return the words that stand on the page before the server knows which language the visitor wants."""
    words = {name: {key: texts[name] for key, texts in STRINGS.items()} for name in LANGUAGES}
    chinese = dict.fromkeys(("zh", "zh-CN", "zh-TW", "zh-HK"), words["zh"])
    return gr.I18n(en=words["en"], **chinese)


def _theme() -> gr.themes.Base:
    # Gradio ships this face whole; of Source Sans 3 and Lexend it ships files without Latin letters.
    sans = [
        gr.themes.LocalFont("Source Sans Pro", weights=(400, 700)),
        "system-ui",
        *_CHINESE_FONTS,
        "sans-serif",
    ]
    return gr.themes.Base(primary_hue="teal", neutral_hue="slate", font=sans, font_mono=["ui-monospace", "monospace"])
