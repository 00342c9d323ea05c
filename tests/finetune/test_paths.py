"""Intents with a path from an export to a reply, and back into an export; in English and Chinese."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from replydesk.data.export import export_csv
from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.readers import read
from replydesk.data.records import Conversation
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.finetune.collecting import collect
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop
from replydesk.finetune.train import make_release
from tests.conftest import desk_conversations

PATHS = {
    "delivery_delay": "parcel/late",
    "broken_item": "parcel/broken",
    "refund_status": "钱/退款",
    "cancel_order": "order/cancel",
    "change_address": "order/change/address",
}
FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2), spelling=False)


def labelled() -> list[Conversation]:
    """Return the conversations of the tiny desk, their intents paths."""
    return [
        replace(
            one,
            messages=tuple(replace(m, intents=tuple(PATHS[name] for name in m.intents)) for m in one.messages),
        )
        for one in desk_conversations()
    ]


def intents_of(store: Store) -> list[str]:
    return sorted(name for one in store.conversations() for message in one.messages for name in message.intents)


def test_paths_go_through_import_training_replies_and_export(home: Home, tmp_path: Path) -> None:
    settings = Settings.load(home.settings)
    store = Store.open(home.database)
    ingest(labelled(), store, settings.data)
    expected = intents_of(store)
    assert set(expected) == set(PATHS.values())
    file = io.StringIO()
    export_csv(store, file)
    store.close()
    table = tmp_path / "export.csv"
    table.write_text(file.getvalue(), encoding="utf-8")
    again = Store.open(tmp_path / "again.db")
    ingest(read(table).items, again, settings.data)
    assert intents_of(again) == expected
    again.close()

    workshop = Workshop(home)
    material, data = collect(workshop.store, workshop.encoders, workshop.settings)
    release = make_release(material, data, FAST)
    workshop.releases.save(release, {}, "")
    workshop.releases.promote(release.id)
    workshop.store.close()
    agent = Agent.open(home)
    for text, node in (("Where is my parcel?", "parcel"), ("退款什么时候到账?", "钱/退款")):
        document = agent.reply(text).document()
        assert {intent["name"] for intent in document["intents"]} <= set(PATHS.values())
        assert document["node"] is None or document["node"]["name"].startswith(node)
    agent.store.close()
