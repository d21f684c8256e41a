from hypothesis import given
from hypothesis import strategies as st

from graphfraud.rings.lineage import ring_id

AS_OF = "2026-11-01T00:00:00+00:00"
subjects = st.lists(st.tuples(st.sampled_from(["account", "listener"]), st.text(max_size=8)), unique=True, max_size=8)


@given(extent=subjects, seed=st.randoms())
def test_order_leaves_no_trace_in_a_ring_id(extent: list[tuple[str, str]], seed: st.DataObject) -> None:
    shuffled = list(extent)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own random
    name = ring_id("stream", extent, AS_OF)
    assert name == ring_id("stream", shuffled, AS_OF)
    assert name.startswith("ring-")
    assert len(name) == 21
    assert set(name[5:]) <= set("0123456789abcdef")


def test_kind_extent_and_birth_each_make_another_ring() -> None:
    extent = [("listener", "a"), ("listener", "b")]
    names = {
        ring_id("stream", extent, AS_OF),
        ring_id("upload", extent, AS_OF),
        ring_id("stream", extent[:1], AS_OF),
        ring_id("stream", extent, "2026-11-02T00:00:00+00:00"),
        ring_id("stream", [("listener", "ab")], AS_OF),
        ring_id("stream", [("listener", "a"), ("account", "b")], AS_OF),
    }
    assert len(names) == 6
