"""The programs of docs/guide/clients.md, as they stand there, against a live server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from doorward.graphql.schema import print_schema
from tests.e2e.process import Running, started
from tests.node import MODULES, node_with
from tests.peers.live_site import Site, live_site, write_programs

REVOKE = "mutation($id: ID!) { revokeOwnToken(input: {id: $id}) { errors { message } } }"
WITHIN_S = 30.0

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with live_site(tmp_path_factory.mktemp("clients")) as site:
        yield site


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
    write_programs("clients.md", language, tmp_path)
    (tmp_path / "schema.graphql").write_text(print_schema())
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
