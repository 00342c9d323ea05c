from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.mail import own_words
from replydesk.data.preparation import prepare
from replydesk.data.records import Conversation, Message
from replydesk.data.settings import DataSettings
from replydesk.data.text import clean, plain

OWN = ("The kettle still leaks.\nCan I send it back?", "水壶还是漏水。\n可以退货吗？")

QUOTES = [
    "On Mon, 2 Mar 2026 at 09:00, Ada Lamb <ada@kettles.example> wrote:\n\n> Please tighten the lid.\n> Ada",
    "On 02/03/2026 09:00, Kettle Shop wrote:\n> Please tighten the lid.",
    "On Monday, March 2nd, 2026 at 9:00 AM, Ada Lamb from Kettles\n<ada@kettles.example> wrote:\n\nTighten the lid.",
    "On Mar 2, 2026, at 9:00 AM, Ada Lamb\n<ada@kettles.example>\nwrote:\nPlease tighten the lid.",
    "Ada Lamb <ada@kettles.example> wrote:\n> Please tighten the lid.",
    "-----Original Message-----\nFrom: Ada Lamb\nSent: Monday\nTo: Tom\nSubject: RE: Kettle\n\nPlease tighten the lid.",
    "---- Original message ----\nPlease tighten the lid.",
    "From: Ada Lamb <ada@kettles.example>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Tom <tom@mail.example>\n"
    "Subject: Re: Kettle\n\nPlease tighten the lid.",
    "________________________________\nFrom: Ada\nDate: 2 March 2026\nTo: Tom\n\nPlease tighten the lid.",
    "*From:* Ada Lamb\n*Sent:* Monday\n*To:* Tom\n*Subject:* Kettle\n\nPlease tighten the lid.",
    "Am 02.03.2026 um 09:00 schrieb Ada Lamb <ada@kettles.example>:\n> Bitte den Deckel fester drehen.",
    "Am Mo., 2. März 2026 um 09:00 Uhr schrieb Ada Lamb\n<ada@kettles.example>:\n\nBitte den Deckel fester drehen.",
    "Von: Ada Lamb\nGesendet: Montag, 2. März 2026 09:00\nAn: Tom\nBetreff: AW: Kessel\n\nBitte den Deckel drehen.",
    "Le lun. 2 mars 2026 à 09:00, Ada Lamb <ada@kettles.example> a écrit :\n> Serrez le couvercle.",
    "De : Ada Lamb\nEnvoyé : lundi 2 mars 2026 09:00\nÀ : Tom\nObjet : RE: Bouilloire\n\nSerrez le couvercle.",
    "El lun, 2 mar 2026 a las 9:00, Ada Lamb (<ada@kettles.example>) escribió:\n\n> Apriete la tapa.",
    "De: Ada Lamb\nEnviado el: lunes, 2 de marzo de 2026 9:00\nPara: Tom\nAsunto: RE: Hervidor\n\nApriete la tapa.",
    "在 2026年3月2日，09:00，小艾 <ada@kettles.example> 写道：\n\n请把盖子拧紧。",
    "在 2026-03-02 09:00:00，\"小艾\" <ada@kettles.example> 写道：\n> 请把盖子拧紧。",
    "小艾 <ada@kettles.example> 于2026年3月2日周一 09:00写道：\n\n> 请把盖子拧紧。",
    "At 2026-03-02 09:00:00, \"小艾\" <ada@kettles.example> wrote:\n>请把盖子拧紧。",
    "------------------ 原始邮件 ------------------\n发件人: \"小艾\" <ada@kettles.example>;\n"
    "发送时间: 2026年3月2日 上午9:00\n收件人: \"小汤\";\n主题: 回复：水壶\n\n请把盖子拧紧。",
    "发件人: 小艾\n发送时间: 2026年3月2日 9:00\n收件人: 小汤\n主题: 回复: 水壶\n\n请把盖子拧紧。",
    "发件人： 小艾\n日期： 2026年3月2日 星期一 09:00\n收件人： 小汤\n主题： 水壶\n请把盖子拧紧。",
    "> Please tighten the lid.\n> 请把盖子拧紧。\n>> Older still.",
    ">请把盖子拧紧。\n>谢谢",
]  # fmt: skip

SIGNATURES = [
    "-- \nTom Reed\nReed & Sons Ltd | 12 Mill Lane\n+44 20 7946 0018",
    "--\n小汤\n某某有限公司 销售部\n电话：021-5555 0100",
    "Sent from my iPhone",
    "Sent from my Galaxy",
    "Get Outlook for iOS<https://aka.example/o0ukef>",
    "Sent from Mail for Windows 10",
    "发自我的 iPhone",
    "发自我的华为手机",
    "来自我的小米手机",
    "Von meinem iPhone gesendet",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Best regards,\nTom",
    "Kind regards,\n\nTom Reed\nHead of Purchasing\nReed & Sons Ltd\ntom@mail.example | www.reed.example",
    "Thanks,\nTom Reed",
    "Cheers\nTom",
    "Regards,\n<NAME_1>\n<EMAIL_1>",
    "Mit freundlichen Grüßen\nTom Reed\nTel.: 030 5550100",
    "Cordialement,\nTom Reed",
    "此致\n敬礼\n张三",
    "谢谢！\n李小汤",
    "祝好\n小汤\n邮箱：tom@mail.example",
]

NOTICES = [
    "This e-mail and any attachments are confidential and intended solely for the addressee.\nIf in error, delete it.",
    "CONFIDENTIALITY NOTICE: The contents of this message may be privileged.",
    "The information contained in this email is confidential and may be privileged.",
    "If you are not the intended recipient, please delete this message.",
    "Please consider the environment before printing this email.",
    "Diese E-Mail enthält vertrauliche Informationen.",
    "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人。",
    "免责声明：以上内容不构成要约。",
]


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize("tail", [*QUOTES, *SIGNATURES, *NOTICES])
def test_what_is_not_the_writers_goes(own: str, tail: str) -> None:
    for between in ("\n", "\n\n"):
        assert own_words(own + between + tail) == own
    assert own_words(f"{own}\n\n{SIGNATURES[0]}\n\n{tail}") == own


@pytest.mark.parametrize("own", OWN)
def test_all_of_it_at_once(own: str) -> None:
    text = "\n\n".join((own, SIGNATURES[13], NOTICES[0], QUOTES[7]))
    assert own_words(text) == own


@pytest.mark.parametrize("own", OWN)
def test_answers_below_and_between_stay(own: str) -> None:
    header = "On Mon, 2 Mar 2026 at 09:00, Ada <ada@kettles.example> wrote:"
    assert own_words(f"{header}\n> Please tighten the lid.\n\n{own}") == own
    first, second = own.split("\n")
    assert own_words(f"{header}\n> Tight?\n{first}\n> 退吗？\n{second}") == own


@pytest.mark.parametrize("text", [*QUOTES, *SIGNATURES, *NOTICES])
def test_a_message_is_never_cut_away_as_a_whole(text: str) -> None:
    assert own_words(text).strip()


def test_a_phone_in_the_line_itself() -> None:
    assert own_words("Where is my parcel? Sent from my iPhone") == "Where is my parcel?"
    assert own_words("快递到哪了 发自我的iPhone") == "快递到哪了"
    assert own_words("Still waiting. From: Ada Sent: Monday To: Tom Subject: x Please wait.") == "Still waiting."


CHAT = [
    "hi",
    "在吗",
    "Thanks",
    "谢谢",
    "Thank you!\nBye",
    "ok > 5 items",
    ">_<",
    "好的\n>_<\n等你",
    "a\n>:(\nb",
    "5 > 3\n3 < 5",
    "On Monday I wrote: please cancel. Nobody answered.",
    "I sent it on 2 March.\nWhere is it?",
    "-",
    "--",
    "a -- b",
    "Sent it yesterday, from my iPhone",
    "I wrote to you on 2 March 2026",
    "昨天我写道：请退款",
    "发件人写错了，能改吗？",
    "From: Berlin\nTo: Munich\nhow much is the ticket?",
    "From Berlin to Munich\nDate: tomorrow",
    "Thanks\nwhere is it?",
    "Thanks,\nI will try that and come back to you.",
    "Best\nof all worlds",
    "谢谢\n那我什么时候能收到货呢",
    "谢谢\n好的，明天见。",
    "Kind regards to Ada, she was great",
    "Is this email confidential?",
    "原始邮件我没有收到",
    "我的邮件里写的是红色",
    "Step 1: open the lid\nStep 2: fill\nStep 3: close",
    "1. 打开盖子\n2. 加水\n3. 盖上",
    "-- item one\n-- item two",
    "Cheers for that\nwhat time do you open",
    "- red\n- blue\n- green",
    "日期：3月2日\n主题：退货\n我要退货",
    "Notice\nthe price changed",
    "Thank you.\nYour order has been sent and will be there on Monday.",
    "Best,\nwhich one is better for tea?",
    "Please note:\n--\nThe shop is closed.\n" + "Line.\n" * 30,
]


@pytest.mark.parametrize("text", CHAT)
def test_chats_come_back_as_they_are(text: str) -> None:
    assert own_words(text) == text


PARTS = st.sampled_from(
    [*OWN, *QUOTES, *SIGNATURES, *NOTICES, *CHAT, "\n", " ", ">", "-- ", "@ada ", "^AB", "\r\n", "\u200b"]
)
TEXTS = st.lists(PARTS | st.text(max_size=20), max_size=6).map("\n".join)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(TEXTS)
def test_twice_changes_nothing_and_nothing_is_made_up(text: str) -> None:
    once = own_words(text)
    assert own_words(once) == once
    assert bool(once.strip()) == bool(text.strip())
    lines = {line.strip() for line in text.split("\n")}
    assert all(any(line.strip() in whole for whole in lines) for line in once.split("\n"))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TEXTS)
def test_preparing_a_mail_twice_changes_nothing(text: str) -> None:
    once = prepare(Conversation("1", (Message("1", "customer", text),)), DataSettings())
    assert prepare(once, DataSettings()) == once


LONG = [
    "On 1" * 50_000,
    "On 2 March\n" * 20_000,
    ">" * 200_000,
    "From: a\n" * 30_000,
    " " * 200_000 + "x\n>",
    "--\n" * 50_000,
    "a@" * 100_000 + "\nwrote:",
    "Best regards,\n" * 30_000,
    "Sent from my iPhone\n" * 20_000,
    "2026-03-02" * 20_000 + "\n写道：",
    "thanks\n" + "A " * 100_000,
    "This message " * 20_000 + "\nconfidential",
    "_" * 200_000 + "\nFrom:",
]


@pytest.mark.parametrize("text", LONG, ids=lambda text: text[:12].strip())
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    own_words(text[:90_000])
    own_words(text)
    assert time.process_time() - began < 2


# ---- HTML


@pytest.mark.parametrize("own", OWN)
@pytest.mark.parametrize(
    "quote",
    [
        '<div class="gmail_quote"><div>On Mon, Ada wrote:<br></div><blockquote>The <div>lid</div>.</blockquote></div>',
        '<div class="gmail_quote gmail_quote_container"><div>x</div></div>',
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Ada</div><div>Tighten the lid.</div>',
        '<div id="x_divRplyFwdMsg"><b>发件人:</b> 小艾</div><p>请把盖子拧紧。</p>',
        '<blockquote type="cite">Tighten <blockquote>older</blockquote> the lid.</blockquote>',
        '<div class="yahoo_quoted"><p>Tighten the lid.</p></div>',
        '<div class="moz-cite-prefix">On 2 March Ada wrote:</div><blockquote cite="mid:1">The lid.</blockquote>',
        "<style>p { color: red }</style>",
        '<div style="display:none;max-height:0">Your kettle is on its way</div>',
        '<span style="mso-hide: all">hidden</span>',
    ],
)
def test_quotes_and_hidden_lines_of_html_go(own: str, quote: str) -> None:
    html = "<br>".join(own.split("\n"))
    assert plain(f"<html><body><p>{html}</p>{quote}</body></html>") == own


def test_a_hidden_line_above_goes_and_a_mere_quote_stays() -> None:
    hidden = '<div style="display: none">Preview<div>more</div></div><img style="display:none"><p>Seen</p>'
    assert plain(hidden) == "Seen"
    assert plain('<div class="gmail_quote">Only this</div>') == "Only this"
    assert plain("<blockquote>只有这个</blockquote><style>x</style>") == "只有这个"
    assert clean(plain("<p hidden>a</p><p>b</p>")) == "b"
