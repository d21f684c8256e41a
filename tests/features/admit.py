"""A feed given as tables, admitted as of an instant."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from conftest import FIRST_DAY, Tables, write_feed

from graphfraud_features.intake.admission import Admitted, admitted
from graphfraud_features.intake.quarantine import Quarantine
from graphfraud_features.intake.staging import stage_feed

CLOCK = datetime(2026, 11, 1, tzinfo=UTC)
AS_OF = FIRST_DAY + timedelta(days=11)


def admitted_tables(
    folder: Path, tables: Tables, *, as_of: datetime = AS_OF
) -> tuple[Admitted, dict[str, dict[str, int]]]:
    """What counts of the tables, and what was quarantined."""
    feed, work, quarantine = write_feed(folder / "feed", tables), folder / "work", Quarantine()
    work.mkdir()
    staged = stage_feed(feed, work, quarantine, naive_instants_are_utc=False, on_rows=lambda _table, _count: None)
    events = admitted(staged, quarantine, folder / "admitted", as_of=as_of, clock=CLOCK)
    return events, quarantine.counts()
