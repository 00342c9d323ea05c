"""The text functions say the same about English and Chinese, and leave alone what they should not touch."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data import text as module
from replydesk.data.errors import RequestError
from replydesk.data.text import clean, language_of, plain, tokens

PIECES = (
    *(
        "@115712",
        "@京东客服",
        "@5pm",
        "^SH",
        "^",
        ".",
        "https://t.co/a1",
        "hello",
        "订单",
        "<a@b.org>",
        "&amp;",
    ),
    *(" ", "\n", "\r\n", "\u200b", "\u3000", "e\u0301", "<br>", "<blockquote>", "</p>", "<![if x"),
)
FRAGMENTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join)


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("我的订单到哪了？", "zh"),
        ("退货", "zh"),
        ("我的 iPhone 15 Pro Max 怎么退货", "zh"),
        ("帮我 check 一下 order status thanks", "zh"),
        ("The label on the box of this kettle says 水 and nothing else", "en"),
        ("我要买优の良品的零食", "zh"),
        ("注文した商品がまだ届きません", "ja"),
        ("주문한 상품이 아직 안 왔어요", "ko"),
        ("Well I will never know ¯\\_(ツ)_/¯ so whatever", "en"),
        ("订单TW-204817到哪了 https://example.com/track/my/order/please", "zh"),
        ("请打<PHONE_1>或者写信到<EMAIL_1>", "zh"),
    ],
)
def test_language_by_script(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "ok",
        "thank you",
        "<PHONE_1> <EMAIL_1> <ORDER_2>",
        "https://example.com/a/b/c",
        "😀 👍 🎉",
        "TW-204817 E-412 SG4839201756",
        "@AppleSupport @115712 #help",
        "123 456 789",
        "mei@example.com",
    ],
)
def test_what_carries_no_language_keeps_the_previous_one(text: str) -> None:
    assert language_of(text) == "en"
    assert language_of(text, previous="zh") == "zh"
    assert language_of(text, among=("zh", "en")) == "zh"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wo ist meine Bestellung, ich warte schon seit zwei Wochen", "de"),
        ("Où est ma commande, je l'attends depuis deux semaines", "fr"),
        ("Where is my order, I have been waiting for two weeks", "en"),
        ("我的订单在哪里，我已经等了两个星期", "zh"),
    ],
)
def test_language_among_several(text: str, language: str) -> None:
    assert language_of(text, among=("en", "de", "fr", "zh")) == language
    # Another choice must not have narrowed the shared model.
    assert language_of("Where is my order, please", among=("en", "de")) == "en"
    assert language_of(text, among=("zh", "fr", "de", "en")) == language


@pytest.mark.parametrize("among", [(), ("en", "de", "xx")])
def test_language_refuses_a_wrong_choice(among: tuple[str, ...]) -> None:
    with pytest.raises(RequestError) as caught:
        language_of("Where is my order?", among=among)
    assert caught.value.where == "among"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("@AppleSupport @123 My phone is dead", "My phone is dead"),
        ("@115712我的订单到哪了", "我的订单到哪了"),
        ("@京东客服 我的订单到哪了", "我的订单到哪了"),
        ("@京东客服：我的订单到哪了", "我的订单到哪了"),
        ("@京东客服我的订单到哪了", "@京东客服我的订单到哪了"),
        ("@5pm is fine", "@5pm is fine"),
        ("@ the shop", "@ the shop"),
        ("Thanks @115712 for that", "Thanks @115712 for that"),
        ("We are sorry. ^SH", "We are sorry."),
        ("We are sorry.^JK", "We are sorry."),
        ("很抱歉。^Helen", "很抱歉。"),
        ("Sorry ^SH https://t.co/m9DPQbkftD", "Sorry"),
        ("Sorry https://t.co/m9DPQbkftD ^SH", "Sorry"),
        ("请看 https://t.cn/A6xyz", "请看"),
        ("See https://t.co/abc for more", "See https://t.co/abc for more"),
        ("See https://bit.ly/refund-policy", "See https://bit.ly/refund-policy"),
        ("See https://example.com/a1", "See https://example.com/a1"),
        ("what is x^n", "what is x^n"),
        ("so happy ^_^", "so happy ^_^"),
        ("a \t b\u00a0c\u3000d", "a b c d"),
        ("你好\u3000\u3000世界 ", "你好 世界"),
        ("one\r\n\r\n\n\n  two\rthree\u2028four", "one\n\ntwo\nthree\nfour"),
        ("zero\u200bwidth\ufeff\u00ad\x00\x07\u202e", "zerowidth"),
        ("e\u0301", "é"),
        ("&lt;b&gt; &amp; co", "&lt;b&gt; &amp; co"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("@a @b ^SH", "@a @b ^SH"),
        ("", ""),
    ],
)
def test_clean(text: str, kept: str) -> None:
    assert clean(text) == kept


@settings(database=None, deadline=None, max_examples=100)
@given(FRAGMENTS)
def test_clean_is_settled_and_holds_nothing_invisible(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == once.strip()
    assert "\n\n\n" not in once and "  " not in once
    assert not {unicodedata.category(char) for char in once if char != "\n"} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<p>您好，<br>订单&nbsp;已发货</p>", "您好，\n订单 已发货"),
        ("<ul><li>red</li><li>蓝色</li></ul>", "red\n\n蓝色"),
        ("<div>a</div>b", "a\nb"),
        ("<b>bo</b>ld", "bold"),
        ("<p>one\n   two</p>", "one two"),
        ("<table><tr><td>Size</td><td>42</td></tr></table>", "Size 42"),
        ("<head><title>T</title></head><style>p{}</style><script>x<1</script>Hi", "Hi"),
        ("<header>Hi</header>", "Hi"),
        ("Yes.<blockquote>old <blockquote>older</blockquote> mail</blockquote> Bye", "Yes.\nBye"),
        ("<p>Tom &amp; Jerry &lt;3 &#20320;</p>", "Tom & Jerry <3 你"),
        ("<p>5 < 6 and AT&T</p>", "5 < 6 and AT&T"),
        ("<p>Mail <mei@example.com> or <PHONE_1></p>", "Mail <mei@example.com> or <PHONE_1>"),
        ("<p>a<!-- hidden -->b<![if !supportLists]>c<![endif]></p>", "abc"),
        ("just text\nin two lines &amp; no tag", "just text\nin two lines & no tag"),
        ("", ""),
    ],
)
def test_plain(html: str, text: str) -> None:
    assert plain(html) == text


@settings(database=None, deadline=None, max_examples=100)
@given(FRAGMENTS)
def test_plain_reads_anything(html: str) -> None:
    text = plain(html)
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Where is MY order?", ["where", "is", "my", "order"]),
        ("我的订单", ["我的", "的订", "订单"]),
        ("退", ["退"]),
        ("订单TW-204817到哪了", ["订单", "tw-204817", "到哪", "哪了"]),
        ("错误 E-412", ["错误", "e-412"]),
        ("a follow-up, don't wait", ["a", "follow", "up", "dont", "wait"]),
        ("ＴＷ－２０４８１７", ["tw-204817"]),
        ("Café crème", ["café", "crème"]),
        ("iPhone15 256GB", ["iphone15", "256gb"]),
        ("好的，谢谢", ["好的", "谢谢"]),
        ("!? 😀 --", []),
        ("", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@settings(database=None, deadline=None, max_examples=100)
@given(FRAGMENTS)
def test_tokens_are_never_empty_and_do_not_depend_on_width(text: str) -> None:
    assert all(tokens(text))
    assert tokens(unicodedata.normalize("NFKC", text)) == tokens(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a.a-a" * 20_000 + "@", "<" * 50_000, "@a " * 30_000, "_-" * 50_000, "字" * 99_999])
def test_long_texts_take_no_long_time(text: str) -> None:
    clean(text), plain(text), tokens(text), language_of(text)
