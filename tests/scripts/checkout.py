"""A checkout whose commands run for real, while the programs they call only write down what was asked."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TOOLS = frozenset(
    {
        "bash",
        "cat",
        "cp",
        "diff",
        "dirname",
        "env",
        "find",
        "grep",
        "mkdir",
        "mktemp",
        "rm",
        "sed",
        "sha256sum",
    }
    | {"sort", "touch", "xargs"}
)

# Stands for every Python: says yes to questions about its version, makes virtual environments of itself,
# and writes down what else it was asked to do.
PYTHON = """#!/usr/bin/env bash
case "$*" in
    *version_info*) exit "${TOO_OLD:-0}" ;;
    --version) echo "Python 3.99.0" ;;
    "-m pip --version") ;;
    "-m venv --clear .venv")
        echo "$*" >> "$CALLS"
        rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python
        echo "VIRTUAL_ENV=$PWD/.venv" > .venv/bin/activate ;;
    *)
        echo "$*" >> "$CALLS"
        case "$*" in
            *"npm run build")
                mkdir -p doorward/dashboard doorward/explorer
                touch doorward/dashboard/index.html doorward/explorer/explorer.html ;;
            *"npm ci") rm -rf web/node_modules; mkdir -p web/node_modules ;;
        esac
        if [[ -n "${FAILS:-}" && "$*" == *"$FAILS"* ]]; then echo "it is broken"; exit 1; fi ;;
esac
"""


@dataclass
class Checkout:
    """A copy of the commands and their inputs below `root`."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root.mkdir()
        for folder in (".ci", "scripts", "requirements"):
            shutil.copytree(ROOT / folder, self.root / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "hatch_build.py", "schema.graphql"):
            shutil.copy(ROOT / name, self.root / name)
        self.write("web/package.json", '{"engines": {"node": ">=24"}}')
        self.write("web/package-lock.json", "{}")
        self.write("web/src/main.tsx", "")
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found is not None, tool
            self.programs.mkdir(exist_ok=True)
            (self.programs / tool).symlink_to(found)

    @property
    def programs(self) -> Path:
        """The only folder on the path."""
        return self.root.parent / "programs"

    def write(self, name: str, text: str) -> Path:
        """A file of the checkout."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def program(self, name: str, text: str) -> None:
        """A program on the path, or in the checkout if the name is a path."""
        path = self.root / name if "/" in name else self.programs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def ready(self) -> None:
        """As scripts/setup and scripts/dashboard leave it, and with nothing for them to do."""
        for name in ("scripts/setup", "scripts/dashboard"):
            self.program(name, "#!/usr/bin/env bash\n")
        self.program(".venv/bin/python", PYTHON)

    def with_real_python(self) -> None:
        """`.venv/bin/python` is the one that runs the tests."""
        self.program(".venv/bin/python", f'#!/usr/bin/env bash\nexec "{sys.executable}" "$@"\n')

    def run(self, name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run one of the commands in an environment that has nothing but the programs of this checkout."""
        home = self.root.parent / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [self.root / name, *arguments],
            env={"PATH": str(self.programs), "HOME": str(home), "CALLS": str(self._calls), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=os.sep,
        )

    def calls(self) -> list[str]:
        """What the programs were asked to do since the last question."""
        if not self._calls.exists():
            return []
        lines = self._calls.read_text().splitlines()
        self._calls.unlink()
        return lines

    @property
    def _calls(self) -> Path:
        return self.root.parent / "calls"
