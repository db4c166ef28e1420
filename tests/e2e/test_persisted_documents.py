"""A server that takes only documents that it knows: its own dashboard works as ever, and nothing else does."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import CHROMIUM_FLAGS
from tests.e2e.process import doorward

PASSWORD = "a password for the test"
SOON_MS = 15_000
pytestmark = pytest.mark.timeout(180)


def test_the_dashboard_works_where_only_known_documents_are_taken(tmp_path: Path, chromium_path: str) -> None:
    data = tmp_path / "site"
    data.mkdir(mode=0o700)
    (data / "limits.toml").write_text('documents = "persisted"\n')
    arguments: list[str | Path] = ["demo", "--data", data, "--port", "0", "--no-traffic", "--admin-password", PASSWORD]
    with doorward(arguments, tmp_path / "demo.log") as demo, sync_playwright() as driver:
        address = demo.wait_for("Address:")
        asked = {"query": "{ viewer { name } }"}
        refused = httpx.post(f"{address}/graphql", json=asked, headers={"doorward-request": "1"})
        assert refused.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_ACCEPTED"
        browser = driver.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 950})
        page.set_default_timeout(SOON_MS)
        page.goto(address)
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        locked = page.locator('[data-testid="door-tile"][data-condition="LOCKED"]')
        expect(locked).to_have_count(4, timeout=SOON_MS)
        for place in ("configuration/rules", "configuration/schedules", "people", "users"):
            page.goto(f"{address}#/{place}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.get_by_text("documents that it knows")).to_have_count(0)
        browser.close()
        assert demo.stop() == 0
