"""`graphfraud snapshot`: what a store knew at an instant, as a graph."""

import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from graphfraud.building.refusal import refusal_folder, refusals_are_kept, refuse_overlap
from graphfraud.config import Settings
from graphfraud.folders.failpoints import failpoint
from graphfraud.folders.whole import WORK, refuse_taken_place, whole_folder
from graphfraud.graph.snapshot import graph_digest, read_graph, write_graph
from graphfraud.graph.typed import Graph
from graphfraud.run.stages import Stages
from graphfraud.run.subjects import graph_of
from graphfraud.settings_file import settings_values
from graphfraud_features.admission.admitted import Admitted, admitted, default_as_of
from graphfraud_features.intake.quarantine import Quarantine, refuse_too_many
from graphfraud_features.measures.hours import HoursFile
from graphfraud_features.snapshot import graph_tables
from graphfraud_features.store.pinned import pinned
from graphfraud_features.store.stored import QUARANTINE, Store
from graphfraud_features.view import scoring_view

GRAPH = "graph"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotRequest:
    """What to show, as of when, and where."""

    store: Path
    out: Path
    as_of: datetime | None
    """Just after the last event when None."""
    clock: datetime
    """The instant of the start, UTC."""
    settings: Settings
    replace: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A graph that was written, and what it was made of."""

    digest: str
    as_of: datetime
    nodes: dict[str, int]
    edges: dict[str, int]


def snapshot_store(request: SnapshotRequest, stages: Stages) -> Snapshot:
    """Writes GRAPH, whole or not at all; a store that is refused leaves GRAPH.refused.

    Raises: UsageError, InputRefused, EnvironmentFault.
    """
    request = replace(request, out=request.out if request.out.is_symlink() else request.out.resolve())
    refuse_taken_place(request.out, replace=request.replace, kind=GRAPH)
    refuse_overlap(request.store, request.out, "an --out")
    quarantine = Quarantine()
    with (
        refusals_are_kept(request.out, quarantine, stages),
        pinned(request.store) as store,
        whole_folder(request.out, replace=request.replace, kind=GRAPH) as folder,
    ):
        work = folder / WORK
        with stages.stage("admit rows"):
            as_of = request.as_of or default_as_of(store, request.clock)
            events = admitted(store, quarantine, work, as_of=as_of, clock=request.clock)
            stages.count_rows("rows", sum(store.row_count(table) for table in store.parts))
            refuse_too_many_admitted(quarantine, events, request.settings, request.out)
            quarantine.write(folder / QUARANTINE)
        failpoint("snapshot: rows admitted")
        with stages.stage("build graph"):
            graph = written_graph(folder, events, request.settings, stages, origin=_origin(store, request))
        shutil.rmtree(work)
        failpoint("snapshot: graph written")
        return Snapshot(
            digest=graph_digest(graph),
            as_of=events.as_of,
            nodes={kind: nodes.count for kind, nodes in graph.nodes.items()},
            edges={name: edges.count for name, edges in graph.edges.items()},
        )


def _origin(store: Store, request: SnapshotRequest) -> dict[str, Any]:
    settings = settings_values(request.settings)
    return {"store": store.digest(), "config": {name: settings[name] for name in ("feed", "features")}}


def refuse_too_many_admitted(quarantine: Quarantine, events: Admitted, settings: Settings, out: Path) -> None:
    """Raises: TooManyQuarantined when too many rows of a table do not count."""
    refuse_too_many(quarantine, events.judged_counts, settings.feed.max_quarantined_share, refusal_folder(out))


def written_graph(
    folder: Path,
    events: Admitted,
    settings: Settings,
    stages: Stages,
    *,
    origin: dict[str, Any] | None = None,
    hours: HoursFile | None = None,
) -> Graph:
    """The graph of all that counts, written into the folder and read again, memory-mapped.

    `hours` gets the hours of its streamed edges.
    """
    tables = graph_tables(scoring_view(events), settings.features, hours=hours)
    stages.count_rows("nodes and edges", tables.row_count)
    write_graph(folder, graph_of(tables, events.as_of), origin=origin)
    return read_graph(folder)
