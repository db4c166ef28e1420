"""Signing in with the company's account, in a browser: set up on its page, used, and refused in words."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from doorward.acs.users.oidc_providers import CALLBACK_PATH
from tests.browser import CHROMIUM_FLAGS
from tests.e2e.process import doorward, run
from tests.node import MODULES, node_with

PASSWORD = "a password for the test"
NAME = "admin"
SECRET = "what only the two know"
PROVIDER = Path(__file__).parents[1] / "peers" / "oidc" / "provider.mjs"
pytestmark = pytest.mark.timeout(120)


@dataclass(frozen=True, slots=True)
class Company:
    """The npm package oidc-provider, which lets in whoever it was told to."""

    process: "subprocess.Popen[str]"
    issuer: str

    def tell(self, **given: Any) -> None:
        assert _told(self.process, given) == "ok"


@contextmanager
def company(address: str) -> Iterator[Company]:
    command = [node_with("oidc-provider"), str(PROVIDER), str(MODULES.parent)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        client = {"client_id": "doorward", "client_secret": SECRET, "redirect_uris": [address + CALLBACK_PATH]}
        yield Company(process, _told(process, {**client, "post_logout_redirect_uris": [f"{address}/"]}))
        # It ends with its standard input, which leaving the block closes.


def _told(process: "subprocess.Popen[str]", given: dict[str, Any]) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(given)}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def _set_up(page: Page, address: str, issuer: str) -> None:
    page.goto(f"{address}/#/users/providers")
    page.get_by_role("button", name="New provider").click()
    form = page.get_by_test_id("provider-form")
    for label, value in {"Name": "Company", "Issuer": issuer, "Client ID": "doorward", "Client secret": SECRET}.items():
        form.get_by_label(re.compile(f"^{label}")).fill(value)
    form.get_by_label("Scopes").fill("openid profile groups")
    form.get_by_label("Claim with the groups").fill("groups")
    form.get_by_label(re.compile("^Group")).fill("guards")
    form.get_by_label("Role").select_option(label="Operator")
    form.get_by_label("Make users of people when they first come").check()
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("provider")).to_contain_text("guards: Operator")


def test_people_come_in_by_their_company_with_the_role_of_their_group(tmp_path: Path, chromium_path: str) -> None:
    data = tmp_path / "site"
    run("user", "create", "--data", data, "--name", NAME, "--role", "administrator", typed=f"{PASSWORD}\n")
    with (
        doorward(["serve", "--data", data, "--port", "0"], tmp_path / "log") as server,
        sync_playwright() as driver,
    ):
        address = server.wait_for("Doorward is ready at ").rstrip("/").replace("127.0.0.1", "localhost")
        with company(address) as peer:
            browser = driver.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
            page = browser.new_page()
            page.set_default_timeout(15_000)
            page.goto(address)
            page.get_by_label("Name").fill(NAME)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            _set_up(page, address, peer.issuer)
            page.get_by_role("button", name="Sign out").click()

            peer.tell(account="ada-1", claims={"ada-1": {"preferred_username": "ada", "groups": ["guards"]}})
            page.get_by_role("link", name="Sign in with Company").click()
            expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            page.goto(f"{address}/#/account")
            expect(page.get_by_role("main")).to_contain_text("ada")
            expect(page.get_by_role("main")).to_contain_text("Operator")

            stranger = browser.new_context().new_page()
            peer.tell(account="eve-1", claims={"eve-1": {"preferred_username": "eve", "groups": ["cleaners"]}})
            stranger.goto(address)
            stranger.get_by_role("link", name="Sign in with Company").click()
            expect(stranger.get_by_role("alert")).to_contain_text("group")
            expect(stranger.get_by_test_id("sign-in")).to_be_visible()
            browser.close()
        assert server.stop() == 0
