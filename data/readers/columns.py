"""What the columns of a table mean: guessed from the header, corrected by a mapping, and checked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Skipped
from replydesk.data.readers.content import without_html
from replydesk.data.readers.sheets import Sheet
from replydesk.data.readers.transcripts import is_transcript

__all__ = ["FIELDS", "OWN", "Layout", "Row", "guessed", "layout_of", "tells"]

FIELDS: dict[str, str] = {
    "conversation": "conversation_id conversation ticket_id thread_id session_id dialog_id dialogue_id "
    "dialog convo_id chat_id case_id case_number ticket_number ticket_no issue_id interaction_id thread ticket "
    "conversation_uuid conv_id call_id sender_id 会话id 会话编号 会话 对话id 对话编号 工单号 工单编号 工单id 咨询编号",
    "role": "role sender_type author_type speaker_type sender author_role speaker from direction inbound incoming "
    "is_inbound is_customer is_agent from_customer from_agent message_type 角色 发送方 说话人 发言人",
    "question": "question query customer_message customer_question customer_query user_message user_query "
    "user_question instruction prompt utterance ticket_description description input 问题 用户问题 "
    "客户问题 客户消息 用户消息 提问 提问内容 标准问 标准问题 咨询内容 frage question_text 问",
    "questions": "questions similar_questions alternative_questions alternate_questions alternate_phrasings variants "
    "paraphrases 相似问 相似问题 相似问法 扩展问",
    "answer": "answer response reply agent_reply agent_message agent_response agent_answer support_response completion "
    "output resolution solution 答案 回答 回复 客服回复 客服回答 客服消息 回复内容 回答内容 标准答案 解决方案 antwort "
    "answer_text 答",
    "text": "text message body content utterance message_text message_body msg question query 内容 消息内容 消息 文本",
    "transcript": "transcript chat_transcript chat_log dialogue conversation messages turns 对话 对话内容 聊天记录 "
    "会话内容",
    "context": "context history 上文 上下文",
    "id": "message_id turn_id comment_id utterance_id id uuid 消息id",
    "reply_to": "in_reply_to reply_to in_response_to parent_id parent_message_id reply_to_id 回复id",
    "position": "turn turn_number turn_no turn_index position message_index sequence seq line_number 序号 轮次",
    "ts": "ts timestamp created_at created at datetime sent_at date time sent created_time date_time ticket_date "
    "时间 创建时间 发送时间 日期",
    "intent": "intent intents label category topic 意图 标签 分类",
    "agent": "agent agent_name agent_id assignee assignee_name agent_email 客服 客服姓名 坐席 座席",
    "author": "author author_id author_name user_id sender_name from_name 发送人",
    "customer": "customer_id customer client_id customer_email requester requester_id contact_id user_email email "
    "客户id 客户 顾客",
    "tags": "tags labels 标签组",
    "language": "language lang locale 语言",
    "subject": "subject title ticket_subject 主题 标题",
    "channel": "channel ticket_channel 渠道",
    "outcome": "outcome status ticket_status resolution_status 状态",
    "satisfaction": "satisfaction csat csat_score satisfaction_score satisfaction_rating customer_satisfaction "
    "customer_satisfaction_rating rating 满意度 评分 评价",
    "updated": "updated updated_at last_updated modified_at 更新时间",
    "kind": "kind part_type message_kind comment_type type",
    "private": "private is_private internal is_internal is_note is_private_note private_note internal_note "
    "is_internal_note visibility 内部 是否内部",
    "public": "public is_public 公开",
    "source": "source",
}
"""The names of the fields for ``--map``, and by which column names each is guessed, the surest first."""

OWN = (
    "conversation",
    "id",
    "reply_to",
    "role",
    "author",
    "ts",
    "language",
    "intent",
    "text",
    "source",
    "channel",
    "customer",
    "subject",
    "tags",
    "outcome",
    "satisfaction",
    "updated",
)
"""The columns of the table that ``replydesk export --format csv`` writes."""

_SEEN = 20
_BLANK = re.compile(r"[\s_\-./]+")
_NUMBERED = re.compile(r"(.+?)\d{1,2}")
_HEADS = ("question", "questions")

Row = tuple[str, list[str]]
Shape = Literal["turns", "pairs", "transcripts"]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table with what its columns mean.

    ``shape`` says what a row holds: a turn, a pair of question and answer, or a whole transcript. ``more`` are the
    columns with further questions to the same answer, ``beside`` is one that goes on with the question. ``own`` marks
    our own export, whose ids are taken as they are.
    """

    sheet: Sheet
    columns: dict[str, str]
    shape: Shape
    at: dict[str, int]
    more: tuple[int, ...] = ()
    beside: int | None = None
    own: bool = False

    def cell(self, row: Row, name: str) -> str:
        """Return the cell of a field, or '' when the table has no such column; outer blanks are our own export's."""
        position = self.at.get(name)
        if position is None:
            return ""
        return row[1][position] if self.own else row[1][position].strip()

    def words(self, row: Row, name: str) -> str:
        """Return the text in the cell of a field, without HTML; a question with what stands beside it."""
        cell = self.cell(row, name)
        if name == "question" and self.beside is not None:
            cell = f"{cell}\n{row[1][self.beside].strip()}".strip()
        return cell if self.own or "<" not in cell else without_html(cell)

    @property
    def faq(self) -> bool:
        """Return whether answers stand beside several ways to ask for them, as in a list written beforehand."""
        return bool(self.more) or "questions" in self.at


def guessed(header: tuple[str, ...]) -> dict[str, str]:
    """Return the column that each field is likely to be in, by the names of the columns.

    >>> guessed(("Ticket ID", "senderType", "内容"))
    {'conversation': 'Ticket ID', 'role': 'senderType', 'text': '内容'}
    """
    plain: dict[str, str] = {}
    for column in header:
        plain.setdefault(_plain(column), column)
    found = {name: next((plain[w] for w in map(_plain, ws.split()) if w in plain), "") for name, ws in FIELDS.items()}
    # Alone these letters may be anything.
    if {"q", "a"} <= plain.keys() and not found["question"] and not found["answer"]:
        found |= {"question": plain["q"], "answer": plain["a"]}
    return {name: column for name, column in found.items() if column}


def tells(table: Sheet) -> bool:
    """Return whether the columns or their cells carry words: texts, answers or whole conversations."""
    columns = guessed(table.header)
    return "text" in columns or "answer" in columns or bool(_transcript(table, columns))


def layout_of(table: Sheet, mapping: Mapping[str, str]) -> Layout:
    """Return what the columns mean, or raise :class:`FormatError` saying which one is missing."""
    columns = {**guessed(table.header), **_checked(table, mapping)}
    columns = {name: column for name, column in columns.items() if column}
    if set(OWN) <= set(table.header) and not mapping:
        own = {name: name for name in OWN}
        return Layout(table, own, "turns", _positions(table, own), own=True)
    more = _numbered(table)
    if not mapping.get("transcript") and not ("answer" in columns and columns.keys() & {"question", "text"}):
        columns = {**columns, "transcript": _transcript(table, columns)}
    if mapping.get("transcript") or (columns.get("transcript") and not _has_turns(columns)):
        return _transcripts(table, columns)
    columns.pop("transcript", None)
    if "id" not in columns:
        # What is called "Reply-To" may hold an address.
        columns.pop("reply_to", None)
    has = columns.keys()
    if "answer" in has and (more or has & {"question", "questions", "text", "context"}):
        return _pairs(table, columns, mapping, more)
    columns.pop("question", None)
    columns.pop("questions", None)
    if has >= {"text", "role"} and ("conversation" in has or has >= {"id", "reply_to"}):
        return Layout(table, columns, "turns", _positions(table, columns))
    raise _refusal(table, columns)


def _transcripts(table: Sheet, columns: dict[str, str]) -> Layout:
    wanted = columns["transcript"]
    columns = {name: column for name, column in columns.items() if name == "transcript" or column != wanted}
    for name in ("text", "question", "questions", "answer", "role", "context"):
        columns.pop(name, None)
    return Layout(table, columns, "transcripts", _positions(table, columns))


def _pairs(table: Sheet, columns: dict[str, str], mapping: Mapping[str, str], more: tuple[int, ...]) -> Layout:
    if (
        "text" in columns
        and ("question" not in columns or mapping.get("text"))
        and "questions" not in columns
        and not more
    ):
        columns["question"] = columns["text"]
    columns.pop("text", None)
    if "question" not in columns and "questions" in columns:
        columns["question"] = columns["questions"]
    elif "question" not in columns and more:
        columns["question"] = table.header[more[0]]
    more = tuple(position for position in more if table.header[position] not in columns.values())
    # Alpaca's instructions go on in a column of their own.
    inputs = {_plain(column): position for position, column in enumerate(table.header)}
    beside = inputs.get("input") if _plain(columns.get("question", "")) == "instruction" else None
    return Layout(table, columns, "pairs", _positions(table, columns), more, beside)


def _numbered(table: Sheet) -> tuple[int, ...]:
    """Return the columns named like a question with a number behind, as "question 2" or "相似问1"."""
    aliases = {_plain(word).removesuffix("s") for head in _HEADS for word in FIELDS[head].split()}
    found = ((position, _NUMBERED.fullmatch(_plain(column))) for position, column in enumerate(table.header))
    return tuple(position for position, name in found if name and name[1].removesuffix("s") in aliases)


def _refusal(table: Sheet, columns: Mapping[str, str]) -> FormatError:
    if "text" not in columns:
        problem, cure = "No column holds what was said.", "text=COLUMN, or question=COLUMN,answer=COLUMN"
    elif "role" in columns:
        problem, cure = "No column says which conversation a message belongs to.", "conversation=COLUMN"
    elif "intent" in columns:
        problem = "The table has texts with labels but no answers."
        cure = "answer=COLUMN. docs/how-to/correct-and-retrain.md says how labels alone teach intents"
    else:
        problem, cure = "No column holds answers, and none says who speaks.", "answer=COLUMN or role=COLUMN"
    seen = f"Its columns are: {', '.join(filter(None, table.header))}."
    return FormatError(problem, where=table.source.name, hint=f"{seen} Name the right one with --map {cure}.")


def _checked(table: Sheet, columns: Mapping[str, str]) -> dict[str, str]:
    for name, column in columns.items():
        if name not in FIELDS:
            raise FormatError(
                f"There is no field {name!r} to map a column to.",
                hint=f"The fields are: {', '.join(FIELDS)}.",
            )
        if column and column not in table.header:
            raise FormatError(
                f"The table has no column {column!r}.",
                where=table.source.name,
                hint=f"Its columns are: {', '.join(filter(None, table.header))}.",
            )
    return dict(columns)


def _has_turns(columns: Mapping[str, str]) -> bool:
    needed = [columns.get(name, "") for name in ("text", "role", "conversation")]
    return all(needed) and columns["transcript"] not in needed


def _transcript(table: Sheet, columns: Mapping[str, str]) -> str:
    """Return the column in which half of the first rows or more hold whole conversations; names are tried first."""
    rows = [row[1] for row in islice(table.rows(), 2 * _SEEN) if not isinstance(row, Skipped)][:_SEEN]
    named = columns.get("transcript")
    for column in dict.fromkeys(filter(None, (named, columns.get("text"), *table.header))):
        cells = [cell for row in rows if (cell := row[table.header.index(column)].strip())]
        if cells and 2 * sum(map(is_transcript, cells)) >= len(cells):
            return column
    return ""


def _plain(column: str) -> str:
    return _BLANK.sub("", unicodedata.normalize("NFKC", column).casefold())


def _positions(table: Sheet, columns: Mapping[str, str]) -> dict[str, int]:
    return {name: table.header.index(column) for name, column in columns.items() if column}
