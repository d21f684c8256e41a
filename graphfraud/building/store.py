"""`graphfraud build`: a feed into its store."""

from datetime import datetime
from pathlib import Path

from graphfraud.building.refusal import refusal_folder, refusals_are_kept, refuse_overlap
from graphfraud.config import FeedSettings
from graphfraud.run.stages import Stages
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.store.build import BuildRequest, Built, built_store


def build_feed(
    feed: Path, store: Path, *, clock: datetime, settings: FeedSettings, threads: int, stages: Stages
) -> Built:
    """Reads what the store has not read yet; a feed that is refused leaves STORE.refused.

    Raises: UsageError, InputRefused, EnvironmentFault.
    """
    store = store.resolve()
    refuse_overlap(feed, store, "a --store")
    quarantine = Quarantine()
    request = BuildRequest(
        feed=feed, store=store, clock=clock, settings=settings, threads=threads, refused=refusal_folder(store)
    )
    with refusals_are_kept(store, quarantine, stages), stages.stage("build store"):
        return built_store(request, quarantine, stages.count_rows)
