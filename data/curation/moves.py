"""The moves that any desk makes, whatever was asked, and the few words they are made of, in English and Chinese."""

from __future__ import annotations

from typing import Final

__all__ = [
    "CHINESE",
    "CHINESE_DETAILS",
    "CHINESE_PHRASES",
    "ELSEWHERE",
    "ENGLISH",
    "ENGLISH_ALONG",
    "ENGLISH_DETAILS",
    "ENGLISH_WORDS",
    "PRIVATE",
    "REASONS",
]

PRIVATE: Final = "asks to write privately"
ELSEWHERE: Final = "asks to write elsewhere"
WAIT: Final = "only asks to wait"
RECEIPT: Final = "only acknowledges"
ASKS: Final = "only asks what it is about"
THANKS: Final = "only thanks or takes leave"
GREETING: Final = "only greets"

REASONS: Final = (PRIVATE, ELSEWHERE, WAIT, RECEIPT, ASKS, THANKS, GREETING)
"""In the order in which they name an answer that makes several moves."""

_DETAIL = (
    r"(?:name|number|address|email|details?|info|information|username|id|postcode|zip|reference|code|booking"
    r"|reservation)"
)

ENGLISH: Final = (
    (
        PRIVATE,
        r"\b(?:dms?|dming|pms?|(?:direct|private)ly|(?:direct|private) messag(?:e|es|ing)|inbox|in private|following us"
        r"|follow us|follow and)\b",
    ),
    (
        ELSEWHERE,
        r"\b(?:contact|reach|reaching|message|write|chat|connect|touch|note|email|tell us|details?|info|information)\b"
        r".*\b(?:here|below|link|website|page)\b"
        r"|\b(?:contact|contacting|reach|reaching|chat with|connect|connecting|loop|looping)\b.*"
        r"\b(?:teams?|support|agents?|representatives?|specialists?|experts?|service)\b|\btransfer(?:ring)? you\b",
    ),
    (
        WAIT,
        r"\b(?:one|a) (?:moment|sec|second|minute)\b|\bbear with\b|\bhold on\b|\bstand(?:ing)? by\b|\bplease wait\b"
        r"|\bpatience\b|\b(?:will|'ll|'re|are|am|'m)\b.*\b(?:get back|touch|reply|respond|review|looking|checking"
        r"|working|investigating|update|reach out|hear)\b"
        r"|\b(?:will|'ll|let me|let us|let's) (?:\w+ )?(?:take a|have a|check|look|see|dig)\b",
    ),
    (
        RECEIPT,
        r"\b(?:received|noted|logged|registered|passed|forwarded|escalated|replied|responded|respond|opened)\b"
        r"|^got (?:it|you)\b"
        r"|^(?:ok|okay|alright|great|perfect|understood|awesome|excellent|sounds good)\b",
    ),
    (
        ASKS,
        r"\b(?:what|how|anything|something|issues?)\b.*\b(?:going on|happen(?:ed|ing|s)?|help|assist|issues?|problems?"
        r"|wrong|trouble|need|experiencing|having)\b|\btell (?:us|me) (?:more|about)\b",
    ),
    (
        THANKS,
        r"\b(?:thanks?|thank you|thx|ty|appreciated?|welcome|pleasure|cheers|take care|goodbye|bye)\b"
        r"|\bno (?:problem|worries)\b|\b(?:have|enjoy)\b.*\b(?:day|evening|weekend|night|time|week|afternoon)\b"
        r"|\bglad\b|\bhappy to hear\b|\bhope (?:this|that|it) helps\b|\blet (?:us|me) know if\b"
        r"|\bhesitate\b|\bfeel free\b",
    ),
    (
        GREETING,
        r"^(?:hi|hello|hey|hiya|dear|greetings|morning|afternoon|evening|good (?:morning|afternoon|evening|day))\b",
    ),
)
ENGLISH_ALONG: Final = (
    r"\b(?:sorry|apolog\w+|regret|understand|frustrat\w+|concern\w*|hear|oh|odd|strange"
    r"|hmm|ah|uh|yikes|hate to|seriously|distressing)\b"
    r"|\blet (?:us|me) know\b"
    r"|\b(?:help|assist\w*|look|check|investigate|support|sort|resolve|figure|continue|from there|ready|start)\b"
)
"""What goes along with a move and is none."""

ENGLISH_DETAILS: Final = (
    r"\b(?:send|provide|share|give|confirm|include|including|need|tell|have|know|pass|get|email|what|what's|which)\b"
    rf".*\b{_DETAIL}\b"
)
CHINESE_ALONG: Final = (
    "抱歉|对不起|不好意思|不便|麻烦|久等|心情|谅|打扰|困扰|理解"
    "|[为帮给](?:到|助|忙)?[您你]|如[果有]|沟通|咨询|点击|链接|扫|提供"
)
CHINESE_DETAILS: Final = "(?:订单|单号|手机|电话|号码|邮箱|姓名|名字|账号|会员|联系方式)"
"""A wish for details goes along, too, but to ask for an order number may be all that can be said: see boilerplate."""

ENGLISH_WORDS: Final = frozenset(
    """
    a able about absolute account additional additionally address addressed addresses advise afternoon again agent
    agents ah ahead all allow along also alternate always am an and another answered any anything anytime anyway
    apologies apologise apologised apologize apology appreciate appreciated are as asap ask asked assist assistance
    assisted assisting associated at attention available away awesome back backstage be bear because been behalf
    behind being below best better bit booking both brilliant bring bringing but by bye call can card care case
    caused certain certainly chance chat chatting check checking cheers city claim click clicking close closely
    closer code colleague colleagues come coming committed completely concern concerned concerning concerns confirm
    confirmation confirming confusion connect connecting contact contacting continue continued convenience
    conversation correspondence could country customer date day deal dear deeper definitely delay delayed desk
    detail detailed details detect did dig direct directly discuss distressing dm dming dms do does doing done drop
    dropping earliest either else email emailed emails enjoy enough ensure escalate escalated evening ever
    everything exactly excellent experience experienced experiencing expert experts explain extra fantastic far feel
    feeling feels few figure find first fix flying follow followed following for forward forwarded free from
    frustrated frustrating frustration full further future gain gather get getting give glad gladly go going good
    goodbye got great greetings had hand happen happened happening happens happy has hate have having he heads hear
    hearing heck hello help helped helping helps here hesitate hey hi him hiya hmm hold home hood hope how i id if
    immediate important in inbox include including inconvenience info inform information initiate instructions into
    investigate investigating investigation is issue issues it its join journey just keep keeping kind kindly know
    landline last late later leave left lend let letting like link listed little locate location locator logged long
    look looking loop looping lose loud love lovely made mail mails make many matter maximum may me mean meantime
    meet member mention mentioned message messages messaging mind mins minute minutes mobile moment moments more
    morning most moving much my name need needed next nice night no note noted now number numbers odd of offer oh ok
    okay old on once one open opened opportunity or order orders other our ours out over own page part partner pass
    passed passing patience people perfect person personal personally phone pleasant please pleased pleasure pls pm
    pms point poor pop possible postcode prevent private privately problem problems process promptly provide
    provided providing query question questions quick quickly rather reach reached reaching ready really receive
    received recent recently record ref reference regarding regards register registered regularly rep replied reply
    replying representative request reservation resolve resolved respective respond responded responding response
    rest review right saddened saddening safe saw scenes sec second secure securely security see seems seen send
    sending sent seriously serve service share shared sharing she shoot short shortly should shout sincere sincerely
    situation so social some someone something sometime soon soonest sorry sort sorted sounding sounds speak
    speaking specialist specialists specific spell stand standing start started state stated stay steps still stop
    stopping store story straightened strange street such suggest support sure tag take taking talk team teams tech
    telephone tell than thank thanks that the their them then there therefore these they thing things this those
    though through thx ticket time to today together too touch tracking transfer transferring trouble troubleshoot
    try trying tweet tweeting twitter ty type uh under understand understood unpleasant until up update updated
    updates upon urgent us use user username using value very via visit visiting wait waiting want wanted was way we
    website week weekend welcome well were what whatsoever when whenever where wherever whether which while who will
    willing wish with within without wonderful words work working worries worry would write writing wrong yay yeah
    yet yikes you your yours zip zipcode here's how's i'd i'll i'm i've it's let's take's that's there's they'll
    they're we'd we'll we're we've what's you'd you'll you're you've
    """.split()  # noqa: SIM905 - so many words are read best as a text
)

CHINESE: Final = (
    (PRIVATE, r"私信|私聊|私我|站内信|(?:加|扫码|扫描|关注).{0,8}(?:微信|企微|qq|公众号|好友)|dm"),
    (ELSEWHERE, r"(?:转|联系|咨询|找|呼叫|接入|对接).{0,6}(?:人工|客服|专员|同事|小二|专人|部门)|人工客服|转接"),
    (
        WAIT,
        r"稍等|稍后|稍候|请等|等一下|等一等|耐心|尽快|马上|正在|这就|第一时间|[看查](?:一下|看|下|查)|核实|查询|联系您|(?:回复|答复)您",
    ),
    (RECEIPT, r"收到|记录|登记|反馈|受理|提交|好[的滴嘞]|嗯嗯|明白|知道了|^好$"),
    (ASKS, r"什么|怎么了|哪方面|描述|具体|说[一说]?下|说说|还有|帮到|随时"),
    (THANKS, r"谢|客气|祝|再见|拜拜|愉快|应该的|下次|再次|的支持|没关系|没事"),
    (GREETING, r"[您你]好|在[的呢]|亲|[早上中下]午?[上]?好|哈喽|嗨|欢迎|服务"),
)
CHINESE_PHRASES: Final = tuple(
    """
    私信 私聊 私我 站内信 微信号 微信 企微 企业 公众号 好友 扫码 扫描 二维码 添加 关注 加 号 一下 我们 我 咱们 咱 的
    了 呢 哦 哈 呀 啊 哟 噢 喔 吧 吗 么 嘛 啦 呗 哒 滴 亲爱的 亲亲 亲 您 你 在的 在呢 在 您好 你好 早上好 上午好
    中午好 下午好 晚上好 哈喽 嗨 欢迎 光临 咨询 很高兴 高兴 荣幸 竭诚 为 服务 客服 在线 人工 转接 转到 转给 转 接入
    呼叫 联系 专员 专人 同事 小二 相关 部门 工作人员 点击 戳 打开 下方 下面 上方 右下角 页面 按钮 链接 link 这里
    此处 进入 找 对接 到 请 麻烦 劳烦 烦请 可以 能 能否 方便 需要 帮助 帮忙 帮到 帮 协助 有什么 什么 有 问题 事情
    情况 疑问 需求 诉求 哪方面 怎么了 具体 详细 描述 说明 说说 说 问下 请问 告诉 告知 提供 发给 发送 发下 发来 发 给
    留下 留言 留 补充 还有 其他 别的 其它 随时 稍等 稍后 稍候 片刻 等待 等 一会儿 一会 一分钟 几分钟 两分钟 分钟
    耐心 尽快 第一时间 马上 立刻 立即 正在 这就 这边 看一下 看看 看下 看 查一下 查查 查看 查询 查下 查 核实 核对
    确认 了解 处理 跟进 反馈 回复 答复 回电 回访 解决 进度 结果 后续 会 将 与 和 并 以便 便于 好让 收到 已经 已 记录
    登记 受理 提交 好的 好滴 好嘞 好 嗯 明白 知道 清楚 信息 内容 消息 意见 建议 工单 来信 来电 订单号 订单 单号
    手机号码 手机号 手机 电话 号码 姓名 名字 邮箱 账号 会员 联系方式 感谢 谢谢 多谢 谢 不客气 不用谢 客气 应该的 祝
    生活 购物 愉快 开心 再见 拜拜 一天 每天 今天 周末 下次 再次 再 理解 信任 配合 惠顾 来 使用 对 向 抱歉 非常 十分
    真的 很 实在 真 不好意思 对不起 见谅 谅解 体谅 心情 感受 着急 带来 造成 不便 困扰 久等 让 打扰 是 就 都 也 如果
    如 若 的话 用 之后 后 这个 那边 本店 小店 店铺 平台 售后 团队 更好 更 继续 沟通 交流 详谈 直接 更多 以及 或者 或
    及 一 个 位 名 哈哈 嘻嘻 dm 没关系 没事 不用 放心 您这边 把 先 全力 任何 期待 满意 评价 因为 给予 尽 力 们 一定
    早点 早日 时间 工作 人员 添麻烦 的支持 欢迎下次 期待您 还请
    """.split()  # noqa: SIM905 - as above
)
