"""The main job: events -> graph -> model, audio, rings, rules -> evidence -> verdict -> tables."""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import torch

from graphfraud.audio.duplicates import duplicate_evidence
from graphfraud.audio.sight import sights
from graphfraud.audio.twins import twin_pairs
from graphfraud.building.graph import GRAPH, refuse_too_many_admitted, written_graph
from graphfraud.building.refusal import refusal_folder, refusals_are_kept, refuse_overlap
from graphfraud.config import Policy, Settings
from graphfraud.detector.detect import Behaviour, behaviour
from graphfraud.detector.splits import LabelSet
from graphfraud.errors import EnvironmentFault
from graphfraud.folders.manifest import write_manifest
from graphfraud.folders.whole import WORK, refuse_taken_place, whole_folder
from graphfraud.fusion.economics import track_months
from graphfraud.fusion.policy import policy_evidence
from graphfraud.fusion.rings import ring_of, stolen, with_rings
from graphfraud.fusion.verdict import judged, unknown_overrides
from graphfraud.graph.snapshot import graph_digest
from graphfraud.graph.typed import Graph
from graphfraud.model.checkpoint import write_checkpoint
from graphfraud.report.page import REPORT, report_page
from graphfraud.run.identity import calibrated, measured, run_identity, table_digests
from graphfraud.run.parts import (
    BehaviourEvidence,
    behaviour_evidence,
    content_evidence,
    delivered_tracks,
    detector_evidence,
    subject_evidence,
)
from graphfraud.run.ring_details import ring_details
from graphfraud.run.ring_platform import ring_platform
from graphfraud.run.ring_tables import FoundRings, found_rings
from graphfraud.run.stages import Stages
from graphfraud.run.subjects import directions, graph_of, label_sets
from graphfraud.tables import FACT_OUTPUTS, OUTPUTS, PLAYS_BY_HOUR, TWINS
from graphfraud_features.admission.admitted import Admitted, admitted, default_as_of
from graphfraud_features.admission.known import write_known_subjects
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.measures.hours import HoursFile
from graphfraud_features.snapshot import graph_tables
from graphfraud_features.store.build import BuildRequest, built_store
from graphfraud_features.store.pinned import pinned
from graphfraud_features.store.stored import QUARANTINE, Store
from graphfraud_features.view import has_labels, scoring_view, training_view


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What to judge, as of when, and how."""

    feed: Path
    out: Path
    store: Path | None
    """Where the feed's rows are kept for the runs to come; for this run alone when None."""
    as_of: datetime | None
    """Just after the last event when None."""
    clock: datetime
    """The instant of the start, UTC."""
    settings: Settings
    policy: Policy
    threads: int
    device: str | None
    """`cpu` or `cuda`; the GPU where there is one when None."""
    replace: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOutcome:
    """What came of a run, for its summary; the rest is in its folder."""

    scores: pl.DataFrame
    rings: pl.DataFrame
    months: pl.DataFrame
    manifest: dict[str, Any]


def run_feed(request: RunRequest, stages: Stages) -> RunOutcome:
    """Judges a feed and writes RUN, whole or not at all; a feed that is refused leaves RUN.refused.

    Raises: UsageError, InputRefused, EnvironmentFault.
    """
    request = replace(
        request,
        out=request.out if request.out.is_symlink() else request.out.resolve(),
        store=request.store.resolve() if request.store else None,
    )
    refuse_taken_place(request.out, replace=request.replace)
    refuse_overlap(request.feed, request.out, "an --out")
    if request.store is not None:
        refuse_overlap(request.store, request.out, "an --out")
        refuse_overlap(request.feed, request.store, "a --store")
    device = device_for(request.device)
    torch.set_num_threads(request.threads)
    quarantine = Quarantine()
    with (
        refusals_are_kept(request.out, quarantine, stages),
        whole_folder(request.out, replace=request.replace) as folder,
    ):
        (folder / WORK).mkdir()
        build = BuildRequest(
            feed=request.feed,
            store=request.store or folder / WORK / "store",
            clock=request.clock,
            settings=request.settings.feed,
            threads=request.threads,
            refused=refusal_folder(request.out),
        )
        with stages.stage("build store"):
            built_store(build, quarantine, stages.count_rows)
        with pinned(build.store) as store:
            return _Run(request, folder, quarantine, stages, device).outcome(store)


def device_for(asked: str | None) -> str:
    """The device to compute on.

    Raises: EnvironmentFault when a GPU is asked for and there is none.
    """
    has_gpu = torch.cuda.is_available()
    if asked == "cuda" and not has_gpu:
        raise EnvironmentFault("--device cuda: no GPU is usable here: choose --device cpu")
    return asked or ("cuda" if has_gpu else "cpu")


@dataclass(slots=True)
class _Run:
    """One run under way: its stages in order, each reading what the ones before it made."""

    request: RunRequest
    folder: Path
    quarantine: Quarantine
    stages: Stages
    device: str

    def outcome(self, store: Store) -> RunOutcome:
        with self.stages.stage("admit rows"):
            events = self._admitted(store)
        with self.stages.stage("build graph"):
            graph, training = self._graphs(events)
        with self.stages.stage("learn"):
            labels = label_sets(graph, events.table("labels").collect())
            learned = self._behaviour(graph, training, labels)
        with self.stages.stage("compare audio"):
            content, twins = self._audio(events)
        with self.stages.stage("find rings"):
            found, details = self._rings(graph, events, twins)
        with self.stages.stage("judge"):
            parts = behaviour_evidence(learned, labels, self.request.settings.model.novel_share)
            scores = self._scores(subject_evidence(graph, parts, content, self._rules(events)), found)
        with self.stages.stage("count payments"):
            months = self._months(scores, found, events)
        tables = {"scores": scores, "track_months": months} | found.tables() | details
        with self.stages.stage("write run"):
            (self.folder / "rings").mkdir()
            for name, rows in tables.items():
                rows.write_parquet(self.folder / f"{name}.parquet")
            write_known_subjects(self.folder, events)
            identity = self._identity(events, parts) | {"tables": self._digests(events, graph, tables)}
            shutil.rmtree(self.folder / WORK)
        with self.stages.stage("write report"):
            said = {"identity": identity, "measured": measured(self.stages, learned, events, self.quarantine)}
            (self.folder / REPORT).write_text(report_page(tables, said), encoding="utf-8")
        manifest = {
            "kind": "run",
            "identity": identity,
            "measured": measured(self.stages, learned, events, self.quarantine),
        }
        write_manifest(self.folder, manifest)
        return RunOutcome(scores=scores, rings=found.rings, months=months, manifest=manifest)

    def _admitted(self, store: Store) -> Admitted:
        request = self.request
        as_of = request.as_of or default_as_of(store, request.clock)
        events = admitted(store, self.quarantine, self.folder / WORK / "admitted", as_of=as_of, clock=request.clock)
        self.stages.count_rows("rows", sum(store.row_count(table) for table in store.parts))
        refuse_too_many_admitted(self.quarantine, events, request.settings, request.out)
        self.quarantine.write(self.folder / QUARANTINE)
        return events

    def _graphs(self, events: Admitted) -> tuple[Graph, Graph]:
        """The graph to score, and the graph to learn from, which ends at each label."""
        settings = self.request.settings
        with HoursFile(self.folder / f"{PLAYS_BY_HOUR}.parquet") as hours:
            graph = written_graph(self.folder / GRAPH, events, settings, self.stages, hours=hours)
        if not has_labels(events):
            return graph, graph
        return graph, graph_of(graph_tables(training_view(events), settings.features), events.as_of)

    def _behaviour(self, graph: Graph, training: Graph, labels: dict[str, LabelSet]) -> Behaviour:
        run = self.request.settings.run
        learned = behaviour(
            graph,
            training,
            labels,
            directions(),
            self.request.settings.model,
            seed=run.seed,
            threads=self.request.threads,
            device=self.device,
            progress=self.stages.say,
        )
        (self.folder / "model").mkdir()
        detector_evidence(graph, learned).write_parquet(self.folder / "model" / "evidence.parquet")
        if learned.sage is not None:
            write_checkpoint(self.folder / "model", learned.sage)
        return learned

    def _audio(self, events: Admitted) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The content part of tracks and accounts, and all pairs of twins."""
        tracks = delivered_tracks(events.table("tracks"), events.table("accounts")).collect()
        embeddings = events.table("embeddings").collect()
        settings, run = self.request.settings.audio, self.request.settings.run
        seen = sights(embeddings, tracks, settings, threads=self.request.threads, seed=run.seed)
        evidence, twins = duplicate_evidence(seen), twin_pairs(seen)
        (self.folder / "audio").mkdir()
        evidence.write_parquet(self.folder / "audio" / "duplicates.parquet")
        twins.write_parquet(self.folder / "audio" / "twins.parquet")
        self.stages.count_rows("embeddings", embeddings.height)
        return content_evidence(evidence, tracks), twins

    def _rings(self, graph: Graph, events: Admitted, twins: pl.DataFrame) -> tuple[FoundRings, dict[str, pl.DataFrame]]:
        """The rings, and what is told of them beside the contract's tables."""
        settings = self.request.settings
        sounding = events.table("embeddings").select(pl.col("track_id").unique()).collect()["track_id"]
        view = scoring_view(events)
        platform = ring_platform(graph, view, twins, sounding, settings.features)
        self.stages.count_rows("plays", len(platform.log.track_ix))
        found = found_rings(platform, settings.rings, seed=settings.run.seed, progress=self.stages.say)
        return found, ring_details(found.named, platform, view)

    def _rules(self, events: Admitted) -> pl.DataFrame:
        days = events.table("streams").select("listener_id", "played_ms", day=pl.col("started_at").dt.date())
        return policy_evidence(
            accounts=events.table("accounts"),
            tracks=events.table("tracks"),
            listener_days=days,
            rules=self.request.policy.rules,
            as_of=events.as_of,
        )

    def _scores(self, evidence: pl.DataFrame, found: FoundRings) -> pl.DataFrame:
        policy = self.request.policy
        if unknown := unknown_overrides(evidence, policy):
            self.stages.warn(f"{len(unknown)} of the policy's overrides name subjects that the feed does not know")
        scores = judged(with_rings(evidence, found.suspected, policy.prevalence), policy)
        named = scores.join(
            ring_of(found.suspected), on=["subject_kind", "subject_id"], how="left", maintain_order="left"
        )
        return OUTPUTS["scores"].validate(named)

    def _months(self, scores: pl.DataFrame, found: FoundRings, events: Admitted) -> pl.DataFrame:
        policy = self.request.policy
        listeners = scores.lazy().filter(subject_kind="listener")
        months = track_months(
            events.table("streams"),
            listeners.select("risk", "verdict", listener_id="subject_id"),
            policy.payout,
            events.as_of,
            stolen=stolen(found.suspected, policy.thresholds.listener.hold),
        )
        return OUTPUTS["track_months"].validate(months.collect(engine="streaming"))

    def _digests(self, events: Admitted, graph: Graph, tables: dict[str, pl.DataFrame]) -> dict[str, str]:
        made = {name: rows.lazy() for name, rows in tables.items()}
        on_disk = {
            name: pl.scan_parquet(self.folder / f"{name}.parquet", glob=False) for name in (*FACT_OUTPUTS, TWINS)
        }
        return table_digests(events, graph_digest(graph), made | on_disk)

    def _identity(self, events: Admitted, parts: dict[str, BehaviourEvidence]) -> dict[str, Any]:
        asked = run_identity(
            self.request.settings,
            self.request.policy,
            as_of=events.as_of,
            threads=self.request.threads,
            device=self.device,
        )
        return asked | {"calibrated": calibrated(parts)}
