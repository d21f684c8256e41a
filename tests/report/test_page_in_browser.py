"""The page as its user meets it: clicked through in a headless Chromium."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from ringed_run import HOSTILE, manifest_of, ring_name, ringed_tables

from graphfraud.report.page import report_page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="NO CHROMIUM: the page is not clicked through; install chromium"),
    pytest.mark.xdist_group("browser"),
]
WIDE, NARROW = (1300, 900), (400, 800)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@contextmanager
def opened(browser: Browser, path: Path, *, size: tuple[int, int] = WIDE, colours: str = "light") -> Iterator[Page]:
    """The page, watched: nothing may go wrong in it, and it may ask for nothing but itself."""
    told: list[str] = []
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=colours)
    page = context.new_page()
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("request", lambda request: told.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    yield page
    assert told == []
    context.close()


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(*asked: int, **more: Any) -> Path:
        tables = ringed_tables(*asked, **more)
        path = tmp_path / "report.html"
        path.write_text(report_page(tables, manifest_of(tables)), encoding="utf-8")
        return path

    return write


def heading(page: Page) -> str:
    return page.locator("#case h2").inner_text()


def wait_for_ring(page: Page, name: str) -> None:
    page.wait_for_function("name => document.querySelector('#case h2').textContent.includes(name)", arg=name)


def test_the_riskiest_ring_is_open_and_another_is_a_click_away(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written()) as page:
        assert ring_name(0) in heading(page)
        assert page.locator(".graph canvas").count() > 0
        page.click(f"a[data-ring='{ring_name(2)}']")
        wait_for_ring(page, ring_name(2))
        assert page.locator("#rings a[aria-current]").get_attribute("data-ring") == ring_name(2)
        page.go_back()
        wait_for_ring(page, ring_name(0))


def test_evidence_stands_on_its_side_with_its_words(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written()) as page:
        accusing, defending = (page.locator("ul.evidence").nth(n) for n in (0, 1))
        assert "closure says, in words" in accusing.inner_text()
        assert "+3.0" in accusing.inner_text()
        assert "\N{MINUS SIGN}1.5" in defending.inner_text()
        assert "before any evidence" in page.locator(".total").inner_text()


def test_members_are_made_when_somebody_looks(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(1, 500)) as page:
        listeners = page.locator("details[data-kind='listener']")
        assert listeners.locator("tbody tr").count() == 0
        listeners.locator("summary").click()
        listeners.locator("tbody tr").nth(19).wait_for()
        assert listeners.locator("tbody tr").count() == 20
        listeners.get_by_role("button", name="Show more").click()
        assert listeners.locator("tbody tr").count() == 220
        listeners.get_by_role("button", name="Show more").click()
        assert listeners.locator("tbody tr").count() == 398
        assert listeners.get_by_role("button", name="Show more").is_hidden()


def test_a_member_finds_its_ring(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(5)) as page:
        page.fill("#find", "lis-002-007")
        visible = page.locator("#rings li:visible a")
        assert [visible.nth(n).get_attribute("data-ring") for n in range(visible.count())] == [ring_name(2)]
        assert page.locator("#found").inner_text() == "1 ring of 5"
        page.fill("#find", "nobody at all")
        assert visible.count() == 0
        page.fill("#find", "")
        assert visible.count() == 5


def test_titles_and_what_is_shared_are_found_in_any_case(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(5)) as page:
        visible = page.locator("#rings li:visible a")
        for text, count in (("RAIN ON", 5), ("Rainmakers", 5), ("HIT-4", 1), ("subject_id", 0), (ring_name(3), 1)):
            page.fill("#find", text)
            assert visible.count() == count, text


def test_what_they_share_is_told_with_its_ids(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written()) as page:
        shared = page.locator("details[data-kind='ties']")
        shared.locator("summary").click()
        row = shared.locator("tbody tr").first
        row.wait_for()
        assert row.inner_text().split("\t") == [
            "device",
            ring_name(0),
            "2 accounts, 4 listeners",
            "acc-000-0, acc-000-1, lis-000-000, lis-000-001, lis-000-002, lis-000-003",
        ]


def test_members_are_counted_by_role(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written()) as page:
        assert page.locator("details[data-kind='listener'] summary").inner_text() == "30 listeners (29 bot, 1 victim)"
        assert (
            page.locator("details[data-kind='track'] summary").inner_text() == "9 tracks (8 beneficiary, 1 bystander)"
        )
        assert page.locator(".legend [data-role='victim']").is_visible()


def test_the_skip_link_goes_to_the_ring_that_is_open(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(5)) as page:
        page.click(f"a[data-ring='{ring_name(3)}']")
        wait_for_ring(page, ring_name(3))
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "case"
        assert ring_name(3) in heading(page)


@pytest.mark.parametrize("hash_", ["ring-00000000000000ff", "%E0%A4%A", "case"])
def test_a_link_to_no_ring_is_told(browser: Browser, written: Callable[..., Path], hash_: str) -> None:
    with opened(browser, written()) as page:
        page.evaluate("hash => { location.hash = hash }", hash_)
        page.locator("#case .empty").wait_for()
        assert page.locator("#case").inner_text() == f"This page holds no ring {hash_}: choose one from the list."
        page.locator("#rings a").first.click()
        wait_for_ring(page, ring_name(0))


def test_the_keyboard_is_enough(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(5)) as page:
        page.locator("#rings a").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        wait_for_ring(page, ring_name(1))
        assert page.evaluate("document.activeElement.id") == "case"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Enter")
        assert page.locator("details[open]").count() == 1


def test_a_hostile_title_is_shown_as_it_is_and_does_nothing(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(title=HOSTILE)) as page:
        page.locator("details[data-kind='track'] summary").click()
        page.locator("details[data-kind='track'] tbody tr").first.wait_for()
        assert page.get_by_text(HOSTILE).first.is_visible()
        assert page.title().startswith("graphfraud: 3 rings")
        assert page.locator("img").count() == 0


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_nothing_is_wider_than_the_screen_and_all_words_can_be_read(
    browser: Browser, written: Callable[..., Path], size: tuple[int, int], colours: str
) -> None:
    with opened(browser, written(3, 100), size=size, colours=colours) as page:
        for kind in ("account", "track", "listener"):
            page.locator(f"details[data-kind='{kind}'] summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        for part in (".summary", ".sentence", ".lede", "#rings .facts", "th"):
            assert _contrast(page, part) >= 4.5, part


def _contrast(page: Page, part: str) -> float:
    """Contrast of a part's words to what lies behind them, as WCAG 2 defines it."""
    ink, behind = page.locator(part).first.evaluate(
        """node => {
          let under = node;
          while (under && getComputedStyle(under).backgroundColor === 'rgba(0, 0, 0, 0)') under = under.parentElement;
          return [getComputedStyle(node).color, getComputedStyle(under).backgroundColor];
        }"""
    )
    light, dark = sorted((_luminance(ink), _luminance(behind)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(", ")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_two_hundred_rings_of_five_hundred_open(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(200, 500)) as page:
        assert page.locator("#rings a").count() == 200
        page.locator("#rings a").nth(199).click()
        wait_for_ring(page, ring_name(199))


def test_a_page_without_rings_is_a_page(browser: Browser, written: Callable[..., Path]) -> None:
    with opened(browser, written(0)) as page:
        assert "There is no ring to show" in page.locator("#case").inner_text()
