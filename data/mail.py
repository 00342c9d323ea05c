"""What the writer of a mail wrote themselves: without what they quote, their signature and their lawyers' words."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["own_words"]

_ADDRESS: Final = r"(?:[\[(<\"“]{0,2}[\w.+-]{1,64}@[\w.-]{1,255}[>\])\"”]{0,2}|<[A-Z]{2,12}_\d{1,4}>)"
_START: Final = r"(?:^|(?<=\n))[ \t>*]*+"
_DATED: Final = r"[^\n]{0,200}\d[^\n]{0,200}(?:\n[^\n]{1,200}){0,2}?\s?"
# A line that says whose words follow, as mail programs write it; some break it in two or three.
_WROTE: Final = re.compile(
    rf"{_START}(?:"
    rf"(?:On|At)\b{_DATED}\bwrote\s?:"
    rf"|[^\n]{{0,80}}{_ADDRESS}[^\n]{{0,60}}\bwrote\s?:"
    rf"|Am\b{_DATED}\bschrieb\b[^\n]{{0,120}}(?:\n[^\n]{{1,80}})?:"
    rf"|(?:Le|El|Em|Il|Op)\b{_DATED}\b(?:a écrit|escribió|escreveu|ha scritto|schreef)\b[^\n]{{0,80}}?\s?:"
    r"|[^\n]{0,120}?\d{1,4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}[^\n]{0,120}(?:\n[^\n]{1,120})?[写寫]道\s?[:：]"
    rf"|[^\n]{{0,80}}{_ADDRESS}[^\n]{{0,60}}[写寫]道\s?[:：]"
    r")[*_ \t]*(?=\n|$)"
)
_RULED: Final = re.compile(
    rf"{_START}[-_—=]{{2,}}[ \t]*(?:Original (?:Message|Appointment)|Reply message|Ursprüngliche Nachricht"
    r"|Message d['’]origine|Message original|Mensaje original|Messaggio originale|原始邮件|原始郵件|原邮件|原始信息)"
    r"[ \t]*[-_—=]{2,}",
    re.I,
)
_FROM: Final = r"From|Von|De|Da|Van|发件人|寄件者|寄件人"
_FIELDS: Final = (
    r"Sent|Date|To|Cc|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Fecha|Para|Asunto"
    r"|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|发送时间|发送日期|日期|时间|收件人|抄送|主题|傳送時間|寄件日期|收件者|副本|主旨"
)
_HEADERS: Final = re.compile(
    rf"{_START}(?:_{{5,}}[ \t]*\n+[ \t>*]*+)?(?:{_FROM})\s?[:：][^\n]*"
    rf"(?:\n{{1,2}}[ \t>*]*+(?:{_FIELDS})\s?[:：][^\n]*){{2,}}",
    re.I,
)
_HEADERS_IN_A_LINE: Final = re.compile(
    r"(?:^|(?<=\s))(?:From|发件人)[:：][^\n]{1,120}?\s(?:Sent|Date|发送时间|日期)[:：][^\n]{1,120}?\s(?:To|收件人)[:：]"
)
# `>_<` and `>:(` are faces.
_QUOTED: Final = re.compile(r"[ \t]*>(?:[ \t>]|$|(?=[^\W_]))")

_MOBILE: Final = re.compile(
    rf"{_START}(?:"
    r"Sent from (?:my |Mail for |Yahoo|Samsung|Outlook|Proton)[^\n]{0,60}|Sent (?:via|with|using) [^\n]{1,40}"
    r"|Get Outlook for (?:iOS|Android|Mac)[^\n]{0,80}|Von meinem \w+ gesendet|Gesendet (?:von|mit) [^\n]{1,40}"
    r"|Envoyé (?:de|depuis) mon [^\n]{1,40}|Enviado desde mi [^\n]{1,40}|Inviato da(?:l mio)? [^\n]{1,40}"
    r"|(?:发自|發自|来自|來自)我的\s?[^\n]{1,30}|从我的\s?[^\n]{1,20}发送|发送自[^\n]{1,30}|下载\s?Outlook[^\n]{0,40}"
    r")(?=\n|$)",
    re.I,
)
_MOBILE_AT_THE_END: Final = re.compile(
    r"(?<=\s)(?:Sent from my (?:iPhone|iPad|Android|BlackBerry|phone|mobile|Samsung|Huawei|Xiaomi)(?: [\w ]{1,20})?"
    r"|(?:发自|發自)我的\s?[A-Za-z0-9 ]{2,20}(?:手机)?)[ \t.]*$",
    re.I,
)
_DASHES: Final = re.compile(r"(?:^|(?<=\n))--[ \t]*\n")
_CLOSING: Final = re.compile(
    r"(?:^|(?<=\n))[ \t]*(?:"
    r"(?:With )?(?:(?:my|very|many|all the) )?(?:(?:kind(?:est)?|best|warm(?:est)?) )?(?:regards|wishes)"
    r"|Best|Cheers|(?:Yours )?(?:sincerely|faithfully|truly)(?: yours)?|Respectfully|Thank you"
    r"|(?:Many )?thanks(?: (?:and|&) (?:kind |best )?regards)?"
    r"|Mit freundlichen Grüßen|Viele Grüße|Freundliche Grüße|(?:Bien )?cordialement|Saludos(?: cordiales)?"
    r"|Atentamente|Cordiali saluti|此致|敬礼|祝好|顺祝商祺|顺颂商祺|祝商祺|谢谢"
    r")[ \t]*[,，.!！。]*[ \t]*\n",
    re.I,
)
_NAME: Final = re.compile(
    r"(?:[A-Z<][\w.'’<>&-]*(?:[ \t]+(?:(?:of|the|and|from|at|de|van|von)[ \t]+)*[A-Z<(][\w.'’<>()&,-]*){0,4}"
    r"|[\u4e00-\u9fff·]{2,4})[,.]?"
)
_CONTACT: Final = re.compile(
    rf"{_ADDRESS}|https?://|www\.|\+?\(?\d[\d ()./-]{{6,}}|\b(?:tel|phone|mobile|fax|qq)\s?[:：.]|\|"
    r"|\b(?:Ltd|LLC|Inc|GmbH|Corp|Street|Avenue|Road|Manager|Director|Engineer|Officer|Department|Team)\b"
    r"|(?:电话|手机|邮箱|地址|传真|微信)\s?[:：]|有限公司|经理|部门|工程师|客服部",
    re.I,
)
_LEGAL: Final = re.compile(
    rf"{_START}[_-]*(?:"
    r"(?:CONFIDENTIALITY(?: NOTICE)?|DISCLAIMER|LEGAL NOTICE|PRIVACY NOTICE)\b"
    r"|(?:This|The information (?:contained )?in this|The contents? of this) (?:e-?mail|message|communication)"
    r"[^\n]{0,160}(?:\n[^\n]{1,160}){0,2}?(?:confidential|intended (?:solely|only|for)|privileged)"
    r"|(?:If you are not|If you have received)[^\n]{0,60}(?:intended recipient|in error)"
    r"|Please consider the environment before printing"
    r"|Diese (?:E-?Mail|Nachricht)[^\n]{0,120}vertraulich|Ce (?:message|courriel)[^\n]{0,160}confidentiel"
    r"|Este (?:mensaje|correo)[^\n]{0,160}confidencial|(?:免责|保密|法律)声明"
    r"|[本此](?:电子)?邮件[^\n]{0,40}(?:保密|机密|仅供|仅限|专属)"
    r")"
)

# Every cut needs one of these, and looking for them costs next to nothing.
_HINTS: Final = (
    "wrote", "schrieb", "écrit", "escribió", "escreveu", "scritto", "schreef", "写道", "寫道", "original", "原始",
    "原邮件", "ursprüngliche", "message d", "sent ", "from:", "von:", "de:", "da:", "van:", "from :", "de :",
    "发件人", "寄件", "gesendet", "envoyé", "enviado", "inviato", "发送", "发自", "發自", "来自我的", "來自我的",
    "outlook", "\n>", "\n >", "\n--", "regards", "wishes", "\nbest", "cheers", "sincerely", "faithfully", "truly",
    "respectfully", "thank", "grüße", "cordialement", "saludos", "atentamente", "saluti", "此致", "敬礼", "祝好",
    "商祺", "谢谢", "confidential", "disclaimer", "notice", "privileged", "environment", "recipient", "in error",
    "intended", "vertraulich", "confidentiel", "confidencial", "声明", "邮件",
)  # fmt: skip
_INLINE_HINTS: Final = ("sent from my", "发自我的", "發自我的", "from:", "发件人")
_LONGEST: Final = 100_000
_CUTS: Final = 16
_TRAILING: Final = 12
_LINE_LENGTH: Final = 90
_WORDY: Final = 6


def own_words(text: str) -> str:
    """Return a message without quoted mail, signature and legal notice; a message is never cut away as a whole.

    Quoted are lines that begin with ``>`` and what follows ``On ..., ... wrote:``, ``-----Original Message-----`` or a
    block of mail headers, in English, Chinese and five more languages. A signature begins with ``--``, with
    ``Sent from my ...`` or with a closing such as ``Best regards,`` before a name. Doing it twice changes nothing, and
    a chat message comes back as it is.

    >>> own_words("It is still broken.\\n\\nOn Mon, 2 Mar 2026 at 09:00, Ada <ada@shop.example> wrote:\\n> Try again.")
    'It is still broken.'
    """
    low = text.lower()
    if not any(hint in low for hint in (_HINTS if "\n" in text or text.startswith(">") else _INLINE_HINTS)):
        return text
    cut = text if len(text) <= _LONGEST else ""
    for _ in range(_CUTS):
        shorter = _once(cut)
        if shorter == cut:
            return cut or text
        cut = shorter
    # What goes on and on like this is no mail.
    return text


def _once(text: str) -> str:
    for cut in (_unquoted, _unsigned, _without_notice):
        shorter = cut(text)
        if shorter != text and shorter.strip():
            return shorter.strip()
    return text


def _unquoted(text: str) -> str:
    starts = [found for pattern in (_WROTE, _RULED, _HEADERS, _HEADERS_IN_A_LINE) if (found := pattern.search(text))]
    for header in sorted(starts, key=lambda found: found.start()):
        rest = text[header.end() :].lstrip("\n")
        if rest.lstrip().startswith(">"):
            # What stands below the quoted lines is the writer's again.
            return text[: header.start()].rstrip() + "\n" + _without_quoted_lines(rest)
        if text[: header.start()].strip():
            return text[: header.start()]
    return _without_quoted_lines(text)


def _without_quoted_lines(text: str) -> str:
    lines = text.split("\n")
    kept = [line for line in lines if not _QUOTED.match(line)]
    return text if len(kept) == len(lines) else "\n".join(kept)


def _unsigned(text: str) -> str:
    if (found := _MOBILE_AT_THE_END.search(text)) and text[: found.start()].strip():
        return text[: found.start()]
    if _MOBILE.search(text):
        return _MOBILE.sub("", text)
    end = len(text)
    for _ in range(2 * _TRAILING):
        end = max(0, text.rfind("\n", 0, end))
    if found := _DASHES.search(text, end):
        return text[: found.start()]
    for found in _CLOSING.finditer(text, end):
        if _is_block(text[found.end() :]):
            return text[: found.start()]
    return text


def _is_block(rest: str) -> bool:
    """Return whether lines at the end of a mail are a name, alone or with what one is reached by."""
    lines = [line.strip() for line in rest.split("\n") if line.strip()]
    if not 1 <= len(lines) <= _TRAILING or any(len(line) > _LINE_LENGTH for line in lines):
        return False
    if not _NAME.fullmatch(lines[0]) and not _CONTACT.search(lines[0]):
        return False
    reached = [_CONTACT.search(line) is not None for line in lines[1:]]
    if any(_speaks(line) for line, contact in zip(lines[1:], reached, strict=True) if not contact):
        return False
    return len(reached) <= 1 or any(reached)


def _speaks(line: str) -> bool:
    return line.endswith(("?", "？", "!", "！", "。")) or (line.endswith(".") and len(line.split()) >= _WORDY)


def _without_notice(text: str) -> str:
    found = _LEGAL.search(text)
    return text[: found.start()] if found else text
