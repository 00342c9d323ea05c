"""Failing: what says that an answer did not help, with a reason or without, and what only sounds like it."""

from __future__ import annotations

import time

import pytest

from replydesk.dialog.cues import is_thanks
from replydesk.dialog.failing import has_failed
from replydesk.dialog.state import State
from replydesk.dialog.turn import heard

SENT = State(topic="How do I remove a user?", asked="How do I remove a user?", sent=("t1",))

FAILED = """
did that already, still nothing
no that's wrong, there is no such button
nope still doesnt work
i already tried that twice, no luck
tried it, nothing happens
I don't see that option
that button is greyed out
can't find that page
still no internet
ok did it but it still doesn't work
I followed your steps and it made no difference
wrong, the page is not there
i restarted it already and still the same error
did all of that. still can't log in
不对，里面没有这个选项
还是不行啊，没用
按你说的做了，还是打不开
点了没反应
我找不到这个入口
页面上没看到你说的选项
已经重启过了，还是一样
那个按钮是灰的，点不了
你说的菜单我这里没有
设置里根本没有这一项
试了好几次都不行
""".strip().splitlines()
ELSE = """
that's wrong, I want to change my address
that's wrong, it's TW-204818
still waiting for my parcel
where is the button?
I can't log in
there is no water in my room
I can't find my invoice
I have no internet on my phone
nothing arrived yet
I don't have an order number
it works now
no, I meant the invoice
no, the red one
ok did that. now it shows error E502
no, the other order
还没收到货
我没有收到验证码
房间里没有热水
找不到我的订单
那个按钮在哪里？
没有了，谢谢
不是，我问的是发票
不，是红色的
试过了，现在显示错误E502
试过了，可以了
我看看
""".strip().splitlines()
THANKS = """
thx works now 👍
thanks, it works again
great, that fixed it
cheers mate, sorted
that did the trick 🎉
works like a charm, thank you so much
you're a lifesaver
awesome, thanks for the quick reply
ta very much
好嘞谢谢哈
搞定了👌谢谢
可以用了，谢谢
太棒了，终于能用了
辛苦了，已经解决了
哦哦知道了
恢复正常了，谢谢您
成功了！！谢谢
""".strip().splitlines()
NO_THANKS = """
thanks for nothing
thanks, and the refund?
it doesn't work now
works for my wife but not for me
is it working now?
great, now it is broken
it was working yesterday
谢谢，退款呢
可以了吗
能用了吗
我的问题还没解决
麻烦你们了，我的快递还没到
麻烦
help me
""".strip().splitlines()


@pytest.mark.parametrize("text", FAILED)
def test_an_answer_that_failed_is_heard_and_not_sent_again(text: str) -> None:
    assert has_failed(text)
    told = heard(text, SENT)
    assert (told.cue, told.state.failures, told.state.refused) == ("refused", 1, ("t1",))
    again = heard(text, State(topic="How?", asked=text + "!!1", failures=1))
    assert (again.cue, again.state.failures) == ("refused", 2)


@pytest.mark.parametrize("text", ELSE)
def test_what_only_sounds_like_it_is_another_matter(text: str) -> None:
    assert not has_failed(text)


@pytest.mark.parametrize("text", THANKS)
def test_thanks_in_any_dress_are_thanks(text: str) -> None:
    assert is_thanks(text)
    assert heard(text, SENT).cue == "thanks"


@pytest.mark.parametrize("text", NO_THANKS)
def test_what_only_has_their_words_is_none(text: str) -> None:
    assert not is_thanks(text)


@pytest.mark.parametrize("text", ["太好" * 60 + "x", "谢" * 150 + "x", "thanks a lot " * 11 + "zzz", "还是" * 70 + "x"])
def test_long_runs_of_these_words_take_no_time(text: str) -> None:
    began = time.perf_counter()
    is_thanks(text), has_failed(text)
    assert time.perf_counter() - began < 0.5
