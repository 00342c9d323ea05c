from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from replydesk.data.readers import xmls
from replydesk.data.readers.base import Skipped, Source
from replydesk.data.readers.jsons import Record
from replydesk.data.readers.xmls import elements, is_xml

Export = Callable[..., Path]

NAMES = ("row-a",)


@pytest.mark.parametrize("chunk", [1, 256 * 1024])
def test_elements_become_objects(export: Export, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(xmls, "_CHUNK", chunk)
    path = export(
        "e.xml",
        '<?xml version="1.0"?><rows>',
        '<row-a><first-name>Ann &amp; 李</first-name><list type="array"><i><x>1</x></i><i>2</i></list>',
        '<none nil="true"/><empty/></row-a>',
        "<other><row-b>no</row-b></other><row-a><x><![CDATA[<b>]]></x></row-a></rows>",
    )
    assert is_xml(Source(path), NAMES)
    assert list(elements(Source(path), NAMES)) == [
        Record(
            "e.xml:row-a[0]",
            "",
            {"first_name": "Ann & 李", "list": [{"x": "1"}, "2"], "none": None, "empty": ""},
        ),
        Record("e.xml:row-a[1]", "", {"x": "<b>"}),
    ]


def test_what_comes_before_a_fault_is_kept(export: Export) -> None:
    kept, fault = elements(Source(export("e.xml", "<rows><row-a><x>在吗</x></row-a>", "<row-a><x>cut")), NAMES)
    assert kept == Record("e.xml:row-a[0]", "", {"x": "在吗"})
    assert isinstance(fault, Skipped) and fault.where == "e.xml:3" and "cannot be read from here on" in fault.why


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE rows [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE rows SYSTEM "file:///etc/passwd">',
        "<!-- " + "x" * 100_000 + " --><!DOCTYPE rows>",
    ],
    ids=["entities", "external", "late"],
)
def test_document_types_and_entities_are_refused(export: Export, declared: str) -> None:
    path = export("e.xml", declared, "<rows><row-a><x>&b;</x></row-a></rows>")
    [fault] = elements(Source(path), NAMES)
    assert isinstance(fault, Skipped) and "document types and entities are refused" in fault.why


def test_what_fills_the_memory_is_refused(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmls, "LIMIT", 100)
    [fault] = elements(Source(export("e.xml", f"<row-a><x>{'退' * 200}</x></row-a>")), NAMES)
    assert isinstance(fault, Skipped) and "longer than" in fault.why
    [fault] = elements(Source(export("d.xml", "<row-a>" + "<x>" * 99)), NAMES)
    assert isinstance(fault, Skipped) and "too deeply" in fault.why


def test_what_is_no_xml_is_not_taken_for_it(export: Export) -> None:
    assert not is_xml(Source(export("e.json", '{"x": "<row-a>"}')), NAMES)
    assert not is_xml(Source(export("e.xml", "<rows><row-ab/></rows>")), NAMES)
