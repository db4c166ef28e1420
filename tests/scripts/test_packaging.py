"""The build hook, and what a wheel carries."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from hatch_build import NODE, DashboardHook
from tests.scripts.checkout import ROOT, Checkout

PAGE = "doorward/dashboard/index.html"
EXPLORER = "doorward/explorer/explorer.html"


def hook(root: Path) -> DashboardHook:
    app = SimpleNamespace(display_info=lambda message: None)
    return DashboardHook(str(root), {}, None, None, str(root / "dist"), "wheel", app)  # type: ignore[arg-type]


def npm(checkout: Checkout, text: str) -> None:
    checkout.write("scripts/npm", f"import pathlib, sys\nroot = pathlib.Path(__file__).parents[1]\n{text}")


BUILDS = f"""
if sys.argv[1:] == ["run", "build"]:
    for page in (root / "{PAGE}", root / "{EXPLORER}"):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.touch()
"""


def test_a_missing_dashboard_is_built(checkout: Checkout) -> None:
    npm(checkout, BUILDS)
    hook(checkout.root).initialize("standard", {})
    assert (checkout.root / PAGE).exists()


def test_a_dashboard_without_its_explorer_is_built_again(checkout: Checkout) -> None:
    npm(checkout, BUILDS)
    checkout.write(PAGE, "")
    hook(checkout.root).initialize("standard", {})
    assert (checkout.root / EXPLORER).exists()


def test_a_dashboard_that_is_there_needs_neither_building_nor_node(checkout: Checkout) -> None:
    npm(checkout, "raise SystemExit('called')")
    checkout.write(PAGE, "")
    checkout.write(EXPLORER, "")
    assert hook(checkout.root).dependencies() == []
    hook(checkout.root).initialize("standard", {})


def test_an_install_in_place_builds_nothing(checkout: Checkout) -> None:
    npm(checkout, BUILDS)
    hook(checkout.root).initialize("editable", {})
    assert not (checkout.root / PAGE).exists()


def test_a_failed_build_fails_with_what_npm_said_and_what_to_do(checkout: Checkout) -> None:
    npm(checkout, "raise SystemExit('no network')")
    with pytest.raises(RuntimeError, match=r"(?s)npm ci said.no network.*scripts/dashboard"):
        hook(checkout.root).initialize("standard", {})


def test_a_build_that_leaves_no_dashboard_fails(checkout: Checkout) -> None:
    npm(checkout, "")
    with pytest.raises(RuntimeError, match="outDir"):
        hook(checkout.root).initialize("standard", {})


def test_node_comes_from_pypi_only_where_the_machine_has_none(checkout: Checkout) -> None:
    npm(checkout, "")
    assert hook(checkout.root).dependencies() == []
    npm(checkout, "raise SystemExit(3)")
    assert hook(checkout.root).dependencies() == [NODE]


def test_a_wheel_carries_the_dashboard_and_nothing_beside_the_product(checkout: Checkout, tmp_path: Path) -> None:
    for name in ("README.md", "LICENSE", "doorward/__init__.py", "demo-data/doorward.db", PAGE, EXPLORER):
        checkout.write(name, "")
    checkout.write(".gitignore", (ROOT / ".gitignore").read_text())
    out = tmp_path / "dist"
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out],
        cwd=checkout.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(next(out.glob("*.whl"))).namelist()
    assert [name for name in names if ".dist-info/" not in name] == ["doorward/__init__.py", PAGE, EXPLORER]
