"""scripts/setup: hashed requirements into .venv, once, and what it says when that fails."""

import pytest

from tests.scripts.checkout import Checkout

HASHED = "-m pip install --quiet --no-input --require-hashes -r requirements/{}.txt"
IN_PLACE = "-m pip install --quiet --no-input --no-deps --no-build-isolation -e ."
MADE = "-m venv --clear .venv"


def test_it_makes_an_environment_from_hashed_requirements_and_installs_the_checkout(
    checkout: Checkout,
) -> None:
    done = checkout.run("scripts/setup")
    assert done.returncode == 0, done.stderr
    assert checkout.calls() == [MADE, HASHED.format("runtime"), HASHED.format("build"), IN_PLACE]
    assert "installing requirements/runtime.txt" in done.stderr


def test_development_needs_more(checkout: Checkout) -> None:
    checkout.run("scripts/setup", "--dev")
    assert HASHED.format("dev") in checkout.calls()


def test_a_second_run_does_nothing_and_says_nothing(checkout: Checkout) -> None:
    checkout.run("scripts/setup", "--dev")
    checkout.calls()
    for arguments in ([], ["--dev"]):
        done = checkout.run("scripts/setup", *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert checkout.calls() == []


@pytest.mark.parametrize("name", ["requirements/runtime.txt", "pyproject.toml", "hatch_build.py"])
def test_a_changed_input_installs_again_in_the_same_environment(checkout: Checkout, name: str) -> None:
    checkout.run("scripts/setup")
    checkout.calls()
    checkout.write(name, "# another one\n")
    checkout.run("scripts/setup")
    assert checkout.calls() == [HASHED.format("runtime"), HASHED.format("build"), IN_PLACE]


def test_a_moved_checkout_makes_its_environment_anew(checkout: Checkout) -> None:
    checkout.run("scripts/setup")
    checkout.calls()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    checkout.run("scripts/setup")
    assert checkout.calls()[0] == MADE


def test_what_pip_said_is_shown_when_it_fails_and_the_next_run_tries_again(checkout: Checkout) -> None:
    failed = checkout.run("scripts/setup", FAILS="requirements/build.txt")
    assert failed.returncode == 1
    assert "it is broken" in failed.stderr
    checkout.calls()
    assert checkout.run("scripts/setup").returncode == 0
    assert IN_PLACE in checkout.calls()


def test_an_old_python_is_refused_with_what_to_do(checkout: Checkout) -> None:
    done = checkout.run("scripts/setup", TOO_OLD="1")
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "PYTHON=/path/to/python3.11" in done.stderr
    assert checkout.calls() == []


def test_an_unknown_option_is_refused(checkout: Checkout) -> None:
    done = checkout.run("scripts/setup", "--everything")
    assert done.returncode == 2
    assert "--dev" in done.stdout
    assert checkout.calls() == []
