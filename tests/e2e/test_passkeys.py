"""Passkeys in a real browser with a virtual authenticator: added, signed in with, and refused once they are removed."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import CHROMIUM_FLAGS
from tests.e2e.process import doorward, run

PASSWORD = "a password for the test"
NAME = "admin"
pytestmark = pytest.mark.timeout(120)


def _virtual_authenticator(page: Page) -> None:
    """What Chromium has instead of a device: it holds passkeys, and says that it has verified its user."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()


def test_a_passkey_signs_in_until_it_is_removed(tmp_path: Path, chromium_path: str) -> None:
    data = tmp_path / "site"
    run("user", "create", "--data", data, "--name", NAME, "--role", "administrator", typed=f"{PASSWORD}\n")
    with (
        doorward(["serve", "--data", data, "--port", "0"], tmp_path / "log") as server,
        sync_playwright() as driver,
    ):
        address = server.wait_for("Doorward is ready at ").replace("127.0.0.1", "localhost")
        browser = driver.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        page = browser.new_page()
        page.set_default_timeout(15_000)
        _virtual_authenticator(page)
        page.goto(address)
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()

        page.goto(f"{address}#/account")
        page.get_by_role("button", name="New passkey").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("Test device")
        dialog.get_by_label("Your password").fill("not this one")
        dialog.get_by_role("button", name="Add a passkey").click()
        expect(dialog).to_contain_text("This is not your password.")
        dialog.get_by_label("Your password").fill(PASSWORD)
        dialog.get_by_role("button", name="Add a passkey").click()
        expect(dialog.get_by_test_id("recovery-codes")).to_be_visible()
        dialog.get_by_role("button", name="I have them").click()
        expect(page.get_by_test_id("passkey")).to_contain_text("Test device")

        _sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()

        _sign_out(page)
        page.get_by_label("Name").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_label("Code")).to_be_visible()
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()

        page.goto(f"{address}#/account")
        page.get_by_role("button", name="Remove Test device").click()
        dialog.get_by_label("Your password").fill(PASSWORD)
        dialog.get_by_role("button", name="Remove it").click()
        expect(page.get_by_test_id("passkey")).to_have_count(0)
        _sign_out(page)
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("not known here")
        browser.close()
        assert server.stop() == 0
