import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from graphfraud.neo4j.loading.changes import FACT_SCHEMA, fact_changes, facts_there, node_changes, ranges

NODES = pl.DataFrame({"track_id": ["a", "b", "c"], "digest": [1, 2, 3]})


def test_nodes_are_new_or_other_or_gone_or_left_alone() -> None:
    changes = node_changes(NODES, "track_id", ["b", "c", "x"], [2, 9, 1])
    assert changes.new["track_id"].to_list() == ["a"]
    assert changes.other["track_id"].to_list() == ["c"]
    assert changes.gone == ["x"]


def test_a_node_written_without_a_digest_is_given_its_properties() -> None:
    assert node_changes(NODES, "track_id", ["a", "b", "c"], [1, -1, 3]).other["track_id"].to_list() == ["b"]


def there(*rows: tuple[str, int, str, int]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=FACT_SCHEMA, orient="row")


def wanted(*rows: tuple[str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"source": pl.String, "target": pl.String, "digest": pl.Int64}, orient="row")


def test_a_fact_that_says_otherwise_is_ended_and_made_anew() -> None:
    changes = fact_changes(wanted(("l", "t", 2), ("l", "u", 1)), there(("l", 7, "t", 1), ("l", 8, "u", 1)))
    assert changes.ended == [7]
    assert changes.new.rows() == [("l", "t", 2)]


def test_of_a_fact_that_is_there_twice_one_stays() -> None:
    changes = fact_changes(wanted(("l", "t", 1)), there(("l", 7, "t", 1), ("l", 8, "t", 1)))
    assert len(changes.ended) == 1
    assert changes.new.is_empty()


def test_a_fact_that_no_longer_holds_is_ended() -> None:
    assert fact_changes(wanted(), there(("l", 7, "t", 1))).ended == [7]


@given(
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(0, 2)),
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 2))),
)
def test_what_stays_and_what_is_new_together_are_what_is_wanted(
    run: dict[tuple[str, str], int], database: list[tuple[str, str, int]]
) -> None:
    rows = there(*((source, ix, target, digest) for ix, (source, target, digest) in enumerate(database)))
    changes = fact_changes(wanted(*((*pair, digest) for pair, digest in run.items())), rows)
    stays = rows.filter(~pl.col("id").is_in(changes.ended)).select("source", "target", "digest").rows()
    assert sorted([*stays, *changes.new.rows()]) == sorted((*pair, digest) for pair, digest in run.items())


def test_what_was_read_of_facts_is_a_row_each() -> None:
    read = facts_there([("a", [1, 2], ["x", "y"], [5, -1]), ("b", [3], ["x"], [6])])
    assert read.rows() == [("a", 1, "x", 5), ("a", 2, "y", -1), ("b", 3, "x", 6)]
    assert facts_there([]).schema == pl.Schema(FACT_SCHEMA)


def test_ranges_cover_every_key() -> None:
    parts = [pl.DataFrame({"source": ["b", "c"]}), pl.DataFrame({"source": ["d"]})]
    bounds = [bound for _, bound in ranges(iter(parts), "source", parts[0].clear())]
    assert bounds == [{"from": "", "to": "d"}, {"from": "d", "to": None}]
    ((empty, bound),) = ranges(iter([]), "source", parts[0].clear())
    assert empty.is_empty()
    assert bound == {"from": "", "to": None}
