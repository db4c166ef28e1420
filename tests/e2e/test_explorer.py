"""The explorer of the API in a real browser: GraphiQL runs under our policy, and only for those who may have it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import CHROMIUM_FLAGS
from tests.e2e.process import doorward, run

PASSWORD = "a password for the test"
SOON_MS = 20_000
pytestmark = pytest.mark.timeout(180)


@dataclass
class Site:
    """A demo site without traffic, and a browser."""

    address: str
    data: Path
    browser: Browser
    complaints: list[str] = field(default_factory=list)
    """What any page had to say about errors, and about what the policy refused."""

    def sign_in(self, name: str) -> Page:
        page = self.browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(SOON_MS)
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.address}/explorer")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", name="Your account")).to_be_visible()
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)


@pytest.fixture
def site(tmp_path: Path, chromium_path: str) -> Iterator[Site]:
    data = tmp_path / "site"
    arguments: list[str | Path] = ["demo", "--data", data, "--port", "0", "--no-traffic", "--admin-password", PASSWORD]
    with doorward(arguments, tmp_path / "demo.log") as demo, sync_playwright() as driver:
        address = demo.wait_for("Address:")
        browser = driver.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield Site(address, data, browser)
        browser.close()
        assert demo.stop() == 0


def _write(page: Page, document: str) -> None:
    """Type a document over what is in the editor, which closes brackets by itself."""
    page.locator(".graphiql-query-editor .view-lines").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(document)
    page.keyboard.press("Escape")


def test_an_administrator_runs_a_query_and_follows_a_subscription(site: Site) -> None:
    page = site.sign_in("admin")
    page.get_by_role("link", name="Try the API out").click()
    answer = page.locator(".result-window")
    _write(page, "query { viewer { name")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(answer).to_contain_text('"name": "admin"')

    # The workers have the schema: they complete what is typed, with its description.
    _write(page, "query { viewer { permis")
    page.keyboard.press("Control+Space")
    expect(page.locator(".suggest-widget")).to_contain_text("permissions")
    page.keyboard.press("Escape")

    _write(page, "subscription { events { node { type doorId reason")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    run("simulate", "force", "--data", site.data, "--door", "Office")
    expect(answer).to_contain_text('"door.', timeout=SOON_MS)

    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('graphiql'))") == []
    assert site.complaints == []


def test_who_may_not_explore_is_refused(site: Site) -> None:
    run("user", "create", "--data", site.data, "--name", "olga", "--role", "operator", typed=f"{PASSWORD}\n")
    page = site.sign_in("olga")
    expect(page.get_by_role("link", name="Try the API out")).to_have_count(0)
    refused = page.goto(f"{site.address}/graphiql")
    assert refused is not None
    assert (refused.status, refused.url) == (403, f"{site.address}/explorer")
    expect(page.locator("body")).to_contain_text("api.explore")
