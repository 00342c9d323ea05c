"""Messages with a sentiment, and messages with topics, in English and Chinese, written for tests."""

from __future__ import annotations

MOODS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "negative": ("I hate {}", "{} is a disaster", "such an awful {}", "{} ruined my week", "never again {}"),
        "neutral": ("a question about {}", "please tell me about {}", "I write about {}", "{}, which one is it"),
        "positive": ("I adore {}", "{} made my day", "such a wonderful {}", "thank you so much for {}", "{} is a joy"),
    },
    "zh": {
        "negative": ("{}太差了", "{}让人生气", "讨厌{}", "{}糟透了", "再也不要{}"),
        "neutral": ("想问一下{}", "请介绍{}", "关于{}的事", "{}是哪一个"),
        "positive": ("{}太棒了", "喜欢{}", "{}真不错", "非常感谢{}", "{}让人开心"),
    },
}
THINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "delivery": ("the parcel", "my delivery", "the courier"),
        "payment": ("the refund", "my invoice", "the card payment"),
        "product": ("the lamp", "this mug", "the blue bowl"),
    },
    "zh": {
        "delivery": ("快递", "物流", "包裹"),
        "payment": ("退款", "发票", "付款"),
        "product": ("台灯", "杯子", "蓝色的碗"),
    },
}


def moods(*languages: str) -> list[tuple[str, str]]:
    """Return texts with their sentiment: each way to say it, of each thing."""
    return [
        (way.format(thing), mood)
        for language in languages
        for mood, ways in MOODS[language].items()
        for way in ways
        for things in THINGS[language].values()
        for thing in things
    ]


def topics(*languages: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return texts with one topic, with two and with none."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for language in languages:
        joint = "，还有" if language == "zh" else " and also "
        ways = [way for some in MOODS[language].values() for way in some[:2]]
        things = [(topic, thing) for topic, some in THINGS[language].items() for thing in some]
        for place, (topic, thing) in enumerate(things):
            other, another = things[(place + 3) % len(things)]
            for number, way in enumerate(ways):
                found.append((way.format(thing), (topic,)))
                said = f"{way.format(thing)}{joint}{ways[(number + 1) % len(ways)].format(another)}"
                found.append((said, tuple(sorted({topic, other}))))
        found += [(way.format("星期一" if language == "zh" else "monday"), ()) for way in ways]
    return found
