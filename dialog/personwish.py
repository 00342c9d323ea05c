"""The wish for a person: a customer who asks for somebody of the team in so many words, and not only names one."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.script import simplified
from replydesk.dialog.unwanted import wanted_of

__all__ = ["wants_person"]

# Who asks, not who is mentioned: "talk to an agent" but not "I talked to an agent", 转人工 but not 人工智能.
_SOMEBODY: Final = (
    r"(?:humans?|persons?|people|agents?|someone|somebody|anyone|anybody|representatives?|reps?|advis[eo]rs?"
    r"|operators?|colleagues?|managers?|supervisors?|team ?lead(?:er)?|boss|staff|team member|member of (?:staff"
    r"|your team)|customer (?:service|support|care)|specialist|assistant|(?:technician|engineer)(?= on the (?:line"
    r"|phone)))\b"
    r"(?![’']s\b| (?:hair|wig|account|login|log-in|portal|code|number|role|id\b|fee|name|else|in the (?:photo|picture"
    r"|ad)))"
)
_REAL: Final = r"(?:real|actual|live|living|human|proper|flesh[- ]and[- ]blood|breathing|genuine)"
_KIND: Final = r"(?:(?!(?:my|our|his|her|their|no|the|do|does)\b)\w+ )?"
_MACHINE: Final = r"(?:ro)?bots?|machines?|chat ?bots?|computers?|an? ai|ai|automated \w+|auto[- ]?repl(?:y|ies)|script"
_HELPS: Final = (
    r"(?:help|talk|speak|chat|explain|answer|assist|look (?:at|into)|check|deal with|reply|respond|take (?:over|a look)"
    r"|step in|sort|handle|get on|come on)"
)
_CALLS: Final = r"(?:contact|get back|get in touch|call|ring|phone|e-?mail|write|reach out)"
_EN: Final = (
    # Whom a message wants to talk to.
    rf"\b(?<!was )(?<!been )(?<!after )(?:talk|speak|chat|deal|communicate|converse)(?:ing)? (?:to|with)\b"
    rf"[^.?!]{{0,30}}\b{_SOMEBODY}",
    rf"\b{_SOMEBODY} (?:\w+ ){{0,5}}(?:that |who |whom )?(?:i|we) (?:can|could|may) (?:\w+ )?(?:talk|speak|chat)"
    r" (?:to|with)\b",
    rf"\b{_SOMEBODY} to (?:talk|speak|chat) (?:to|with)\b",
    r"\bwhoever(?:['’]s| is)? (?:in charge|running|responsible)\b",
    rf"\b(?:a|one|quick) (?:word|chat|conversation|call) with [^.?!,]{{0,20}}\b{_SOMEBODY}",
    # Whom it wants to be given to.
    r"\b(?:(?:connect|transfer|put|pass|route|forward|direct|patch|switch|refer) (?:me|us)"
    r"|(?:escalate|transfer|forward|pass|refer|hand) (?:this|it|me|us|my (?:case|issue|problem|complaint|chat))"
    rf"(?= (?:\w+ )?to\b))(?! (?:from|by)\b)[^.?!,]{{0,30}}\b{_SOMEBODY}",
    r"\b(?:get|give|send|bring|hand) (?:me|us)(?: back| over| on| through)?(?: to| in touch with| hold of)?"
    rf" (?:an? |the |your |some |any )?{_KIND}{_SOMEBODY}",
    r"\b(?:escalate|hand over)(?: (?:this|it|my \w+))?(?: please| pls| now| asap)?\W*\Z",
    # What it wants.
    r"\b(?:want|need|prefer|like|demand|insist on|ask(?:ing)? for|gimme|give me|get me|require|request)(?:ed"
    r"|s)? (?:to (?:see"
    rf"|have|get) )?(?:an? |the |some |any |your |another |one )?{_KIND}{_SOMEBODY}(?! (?:to (?:be (?:at )?(?:home|in"
    r"|there|present)|approve|sign|collect"
    r"|pick|carry|accept"
    r"|install|deliver|share|use|fit)|can sign|from the (?:shop|photo)))"
    r"(?=\W*\Z| (?:to|who|that|from|on|please|pls|now|instead|not|and|because|here|asap|at|with|today|right)\b"
    r"|[,.!?;])",
    rf"\b{_REAL},? (?:living |live )?(?:humans?|persons?|agents?|being|people|operators?|representatives?|someone"
    r"|advis[eo]r)\b(?! hair)",
    r"\b(?:can|could|may|would|please|have|get|let|ask|tell|make|want|need|wish|like)(?: there| you| i| we)*"
    rf" (?:have |get |please |just )*(?:an? |some |any |your )?{_KIND}{_SOMEBODY}(?: \w+){{0,3}}?"
    rf" (?:please |just |actually |to |who can |that can |who |and )*(?:{_HELPS}|{_CALLS})\b"
    r"(?! to (?:each|him|her|them|my))",
    rf"\b(?:will|is|are|isn['’]?t|does|do)(?: there)? (?:any |some )?{_KIND}{_SOMEBODY}(?: \w+){{0,3}}?"
    r" (?:please |just |actually |to |who can |that can |who )*(?:help|answer|assist|reply|respond|take over"
    r"|(?:talk|speak) to me)\b",
    rf"\bis(?:n['’]?t)?(?: there)?(?! any(?:one|body) (?:there|here)\W*\Z) {_KIND}{_SOMEBODY}(?: (?:really|even"
    r"|actually|over|still))*"
    r" (?:there|here|available|around|at your end|on duty|alive|reading this)\b",
    rf"\A\W*(?:someone|somebody|anyone|anybody) (?:please )?{_HELPS}\b",
    r"\b(?:any|some) (?:humans?|people|real \w+) (?:there|here|around|available|on|at)\b",
    # A call.
    r"(?:\A\W*|\b(?:please|pls|just|and|(?:can|could|would|will) (?:you|someone|somebody|one of you)|(?:need"
    r"|want) you to"
    r"|have \w+) (?:please )?)(?:call|ring|phone) me(?: back)?\b(?! (?:crazy|old|when|if|before|once|on the day))",
    r"\b(?:give|request|arrange|schedule|want|need|like) (?:me )?an? (?:phone )?call(?: ?back)?\b|\A\W*call ?back\W*\Z",
    r"\A\W*(?:(?:ok|just|please|pls|hello|hi|hey|no|give me|get me|let me have|need|want)\W+)*(?:an? |the "
    r"|your )?(?:(?:live|real|human|actual)\W+)*"
    r"(?:human|person|agent|representative|rep|operator|manager|supervisor|advis[eo]r|live chat|customer service"
    r"|human being|someone|somebody)"
    r"(?:\W+(?:please|pls|now|asap|plz|thanks))*\W*\Z",
    r"\bcustomer (?:service|support) (?:rep\w* |agent |person )?(?:please|pls|now)\b",
)
# A robot may be what was bought; nobody talks to that.
_NO_MACHINE: Final = (
    r"\b(?:no more|not|don['’]?t want|do not want|sick of|tired of|fed up with|done with|enough of|stop|instead of"
    r"|rather than|hate|other than|isn['’]?t)(?: to)?"
    rf"(?: (?:talk|speak|chat|deal|argu|type)\w* (?:to|with))(?: \w+){{0,3}} (?:{_MACHINE})\b"
    r"|\b(?:no more|not an?|not (?:the|this)|don['’]?t want|sick of|tired of|fed up with|done with|enough of"
    r"|rather than|other than|isn['’]?t an?|who is not an?)"
    r"(?: (?:an?|the|this|your|these|another|stupid|useless|dumb|bloody|damn))* (?:chat ?)?bots?\b"
    r"|\b(?:isn['’]?t|is not|who is not|who['’]s not|not) an? (?:robot|machine|computer|ai)\b"
)
_HERE: Final = (
    r"(?!费|智能|成本|湖|审核|授精|泪液|呼吸|草坪|皮革|制作|打造|合成|降雨|核对|录入|钱|价)"
    r"(?=客服|服务(?!费)|座席|坐席|接[听入]|回复|处理|解决|帮|在|来|呢|吗|嘛|啊|吧|谢|好|行|行不行|可以|和|跟|，|\W|\Z)"
)
_ROLE: Final = (
    r"(?:(?:真正的?|真的)?(?:真人|活人|大活人|人工|人类)(?!费|智能|成本|审核)(?:客服|服务|坐席)?|客服(?:人员|经理|专员|小姐姐|小哥)?|专员|专人|经理|主管|领导"
    r"|老板|上级|负责人|管事的?人?|负责的?人?|同事|工作人员|师傅(?=接电话)|小姐姐|小哥哥|[^，。？！\s]{0,6}[懂能会]\S{0,6}?的人?|说了算的人?|做主的人?|人)"
)
_SAYS: Final = (
    r"(?:直接)?(?:说话|说说|说(?!的)|聊聊?|讲|谈谈?|沟通|对话|交流|通话|反映|反馈|对接|联系|确认一下|问(?!题)|打字)"
)
_DOES: Final = (
    r"(?:来|跟|和|同|与|给我?|出来|说|聊|谈|讲|处理|解决|回[我复个电]|联系我|接[我一听待电]|帮我?(?:看|查|处理|解决|弄|办|问|下|忙|解答|确认)|解答|解释"
    r"|对接|出面|打|管|负责|看一?下|介入|帮忙|行不行|行吗|吧|啊|呀|！|!)"
)
_ZH: Final = (
    r"(?:[转换连]|(?<!直)接)[到入接]?(?:一?[下个位])?(?:给|到)?(?:你们的?)?(?:人工|真人|活人|客服(?!电话)|专员|专人|经理|主管|领导|负责人)(?!智|费)",
    rf"(?<!纯)(?:人工|真人|活人){_HERE}",
    rf"(?<![自代家])(?:找|叫|喊|请|让|派|换|要|安排|麻烦)(?:一?[下个位名]|你们?的?|您|贵司的?|别的|另外?的?|再)*{_ROLE}"
    rf"(?:\W*\Z|(?:(?![收签取代付])[^，。？！\s]){{0,3}}?{_DOES})",
    r"(?:找|叫|见|问|喊)(?:一下|下)?(?:你们?的?|您们?的?|贵公司的?)(?:那?个?)(?:经理|主管|领导|老板|负责人|上级|管事的|客服)",
    rf"(?:跟|和|同|与|对着)(?:一?[个位])?(?:你们的?)?(?:真正的)?(?:真人|活人|大活人|人工(?!智)|人类|客服|专员|经理|主管|领导|负责人|工作人员|管事的人?|人)"
    rf"(?<![家别他某路友]人){_SAYS}",
    r"(?:有没有|有)(?:个|一?位)?(?:真人|活人|人工(?!智|费)|人类|真的人|活的)",
    r"有没有(?:个|一?位)?人(?:来|能|可以|会|在)?(?:管|理我|帮|处理|负责|回我|回复|解决|出来|跟我|给我)|(?:能|可以)不?能?(?:有|来)个人",
    r"(?:来|给我|换|要)(?:一?[个位])?(?:活人|真人|大活人|人工(?=客服|服务(?!费)|\W|\Z)|懂[^，。]{0,4}的)|(?<![家客别])(?:来|派|给我|换)个人(?!信息|中心|账|资料"
    r"|简历|行李|收|签|取|代"
    r"|付)",
    r"(?:我要|我想|帮我|给我|请|麻烦|直接)(?:联系|接通|呼叫|转接|找|呼叫一下|联系一下)(?:一?下)?(?:你们的?)?(?:人工|客服|真人|专员)(?!电话|热线|号码|费)",
    r"(?:\A|[，。！,!\s]|请|麻烦|能|可以|尽快|马上|赶紧|(?:让|叫|安排)(?:个人|人|客服|专员|同事|经理|领导|你们\S{0,3}))"
    r"(?:再)?(?:给我(?:回|打)(?:一?[个通])?(?:电话|电)|(?:打|回)(?:一?[个通])?电话给我|(?:回电|致电|联系)(?:给)?我)(?!.{0,3}前)",
)
_NO_MACHINE_ZH: Final = (
    r"(?:不想|不要|别|不愿意?|懒得|拒绝|受够了?|烦死?了?)(?:再)?(?:跟|和|让|用|对着|给我)(?:一?个?)?(?:你?这?个?)?"
    r"(?:机器人|机器|ai|智能客服|自动回复|人工智能|程序)"
    r"|(?:不要|别|不想要|受够了?)(?:再)?(?:你?这?个?)(?:智能客服|自动回复|(?<!地)机器人(?:客服|回|答|说|聊|\W|\Z))|不是机器人?的"
)
_PERSON: Final = re.compile("|".join(_EN), re.IGNORECASE)
_PERSON_ZH: Final = re.compile("|".join(_ZH), re.IGNORECASE)
_MACHINES: Final = re.compile(f"{_NO_MACHINE}|{_NO_MACHINE_ZH}", re.IGNORECASE)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def wants_person(text: str) -> bool:
    """Return whether the customer asks for a human being in so many words.

    >>> wants_person("can I talk to a real person please"), wants_person("转人工"), wants_person("a person stole it")
    (True, True, False)
    >>> wants_person("找個真人跟我說"), wants_person("人工费多少钱"), wants_person("the agent told me to wait")
    (True, False, False)
    >>> wants_person("I don't want to talk to a person, where is my parcel?"), wants_person("不要转人工")
    (False, False)
    """
    plain = simplified(text)
    # Who wants no machine denies no wish.
    if _MACHINES.search(plain):
        return True
    found = _asks(plain)
    wanted = wanted_of(text) if found else None
    return found and (wanted is None or _asks(wanted))


def _asks(text: str) -> bool:
    return bool(_PERSON.search(text)) or bool(_HAN.search(text) and _PERSON_ZH.search(text))
