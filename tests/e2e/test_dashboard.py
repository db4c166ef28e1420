"""The whole main job in a browser: a card at a simulated reader, and everything a person at the desk then sees."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from doorward.hardware.osdp.device_link import STALE_AFTER_UP_S
from tests.browser import CHROMIUM_FLAGS, CLOCK_SCRIPT
from tests.e2e.process import database_arguments, doorward, run

PASSWORD = "a password for the test"
SOON_MS = 15_000
KEEP_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket { constructor(...given) { super(...given); sockets.push(this); } };
"""
pytestmark = pytest.mark.timeout(180)


@dataclass
class Desk:
    """A demo site without traffic, and somebody signed in at its dashboard."""

    page: Page
    data: Path

    def simulate(self, action: str, *arguments: str) -> None:
        run("simulate", action, "--data", self.data, *arguments)

    def event(self, event_type: str, words: str = "") -> Locator:
        rows = self.page.locator(f'[data-testid="event-row"][data-event-type="{event_type}"]')
        return rows.filter(has_text=words).first

    def tile(self, door: str) -> Locator:
        return self.page.locator(f'[data-testid="door-tile"][data-door-name="{door}"]')


@pytest.fixture
def desk(empty_database_url: str, tmp_path: Path, chromium_path: str) -> Iterator[Desk]:
    data = tmp_path / "site"
    arguments: list[str | Path] = ["demo", "--data", data, "--port", "0", "--no-traffic", "--admin-password", PASSWORD]
    log = tmp_path / "demo.log"
    with (
        doorward([*arguments, *database_arguments(empty_database_url)], log) as demo,
        sync_playwright() as driver,
    ):
        address = demo.wait_for("Address:")
        browser = driver.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 950})
        page.set_default_timeout(SOON_MS)
        page.add_init_script(CLOCK_SCRIPT + "window.clock = clock;" + KEEP_SOCKETS)
        page.goto(address)
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_test_id("door-tile")).to_have_count(4)
        expect(page.locator('[data-testid="door-tile"][data-condition="LOCKED"]')).to_have_count(4, timeout=SOON_MS)
        # A reader's first moments online are for cards that it kept: what is shown then is not granted.
        page.wait_for_timeout((STALE_AFTER_UP_S + 0.5) * 1000)
        yield Desk(page, data)
        browser.close()
        assert demo.stop() == 0


def test_a_badge_opens_a_door_and_you_see_it(desk: Desk) -> None:
    page = desk.page
    desk.simulate("badge", "--door", "Main entrance", "--side", "A", "--card", "1042")
    row = desk.event("access.granted", "Main entrance")
    expect(row).to_be_visible(timeout=SOON_MS)
    expect(row).to_have_attribute("data-reason", "granted")
    expect(row.locator("img")).to_have_js_property("complete", True)
    assert row.locator("img").evaluate("image => image.naturalWidth") > 0
    _plays_the_moment(page, row)

    desk.simulate("badge", "--door", "Server room", "--side", "A", "--card", "1024")
    denied = desk.event("access.denied", "Server room")
    expect(denied).to_have_attribute("data-reason", "cardholder_suspended")
    expect(denied).to_contain_text("suspended")

    desk.simulate("force", "--door", "Office")
    expect(desk.event("door.forced", "Office")).to_be_visible()
    expect(desk.tile("Office")).to_have_attribute("data-condition", "FORCED")

    dock = desk.tile("Loading dock")
    dock.get_by_test_id("door-more").click()
    page.get_by_role("dialog").get_by_role("button", name="Unlock").click()
    page.get_by_test_id("door-action-confirm").click()
    expect(dock.get_by_test_id("door-outcome")).to_contain_text("confirmed by the controller")
    expect(dock).to_have_attribute("data-condition", "UNLOCKED")
    expect(desk.event("door.unlocked", "Loading dock")).to_be_visible()


def _plays_the_moment(page: Page, row: Locator) -> None:
    """The event's clip shows a picture whose own clock lies inside the bookmark."""
    at = datetime.fromisoformat(row.locator("time").get_attribute("datetime") or "").timestamp() * 1000
    row.get_by_role("link").click()
    video = page.get_by_test_id("clip-video").first
    video.wait_for()
    shown = page.wait_for_function(
        """([first, last]) => {
            const video = document.querySelector('[data-testid="clip-video"]');
            const time = video && video.readyState >= 2 ? window.clock(video) : null;
            return time !== null && time >= first && time <= last ? time : false;
        }""",
        arg=[at - 5_000, at + 10_000],
        timeout=SOON_MS,
    ).json_value()
    assert at - 5_000 <= shown <= at + 10_000


def test_a_threat_level_and_a_lockdown_of_a_zone_reach_the_doors(desk: Desk) -> None:
    page = desk.page
    site = page.url.split("#")[0]
    page.goto(f"{site}#/configuration/threats/new")
    page.get_by_label("Name").fill("Intruder")
    page.get_by_label("Rank").fill("80")
    page.get_by_label("Add to doors and zones in lockdown").click()
    page.get_by_role("button", name="Add Zone Building").click()
    page.get_by_role("button", name="Create the threat level").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Intruder")

    page.goto(f"{site}#/")
    _set_threat(page, "Intruder")
    expect(page.get_by_test_id("threat")).to_have_attribute("data-level", "Intruder")
    for door, condition in (("Main entrance", "LOCKDOWN"), ("Loading dock", "LOCKDOWN"), ("Office", "LOCKED")):
        expect(desk.tile(door)).to_have_attribute("data-condition", condition)
    expect(desk.tile("Main entrance")).to_contain_text("By the threat level")
    desk.simulate("badge", "--door", "Main entrance", "--side", "A", "--card", "1042")
    expect(desk.event("access.denied", "Main entrance")).to_have_attribute("data-reason", "door_lockdown")
    _set_threat(page, "None")
    expect(desk.tile("Main entrance")).to_have_attribute("data-condition", "LOCKED")

    page.get_by_role("link", name="Zones").click()
    building = page.locator('[data-testid="zone"][data-zone-name="Building"]')
    building.get_by_test_id("zone-act").click()
    page.get_by_label("Reason").fill("drill")
    page.get_by_test_id("door-action-lockdown").click()
    page.get_by_test_id("door-action-confirm").click()
    expect(building.get_by_test_id("zone-outcome")).to_contain_text("Done at all 2 doors.")
    expect(building.get_by_test_id("zone-doors")).to_have_text("2 in lockdown")
    building.get_by_role("link", name="Building").click()
    expect(desk.tile("Main entrance")).to_contain_text("In lockdown by admin, until reset.")


def _set_threat(page: Page, level: str) -> None:
    page.get_by_test_id("threat-change").click()
    page.get_by_label(level, exact=True).check()
    page.get_by_test_id("threat-confirm").click()


BAD_CARDS = [
    (("--card", "1042", "--facility", "99"), "card_unknown"),
    (("--bits", "1" * 39), "card_length_unknown"),
    (("--bits", "0" * 26), "card_parity_error"),
    (("--card", "1024"), "cardholder_suspended"),
    (("--card", "1023"), "credential_expired"),
    (("--card", "1025"), "no_access_rule"),
]


def test_each_bad_card_is_explained_at_the_desk(desk: Desk) -> None:
    for arguments, reason in BAD_CARDS:
        desk.simulate("badge", "--door", "Office", *arguments)
        row = desk.page.locator(f'[data-testid="event-row"][data-reason="{reason}"]')
        expect(row).to_have_count(1, timeout=SOON_MS)
        expect(row.locator(".event-reason")).not_to_be_empty()


def test_a_card_shown_to_an_unplugged_reader_is_denied_when_it_returns(desk: Desk) -> None:
    desk.simulate("unplug", "--door", "Office", "--side", "A")
    expect(desk.event("reader.offline", "Office")).to_contain_text("does not answer", timeout=SOON_MS)
    desk.simulate("badge", "--door", "Office", "--card", "1042")
    desk.simulate("replug", "--door", "Office", "--side", "A")
    row = desk.event("access.denied", "Office")
    expect(row).to_have_attribute("data-reason", "reader_was_offline", timeout=SOON_MS)
    expect(row).to_contain_text("Present it again")


def test_a_denied_read_is_explained_and_asked_again_for_a_door_that_lets_in(desk: Desk) -> None:
    page = desk.page
    desk.simulate("badge", "--door", "Server room", "--side", "A", "--card", "1042")
    desk.event("access.denied", "Server room").get_by_role("link").click()
    page.get_by_role("link", name="Explain").click()
    then = page.get_by_test_id("explanation")
    expect(then).to_contain_text("was denied at Server room, side A")
    expect(then.locator('[data-check="access_rule"]')).to_have_attribute("data-passed", "false")
    expect(page.get_by_test_id("answer")).to_have_attribute("data-reason", "no_access_rule")

    page.get_by_role("link", name="Would they pass").click()
    page.get_by_label("Or the number of their card").fill("1042")
    page.get_by_role("button", name="Find the card").click()
    page.get_by_label("Find: door").click()
    page.get_by_role("button", name="Choose Office").click()
    page.get_by_role("button", name="Ask").click()
    answer = page.get_by_test_id("answer")
    expect(answer).to_have_attribute("data-outcome", "GRANTED")
    answer.locator('[data-check="access_rule"]').get_by_role("link").click()
    expect(page.get_by_role("button", name="Preview effect")).to_be_visible()


def test_what_happens_while_the_socket_is_cut_is_shown_once_afterwards(desk: Desk) -> None:
    page = desk.page
    banner = page.get_by_test_id("connection-banner")
    desk.simulate("badge", "--door", "Main entrance", "--side", "A", "--card", "1042")
    expect(desk.event("access.granted", "Main entrance")).to_be_visible()
    page.evaluate("sockets.at(-1).close()")
    desk.simulate("badge", "--door", "Server room", "--side", "A", "--card", "1024")
    expect(banner).to_have_text("Connected again. What happened meanwhile is shown now.")
    expect(page.locator('[data-event-type="access.denied"]')).to_have_count(1)
    expect(page.locator('[data-event-type="access.granted"]')).to_have_count(1)
