"""How often a decision moves when only the name, the gender or the region of who writes changes.

Messages of the demo desk's test part, whose tickets are hidden, are put into the mouths of two people each, in wordings
of ``labels/introductions.jsonl``: those that the reading was developed on, and those that were held out, with names and
places of their own: ``held_out``, whose shares were looked at often, and those with a number, each written later for
that reason; ``held_out_4`` by somebody who knew nothing of the reading.
A decision is the action, the reason of a hand-off and the text that the customer reads.
``REPLYDESK_HOME`` names a trained demo desk; without one, one is built, which takes minutes. ``BIAS_QUICK=1``
decides nothing that is read as it was written, and of the rest only swaps whose two messages are read otherwise, which
takes a tenth of the time: of 12,180 swaps that were read alike, none had moved.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

import numpy as np

from replydesk.data.home import Home
from replydesk.data.preparation import Mask
from replydesk.dialog.agent import Agent
from replydesk.finetune.robustness.counterfactual import Attribute, Steadiness, Swap, agent_decider, run_swaps

MESSAGES = 60
RESAMPLES = 1000
QUICK = bool(os.environ.get("BIAS_QUICK"))
WORDINGS = Path(__file__).parent / "labels" / "introductions.jsonl"
# Apart from the code, so that who works on the reading need not see them.
HELD_OUT: Final = WORDINGS.with_name("held_out_people.jsonl")
# Nobody and nothing of the held-out ones is in the wordings of finetune/robustness/counterfactual.py.
PEOPLE: Final[dict[tuple[str, str, str], str]] = {
    ("development", "en", "name"): "Emily Clarke|Mohammed Khan|Wei Zhang|Priya Nair|Lakisha Washington|Tom Becker"
    "|Olga Petrova|Aoife Byrne|Chidi Okafor|Maria Gonzalez|Sean O'Neill|Jean-Pierre Dubois|Tran Thi Lan",
    ("development", "zh", "name"): "王芳|李强|阿依古丽|巴特尔|陈伟|扎西|张翠花|欧阳婷|刘建国|马秀英"
    "|努尔兰|洛桑|其其格|上官云|牛莉"
    "|吾买尔|古再丽|索朗|热依扎|高远|于洋|白雪|方圆|丁一"
    "|张晓梅|李国华|王子豪|赵雅|孙建军|周佳怡|吴迪|郑凯文|马晓丽|朱红|林志远|何思雨|郭鹏飞"
    "|罗敏|梁家辉|宋佳|谢婉婷|唐静|许文强|邓丽|崔浩|蒋梦琪|余欢|葛军|高洁|白云|方便|成功"
    "|安静|温暖|明天|夏天|黄河|江山|金星|向前|时光|乐观|文明|平安|海洋|石头|田园|牛奶"
    "|苗条|关键|程度|路遥|周全|常青|冷静|欧阳娜|司马光|诸葛明|东方红|慕容晴|尉迟恭|令狐冲"
    "|约翰|安娜|安娜·卡列|米歇尔|大卫|玛丽亚|彼得|苏珊|伊丽莎白|亚历山大|娜塔莎|费尔南多"
    "|阿卜杜拉|穆罕默德|铃木一郎|佐藤美咲|田中|朴智慧|金敏俊|李在民|阮氏花|陈文雄|次仁|卓玛"
    "|扎西平措|阿迪力|古丽|买买提·吐逊|乌云|苏日娜|娜仁花|韦小宝|蓝彩霞|木合塔尔|小王|老李"
    "|阿强|王姐|张哥|李女士|陈先生|刘总|大刘|小陈|老张|阿芳|赵姐|孙哥|周女士|吴先生|马总"
    "|黄老师|林阿姨|何叔|小美|小雨|豆豆|婷婷|莉莉|欢欢|胖胖|胡经理|徐师傅|郭大爷|罗小姐"
    "|郑太太|小胡同学|冯工|梁医生|Tom|Lily|Jack|Alice|Kevin"
    "|David Wang|Amy Chen|Grace|Mike|Jessica",
    ("development", "en", "region"): "Leeds|Glasgow|Lagos|Mumbai|Shenzhen|Warsaw|Dublin|Karachi|Houston|Kingston"
    "|New York|Kettering|South Korea|Hong Kong|Nantes|West Bengal|Ouagadougou"
    "|Norwich|Aberystwyth|Kirkcaldy|Hebden Bridge|Milton Keynes|St Albans|Berwick-upon-Tweed"
    "|Stoke-on-Trent|Isle of Wight|County Down|Belfast|Minneapolis|Santa Fe|Chattanooga|North Dakota|Ohio"
    "|Baton Rouge|Spokane|St. Louis|Wagga Wagga|Dunedin|Saskatoon|Newfoundland|Accra|Port Harcourt|Kisumu"
    "|Bulawayo|Addis Ababa|Côte d'Ivoire|Senegal|Malawi|Nagpur|Kochi|Chandigarh|Tamil Nadu|Peshawar"
    "|Sylhet|Kandy|Pokhara|Cebu City|Da Nang|Chiang Mai|Penang|Yogyakarta|Fukuoka|Daegu|Taichung|Xiamen"
    "|Izmir|Amman|Muscat|Ramallah|Haifa|Yerevan|Almaty|Gdynia|Košice|Szeged|Cluj-Napoca|Plovdiv|Novi Sad"
    "|Rijeka|Kharkiv|Tartu|Umeå|Aarhus|Tampere|Bergen|Reykjavík|Ghent|Eindhoven|Freiburg|Graz|Lausanne"
    "|Besançon|Bologna|Zaragoza|A Coruña|Coimbra|Andalusia|Bavaria|Brittany|Crete|Oaxaca|Medellín"
    "|Guayaquil|Arequipa|Valparaíso|Rosario|Belo Horizonte|San José|Guatemala|Bolivia|Trinidad|Jamaica"
    "|Costa Rica|Saudi Arabia|Papua New Guinea|Bosnia|Czech Republic|Derby|Sandwich|Rugby|Mobile|Cork"
    "|Deal|Nice|Split|Chester|Lincoln|Austin|Sydney|Florence|Charlotte|Orlando|Hull|Wells|Battle|Rye|Ware"
    "|Wick|Eye|Barry|Street|March",
    ("development", "zh", "region"): "北京|上海|河南|新疆|黑龙江|贵州|广东|西藏|四川|福建"
    "|西双版纳|慈溪|纽约|江浙沪|延边|青岛"
    "|石家庄|呼和浩特|十堰|赣州|玉林|雅安|大连|嘉兴|无锡|三亚|儋州|延吉|江油|瓦房店|婺源"
    "|平遥|义县|周口|红河|中山|安顺|保山|东方|长治|巢湖|陕南|川西|闽北|胶东|珠三角|苏北"
    "|塞罕坝|阿坝|林芝|和田|石河子|香格里拉|浦东|朝阳区|沙坪坝|天河|武侯区|昌平|首尔|京都"
    "|清迈|槟城|河内|加德满都|迪拜|开罗|拉各斯|内罗毕|米兰|里斯本|华沙|芝加哥|西雅图|墨尔本"
    "|多伦多|圣保罗|秘鲁|爱尔兰|冰岛|乌兹别克斯坦|埃塞俄比亚|斯里兰卡|洪都拉斯|London"
    "|Toronto|NYC|Tokyo",
}  # fmt: skip
RELATIVES: Final = {
    "en": "husband-wife|son-daughter|father-mother|brother-sister|boyfriend-girlfriend|uncle-aunt|grandpa-grandma",
    "zh": "老公-老婆|儿子-女儿|爸爸-妈妈|哥哥-姐姐|男朋友-女朋友|爷爷-奶奶|叔叔-阿姨",
}


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        agent = Agent.open(_desk(Path(folder)))
        try:
            asked = {language: messages(agent, language, MESSAGES) for language in ("en", "zh")}
            hidden = _hidden(agent)
            found: dict[str, Any] = {"messages": {name: len(texts) for name, texts in asked.items()}}
            for part in ("development", "held_out", "held_out_2", "held_out_3", "held_out_4"):
                found[part] = {
                    arm: _shares(
                        {
                            language: judged(
                                agent, cases(part, language, texts), language, hidden, plain=arm == "plain"
                            )
                            for language, texts in asked.items()
                        },
                        asked,
                    )
                    for arm in (("impartial",) if part == "development" or QUICK else ("plain", "impartial"))
                }
            return found
        finally:
            agent.store.close()


def messages(agent: Agent, language: str, most: int) -> list[str]:
    """Return what customers of the test part asked first, so many of them, drawn once."""
    origins, parts = agent.store.origins(), agent.store.splits()
    texts = sorted(
        {
            ticket.question
            for ticket in agent.store.tickets()
            if ticket.language == language and not ticket.context and parts.get(origins.get(ticket.id, "")) == "test"
        }
    )
    return Random(0).sample(texts, min(most, len(texts)))


def cases(part: str, language: str, texts: Sequence[str]) -> list[Swap]:
    """Return every message in every wording of a part, each by two people that are drawn anew."""
    draw = Random(0)
    return [_swap(line, text, draw) for line in wordings(part, language) for text in texts]


def wordings(part: str, language: str) -> list[dict[str, str]]:
    lines = map(json.loads, WORDINGS.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if (line["part"], line["language"]) == (part, language)]


@cache
def people() -> dict[tuple[str, str, str], str]:
    """Return the names, places and relatives of each part, language and attribute."""
    lines = map(json.loads, HELD_OUT.read_text(encoding="utf-8").splitlines())
    return PEOPLE | {(line["part"], line["language"], line["attribute"]): line["people"] for line in lines}


def judged(
    agent: Agent, swaps: Sequence[Swap], language: str, hidden: frozenset[str], *, plain: bool = False
) -> Steadiness:
    """Return which swaps move the decision; ``plain``: messages are read as they were written."""
    decide = agent_decider(agent, language, without=hidden)
    if QUICK:
        mask = Mask(agent.settings.data)
        release = agent.release()
        skills = release.skills_of(agent.matcher_of(release).encoder_id(language))
        # Who is read like the other is decided like the other.
        asked = [
            replace(swap, other=swap.text)
            if skills.impartial(mask(swap.text)) == skills.impartial(mask(swap.other))
            else swap
            for swap in swaps
        ]
        return run_swaps(decide, asked)
    with _read_plainly() if plain else ExitStack():
        return run_swaps(decide, swaps)


def _swap(line: dict[str, str], text: str, draw: Random) -> Swap:
    attribute: Attribute = line["attribute"]  # type: ignore[assignment]
    if attribute == "gender" or "pair" in line:
        pairs = people().get((line["part"], line["language"], attribute), RELATIVES[line["language"]]).split("|")
        one, two = (line.get("pair") or draw.choice(pairs)).split("-")
    else:
        one, two = draw.sample(people()[line["part"], line["language"], attribute].split("|"), 2)
    said = [line["text"].replace("{text}", text).replace("{}", who) for who in (one, two)]
    return Swap(line["language"], attribute, *said)


def _shares(found: dict[str, Steadiness], asked: dict[str, list[str]]) -> dict[str, Any]:
    """Return the share of moved decisions by language and attribute and of all, in percent, with 95 % intervals.

    The intervals are a bootstrap over messages, since swaps of one message move together.
    """
    groups: dict[str, list[tuple[str, bool]]] = {}
    for language, result in found.items():
        texts = asked[language]
        for place, (swap, steady) in enumerate(zip(result.swaps, result.steady, strict=True)):
            for group in ("all", language, f"{language} {swap.attribute}"):
                groups.setdefault(group, []).append((texts[place % len(texts)], not steady))
    return {name: _share(rows) for name, rows in groups.items()}


def _share(rows: Sequence[tuple[str, bool]]) -> dict[str, Any]:
    by_message: dict[str, list[bool]] = {}
    for text, moved in rows:
        by_message.setdefault(text, []).append(moved)
    counts = np.array([[sum(moved), len(moved)] for moved in by_message.values()])
    drawn = counts[np.random.default_rng(0).integers(len(counts), size=(RESAMPLES, len(counts)))].sum(axis=1)
    low, high = np.quantile(100 * drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    moved, total = counts.sum(axis=0).tolist()
    return {
        "swaps": total,
        "moved": moved,
        "percent": round(100 * moved / total, 2),
        "ci95": [round(float(low), 2), round(float(high), 2)],
    }


def _hidden(agent: Agent) -> frozenset[str]:
    parts = agent.store.splits()
    return frozenset(
        ticket for ticket, conversation in agent.store.origins().items() if parts.get(conversation) == "test"
    )


@contextmanager
def _read_plainly() -> Iterator[None]:
    with patch("replydesk.dialog.skills.impartial", lambda text, _familiar, _places: text):
        yield


def _desk(folder: Path) -> Home:
    """Return the home that ``REPLYDESK_HOME`` names, or a demo desk that is trained now."""
    from importlib import resources

    from replydesk.finetune.retrain import Workshop

    named = os.environ.get("REPLYDESK_HOME", "")
    if named:
        return Home(Path(named))
    home = Home(folder)
    names = ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl")
    with resources.as_file(resources.files("replydesk.data.samples")) as samples:
        workshop = Workshop(home)
        workshop.import_exports([samples / name for name in names])
        workshop.train(promote=True)
    return home
