"""The whole loop of an analyst: read an export, train, judge, and let the better release answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from replydesk.data.curation import curate
from replydesk.data.errors import RequestError, SettingsError
from replydesk.data.home import Home
from replydesk.data.ingest import Ingested, ingest
from replydesk.data.labels import LabelSets
from replydesk.data.readers import Options, Reading, read
from replydesk.data.records import Ticket
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.rules.book import facts_file
from replydesk.dialog.rules.facts import Facts
from replydesk.finetune.collecting import collect
from replydesk.finetune.defaults import recipe_for
from replydesk.finetune.encoders.making import FROZEN, make_encoders
from replydesk.finetune.evaluation.judge import Report, judge
from replydesk.finetune.evaluation.page import report_page
from replydesk.finetune.examples import Material
from replydesk.finetune.learning.intents import NewIntent, example_conversations, with_intent
from replydesk.finetune.parts import TestMessages
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.finetune.runs import Run, Runs, Tracked
from replydesk.finetune.train import RerankerPlan, make_release
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.indexes import sweep
from replydesk.retrieval.matcher import Matcher
from replydesk.retrieval.shards import Job, encode_shards, read_shards

__all__ = ["Outcome", "Task", "Workshop"]

Task = Literal["all", "intent", "encoder", "reranker"]

_SPACE = 200 * 2**20
# While it judges, an agent has all the time that it needs: how busy this machine is says nothing about a release.
_NO_HURRY = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a training: the release, its report, and whether it answers now."""

    release: Release
    report: Report
    promoted: bool
    folder: Path
    imported: Ingested | None = None
    task: str = "all"

    def document(self) -> dict[str, Any]:
        """Return the JSON document of ``replydesk train`` and ``replydesk retrain``."""
        return {
            "release": self.release.id,
            "promoted": self.promoted,
            "reasons": list(self.report.reasons),
            "report": self.report.document(),
            "page": str(self.folder / "report.html"),
            **({"int8": dict(self.release.int8)} if self.release.int8 else {}),
            **({"import": self.imported.document()} if self.imported else {}),
        }


class Workshop:
    """Imports into, trains and judges the releases of one home; one at a time, whatever the number of processes.

    >>> Workshop(Home.find("/srv/desk")).retrain([Path("export.jsonl")]).promoted     # doctest: +SKIP
    True
    """

    def __init__(
        self,
        home: Home,
        settings: Settings | None = None,
        *,
        progress: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.home = home.create()
        self.settings = settings or Settings.load(home.settings)
        self.store = Store.open(self.settings.data.database or home.database)
        self.encoders = Encoders(self.settings.retrieval, self.home.runtime)
        self.matcher = Matcher.of(self.store, self.encoders, self.settings, home)
        self.releases = Releases(home, threads=self.settings.retrieval.threads)
        self._progress = progress

    def import_exports(
        self,
        paths: Sequence[str | Path],
        *,
        format: str = "auto",  # noqa: A002 - the command line's own word
        options: Options | None = None,
        dry_run: bool = False,
        index: bool = True,
        watch: Callable[[Reading, Ingested], None] = lambda _reading, _report: None,
    ) -> Ingested:
        """Read exports into the store and bring the index up to them; return the report of all together.

        A dry run writes nothing. Run again, it adds nothing that is there. Without ``index`` the tickets are encoded
        when they are next searched. ``watch`` is called every few hundred conversations with what is being read.
        """
        if not dry_run:
            self.home.require_space(_SPACE)
        total = Ingested()
        for path in paths:
            reading = read(path, format=format, options=options)
            one = ingest(
                reading.items,
                self.store,
                self.settings.data,
                dry_run=dry_run,
                progress=lambda report, reading=reading: watch(reading, report),  # type: ignore[misc]
            )
            self._progress(f"{path}: {one.conversations} conversations")
            total += replace(one, format=reading.format, columns=dict(reading.columns))
        if not dry_run:
            told = {"paths": [str(path) for path in paths], **total.document()}
            # The audit counts; what was said stands in the tables where it can be erased.
            self.store.log("import", {key: told[key] for key in told if key not in ("samples", "skipped")})
            curate(self.store, progress=self._progress)
            if index:
                self.matcher.sync(progress=lambda done, every: self._progress(f"Indexed {done} of {every} changes"))
        return total

    def build_index(self, *, processes: int = 1, cluster: str = "") -> dict[str, int]:
        """Encode all tickets anew, in shards that a crash keeps, and return how many each index holds.

        They are encoded with the encoders of the settings and with those of the current release. ``processes`` work
        beside each other, or the machines of a Ray ``cluster``. Servers go on answering meanwhile.
        """
        release = self.releases.current()
        instead = self.releases.stand_ins(release.id) if release.encoders else {}
        serving = self.matcher.using(release.encoders)
        folder = self.home.folder / "shards"
        database = self.settings.data.database or self.home.database
        job = Job(database, self.settings, folder, self.home.runtime, tuple(instead.items()))
        with self.home.lock("shards", wait_seconds=5):
            encode_shards(
                job,
                processes=processes,
                cluster=cluster,
                progress=lambda done, every: self._progress(f"Encoded {done} of {every} shards"),
            )
            filled: set[str] = set()
            for matcher, encoders in ((self.matcher, self.encoders), (serving, self.encoders.using(release.encoders))):
                for encoder in encoders.among(self.settings.data.languages):
                    if encoder.id not in filled:
                        matcher.fill(encoder, *read_shards(job, encoder.id))
                        filled.add(encoder.id)
            shutil.rmtree(folder)
        return self.matcher.sync() | serving.sync()

    def train(
        self,
        recipe: Recipe | None = None,
        *,
        task: Task = "all",
        promote: bool = False,
        imported: Ingested | None = None,
        resume: bool = False,
        wandb: bool | None = None,
    ) -> Outcome:
        """Train a candidate, judge it against the current release and store both; promote it if asked and better.

        The tasks ``all`` and ``encoder`` fine-tune the encoder where the recipe says so; ``intent`` trains what reads
        its vectors alone. The task ``reranker``, or ``all`` with a recipe that has one, also trains a cross-encoder;
        else the one of the current release goes on. Without a ``recipe`` it is ``quick``.

        With ``resume`` the newest training that was stopped goes on, with its own recipe and task; where another recipe
        is given, or the data changed, it starts anew. ``wandb`` overrules the setting. Raises :class:`RequestError`
        when there is nothing to learn from, or nothing to go on with, and for the task ``encoder`` with a recipe that
        does not tune it; :class:`Interrupted` when SIGINT or SIGTERM stopped it.
        """
        wandb = self.settings.finetune.wandb if wandb is None else wandb
        runs = Runs(self.home, self.settings.finetune.keep_runs, wandb=wandb)
        with self.home.lock("training", wait_seconds=5):
            if resume:
                run, recipe = self._unfinished(runs, recipe)
            else:
                recipe = recipe or QUICK
                _check(recipe, task)
                run = runs.new(recipe, task=task, promote=promote)
            with runs.going(run) as tracked:
                return self._train(recipe, tracked, imported)

    def _unfinished(self, runs: Runs, recipe: Recipe | None) -> tuple[Run, Recipe]:
        """Return the run to go on with, and its recipe, or a new one like it where another recipe is given."""
        run = runs.unfinished()
        if run is None:
            hint = "Begin one without --resume."
            raise RequestError("There is no training to go on with.", where=str(self.home.runs), hint=hint)
        if recipe is not None and recipe.document() != run.recipe:
            self._progress(f"Starting anew: {run.id} was begun with another recipe.")
            return runs.new(recipe, task=run.task, promote=run.promote), recipe
        self._progress(f"Going on with {run.id}")
        return run, run.asked()

    def _advice(self, material: Sequence[Material], recipe: Recipe) -> str:
        """Return which recipe is made for so few messages as could tune an encoder, '' where this one fits them."""
        tunable = [part for part in material if self.encoders.bert(part.languages[0]) is not None]
        labels = [(part.encoder.id, label) for part in tunable for label in part.train.labelled.labels]
        return recipe_for(labels, recipe)[1]

    def _facts(self) -> list[str]:
        """Return what the facts of the desk say and are called; none, and a line, where their file is damaged."""
        try:
            facts = Facts.load(facts_file(self.home.folder)).facts
        except SettingsError as error:
            self._progress(f"The facts are not read: {error}")
            return []
        return [text for fact in facts for text in (fact.value, *fact.names, *fact.words)]

    def _train(self, recipe: Recipe, tracked: Tracked, imported: Ingested | None) -> Outcome:
        task, promote = tracked.run.task, tracked.run.promote
        with TemporaryDirectory() as scratch:
            self.matcher.sync()
            # A release whose folder is gone cannot be compared with; what is trained now is the first again.
            current = self.releases.current_id()
            parent = current if current in self.releases.ids() else ""
            baseline = self.releases.load(parent) if parent else UNTRAINED_RELEASE
            material, data = collect(self.store, self.encoders, self.settings, self._facts())
            if not material:
                hint = "Import conversations with answers first: `replydesk import EXPORT`."
                raise RequestError("There is nothing to learn from yet.", where=str(self.home.folder), hint=hint)
            if task in ("all", "encoder") and (said := self._advice(material, recipe)):
                self._progress(said)
            made = make_encoders(
                material,
                self.encoders,
                recipe if task in ("all", "encoder") else replace(recipe, encoder=FROZEN),
                Path(scratch),
                parent=baseline,
                threads=self.settings.retrieval.threads,
                texts=self._texts,
                callbacks=tracked.callbacks,
                checkpoints=tracked.checkpoints,
                progress=self._progress,
            )
            plan = None
            if task == "reranker" or (task == "all" and recipe.reranker.train):
                plan = RerankerPlan(
                    {part.encoder.id: self.encoders.bert(part.languages[0]) for part in made.material}, Path(scratch)
                )
            before = baseline if parent else None
            labels = LabelSets(self.home).all()
            candidate = make_release(
                made.material,
                data,
                recipe,
                parent=before,
                reranker=plan,
                labels=labels,
                suggested=list(self.store.suggestions()),
                test_share=self.settings.finetune.test_share,
                max_wrong=self.settings.dialog.max_wrong,
                progress=self._progress,
            )
            candidate = replace(
                candidate, encoders=made.encoders, int8=made.int8, tuned=made.tuned, weights=made.weights
            )
            self._progress("Judging it on messages that it has not seen")
            patient = self.settings.retrieval.model_copy(update={"rerank_budget_ms": _NO_HURRY})
            agent = Agent(self.store, self.matcher, self.settings.model_copy(update={"retrieval": patient}))
            report = judge(agent, candidate, baseline, material, self.settings.finetune, labels, read=made.material)
            candidate = replace(candidate, metrics=report.after)
            folder = self.releases.save(candidate, report.document(), report_page(report))
            promoted = promote and report.promotable
            if promoted:
                # Whoever follows the pointer finds the index of a new encoder built.
                self.matcher.using(candidate.encoders).sync()
                self.releases.promote(candidate.id)
                needed = {encoder.id for encoder in self.encoders.among(self.settings.data.languages)}
                sweep(self.home, needed | self.releases.encoders_needed(current))
            self.store.log("train", {"release": candidate.id, "promoted": promoted, "reasons": list(report.reasons)})
            tracked.finish(candidate.id, report.after)
        return Outcome(candidate, report, promoted, folder, imported, task)

    def add_intent(self, name: str, examples: Sequence[str], *, answer: str = "", language: str = "") -> Outcome:
        """Teach the release that answers one more intent, in seconds, and let the result answer if nothing got worse.

        The examples are stored as labelled messages of the training part, so that the next training learns from them;
        with an ``answer`` each also becomes a canned ticket. Other intents may lose on the frozen test part no more
        than ``finetune.max_loss``. Raises :class:`RequestError` for an empty name or example, a known intent, or where
        nothing was trained yet.
        """
        conversations = example_conversations(name, examples, self.settings.data, language=language)
        intent = NewIntent.of(conversations[0].messages[0].intents[0], conversations)
        with self.home.lock("training", wait_seconds=5):
            current = self.releases.current()
            tests = TestMessages.of(self.store, self.settings)
            made, report = with_intent(current, intent, self.encoders, tests, settings=self.settings.finetune)
            made = replace(made, metrics=report.after)
            # Before the release: killed in between, it is taught again from the same examples.
            self.store.assign_splits({conversation.id: "train" for conversation in conversations})
            canned = [
                Ticket.make(text, answer, intent=intent.name, source="canned", language=language, at=made.made_at)
                for text in (intent.texts if answer.strip() else ())
            ]
            ingest([*conversations, *canned], self.store, self.settings.data)
            folder = self.releases.save(made, report.document(), report_page(report))
            if report.promotable:
                self.matcher.using(made.encoders).sync()
                self.releases.promote(made.id)
            told = {"intent": intent.name, "examples": len(intent.texts), "release": made.id}
            self.store.log("intent", {**told, "promoted": report.promotable, "reasons": list(report.reasons)})
        return Outcome(made, report, report.promotable, folder)

    def _texts(self, languages: Sequence[str], without: Collection[str]) -> Corpus:
        """Return what an encoder may read before it is fine-tuned."""
        return Corpus.of_store(self.store, self.settings, languages=languages, without=without)

    def retrain(
        self,
        paths: Sequence[str | Path],
        recipe: Recipe = QUICK,
        *,
        format: str = "auto",  # noqa: A002 - the command line's own word
        options: Options | None = None,
    ) -> Outcome:
        """Import, train, judge and, when nothing got worse, promote."""
        imported = self.import_exports(paths, format=format, options=options)
        return self.train(recipe, promote=True, imported=imported)


def _check(recipe: Recipe, task: Task) -> None:
    if task == "encoder" and not recipe.encoder.tune:
        hint = "Choose one that does, such as --recipe full."
        raise RequestError(f"The recipe {recipe.name} leaves the encoder as it is.", where="--recipe", hint=hint)
