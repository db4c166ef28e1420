"""scripts/test, check, bench and demo: what they run, in which order, and what makes them fail."""

import pytest

from tests.scripts.checkout import Checkout

NPM_TEST = "scripts/npm test --silent"
TOGETHER = (
    "tests/acs", "tests/graphql", "tests/hardware", "tests/server", "tests/scripts", "tests/docs", "tests/demo",
    "tests/simulator", "tests/video",
)  # fmt: skip
BOTH_HALVES = [
    " ".join(("-m pytest -n 3 --dist loadfile", *TOGETHER)),
    " ".join(("-m pytest -n 2 --dist loadfile tests", *(f"--ignore={folder}" for folder in TOGETHER))),
]
LOGGED = '#!/usr/bin/env bash\necho "${0##*/} $*" >> "$CALLS"\n'


def test_everything_is_tested_and_pytest_speaks_last(checkout: Checkout) -> None:
    checkout.ready()
    assert checkout.run("scripts/test").returncode == 0
    assert checkout.calls() == [NPM_TEST, *BOTH_HALVES]


def test_what_python_compiles_is_kept_for_the_next_program(checkout: Checkout) -> None:
    checkout.ready()
    checkout.program(".venv/bin/python", '#!/usr/bin/env bash\necho "${PYTHONDONTWRITEBYTECODE-kept}" >> "$CALLS"\n')
    assert checkout.run("scripts/test", "tests/acs", PYTHONDONTWRITEBYTECODE="1").returncode == 0
    assert set(checkout.calls()) == {"kept"}


def test_arguments_are_for_pytest_alone(checkout: Checkout) -> None:
    checkout.ready()
    checkout.run("scripts/test", "tests/acs", "-k", "door held")
    assert checkout.calls() == ["-m pytest tests/acs -k door held"]


def test_no_skip_is_allowed_where_everything_is_installed(checkout: Checkout) -> None:
    checkout.ready()
    checkout.run(".ci/run", CI="true")
    assert checkout.calls() == [NPM_TEST, *(half.replace("pytest", "pytest --no-skips") for half in BOTH_HALVES)]


def test_a_failed_typescript_test_fails_the_run_but_python_is_tested_all_the_same(checkout: Checkout) -> None:
    checkout.ready()
    done = checkout.run("scripts/test", FAILS=NPM_TEST)
    assert done.returncode != 0
    assert "TypeScript test failed" in done.stderr
    assert checkout.calls() == [NPM_TEST, *BOTH_HALVES]


@pytest.mark.parametrize("half", BOTH_HALVES)
def test_a_failed_python_test_fails_the_run_and_the_rest_is_tested_all_the_same(checkout: Checkout, half: str) -> None:
    checkout.ready()
    assert checkout.run("scripts/test", FAILS=half).returncode != 0
    assert checkout.calls() == [NPM_TEST, *BOTH_HALVES]


def test_missing_system_packages_are_installed_after_an_update(checkout: Checkout) -> None:
    checkout.ready()
    checkout.program("dpkg-query", '#!/usr/bin/env bash\n[[ "${@: -1}" == chromium ]] || echo -n installed\n')
    checkout.program("apt-get", LOGGED)
    checkout.program("sudo", '#!/usr/bin/env bash\nshift\n[[ "$1" == true ]] || "$@"\n')
    done = checkout.run("scripts/test")
    assert done.returncode == 0, done.stderr
    assert checkout.calls()[:2] == [
        "apt-get update -qq",
        "apt-get install -qq -y --no-install-recommends chromium",
    ]


def test_without_its_packages_the_run_goes_on(checkout: Checkout) -> None:
    checkout.ready()
    checkout.program("dpkg-query", "#!/usr/bin/env bash\n")
    checkout.program("apt-get", "#!/usr/bin/env bash\nexit 100\n")
    checkout.program("sudo", '#!/usr/bin/env bash\nshift\n[[ "$1" == true ]] || "$@"\n')
    done = checkout.run("scripts/test")
    assert done.returncode == 0
    assert "will be skipped" in done.stderr
    assert checkout.calls() == [NPM_TEST, *BOTH_HALVES]


def checked(checkout: Checkout, **programs: str) -> Checkout:
    checkout.ready()
    checkout.write("web/src/gql/operations.ts", "generated\n")
    checkout.write("schema.graphql", "type Query\n")
    for name in ("ruff", "mypy", "lint-imports"):
        checkout.program(f".venv/bin/{name}", LOGGED)
    checkout.program(".venv/bin/doorward", '#!/usr/bin/env bash\necho "type Query"\n')
    for name, text in programs.items():
        checkout.program(f".venv/bin/{name}", text)
    return checkout


def test_a_clean_tree_passes_every_check(checkout: Checkout) -> None:
    done = checked(checkout).run("scripts/check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "== all passed"
    assert checkout.calls() == [
        "ruff check --quiet",
        "ruff format --quiet --diff",
        "mypy ",
        "lint-imports --no-logo",
        "scripts/npm run --silent typecheck",
        "scripts/npm run --silent lint",
        "scripts/npm run --silent codegen",
        "scripts/api-pages --check",
    ]


def test_every_check_runs_even_if_the_first_fails(checkout: Checkout) -> None:
    done = checked(checkout, ruff=LOGGED + "exit 1\n").run("scripts/check")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "== failed: ruff check; ruff format;"
    assert "scripts/npm run --silent codegen" in checkout.calls()


def test_a_schema_that_was_not_written_down_is_shown(checkout: Checkout) -> None:
    changed = '#!/usr/bin/env bash\necho "type Query { door: ID }"\n'
    done = checked(checkout, doorward=changed).run("scripts/check")
    assert done.returncode == 1
    assert "+type Query { door: ID }" in done.stdout
    assert "doorward schema > schema.graphql" in done.stdout


def test_a_schema_that_cannot_be_printed_is_a_failure(checkout: Checkout) -> None:
    done = checked(checkout, doorward="#!/usr/bin/env bash\nexit 1\n").run("scripts/check")
    assert done.stdout.splitlines()[-1] == "== failed: schema; compatibility;"
    assert "-type Query" not in done.stdout


def test_generated_code_that_is_not_current_is_shown(checkout: Checkout) -> None:
    generates = '#!/usr/bin/env bash\n[[ "$*" != *codegen ]] || echo "generated anew" > web/src/gql/operations.ts\n'
    done = checked(checkout, python=generates).run("scripts/check")
    assert done.stdout.splitlines()[-1] == "== failed: generated code;"
    assert "+generated anew" in done.stdout


def test_benchmarks_are_listed_with_what_they_measure(checkout: Checkout) -> None:
    checkout.ready()
    checkout.with_real_python()
    checkout.write("benchmarks/__init__.py", "")
    checkout.write("benchmarks/decision.py", '"""Decisions a second.\n\nMore.\n"""\n')
    listed = checkout.run("scripts/bench").stdout
    assert listed.split(maxsplit=1) == ["decision", "Decisions a second.\n"]
    unknown = checkout.run("scripts/bench", "../../secrets")
    assert unknown.returncode == 2
    assert "decision" in unknown.stderr


def test_a_benchmark_gets_its_arguments(checkout: Checkout) -> None:
    checkout.ready()
    checkout.with_real_python()
    checkout.write("benchmarks/__init__.py", "")
    checkout.write("benchmarks/decision.py", '"""Counts."""\nimport sys\nsys.stdout.write(" ".join(sys.argv[1:]))\n')
    assert checkout.run("scripts/bench", "decision", "--holders", "1000").stdout == "--holders 1000"


def test_the_demo_is_set_up_and_gets_its_options(checkout: Checkout) -> None:
    checkout.ready()
    checkout.program(".venv/bin/doorward", LOGGED)
    assert checkout.run("scripts/demo", "--port", "0", "--data", "a b").returncode == 0
    assert checkout.calls() == ["doorward demo --port 0 --data a b"]


def test_the_demo_explains_its_options_without_installing_anything(checkout: Checkout) -> None:
    done = checkout.run("scripts/demo", "--help")
    assert done.returncode == 0
    for option in ("--port", "--data", "--admin-password", "--no-traffic", "--seed"):
        assert option in done.stdout
    assert checkout.calls() == []
