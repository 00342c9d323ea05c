from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from replydesk.data.readers.base import Skipped, Source
from replydesk.data.readers.yamls import LIMIT, Node, nodes

Export = Callable[..., Path]


def read(path: Path) -> list[Node | Skipped]:
    return list(nodes(Source(path)))


def test_lists_come_by_element_and_everything_stays_text(export: Export) -> None:
    path = export(
        "a.yml",
        "version: 3.0",
        "nlu:",
        "- intent: no",
        "  examples: |",
        "    - 不要",
        "    - nope",
        "- intent: 'off'",
        "  examples: ~",
        "responses: {a: [{text: 007}], b: '', c: }",
    )
    assert read(path) == [
        Node("a.yml:1", "version", "3.0"),
        Node("a.yml:3", "nlu", {"intent": "no", "examples": "- 不要\n- nope\n"}),
        Node("a.yml:7", "nlu", {"intent": "off", "examples": None}),
        Node("a.yml:9", "responses", {"a": [{"text": "007"}], "b": "", "c": None}),
    ]


def test_anchors_and_merges_are_followed(export: Export) -> None:
    path = export(
        "a.yml",
        "x:",
        "  one: &one {text: hi, channel: web}",
        "  two: {<<: *one, text: 你好}",
        "  three: {<<: [*one, {more: yes}]}",
    )
    [node] = read(path)
    assert isinstance(node, Node)
    assert node.value["two"] == {"text": "你好", "channel": "web"}
    assert node.value["three"] == {"text": "hi", "channel": "web", "more": "yes"}


def bomb() -> list[str]:
    laughs = ["  a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    laughs += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return ["responses:", *laughs, "later: text"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (bomb(), f"one value of more than {LIMIT:,} pieces"),
        (["a: " + "[" * 50_000], "nested deeper than 100"),
        (["a:", "  b: *nothing"], "the alias *nothing stands for nothing that came before"),
        (["a: &a {b: *a}"], "the alias *a stands for nothing that came before"),
    ],
)
def test_a_bomb_is_defused(export: Export, lines: list[str], why: str) -> None:
    path = export("bomb.yml", *lines)
    tracemalloc.start()
    [skipped] = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(skipped, Skipped)
    assert skipped.why == f"the file cannot be read from here on ({why})"
    assert peak < 20_000_000


def test_what_comes_before_an_error_is_kept(export: Export) -> None:
    first, second, skipped = read(export("a.yml", "a: 好", "b: [1,", "c: }"))
    assert (first, second) == (Node("a.yml:1", "a", "好"), Node("a.yml:2", "b", "1"))
    assert isinstance(skipped, Skipped)
    assert skipped.where == "a.yml:3"
    assert skipped.why.startswith("the file is not YAML from here on")


def test_bytes_that_are_no_text_cost_one_character(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_bytes(b"a: x\xff\x00y\nb: ok\n")
    assert read(path) == [Node("a.yml:1", "a", "x\ufffd\ufffdy"), Node("a.yml:2", "b", "ok")]


def test_a_large_file_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    with path.open("w") as stream:
        stream.write("nlu:\n")
        for number in range(2_000):
            examples = "".join(f"    - example {line} of intent {number}\n" for line in range(100))
            stream.write(f"- intent: i{number}\n  examples: |\n{examples}")
    assert path.stat().st_size > 5_000_000
    tracemalloc.start()
    assert sum(1 for _ in nodes(Source(path))) == 2_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000
