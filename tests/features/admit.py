"""A feed given as tables, built into a store and admitted as of an instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from conftest import FIRST_DAY, Tables, write_feed

from graphfraud.config import FeedSettings
from graphfraud_features.admission.admitted import Admitted, admitted
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.store.build import BuildRequest, Built, built_store

CLOCK = datetime(2026, 11, 1, tzinfo=UTC)
AS_OF = FIRST_DAY + timedelta(days=11)


def built_from(feed: Path, store: Path, *, settings: FeedSettings | None = None) -> Built:
    """The store after a build from the feed."""
    request = BuildRequest(
        feed=feed,
        store=store,
        clock=CLOCK,
        settings=settings or FeedSettings(max_quarantined_share=1.0),
        threads=1,
        refused=store.with_name("refused"),
    )
    return built_store(request, Quarantine(), lambda _table, _count: None)


def admitted_tables(
    folder: Path, tables: Tables, *, as_of: datetime = AS_OF
) -> tuple[Admitted, dict[str, dict[str, int]]]:
    """What counts of the tables, and what was quarantined."""
    built = built_from(write_feed(folder / "feed", tables), folder / "store")
    quarantine = Quarantine()
    events = admitted(built.store, quarantine, folder / "admitted", as_of=as_of, clock=CLOCK)
    return events, quarantine.counts()
