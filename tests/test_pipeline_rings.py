"""Rings from one end to the other: a platform simulated, its rings found, and everything that a run says of them."""

import json
import shutil
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest
from conftest import Tables, write_feed
from judged import run
from loud_world import write_honest_world, write_loud_world

from graphfraud.evaluation.comparison import comparison
from graphfraud.evaluation.rings import ring_table
from graphfraud.folders.finished import finished_run
from graphfraud.tables import RING_OUTPUTS, RingMembers, Rings
from graphfraud.vocabulary import EXCUSED_ROLES, RING_MEASURES, SUBJECT_KINDS

pytestmark = pytest.mark.xdist_group("rings")
SUBJECT = ["subject_kind", "subject_id"]
LASTFM = Path(__file__).parents[2] / "shared" / "feeds" / "lastfm"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world that has been judged."""
    folder = tmp_path_factory.mktemp("rings") / "world"
    write_loud_world(folder, seed=2_012)
    run(folder / "feed", folder / "run")
    return folder


def read(world: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(world / "run" / f"{name}.parquet")


def found_and_false(world: Path, of_run: Path) -> tuple[int, int, int]:
    """Planted rings, those found, and reported rings that are none."""
    rings = ring_table(world, of_run)
    planted = rings.filter(pl.col("planted").is_not_null())
    return planted.height, planted.filter(pl.col("ring_id").is_not_null()).height, rings.height - planted.height


def test_every_planted_ring_is_found_with_its_roles_and_no_other(world: Path) -> None:
    assert found_and_false(world, world / "run") == (4, 4, 0)
    rings = ring_table(world, world / "run")
    assert rings["jaccard"].min() > 0.9
    assert rings["right_role_share"].min() > 0.9


def test_every_table_of_rings_keeps_the_contract(world: Path) -> None:
    for name, schema in {"rings": Rings, "ring_members": RingMembers, **RING_OUTPUTS}.items():
        schema.validate(read(world, name))
    rings, members = read(world, "rings"), read(world, "ring_members")
    assert set(members["ring_id"]) <= set(rings["ring_id"])
    for table in RING_OUTPUTS:
        assert set(read(world, table)["ring_id"]) <= set(read(world, "rings/suspicions")["ring_id"])
    for table, of_suspicions in (("rings", "rings/suspicions"), ("ring_members", "rings/suspicion_members")):
        assert read(world, of_suspicions).join(rings, on="ring_id", how="semi").equals(read(world, table))
    assert members.join(read(world, "scores"), on=SUBJECT, how="anti").is_empty()
    extents = members.filter(pl.col("role") != "bystander")
    for row in rings.iter_rows(named=True):
        extent = extents.filter(ring_id=row["ring_id"])
        counts = {kind: extent.filter(subject_kind=kind).height for kind in SUBJECT_KINDS}
        assert (row["accounts"], row["tracks"], row["listeners"]) == tuple(counts[kind] for kind in SUBJECT_KINDS)
        assert counts["account"] + counts["listener"] >= 2
        assert row["first_seen"] <= row["last_seen"]
        assert {each["measure"] for each in row["evidence"]} <= set(RING_MEASURES)
        assert all(each["sentence"][0].isalnum() for each in row["evidence"])


def test_a_ring_is_called_after_its_kind_its_extent_and_its_birth(world: Path) -> None:
    as_of = json.loads((world / "run" / "manifest.json").read_text())["identity"]["as_of"].replace("Z", "+00:00")
    extents = read(world, "ring_members").filter(pl.col("role") != "bystander")
    for row in read(world, "rings").iter_rows(named=True):
        subjects = sorted(extents.filter(ring_id=row["ring_id"]).select(SUBJECT).iter_rows())
        parts = [row["kind"], *(text for subject in subjects for text in subject), as_of]
        told = "".join(f"{len(part.encode())}:{part}" for part in parts)
        assert row["ring_id"] == f"ring-{sha256(told.encode()).hexdigest()[:16]}"


def test_a_subject_carries_the_ring_of_largest_weight_times_risk(world: Path) -> None:
    joined = read(world, "ring_members").join(read(world, "rings").select("ring_id", "risk"), on="ring_id")
    ranked = joined.sort(pl.col("weight") * pl.col("risk"), "ring_id", descending=[True, False])
    wanted = ranked.unique(SUBJECT, keep="first", maintain_order=True).select(*SUBJECT, "ring_id").sort(SUBJECT)
    carried = read(world, "scores").drop_nulls("ring_id").select(*SUBJECT, "ring_id").sort(SUBJECT)
    assert carried.equals(wanted)


def test_whoever_serves_a_ring_is_restricted_for_it_and_the_excused_are_not(world: Path) -> None:
    members = read(world, "ring_members").join(read(world, "scores"), on=SUBJECT)
    serving = members.filter(~pl.col("role").is_in(EXCUSED_ROLES), pl.col("weight") > 0.5)
    assert (serving["verdict"] != "allow").mean() > 0.95
    assert serving["reasons"].list.join(" ").str.contains("ring_").mean() > 0.95
    excused = members.filter(pl.col("role").is_in(EXCUSED_ROLES))
    assert not excused["reasons"].list.join(" ").str.contains("ring_").any()
    assert (excused["verdict"] == "allow").mean() > 0.9


def test_artificial_streams_come_near_the_truth(world: Path) -> None:
    streams = comparison(world, world / "run").streams
    assert streams.fake_count is not None
    assert streams.expected_count == pytest.approx(streams.fake_count, rel=0.25)
    months = read(world, "track_months")
    assert (months["artificial_share"] - months["artificial_streams"] / months["streams"]).abs().max() < 1e-12
    assert (months["withheld_streams"] <= months["payable_streams"]).all()


def test_all_that_was_written_of_rings_can_be_read_again_and_verified(world: Path) -> None:
    finished = finished_run(world / "run")
    for name in ("scores", "rings", "ring_members", "track_months", *RING_OUTPUTS):
        finished.table(name)
    page = (world / "run" / "report.html").read_text(encoding="utf-8")
    assert all(ring in page for ring in read(world, "rings")["ring_id"])


def test_without_logins_devices_sounds_and_labels_rings_are_found_by_what_is_left(world: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    shutil.copytree(world / "feed", feed)
    for table in ("logins", "embeddings", "labels"):
        (feed / f"{table}.parquet").unlink()
    for day in (feed / "streams").iterdir():
        pl.read_parquet(day).drop("device_id", "ip_hash").write_parquet(day)
    run(feed, tmp_path / "run")
    planted, found, false = found_and_false(world, tmp_path / "run")
    assert (planted, false) == (4, 0)
    assert found >= 3


def test_an_honest_world_has_hardly_a_ring(tmp_path: Path) -> None:
    write_honest_world(tmp_path / "world", seed=2_002)
    run(tmp_path / "world" / "feed", tmp_path / "world" / "run")
    planted, _, false = found_and_false(tmp_path / "world", tmp_path / "world" / "run")
    assert planted == 0
    assert false <= 1
    scores = read(tmp_path / "world", "scores")
    assert (scores["verdict"] == "allow").mean() > 0.99


@pytest.mark.parametrize("fewest", ["listener", "track", "account"])
def test_one_listener_one_track_or_one_account_is_no_ring(tmp_path: Path, tables: Tables, fewest: str) -> None:
    only = tables[f"{fewest}s"].head(1)
    key = f"{fewest}_id"
    tables[f"{fewest}s"] = only
    if fewest == "account":
        tables["tracks"] = tables["tracks"].join(only, on=key, how="semi")
    tables["streams"] = tables["streams"].join(tables["tracks"], on="track_id", how="semi")
    tables["streams"] = tables["streams"].join(tables["listeners"], on="listener_id", how="semi")
    tables["embeddings"] = tables["embeddings"].join(tables["tracks"], on="track_id", how="semi")
    run(write_feed(tmp_path / "feed", tables), tmp_path / "run")
    assert pl.read_parquet(tmp_path / "run" / "rings.parquet").is_empty()
    assert "There is no ring to show" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    for name in ("rings", "ring_members", *RING_OUTPUTS):
        assert pl.read_parquet(tmp_path / "run" / f"{name}.parquet").is_empty()


def test_one_play_by_one_listener_of_one_track_is_judged(tmp_path: Path, tables: Tables) -> None:
    one = {name: rows.head(1) for name, rows in tables.items() if name != "embeddings"}
    run(write_feed(tmp_path / "feed", one), tmp_path / "run")
    assert pl.read_parquet(tmp_path / "run" / "scores.parquet").height == 3


@pytest.mark.skipif(not LASTFM.is_dir(), reason="NO LASTFM FEED: rings in real listening counts are not looked for")
def test_rings_planted_in_real_listening_are_found_and_no_honest_subject_is_blocked(tmp_path: Path) -> None:
    manifest = run(LASTFM / "feed", tmp_path / "run", as_of=datetime(2026, 11, 1, tzinfo=UTC))
    planted, found, false = found_and_false(LASTFM, tmp_path / "run")
    assert (planted, found) == (4, 4)
    assert false <= 1
    fraud = pl.read_parquet(LASTFM / "truth" / "rings.parquet").filter(role="member")
    blocked = pl.read_parquet(tmp_path / "run" / "scores.parquet").filter(verdict="block")
    assert blocked.height > 0
    assert blocked.join(fraud, on=SUBJECT, how="anti").is_empty()
    assert manifest["measured"]["peak_memory_bytes"] < 4 * 2**30
