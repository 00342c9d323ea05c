"""The examples in docstrings give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

PACKAGES = ("data", "retrieval", "dialog", "finetune", "ui")
# Only alembic can import what it runs migrations by.
UNIMPORTABLE = {"replydesk.data.migrations.env"}


def modules() -> list[str]:
    names = []
    for package in PACKAGES:
        found = importlib.import_module(f"replydesk.{package}")
        walked = pkgutil.walk_packages(found.__path__, f"{found.__name__}.")
        names += [found.__name__, *(module.name for module in walked)]
    return sorted(set(names) - UNIMPORTABLE)


def with_examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [one for name in modules() for one in finder.find(importlib.import_module(name)) if one.examples]


@pytest.mark.parametrize("example", with_examples(), ids=lambda one: one.name.removeprefix("replydesk."))
def test_the_example_gives_what_it_says(example: doctest.DocTest) -> None:
    said: list[str] = []
    failed, _ = doctest.DocTestRunner(verbose=False).run(example, out=said.append)
    assert not failed, "".join(said)
