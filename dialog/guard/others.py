"""Somebody else's data: a message that asks what another person ordered, where they live, whom they called."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["asks_about_somebody_else", "not_told"]

_KIN: Final = (
    r"(?:neighbou?r|husband|wife|spouse|partner|fianc[eé]e?|ex(?:[ -]?(?:husband|wife|girlfriend|boyfriend|partner))?"
    r"|girlfriend|boyfriend|gf|bf|mother|mum|mom|father|dad|parents?|brother|sister|son|daughter|kids?|child|children"
    r"|teenager|friend|colleague|co-?worker|boss|employees?|tenant|landlord|flatmate|roommate|housemate|lodger"
    r"|uncle|aunt"
    r"|cousin|grandm\w+|grandp\w+|nephew|niece|client|competitors?|secretary|nanny|date)"
)
_PERSON: Final = (
    rf"(?:(?:my|his|her|our|a|the|this|that) (?:\w+ )?{_KIN}|(?:mr|mrs|ms|miss|dr)\.? (?:[A-Za-z][\w-]+"
    rf"|<name_\d+>)|<name_\d+>"
    r"|(?:an?other|other|your(?: other)?|all(?: the| your)?|different|the last|the next) (?:customers?|guests?"
    r"|clients?|users?"
    r"|members?|subscribers?|persons?|people|tenants?)|some(?:body|one) else|any(?:body|one) else|other people"
    r"|(?:the )?(?:person|man|woman|guy|lady|guest|people|customer) (?:in room \w+|next door|who \w+(?: \w+){0,4}?))"
)
_DATA: Final = (
    r"(?:(?:home |postal |e-?mail |billing |delivery )?address(?:es)?|(?:(?:phone|mobile|cell|room|card|account"
    r"|contact) )?numbers?"
    r"|phone|e-?mails?|orders?|purchases?|bills?|invoices?|balance|accounts?|passwords?|calls?|call (?:log|list"
    r"|history)"
    r"|messages|texts|location|bookings?|reservations?|data(?: usage)?|usage|details|date of birth|birthday|age|salary"
    r"|payments?|contracts?|history|records?|statements?|transactions?|parcels?|packages?|deliver(?:y|ies)|room"
    r"|pin|name)"
)
_DISCLOSE: Final = (
    r"(?:tell me|give (?:me|us)|show me|send (?:me|us)|share|look(?:ing)? up|check|find(?: out)?|see|read"
    r"|access|track|trace"
    r"|get(?: me)?|need|want(?: to know)?|know|have|pull up|forward|print|list|what(?:['’]s| is| are| was| were)?"
    r"|where(?:['’]s| is| are)?|which|how much)"
)
_DID: Final = (
    r"(?:order(?:ed)?|b(?:uy|ought)|book(?:ed)?|call(?:ed|s)?|paid|spen[dt]|used?|text(?:ed|s)?|live[sd]?"
    r"|stay(?:ing|ed|s)?"
    r"|check(?:ed|ing|s)? (?:in|out)|owes?|earns?|withdr[ae]wn?|transferr?(?:ed)?|talk(?:ed|s|ing)? to"
    r"|message[ds]?|visit(?:ed)?"
    r"|return(?:ed)?|purchased?|subscribed?|cancel+ed|moved?|arrived?|registered|watch(?:ed|es)?|download(?:ed)?)"
)
_ASKS_EN: Final = re.compile(
    rf"\b{_DISCLOSE}\b[^.?!]{{0,30}}?\b{_PERSON}['’]s?\s(?:\w+ ){{0,2}}?{_DATA}\b"
    rf"|\b{_DISCLOSE}\b[^.?!]{{0,25}}?\b{_DATA} (?:of|from|belonging to|on|about) {_PERSON}(?!['’]?\w)"
    rf"|\b(?:what|where|who|whom|when|which|how much|how many|how often)\b[^.?!]{{0,30}}?\b(?:did|does|do|has"
    rf"|have|had|is|was)?"
    rf" ?\b{_PERSON} (?:has |have |had |is |was |really |last )?{_DID}\b"
    rf"|\b(?:did|has|have|is|was|does|whether|if) {_PERSON} (?:\w+ )?{_DID}\b"
    rf"|\b{_DISCLOSE}\b[^.?!]{{0,20}}?\b(?:list of|all) (?:your |the )?(?:customers?|guests?|users?|clients?"
    rf"|customer e-?mail\w*)\b",
    re.IGNORECASE,
)
_MINE_EN: Final = re.compile(
    r"\b(?:presents?|gifts?|surprise|on (?:his|her|their|my) behalf|pick(?:s|ed|ing)?(?: \w+){0,3} up|pick(?:s"
    r"|ed|ing)? up"
    r"|collect\w*|fetch\w*|power of attorney|authori[sz]ed"
    r"|deliver(?:ed)? (?:it |my \w+ )?(?:to|at)|left (?:it )?with|hand(?:ed)? (?:it )?to|chang(?:e|ing)"
    r"|updat(?:e|ing)|add(?:ing)?"
    r"|my (?:own )?(?:parcel|package|order|delivery|account|code|booking|invoice|bill|number|card|address))\b",
    re.IGNORECASE,
)
_KIN_ZH: Final = (
    r"(?:我(?:的|家|那个)?(?:老公|老婆|丈夫|妻子|先生|太太|爱人|对象|男朋友|女朋友|男友|女友|前任|前夫|前妻"
    r"|前男友|前女友|爸爸?|妈妈?|父亲"
    r"|母亲|父母|儿子|女儿|孩子|哥哥?|姐姐?|弟弟?|妹妹?|公公|婆婆|岳父|岳母|朋友|闺蜜|同事|邻居|室友|舍友|老板"
    r"|领导|下属|员工|亲戚|同学"
    r"|房东|租客|客户|竞争对手|对门|楼上|楼下|表[哥姐弟妹])"
    r"|(?:前夫|前妻|前男友|前女友|前任|竞争对手))"
)
_PERSON_ZH: Final = (
    rf"(?:{_KIN_ZH}|(?:叫|姓)?[\u4e00-\u9fff]{{1,3}}?(?:先生|女士|小姐|太太)|别人|他人|人家|某人|(?:其他|其它"
    rf"|别的|另外?一?[个位]|上一?[个位]|另一)"
    r"(?:的)?(?:客人|客户|顾客|用户|会员|住客|人)|隔壁(?:房间?|桌|邻居)?(?:的)?(?:客人|人)?|<name_\d+>(?:先生"
    r"|女士)?|所有(?:客户|用户|客人|会员))"
)
_DATA_ZH: Final = (
    r"(?:订单|手机号?码?|电话号?码?|号码|微信号?|地址|住址|邮箱|账号|账户|账单|余额|密码|通话记录|通话|聊天记录"
    r"|消费记录|记录|流水|快递|包裹|物流"
    r"|行程|房间?号|身份证号?码?|身份证|个人信息|信息|资料|卡号|工资|积分|定位|位置|预订|发票|联系方式|名单"
    r"|流量|入住信息|生日)"
)
_ASK_ZH: Final = (
    r"(?:查[一下询看到个]{0,3}|看[一下看到个]{0,3}|告诉我|给我(?:看|查|发|报|说|讲)?一?下?|发我|发给我|提供"
    r"|想知道|想要|要一?下?|知道"
    r"|调[一下取出]{0,3}|导出|说一?下|找一?下?)"
)
_ASKS_ZH: Final = re.compile(
    rf"{_ASK_ZH}[^，。！？,.!?]{{0,6}}?(?<![给为替帮]){_PERSON_ZH}的?[^，。！？,.!?]{{0,5}}?{_DATA_ZH}"
    rf"|把{_PERSON_ZH}的?[^，。！？,.!?]{{0,5}}?{_DATA_ZH}[^，。！？,.!?]{{0,4}}?(?:给我|告诉我|发我|发给我"
    rf"|报给我|说一下|给一下)"
    rf"|(?<![给为替帮]){_PERSON_ZH}的?[^，。！？,.!?]{{0,4}}?{_DATA_ZH}(?:是什么|是多少|是啥|是几|在哪|到哪"
    rf"|有哪些|多少|还有多少|发我|给我|告诉我)"
    rf"|(?<![给为替帮]){_PERSON_ZH}[^，。！？,.!?]{{0,8}}?(?:买|订|住|消费|打给|打了|转给?|用了?|花了?|入住"
    rf"|下单|点了|寄给?|联系)[^，。！？,.!?]{{0,6}}?(?:什么|啥|哪|谁|多少|几[号楼次点个])"
    rf"|(?:查|看|告诉我|想知道)[^，。！？,.!?]{{0,6}}?(?<![给为替帮]){_PERSON_ZH}[^，。！？,.!?]{{0,8}}?(?:有没有|是不是|是否)[^，。！？,.!?]{{0,4}}(?:买|订|住|入住|下单|开房)",
    re.IGNORECASE,
)
_MINE_ZH: Final = re.compile(
    r"礼物|送给|送我|惊喜|代[收取领]|[替帮][他她我][^，。]{0,4}[取领拿收]|取[件货快包]|自提"
    r"|[寄改换填写][成为到给]|修改|更改|授权|委托|我[们]?的(?:订单|快递|包裹|账单|手机号)"
    r"|[取领拿]一?下|充值|续费"
)
_LONGEST: Final = 400
"""The characters of a message that are read."""
_TOLD: Final = {
    "en": "I may not tell you anything about somebody else, not even whether they are a customer here."
    " If you act for them, say “talk to a person” and a colleague sees what is possible.",
    "zh": "抱歉，我不能透露其他人的任何信息，包括对方是不是我们的客户。"
    "如果您是受对方委托，请说“转人工”，由同事看看能怎么帮您。",
}


def asks_about_somebody_else(text: str) -> bool:
    """Return whether a message asks for the data of somebody else, and not for its writer's own order for somebody.

    >>> asks_about_somebody_else("what did my neighbour order"), asks_about_somebody_else("帮我查一下我老公的订单")
    (True, True)
    >>> asks_about_somebody_else("Can I pick up my wife's parcel?"), asks_about_somebody_else("我给我妈买的礼物到哪了")
    (False, False)
    """
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("’", "'")
    if _ASKS_EN.search(plain):
        return not _MINE_EN.search(plain)
    return bool(_ASKS_ZH.search(plain)) and not _MINE_ZH.search(plain)


def not_told(language: str) -> str:
    """Return what is said to whoever asks for somebody else's data."""
    return _TOLD["zh" if language == "zh" else "en"]
