"""The programs of docs/guide/clients.md, as they stand there, against a live server."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from doorward.graphql.schema import print_schema
from tests.e2e.process import Running, doorward, run, started
from tests.node import MODULES, node_with

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs/guide/clients.md"
PASSWORD = "a long enough pass phrase"
NEEDED = ["cardholder.view", "cardholder.write", "event.view", "audit.view"]
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { errors { message } } }"
MAKE_TOKEN = (
    "mutation($input: CreateOwnTokenInput!) { createOwnToken(input: $input) { text token { id } errors { message } } }"
)
REVOKE = "mutation($id: ID!) { revokeOwnToken(input: {id: $id}) { errors { message } } }"
CREATE = "mutation($input: CreateCardholderInput!) { createCardholder(input: $input) { errors { message } } }"
WITHIN_S = 30.0

pytestmark = pytest.mark.timeout(150)


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


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    place = tmp_path_factory.mktemp("clients")
    run("user", "create", "--data", place / "site", "--name", "ada", "--role", "administrator", typed=f"{PASSWORD}\n")
    with (
        doorward(["serve", "--data", place / "site", "--port", "0"], place / "log") as server,
        httpx.Client(base_url=server.wait_for("Doorward is ready at "), headers={"doorward-request": "1"}) as http,
    ):
        site = Site(http)
        site.ask(SIGN_IN, input={"name": "ada", "password": PASSWORD})
        yield site


def write_recipe(language: str, folder: Path) -> None:
    """The files of the guide in this language, beside the schema."""
    files = re.findall(rf"^```\w+ file={language}/(\S+)\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    assert files, "the guide has no files in this language"
    for name, text in files:
        (folder / name).write_text(text)
    (folder / "schema.graphql").write_text(print_schema())


def prepared_typescript(folder: Path) -> list[str]:
    """The command of the program in TypeScript, with its types made."""
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "package.json").write_text('{"type": "module"}')
    node = node_with("@graphql-codegen/cli")
    codegen = [node, str(MODULES / ".bin/graphql-codegen"), "--config", "codegen.ts"]
    made = subprocess.run(codegen, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return [node, "program.ts"]


def prepared_python(_: Path) -> list[str]:
    """The command of the program in Python."""
    return [sys.executable, "program.py"]


def follows(site: Site, language: str, program: Running) -> None:
    """Things happen until the program, which has just begun to follow, tells of one."""
    deadline = time.monotonic() + WITHIN_S
    number = 0
    while time.monotonic() < deadline:
        site.hire(f"{language} {number}")
        number += 1
        time.sleep(0.3)
        while not program.lines.empty():
            if (program.lines.get() or "").startswith(f"Cardholder created: Number {language}"):
                return
    raise AssertionError(f"It followed nothing: {program.log.read_text()}")


@pytest.mark.parametrize("language, prepared", [("typescript", prepared_typescript), ("python", prepared_python)])
def test_the_recipe_asks_changes_and_follows_from_its_cursor(
    site: Site, tmp_path: Path, language: str, prepared: Any
) -> None:
    write_recipe(language, tmp_path)
    command: Sequence[str] = prepared(tmp_path)
    text, token = site.make_token()
    environment = {**os.environ, "DOORWARD_URL": str(site.http.base_url).rstrip("/"), "DOORWARD_TOKEN": text}
    log = tmp_path / "log"
    with started(command, log, folder=tmp_path, environment=environment) as program:
        follows(site, language, program)
    site.hire(f"missed by {language}")
    with started(command, log, folder=tmp_path, environment=environment) as program:
        program.wait_for("Grace Hopper is here already")
        program.wait_for(f"Cardholder created: Number missed by {language}")
        site.ask(REVOKE, id=token)
        assert program.process.wait(WITHIN_S) != 0, "it went on without its token"
