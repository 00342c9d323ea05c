"""What a machine said in an agent's name: acknowledgements, absences, queues, bounces and requests for a rating.

Such a message says that somebody was heard and who answers when, and nothing else. So it needs one phrase that machines
use, and beside it only the words of a help desk: a single word of a product or of a solution makes it a person's.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["is_automatic", "is_of_a_machine"]

_LONGEST: Final = 1500

_PHRASE: Final = re.compile(
    r"(?:received|got) your\b|receipt of your"
    r"|\b(?:your|a|the) (?:new )?(?:support )?(?:ticket|request|case|enquiry|inquiry|message|e-?mail|question|query)\b"
    r".{0,24}\b(?:(?:has|have) been|was|is being) \w"
    r"|\b(?:will|'ll|aims? to|usually|normally|typically)\b.{0,40}\b(?:repl(?:y|ies)|respond|get back|be in touch"
    r"|contact you|be with you|answer)\b"
    r"|\bauto(?:matic|mated|matically)?\b|\bout of (?:the )?office\b|\bon (?:\w+ )?(?:leave|vacation|holiday)\b"
    r"|\b(?:am|are|be|is|'m|'re) (?:\w+ )?away\b|\bin (?:the |a )?(?:queue|line)\b|\bahead of you\b"
    r"|\b(?:agents?|representatives|operators|advisors|advisers|lines|specialists|colleagues)\b.{0,30}"
    r"\b(?:busy|offline|unavailable|assisting|helping)\b"
    r"|\b(?:connect|connecting|transfer|transferring) you\b|\bplease (?:wait|hold|stand by|stay)\b"
    r"|\b(?:chat|conversation|session|call)\b.{0,24}\b(?:ended|closed|timed out|expired|terminated|end)\b"
    r"|\brat(?:e|ing)\b|\bsurvey\b|\bhow did (?:we|i) do\b|\bfeedback helps\b|\byour feedback\b|\bsatisfied\b"
    r"|\bwas this \w+ helpful\b|\bundeliverable\b|\b(?:not|n't) (?:be )?delivered\b|\bdelivery\b.{0,24}\bfailed\b"
    r"|\bto sender\b|\bdo not reply\b|\b(?:not |un)monitored\b|\b(?:virtual|digital) assistant\b|\b(?:chat)?bot\b"
    r"|\b(?:joined|left|entered) the (?:chat|conversation)\b"
    r"|\b(?:office|chat|desk|team) is (?:\w+ )?(?:closed|offline)\b|\bvolume of\b|\binactivity\b|\btranscript\b"
    r"|\bcontact my colleague\b|\bimportant to us\b|\bfor (?:your patience|waiting|holding)\b"
    r"|\bleave (?:us )?(?:a|your) (?:message|e-?mail)\b|\b(?:response|wait(?:ing)?) times?\b"
)
# What only a machine says of itself or of its tickets; a person who promises an answer says none of it.
_SIGNED: Final = re.compile(
    r"\bauto(?:mated|matic)?[- ]?(?:reply|response|message|e-?mail|notification|acknowledge?ment|confirmation)\b"
    r"|\bautomatically (?:generated|sent)\b|\b(?:not|n't) reply\b|\bout of (?:the )?office\b|\bmailer-daemon\b"
    r"|\bundeliverable\b|\bin (?:the |a )?queue\b|\bahead of you\b|\b(?:virtual|digital) assistant\b|\bchat ?bot\b"
    r"|\b(?:request|ticket|case|reference|enquiry|inquiry)\b[^.!?]{0,20}?[#(\[:]? ?[a-z]{0,4}-?\d{2,}"
    r"|\b(?:agents?|representatives|operators|advis[eo]rs)\b.{0,30}\b(?:busy|offline|unavailable)\b"
    r"|\b(?:agent|representative|operator|advis[eo]r|somebody|someone) will be with you\b|\bconnect(?:ing)? you\b"
    r"|\b(?:chat|conversation|session)\b.{0,24}\b(?:ended|closed|timed out|expired|terminated)\b"
    r"|\b(?:joined|left|entered) the (?:chat|conversation)\b"
    r"|\breceived your\b.*\bwithin (?:\w+ ){1,2}(?:hour|day|minute)"
    r"|\bfor (?:contacting|reaching out|getting in touch|writing|your (?:message|e-?mail|enquiry|inquiry|request))\b.*"
    r"\b(?:will|'ll|aims? to)\b.*\b(?:get back|respond|reply|be in touch|answer)\b"
    r"|\b(?:rate|rating)\b.*\b(?:chat|conversation|service|stars?)\b"
)
_SIGNED_ZH: Final = re.compile(
    r"自动(?:回复|应答|发送|发出|生成|答复|关闭|结束|消息)|(?:智能|机器人|AI)[^，。]{0,6}(?:客服|助手|助理|小)|排队|排在|前[面方](?:还)?有"
    r"|(?:勿|不要)(?:直接)?回复|无法送达|投递失败|退信|收件人|(?:会话|对话|聊天)[^，。]{0,6}(?:结束|关闭|超时|断开)"
    r"|(?:客服|坐席|咨询|人工)[^，。]{0,8}(?:忙|较多|过多|量大|量较大)|工单|满意度|评价|打[个一]?分|[为给帮将][您你][^，。]{0,4}(?:转接|接通|接入)"
    r"|收到[您你]的.*(?:联系|回复|处理)|(?:收到|感谢[您你]的).*(?:小时|工作日|天|分钟)(?:之)?内|(?:加入|接入|进入|离开|退出)了?(?:会话|对话|聊天|群聊)|休假|非[^，。]{0,6}时间"
)
# What every sentence is made of, and what a help desk says of itself.
_ENGLISH: Final = (
    "a an the and or but so if when while since because as at by for from in into of on to until till with within "
    "without about after before during over under up out off per via than not no yes it its it's this that that's "
    "these those there here i i'm i'll i've we we're we'll we've our us you you're your yours they their them who "
    "which what how is are was were be been being am has have had haven't hasn't don't didn't couldn't can't cannot "
    "do does did will would shall should can could may might must let just also still already now currently presently "
    "soon shortly asap possible again back further more less all any some each every one two three four five six "
    "seven eight nine ten few other another first second new most very much many high higher large only once right "
    "really too re next we'd you'd i'd who's what's thank thanks hello hi hey dear welcome good morning afternoon "
    "evening day greetings regards kind best warm wishes sincerely cheers sorry apologise apologize apologies "
    "unfortunately appreciate appreciated patience wait waits waiting hold holding please kindly note inform know "
    "confirm confirmation confirms acknowledge acknowledges acknowledgement receipt received receive receiving got "
    "get getting reach reached reaching contact contacting contacted touch write writing wrote send sending sent "
    "submit submitted message messages email emails e-mail e-mails mail request requests enquiry inquiry enquiries "
    "inquiries question questions query queries ticket tickets case cases submission feedback report support "
    "supported customer customers client clients sir madam service services help helpdesk desk care team teams staff "
    "department office offices agent agents representative representatives advisor advisors adviser advisers "
    "specialist specialists operator operators member members colleague colleagues expert experts engineer engineers "
    "person human people assistant virtual digital bot chatbot ai system automated automatic automatically generated "
    "auto auto-reply autoreply notification reply replies replied replying respond responds responding response "
    "responses answer answers answered review reviewed reviewing look looking looked process processed processing "
    "handle handled assigned forwarded responsible created opened logged registered closed resolved solved updated "
    "marked completed placed hour hours minute minutes seconds days business working work week weeks weekdays weekend "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun january february march "
    "april june july august september october november december pm time times today tomorrow average usual usually "
    "normally typically typical estimated expected expect allow aim aims try tries strive urgent emergency immediate "
    "immediately matter matters call calls phone dial number reference id line lines main open opening close closes "
    "holiday holidays public leave annual vacation sick parental maternity away return returns returning access "
    "limited intermittent travelling meeting queue position place ahead front busy unavailable available offline "
    "online assist assisting assistance helping experiencing volume volumes longer due unusually bear stay stand "
    "moment moments live connecting connect connected transferring transfer transferred joined left entered chat "
    "chats chatting conversation session ended end timed expired terminated inactivity inactive transcript copy rate "
    "rating rated survey short quick brief experience satisfied satisfaction happy improve hear heard opinion think "
    "love like value valuable important share complete take takes fill score scale helpful enjoy undeliverable "
    "delivered deliver delivery failed failure recipient recipients following group groups address addresses found "
    "exist mailer-daemon returned sender error mailbox inbox monitored unmonitored directly view add additional "
    "comment comments visit website faq page centre center information details meantime order issue concern great "
    "nice keep track status using everyone anyone someone somebody interest interested feel free able need needs want "
    "going make sure it'll you'll nobody instead helps you've she he his her hers my me mine whose where why then "
    "understand doesn't isn't aren't weren't wasn't won't wouldn't noted queued serve served serving attend attended "
    "investigate investigating level priority progress pending hesitate request's remain stays type menu press option "
    "options choose choosing select "
)
_CHINESE: Final = (
    "您好 你好 哈喽 亲爱的 尊敬的 亲 客户 用户 顾客 会员 先生 女士 朋友 感谢 谢谢 多谢 非常 十分 再次 您 你 的 地 了 "
    "我们 我 本 此 该 这 是 在 为 给 对 将 会 已 已经 正在 正 现在 目前 当前 暂时 马上 立即 立刻 稍后 稍候 稍等 稍微 "
    "请 麻烦 耐心 等待 等候 片刻 一下 一会儿 一会 收到 接到 接收 受理 提交 创建 登记 成功 来信 来函 邮件 封 信息 消息 "
    "留言 咨询 请求 问题 反馈 工单 申请 投诉 建议 编号 号 客服 人工 坐席 专员 专属 顾问 工作 人员 相关 专人 部门 团队 "
    "中心 服务 系统 自动 回复 应答 答复 发送 发出 生成 智能 机器人 助手 助理 很高兴 高兴 竭诚 全力 能 可以 有什么 "
    "请问 帮 帮助 帮到 需要 如需 如有 若有 如果 若 或 和 与 及 并 也 都 均 全部 全 所有 较 比较 过 太 很 多 较多 繁忙 "
    "忙碌 忙 在线 离线 不在线 排队 排在 队列 前面 前方 还有 有 位 第 人 人数 量 大 因 由 由于 无法 不能 及时 可能 "
    "谅解 理解 按 顺序 依次 解答 处理 跟进 联系 回电 小时 工作日 个 天 分钟 内 之内 尽快 第一时间 时间 上班 下班 营业 "
    "非 早上 上午 中午 下午 晚上 点 到 至 周一 周二 周三 周四 周五 周六 周日 周 星期 法定 节假日 假期 期间 休假 外出 "
    "出差 开会 会议 不在 有事 办公室 座位 放假 看到 后 再 先 转接 接通 接入 分配 转 转人工 输入 点击 拨打 紧急 急事 "
    "情况 致电 会话 对话 聊天 次 结束 关闭 超时 断开 终止 长时间 没有 未 无 操作 响应 即将 评价 打分 评分 "
    "打 分 吧 满意 满意度 一般 不满意 调查 问卷 参与 参加 填写 完成 邀请 期待 恳请 抽空 动动 手指 好评 五星 做出 作出 "
    "进行 加入 进入 离开 群聊 欢迎 光临 来到 再见 祝 生活 愉快 顺利 支持 信任 关注 使用 抱歉 对不起 不好意思 带来 "
    "不便 造成 久等 让 勿 不要 直接 无需 退信 送达 投递 失败 退回 收件人 地址 不存在 错误 已满 审核 结果 飞速 赶来 哦 "
    "哈 呢 啦 吗 呀 啊 尽力 试 月 日 年 回来 恢复 更好 提升 质量 宝贵 意见 解决 为您 小二 旗舰店 官方 客户服务 服务台 "
    "两 一 二 三 四 五 六 七 八 九 十 被 就 请您 通知 状态 登录 那么 方面 均已 此致 敬礼 您们 咱们 这边 这里 来 好 中 "
    "超过 发言 如无 其他 其它 春节 国庆 元旦 五一 十一 端午 中秋 节日 延迟 正常 记录 描述 名称 没 听懂 明白 清楚 选择 "
    "以下 序号 数字 键 继续 等级 优先 晚点 晚些 回 看 接待 值班 班 忙线 占线 拨 通话 连接 中断 网络 感谢您 祝您 反映 "
    "核实 回访 谅 体谅 敬请 届时 短信 通过 方式 "
)

_WORDS: Final = frozenset(_ENGLISH.split())
_WORD: Final = re.compile(r"[^\W\d_\u4e00-\u9fff]+(?:['-][^\W\d_\u4e00-\u9fff]+)*")
# Names stand in the middle of a sentence, or behind a greeting.
_NAME: Final = re.compile(
    r"(?<=[\w,&<>] )[A-Z][\w'&.-]*|(?:(?<=Hi )|(?<=Mr )|(?<=Ms )|(?<=Dear )|(?<=Mrs )|(?<=Hello ))\w+"
    r"|^\w+(?= has (?:joined|left))"
)
_NO_WORD: Final = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w.-]+|<[A-Z]+_\d+>|[#(\[]?\w*\d[\w:.-]*[)\]]?")

_PHRASE_ZH: Final = re.compile(
    r"收到了?[您你]的?(?:来信|来函|邮件|留言|消息|信息|咨询|反馈|工单|申请|投诉|请求|问题|建议)"
    r"|(?:来信|来函|邮件|留言|消息|咨询|反馈|工单|申请|投诉|请求|问题|建议)(?:我们)?(?:已|已经)[^，。]{0,4}"
    r"(?:收到|提交|受理|创建|接收|登记|关闭|解决|转交)"
    r"|[会将][^，。]{0,14}(?:回复|联系|答复|处理|解答|回电|跟进)|(?:稍后|上班后|一会儿?|晚点|第一时间)[^，。]{0,6}(?:回复|联系)"
    r"|自动(?:回复|应答|发送|发出|生成|答复|关闭|结束|消息)|(?:智能|机器人|AI)[^，。]{0,6}(?:客服|助手|助理|小[\u4e00-\u9fff])"
    r"|(?:客服|坐席|咨询|人工)[^，。]{0,8}(?:忙|较多|过多|量大|量较大)|排队|排在|前[面方](?:还)?有"
    r"|[为给帮将][您你][^，。]{0,4}(?:转接|接通|转|分配|接入|连接)"
    r"|(?:会话|对话|聊天|服务|咨询)[^，。]{0,6}(?:结束|关闭|超时|断开|分配)|(?:结束|关闭)了?(?:本次|当前)?(?:会话|对话|聊天)"
    r"|(?:请|邀请|期待|麻烦|恳请|欢迎)[^。]{0,12}(?:评价|打[个一]?分|评分|好评)|满意度|服务满意吗"
    r"|非[^，。]{0,6}时间|人工[^，。]{0,6}时间|休假|外出|出差|下班|不在|离线|开会|有事|(?:勿|不要)(?:直接)?回复"
    r"|无法送达|投递失败|退信|收件人[^，。]{0,4}(?:不存在|错误)|(?:请|麻烦)[^，。]{0,6}(?:稍候|稍等|等待|等候|稍后)"
    r"|客服[^，。]{1,5}(?:为您服务|已接入)|(?:加入|接入|进入|离开|退出)了?(?:会话|对话|聊天|群聊)"
    r"|转接?人工|如需人工|(?:没有?|不太?)(?:理解|明白|听懂)[您你]|(?:已|将)(?:提交|转交|反馈)给|专人(?:与您|联系|处理|跟进)"
    r"|超过[^，。]{1,6}(?:未|没有)|客服[^，。]{0,6}(?:放假|接入中|接待中)|长时间(?:未|没有|无)|分钟(?:没有|未)|咨询(?:人数|量)"
)
_WORDS_ZH: Final = re.compile("|".join(sorted(_CHINESE.split(), key=len, reverse=True)))
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
_NAME_ZH: Final = re.compile(
    r"(?<=客服|专员|我是|我叫|顾问|助手|助理|工号|坐席)[\u4e00-\u9fff]{1,3}?(?=为您|已|将|正在|加入|接入|，|。|！|$)"
    r"|(?<=欢迎咨询|欢迎光临|欢迎来到|欢迎致电|感谢联系|感谢咨询)[\u4e00-\u9fff]{1,6}(?=，|。|！|$)"
    r"|[\u4e00-\u9fff]{1,4}(?=旗舰店|客服中心|客服团队|客户服务中心|官方)"
    r"|^[\u4e00-\u9fff]{1,4}?(?=已?(?:加入|接入|离开|退出)(?:会话|对话|群聊))"
)
_STRANGE_ZH: Final = 8
_STRANGE: Final = 20


def is_automatic(text: str) -> bool:
    """Return whether a message is an automatic reply as a whole, which answers nothing. English and Chinese are known.

    >>> is_automatic("Thank you for contacting us. We have received your request #123 and will reply within 24 hours.")
    True
    >>> is_automatic("We have received your lamp today, so the refund is on its way.")
    False
    """
    if len(text) > _LONGEST:
        return False
    if not text.isascii() and _HAN.search(text) is not None:
        return _PHRASE_ZH.search(text) is not None and _only_known_chinese(text) and _only_known_words(text)
    if _is_strange(text):
        return False
    return _PHRASE.search(text.lower().replace("’", "'")) is not None and _only_known_words(text)


def is_of_a_machine(text: str) -> bool:
    """Return whether an automatic reply also says so itself, as a person who only promises an answer never does.

    >>> is_of_a_machine("This is an automated message: we have received your request #123.")
    True
    >>> is_of_a_machine("Thank you, we will be in touch directly.")
    False
    """
    if not is_automatic(text):
        return False
    return (_SIGNED_ZH.search(text) or _SIGNED.search(text.lower().replace("’", "'"))) is not None


def _is_strange(text: str) -> bool:
    # Most messages have left the help desk's own words after a few, and nothing dearer is needed.
    words = text.split()
    left = len(words) // _STRANGE
    for word in words:
        if word.islower() and word.isalpha() and word not in _WORDS:
            left -= 1
            if left < 0:
                return True
    return False


def _only_known_words(text: str) -> bool:
    bare = _NAME.sub("", _NO_WORD.sub(" ", text.replace("’", "'")))
    words = _WORD.findall(bare.lower())
    strange = sum(word not in _WORDS for word in words)
    return strange <= len(words) // _STRANGE


def _only_known_chinese(text: str) -> bool:
    bare = _NAME_ZH.sub("", text)
    return len(_HAN.findall(_WORDS_ZH.sub("", bare))) <= len(_HAN.findall(bare)) // _STRANGE_ZH
