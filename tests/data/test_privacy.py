"""What identifies a person is masked in both languages; what only looks like it is not."""

from __future__ import annotations

import doctest
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from replydesk.data.errors import RequestError
from replydesk.data.privacy import Kind, Masker, Span, find
from replydesk.data.privacy import masker as module

PLACEHOLDER = re.compile(r"<[A-Z]+_\d+>")


def digits(text: str) -> str:
    return "".join(re.findall(r"\d", PLACEHOLDER.sub("", text)))


def longest_run(text: str) -> int:
    return max(map(len, re.findall(r"\d+", PLACEHOLDER.sub(" ", text))), default=0)


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(module).failed == 0


MASKED = [
    ("Mail Mei.Lin+shop@Example.co.uk.", "Mail <EMAIL_1>."),
    ("邮箱是mei@example.com，谢谢", "邮箱是<EMAIL_1>，谢谢"),
    ("邮箱：mei＠example．com", "邮箱：<EMAIL_1>"),
    ("<mei@example.com>", "<<EMAIL_1>>"),
    ("...mei@example.com", "...<EMAIL_1>"),
    ("我的QQ邮箱1234567@qq.com", "我的QQ邮箱<EMAIL_1>"),
    ("https://a.com/?e=mei@example.com&p=13800138000", "https://a.com/?e=<EMAIL_1>&p=<PHONE_1>"),
    ("call 020 7946 0958 now", "call <PHONE_1> now"),
    ("0207 946 0958", "<PHONE_1>"),
    ("(0161) 496 0000", "<PHONE_1>"),
    ("my number is 07700 900123", "my number is <PHONE_1>"),
    ("+44 (0)7911 123456", "<PHONE_1>"),
    ("0044 7911 123456", "<PHONE_1>"),
    ("on 5/6/2024, 07911 123456", "on 5/6/2024, <PHONE_1>"),
    ("I need 2 07911 123456", "I need 2 <PHONE_1>"),
    ("415-555-2671", "<PHONE_1>"),
    ("(212) 555-0123 ext. 12", "<PHONE_1>"),
    ("+1 (415) 555 2671", "<PHONE_1>"),
    ("1-800-555-0199", "<PHONE_1>"),
    ("+1(818)930-5703", "<PHONE_1>"),
    ("ask them (01723 500693)", "ask them (<PHONE_1>)"),
    ("call me at 4155552671", "call me at <PHONE_1>"),
    ("please call 9574008368 they", "please call <PHONE_1> they"),
    ("+49 30 901820", "<PHONE_1>"),
    ("https://wa.me/447911123456", "https://wa.me/<PHONE_1>"),
    ("电话13800138000谢谢", "电话<PHONE_1>谢谢"),
    ("138 0013 8000", "<PHONE_1>"),
    ("138-0013-8000微信同号", "<PHONE_1>微信同号"),
    ("1380 013 8000", "<PHONE_1>"),
    ("+86 138 0013 8000", "<PHONE_1>"),
    ("(+86)13800138000", "<PHONE_1>"),
    ("手机号码１３８００１３８０００。", "手机号码<PHONE_1>。"),
    ("①13800138000", "①<PHONE_1>"),
    ("tel13800138000", "tel<PHONE_1>"),
    ("13800138000/13900139000", "<PHONE_1>/<PHONE_2>"),
    ("座机0755 8888 8888", "座机<PHONE_1>"),
    ("电话是010-12345678。", "电话是<PHONE_1>。"),
    ("电话是65686553、65673663。", "电话是<PHONE_1>、<PHONE_2>。"),
    # A number that begins with a country's code goes whole, and so does the extension behind any.
    ("call +44 800 123 4567 please", "call <PHONE_1> please"),
    ("+44 (0) 7700 900123", "<PHONE_1>"),
    ("0044 7700 900123", "<PHONE_1>"),
    ("+44(0)8001234567 or 0044 800 123 4567", "<PHONE_1> or <PHONE_1>"),
    ("+1 800 555 0199, +49 800 1234567", "<PHONE_1>, <PHONE_2>"),
    ("+1 212 555 0147 x34 or 020 7946 0958 ext. 12", "<PHONE_1> or <PHONE_2>"),
    ("+44 7700 900123 07700 900124", "<PHONE_1> <PHONE_2>"),
    ("请打+86 021 6123 4567", "请打<PHONE_1>"),
    ("+86-400-820-8820和0086 400 820 8820", "<PHONE_1>和<PHONE_1>"),
    ("+86 755 2612 3456-801，或010-87654321转802", "<PHONE_1>，或<PHONE_2>"),
    ("客服400-820-8820转1，分机是什么", "客服<PHONE_1>，分机是什么"),
    ("客服4008208820", "客服<PHONE_1>"),
    ("card 4111 1111 1111 1111 12/26 123", "card <CARD_1> 12/26 123"),
    ("5555-5555-5555-4444", "<CARD_1>"),
    ("卡号4242424242424242，", "卡号<CARD_1>，"),
    ("３７８２ ８２２４６３ １０００５", "<CARD_1>"),
    ("2024 4111 1111 1111 1111", "2024 <CARD_1>"),
    ("GB29 NWBK 6016 1331 9268 19 please", "<IBAN_1> please"),
    ("账号DE89370400440532013000。", "账号<IBAN_1>。"),
    ("gb82west12345698765432", "<IBAN_1>"),
    ("身份证110101199003077758", "身份证<ID_1>"),
    ("身份证11010519491231002X，", "身份证<ID_1>，"),
    ("身份证110105 19491231 002x", "身份证<ID_1>"),
    ("SSN 536-90-4399", "SSN <ID_1>"),
    ("QQ 12 34 56 C", "<ID_1>"),
    ("AB123456C", "<ID_1>"),
    ("my ni number is ab123456c", "my ni number is <ID_1>"),
    ("my ssn is 536904399", "my ssn is <ID_1>"),
    ("护照E12345678", "护照<PASSPORT_1>"),
    ("Chinese passport EJ1234567", "Chinese passport <PASSPORT_1>"),
    ("passport number 925076473, thanks", "passport number <PASSPORT_1>, thanks"),
    ("sort code 20-45-77 account 83649120", "sort code <ACCOUNT_1> account <ACCOUNT_2>"),
    ("微信号：liming_1990，QQ：123456789", "微信号：<ACCOUNT_1>，QQ：<ACCOUNT_2>"),
    ("银行账号：110060149012345678901", "银行账号：<ACCOUNT_1>"),
    ("DOB: 12/03/1985", "DOB: <BIRTHDATE_1>"),
    ("生日是1990年3月12日，有礼物吗", "生日是<BIRTHDATE_1>，有礼物吗"),
    ("车牌粤B12345，停车", "车牌<PLATE_1>，停车"),
    ("blocked from 203.0.113.42.", "blocked from <IP_1>."),
    ("2001:db8:85a3::8a2e:370:7334 is down", "<IP_1> is down"),
    ("https://a.example/reset?token=9f8c2b71aa04&x=1", "https://a.example/reset?token=<TOKEN_1>&x=1"),
    ("https://a.example/invite/Zx8Qw2Lk9PvT4nB7 expired", "https://a.example/invite/<TOKEN_1> expired"),
    ("my password is Winter2024!", "my password is <TOKEN_1>"),
    ("Hi John, thanks", "Hi <NAME_1>, thanks"),
    ("Dear Ms Smith", "Dear Ms <NAME_1>"),
    ("Hi，Tom", "Hi，<NAME_1>"),
    ("Hello,Emma here. My lamp broke", "Hello,<NAME_1> here. My lamp broke"),
    ("Hi 高橋さん、", "Hi <NAME_1>さん、"),
    ("Bye!\n\nRegards,\nEmma Brown", "Bye!\n\nRegards,\n<NAME_1>"),
    ("my name is sergio ramos", "my name is <NAME_1>"),
    ("Hi, this is Priya from billing", "Hi, this is <NAME_1> from billing"),
    ("Hi John, Mary and Pete,", "Hi <NAME_1>, <NAME_2> and <NAME_3>,"),
    ("Anna Lee: hello. I am Anna Lee.", "<NAME_1>: hello. I am <NAME_1>."),
    ("亲爱的王女士，您好", "亲爱的<NAME_1>女士，您好"),
    ("王先生您好", "<NAME_1>先生您好"),
    ("我叫李明，我是张伟的同事", "我叫<NAME_1>，我是<NAME_2>的同事"),
    ("收件人：陈静", "收件人：<NAME_1>"),
    ("此致\n敬礼\n李雷", "此致\n敬礼\n<NAME_1>"),
    ("@张伟 看一下", "@<NAME_1> 看一下"),
    ("I live at 14 Rosemary Lane, Exeter EX4 3PQ.", "I live at <ADDRESS_1>."),
    ("Ship to 1600 Maple Avenue, Apt 4C, Springfield, IL 62704", "Ship to <ADDRESS_1>"),
    ("P.O. Box 1182, Flagstaff, AZ 86002", "<ADDRESS_1>"),
    ("Do you deliver to SW1A 1AA?", "Do you deliver to <ADDRESS_1>?"),
    ("收货地址：浙江省杭州市西湖区文三路398号3栋2单元501室，谢谢", "收货地址：<ADDRESS_1>，谢谢"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert Masker().mask(text) == masked


LEFT = [
    *("order TW-204817", "订单TW-204817到哪了", "SG4839201756", "运单SG4839201756", "圆通YT1234567890123"),
    *("1Z999AA10123456784", "9400 1000 0000 0000 0000 00", "快递单号773012345678901", "4839201756"),
    *("tracking 1234567890123456", "4111111111111112", "order 4155552671", "订单号13800138000"),
    *("order number 4111111111111111", "order number: 415-555-2671", "订单编号：4111111111111111"),
    *("£1,299.00", "$1,234,567.89", "¥13,800,138,000", "￥5999.00", "人均消费500-1000元", "一共1234567元"),
    *("2024-01-05 10:30", "05-01-2024 10:30:22", "05/01/2024", "2024年1月5日", "20240105103022", "05012024"),
    *("营业时间9:00-21:00", "非营业时段2018-02-14至2018-02-20", "10:30", "7-10 days", "in 2023 and 2024"),
    *(
        "version 11.1.2",
        "v2.10.1233456",
        "firmware 10.0.4.12",
        "固件版本 2.10.14.3",
        "node@18.2.1",
        "logo@2x.png",
        "3 kg @ 5.99",
    ),
    *("SKU-415-555-2671", "sku 415-555-2671", "DPCI 030-02-8711", "SE-1720-8", "ISBN 978-0-306-40615-7"),
    *("error E-412", "error 0x80070005", "错误代码E-412", "update KB4043961", "IMEI 356938035643809"),
    *(
        "iPhone 15 128GB",
        "2 x 10 30 60 100 200",
        "买了3件，退2件",
        "90210",
        "90210-1234",
        "100000",
    ),
    *("@AppleSupport hi", "@115712 1/2 Sorry", "at 10 20 30 a day", "ab123456c", "1234567890123456"),
    *("110101199003077751", "000-12-3456", "123-4567890-1234567", "订单408-1929729-8238743"),
    *("https://item.jd.com/100012043978.html", "https://x.com/i/07911123456", "10086", "95588", "12315"),
    *("open 192.168.1.1", "127.0.0.1:8080", "DNS 8.8.8.8", "255.255.255.0", "ratio 16:9", "std::vector", "foo::bar"),
    *("https://a.example/help/returns?page=2&q=token+ring", "https://youtu.be/dQw4w9WgXcQ", "code=blue"),
    *(
        "Hi Apple Support, help",
        "Hi 金額が違います",
        "Hi 何時に届きますか？",
        "Hi、注文がまだ届きません",
        "Hi,my order is late",
        "Hi，Order number 5",
        "Dear Sir,",
        "Hi team",
        "Hi there!",
        "Hello Amazon, why",
        "Hello Kitty mug",
        "Dr Pepper, 6 cans",
    ),
    *(
        "Thanks, Monday works.",
        "Thanks for the reply",
        "My name is wrong on it.",
        "I am Happy to wait",
        "This is Black Friday",
    ),
    *(
        "亲，在吗",
        "您好",
        "客服您好",
        "亲爱的顾客，",
        "先生您好",
        "我是新用户，",
        "我是金卡会员",
        "我叫了外卖",
        "老师傅手艺真好",
        "收件人可以换吗",
    ),
    *(
        "the 24 Hour Drive",
        "2 TB Drive",
        "3 Way Switch",
        "our Oxford Street store",
        "12 hours on the road",
        "Paris, TX",
    ),
    *(
        "北京市有门店吗",
        "南京路店几点关门",
        "3楼餐饮区",
        "在路上5天了",
        "8号线换2号线",
        "5号之前能到吗",
        "地址：见订单",
    ),
    *(
        "passport covers",
        "my account is locked",
        "birthday cake for 12 people",
        "Born to Run, 1975",
        "sort order 10-20-30",
    ),
    *(
        "+12,000,000",
        "+999 123 456",
        "up by +44 800 units",
        "+5 degrees",
        "2 + 2 000 000",
        "",
        "Thanks!",
        "谢谢",
        "<PHONE_1>",
        "<EMAIL_12>和<CARD_2>",
    ),
]


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_alike_is_left(text: str) -> None:
    assert Masker().mask(text) == text
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("order TW-204817!", "order <ORDER_1>!"),
        ("订单TW-204817到哪了", "订单<ORDER_1>到哪了"),
        ("订单号：20240105123456。", "订单号：<ORDER_1>。"),
        ("订单20240105123456", "订单<ORDER_1>"),
        ("order number 20240105123456", "order number <ORDER_1>"),
        ("order #20240105123456", "order #<ORDER_1>"),
        ("E-412 and SG4839201756", "E-412 and SG4839201756"),
        ("订单TW-204817，电话13800138000", "订单<ORDER_1>，电话<PHONE_1>"),
    ],
)
def test_order_numbers_are_masked_on_request(text: str, masked: str) -> None:
    assert Masker(order_numbers=True).mask(text) == masked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mei@example.com", "Mei@Example.COM"),
        ("07911 123456", "+44 7911 123456"),
        ("07700 900123", "+447700900123"),
        ("(415) 555-2671", "+1 415 555 2671"),
        ("call 4155552671", "call (415) 555-2671"),
        ("电话13800138000", "电话+86 138-0013-8000"),
        ("电话010-12345678", "电话+86 10 1234 5678"),
        ("4111 1111 1111 1111", "４１１１111111111111"),
        ("GB29 NWBK 6016 1331 9268 19", "gb29nwbk60161331926819"),
        ("11010519491231002X", "110105 19491231 002x"),
        ("AB 12 34 56 C", "AB123456C"),
    ],
)
def test_one_value_has_one_placeholder_in_a_conversation(one: str, other: str) -> None:
    masker = Masker()
    first, again = PLACEHOLDER.findall(masker.mask(one)), PLACEHOLDER.findall(masker.mask(other))
    assert first == again != []
    third = masker.mask("a@b.org, 07911 654321, 4242424242424242, DE89370400440532013000, 536-90-4399")
    assert PLACEHOLDER.findall(third).count(first[0]) == 0


def test_a_standing_placeholder_keeps_its_number() -> None:
    masker = Masker()
    assert masker.mask("<PHONE_1>或13800138000") == "<PHONE_1>或<PHONE_2>"
    assert masker.mask("<PHONE_3> 13900139000 13800138000") == "<PHONE_3> <PHONE_4> <PHONE_2>"
    assert masker.mask("<PHONE_13700137000>") == "<PHONE_<PHONE_5>>"
    assert Masker().mask("mei@example.com") == "<EMAIL_1>"


def test_find_says_where_in_the_original() -> None:
    text = "邮箱mei＠example.com，电话１３８００１３８０００，卡4242 4242 4242 4242"
    spans = find(text)
    assert spans == [Span(2, 17, "EMAIL"), Span(20, 31, "PHONE"), Span(33, 52, "CARD")]
    assert [text[span.start : span.end] for span in spans][1] == "１３８００１３８０００"
    assert Masker().find(text) == spans


def test_region_decides_on_national_numbers() -> None:
    assert find("Tel. 030 901820", "DE") == [Span(5, 15, "PHONE")]
    assert Masker("de").mask("030 901820") == "<PHONE_1>"
    with pytest.raises(RequestError, match="Unknown region"):
        Masker("UK")
    with pytest.raises(RequestError, match="Unknown region"):
        find("hello", "")


SIXTEEN = st.integers(10**13, 10**14 - 1).map(lambda n: (body := f"4{n}") + luhn.calc_check_digit(body))
RESIDENT = (
    st.tuples(st.dates(), st.integers(0, 999))
    .filter(lambda t: 1900 <= t[0].year <= 2099)
    .map(lambda t: (body := f"110101{t[0]:%Y%m%d}{t[1]:03}") + ric.calc_check_digit(body + "0"))
)
MOBILE = st.integers(0, 10**9 - 1).map(lambda n: f"13{n:09}")
VALUES: st.SearchStrategy[tuple[Kind, str]] = st.one_of(
    st.tuples(st.just("CARD"), SIXTEEN),
    st.tuples(st.just("CARD"), SIXTEEN.map(lambda n: " ".join(re.findall("....", n)))),
    st.tuples(st.just("ID"), RESIDENT),
    st.tuples(st.just("PHONE"), MOBILE),
    st.tuples(st.just("PHONE"), MOBILE.map(lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}")),
    st.tuples(st.just("PHONE"), st.integers(0, 999).map(lambda n: f"07700 900{n:03}")),
    st.tuples(
        st.just("EMAIL"),
        st.from_regex(r"[a-z][a-z0-9._]{0,8}[a-z0-9]@[a-z]{2,6}\.(com|org|cn)", fullmatch=True),
    ),
)
BEFORE = st.sampled_from(["", "请联系", "我是", "please write to ", "（", "Hello, ", "\n", "😀"])
AFTER = st.sampled_from(["", "谢谢", "，多谢", ", thanks", " please", "）", "\n", "😀", "."])
NOISE = st.text(alphabet="0123456789 -+().@/:<>aXé订单号电话PHONE_１＠\n", max_size=60)


@settings(database=None, deadline=None, max_examples=100)
@given(st.lists(st.tuples(BEFORE, VALUES, AFTER), min_size=1, max_size=4))
def test_no_digits_of_a_masked_value_survive(parts: list[tuple[str, tuple[Kind, str], str]]) -> None:
    text = "。".join(f"{before}{value}{after}" for before, (_, value), after in parts)
    masked = Masker().mask(text)
    assert [span.kind for span in find(text)] == [kind for _, (kind, _), _ in parts]
    assert digits(masked) == ""
    assert not any(value in masked for _, (_, value), _ in parts)


@settings(database=None, deadline=None, max_examples=250)
@given(st.one_of(NOISE, st.text(max_size=40)), st.booleans())
def test_masking_twice_changes_nothing(text: str, order_numbers: bool) -> None:
    masker = Masker(order_numbers=order_numbers)
    masked = masker.mask(text)
    assert masker.mask(masked) == masked
    assert Masker(order_numbers=order_numbers).mask(masked) == masked
    assert longest_run(masked) <= longest_run(text)


PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "Hi ",
                "Dear Mr ",
                "John",
                "Emma Brown",
                "Regards,\n",
                "thanks ",
                "my name is ",
                "and ",
                ", ",
                ".",
                "\n",
                " ",
                "@",
                "- ",
                ": ",
            ),
            *(
                "王",
                "李雷",
                "先生",
                "您好",
                "我叫",
                "我是",
                "收件人：",
                "快递员",
                "客服",
                "小美",
                "为您服务",
                "敬上",
                "姓",
                "——",
                "，",
                "收",
            ),
            *(
                "14 High Street",
                "Leeds",
                "LS1 4AP",
                "Flat 3, ",
                "北京市",
                "朝阳区",
                "建国路",
                "88号",
                "3栋",
                "501",
                "地址：",
                "邮编100000",
            ),
            *(
                "https://a.b/reset/",
                "?token=",
                "9f8c2b71aa04",
                "203.0.113.9",
                "passport ",
                "E12345678",
                "生日",
                "1990年3月12日",
                "<NAME_1>",
            ),
        ]
    ),
    max_size=12,
).map("".join)


@settings(database=None, deadline=None, max_examples=400)
@given(PIECES)
def test_masking_words_twice_changes_nothing(text: str) -> None:
    masked = Masker().mask(text)
    assert Masker().mask(masked) == masked
    spans = find(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges) and all(span.start < span.end for span in spans)
    assert all(text[span.start : span.end].strip() for span in spans)


@settings(database=None, deadline=None, max_examples=200)
@given(NOISE)
def test_spans_are_in_order_and_never_overlap(text: str) -> None:
    spans = find(text, order_numbers=True)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges) and len(set(edges[::2])) == len(spans)
    assert all(span.end > span.start for span in spans)


UNITS = [
    *(
        "a.a-a",
        "_-",
        "0",
        "1 2 ",
        "GB29",
        "+1 ",
        "Aa ",
        "Aa\n",
        "A. ",
        "Hi John ",
        "Hi Abcde, ",
        "Regards,\n",
        "my name is ",
    ),
    *(
        "王先生",
        "我叫",
        "我是王",
        "收件人：",
        "李雷，",
        "\n王伟",
        "@小",
        "中",
        "路1号",
        "北京市朝阳区",
        "地址：北京市朝阳区",
        "1号楼",
        "小区",
        "中山路",
    ),
    *(
        "12 High Street, ",
        "1 Aa ",
        "12 high ",
        "SW1A 1A",
        "Aa, CA 12345 ",
        "PO Box ",
        "Flat 1, ",
        "1 rue ",
        "Aastraße ",
    ),
    *(
        "http://a.b/",
        "http://a.b/?token=",
        "?a=b&",
        "www.",
        "eyJabcdef.",
        "1.2.3.4 ",
        "1:2:",
        ":",
        "born ",
        "passport number is ",
    ),
    *(
        "account number is ",
        "QQ",
        "微信",
        "sort code ",
        "ssn ",
        "粤B1",
        "password is ",
        "@",
        "<",
        "<NAME_1>",
        ", Anna",
        "1 3 8 0 0 ",
    ),
]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_time_grows_with_the_text_and_no_faster() -> None:
    def seconds(text: str) -> float:
        began = time.process_time()
        Masker().mask(text)
        return time.process_time() - began

    seconds("warm up 12 High Street 王先生 " * 100)
    slow = {}
    for unit in UNITS:
        short, long = ((unit * (size // len(unit) + 1))[:size] for size in (25_000, 100_000))
        # Four times the text, and the few seconds that a quadratic rule would take many of.
        spent, little = seconds(long), seconds(short)
        if spent > 0.5 + 10 * little:
            # Other work on the machine slows down one of the two: what is quadratic stays so.
            spent, little = min(spent, seconds(long), seconds(long)), max(little, seconds(short))
        if spent > 0.5 + 10 * little:
            slow[unit] = spent
    assert slow == {}
