"""An answer's graph drawn on a page, from nodes as the driver gives them; no server is needed."""

import re
import shutil
from datetime import UTC, datetime
from html import unescape
from pathlib import Path as File

import pytest
from neo4j.graph import Graph, Node, Path, Relationship
from playwright.sync_api import sync_playwright

from graphfraud.neo4j.ask import Answer
from graphfraud.neo4j.asking.current import CurrentRun
from graphfraud.neo4j.asking.plain import NOTHING, plain, told
from graphfraud.neo4j.asking.questions import question_named
from graphfraud.neo4j.picture.drawing import drawing
from graphfraud.neo4j.picture.layout import layout
from graphfraud.neo4j.picture.page import answer_page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "</title><script>alert(1)</script>\x1b]0;\u202e"
RUN = CurrentRun(
    number=1,
    run_id="a" * 16,
    as_of=datetime(2026, 10, 1, tzinfo=UTC),
    previous=None,
    previous_run_id=None,
    is_partial=False,
)


class World:
    """Nodes and relationships as a result brings them."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.count = 0

    def node(self, label: str, **carries: object) -> Node:
        self.count += 1
        return Node(self.graph, f"n{self.count}", self.count, label.split(":"), carries)

    def tie(self, source: Node, type_: str, target: Node, **carries: object) -> Relationship:
        self.count += 1
        made = self.graph.relationship_type(type_)(self.graph, f"r{self.count}", self.count, carries)
        made._start_node, made._end_node = source, target  # noqa: SLF001 - as the driver's own hydration does
        return made


@pytest.fixture
def rows() -> list[list[object]]:
    world = World()
    account = world.node("Account", account_id="acc-1", verified=False)
    track = world.node("Track", track_id="trk-1", title=HOSTILE)
    listener = world.node("Listener", listener_id=HOSTILE)
    payee = world.node("Means:Payee", means_id="payee:p")
    run, ring = world.node("Run", number=1), world.node("Ring", ring_key="k", ring_id="ring-1")
    return [
        [ring, account, world.tie(ring, "HAS_MEMBER", account, role="operator", run=1)],
        [run, world.tie(run, "JUDGED", account, verdict="block", risk=0.99, run=1)],
        [
            [
                world.tie(account, "UPLOADED", track, since=1, until=9),
                world.tie(account, "PAID_OUT_TO", payee, weight=0.5),
            ]
        ],
        [track, listener, payee, None, 3, world.tie(listener, "STREAMED", track, plays=7, hour_plays=[0] * 24)],
    ]


def page_of(rows: list[list[object]]) -> str:
    question = question_named("ring-picture")
    every = tuple(tuple(row) for row in rows)
    return answer_page(Answer(question=question, values={"ring_id": HOSTILE}, run=RUN, columns=(), rows=every))


def test_roles_and_verdicts_stand_at_their_subject_and_runs_and_rings_are_not_drawn(rows: list[list[object]]) -> None:
    drawn = drawing(rows)
    assert {(node.kind, node.role, node.verdict, node.risk) for node in drawn.nodes.values()} == {
        ("account", "operator", "block", "0.99"),
        ("track", "", "", ""),
        ("listener", "", "", ""),
        ("payee", "", "", ""),
    }
    assert {(edge.type, edge.says, edge.plays) for edge in drawn.edges} == {
        ("UPLOADED", "", 0),
        ("PAID_OUT_TO", "weight 0.5", 0),
        ("STREAMED", "plays 7", 7),
    }


def test_what_a_feed_brought_is_text(rows: list[list[object]]) -> None:
    page = page_of(rows)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\u202e" not in page
    assert "<script>alert(1)</script>\\x1b]0;\\u202e" in unescape(page)
    assert "http" not in page.replace("http-equiv", "")


def test_the_picture_says_in_words_what_its_colours_say(rows: list[list[object]]) -> None:
    page = page_of(rows)
    assert ">operator, block</text>" in page
    assert re.search(r"<title>account acc-1\noperator, block\nrisk: 0.99\nverified: no</title>", page)
    assert "<b>operator</b>" in page
    assert "<b>victim</b>" not in page  # what is not drawn needs no words


def test_a_drawing_is_laid_out_in_columns_that_do_not_overlap(rows: list[list[object]]) -> None:
    placed = layout(drawing(rows))
    assert [name for _, name in placed.headings] == ["what they share", "who brings it", "what is played", "who plays"]
    assert len(set(placed.at.values())) == 4
    assert all(0 < x < placed.width and 0 < y < placed.height for x, y in placed.at.values())


def test_neighbours_are_put_beside_each_other() -> None:
    world = World()
    accounts = [world.node("Account", account_id=f"a{n}") for n in range(9)]
    tracks = [world.node("Track", track_id=f"t{n}") for n in range(9)]
    ties = [world.tie(accounts[n], "UPLOADED", tracks[(n * 4 + 3) % 9]) for n in range(9)]
    placed = layout(drawing([[*accounts, *tracks, *ties]]))
    assert all(placed.at[tie.nodes[0].element_id][1] == placed.at[tie.nodes[1].element_id][1] for tie in ties)


def test_values_are_plain() -> None:
    world = World()
    one, other = world.node("Account", account_id="a"), world.node("Means:Device", means_id="device:d")
    way = Path(one, world.tie(one, "USED", other, weight=0.5))
    assert told(way) == "a -[USED]- device:d"
    assert plain([way, {"at": float("nan")}]) == [
        {
            "nodes": [
                {"labels": ["Account"], "properties": {"account_id": "a"}},
                {"labels": ["Device", "Means"], "properties": {"means_id": "device:d"}},
            ],
            "relationships": [{"type": "USED", "from": "a", "to": "device:d", "properties": {"weight": 0.5}}],
        },
        {"at": None},
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, NOTHING), ([], NOTHING), (float("inf"), NOTHING), (True, "yes"), (False, "no")),
        *((1234567, "1,234,567"), (0.25, "0.25"), (3.0, "3"), (0.99999, "1"), (2e-7, "2.0e-07"), (["a", 2], "a, 2")),
    ],
)
def test_values_are_told(value: object, text: str) -> None:
    assert told(value) == text


@pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the picture is not looked at; install chromium")
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize("width", [400, 1300])
def test_a_browser_shows_it_and_asks_for_nothing_else(rows: list[list[object]], tmp_path: File, width: int) -> None:
    file, told = tmp_path / "answer.html", []
    file.write_text(page_of(rows), encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.on("console", lambda message: told.append(message.text))
        page.on("request", lambda request: told.append(request.url) if request.url != file.as_uri() else None)
        page.goto(file.as_uri())
        assert page.locator("g.node").count() == 4
        assert page.locator("text.beneath", has_text="operator, block").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()
    assert told == []
