"""What the desk says to an alarm: fixed sentences, never an answer from tickets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from replydesk.dialog.guard.alarms import Alarm, AlarmKind, alarm_of

__all__ = ["alarm_text", "is_repeated"]

_TEXTS: Final[dict[AlarmKind, dict[str, str]]] = {
    "self_harm": {
        "en": "I'm really sorry that you are going through this, and I'm glad you wrote. You don't have to "
        "face it alone. I've asked a colleague to read your message now. {line}",
        "zh": "看到您这样说，我们很担心您，也谢谢您愿意说出来。您不必独自承受。我已请同事马上来看您的留言。{line}",
    },
    "threat": {
        "en": "I can hear that this has gone very wrong for you. I've passed the conversation to a colleague, who will "
        "take it from here.",
        "zh": "看得出这件事让您非常生气。我已把对话转给同事，由同事继续为您处理。",
    },
    "abuse": {
        "en": "I understand that this is frustrating, and I want to sort it out with you. Please let us keep it civil.",
        "zh": "我理解您现在很着急，也很想帮您解决，我们好好说，一起把问题处理好。",
    },
}
_LINES: Final = {
    "en": "If you are in danger now, please call your local emergency number or a crisis line.",
    "zh": "如果您此刻有危险，请立即拨打当地的急救电话或心理援助热线。",
}
_NAMED: Final = {
    "en": "If you are in danger now, please call your local emergency number or {name}, which is there for you.",
    "zh": "如果您此刻有危险，请立即拨打当地的急救电话，或联系{name}，那里有人愿意听您说。",
}
_AGAIN: Final = {
    "en": "I've passed the conversation to a colleague, who will reply here.",
    "zh": "我已把对话转给同事，稍后会在这里回复您。",
}


def alarm_text(
    kind: AlarmKind, language: str, *, repeated: bool = False, region: str = "", crisis_lines: Iterable[str] = ()
) -> str:
    """Return what the customer reads.

    ``crisis_lines`` are those of the setting, each a country and what to call (``GB Samaritans, 116 123``); the one of
    ``region`` is named, or, where there is none, crisis lines at large. ``repeated`` abuse goes to a colleague.
    """
    spoken = "zh" if language == "zh" else "en"
    if kind == "abuse" and repeated:
        return _AGAIN[spoken]
    named = next((line[3:].strip() for line in crisis_lines if line[:2].upper() == region.upper()), "")
    line = _NAMED[spoken].format(name=named) if named else _LINES[spoken]
    return _TEXTS[kind][spoken].format(line=line)


def is_repeated(alarm: Alarm, earlier: Iterable[str]) -> bool:
    """Return whether earlier messages of the customer raised an alarm, too: abuse is borne once, no more."""
    return alarm.kind == "abuse" and any(heard is not None for heard in map(alarm_of, earlier))
