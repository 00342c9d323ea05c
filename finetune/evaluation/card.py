"""The model card of an evaluation (Mitchell et al. 2019), in English and Chinese, written by the run itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from replydesk.finetune.evaluation.chinese import in_chinese
from replydesk.finetune.evaluation.levels import levels_card
from replydesk.finetune.evaluation.noise import noise_name

__all__ = ["card_en", "card_zh"]

_ROWS_EN = (
    ("accuracy", "Accuracy"),
    ("macro_f1", "Macro F1"),
    ("ece", "Calibration error (ECE, 15 bins)"),
)
_ROWS_ZH = (("accuracy", "准确率"), ("macro_f1", "宏平均 F1"), ("ece", "校准误差（ECE，15 个区间）"))
_MODELS: Final = ("floor", "frozen", "tuned")
_MODELS_ZH: Final = ("底线 floor", "冻结 frozen", "微调 tuned")
_SCOPE: Final = {
    "en": {
        "auroc": "AUROC",
        "aupr": "AUPR",
        "recall": "Found, at the threshold",
        "in_scope_accuracy": "Accuracy in scope, there",
    },
    "zh": {
        "auroc": "AUROC",
        "aupr": "AUPR",
        "recall": "识别率（阈值处）",
        "in_scope_accuracy": "范围内准确率（阈值处）",
    },
}
_NOISE_HEAD: Final = {
    "en": ("Noise", "Messages", "Without it", "With it", "Points lost"),
    "zh": ("噪声", "消息数", "无噪声", "有噪声", "损失（百分点）"),
}


def card_en(document: Mapping[str, Any]) -> str:
    """Return the card of a result of ``evaluate intents`` as Markdown."""
    data, tuned = document["data"], document["models"]["tuned"]
    weak = "\n".join(
        f"- {pair['first']} and {pair['second']}: {pair['mistakes']} of {pair['of']} messages mixed up"
        for pair in tuned["confused"][:5]
    )
    sections = [
        "# Model card: intent classifier",
        f"Recipe `{document['recipe']}` on the encoder `{document['encoder']}`, language `{document['language']}`, "
        f"seed {document['seed']}, {document['seeds']} run{'s' if document['seeds'] > 1 else ''}.",
        "## What it is for",
        f"It says which of {data['labels']} intents a customer's message has, and how sure it is. It is no judge of "
        "people, and what it says about texts unlike those below is unknown.",
        "## Data",
        f"It learned from {data['train']:,} messages and was judged by {data['test']:,} that it had not seen. Whether "
        "those stand for your customers only you can say.",
        "## Figures",
        _table(document, ("Figure", *_MODELS), _ROWS_EN),
        "In brackets: 95 % bootstrap intervals over messages. The floor is TF-IDF with a linear support vector "
        "machine; frozen is logistic regression on the encoder as it came.",
        *levels_card(document["models"], "en"),
        *_scope(document, "## Out of scope", "messages that have none of the intents", ("Figure", *_MODELS), "en"),
        "## Where it is weak",
        weak or "No two intents were mixed up.",
        *_noise(
            document,
            "Under noise, tuned; accuracy without it is that of the same messages, which may be fewer than the test",
            "en",
        ),
        "## How it was made",
        f"`{document.get('command', '')}`\n\n"
        + f"{document['seconds']:.0f} seconds, at most {document['megabytes']:.0f} MB. "
        + ", ".join(f"{name} {number}" for name, number in document["versions"].items()),
        "\n".join(f"- {note}" for note in document["notes"]),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def card_zh(document: Mapping[str, Any]) -> str:
    """Return the card in Chinese."""
    data, tuned = document["data"], document["models"]["tuned"]
    weak = "\n".join(
        f"- {pair['first']} 与 {pair['second']}：{pair['of']} 条消息中混淆 {pair['mistakes']} 条"
        for pair in tuned["confused"][:5]
    )
    sections = [
        "# 模型卡：意图分类器",
        f"配方 `{document['recipe']}`，编码器 `{document['encoder']}`，语言 `{document['language']}`，"
        f"随机种子 {document['seed']}，共训练 {document['seeds']} 次。",
        "## 用途",
        f"判断客户消息属于 {data['labels']} 个意图中的哪一个，并给出把握程度。它不用于评价人；"
        "对与下述数据差别很大的文本，效果未知。",
        "## 数据",
        f"训练用 {data['train']:,} 条消息，评测用模型未见过的 {data['test']:,} 条。"
        "这些消息能否代表您的客户，需由您判断。",
        "## 指标",
        _table(document, ("指标", *_MODELS_ZH), _ROWS_ZH),
        "方括号内为按消息自助抽样得到的 95% 置信区间。floor 为 TF-IDF 加线性支持向量机；"
        "frozen 为原始编码器向量上的逻辑回归。",
        *levels_card(document["models"], "zh"),
        *_scope(document, "## 范围之外", "条消息不属于任何意图", ("指标", *_MODELS_ZH), "zh"),
        "## 薄弱之处",
        weak or "没有混淆的意图。",
        *_noise(document, "噪声下的准确率（tuned）；“无噪声”一列用的是同一批消息，可能少于全部测试消息", "zh"),
        "## 如何得到",
        f"`{document.get('command', '')}`\n\n"
        + f"用时 {document['seconds']:.0f} 秒，内存峰值 {document['megabytes']:.0f} MB。"
        + "，".join(f"{name} {number}" for name, number in document["versions"].items()),
        "\n".join(f"- {in_chinese(note)}" for note in document["notes"]),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _table(document: Mapping[str, Any], head: tuple[str, ...], rows: tuple[tuple[str, str], ...]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for key, label in rows:
        cells = []
        for found in document["models"].values():
            span = found.get(f"{key}_ci")
            cells.append(f"{found[key]:.3f}" + (f" [{span[0]:.3f}, {span[1]:.3f}]" if span else ""))
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _scope(document: Mapping[str, Any], title: str, what: str, head: tuple[str, ...], language: str) -> list[str]:
    models = document["models"]
    if "oos" not in models["tuned"]:
        return []
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    for key, label in _SCOPE[language].items():
        cells = [f"{found['oos'][key]:.3f}" for found in models.values()]
        lines += [f"| {label} | {' | '.join(cells)} |"]
    return [title, f"{models['tuned']['oos']['messages']:,} {what}", "\n".join(lines)]


def _noise(document: Mapping[str, Any], title: str, language: str) -> list[str]:
    found = document["models"]["tuned"]["noise"]
    if not found:
        return []
    head = _NOISE_HEAD[language]
    lines = [f"| {' | '.join(head)} |", "|" + " --- |" * len(head)]
    lines += [
        f"| {noise_name(kind, language)} | {one['messages']:,} | {one['clean']:.3f} | {one['accuracy']:.3f} | "
        f"{100 * one['loss']:.1f} |"
        for kind, one in found.items()
    ]
    return [f"{title}{'：' if language == 'zh' else ':'}", "\n".join(lines)]
