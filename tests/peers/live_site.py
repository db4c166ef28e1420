"""A live server with an administrator who has signed in, and the programs of a guide, as they stand there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.process import doorward, run

GUIDES = Path(__file__).parents[2] / "docs/guide"
PASSWORD = "a long enough pass phrase"
NEEDED = ["cardholder.view", "cardholder.write", "event.view", "audit.view"]
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { errors { message } } }"
MAKE_TOKEN = (
    "mutation($input: CreateOwnTokenInput!) { createOwnToken(input: $input) { text token { id } errors { message } } }"
)
CREATE = "mutation($input: CreateCardholderInput!) { createCardholder(input: $input) { errors { message } } }"


@dataclass(frozen=True, slots=True)
class Site:
    """A live server, and an administrator who has signed in."""

    http: httpx.Client

    def ask(self, document: str, **variables: object) -> dict[str, Any]:
        answer = self.http.post("/graphql", json={"query": document, "variables": variables}).json()
        assert "errors" not in answer, answer
        (payload,) = answer["data"].values()
        assert not payload["errors"], payload
        return dict(payload)

    def hire(self, name: str) -> None:
        """Something that the log tells of."""
        self.ask(CREATE, input={"number": name, "firstName": "Number", "lastName": name})

    def make_token(self) -> tuple[str, str]:
        """The text and the id of a token for a recipe."""
        ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        made = self.ask(
            MAKE_TOKEN,
            input={"name": "recipe", "permissions": NEEDED, "expiresAt": ends, "password": PASSWORD},
        )
        return made["text"], made["token"]["id"]


@contextmanager
def live_site(place: Path, *arguments: str) -> Iterator[Site]:
    """A server of its own, with these arguments."""
    run("user", "create", "--data", place / "site", "--name", "ada", "--role", "administrator", typed=f"{PASSWORD}\n")
    with (
        doorward(["serve", "--data", place / "site", "--port", "0", *arguments], place / "log") as server,
        httpx.Client(base_url=server.wait_for("Doorward is ready at "), headers={"doorward-request": "1"}) as http,
    ):
        site = Site(http)
        site.ask(SIGN_IN, input={"name": "ada", "password": PASSWORD})
        yield site


def write_programs(guide: str, language: str, folder: Path) -> None:
    """The files of a guide in this language."""
    text = (GUIDES / guide).read_text()
    files = re.findall(rf"^```\w+ file={language}/(\S+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert files, "the guide has no files in this language"
    for name, content in files:
        (folder / name).write_text(content)
