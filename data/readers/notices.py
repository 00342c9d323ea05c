"""What chat programs write by themselves among the messages: deleted, edited, a file left out, somebody joined.

WhatsApp writes it in the language of the phone; the patterns know the languages of its largest countries, and of China.
QQ, WeChat and Qianniu write it in Chinese.
"""

from __future__ import annotations

import re

from replydesk.data.readers.base import any_of

__all__ = ["left_out", "notice", "tencent_left_out", "tencent_notice", "whatsapp_event", "whatsapp_signs"]


_KIND = any_of(
    *("image", "photo", "picture", "video", "audio", "sticker", "gif", "document", "contact card", "media"),
    *("video note", "voice message", "imagen", "foto", "documento", "tarjeta de contacto", "multimedia", "archivo"),
    *("vidéo", "fiche de contact", "médias?", "immagine", "scheda contatto", "imagem", "vídeo", "áudio", "figurinha"),
    *("cartão de contato", "mídia", "bild", "dokument", "kontaktkarte", "medien", "afbeelding", "contactkaart"),
    *("图像", "图片", "圖片", "圖像", "影像", "影片", "影音内容", "视频", "視訊", "音频", "音訊", "语音", "語音"),
    *("贴图", "貼圖", "文档", "文件", "檔案", "联系人名片", "聯絡人名片", "媒体", "媒體", "多媒體檔案"),
)
_LEFT_OUT = any_of(
    *("omitted", "not included", "omitid[oa]s?", "ocultad[oa]s?", "oculto", "omess[oaie]", "omis(?:e|es)?"),
    *("absente?s?", "exclus?", "weggelassen", "ausgeschlossen", "weggelaten"),
    "(?:已|被)?(?:忽略|省略|略去|遗漏|遺漏)",
)
_MEDIA = re.compile(
    any_of(
        r"<[^<>\n]{1,120}>",
        rf"(?:.{{0,200}}• ?.{{0,60}}?)?{_KIND} ?{_LEFT_OUT}\.?",
        rf"(?:已?省略|已忽略) ?{_KIND}",
    ),
    re.IGNORECASE,
)
_ATTACHED = any_of(
    *("file attached", "文件附件", "附件檔案", "檔案附件", "附加檔案", "datei angehängt", "archivo adjunto"),
    *("fichier joint", "file allegato", "arquivo anexado", "ficheiro anexado", "bestand bijgevoegd", "файл добавлен"),
    "dosya ekli",
)
_FILE = re.compile(
    any_of(rf"^[^\n]{{0,200}}?\.\w{{2,5}} \({_ATTACHED}\)\n?", r"<[^<>\n:：]{2,30}[:：] ?[^<>\n]{1,200}\.\w{2,5}>"),
    re.IGNORECASE,
)
_CHANGED = any_of("edit", "编辑", "編輯", "bearbeitet", "modifi", "bewerkt", "изменен", "düzenlen")
_EDITED = re.compile(rf"<[^<>\n]*{_CHANGED}[^<>\n]*>\s*$", re.IGNORECASE)
_DELETED = re.compile(
    any_of(
        r"this message was deleted(?: by .{1,80})?",
        r"you deleted this message(?: as admin)?",
        "(?:此|这条|這條)(?:消息|訊息)已(?:被.{0,20})?(?:删除|刪除)",
        "(?:您|你)?已?(?:删除|刪除)了?(?:此|这条|這條|這則)(?:消息|訊息)",
        r"diese nachricht wurde (?:von .{1,80} )?gelöscht",
        "du hast diese nachricht (?:als admin )?gelöscht",
        *("se eliminó este mensaje", "eliminaste este mensaje", "este mensaje fue eliminado"),
        *("ce message a été supprimé", "vous avez supprimé ce message"),
        *("questo messaggio è stato eliminato", "hai eliminato questo messaggio"),
        *("mensagem apagada", "(?:esta|essa) mensagem foi apagada", "(?:você )?apagou (?:esta|essa) mensagem"),
        *("dit bericht (?:is|werd) verwijderd", "(?:je hebt|u hebt|u heeft) dit bericht verwijderd"),
        *("(?:данное )?сообщение удалено", "вы удалили данное сообщение"),
        *("bu mesaj silindi", "bu mesajı sildiniz", "pesan ini (?:telah )?dihapus"),
        *("このメッセージは削除されました", "삭제된 메시지입니다", "null"),
    )
    + "[.。]?",
    re.IGNORECASE,
)
_WAITING = re.compile(r"waiting for this message.*|正在等待(?:此|这条|這則)?(?:消息|訊息).*", re.IGNORECASE | re.DOTALL)
_SAFE = any_of(
    *("end-to-end (?:encrypt|verschl)", "ende-zu-ende", "extremo a extremo", "bout en bout", "ponta a ponta"),
    *("crittografat", "сквозн", "uçtan uca", "端到端加密", "端對端加密", "端对端加密"),
)
_ENCRYPTED = re.compile(
    any_of(
        *("messages", "your messages", "消息", "訊息", "您", "你", "此聊天", "nachrichten", "los mensajes"),
        *("les messages", "i messaggi", "as mensagens", "berichten", "сообщения", "mesajlar"),
    )
    + rf".{{0,80}}?{_SAFE}",
    re.IGNORECASE,
)
_EVENT = re.compile(
    any_of(
        '["“”„«「『]',
        r"\b(?:changed|created|added|removed|pinned|turned o(?:n|ff)|joined using|criou|mudou|alterou|adicionou)\b",
        r"\b(?:cambió|creó|añadió|eliminó a|a créé|a ajouté|a changé|ha cambiato|ha creato|ha aggiunto)\b",
        r"\bhat .* (?:geändert|erstellt|hinzugefügt)\b",
        "(?:创建|建立|更改|变更|變更|修改|添加|新增|移除|加入|离开|離開|退出)了?(?:此|该|這個|本|群|主题|主題)",
    ),
    re.IGNORECASE,
)

_TOKEN = re.compile(
    r"\[(?:图片|圖片|表情|动画表情|自定义表情|语音|语音消息|视频|短视频|文件|闪照|位置|名片|链接|小程序|卡片消息|合并转发|聊天记录|音乐"
    r"|视频号|拍一拍|语音通话|视频通话|image|photo|sticker|voice|video|file|emoji|animation|link|location)\]",
    re.IGNORECASE,
)
_READ = re.compile(r"(?:^|\n)\s*(?:已读|未读|送达)$")
_MONEY = re.compile(
    r"\[?(?:qq红包|微信红包|红包|转账|收款)\]?.{0,60}"
    r"|.{0,40}(?:发出|领取|收到)了?.{0,20}红包.{0,40}|.{0,40}红包，请.{0,20}查看",
    re.IGNORECASE,
)
_WHO = r"(?:[\"“'‘《【]?.{0,40}?[\"”'’》】]?\s?)"
_TENCENT = re.compile(
    any_of(
        rf"{_WHO}(?:已)?撤回了?(?:一条|成员.{{0,40}}的一条)?消息.{{0,20}}",
        rf"{_WHO}(?:邀请|通过).{{0,60}}加入了?(?:群聊|本群|群)[。.]?.{{0,20}}",
        rf"{_WHO}(?:已)?(?:加入|退出|离开|被移出|被移除)了?(?:群聊|本群|该群|群|会话)[。.]?",
        rf"{_WHO}(?:已)?(?:将|把|修改|更改).{{0,30}}(?:群名|群公告|群主).{{0,40}}",
        rf"{_WHO}(?:已)?(?:添加了?|通过了?).{{0,30}}(?:好友|朋友验证).{{0,60}}",
        r"以上是打招呼的内容|你已添加了.{1,40}，现在可以开始聊天了。?|我通过了你的朋友验证请求，现在我们可以开始聊天了",
        r"会话(?:已)?(?:开始|结束|关闭|转接).{0,40}|(?:客服)?.{0,30}(?:已)?(?:接入|转接|为您服务结束)(?:会话)?[。.]?",
        rf"{_WHO}拍了拍.{{0,60}}",
        rf"{_WHO} (?:recalled a message|joined the (?:chat|group)(?: chat)?|left the (?:chat|group)(?: chat)?"
        r"|has (?:joined|left)(?: the (?:chat|conversation))?)\.?",
        r"(?:the )?(?:chat|conversation) (?:has )?(?:started|ended|been (?:closed|transferred)|was closed).{0,80}",
    ),
    re.IGNORECASE,
)


def whatsapp_signs(line: str) -> bool:
    """Return whether a line has words, or a mark of direction, that only WhatsApp writes."""
    return "\u200e" in line or bool(_ENCRYPTED.search(line) or _MEDIA.search(line) or _FILE.search(line))


def whatsapp_event(name: str) -> bool:
    """Return whether what stands before a colon is the beginning of an event and no name."""
    return bool(_EVENT.search(name))


def notice(text: str) -> bool:
    """Return whether a message of WhatsApp is the notice that nobody else can read the chat, whose name it has."""
    return bool(_ENCRYPTED.match(text))


def left_out(text: str) -> tuple[str, str]:
    """Return what is left of a message of WhatsApp, and why it is nothing, if it is.

    >>> left_out("See you <This message was edited>"), left_out("图像已忽略")
    (('See you', ''), ('', 'what was sent is not in the text'))
    """
    text = _EDITED.sub("", text).strip()
    if _DELETED.fullmatch(text):
        return "", "the message was deleted"
    if not text or _WAITING.fullmatch(text):
        return "", "the message has no text"
    left = _FILE.sub("", text).strip()
    return ("", "what was sent is not in the text") if not left or _MEDIA.fullmatch(left) else (left, "")


def tencent_notice(text: str) -> bool:
    """Return whether a text is an event of QQ, WeChat or a shop's chat: recalled, joined, a red packet."""
    return len(text) < 160 and bool(_TENCENT.fullmatch(text) or _MONEY.fullmatch(text))


def tencent_left_out(text: str) -> tuple[str, str]:
    """Return a message without the marks that stand for pictures, and why nothing is left, if so."""
    left = _READ.sub("", _TOKEN.sub("", text).strip()).strip()
    if left:
        return left, ""
    return "", "what was sent is not in the text" if text.strip() else "the message has no text"
