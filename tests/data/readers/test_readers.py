from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from replydesk.data.errors import FormatError, InputError
from replydesk.data.readers import READERS, Options, Skipped, formats, read
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Ticket

Export = Callable[..., Path]


def test_the_formats_have_names_of_their_own() -> None:
    assert len(set(formats())) == len(formats())
    assert formats()[-1] == "csv"
    assert [reader.name for reader in READERS] == list(formats())


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"turns": [{"role": "user", "text": "在吗"}]}', "jsonl"),
        ('{"messages": [{"role": "user", "text": "在吗"}]}', "jsonl"),
        ('{"messages": [{"role": "user", "content": "在吗"}]}', "openai"),
        ('{"ticket": {"question": "q", "answer": "a"}}', "jsonl"),
        ('{"ticket": {"id": 1}, "comments": []}', "zendesk"),
        ('{"id": 1, "requester_id": 2, "description": "x", "via": {}}', "zendesk"),
        ('{"id": 1, "requester_id": 2, "description": "x", "description_text": "x", "conversations": []}', "freshdesk"),
        ('{"id": 1, "type": "conversation", "source": {"body": "x"}}', "intercom"),
        ('{"id": 1, "content": "x", "message_type": 0, "private": false}', "chatwoot"),
        ('{"id": 1, "ticket_id": 2, "sender": "Customer", "body": "x", "internal": false}', "zammad"),
        ('{"question": "q", "answer": "a"}', "csv"),
        ("question,answer\nq,a", "csv"),
        ("13/3/2026, 9:00 - 小明: 在吗", "whatsapp"),
        ("[2026/3/13 9:00:00] 小明：在吗", "whatsapp"),
        ("[2026-03-13 09:00:00] 小明: 在吗\n[2026-03-13 09:01:00] Emma: Yes", "chatlog"),
        ("2026-03-13 09:00:00 小明(12345678)\n在吗\n2026-03-13 09:01:00 Emma(87654321)\nYes", "chatlog"),
        ("Customer: 在吗\nAgent: Yes, I am.", "chatlog"),
        ('{"d": {"messages": [{"role": "usr", "content": "在吗"}]}}', "dialogues"),
        ('{"turns": [{"speaker": "USER", "utterance": "在吗"}]}', "dialogues"),
        ("s1\tu1\t0\t0\t0\t在吗\ns1\tu1\t1\t0\t0\t在的", "dialogues"),
        ("tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id\n1,2,True,,hi,", "twitter"),
    ],
)
@pytest.mark.parametrize("name", ["export.jsonl", "export.csv", "export"])
def test_the_content_decides_and_not_the_name(export: Export, content: str, found: str, name: str) -> None:
    path = export(name, content)
    assert read(path).format == found
    assert read(path, format=found).format == found


@pytest.mark.parametrize(
    "content",
    [
        "Hello there.\nGoodbye.",
        "你好。\n再见。",
        "[]",
        "{}",
        '[["agent", "hi"]]',
        '{"intents": {"refund": []}}',
        "\n \n",
    ],
)
def test_what_nobody_knows_names_the_formats_and_the_cure(export: Export, content: str) -> None:
    with pytest.raises(FormatError) as error:
        read(export("export.json", content))
    assert error.value.where == "export.json"
    assert all(word in error.value.hint for word in (*formats(), "--format", "--map"))


def test_a_format_that_does_not_fit_or_exist_is_refused(export: Export) -> None:
    path = export("p.csv", "question,answer", "q,a")
    with pytest.raises(FormatError, match="does not look like zendesk"):
        read(path, format="zendesk")
    with pytest.raises(FormatError, match=r"no format 'excel'.*zendesk, freshdesk"):
        read(path, format="excel")
    with pytest.raises(FormatError, match="Only tables have columns"):
        read(
            export("o.jsonl", {"turns": [{"role": "user", "text": "x"}]}),
            format="jsonl",
            options=Options(columns={"text": "a"}),
        )


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no such file"):
        read(tmp_path / "missing.csv")
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FormatError, match="The file is empty"):
        read(tmp_path / "empty.csv")
    with pytest.raises(InputError, match="cannot be read: Not a directory"):
        read(tmp_path / "empty.csv" / "inside")
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(InputError, match="archive cannot be opened"):
        read(tmp_path / "torn.zip")
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(FormatError, match=r"Excel workbook.*CSV"):
        read(tmp_path / "book.xlsx")
    (tmp_path / "image.csv").write_bytes(b"\x89PNG\0\0\0")
    with pytest.raises(FormatError, match="not text"):
        read(tmp_path / "image.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FormatError, match=r"Nothing in the folder.*Name a file"):
        read(tmp_path / "folder")


@pytest.mark.parametrize("content", ["", "nothing known"])
def test_a_pipe_that_cannot_be_used_is_closed_and_said(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content.encode())))
    with pytest.raises(FormatError):
        read("-")


def test_turns_can_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "conversation,role,text\n1,user,在吗\n2,user,hi\n1,agent,在的\n"
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(rows.encode())))
    one, two = read("-").items
    assert isinstance(one, Conversation) and isinstance(two, Conversation)
    assert [[m.text for m in conversation.messages] for conversation in (one, two)] == [
        ["在吗", "在的"],
        ["hi"],
    ]


def test_a_full_disk_is_an_error_with_a_cure() -> None:
    with Spill() as spill:
        spill._database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(InputError, match=r"put aside.*TMPDIR"):
            for n in range(1000):
                spill.add("key", ["x" * 1000, str(n)])


def conversations(path: Path) -> list[Conversation]:
    items = list(read(path).items)
    assert not [item for item in items if isinstance(item, Skipped)]
    return [item for item in items if isinstance(item, Conversation)]


def test_real_dialogues(datasets: Path) -> None:
    tweets = conversations(datasets / "prepared" / "tweetsumm_dialogs.jsonl")
    assert len(tweets) == 1099
    assert tweets[0].id == "b065262210783596c1fe79466b8f8985"
    assert [message.role for message in tweets[0].messages[:3]] == ["customer", "agent", "customer"]
    chinese = conversations(datasets / "prepared" / "crosswoz_dialogs.jsonl")
    assert len(chinese) == 1000
    assert chinese[0].id == "11290" and chinese[0].messages[2].text == "这家餐馆的周边有哪些景点啊？"


@pytest.mark.parametrize(("name", "count"), [("tweetsumm_pairs", 4356), ("twcs_pairs", 2188), ("chitchat_zh", 18521)])
def test_real_pairs(datasets: Path, name: str, count: int) -> None:
    items = list(read(datasets / "prepared" / f"{name}.jsonl").items)
    assert len(items) == count and all(isinstance(item, Ticket) for item in items)


def test_a_real_zendesk_folder(datasets: Path) -> None:
    reading = read(datasets / "helpdesk_fixtures" / "zendesk_csv_fivetran")
    items = list(reading.items)
    assert reading.format == "zendesk-csv"
    assert {item.id for item in items if isinstance(item, Conversation)} == {
        f"zendesk:{n}" for n in (16988, 14173, 11071, 1966, 1404, 4721, 6171, 6605)
    }
    assert sum("is not in the export" in item.why for item in items if isinstance(item, Skipped)) == 20
    assert sum("is deleted" in item.why for item in items if isinstance(item, Skipped)) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("banking77/test.csv", "texts with labels but no answers"),
        ("prepared/jddc_retrieval_dev.jsonl", "texts with labels but no answers"),
        ("cfpb_complaints_2015q1/consumer_complaints.csv", "No column holds what was said"),
        ("tweetsumm/final_test_tweetsum.jsonl", "only the ids of tweets"),
        ("multidogo/splits_annotated_at_turn_level/finance/dev.tsv", "texts with labels but no answers"),
        ("clinc150_oos/data_full.json", "in no format that is known"),
    ],
)
def test_real_files_that_hold_no_answers_are_refused_with_the_reason(datasets: Path, name: str, problem: str) -> None:
    with pytest.raises(FormatError, match=problem):
        read(datasets / name)


def test_a_folder_of_several_exports_is_read_export_by_export(export: Export, datasets: Path) -> None:
    reading = read(datasets / "helpdesk_fixtures")
    formats = reading.format.split("+")
    assert sorted(formats) == ["chatwoot", "freshdesk", "intercom", "intercom-csv", "slack", "watson", "zendesk-csv"]
    items = list(reading.items)
    assert len({item.source for item in items if isinstance(item, Conversation)}) == 5
    assert [item.where for item in items if isinstance(item, Skipped) and "no format" in item.why] == [
        "helpdesk_fixtures/SOURCE.md"
    ]


def test_what_stands_beside_tables_is_not_lost(export: Export) -> None:
    export("all/tables/ticket.csv", "id,requester_id,subject,status,description", "1,7,Late,solved,")
    export(
        "all/tables/ticket_comment.csv", "id,ticket_id,user_id,body,public,created", "1,1,7,还没到？,true,2026-03-01",
        "2,1,5,Tomorrow.,true,2026-03-02",
    )  # fmt: skip
    export("all/tables/user.csv", "id,role", "7,end-user", "5,agent")
    folder = export("all/faq.csv", "question,answer", "Opening hours?,9 to 5").parent
    reading = read(folder)
    assert sorted(reading.format.split("+")) == ["csv", "zendesk-csv"]
    items = list(reading.items)
    assert [item.id for item in items if isinstance(item, Conversation)] == ["zendesk:1"]
    assert [item.question for item in items if isinstance(item, Ticket)] == ["Opening hours?"]
    assert read(folder / "tables").format == "zendesk-csv"
