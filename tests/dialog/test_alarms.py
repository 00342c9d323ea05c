"""Alarms: self-harm, threats and abuse in both languages, and what they must not be taken for."""

from __future__ import annotations

import pytest

from replydesk.data.errors import SettingsError
from replydesk.data.settings import Settings
from replydesk.dialog.guard import Alarm, alarm_of, alarm_text, is_repeated

HEARD: dict[str, tuple[str, ...]] = {
    "self_harm": (
        "I want to kill myself", "honestly I just want to die", "I don't want to live anymore",
        "I'm suicidal because of this debt",
        "there is no reason to live", "I am thinking about suicide", "I will end my life tonight",
        "everyone is better off without me",
        "my son wants to kill himself", "I wish I was dead", "i cant go on living like this",
        "I keep cutting myself because of you",
        "ready to end it all", "I do not want to be alive", "planning to take my own life", "I might hurt myself",
        "我不想活了", "真的想死", "活不下去了", "我要自杀", "我想跳楼", "想结束自己的生命", "活着没意思", "我割腕了",
        "死了算了",
        "她有轻生的念头", "我会伤害自己", "你们不退钱我就死给你们看，不想活了", "想要死", "一死了之", "我想自残",
    ),
    "threat": (
        "I will kill you", "I'm going to burn your office down", "I know where you live", "I'll beat up the driver",
        "watch your back", "I'm coming to your shop and smash your store", "I will stab him", "you're a dead man",
        "gonna shoot you all", "this is a bomb threat", "I'll come over and hurt someone",
        "we will attack your courier",
        "我要杀了你", "砍死你们", "弄死你", "我要炸了你们公司", "找人打你", "同归于尽吧", "我知道你家住哪",
        "打死那个快递员",
        "让你不得好死", "烧了你们店", "捅死你",
    ),
    "abuse": (
        "you are an idiot", "you're all useless morons", "fuck you", "go to hell", "stupid bot", "you fucking bastards",
        "shut up", "you people are so stupid", "screw you", "you lying piece of shit", "asshole", "you stupid machine",
        "f*** you", "what a bunch of, you are all idiots", "drop dead", "u r dumb",
        "傻逼客服", "你是智障吗", "滚", "去死吧", "操你妈", "你们真是废物", "王八蛋", "脑残客服", "不要脸", "你妈的",
        "贱人", "白痴客服",
        "滚蛋", "闭嘴", "垃圾客服", "你们都是蠢货",
    ),
}  # fmt: skip

QUIET = (
    "killing time until my parcel comes", "this app is dying", "my phone died", "I'm dying to know when it ships",
    "the wait is killing me", "my battery dies after an hour", "kill the subscription please",
    "you could kill time here",
    "Suicide Squad poster, is it in stock?", "I cut myself on the broken mug", "shoot you an email later",
    "it was a bomb deal",
    "the bath bomb leaked", "I don't want to live in that building, change my address",
    "I do not want to live here anymore, please update it",
    "he killed the deal", "a drop-dead gorgeous dress", "this is shit", "the fucking parcel is late again",
    "what the hell is going on", "I'm such an idiot, I typed the wrong size", "I feel like an idiot, wrong address",
    "stupid question: where is my order?", "your stupid app crashes", "this lamp is useless", "damn, it broke",
    "what a stupid system",
    "do you have the pig toy", "beat you to it", "I will destroy the old card", "a crying shame",
    "the dumbbell set is missing",
    "I'll burn the candle tonight", "I will report you", "I will sue you", "I hurt my back lifting the box",
    "hurt myself opening the box",
    "I laughed so hard I could kill myself laughing", "my plant is dying", "the killer feature",
    "she will kill me if the gift is late",
    "can you shut down my account", "attack on titan figure", "wanna dye it blue", "you are so kind",
    "you are not stupid, I was",
    "能杀价吗", "秒杀什么时候开始", "跳楼价买的", "跳楼大甩卖还有吗", "想死你们了", "气死我了", "累死了", "笑死",
    "手机死机了", "这软件要死了",
    "死循环了", "杀毒软件打不开", "杀菌灯坏了", "打你们电话没人接", "砍价", "帮我砍一刀", "打折吗", "打死也不买了",
    "沐浴炸弹漏了", "爆炸头假发",
    "滚筒洗衣机坏了", "滚轮断了", "废物利用袋", "智障人士优惠", "给你妈妈买的", "我真是个白痴，买错了",
    "我是傻子，地址填错", "《白痴》这本书有吗",
    "去死皮膏到了吗", "表情包沙雕图", "脑残粉周边", "这东西真垃圾", "垃圾袋少了", "轻生活系列", "自杀小队手办",
    "伤口贴", "砍掉一件",
    "价格杀手", "炸鸡锅坏了", "他妈的什么时候到", "混沌理论", "二百五十块", "神经病学教材", "活动没意思",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HEARD.items() for text in texts])
def test_alarms_are_heard(kind: str, text: str) -> None:
    found = alarm_of(text)
    assert found is not None
    assert found.kind == kind
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize("text", QUIET)
def test_what_only_sounds_like_an_alarm_is_none(text: str) -> None:
    assert alarm_of(text) is None


def test_the_gravest_is_heard_first() -> None:
    found = alarm_of("you idiots, I will kill myself")
    assert found is not None
    assert found.kind == "self_harm"
    assert alarm_of("I will kill you, idiot") == Alarm("threat", "I will kill you", 0, 15)


def test_words_of_both_languages_are_heard_in_one_message() -> None:
    assert (one := alarm_of("my order 没到，我不想活了")) is not None
    assert one.kind == "self_harm"


def test_abuse_is_borne_once() -> None:
    alarm = alarm_of("you are idiots")
    assert alarm is not None
    assert not is_repeated(alarm, ["where is my parcel", "this lamp is useless"])
    assert is_repeated(alarm, ["you morons", "where is my parcel"])
    assert is_repeated(alarm, ["傻逼"])
    grave = alarm_of("I want to die")
    assert grave is not None
    assert not is_repeated(grave, ["you morons"])


def test_self_harm_names_the_crisis_line_of_the_country() -> None:
    lines = ("GB Samaritans on 116 123", "CN 全国统一心理援助热线 12356")
    english = alarm_text("self_harm", "en", region="GB", crisis_lines=lines)
    assert "Samaritans on 116 123" in english
    assert "colleague" in english
    assert "12356" in alarm_text("self_harm", "zh", region="CN", crisis_lines=lines)
    assert alarm_text("self_harm", "en", region="US", crisis_lines=lines) == alarm_text("self_harm", "en")
    assert "crisis line" in alarm_text("self_harm", "en")
    assert "心理援助热线" in alarm_text("self_harm", "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_alarm_has_its_sentence(language: str) -> None:
    said = {alarm_text(kind, language) for kind in ("self_harm", "threat", "abuse")}  # type: ignore[arg-type]
    assert len(said) == 3
    assert "{" not in "".join(said)
    again = alarm_text("abuse", language, repeated=True)
    assert again not in said
    # The first time help goes on, so nobody is named who takes over.
    assert ("colleague" if language == "en" else "同事") not in alarm_text("abuse", language)
    assert ("colleague" if language == "en" else "同事") in again


def test_a_crisis_line_begins_with_its_country() -> None:
    assert Settings.load(None, {"REPLYDESK_DIALOG_CRISIS_LINES": "GB 116 123,CN 12356"}).dialog.crisis_lines == (
        "GB 116 123",
        "CN 12356",
    )
    with pytest.raises(SettingsError, match="crisis_lines"):
        Settings.load(None, {"REPLYDESK_DIALOG_CRISIS_LINES": "116 123"})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I don't see any reason to go on living, that was all my savings", "self_harm"),
        ("there is no point in going on", "self_harm"),
        ("I don't want to live anymore what should I do", "self_harm"),
        ("there is no reason to go on waiting for the parcel", None),
        ("I don't want to live in a flat without heating", None),
        ("I don't want to wake up my kids with the delivery", None),
        ("我不想活了😊", "self_harm"),
        ("我明天就帶刀去你們公司", "threat"),
        ("见一个砍一个", "threat"),
        ("这套刀带刀架吗", None),
    ],
)
def test_despair_and_threats_in_other_words(text: str, kind: str | None) -> None:
    found = alarm_of(text)
    assert (found.kind if found is not None else None) == kind
