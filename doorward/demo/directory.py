"""Where the demo keeps its files, and writing those that hold secrets."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from doorward.demo.errors import DemoError


@dataclass(frozen=True, slots=True)
class DemoDirectory:
    """A data directory, beyond what `doorward serve` keeps in it. `root` is absolute."""

    root: Path

    @classmethod
    def at(cls, path: Path) -> "DemoDirectory":
        """The directory at a path that may be relative; it need not exist."""
        return cls(path.resolve())

    @property
    def ports(self) -> Path:
        """The symbolic links that stand for serial ports."""
        return self.root / "dev"

    @property
    def site_file(self) -> Path:
        """What the hardware has burnt in."""
        return self.root / "simulation-site.json"

    @property
    def control_file(self) -> Path:
        """Where the running simulation listens, and its token."""
        return self.root / "simulation.json"

    @property
    def strike_log(self) -> Path:
        """Every movement of every strike, as the simulated doors saw it."""
        return self.root / "strikes.jsonl"

    def log(self, name: str) -> Path:
        """Where a child process's messages go."""
        return self.root / f"{name}.log"

    @contextmanager
    def lock(self, purpose: str) -> Iterator[None]:
        """Be the only process that does this here. Raises DemoError if another one does it already."""
        descriptor = os.open(self.root / f"{purpose}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DemoError(
                    f"A {purpose} is running in {self.root} already. Stop it first, "
                    "or choose another directory with --data."
                ) from error
            yield
        finally:
            os.close(descriptor)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file whole and durably, readable by its owner only. Raises OSError."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
