"""The guard at the door out: links, markup, wording, and whose data a reply holds, in both languages."""

from __future__ import annotations

import time
from random import Random

import pytest

from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.settings import DataSettings, DialogSettings, Settings
from replydesk.data.store import Store
from replydesk.dialog.guard import Problem, TeamHosts, guarded, host_of, hosts_in, neutral
from replydesk.dialog.guard.wording import offensive

SETTINGS = Settings()


def kinds(
    text: str, evidence: tuple[str, ...] = (), settings: Settings = SETTINGS, hosts: tuple[str, ...] = ()
) -> list[str]:
    return [problem.kind for problem in guarded(text, evidence, settings, hosts=lambda: hosts).problems]


@pytest.mark.parametrize(
    "text",
    [
        "Refunds reach your card five working days after we receive the return.",
        "2 < 3 and 5 > 4, I <3 it * really * 5*3",
        "退款五个工作日内退回原卡。",
        "Press # then 1, or write to us_and_them.",
        "Hi <NAME_1>, it left us today.",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<b>Hello</b>", "Hello"),
        ("a<script>alert(1)</script>b", "ab"),
        ("a<script>alert(1)", "a"),
        ("<img src=x onerror=alert(1)>Hi", "Hi"),
        ("Hi <img src=x onerror=alert(1)", "Hi"),
        ("<scr<script>ipt>alert(1)</scr</script>ipt>ok", "ok"),
        ("&lt;b&gt;x&lt;/b&gt; &amp; y", "x & y"),
        ("[our page](https://shop.example/faq)", "our page (https://shop.example/faq)"),
        ("[here](javascript:alert(1))", "here)"),
        ("![logo](https://evil.example/p.png) Hello", "logo Hello"),
        ("**bold** and *soft* and `code`", "bold and soft and code"),
        ("# Title\ntext", "Title\ntext"),
        ("```html\n<b>x</b>\n```", "x"),
        ("**请**在<br>这里写", "请在这里写"),
        ("<!-- hidden -->shown", "shown"),
    ],
)
def test_markup_is_taken_out(text: str, plain: str) -> None:
    assert neutral(text) == plain
    assert neutral(plain) == plain


def test_taking_out_twice_changes_nothing_whatever_the_text() -> None:
    draw = Random(0)
    pieces = [
        "<",
        ">",
        "b",
        "/",
        "script",
        "&lt;",
        "&amp;",
        "*",
        "**",
        "`",
        "[",
        "](",
        ")",
        "!",
        "x",
        " ",
        "中",
        "onload=",
        "javascript:",
    ]
    for _ in range(400):
        text = "".join(draw.choice(pieces) for _ in range(draw.randint(1, 24)))
        once = neutral(text)
        assert neutral(once) == once, text


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("see https://help.shop.example/faq?a=1.", ["help.shop.example"]),
        ("https://good.example@evil.example/x", ["evil.example"]),
        ("https:\\\\evil.example", ["evil.example"]),
        ("//evil.example/x", ["evil.example"]),
        ("请看www.shop.cn，谢谢", ["www.shop.cn"]),
        ("evil.com/login now", ["evil.com"]),
        ("mail help@shop.com", []),
        ("go to help.shop.example.", ["help.shop.example"]),
        ("version 2.1.10, e.g. this", []),
        ("HTTP://EVIL.EXAMPLE:8080", ["evil.example"]),
    ],
)
def test_hosts_are_found(text: str, hosts: list[str]) -> None:
    assert list(hosts_in(text)) == hosts


def test_a_backslash_hides_no_host() -> None:
    assert host_of("https://evil.example\\@shop.example") == "evil.example"


def test_links_go_only_where_the_team_says() -> None:
    text = "Please see https://help.shop.example/returns."
    assert kinds(text) == ["link"]
    assert guarded(text, (), SETTINGS).problems == (Problem("link", "help.shop.example"),)
    assert guarded(text, (), SETTINGS).problems[0].reason == "rule"
    assert kinds(text, settings=Settings(dialog=DialogSettings(allowed_hosts=("shop.example",)))) == []
    assert kinds(text, settings=Settings(data=DataSettings(own_contacts=("help@shop.example",)))) == []
    assert kinds(text, hosts=("help.shop.example",)) == []
    # A host that only ends alike is another, and what a customer wrote allows nothing.
    assert kinds(text, hosts=("p.shop.example",)) == ["link"]
    assert kinds("https://notshop.example", hosts=("shop.example",)) == ["link"]
    assert kinds(text, evidence=(text,)) == ["link"]


def test_hosts_of_canned_answers_are_the_team_s(home: Home) -> None:
    store = Store.open(home.database)
    team = TeamHosts(store)
    assert team() == frozenset()
    store.add_ticket(Ticket.make("Help?", "See https://help.shop.example/a.", source="canned", language="en"))
    store.add_ticket(Ticket.make("帮助？", "请看 https://evil.example/a", language="zh"))
    assert team() == {"help.shop.example"}
    assert guarded("Go to help.shop.example.", (), SETTINGS, hosts=team).problems == ()
    assert guarded("https://evil.example/a", (), SETTINGS, hosts=team).problems[0].text == "evil.example"
    store.close()


def test_data_of_another_customer_stays_here() -> None:
    assert kinds("We called 07911 123456 about it.") == ["personal"]
    assert kinds("We wrote to mei@example.com.") == ["personal"]
    assert kinds("已拨打13800138000联系。") == ["personal"]
    assert guarded("We called 07911 123456.", (), SETTINGS).problems[0].reason == "safety"
    # What this customer gave, or a canned answer says, may be repeated, however it is written.
    assert kinds("We called 07911 123456 about it.", evidence=("my number is 07911123456",)) == []
    assert kinds("We wrote to mei@example.com.", evidence=("Mei@Example.com",)) == []
    assert kinds("我们会拨打13800138000。", evidence=("电话138 0013 8000",)) == []
    assert (
        kinds("Call us on 0800 123 4567.", settings=Settings(data=DataSettings(own_contacts=("0800 123 4567",)))) == []
    )
    # A placeholder cannot be filled in.
    assert kinds("We called <PHONE_1>.") == ["personal"]


def test_what_is_nothing_but_markup_is_no_reply() -> None:
    assert kinds("<script>alert(1)</script>") == ["empty"]
    assert guarded("<script>1</script>", (), SETTINGS).problems[0].reason == "rule"


OFFENSIVE = (
    "You are an idiot.", "Are you stupid?", "Women are always late.", "Typical for a foreigner.", "What the fuck.",
    "Old people can't use apps.", "Go back to your country.", "You people never read.", "This is bullshit.", "Shut up.",
    "It is because you're a woman.", "Chinese people all cheat.", "Get lost.", "你是不是傻逼", "女司机都不会开车",
    "外地人就是没素质",
    "你们这种人真麻烦", "滚开", "老人都不会用手机", "乡巴佬", "因为你是女的", "你真蠢", "闭嘴", "河南人都这样",
    "他妈的",
    "死胖子", "人渣",
)  # fmt: skip
FINE = (
    "Women's sizes are on the next page.", "The glass arrived with a chink in it.",
    "Old people are welcome to call us.",
    "We are sorry for the mess.", "Thank you for your kind words.", "Your kind message made our day.",
    "The cocktail shaker is in stock.",
    "It is made in China.", "Chinese customers can pay by Alipay.", "Is it for a man or a woman?",
    "We hate to see you go.",
    "The Scunthorpe shop is open.", "You are right, that was our mistake.", "Are you sure?",
    "Use the assembly screw.", "The pack holds 12 pieces.",
    "Please shut the lid.", "Men's and women's watches", "Seniors always get a discount.",
    "The dam in the picture is Dutch.",
    "老人都可以享受半价。", "女士尺码请看下一页。", "外国人可以用护照注册。", "智障人士凭证免费。", "废物箱在后面。",
    "滚筒请先清空。", "去死皮膏有货。",
    "残疾人都有优惠。", "您说得对，是我们的错。", "日本人气款已到货。", "这款适合男人和女人。", "神经病学教材有货。",
    "请您不要着急。",
)  # fmt: skip


@pytest.mark.parametrize("text", OFFENSIVE)
def test_offensive_wording_does_not_go_out(text: str) -> None:
    assert "offensive" in kinds(text)


@pytest.mark.parametrize("text", FINE)
def test_what_a_desk_rightly_writes_goes_out(text: str) -> None:
    assert offensive(text) == ()
    assert kinds(text) == []


def test_the_guard_is_quick() -> None:
    texts = [*FINE, *OFFENSIVE, "Please see https://help.shop.example/returns, order TW-204817, 5 days. " * 4]
    for text in texts:
        guarded(text, (), SETTINGS)
    began = time.process_time()
    for text in texts:
        guarded(text, (), SETTINGS)
    assert 1000 * (time.process_time() - began) / len(texts) < 4
    for hostile in ("<" * 4000, "[" * 4000, "*" * 4000, "<a " * 1300, "&lt;" * 1000, "a." * 2000, "![" * 2000):
        began = time.process_time()
        guarded(hostile, (), SETTINGS)
        assert time.process_time() - began < 1, hostile[:5]
