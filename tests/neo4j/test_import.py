"""What goes through CSV comes back as it was, and an import that was killed is done over."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from graphfraud.errors import GraphfraudError
from graphfraud.errors.database import ServerFailed
from graphfraud.neo4j.connection import connected
from graphfraud.neo4j.projection.rows import end_of
from graphfraud.neo4j.server.csv_files import (
    NodeFile,
    RelationshipFile,
    write_node_csv,
    write_relationship_csv,
)
from graphfraud.neo4j.server.importer import offline_import
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.vocabulary.database import (
    DEVICE,
    JUDGED_TYPE,
    LISTENER_LABEL,
    RING_LABEL,
    RUN_LABEL,
    STREAMED_TYPE,
    TRACK_LABEL,
    USED_TYPE,
)

HOSTILE = [
    *("plain", "", " lead", "trail ", "\ttab\t", "a,b", ",", ";", "'", '"', '""', '"\n,"\r', "a\nb", "a\rb", "a\r\nb"),
    *(
        "\n",
        "\r",
        "end\n",
        "a\n\n\nb",
        "\\",
        "\\n",
        '\\"',
        "null",
        "#c",
        "=1+1",
        "-",
        "NaN",
        "true",
        "\0nul",
        "\ufeffbom",
    ),
    *(
        "\x1f",
        "a\x1fb",
        "\x1f\x1f",
        "\x85nel",
        "\u2028x",
        "\u00a0nb\u00a0",
        "é漢🎵",
        "\ud7ff\ue000\uffff",
        "x" * 1_500_000,
    ),
]
LISTS = [None, [], [""], ["", ""], ["a", ""], ["", "a"], ["\x1f"], ["a\x1fb", "\n", '"q"', ",", " "], ["é漢🎵", "a;b"]]
DOUBLES = [0.1 + 0.2, 1e-7, 5e-324, 1.7976931348623157e308, -0.0, 123456789.12345679, 1 / 3]
INSTANTS = [datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 9, 1, 23, 59, 59, 1, tzinfo=UTC), None]
Rows = dict[Any, dict[str, Any]]


def listeners() -> pl.DataFrame:
    ids = [f"{n}" for n in range(len(HOSTILE))] + [f"{text[:300]}" for text in HOSTILE]
    return pl.DataFrame(
        {
            "listener_id": ids,
            "country": [*HOSTILE, *reversed(HOSTILE)],
            "plan": [None if n % 2 else "free" for n in range(len(ids))],
            "created_at": pl.Series([INSTANTS[n % 3] for n in range(len(ids))], dtype=pl.Datetime("us", "UTC")),
        }
    )


def rings() -> pl.DataFrame:
    count = len(LISTS)
    return pl.DataFrame(
        {
            "ring_key": [f"ring-{n}" for n in range(count)],
            "run": [2**53 + n for n in range(count)],
            "risk": [DOUBLES[n % len(DOUBLES)] for n in range(count)],
            "sentences": pl.Series(LISTS, dtype=pl.List(pl.String)),
            "measures": pl.Series([["a"] for _ in LISTS], dtype=pl.List(pl.String)),
            "values": pl.Series([[None, [], DOUBLES][n % 3] for n in range(count)], dtype=pl.List(pl.Float64)),
        }
    )


def runs() -> pl.DataFrame:
    return pl.DataFrame({"number": [7], "current": [True], "as_of": [INSTANTS[1]]})


def streamed(ids: list[str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "listener_id": ids,
            "track_id": ["trk"] * len(ids),
            "plays": range(len(ids)),
            "first_on": [date(2026, 9, 1)] * len(ids),
            "hour_plays": pl.Series(
                [[None, [], [n % 3 for n in range(24)]][n % 3] for n in range(len(ids))], dtype=pl.List(pl.Int64)
            ),
        }
    )


def judged(ids: list[str]) -> pl.DataFrame:
    reasons = pl.Series([LISTS[n % len(LISTS)] for n in range(len(ids))], dtype=pl.List(pl.String))
    return pl.DataFrame({"number": [7] * len(ids), "listener_id": ids, "reasons": reasons})


@pytest.fixture(scope="module")
def imported(local_server: LocalServer, tmp_path_factory: pytest.TempPathFactory) -> LocalServer:
    """The server after an import; that one which was killed is done over is a matter of `test_load_command`."""
    offline_import(local_server, *hostile_files(tmp_path_factory.mktemp("csv, of an import")))
    return local_server


def hostile_files(folder: Path) -> tuple[list[NodeFile], list[RelationshipFile]]:
    ids = listeners()["listener_id"].to_list()
    listener, track, run = ("listener_id", LISTENER_LABEL), ("track_id", TRACK_LABEL), ("number", RUN_LABEL)
    tracks, devices = pl.DataFrame({"track_id": ["trk"]}), pl.DataFrame({"means_id": HOSTILE[:30]})
    used = pl.DataFrame({"listener_id": ids[:30], "means_id": HOSTILE[:30], "weight": [1 / 3] * 30})
    nodes = [
        write_node_csv(listeners().lazy(), folder / "listeners.csv", LISTENER_LABEL),
        write_node_csv(tracks, folder / "tracks.csv", TRACK_LABEL),
        write_node_csv(devices, folder / "devices.csv", DEVICE),
        write_node_csv(rings(), folder / "rings.csv", RING_LABEL),
        write_node_csv(runs(), folder / "runs.csv", RUN_LABEL),
    ]
    written = [
        (streamed(ids), STREAMED_TYPE, listener, track),
        (used, USED_TYPE, listener, ("means_id", DEVICE)),
        (judged(ids), JUDGED_TYPE, run, listener),
    ]
    return nodes, [
        write_relationship_csv(
            frame.rename({source[0]: "source", target[0]: "target"}),
            folder / f"{type_.name}.csv",
            type_,
            source=end_of(source[1]),
            target=end_of(target[1]),
        )
        for frame, type_, source, target in written
    ]


def asked(server: LocalServer, query: str) -> Rows:
    """What a query's `key` has as its `held`, without what is absent."""
    with connected(server.login) as driver:
        rows = driver.execute_query(query).records
    assert len({row["key"] for row in rows}) == len(rows)
    return {row["key"]: {name: plain(value) for name, value in row["held"].items()} for row in rows}


def plain(value: Any) -> Any:
    return value.to_native() if hasattr(value, "to_native") else value


def expected(frame: pl.DataFrame, key: str, *left_out: str) -> Rows:
    rows = frame.to_dicts()
    return {
        row[key]: {name: value for name, value in row.items() if value is not None and name not in left_out}
        for row in rows
    }


def test_hostile_text_and_instants_come_back_as_they_were(imported: LocalServer) -> None:
    held = asked(imported, "MATCH (n:Listener) RETURN n.listener_id AS key, n {.*} AS held")
    assert held == expected(listeners(), "listener_id")


def test_lists_and_numbers_come_back_as_they_were(imported: LocalServer) -> None:
    held = asked(imported, "MATCH (n:Ring) RETURN n.ring_key AS key, n {.*} AS held")
    assert held == expected(rings(), "ring_key")


def test_numbered_nodes_keep_their_number(imported: LocalServer) -> None:
    assert asked(imported, "MATCH (n:Run) RETURN n.number AS key, n {.*} AS held") == expected(runs(), "number")


def test_relationships_carry_what_they_had(imported: LocalServer) -> None:
    ids = listeners()["listener_id"].to_list()
    held = asked(imported, "MATCH (n:Listener)-[r:STREAMED]->(:Track) RETURN n.listener_id AS key, r {.*} AS held")
    wanted = expected(streamed(ids), "listener_id", "track_id")
    assert held == {
        key: {name: value for name, value in row.items() if name != "listener_id"} for key, row in wanted.items()
    }
    held = asked(imported, "MATCH (:Run)-[r:JUDGED]->(n:Listener) RETURN n.listener_id AS key, r {.*} AS held")
    wanted = expected(judged(ids), "listener_id", "number")
    assert held == {
        key: {name: value for name, value in row.items() if name != "listener_id"} for key, row in wanted.items()
    }


def test_means_are_found_under_both_labels(imported: LocalServer) -> None:
    held = asked(imported, "MATCH (n:Means:Device)<-[r:USED]-() RETURN n.means_id AS key, r {.*} AS held")
    assert held == {key: {"weight": 1 / 3} for key in HOSTILE[:30]}


def test_a_relationship_without_its_end_fails_the_import(imported: LocalServer, tmp_path: Path) -> None:
    nodes = [write_node_csv(pl.DataFrame({"listener_id": ["a"]}), tmp_path / "n.csv", LISTENER_LABEL)]
    nodes.append(write_node_csv(pl.DataFrame({"track_id": ["t"]}), tmp_path / "t.csv", TRACK_LABEL))
    loose = write_relationship_csv(
        streamed(["a", "nobody"]).select(
            pl.exclude("listener_id", "track_id"), source="listener_id", target=pl.lit("t")
        ),
        tmp_path / "r.csv",
        STREAMED_TYPE,
        source=end_of(LISTENER_LABEL),
        target=end_of(TRACK_LABEL),
    )
    with pytest.raises(ServerFailed, match=r"r\.csv: .*nobody"):
        offline_import(imported, nodes, [loose])
    assert imported.import_was_interrupted
    assert asked(imported, "MATCH (n) RETURN elementId(n) AS key, n {.*} AS held") == {}


def test_a_row_without_its_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphfraudError, match="1 rows have no id in listener_id"):
        write_node_csv(pl.DataFrame({"listener_id": ["a", None]}), tmp_path / "n.csv", LISTENER_LABEL)


def test_only_lists_that_need_it_are_settled_afterwards(tmp_path: Path) -> None:
    fine = rings().filter(pl.col("ring_key") == "ring-8").drop("values")
    assert write_node_csv(fine, tmp_path / "n.csv", RING_LABEL).file.unsettled == ()
    names = [each.property.name for each in write_node_csv(rings(), tmp_path / "n.csv", RING_LABEL).file.unsettled]
    assert names == ["values", "sentences"]
