"""An invented list of what machines and people write in the agent's name, half of it Chinese, labelled by hand."""

from __future__ import annotations

import time

import pytest

from replydesk.data.automatic import is_automatic
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine, utterances

MACHINES_EN = """
Thank you for contacting us, we have received your request #123 and will reply within 24 hours.
Hi Tom, thanks for reaching out! We've received your message and one of our agents will get back to you shortly.
This is an automated message. Please do not reply.
Your ticket #48213 has been created. A member of our team will respond within one business day.
I am out of the office until 12 March. For urgent matters, please call the main line.
Out of office: I will be away until Monday and will answer your e-mail when I return.
An agent will be with you shortly.
You are number 3 in the queue.
You're currently number 7 in line. Please stay online.
All of our agents are currently busy. Please wait, the next available agent will be with you as soon as possible.
Thank you for your patience. We are connecting you to an agent.
How would you rate your conversation with us today?
Please take our short survey. It only takes two minutes.
How did we do? Please rate your experience.
Undeliverable: Your message to orders@lamp.example could not be delivered.
Delivery has failed to these recipients or groups: orders@lamp.example
Mail delivery failed: returning message to sender
Hello! I'm Lumi, the virtual assistant of Lamp House.
This chat has ended. Thank you for chatting with us!
The chat was closed because of inactivity.
We haven't heard back from you, so this conversation will be closed automatically.
Your request (10482) has been received and is being reviewed by our support staff.
Thanks for your message! Our office is closed right now. Our opening hours are Monday to Friday, 9 to 5.
We are currently experiencing a high volume of requests. Please allow up to 48 hours for a reply.
This mailbox is not monitored. Please do not reply to this e-mail.
Dear customer, your case has been closed. We'd love your feedback!
Please hold while I transfer you to the next available representative.
Anna has joined the chat
Thank you for getting in touch. Our team aims to respond to all enquiries within 24 hours. Kind regards, The Lamp Team
We have received your inquiry and will get back to you as soon as possible.
Automatic reply: Your order question
Our agents are offline at the moment. Leave us a message and we will reply by e-mail.
There are 4 customers ahead of you.
Your place in the queue is 2. Thank you for waiting.
We'd like to hear your feedback. How satisfied were you with our service?
Your request has been updated. To add additional comments, reply to this email.
A transcript of this chat will be sent to your e-mail address.
Hi, this is an auto-reply to let you know we got your email. Someone will be in touch soon.
Thanks for contacting Lamp House Support! Your reference number is LH-20391. We usually reply within a few hours.
Please wait a moment while we connect you with a specialist.
Thank you for holding. Your call is important to us.
Your session has timed out.
I'm on annual leave until 3 April with limited access to email.
Welcome to Lamp House! One of our representatives will be with you in a moment.
Hello, and thank you for writing to Birch & Co. A support specialist will get back to you within 2 business days.
Thank you for your email. I'm currently out of the office with no access to email and will return on Monday, 9 May.
Your case 00123 was logged. Our engineers will review it and contact you soon.
We're sorry, all operators are busy at the moment. Your estimated wait time is 5 minutes.
Please rate our chat from 1 to 5.
Thanks for chatting with us today. Please take a moment to complete a brief survey about your experience.
This message was sent automatically.
We got your message! Our team usually replies in under an hour.
The agent has left the chat.
Hi there! Our live chat is closed right now. Please leave your email and we'll respond tomorrow.
You have been placed in a queue. Please wait for the next available agent.
Your message has been forwarded to the responsible department.
This is an automatic confirmation that your request has been received.
Message not delivered. Your message couldn't be delivered to info@a.example because the address couldn't be found.
Was this conversation helpful? Please leave a rating.
Hi Sam, your email has been received. We'll get back to you by the end of the next business day.
Sorry, nobody is available right now. Please leave a message.
You are in line. There are two people ahead of you.
Our support team is currently offline. We will answer your message tomorrow morning.
I am on parental leave until September. Please contact my colleague Jo Smith instead.
This ticket has been automatically closed.
Thank you! Your feedback helps us improve our service.
Hello, you've reached Oak Furniture. Please hold, an adviser will be with you in a moment.
We have received your return request and will process it within 3 days.
Your conversation with Kim has ended. How would you rate the support you received?
Our response time is currently longer than usual due to a high volume of messages. Thank you for your patience.
We close at 6 pm. We'll reply tomorrow.
[Automated] Ticket 5521 was assigned to Support Level 2.
""".strip().split("\n")

MACHINES_ZH = """
您好，智能客服小灯为您服务。
【自动回复】您好，我现在有事不在，一会儿再和您联系。
系统自动回复：您的留言已收到，我们会尽快与您联系。
当前人工客服繁忙，请稍候。
感谢您的来信，我们会在24小时内回复。
会话已结束，感谢您的咨询。
请对本次服务进行评价。
您好，您当前排在第5位，请耐心等待。
前面还有3位客户在排队，请稍等。
正在为您转接人工客服，请稍候。
您已进入排队，请耐心等候。
客服小李为您服务。
您好，已收到您的反馈，我们将在1-2个工作日内处理。
此邮件由系统自动发送，请勿直接回复。
由于您长时间未回复，本次会话已自动关闭。
您的工单已创建，工单编号：20260312。
您好，我正在休假，4月3日回来上班。
您好，现在是非工作时间，人工客服在线时间：9:00-21:00。
亲，请对我的服务做出评价，谢谢！
麻烦您给个五星好评。
您好，我是智能助手小灯，很高兴为您服务。
如需人工客服，请回复“人工”。
当前咨询人数较多，请您耐心等待。
您的邮件无法送达，收件人地址不存在。
感谢您联系灯之家客服中心，您的问题我们已经收到，专员将在24小时内回复您。
本次服务已结束，期待您的评价。
您好，欢迎光临灯之家旗舰店，很高兴为您服务。客服正在忙碌，请稍等。
您的申请已提交，请等待审核结果。
尊敬的客户，您好！您的投诉我们已受理，将在48小时内给您答复。
非常抱歉，目前客服都在忙，我们会尽快回复您。
您好，客服已下班，工作时间为9点到18点，请留言。
满意度调查：您对我们的服务满意吗？
感谢您的耐心等待，马上为您接通人工客服。
您有3分钟没有回复了，会话即将结束。
本邮件为自动回复，请不要回复此邮件。
您好！收到您的邮件了，我们会尽快处理。祝您生活愉快！
亲爱的用户，您的工单（8842）已解决，请对我们的服务打分。
转人工请按0。
小灯已加入会话
您好，我们已经收到您的咨询，工作人员会在第一时间与您联系。
您好，人工客服排队中，前方还有12人。
会话超时，系统已自动关闭本次对话。
感谢您的留言，上班后我们会第一时间回复您。
请您稍等片刻，客服马上为您服务。
您好！感谢您的咨询，我们的客服人员将在工作时间尽快回复您，请耐心等待。
您好，我是机器人小蜜，请问有什么可以帮您？
现在是下班时间，客服上班时间是早上9点到晚上10点，您可以先留言。
尊敬的客户：您的邮件已收到，我们会在两个工作日内给您回复，谢谢！
对话已超时关闭，如有问题欢迎再次咨询。
您的会话已分配给客服小王，请稍候。
抱歉，当前坐席全忙，请稍后再试。
亲，在的，客服正在飞速赶来，请稍等哦~
请您为我的服务打个分吧！
【系统消息】客服已结束会话
您好，因咨询量较大，可能无法及时回复，请您谅解，我们会按顺序为您解答。
邀请您对本次服务做出评价：1、满意 2、一般 3、不满意
您的来信我们已经收到，感谢您对我们的支持！
您好，我在开会，稍后回复您。
自动回复：您好，目前不在线，请留言，看到后第一时间回复您哦。
您好，系统已为您创建工单，我们将尽快为您处理。
亲亲，客服现在不在哦，有事请留言~
您好，欢迎咨询橡树家具，人工客服正在接入中，请稍候...
本次服务结束，感谢您的使用，请对客服的表现进行评价。
您好，您的问题已提交给技术部门，处理后会第一时间回复您。
尊敬的会员，您的反馈我们已记录，会有专人与您联系。
抱歉，我没有理解您的问题，您可以输入“人工”转接人工客服。
您已超过5分钟未发言，如无其他问题，会话将自动结束。
当前为非人工服务时间，人工服务时间为9:00-22:00。
您好，我是您的专属智能客服小橡，请描述您的问题。
春节期间客服放假，2月10日恢复正常服务，期间留言会延迟回复。
正在排队，您前面有2人。
""".strip().split("\n")

PEOPLE_EN = """
We have received your lamp today, so the refund is on its way.
Hi Tom, thanks for reaching out! The lamp is back in stock from Monday.
I have received your photos, and the base is clearly cracked. We send you a new one tomorrow.
Your ticket is valid until 31 March, and you can change it once for free.
An agent from the carrier will call you between 9 and 12 to agree on a time.
Your order has been cancelled and nothing will be charged.
Your parcel will be with you by Friday.
You can reset the lamp by holding the button for ten seconds. Please wait until it blinks twice.
I will get back to you when the warehouse has found it, by noon. It left on Monday, and Leeds has it.
The survey is optional. You can skip it with the button at the bottom.
Rate limits apply: 100 requests a minute for each key.
Refunds take five business days after we receive the return.
We are open on Sundays from 10 to 4 at the shop in Mill Lane, and the lamp is there.
Please do not reply to the text message from the bank; it is a scam.
The delivery failed because the house number was missing. Please send it, and we try again tomorrow.
Thank you for your patience. The new bulb is in the post and should be there tomorrow.
Sorry for the wait! The blue shade is sold out, the green one is here.
Yes, it is automatic: it switches off after two hours.
The chat window can be closed with the cross at the top right.
Our team can engrave the base. It costs 15 euros and takes three days.
You have received your refund on 3 March, to the card that ends in 1234.
The queue at the counter is shortest before noon.
Your account has been created. The password link is valid for a day, and you find it in your inbox.
Please send us your order number.
Could you tell me your postcode?
You are welcome!
Have you tried another socket?
The feedback button is under Settings, Help.
Your session expires after 30 minutes without a click, so save the form now and then.
Please hold the lamp upside down while you change the bulb.
The next available delivery day is Thursday. Shall I book it?
Our business hours do not matter for that: the pick-up box is open day and night.
I am sorry that the lamp arrived broken.
We are closed on 1 May, so your parcel leaves on 2 May.
The order was marked as delivered by mistake. It is still in the van.
Please rate the two shades from 1 to 5, and I tell you which one fits.
Thanks for waiting. I have checked: the invoice was paid twice, and you get 40 euros back.
We're transferring the money to your account today.
No problem, I have changed the address.
Within 24 hours the code works for everyone in your household.
Please wait for the second code and enter that one.
The system shows that your card has expired. Please add another one under Payment.
Both are out of stock.
I've forwarded your photo to the workshop; they say the hinge can be mended for 12 euros.
Press and hold both buttons.
Hello, your kettle will be repaired within 2 business days and sent back for free.
I'm currently looking at your order: it was packed this morning.
Your case is covered by the warranty, so the repair is free.
All blue lamps are sold out; the operators at the factory expect new ones in May.
Thanks for your message! The voucher works for orders above 30 euros only.
We got your message. The colour you want is called Moss; item 2231.
The agent of the carrier left the parcel at number 12.
Our shop is closed on Sundays, but you can pick it up on Monday.
Yes.
Please wait 10 minutes after you unplug it, then press reset.
Your return label is attached to this email.
Please send us a photo of the damage and we will send you a new part within 3 days.
We'll refund the delivery fee today.
You can change the address until the parcel is packed.
Please restart the app and try again.
The warranty is two years from the day of delivery.
I have updated your email address.
We will deliver between 9 and 12 on Friday.
The survey voucher is valid for 30 days and can't be combined.
Hi, please call the carrier on 0800 555 010; they hold your parcel at the depot.
We are open Monday to Friday, 9 to 5.
Our opening hours are 9 to 6.
""".strip().split("\n")

PEOPLE_ZH = """
已收到您寄回的台灯，退款今天原路退回。
您好，蓝色的缺货，绿色的有现货。
感谢您的来信，灯泡可以单独购买，型号是E14。
您的退款已处理，1-3个工作日到账。
系统显示您的订单昨天已经签收了。
请您先长按电源键十秒，灯闪两下就好了。
评价返现活动已经结束了，下个月还有一次。
您可以在订单详情里点申请开票。
快递员会在明天上午联系您，请保持电话畅通。
这款灯支持自动关灯，两小时后会自己熄灭。
您好，保修期是两年。
人工安装每盏30元，需要的话我帮您预约。
智能台灯可以用手机控制，先下载我们的应用。
我们周日十点到四点营业，这款灯店里有。
抱歉让您久等了，查到包裹在广州分拣中心，明天派送。
请稍等，我查一下。您的包裹已经到站点了，今天下午派送。
会话记录可以在右上角的菜单里导出。
您好，地址已经帮您改好了。
工单系统的密码忘了可以点“找回密码”。
邮箱不存在的话请检查拼写，注意字母l和数字1。
收到您的照片了，底座确实裂了，明天给您补发一个新的。
排队最少的时间是上午十点以前。
好的，已经为您取消订单，不会扣款。
请提供一下订单号。
方便说一下您的邮编吗？
不客气，祝您生活愉快！
您换个插座试过吗？
补差价的话，今天下单可以退您20元。
发票抬头写错了可以重开，把正确的抬头发给我。
这个颜色评价最好，客厅用很合适。
可以寄到香港，运费三十元，三到五天到。
机器人扫地机的边刷可以单独买。
24小时内付款有效，超时订单会自动取消，需要重新下单。
您好，满意的话不用退，差价我们补给您。
亲，尺寸是40乘60厘米。
您的工单里提到的灯罩已停产，可以换同款白色的。
五一放假，包裹5月2日发出。
外出旅行可以把灯调到定时模式。
线路图在说明书第三页。
现在下单，明天就能发货。
对不起，这款不支持七天无理由退货。
客服电话是400-555-0100，周末也有人接。
转接头要买英标的。
他已经把钱退给您了，请查收银行卡。
关闭自动续费：我的、会员、管理续费。
您好！咖啡机的滤网每两周清洗一次就可以。
客服热线早上9点到晚上10点都可以打，建议您直接打电话改签。
您的邮件里附的照片看不清，麻烦重新拍一张。
两个工作日内可以送到。
您好，满100元包邮。
您可以先留言给卖家改地址，或者取消订单重新拍。
请稍后再试一次验证码，或者换成邮箱登录。
机器人模式在设置里关闭。
系统升级到3.2就不会闪退了。
因咨询发票的比较多，统一回复一下：发票会随货寄出。
好的，已为您修改邮箱地址。
请您提供一下订单编号和收件人电话。
我们会在今天给您补发一个新的配件。
周五上午9点到12点送货上门。
您可以在应用里点击“我的订单”查看物流。
麻烦拍一张照片给我们看一下。
退货标签已发到您的邮箱。
您好，这款沙发需要自己安装，说明书在箱子里。
关闭通知：设置、消息、通知管理。
客服会在24小时内给您发送新的密码，旧密码作废。
营业时间是周一至周日 11:00-21:30。
请稍等，电话是02155550100。
""".strip().split("\n")

MACHINES = [*MACHINES_EN, *MACHINES_ZH]
PEOPLE = [*PEOPLE_EN, *PEOPLE_ZH]


def test_precision_and_recall_in_both_languages() -> None:
    assert len(MACHINES) + len(PEOPLE) >= 150
    for machines, people in ((MACHINES_EN, PEOPLE_EN), (MACHINES_ZH, PEOPLE_ZH)):
        missed = [text for text in machines if not is_automatic(text)]
        wrong = [text for text in people if is_automatic(text)]
        found = len(machines) - len(missed)
        assert found / (found + len(wrong)) >= 0.97, wrong
        assert found / len(machines) >= 0.9, missed


@pytest.mark.parametrize("text", MACHINES)
def test_one_sentence_of_its_own_makes_it_a_persons(text: str) -> None:
    for own in ("The green one costs 15 euros.", "绿色的那款十五元。"):
        assert not is_automatic(f"{text} {own}")
        assert not is_automatic(f"{own}\n{text}")


def test_whoever_answers_last_answers_the_question() -> None:
    said = (
        Message("1", "customer", "Is the lamp in stock?"),
        Message("2", "agent", "We have received your message and will reply within 24 hours."),
        Message("3", "agent", "Yes, twelve of them."),
        Message("4", "customer", "可以寄到香港吗？"),
        Message("5", "agent", "您好，已收到您的留言，我们会尽快与您联系。"),
    )
    told = Conversation("c", said)
    assert [turn.role for turn in utterances(told)] == ["customer", "bot", "agent", "customer", "bot"]
    [ticket] = mine(told)
    assert (ticket.question, ticket.answer) == ("Is the lamp in stock?", "Yes, twelve of them.")


def test_what_a_bot_asks_back_is_passed_over() -> None:
    said = (
        Message("1", "customer", "Is the lamp in stock?"),
        Message("2", "bot", "Which lamp do you mean?"),
        Message("3", "agent", "Hello, Ada here."),
    )
    assert [(t.question, t.answer) for t in mine(Conversation("c", said))] == [
        ("Is the lamp in stock?", "Hello, Ada here.")
    ]


@pytest.mark.parametrize(
    "text", ["please wait " * 120, "a" * 1400 + " automatic", "请" * 1400 + "稍候", "your feedback " * 100]
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    is_automatic(text)
    assert time.process_time() - began < 1
