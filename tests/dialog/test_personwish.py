"""The wish for a person: who asks for somebody of the team, and who only names one, in both languages."""

from __future__ import annotations

import pytest

from replydesk.dialog.personwish import wants_person


@pytest.mark.parametrize(
    "text",
    [
        "can I speak to someone", "get me a person please", "is there anyone there who can help me",
        "stop, I don't want to talk to a robot", "please have someone call me",
        "can somebody from your team look at this",
        "let me talk to your manager", "live agent please", "could you put me through to a colleague",
        "I want a real human being", "escalate this please", "can a human answer me",
        "is anybody there who isn't a machine", "call me back please", "connect me with customer support",
        "I would prefer to deal with a person", "I want to talk to whoever is in charge", "someone please answer",
        "are there any actual people working there", "you're useless, give me an operator",
        "can I have a word with a supervisor", "I'd rather have a human handle this", "is this a bot? give me a human",
        "叫你们客服来，我要跟人说", "找个真人跟我说", "找你们经理", "让你们领导给我打电话", "有没有活人啊",
        "能不能来个懂的人", "不要机器人", "别让机器人回我了", "我想跟真人聊聊", "换个人来吧",
        "麻烦安排专人联系我", "叫个能管事的出来", "请给我回个电话", "有没有人能帮我处理一下", "你们能给我回个电话吗",
        "喂，有没有人管啊", "我要找老板", "客服呢？叫客服出来", "找個真人跟我說", "叫你們客服來", "轉接人工",
    ],
)  # fmt: skip
def test_who_asks_for_somebody_of_the_team_wants_a_person(text: str) -> None:
    assert wants_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "can someone else pick up my parcel", "your person at the shop was rude, how do I return it",
        "how do I contact the seller", "what are your managers called", "I spoke to a representative yesterday",
        "how do I add a person to my booking", "I need an agent account", "does anyone know when the sale starts",
        "my manager needs an invoice", "I need my manager to approve it", "the robot vacuum doesn't start",
        "I don't want the robot anymore, how do I send it back", "does the delivery person call before",
        "will someone call me before the delivery?", "why did you call me", "the driver didn't call me",
        "I want someone to install the washing machine, what does it cost", "need help with my order",
        "does your staff speak German?", "do staff check tickets on board", "send me an invoice for my manager",
        "give me the name of the person who delivered it", "what do people like about it",
        "Do I need someone to be home for delivery?", "is someone at home needed",
        "人工费多少钱", "客服几点上班", "客服说三天到账，怎么还没到", "我找人代收可以吗", "能不能让别人帮我取",
        "客服电话是多少", "我跟家人说好了", "这个能转给别人用吗", "人工审核要多久", "怎么联系客服",
        "可以换个人收货吗", "换个收货人", "师傅怎么没联系我", "快递员没给我打电话", "送货前会给我打电话吗",
        "能不能让师傅送货前联系我", "要人工安装吗", "请人安装要钱吗", "扫地机器人不要了能退吗", "請問客服幾點上班",
    ],
)  # fmt: skip
def test_who_only_names_somebody_does_not(text: str) -> None:
    assert not wants_person(text)
