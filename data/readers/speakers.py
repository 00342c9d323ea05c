"""Who answers for the team in a chat that gives names and no roles.

A person says it (``Options.agents``), or names say it, such as Support or 客服; else it is guessed from what does not
depend on the order of the messages, so that two parts of a log are understood alike, as far as they can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from replydesk.data.readers.base import any_of, role_of
from replydesk.data.records import Role, same_text

__all__ = ["is_agent", "is_title", "nameless", "role_by_name", "roles_of"]


_PHONE = re.compile(r"[+＋]?[\d\s\-().~]{7,24}")
_WORDS: dict[Role, re.Pattern[str]] = {
    # First, because what is private stays private, whoever wrote it.
    "note": re.compile(
        r"^notes?$|\b(?:internal|private) (?:note|comment|message)|[(\[](?:internal|private|note|whisper)[)\]]"
        r"|备注|内部(?:消息|留言|讨论)|仅内部",
        re.IGNORECASE,
    ),
    "bot": re.compile(
        r"\b(?:(?:chat)?bot|robot|auto-?reply|virtual (?:agent|assistant))\b|机器人|智能客服|小蜜|自动回复",
        re.IGNORECASE,
    ),
    "system": re.compile(r"^(?:system|系统|系統)(?:\s?(?:messages?|消息|訊息|通知|提示))?$", re.IGNORECASE),
    "agent": re.compile(
        r"\b(?:agents?|support|(?:customer )?(?:service|care|success)|help ?desk|staff|operator|representative"
        r"|advisor|csr|rep|sales|team|admin(?:istrator)?|official|shop|store|moderator)\b"
        r"|客服|坐席|座席|售后|售前|商家|卖家|店小二|小二|官方|旗舰店|专营店|专卖店|店铺|客户经理|管理员|群主",
        re.IGNORECASE,
    ),
    "customer": re.compile(
        r"\b(?:customer|client|visitor|guest|buyer|user|shopper|caller|member|subscriber|passenger)\b"
        r"|客户|顾客|买家|访客|用户|游客|会员|客人",
        re.IGNORECASE,
    ),
}
_SHORT = 10
_IN_BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]{1,30})[)\]）】]$")
_OWNER = frozenset({"me", "you", "myself", "我", "我自己", "自己", "本人", "ich", "yo", "moi", "du", "tú", "vous"})
_THING = any_of(
    *("order", "parcel", "package", "refund", "account", "invoice", "subscription", "address", "payment", "number"),
    *("delivery", "ticket", "card", "item", "money", "phone", "password"),
)
_TEAM = re.compile(
    any_of(
        "(?:how|what) (?:can|may) (?:i|we) (?:help|assist|do)",
        "welcome to",
        "thank(?:s| you) for (?:contacting|reaching|calling|your (?:order|patience|message|email|call|interest))",
        "(?:sorry|apologi[sz]e) for (?:the|any) (?:inconvenience|delay|trouble)",
        r"\bour (?:team|store|shop|warehouse|office|website|support|side|system)\b",
        r"\bwe(?:[’']ll| will| have| are|[’']ve|[’']re) ",
        rf"\byour {_THING}\b",
        "(?:could|can|would) you (?:please )?(?:send|share|provide|tell|confirm|give)",
        r"\bplease (?:send|share|provide|confirm|check|try|wait|allow|go to|click|open)",
        *("anything else", "let me check", "one moment", r"(?:nice|great|good) day\b"),
        r"\bi(?:[’']ll| will) (?:check|look|send|arrange)",
        *(
            "亲[，,~！!亲]",
            "您",
            "请问有什么",
            "为您",
            "帮您",
            "给您",
            "很高兴",
            "感谢(?:您|惠顾|支持)",
            "抱歉",
            "稍等",
        ),
        *("我们(?:这边|会|的|店|已)", "已(?:经)?(?:为|给|帮)", "欢迎(?:光临|咨询)", "祝(?:您|你)", "稍等", "请稍候"),
        *("麻烦(?:您|提供|发)", "请(?:提供|发|点击|打开|在)", "已(?:发出|安排|退款|登记|反馈)"),
    ),
    re.IGNORECASE,
)
_ASKING = re.compile(
    any_of(
        rf"\bmy (?:\w+ ){{0,2}}{_THING}\b",
        "where(?:[’']s| is| are) (?:my|the)",
        r"\bwhen (?:will|do|can|is)",
        r"\bi (?:want|need|ordered|bought|paid|would like|have ?n.t|did ?n.t|can ?n.?t|received|lost)\b",
        r"how (?:do|can|long|much|many)\b",
        *("still waiting", "is (?:anyone|somebody)", "do you (?:have|sell|ship|deliver|take)", "(?:can|could) i "),
        *("我的", "我(?:想|要|买|收到|没|付|下单|订|这)", "怎么(?:还|办|退|没|用|弄|回事)", "什么时候", "在吗", "多久"),
        *("多少", "能不能", "能(?:退|换|便宜)", "可以(?:吗|退|换)", "有(?:没有|货)", "[吗呢么][？?]?$"),
    ),
    re.IGNORECASE,
)


def is_agent(name: str, number: str, agents: Iterable[str]) -> bool:
    """Return whether a person said that this author answers for the team, by name, number, address or mail domain."""
    known = {same_text(name), same_text(number)} - {""}
    wanted = {same_text(agent) for agent in agents} - {""}
    return bool(known & wanted) or any(who.endswith(end) for who in known for end in wanted if end.startswith("@"))


def role_by_name(name: str) -> Role | None:
    """Return the role that a name in a chat tells, or None when it is only a name.

    >>> role_by_name("Visitor 8320"), role_by_name("店铺:客服小美"), role_by_name("小美")
    ('customer', 'agent', None)
    """
    return role_of(name) or next((role for role, words in _WORDS.items() if words.search(name)), None)


def nameless(name: str) -> bool:
    """Return whether a name says only what somebody is, as many people's does.

    >>> nameless("Visitor 2"), nameless("客户"), nameless("Visitor 83201"), nameless("Ann")
    (True, True, False, False)
    """
    if role_of(name) is not None:
        return True
    left = name
    for words in _WORDS.values():
        left = words.sub("", left)
    return not re.sub(r"(?<!\d)\d{1,4}(?!\d)|[\W_]", "", left)


def is_title(name: str) -> bool:
    """Return whether a name is a role, with or without somebody's name: what can only stand before what was said.

    >>> [is_title(name) for name in ("Agent Emma", "Emma (Support)", "客服小美", "Our support", "Delivery address")]
    [True, True, True, False, False]
    """
    if role_of(name) is not None or nameless(name):
        return True
    if bracket := _IN_BRACKETS.search(name):
        return is_title(bracket[1]) or is_title(name[: bracket.start()])
    first = any(words.match(name) for words in _WORDS.values())
    return first or (not name.isascii() and len(name) <= _SHORT and role_by_name(name) is not None)


def roles_of(
    people: Mapping[str, Sequence[str]], names: Mapping[str, str], agents: Iterable[str] = (), peer: str = ""
) -> tuple[dict[str, Role], str]:
    """Return everybody's role, and why it was assumed, if it was.

    ``people`` gives what each one said, by number or name, in the order in which they first spoke; ``names`` what each
    is called; ``agents`` is what a person said; ``peer`` is whom the log itself says the chat is with.
    """
    agents = list(agents)
    told = {key: role_by_name(names[key]) for key in people}
    named = {key for key in people if is_agent(names[key], key, agents)}
    roles: dict[str, Role] = {
        key: role for key, role in told.items() if role == "note" or (role in ("bot", "system") and key not in named)
    }
    rest = [key for key in people if key not in roles]
    team, why = named, ""
    if rest and not team:
        team, why = _team({key: people[key] for key in rest}, names, told, same_text(peer))
    for key in rest:
        roles[key] = "agent" if key in team else "customer"
    return roles, why


def _team(
    people: Mapping[str, Sequence[str]], names: Mapping[str, str], told: Mapping[str, Role | None], peer: str
) -> tuple[set[str], str]:
    everybody = set(people)
    team = {key for key in people if told[key] == "agent"}
    customers = {key for key in people if told[key] == "customer"}
    if team or customers:
        return team or everybody - customers, "because of the names" if everybody - team - customers else ""
    if owner := everybody & _OWNER:
        return owner, "because the chat was exported there"
    if peer and (others := {key for key in people if peer not in (key, same_text(names[key]))}) != everybody:
        return others, "because the chat is with somebody else"
    phones = {key for key in people if _PHONE.fullmatch(key)}
    if phones and phones != everybody:
        return everybody - phones, "because the others are phone numbers"
    scores = {key: _sounds_like_a_team(texts) for key, texts in people.items()}
    first, *others_in_order = people
    best = max(people, key=lambda key: (scores[key], key))
    if not others_in_order:
        return ({best}, "because it sounds like it") if scores[best] > 0 else (set(), "")
    if scores[best] > max(scores[key] for key in people if key != best):
        return {best}, "because it sounds like it"
    busiest = max(others_in_order, key=lambda key: (len(people[key]), key))
    return {busiest}, f"because {names[first]} wrote first"


def _sounds_like_a_team(texts: Sequence[str]) -> float:
    score = 0.0
    for text in texts:
        team, asking = len(_TEAM.findall(text)), len(_ASKING.findall(text))
        score += min(team, 3) - min(asking, 3)
        if not team and ("?" in text or "？" in text):
            score -= 0.25
    return score / len(texts)
