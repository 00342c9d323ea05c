"""An explanation in the panel: words are marked where they stand, and nothing of anybody's text is live."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from replydesk.dialog.explain.explanation import Explanation, Instead, Line, Quoted, Shared, Used
from replydesk.dialog.explain.leaving_out import Word
from replydesk.dialog.explain.replaying import Cause, Difference, Replay
from replydesk.ui.explained import explained, explanation_text, replay_text

ATTACK = "<img src=x onerror=alert(1)>"


def told(message: str, language: str, *words: tuple[str, float]) -> Explanation:
    found, place = [], 0
    for text, effect in words:
        start = message.index(text, place)
        place = start + len(text)
        found.append(Word(text, start, place, effect, effect, "handoff", effect < 0.3))
    return Explanation(
        reply="r",
        release="2026-11-23-1f3a",
        language=language,
        action="pick",
        message=message,
        intent="refund",
        probability=0.9,
        confidence=0.8,
        words=tuple(found),
        evidence=(Used("t", ATTACK, 0.8, (Quoted(0, 0, 4, ATTACK),), (Shared(words[0][0], 0, 1),)),),
        lines=(Line("pick_above", 0.8, 0.6, True, True), Line("ask_above", 0.8, None, True, False)),
        instead=(Instead("line", "ask", "", False, what="pick_above", wanted=0.81),),
    )


EN = told("where is my money", "en", ("where", 0.0), ("my", -0.1), ("money", 0.5))
ZH = told("退款到账了吗", "zh", ("退款", 0.5), ("到账", 0.1), ("了", -0.05), ("吗", 0.0))


def visible(html: str) -> str:
    import html as entities

    return entities.unescape(re.sub(r"<[^>]+>", "", html))


@pytest.mark.parametrize("found", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_message_is_shown_as_it_was_written(found: Explanation, language: str) -> None:
    html = explained(found, language)
    words = re.search(r'<p class="rd-words"[^>]*>(.*?)</p>', html)
    assert words is not None
    assert visible(words[1]) == found.message


def test_a_word_is_marked_by_how_much_it_moved() -> None:
    html = explained(EN, "en")
    assert re.search(r'<mark class="rd-for rd-shade-4" title="50 points for it">money</mark>', html)
    assert re.search(r'<mark class="rd-against rd-shade-1" title="10 points against it">my</mark>', html)
    assert "where</mark>" not in html
    assert '<mark class="rd-for rd-shade-4" title="支持：50 个百分点">退款</mark>' in explained(ZH, "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_others_wrote_is_text(language: str) -> None:
    found = replace(EN, message=f"{ATTACK} money", words=(Word("money", 29, 34, 0.5, 0.5, "ask", False),))
    html = explained(found, language)
    assert "<img" not in html and "onerror&#61;" in html


def test_the_terminal_speaks_the_language_of_the_message() -> None:
    english, chinese = explanation_text(EN), explanation_text(ZH)
    assert "It was read as “refund” (90%), most of all because of “money”." in english
    assert "这条消息被理解为“refund”（90%），主要依据是“退款”、“到账”。" in chinese
    assert "+0.500  money  (without it: handoff)" in english
    assert "(without it" not in next(line for line in english.splitlines() if line.endswith("  my"))
    assert "0.80 reached the threshold for answering alone of 0.60." in english
    assert "任何数值都达不到先作确认的门槛。" in chinese
    assert "如果直接回复的门槛是 0.81，则会先向客户确认。" in chinese


def test_a_replay_names_fields_and_causes() -> None:
    replay = Replay("r", "x", False, (Difference("hits.0.score", 0.5, 0.6),), (Cause("tickets_removed", 2),))
    text = replay_text(replay)
    assert "hits.0.score: 0.5 is now 0.6" in text
    assert "Tickets that were removed since, and cannot come back: 2." in text
