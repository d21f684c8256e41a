"""The page of a run of many large rings: seconds to write it, to open it, and to go to another ring.

The last line is one JSON object: rings, members, page_bytes, write_seconds, open_seconds, switch_seconds; the last
two are the median of five in a headless Chromium, null where there is none.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from graphfraud.report.page import report_page

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))
from ringed_run import manifest_of, ring_name, ringed_tables  # the tests' runs

REPEATS = 5


def main() -> None:
    """Writes such a page, opens it and prints what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rings", type=int, default=200)
    parser.add_argument("--members", type=int, default=500, help="of each ring; every second one has no listeners")
    asked = parser.parse_args()
    tables = ringed_tables(asked.rings, asked.members)
    manifest = manifest_of(tables)
    started = time.perf_counter()
    page = report_page(tables, manifest)
    write_seconds = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        path.write_text(page, encoding="utf-8")
        open_seconds, switch_seconds = opening(path, ring_name(asked.rings - 2))
    figures = {
        "rings": asked.rings,
        "members": asked.members,
        "page_bytes": len(page.encode()),
        "write_seconds": round(write_seconds, 3),
        "open_seconds": open_seconds,
        "switch_seconds": switch_seconds,
    }
    print(json.dumps(figures))


def opening(path: Path, other_ring: str) -> tuple[float | None, float | None]:
    """Seconds from asking for the page to its first picture, and from a click to another ring's."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("no Chromium here: the page is not opened")
        return None, None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        taken = [opened(browser, path, other_ring) for _ in range(REPEATS)]
        browser.close()
    opens, switches = zip(*taken, strict=True)
    return round(median(opens), 3), round(median(switches), 3)


def opened(browser: Browser, path: Path, other_ring: str) -> tuple[float, float]:
    """One opening in a fresh context."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    started = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector(".graph canvas")
    shown = time.perf_counter()
    page.click(f"a[data-ring='{other_ring}']")
    page.wait_for_function("name => document.querySelector('#case h2').textContent.includes(name)", arg=other_ring)
    page.wait_for_selector(".graph canvas")
    switched = time.perf_counter()
    context.close()
    return shown - started, switched - shown


if __name__ == "__main__":
    main()
