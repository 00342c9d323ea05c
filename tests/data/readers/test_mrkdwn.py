from __future__ import annotations

import pytest

from replydesk.data.readers.mrkdwn import resolved


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@U1> and <@U2|bo> and <@U3>", "@mei and @bo and @U3"),
        ("<#C1> <#C2|returns> <#C3>", "#support #returns #C3"),
        ("<!here> <!channel> <!everyone|everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@night-shift> <!subteam^S2>", "@night-shift @S2"),
        ("<!date^1392734382^{date}|Feb 18, 2014>", "Feb 18, 2014"),
        ("见 <https://shop.example/r|退货说明>。", "见 退货说明 (https://shop.example/r)。"),
        ("<https://shop.example/>", "https://shop.example/"),
        ("<https://shop.example/|shop.example>", "https://shop.example/"),
        ("<http://shop.example|shop.example>", "http://shop.example"),
        ("<mailto:a@shop.example|a@shop.example>", "a@shop.example"),
        ("<mailto:a@shop.example|write us>", "write us (a@shop.example)"),
        ("<tel:+4930123|030123>", "030123 (+4930123)"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;", "1 < 2 && 3 > 2 &lt;"),
        ("&lt;@U1&gt; *bold* :smile:", "<@U1> *bold* :smile:"),
    ],
)
def test_references_are_resolved(written: str, read: str) -> None:
    assert resolved(written, {"U1": "mei"}, {"C1": "support"}) == read
