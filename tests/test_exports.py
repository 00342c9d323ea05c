"""Public doors: every `__all__` is literal and sorted, every name there can be had and says what it is."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = ("data", "retrieval", "dialog", "finetune", "ui")
# Alembic runs these files by path and asks for names of its own.
NO_EXPORTS = {"data/migrations/env.py"}
MODULES = [
    path
    for layer in LAYERS
    for path in sorted((ROOT / layer).rglob("*.py"))
    if str(path.relative_to(ROOT)) not in NO_EXPORTS and "versions" not in path.parts
]
HEAVY = ("torch", "transformers", "faiss", "gradio", "sqlalchemy", "pydantic", "sklearn", "fastapi", "numpy")


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("replydesk", *parts)).removesuffix(".__init__")


@cache
def exported(path: Path) -> list[str] | None:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id == "__all__" and isinstance(node, (ast.Assign, ast.AnnAssign)):
            assert node.value is not None
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None


def isort_order(name: str) -> tuple[int, str]:
    """Ruff's RUF022: constants, then classes, then the rest."""
    if name.isupper() and len(name) > 1:
        return (0, name)
    return (1, name) if name[:1].isupper() else (2, name)


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_every_module_names_what_it_gives_in_order(path: Path) -> None:
    names = exported(path)
    if names is None:
        # A package that holds nothing but data or migrations has nothing to give.
        lines = ast.parse(path.read_text(encoding="utf-8")).body
        assert path.name == "__init__.py" and len(lines) <= 1, f"{module_of(path)} has no __all__"
        return
    assert names == sorted(names, key=isort_order), f"sorted: {sorted(names, key=isort_order)}"
    assert len(names) == len(set(names))
    assert not [name for name in names if name.startswith("_")]


@pytest.mark.parametrize("path", MODULES, ids=module_of)
def test_every_name_can_be_had_and_has_a_docstring(path: Path) -> None:
    module = importlib.import_module(module_of(path))
    assert inspect.getdoc(module), f"{module_of(path)} has no docstring"
    for name in exported(path) or ():
        thing = getattr(module, name)
        # Constants and type aliases are described by the string below them.
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert (thing.__doc__ or "").strip(), f"{module_of(path)}.{name} has no docstring"


@pytest.mark.parametrize("layer", LAYERS)
def test_the_door_of_a_package_lists_its_names_and_refuses_others(layer: str) -> None:
    package = importlib.import_module(f"replydesk.{layer}")
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = package.no_such_name


@pytest.mark.parametrize("layer", LAYERS)
def test_importing_a_package_loads_nothing_heavy(layer: str) -> None:
    code = f"import sys, json, replydesk.{layer}; print(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == []
