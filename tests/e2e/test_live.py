"""The cameras as they are now, in a browser: their delay is read from the clock that they burn in."""

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import CHROMIUM_FLAGS, CLOCK_SCRIPT
from tests.e2e.process import database_arguments, doorward

PASSWORD = "a password for the test"
SOON_MS = 30_000
READ = """() => [...document.querySelectorAll('[data-testid="live-video"]')].map((video) => {
    const time = video.readyState >= 2 ? window.clock(video) : null;
    return time === null ? null : [time, Date.now() - time];
})"""
LINES = """
window.lines = [];
window.WebSocket = class extends WebSocket {
    constructor(...given) { super(...given); if (String(given[0]).endsWith("/live")) lines.push(this); }
};
"""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def pages(empty_database_url: str, tmp_path: Path, chromium_path: str) -> Iterator[tuple[Page, Page]]:
    """A demo site, and two browsers at its live pictures."""
    data = tmp_path / "site"
    arguments: list[str | Path] = ["demo", "--data", data, "--port", "0", "--no-traffic", "--admin-password", PASSWORD]
    log = tmp_path / "demo.log"
    with doorward([*arguments, *database_arguments(empty_database_url)], log) as demo, sync_playwright() as driver:
        address = demo.wait_for("Address:")
        browser = driver.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        opened = []
        for _ in range(2):
            page = browser.new_context(viewport={"width": 1400, "height": 950}).new_page()
            page.set_default_timeout(SOON_MS)
            page.add_init_script(CLOCK_SCRIPT + "window.clock = clock;" + LINES)
            page.goto(address)
            page.get_by_label("Name").fill("admin")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            page.get_by_role("link", name="Live", exact=True).click()
            opened.append(page)
        yield opened[0], opened[1]
        browser.close()
        assert demo.stop() == 0


def test_every_camera_is_shown_live_to_all_who_watch(pages: tuple[Page, Page]) -> None:
    for page in pages:
        tiles = page.get_by_test_id("live-tile")
        expect(tiles.first).to_be_visible()
        expect(page.locator('[data-testid="live-tile"]:not([data-phase="showing"])')).to_have_count(0, timeout=SOON_MS)
        assert page.evaluate("lines.length") == 1
    first = pages[0]
    shown: list[list[float]] = [[] for _ in first.evaluate(READ)]
    delays: list[float] = []
    for _ in range(30):
        first.wait_for_timeout(100)
        for times, read in zip(shown, first.evaluate(READ), strict=True):
            if read is not None:
                times.append(read[0])
                delays.append(read[1])
    assert all(len(set(times)) >= 5 for times in shown), shown
    assert all(times == sorted(times) for times in shown)
    told = first.locator('[data-testid="live-tile"]').evaluate_all("tiles => tiles.map(t => Number(t.dataset.delayMs))")
    print(  # noqa: T201 - a figure, for whoever looks
        f"live delay: median {statistics.median(delays):.0f} ms, most {max(delays):.0f} ms "
        f"over {len(delays)} looks; the page says {told} ms"
    )


def test_a_camera_is_enlarged_alone_and_kept_as_a_picture(pages: tuple[Page, Page]) -> None:
    page, _ = pages
    first = page.get_by_test_id("live-tile").first
    name = first.get_attribute("data-camera-name")
    first.get_by_test_id("live-enlarge").click()
    expect(page.get_by_test_id("live-tile")).to_have_count(1)
    expect(page.get_by_test_id("live-tile")).to_have_attribute("data-phase", "showing", timeout=SOON_MS)
    with page.expect_download() as download:
        page.get_by_test_id("live-snapshot").click()
    assert download.value.suggested_filename == f"{name}.jpg"
    assert Path(download.value.path()).read_bytes().startswith(b"\xff\xd8")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("live-tile")).not_to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
