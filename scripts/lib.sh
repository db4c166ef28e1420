# shellcheck shell=bash
# What the commands beside this file share. Source it; it moves to the root of the checkout.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

ROOT=$PWD
VENV=$ROOT/.venv
STAMPS=$ROOT/.stamps

say() { printf '%s\n' "doorward: $*" >&2; }

fail() {
    printf '%s\n' "doorward: $*" >&2
    exit 1
}

# heading TEXT: begins a part of a longer command's output.
heading() { printf '\n== %s\n' "$*"; }

# quietly WHAT COMMAND...: says what is being done; shows the command's output only when it fails.
quietly() {
    local what=$1 output
    shift
    say "$what"
    output=$(mktemp)
    if ! "$@" >"$output" 2>&1; then
        cat "$output" >&2
        rm -f "$output"
        fail "this failed: $what (the reason is above)"
    fi
    rm -f "$output"
}

# digest FILE...: one line for the contents and the names of these files.
digest() { sha256sum -- "$@" | sha256sum | cut -d' ' -f1; }

# unchanged NAME DIGEST: whether the step NAME was finished with these inputs before.
unchanged() { [[ -f $STAMPS/$1 && $(<"$STAMPS/$1") == "$2" ]]; }

# finished NAME DIGEST: remembers that the step NAME is done for these inputs.
finished() {
    mkdir -p "$STAMPS"
    printf '%s\n' "$2" >"$STAMPS/$1"
}

# find_python: prints a Python that is new enough, or explains what is missing.
find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed, and ${PYTHON:-python3} is $("${PYTHON:-python3}" --version 2>&1 || true)." \
        "Install it (Debian: apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3.12 $0"
}

# ensure_venv: the virtual environment, empty if it has just been made. One that was copied or moved is made anew.
ensure_venv() {
    local python
    if [[ -x $VENV/bin/python ]] && unchanged venv "$VENV"; then
        return
    fi
    python=$(find_python)
    rm -rf "$STAMPS/venv" "$STAMPS/requirements-"*
    say "making a virtual environment in .venv with $python"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python cannot make virtual environments. Debian: apt-get install python3-venv"
    "$python" -m venv --clear "$VENV"
    finished venv "$VENV"
}

# ensure_requirements NAME...: the hashed files requirements/NAME.txt are installed.
ensure_requirements() {
    local name inputs
    for name in "$@"; do
        inputs=$(digest "requirements/$name.txt")
        unchanged "requirements-$name" "$inputs" && continue
        quietly "installing requirements/$name.txt (this can take a minute or two)" \
            "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes \
            -r "requirements/$name.txt"
        finished "requirements-$name" "$inputs"
    done
}

# ensure_checkout: this checkout is installed in place, with its `doorward` command.
ensure_checkout() {
    local inputs
    inputs=$(digest pyproject.toml hatch_build.py)
    if [[ -x $VENV/bin/doorward ]] && unchanged requirements-checkout "$inputs"; then
        return
    fi
    quietly "installing this checkout in place" \
        "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
        --no-deps --no-build-isolation --no-index -e .
    finished requirements-checkout "$inputs"
}

# node_is_enough: whether the machine's own Node can build the dashboard (web/package.json: engines).
node_is_enough() {
    command -v npm >/dev/null &&
        node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null
}

# ensure_node: node and npm are on PATH, from PyPI if need be, and the packages of web/ are installed.
ensure_node() {
    local inputs
    if ! node_is_enough; then
        ensure_venv
        ensure_requirements node
        export PATH=$VENV/bin:$PATH
    fi
    inputs=$(digest web/package.json web/package-lock.json)
    if [[ -d web/node_modules ]] && unchanged node_modules "$inputs"; then
        return
    fi
    quietly "installing the packages of web/ (about half a minute)" \
        npm ci --prefix web --no-audit --no-fund
    finished node_modules "$inputs"
}
