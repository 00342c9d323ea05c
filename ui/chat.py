"""The chat page: a customer asks, the desk answers, and beside the answer stands where it came from."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI

from replydesk.data.errors import InputError, ReplydeskError
from replydesk.data.records import VerdictKind
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.explaining import explanation_of
from replydesk.ui.bubbles import bubble, notice
from replydesk.ui.curve import dialled
from replydesk.ui.evidence import evidence, greeting, heading
from replydesk.ui.explained import explained
from replydesk.ui.strings import EXAMPLES, LANGUAGES, STRINGS, preferred_language, say
from replydesk.ui.strip import strip
from replydesk.ui.talk import Talk, Turn, heard_in, talk_of
from replydesk.ui.typed import hints

__all__ = ["Desk", "build", "mount", "verdict_kind"]

_LOG = logging.getLogger(__name__)
_CHUNKS = 12
_PAUSE_SECONDS = 0.025
_CHINESE_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC")
_NAME_LANGUAGE = "language => { document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'; }"

_PAGE_ID = re.compile(r"page-[0-9a-f]{32}")
"""Ids that nobody guesses. Only these are read again: a browser that names another conversation sees nothing."""

_SECONDS = 3.0
"""So often a page asks for what people of the team wrote or did: they may come without having been asked for."""

# Citations open their ticket in the panel; the opened card comes into view, and leads back to its sentence. The panel
# explains its reply when it is asked to. What it says of another reply is read from its beginning.
_OPEN_TICKETS = """
let cite = null;
const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
const show = (node) => node.scrollIntoView({block: 'center', behavior: calm ? 'auto' : 'smooth'});
const find = () => element.querySelector('.rd-open');
const come = () => { const card = find(); if (card) { card.focus({preventScroll: true}); show(card); } };
const leave = () => { if (cite && cite.isConnected) { show(cite); cite.focus({preventScroll: true}); } };
const shown = () => element.querySelector('.rd-evidence')?.dataset.of;
let of = shown();
watch('value', () => {
  if (of !== shown()) element.closest('#rd-side').scrollTop = 0;
  of = shown();
  come();
});
document.addEventListener('click', (event) => {
  const pressed = event.target.closest('#rd-talk .rd-cite');
  if (!pressed) return;
  cite = pressed;
  const card = find();
  if (card && card.dataset.reply === cite.name && card.dataset.place === cite.value) come();
  else trigger('click', {reply: cite.name, place: Number(cite.value)});
});
element.addEventListener('click', (event) => {
  const why = event.target.closest('.rd-why');
  if (event.target.closest('.rd-back')) leave();
  if (why) { why.disabled = true; trigger('click', {reply: why.name, place: -1}); }
});
element.addEventListener('keydown', (event) => { if (event.key === 'Escape') leave(); });
"""

# What opens below the conversation, such as the field for a correction, leaves its last line where it can be read.
_KEEP_THE_END = """
const talk = document.querySelector('#rd-talk');
let height = talk.clientHeight;
new ResizeObserver(() => {
  const log = talk.querySelector('.bubble-wrap');
  if (log && talk.clientHeight < height) log.scrollTop += height - talk.clientHeight;
  height = talk.clientHeight;
}).observe(talk);
"""

_LOCAL_TIMES = """
const clock = () => element.querySelectorAll('time').forEach((one) => {
  const at = new Date(one.dateTime);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : {month: 'short', day: 'numeric'};
  const language = one.closest('[lang]').lang;
  one.textContent = at.toLocaleString(language, {...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
});
watch('value', clock);
clock();
"""


class Desk:
    """What the page does when somebody uses it, without a word about how it looks.

    >>> desk = Desk(agent, settings)                                        # doctest: +SKIP
    >>> [talk] = list(desk.answer("where is my parcel?", Talk(), "en"))[-1:]  # doctest: +SKIP
    >>> desk.judge(talk.reply_at(1), "good")                                # doctest: +SKIP
    """

    def __init__(self, agent: Agent, settings: Settings, *, pause_seconds: float = _PAUSE_SECONDS) -> None:
        self._agent, self._settings, self._pause = agent, settings, pause_seconds

    def talk(self, conversation: str, language: str, typed: Mapping[str, str] | None = None) -> Talk:
        """Return a conversation of this page as it is stored; one without an id where a browser names any other.

        ``typed`` is what the page still knows of what was masked.
        """
        if not _PAGE_ID.fullmatch(conversation):
            return Talk()
        store = self._agent.store
        found = store.stored([conversation]).get(conversation)
        if found is None:
            return Talk(conversation, typed=typed or {})
        verdicts = store.verdicts(conversations=[conversation])
        return talk_of(
            found.conversation, list(store.replies(conversation)), verdicts, language, found.masked, typed or {}
        )

    def news(self, conversation: str, heard: int, language: str, typed: Mapping[str, str] | None = None) -> Talk | None:
        """Return the talk where people of the team wrote or did something since ``heard`` things, else None."""
        if not _PAGE_ID.fullmatch(conversation):
            return None
        now = heard_in(self._agent.store.messages(conversation))
        return None if now == heard else self.talk(conversation, language, typed)

    def answer(self, text: str, talk: Talk, language: str, *, pressed: bool = False) -> Iterator[Talk]:
        """Yield the talk with the message, then with ever more of its reply, within a third of a second.

        The last one is what is stored. What was ``pressed`` and not written is answered in the language of the last
        reply, whatever the words on the button are. A message that is refused leaves a notice in the page's
        ``language`` instead, and so does any failure.
        """
        talk = replace(talk, conversation=talk.conversation or f"page-{uuid.uuid4().hex}")
        asked = talk.say(text) if text.strip() else talk
        yield asked
        try:
            spoken = str(talk.last["language"]) if pressed and talk.last else ""
            made = self._agent.reply(text, conversation=talk.conversation, channel="chat", language=spoken)
            typed = {**talk.typed, **hints(text, made.incoming.text)} if made.incoming else talk.typed
            reply, whole = made.document(), self.talk(talk.conversation, language, typed)
        except Exception as error:  # noqa: BLE001 - the page goes on, the log tells
            yield talk.add(Turn("assistant", notice(self._excuse(error, text, language), language), refused=True))
            return
        # While a person has the conversation there is no text.
        length = len(reply["text"])
        step = max(1, -(-length // _CHUNKS))
        for end in range(step, length, step):
            yield asked.add(Turn("assistant", bubble(reply, end)))
            time.sleep(self._pause)
        yield whole

    def panel(self, talk: Talk, language: str, reply: str = "", opened: int | None = None) -> str:
        """Return the panel of a reply of the talk, the newest unless one is named, with a citation's ticket open."""
        shown = next((turn.reply for turn in talk.turns if turn.reply and turn.reply["id"] == reply), talk.last)
        return evidence(shown, language, dialled(self._agent, shown) if shown else None, opened)

    def explained(self, talk: Talk, language: str, reply: str) -> str:
        """Return the panel of a reply of the talk with what moved it, word by word."""
        shown = next((turn.reply for turn in talk.turns if turn.reply and turn.reply["id"] == reply), None)
        if shown is None:
            return self.panel(talk, language)
        told = explained(explanation_of(self._agent, reply), language)
        return evidence(shown, language, dialled(self._agent, shown), explained=told)

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
        # What a page remembers is which conversation it shows, and how much of what people wrote in it.
        kept_talk = gr.BrowserState("", storage_key="replydesk-conversation", secret="replydesk")
        kept = gr.BrowserState("", storage_key="replydesk-language", secret="replydesk")
        heard, judged, timer = gr.State(0), gr.State(""), gr.Timer(_SECONDS, active=False)
        # What was masked is stored nowhere: an open page remembers the end of it, for who typed it.
        typed = gr.State({})
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
                with gr.Row(elem_id="rd-strip", visible=False) as strips:
                    told = gr.HTML(js_on_load=_LOCAL_TIMES)
                    stop = gr.Button(word("form_stop"), size="sm", min_width=0, elem_id="rd-stop")
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
                panel = gr.HTML(elem_id="rd-panel", js_on_load=_OPEN_TICKETS + _KEEP_THE_END)

        shown = [chat, strips, told, stop, timer, heard]
        spoken = [*shown, box, kept_talk, panel, fix, typed]
        words = [head, language, again, right, skip, save, stop, box, send]

        def respond(
            text: str, conversation: str, language: str, typed: Mapping[str, str], pressed: bool = False
        ) -> Iterator[tuple[Any, ...]]:
            talk = desk.talk(conversation, language, typed)
            if talk.turns and not text.strip():
                # Who presses Enter twice has waited for the answer, and has nothing more to say.
                yield tuple(gr.skip() for _ in spoken)
                return
            # The box is emptied once, not with every step: somebody may be writing the next message.
            left: Any = ""
            before = talk.last
            for grown in desk.answer(text, talk, language, pressed=pressed):
                side = desk.panel(grown, language) if grown.last != before else gr.skip()
                # What was refused goes back into the box, so that nobody types it twice.
                refused = bool(grown.turns) and grown.turns[-1].refused
                written = text if refused else left
                yield *_shown(grown, language), written, grown.conversation, side, _hidden(), dict(grown.typed)
                left = gr.skip()

        def choose(
            conversation: str, language: str, typed: Mapping[str, str], choice: gr.SelectData
        ) -> Iterator[tuple[Any, ...]]:
            text = str(choice.value["text"] if isinstance(choice.value, dict) else choice.value)
            yield from respond(text, conversation, language, typed, True)

        def cancel(conversation: str, language: str, typed: Mapping[str, str]) -> Iterator[tuple[Any, ...]]:
            last = desk.talk(conversation, language).last
            stop = say("cancel", str(last["language"]) if last else language)
            yield from respond(stop, conversation, language, typed, True)

        def listen(conversation: str, heard: int, language: str, typed: Mapping[str, str]) -> Any:
            talk = desk.news(conversation, heard, language, typed)
            return gr.skip() if talk is None else _shown(talk, language)

        def judge(conversation: str, language: str, thumb: gr.LikeData) -> Any:
            talk, kind = desk.talk(conversation, language), verdict_kind(thumb.liked)
            reply = talk.reply_at(thumb.index)
            # What was said once of a reply holds until something else is said.
            if not reply or kind is None or talk.verdicts.get(reply) == kind:
                return gr.skip()
            if not _told(desk, reply, kind, "", language):
                return "", _hidden(), ""
            return reply, gr.update(visible=kind == "wrong"), ""

        def correct(text: str, reply: str, language: str) -> tuple[Any, ...]:
            told = bool(text.strip()) and _told(desk, reply, "edited", text, language)
            return gr.update(visible=not told), "" if told else text

        def cited(conversation: str, language: str, pressed: gr.EventData) -> Any:
            talk, reply, place = desk.talk(conversation, language), str(pressed.reply), int(pressed.place)
            return desk.panel(talk, language, reply, place) if place >= 0 else desk.explained(talk, language, reply)

        def begin(language: str) -> tuple[Any, ...]:
            return *_shown(Talk(), language), "", "", evidence(None, language), _hidden(), {}

        def arrive(kept: str, conversation: str, request: gr.Request) -> tuple[Any, ...]:
            language = kept if kept in LANGUAGES else preferred_language(request.headers.get("accept-language", ""))
            talk = desk.talk(conversation, language)
            return *_words(settings, language), *_shown(talk, language), desk.panel(talk, language)

        def speak(language: str, conversation: str, typed: Mapping[str, str]) -> tuple[Any, ...]:
            talk = desk.talk(conversation, language, typed)
            return language, *_words(settings, language), *_shown(talk, language), desk.panel(talk, language)

        quiet: dict[str, Any] = {
            "api_visibility": "private",
            "concurrency_limit": 8,
            "show_progress": "hidden",
        }
        where = [kept_talk, language]
        # What is sent while the last answer is still being written waits for that, and is not lost.
        sent = gr.on(
            [send.click, box.submit], respond, [box, *where, typed], spoken, trigger_mode="always_last", **quiet
        )
        chosen = gr.on([chat.option_select, chat.example_select], choose, [*where, typed], spoken, **quiet)
        stopped = stop.click(cancel, [*where, typed], spoken, **quiet)
        timer.tick(listen, [kept_talk, heard, language, typed], shown, **quiet)
        # Gradio sends a click on a named option twice; one at a time, the second sees what the first did.
        chat.like(judge, where, [judged, fix, right], **quiet | {"concurrency_limit": 1})
        save.click(correct, [right, judged, language], [fix, right], **quiet)
        skip.click(_hidden, None, [fix], **quiet)
        panel.click(cited, where, [panel], **quiet)
        again.click(begin, [language], spoken, cancels=[sent, chosen, stopped], **quiet)
        language.input(speak, [language, kept_talk, typed], [kept, *words, *shown, panel], **quiet)
        language.change(None, [language], None, js=_NAME_LANGUAGE, api_visibility="private")
        page.load(arrive, [kept, kept_talk], [*words, *shown, panel], **quiet)
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


def _hidden() -> Any:
    return gr.update(visible=False)


def _shown(talk: Talk, language: str) -> tuple[Any, ...]:
    """Return the updates that show a talk: conversation, strip with its button, whether to listen, heard."""
    told, other = strip(talk, language), next(name for name in LANGUAGES if name != language)
    lines = gr.update(
        value=talk.messages(),
        label=say("conversation", language),
        placeholder=greeting(language),
        examples=[{"text": text} for text in (*EXAMPLES[language], *EXAMPLES[other])],
        feedback_options=["Like", "Dislike", say("wrong_intent", language)],
        feedback_value=talk.thumbs(language),
    )
    listens = gr.Timer(active=bool(talk.turns))
    return lines, gr.update(visible=bool(told)), told, gr.update(visible=talk.form is not None), listens, talk.heard


def _words(settings: Settings, language: str) -> tuple[Any, ...]:
    """Return the updates that make the rest of the page speak a language, in the order head, language, ..., send."""
    title = settings.ui.title_zh if language == "zh" else settings.ui.title
    return (
        heading(title, language),
        gr.update(value=language, label=say("language", language)),
        gr.update(value=say("new", language)),
        gr.update(label=say("correction", language), info=say("correction_more", language)),
        gr.update(value=say("skip", language)),
        gr.update(value=say("save", language)),
        gr.update(value=say("form_stop", language)),
        gr.update(label=say("message", language), placeholder=say("write", language)),
        gr.update(value=say("send", language)),
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
