from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ringed_run import ring_name, ringed_tables, write_run

from graphfraud.errors import BatchSizeRefused, InputRefused, PageRefused, RingNotFound
from graphfraud.folders.finished import finished_run
from graphfraud_serving.scorebook import LARGEST_BATCH, Scorebook, scorebook

KNOWN = {"lis-000-003": 0.999, "fan": 0.002}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Scorebook:
    return scorebook(finished_run(write_run(tmp_path_factory.mktemp("book") / "run", ringed_tables(5))))


@given(asked=st.lists(st.sampled_from([*KNOWN, "unknown", "", "zzz", "\U0001f3b5"]), min_size=1, max_size=30))
def test_scores_come_in_the_order_asked_one_an_id(book: Scorebook, asked: list[str]) -> None:
    scores = book.scores_of("listener", asked)
    assert [score and score["risk"] for score in scores] == [KNOWN.get(each) for each in asked]


def test_an_id_is_looked_for_among_its_own_kind(book: Scorebook) -> None:
    assert book.scores_of("account", ["fan", "nobody"])[0] is None


@pytest.mark.parametrize("count", [0, LARGEST_BATCH + 1])
def test_a_batch_of_none_or_of_too_many_is_refused(book: Scorebook, count: int) -> None:
    with pytest.raises(BatchSizeRefused) as refusal:
        book.scores_of("listener", ["fan"] * count)
    assert (refusal.value.asked, refusal.value.limit) == (count, LARGEST_BATCH)
    assert len(book.scores_of("listener", ["fan"] * LARGEST_BATCH)) == LARGEST_BATCH


def test_pages_hold_every_ring_once_the_riskiest_first(book: Scorebook) -> None:
    names, token = [], ""
    while True:
        page = book.rings_page(kind=None, min_risk=0.0, size=2, token=token)
        names += page.rows["ring_id"].to_list()
        token = page.next_token
        if not token:
            break
    assert names == [ring_name(n) for n in range(5)]


def test_rings_are_filtered_by_kind_and_risk(book: Scorebook) -> None:
    assert book.rings_page(kind="upload", min_risk=0.0, size=0, token="").rows["ring_id"].to_list() == [
        ring_name(1),
        ring_name(3),
    ]
    assert book.rings_page(kind=None, min_risk=0.98, size=0, token="").rows.height == 1
    assert book.rings_page(kind="other", min_risk=0.0, size=0, token="").rows.is_empty()


def test_members_come_by_kind_and_bystanders_after_those_who_gain(book: Scorebook) -> None:
    members = book.members_page(ring_name(0), size=0, token="").rows
    assert members["subject_kind"].to_list() == ["account"] * 2 + ["track"] * 9 + ["listener"] * 30
    assert members["role"].to_list()[10] == "bystander"


@pytest.mark.parametrize("size", [-1, 1_001])
def test_a_page_of_no_sensible_size_is_refused(book: Scorebook, size: int) -> None:
    with pytest.raises(PageRefused, match=r"page_size: .* is out of range: choose one from 1 to 1,000"):
        book.rings_page(kind=None, min_risk=0.0, size=size, token="")


@pytest.mark.parametrize("risk", [-0.1, 1.1, float("nan")])
def test_what_is_no_risk_is_refused(book: Scorebook, risk: float) -> None:
    with pytest.raises(PageRefused, match="min_risk"):
        book.rings_page(kind=None, min_risk=risk, size=0, token="")


def test_a_token_is_good_for_its_own_question_only(book: Scorebook) -> None:
    token = book.rings_page(kind=None, min_risk=0.0, size=2, token="").next_token
    assert book.rings_page(kind=None, min_risk=0.0, size=3, token=token).rows["ring_id"][0] == ring_name(2)
    with pytest.raises(PageRefused, match="page_token"):
        book.rings_page(kind="stream", min_risk=0.0, size=2, token=token)
    for wrong in ("2", "x.2", token + "9" * 40, token.replace(".", ".-"), token.split(".")[0] + ".²"):
        with pytest.raises(PageRefused, match="page_token"):
            book.rings_page(kind=None, min_risk=0.0, size=2, token=wrong)
    with pytest.raises(PageRefused, match="member_page_token"):
        book.members_page(ring_name(0), size=2, token=token)


@pytest.mark.parametrize("start", ["0", "02", "5", "900"])
def test_a_forged_token_is_refused(book: Scorebook, start: str) -> None:
    token = book.rings_page(kind=None, min_risk=0.0, size=2, token="").next_token
    with pytest.raises(PageRefused, match="page_token"):
        book.rings_page(kind=None, min_risk=0.0, size=2, token=f"{token.split('.')[0]}.{start}")


def test_an_unknown_ring_is_named_with_the_nearest(book: Scorebook) -> None:
    with pytest.raises(RingNotFound) as refusal:
        book.ring(" RING-0000000000000004f")
    assert refusal.value.nearest == ring_name(4)
    for unlike in ("", "ring-", "acc-1"):
        with pytest.raises(RingNotFound) as refusal:
            book.ring(unlike)
        assert refusal.value.nearest is None


def test_a_run_without_rings_or_with_a_kind_of_nobody_is_a_run(tmp_path: Path) -> None:
    tables = ringed_tables(0)
    tables["scores"] = tables["scores"].filter(subject_kind="account")
    book = scorebook(finished_run(write_run(tmp_path / "run", tables)))
    assert book.scores_of("track", ["t"]) == [None]
    assert book.rings_page(kind=None, min_risk=0.0, size=0, token="").rows.is_empty()


@pytest.mark.parametrize("table", ["scores", "rings", "ring_members", "track_months", "rings/plays"])
def test_a_damaged_run_is_refused_whole(tmp_path: Path, table: str) -> None:
    run = write_run(tmp_path / "run", ringed_tables(1))
    path = run / f"{table}.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputRefused, match=f"{table}.parquet: the run is damaged"):
        scorebook(finished_run(run))
