"""The chat page: how it looks, what it says in which language, and which function each part of it calls."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI

from replydesk.data.errors import ReplydeskError
from replydesk.data.records import VerdictKind
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.ui.chat import Desk, verdict_kind
from replydesk.ui.evidence import evidence, greeting, heading
from replydesk.ui.strings import EXAMPLES, LANGUAGES, STRINGS, preferred_language, say
from replydesk.ui.strip import strip
from replydesk.ui.talk import Talk

__all__ = ["build", "mount"]

_LOG = logging.getLogger(__name__)
_CHINESE_FONTS = ("PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC")
_NAME_LANGUAGE = "language => { document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'; }"

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

# What is new comes into sight, also while the page still scrolls to what came before. What opens below the talk,
# such as the field for a correction, leaves its last line where it can be read, and the answer that was judged. Gradio
# may put the talk into the page after this, and makes messages anew: nothing here holds on to either.
_KEEP_THE_END = """
const main = element.closest('#rd-main');
const replies = () => [...main.querySelectorAll('#rd-talk .rd-said')];
const log = () => main.querySelector('#rd-talk .bubble-wrap');
let talk = null, height = 0, judged = -1, said = 0;
const sized = new ResizeObserver(() => {
  if (log() && talk.clientHeight < height) {
    log().scrollTop += height - talk.clientHeight;
    replies()[judged]?.scrollIntoView({block: 'nearest'});
  }
  height = talk.clientHeight;
});
const look = () => {
  const now = main.querySelector('#rd-talk'), count = main.querySelectorAll('#rd-talk .message').length;
  if (now !== talk) {
    sized.disconnect();
    [talk, height] = [now, now?.clientHeight ?? 0];
    if (talk) sized.observe(talk);
  }
  if (count > said) requestAnimationFrame(() => { if (log()) log().scrollTop = log().scrollHeight; });
  said = count;
};
new MutationObserver(look).observe(main, {childList: true, subtree: true});
look();
main.addEventListener('click', (event) => {
  const thumb = event.target.closest('#rd-talk .message-buttons button');
  const before = (one) => one.compareDocumentPosition(thumb) & Node.DOCUMENT_POSITION_FOLLOWING;
  judged = thumb ? replies().filter(before).length - 1 : -1;
}, true);
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


def mount(app: FastAPI, agent: Agent, settings: Settings) -> FastAPI:
    """Put the chat page on a server and return that; the page asks no other host for anything."""
    css = files("replydesk.ui").joinpath("assets/chat.css").read_text(encoding="utf-8")
    _while_a_loop_runs(
        lambda: gr.mount_gradio_app(
            app,
            build(agent, settings),
            path="/",
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


def build(agent: Agent, settings: Settings) -> gr.Blocks:
    """Return the chat page of an agent, without the look and the words that :func:`mount` adds."""
    does, word = _Handlers(Desk(agent, settings), settings), _i18n()
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

        quiet: dict[str, Any] = {"api_visibility": "private", "concurrency_limit": 8, "show_progress": "hidden"}
        where = [kept_talk, language]
        knowing = [*where, typed]
        # What is sent while the last answer is still being written waits for that, and is not lost.
        sent = gr.on(
            [send.click, box.submit], does.respond, [box, *knowing], spoken, trigger_mode="always_last", **quiet
        )
        chosen = gr.on([chat.option_select, chat.example_select], does.choose, knowing, spoken, **quiet)
        stopped = stop.click(does.cancel, knowing, spoken, **quiet)
        timer.tick(does.listen, [kept_talk, heard, language, typed], shown, **quiet)
        # Gradio sends a click on a named option twice; one at a time, the second sees what the first did.
        chat.like(does.judge, where, [judged, fix, right], **quiet | {"concurrency_limit": 1})
        save.click(does.correct, [right, judged, language], [fix, right], **quiet)
        skip.click(_hidden, None, [fix], **quiet)
        panel.click(does.cited, where, [panel], **quiet)
        again.click(does.begin, [language], spoken, cancels=[sent, chosen, stopped], **quiet)
        language.input(does.speak, [language, kept_talk, typed], [kept, *words, *shown, panel], **quiet)
        language.change(None, [language], None, js=_NAME_LANGUAGE, api_visibility="private")
        page.load(does.arrive, [kept, kept_talk], [*words, *shown, panel], **quiet)
    page.queue(default_concurrency_limit=8, max_size=64)
    return page


class _Handlers:
    """What each part of the page calls: values in, updates of the page out."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self._settings = desk, settings

    def respond(
        self, text: str, conversation: str, language: str, typed: Mapping[str, str], pressed: bool = False
    ) -> Iterator[Any]:
        """Show the message, then its growing reply."""
        talk = self._desk.talk(conversation, language, typed)
        if talk.turns and not text.strip():
            # Who presses Enter twice has waited for the answer, and has nothing more to say.
            yield gr.skip()
            return
        # The box is emptied once, not with every step: somebody may be writing the next message.
        left: Any = ""
        before = talk.last
        for grown in self._desk.answer(text, talk, language, pressed=pressed):
            side = self._desk.panel(grown, language) if grown.last != before else gr.skip()
            # What was refused goes back into the box, so that nobody types it twice.
            refused = bool(grown.turns) and grown.turns[-1].refused
            written = text if refused else left
            yield *_shown(grown, language), written, grown.conversation, side, _hidden(), dict(grown.typed)
            left = gr.skip()

    def choose(
        self, conversation: str, language: str, typed: Mapping[str, str], choice: gr.SelectData
    ) -> Iterator[Any]:
        """Send what a quick reply or an example says."""
        text = str(choice.value["text"] if isinstance(choice.value, dict) else choice.value)
        yield from self.respond(text, conversation, language, typed, True)

    def cancel(self, conversation: str, language: str, typed: Mapping[str, str]) -> Iterator[Any]:
        """Stop the form that goes on."""
        last = self._desk.talk(conversation, language).last
        word = say("cancel", str(last["language"]) if last else language)
        yield from self.respond(word, conversation, language, typed, True)

    def listen(self, conversation: str, heard: int, language: str, typed: Mapping[str, str]) -> Any:
        """Show what people of the team wrote meanwhile."""
        talk = self._desk.news(conversation, heard, language, typed)
        return gr.skip() if talk is None else _shown(talk, language)

    def judge(self, conversation: str, language: str, thumb: gr.LikeData) -> Any:
        """Take a click under an answer, and ask for what would have been right."""
        talk, kind = self._desk.talk(conversation, language), verdict_kind(thumb.liked)
        reply = talk.reply_at(thumb.index)
        # What was said once of a reply holds until something else is said.
        if not reply or kind is None or talk.verdicts.get(reply) == kind:
            return gr.skip()
        if not self._told(reply, kind, "", language):
            return "", _hidden(), ""
        return reply, gr.update(visible=kind == "wrong"), ""

    def correct(self, text: str, reply: str, language: str) -> tuple[Any, ...]:
        """Take what would have been right."""
        told = bool(text.strip()) and self._told(reply, "edited", text, language)
        return gr.update(visible=not told), "" if told else text

    def cited(self, conversation: str, language: str, pressed: gr.EventData) -> Any:
        """Open the ticket of a citation, or explain the reply."""
        talk, reply, place = self._desk.talk(conversation, language), str(pressed.reply), int(pressed.place)
        if place < 0:
            return self._desk.explained(talk, language, reply)
        return self._desk.panel(talk, language, reply, place)

    def begin(self, language: str) -> tuple[Any, ...]:
        """Begin a new conversation."""
        return *_shown(Talk(), language), "", "", evidence(None, language), _hidden(), {}

    def arrive(self, kept: str, conversation: str, request: gr.Request) -> tuple[Any, ...]:
        """Show a page that was just opened, in the visitor's language."""
        language = kept if kept in LANGUAGES else preferred_language(request.headers.get("accept-language", ""))
        talk = self._desk.talk(conversation, language)
        return *_words(self._settings, language), *_shown(talk, language), self._desk.panel(talk, language)

    def speak(self, language: str, conversation: str, typed: Mapping[str, str]) -> tuple[Any, ...]:
        """Change the language of the page."""
        talk = self._desk.talk(conversation, language, typed)
        return language, *_words(self._settings, language), *_shown(talk, language), self._desk.panel(talk, language)

    def _told(self, reply: str, kind: VerdictKind, correction: str, language: str) -> bool:
        """Store a verdict and say so; return whether that was possible."""
        try:
            self._desk.judge(reply, kind, correction)
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
