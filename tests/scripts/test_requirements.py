"""What is installed is pinned, hashed, free of addresses, and explained."""

import json
import re
import tomllib

import pytest

from hatch_build import NODE
from tests.scripts.checkout import ROOT

FILES = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))
PEERS = ("ariadne", "graphene", "strawberry")
"""What the API's benchmark is measured beside, each in an environment of its own."""
DEPENDENCIES = ROOT / "docs" / "reference" / "dependencies.md"


def pinned(name: str) -> dict[str, set[str]]:
    """Each package of a requirements file, with its versions (they may differ by platform)."""
    pins: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)(?:\[.*?\])?==([\w.]+)", text(name), re.MULTILINE):
        pins.setdefault(package.lower(), set()).add(version)
    assert pins
    return pins


def text(name: str) -> str:
    return (ROOT / "requirements" / name).read_text()


def asked(name: str) -> set[str]:
    """The packages that a person wrote down in a `.in` file."""
    return {match.lower() for match in re.findall(r"^([a-z][\w.-]*)", text(name), re.MULTILINE)}


def of_the_product() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {re.split(r"[\[<>=]", dependency)[0].lower() for dependency in project["dependencies"]}


def test_there_are_requirements_for_each_purpose() -> None:
    assert [
        *(f"bench-graphql-{peer}.txt" for peer in PEERS),
        "build.txt",
        "dev.txt",
        "node.txt",
        "runtime.txt",
    ] == FILES


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned_and_hashed_and_has_no_address(name: str) -> None:
    contents = re.sub(r"^ *#.*\n", "", text(name), flags=re.MULTILINE)
    for requirement in re.split(r"\n(?=\S)", contents.strip()):
        assert re.match(r"[\w.-]+(\[.*?\])?==", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement
    assert "://" not in text(name)
    assert "--index-url" not in text(name)


def test_what_the_product_asks_for_is_pinned() -> None:
    assert of_the_product() <= set(pinned("runtime.txt"))


def test_tests_and_builds_run_on_the_versions_of_the_product() -> None:
    runtime = pinned("runtime.txt")
    for name in ("build.txt", "dev.txt", "node.txt"):
        for package, versions in pinned(name).items():
            assert versions <= runtime.get(package, versions), f"{package} in {name}"


def test_a_wheel_is_built_with_the_node_that_the_checkout_uses() -> None:
    package, _, version = NODE.partition("==")
    assert pinned("node.txt")[package] == pinned("dev.txt")[package] == {version}


def test_every_dependency_is_explained() -> None:
    explained = set(re.findall(r"^\| `([\w.@/-]+)`", DEPENDENCIES.read_text(), re.MULTILINE))
    package = json.loads((ROOT / "web" / "package.json").read_text())
    web = set(package["dependencies"]) | set(package["devDependencies"])
    python = of_the_product() | asked("build.in") | asked("dev.in") | asked("node.in")
    assert explained == python | web


def test_the_lock_of_the_dashboard_has_no_addresses() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_the_lock_of_the_dashboard_names_every_platform_of_what_it_holds() -> None:
    """`npm ci` refuses a lock from which the packages of other machines were dropped."""
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    dropped = [
        f"{name}: {optional}"
        for name, package in packages.items()
        for optional in package.get("optionalDependencies", {})
        if f"node_modules/{optional}" not in packages and f"{name}/node_modules/{optional}" not in packages
    ]
    assert dropped == []
