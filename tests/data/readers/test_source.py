"""What comes from outside: every file, folder, archive and pipe is read, or refused with a reason, never trusted."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import stat
import struct
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from replydesk.data.errors import FormatError, InputError
from replydesk.data.readers import Item, Options, Skipped, jsontext, read
from replydesk.data.readers import source as module
from replydesk.data.readers.jsons import SAMPLES, first
from replydesk.data.readers.jsontext import JsonText
from replydesk.data.readers.source import Source
from replydesk.data.records import Conversation, Ticket

Export = Callable[..., Path]

PAIR = '{"question": "Is it waterproof?", "answer": "Up to two metres."}\n'
ZH_PAIR = '{"question": "防水吗？", "answer": "两米以内防水。"}\n'
TABLE = "question,answer\nIs it red?,It is.\n是红色吗？,是的。\n"


def zipped(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def skipped(items: list[Item]) -> dict[str, str]:
    return {item.where: item.why for item in items if isinstance(item, Skipped)}


def questions(items: list[Item]) -> list[str]:
    return [item.question for item in items if isinstance(item, Ticket)]


# ---- archives


@pytest.mark.parametrize(
    "name",
    ["../evil.jsonl", "a/../../evil.jsonl", "/etc/evil.jsonl", "C:/evil.jsonl", "..\\evil.jsonl", "C:\\evil.jsonl"],
)
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "e.zip", **{name: PAIR, "good.jsonl": ZH_PAIR})
    before = sorted(tmp_path.rglob("*"))
    items = list(read(path).items)
    assert questions(items) == ["防水吗？"]
    shown = name.replace("\\", "/")
    assert skipped(items) == {f"e.zip/{shown}": "the name leads out of the archive"}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    link = zipfile.ZipInfo("link.jsonl")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.jsonl", PAIR)
    items = list(read(path).items)
    assert questions(items) == ["Is it waterproof?"]
    assert skipped(items) == {"e.zip/link.jsonl": "it is a link"}


def altered(path: Path, change: Callable[[zipfile.ZipInfo], None]) -> Path:
    """Write the directory of an archive anew with changed claims; the local headers stay true."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        infos, at = archive.infolist(), archive.start_dir
    for info in infos:
        change(info)
        fields = list(struct.unpack_from("<4s4B4HL2L5H2L", data, at))
        fields[5], fields[6] = info.flag_bits, info.compress_type
        fields[10], fields[11], fields[18] = info.compress_size, info.file_size, info.header_offset
        struct.pack_into("<4s4B4HL2L5H2L", data, at, *fields)
        at += 46 + fields[12] + fields[13] + fields[14]
    path.write_bytes(data)
    return path


def test_what_is_encrypted_or_packed_in_a_rare_way_is_said(tmp_path: Path) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        if info.filename == "secret.jsonl":
            info.flag_bits |= 1
        if info.filename == "rare.jsonl":
            info.compress_type = zipfile.ZIP_BZIP2

    members = {"secret.jsonl": PAIR, "rare.jsonl": PAIR, "good.jsonl": ZH_PAIR}
    items = list(read(altered(zipped(tmp_path / "e.zip", **members), change)).items)
    assert questions(items) == ["防水吗？"]
    assert skipped(items) == {
        "e.zip/secret.jsonl": "it is encrypted; unpack it with its password first",
        "e.zip/rare.jsonl": "it is packed by a method that is not read (12); pack it the ordinary way",
    }


def test_an_archive_of_encrypted_files_says_what_to_do(tmp_path: Path) -> None:
    path = altered(zipped(tmp_path / "e.zip", a=PAIR), lambda info: setattr(info, "flag_bits", 1))
    with pytest.raises(FormatError, match=r"Nothing in the archive can be read: a, it is encrypted.*password"):
        read(path)
    with pytest.raises(FormatError, match="Nothing in the archive can be read"):
        read(zipped(tmp_path / "empty.zip"))


def test_a_bomb_that_says_so_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", **{"good.jsonl": PAIR})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.jsonl", "w") as bomb:
        for _ in range(110):
            bomb.write(b"\0" * 1024 * 1024)
    items = list(read(path).items)
    assert questions(items) == ["Is it waterproof?"]
    assert "would become 115,343,360" in skipped(items)["e.zip/bomb.jsonl"]


def test_a_bomb_that_lies_gives_no_more_than_it_says(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", **{"a.jsonl": PAIR * 20_000})
    altered(path, lambda info: setattr(info, "file_size", len(PAIR) * 10_000))
    items = list(read(path).items)
    assert 5_000 < len(questions(items)) <= 10_000
    assert "broken" in skipped(items)["e.zip/a.jsonl"]
    altered(path, lambda info: setattr(info, "file_size", 10))
    with pytest.raises(FormatError, match=r"Nothing in the folder.* e\.zip/a\.jsonl: The file is empty"):
        read(path)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", a=PAIR, b=PAIR, c=PAIR)
    altered(path, lambda info: setattr(info, "header_offset", 0))
    with pytest.raises(FormatError, match=r"bomb: . and . share their bytes"):
        read(path)


def test_more_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", a=PAIR * 100, b=PAIR * 100)
    with pytest.raises(FormatError, match="The archive unpacks to"):
        read(path, options=Options(unpacked_gb=1e-6))
    inner = zipped(tmp_path / "inner.zip", a=PAIR * 1000)
    outer = zipped(tmp_path / "outer.zip", inner=inner.read_bytes(), other=PAIR)
    items = list(read(outer, options=Options(unpacked_gb=3e-5)).items)
    assert questions(items) == ["Is it waterproof?"]
    assert "unpacks to" in skipped(items)["outer.zip/inner"]


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl.gz"
    with gzip.open(path, "wb") as stream:
        for _ in range(110):
            stream.write(b"\n" * 1024 * 1024)
    with pytest.raises(FormatError, match="The file is a bomb"):
        read(path)


def test_archives_are_opened_two_deep(tmp_path: Path) -> None:
    one = zipped(tmp_path / "one.zip", **{"a.jsonl": PAIR})
    two = zipped(tmp_path / "two.zip", **{"one.zip": one.read_bytes()})
    three = zipped(tmp_path / "three.zip", **{"two.zip": two.read_bytes(), "b.jsonl": ZH_PAIR})
    assert questions(list(read(two).items)) == ["Is it waterproof?"]
    items = list(read(three).items)
    assert questions(items) == ["防水吗？"]
    assert skipped(items) == {"three.zip/two.zip/one.zip": "Archives are opened two deep only."}


def test_broken_members_lose_themselves_only(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", **{"a.jsonl": os.urandom(3000).hex(), "b.jsonl": ZH_PAIR})
    data = bytearray(path.read_bytes())
    data[500:520] = b"\xff" * 20
    path.write_bytes(data)
    items = list(read(path).items)
    assert questions(items) == ["防水吗？"]
    assert set(skipped(items)) == {"e.zip/a.jsonl"}


def test_a_name_that_stands_twice_means_its_last_version(tmp_path: Path) -> None:
    path = zipped(tmp_path / "e.zip", **{"a.jsonl": PAIR})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a.jsonl", ZH_PAIR)
    assert questions(list(read(path).items)) == ["防水吗？"]


@pytest.mark.parametrize(
    ("magic", "word"),
    [(b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07\0", "RAR"), (b"%PDF-1.7", "PDF"), (b"BZh91AY", "bzip2")],
)
def test_what_has_to_be_unpacked_first_is_named(tmp_path: Path, magic: bytes, word: str) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(magic + os.urandom(64))
    with pytest.raises(FormatError, match=word) as error:
        read(path)
    assert error.value.hint


def test_an_opendocument_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"OpenDocument.*CSV"):
        read(zipped(tmp_path / "sheet.ods", **{"mimetype": "x", "META-INF/manifest.xml": "<x/>"}))


# ---- folders


def test_only_ordinary_files_of_a_folder_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a.jsonl").write_text(PAIR, encoding="utf-8")
    (folder / "linked.jsonl").symlink_to(folder / "deep" / "a.jsonl")
    (folder / "nowhere.jsonl").symlink_to(folder / "missing")
    (folder / "circle").symlink_to(folder)
    (folder / "round").symlink_to(folder / "round")
    (folder / ".hidden").write_text(PAIR, encoding="utf-8")
    (folder / "empty.jsonl").touch()
    (folder / "notes.txt").write_text("Hello.\nGoodbye.\n", encoding="utf-8")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)
        server.bind("sock")
        os.chdir(here)
    reading = read(folder)
    items = list(reading.items)
    assert reading.format == "csv"
    assert questions(items) == ["Is it waterproof?", "Is it waterproof?"]
    why = skipped(items)
    assert set(why) == {
        f"export/{name}" for name in ("nowhere.jsonl", "circle", "round", "empty.jsonl", "notes.txt", "pipe", "sock")
    }
    assert why["export/circle"] == "a link to a folder is not followed"
    assert why["export/pipe"] == why["export/sock"] == "it is no ordinary file"
    assert "cannot be read" in why["export/nowhere.jsonl"] and "cannot be read" in why["export/round"]
    assert why["export/empty.jsonl"] == "The file is empty."
    assert why["export/notes.txt"] == "The file is in no format that is known."


def test_a_pipe_or_a_device_by_name_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(InputError, match=r"neither a file nor a folder.*import `-`"):
            read(path)


def test_a_file_that_may_not_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret.jsonl").write_text(PAIR, encoding="utf-8")
    (tmp_path / "open.jsonl").write_text(ZH_PAIR, encoding="utf-8")
    real = io.FileIO

    def refuse(path: Path) -> io.FileIO:
        if path.name == "secret.jsonl":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(module.io, "FileIO", refuse)
    with pytest.raises(InputError, match=r"cannot be read: Permission denied.*permissions"):
        read(tmp_path / "secret.jsonl")
    items = list(read(tmp_path).items)
    assert questions(items) == ["防水吗？"]
    assert skipped(items) == {f"{tmp_path.name}/secret.jsonl": "The file cannot be read: Permission denied."}


def test_a_disk_that_fails_halfway_gives_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.jsonl"
    path.write_text(PAIR * 20_000, encoding="utf-8")
    real = io.FileIO

    class Failing(real):  # type: ignore[misc, valid-type]
        def read(self, size: int = -1) -> bytes:
            if self.tell() > 600_000:
                raise OSError(5, "Input/output error")
            return bytes(real.read(self, size) or b"")

    monkeypatch.setattr(module.io, "FileIO", Failing)
    items = list(read(path).items)
    assert 5000 < len(questions(items)) < 20_000
    assert any("Input/output error" in why for why in skipped(items).values())


def test_the_formats_of_a_folder_are_joined(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"turns": [{"role": "user", "text": "在吗"}]}\n', encoding="utf-8")
    (tmp_path / "b.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "c.jsonl").write_text('{"messages": [{"role": "user", "content": "hi"}]}\n', encoding="utf-8")
    reading = read(tmp_path)
    assert reading.format == "jsonl+csv+openai"
    items = list(reading.items)
    assert questions(items) == ["Is it red?", "是红色吗？"]
    assert sum(isinstance(item, Conversation) for item in items) == 2


def test_columns_are_mapped_in_every_file_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("q1,a1\nWhen?,Now.\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("a1,q1\n现在。,何时？\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("question,answer\nNo?,Yes.\n", encoding="utf-8")
    reading = read(tmp_path, options=Options(columns={"question": "q1", "answer": "a1"}))
    items = list(reading.items)
    assert (reading.format, questions(items)) == ("csv", ["When?", "何时？"])
    assert skipped(items) == {f"{tmp_path.name}/c.csv": "The table has no column 'q1'."}


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.slow
def test_thousands_of_files_are_not_held_open(tmp_path: Path) -> None:
    for n in range(1500):
        (tmp_path / f"{n:04}.jsonl").write_text(PAIR.replace("it", f"item {n}"), encoding="utf-8")
    before = open_files()
    items = read(tmp_path).items
    most = 0
    found = 0
    for item in items:
        found += isinstance(item, Ticket)
        if found % 100 == 0:
            most = max(most, open_files())
    assert found == 1500
    assert most <= before + 4
    assert open_files() <= before


def test_a_reading_that_is_given_up_closes_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(PAIR * 1000, encoding="utf-8")
    before = open_files()
    items = read(path).items
    next(items)
    items.close()  # type: ignore[attr-defined]
    assert open_files() <= before


# ---- long lines, in bounded memory


@pytest.mark.parametrize(
    ("name", "before", "long", "after", "place"),
    [
        ("lines.jsonl", PAIR, b'{"question": "' + b"x" * 1024 + b"%s" + b'"}\n', ZH_PAIR, "lines.jsonl:2"),
        ("list.json", f"[{PAIR},", b'{"question": "%s", "answer": "y"}', f",{ZH_PAIR}]", "list.json:[1]"),
        ("table.csv", "question,answer\nIs it waterproof?,yes\n", b"%s,yes\n", "防水吗？,是\n", "table.csv:3"),
        ("quoted.csv", "question,answer\nIs it waterproof?,yes\n", b'"%s",yes\n', "防水吗？,是\n", "quoted.csv:3"),
    ],
)
def test_a_line_of_100_megabytes_is_skipped_without_filling_the_memory(
    tmp_path: Path, name: str, before: str, long: bytes, after: str, place: str
) -> None:
    path = tmp_path / name
    start, end = long.split(b"%s")
    with path.open("wb") as stream:
        stream.write(before.encode() + start)
        for _ in range(100):
            stream.write(b"abcdefgh" * 131_072)
        stream.write(end + after.encode())
    items: list[Item] = []
    tracemalloc.start()
    items = list(read(path).items)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert questions(items) == ["Is it waterproof?", "防水吗？"]
    assert list(skipped(items)) == [place]
    assert "longer than" in skipped(items)[place]
    assert peak < 6 * jsontext.LIMIT


# ---- encodings


EN = ("I’d like a refund, the café blender “Pro” broke.", "It’s £20 – can I exchange it?", "Thanks… I’ll wait – José")
FR = (
    "Où est mon colis ? Il devait arriver lundi.",
    "Je n’ai pas reçu l’e-mail – pouvez-vous le renvoyer ?",
    "Très bien !",
)
DE = (
    "Wo bleibt mein Paket? Es sollte früher kommen.",
    "Für Rückgaben gilt die Frist von 14 Tagen.",
    "Schöne Grüße, Jörg",
)
ZH = (
    "我的包裹三天没动了，请问什么时候能到？",
    "您好，退款会在五个工作日内原路退回。",
    "杯子收到就是碎的，可以换一个吗？",
    "订单打包之前可以在我的订单里自行取消。",
    "发票怎么开？抬头写错了。",
    "验证码一直收不到，怎么办呢？",
)
HANT = (
    "我的包裹三天沒動了，請問什麼時候會到？",
    "您好，退款會在五個工作日內退回原來的信用卡。",
    "收到的杯子破了，可以換一個嗎？",
    "訂單打包之前可以自行取消。",
    "發票要怎麼開？公司名稱寫錯了。",
    "一直沒有收到驗證碼，該怎麼辦？",
)
JA = ("ご注文の商品はまだ届いていません。", "返品したいのですが、送料は無料でしょうか。", "サイズを交換できますか？")
KO = ("주문한 상품이 아직 도착하지 않았습니다.", "반품하고 싶은데 배송비가 무료인가요?", "사이즈를 교환할 수 있습니까?")
RU = ("Где мой заказ? Он должен был прийти в понедельник.", "Как вернуть деньги?", "Посылка уже в пути.")

WRITTEN = [
    *((texts, name) for texts in (EN, ZH, HANT) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32")),
    *((ZH, name) for name in ("gb18030", "gbk", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
    *((texts, name) for texts in (EN, FR, DE) for name in ("cp1252", "utf-16-le", "utf-16-be")),
    (DE, "latin-1"),
    *((HANT, name) for name in ("big5", "cp950", "utf-16-le", "gb18030")),
    (JA, "cp932"),
]


def table(texts: tuple[str, ...], size: int) -> str:
    rows: list[str] = []
    while sum(map(len, rows)) < size:
        rows.append(f'"{texts[len(rows) % len(texts)]}"')
    return "question,answer\n" + "".join(f"{row},ok\n" for row in rows)


@pytest.mark.parametrize("size", [50, 200, 1000, 5000])
@pytest.mark.parametrize(("texts", "name"), WRITTEN, ids=[f"{texts[0][:6]}-{name}" for texts, name in WRITTEN])
def test_texts_of_50_to_5000_characters_are_read_right(
    tmp_path: Path, texts: tuple[str, ...], name: str, size: int
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(table(texts, size).encode(name))
    with Source(path).open() as stream:
        assert stream.read() == table(texts, size)


@pytest.mark.parametrize("size", [50, 200, 1000, 5000])
@pytest.mark.parametrize(
    ("texts", "name"),
    [(JA, "euc_jp"), (KO, "euc_kr"), (KO, "cp949"), (RU, "cp1251"), (RU, "koi8-r"), (RU, "iso8859-5")],
    ids=lambda value: value if isinstance(value, str) else value[0][:4],
)
def test_what_cannot_be_told_is_skipped_and_never_read_wrong(
    tmp_path: Path, texts: tuple[str, ...], name: str, size: int
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(("question,answer\nIs it red?,yes\n" + table(texts, size).partition("\n")[2]).encode(name))
    items = list(read(path).items)
    assert questions(items) == ["Is it red?"]
    assert all("bytes that are not text" in why for why in skipped(items).values())
    told = list(read(path, options=Options(encoding=name)).items)
    assert questions(told)[:2] == ["Is it red?", texts[0]] and not skipped(told)


def test_a_concluded_encoding_is_said_with_the_cure(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(table(ZH, 300).encode("gbk"))
    items = list(read(path).items)
    [assumed] = [item for item in items if not isinstance(item, Ticket)]
    assert vars_of(assumed) == ("export.csv", "the text is in gb18030, because it is not in UTF-8", "--encoding NAME")
    path.write_bytes(table(ZH, 300).encode("utf-16"))
    assert all(isinstance(item, Ticket) for item in read(path).items)
    with pytest.raises(FormatError, match=r"no encoding 'klingon'.*gb18030"):
        read(path, options=Options(encoding="klingon"))


def vars_of(item: Any) -> tuple[str, ...]:
    return tuple(getattr(item, name) for name in item.__slots__)


def test_rows_in_another_encoding_are_skipped_alone(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    rows = [
        b"question,answer",
        *(f"{text},ok".encode() for text in ZH),
        *(f"{text},ok".encode("gbk") for text in ZH[:2]),
    ]
    path.write_bytes(b"\r\n".join(rows))
    items = list(read(path).items)
    assert questions(items) == list(ZH)
    assert set(skipped(items)) == {"mixed.csv:8", "mixed.csv:9"}


def test_mixed_line_ends_and_zeros_cost_their_rows_only(tmp_path: Path) -> None:
    path = tmp_path / "ends.csv"
    path.write_bytes(("question,answer\r\n" + "a?,b\n是吗？,是\r\nz\0?,c\nlast?,d" + "\nx?,y" * 100).encode())
    items = list(read(path).items)
    assert questions(items)[:3] == ["a?", "是吗？", "last?"]
    assert skipped(items) == {"ends.csv:4": "the row holds bytes that are not text"}


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x.example","y")', "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"]
)
def test_formulas_are_texts(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "sheet.csv"
    quoted = cell.replace('"', '""')
    path.write_text(f'question,answer\n"{quoted}","{quoted}"\n你好,在的\n', encoding="utf-8")
    ticket = next(item for item in read(path).items if isinstance(item, Ticket))
    assert (ticket.question, ticket.answer) == (cell, cell)


# ---- how far it is


@pytest.mark.parametrize("kind", ["file", "gzip", "folder", "zip", "nested", "pipe"])
def test_the_meter_goes_from_nothing_to_all(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [json.dumps({"question": os.urandom(300).hex(), "answer": f"{n}"}) + "\n" for n in range(8000)]
    data = "".join(texts).encode()
    path: Path | str = tmp_path / "export"
    if kind == "file":
        (tmp_path / "export").write_bytes(data)
    elif kind == "gzip":
        (tmp_path / "export").write_bytes(gzip.compress(data, 1))
    elif kind == "folder":
        (tmp_path / "export").mkdir()
        for n in range(8):
            (tmp_path / "export" / f"{n}.jsonl").write_text("".join(texts[n::8]), encoding="utf-8")
    elif kind in ("zip", "nested"):
        zipped(tmp_path / "export", **{f"{n}.jsonl": "".join(texts[n::8]) for n in range(8)})
        if kind == "nested":
            (tmp_path / "export").rename(tmp_path / "inner")
            zipped(tmp_path / "export", a=(tmp_path / "inner").read_bytes(), b="".join(texts))
    else:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        path = "-"
    reading = read(path)
    seen = [reading.meter.done / reading.meter.total for item in reading.items if isinstance(item, Ticket)]
    assert len(seen) in (8000, 16_000)
    assert 0.9 <= reading.meter.total / (data_size(path, data)) <= 1.1
    assert seen[0] < 0.4 and seen[-1] > 0.9 and max(seen) <= 1.001
    assert seen == sorted(seen)


def data_size(path: Path | str, data: bytes) -> int:
    if path == "-":
        return len(data)
    path = Path(path)
    return sum(p.stat().st_size for p in path.iterdir()) if path.is_dir() else path.stat().st_size


def test_a_look_is_done_once_until_the_source_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text("[]", encoding="utf-8")
    source, done = Source(file), []

    def look() -> int:
        done.append(source.head())
        return len(done)

    assert [source.looked("size", look), source.looked("size", look), source.looked("other", look)] == [1, 1, 2]
    source.close()
    assert source.looked("size", look) == 3


def test_a_large_object_is_looked_through_once_for_all_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "export.json"
    # An object of one key after the other, the first of which is longer than what is looked at.
    file.write_text('{"1": {"text": "' + "a" * 5_000_000 + '"}}', encoding="utf-8")
    looked: list[int] = []
    monkeypatch.setattr(JsonText, "skip", lambda _text: bool(looked.append(1)))
    source = Source(file)
    assert [first(source), first(source), first(source, count=20)] == [[], [], []]
    assert len(looked) == len(SAMPLES)
