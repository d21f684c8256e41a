import json
import re
from html.parser import HTMLParser

import polars as pl
import pytest
from ringed_run import HOSTILE, manifest_of, ring_name, ringed_tables

from graphfraud.report.page import embedded_json, percent, report_page


def page_of(tables: dict[str, pl.DataFrame]) -> str:
    return report_page(tables, manifest_of(tables))


class Scripts(HTMLParser):
    """What a browser would take for elements: every tag, and the text of every script."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.scripts[-1][1] == "":
            self.scripts[-1] = (self.scripts[-1][0], data)
        self.text.append(data)


def cases_of(page: str) -> list[dict]:
    return [json.loads(text) for attributes, text in Scripts(page).scripts if attributes.get("class") == "case"]


def test_the_riskiest_ring_stands_first_with_its_members_and_evidence() -> None:
    cases = cases_of(page_of(ringed_tables()))
    assert [case["ring_id"] for case in cases] == [ring_name(n) for n in range(3)]
    first = cases[0]
    assert [len(first["members"][kind]["rows"]) for kind in ("account", "track", "listener")] == [2, 9, 30]
    log_odds = [each["log_odds"] for each in first["evidence"]]
    assert log_odds == sorted(log_odds, reverse=True)
    assert first["evidence"][-1]["title"] == "from_a_later_release", "a measure of a later release keeps its name"
    assert first["withheld_streams"] == 8 * 75
    assert first["withheld_amount"] == pytest.approx(8 * 75 * 0.003)


def test_bystanders_stand_last_and_their_streams_are_not_counted() -> None:
    first = cases_of(page_of(ringed_tables()))[0]
    table = first["members"]["track"]
    assert table["rows"][-1][table["columns"].index("role")] == "bystander"
    assert first["streams"] == 8 * 5 * 30


def test_what_a_feed_brought_stands_in_it_as_text() -> None:
    page = page_of(ringed_tables(title=HOSTILE))
    assert len(Scripts(page).tags) == len(Scripts(page_of(ringed_tables())).tags)
    table = cases_of(page)[0]["members"]["track"]
    assert table["rows"][0][table["columns"].index("title")] == HOSTILE


def test_the_page_asks_no_network_for_anything() -> None:
    page = Scripts(page_of(ringed_tables()))
    for tag, attributes in page.tags:
        assert not {"src", "srcset", "data", "action", "ping"} & set(attributes), tag
        assert (attributes.get("href") or "#").startswith("#"), tag
        assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
    policy = next(a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    styles = re.search(r"<style>(.*?)</style>", page_of(ringed_tables()), re.DOTALL)
    assert styles is not None
    assert "url(" not in styles.group(1)
    assert "@import" not in styles.group(1)


def test_a_run_without_rings_says_so_and_still_shows_the_run() -> None:
    page = page_of(ringed_tables(0))
    text = "".join(Scripts(page).text)
    assert "No group is likely enough to be reported as a ring" in text
    assert "0 rings" in text
    assert "7 unknown_track" in text
    assert cases_of(page) == []


def test_of_very_many_members_the_page_holds_the_weightiest_and_tells_of_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("graphfraud.report.page.MOST_MEMBERS", 10)
    monkeypatch.setattr("graphfraud.report.page.MOST_RINGS", 2)
    page = page_of(ringed_tables(3))
    first = cases_of(page)[0]
    assert (len(first["members"]["listener"]["rows"]), first["members"]["listener"]["count"]) == (10, 30)
    assert len(cases_of(page)) == 2
    text = "".join(Scripts(page).text)
    assert "3 rings" in text
    assert "And 1 less risky ring:" in text


def test_a_persons_decision_is_told_beside_the_verdict() -> None:
    tables = ringed_tables(1)
    decided = pl.col("subject_id") == "acc-000-0"
    reasons = pl.when(decided).then(pl.lit(["policy_override"])).otherwise("reasons")
    tables["scores"] = tables["scores"].with_columns(reasons=reasons)
    table = cases_of(page_of(tables))[0]["members"]["account"]
    verdicts = {row[0]: row[table["columns"].index("verdict")] for row in table["rows"]}
    assert verdicts == {"acc-000-0": "review, decided by a person", "acc-000-1": "review"}


def test_a_month_that_earns_nothing_withholds_no_money() -> None:
    tables = ringed_tables(1)
    tables["track_months"] = tables["track_months"].with_columns(eligible=pl.col("track_id") == "trk-000-000")
    first = cases_of(page_of(tables))[0]
    assert first["withheld_streams"] == 8 * 75
    assert first["withheld_amount"] == pytest.approx(75 * 0.003)


def test_what_was_quarantined_and_how_the_run_was_made_is_told() -> None:
    text = "".join(Scripts(page_of(ringed_tables())).text)
    for told in ("7 unknown_track", "2026-10-29T00:00:00Z", "find rings", "EUR", "Cytoscape.js 3."):
        assert told in text


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.0, "0%"), (0.004, "0.40%"), (0.5, "50%"), (0.993, "99.30%"), (0.99951, "over 99.9%"), (1.0, "100%")],
)
def test_a_share_is_never_rounded_into_certainty(share: float, told: str) -> None:
    assert percent(share) == told


def test_embedded_json_ends_no_script_and_is_the_same_value_again() -> None:
    value = {"title": "</script><!--<script>\u2028\u2029&amp;", "n": [1, None, 0.5]}
    text = embedded_json(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value
