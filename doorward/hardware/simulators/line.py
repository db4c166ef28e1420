"""The device's end of a serial line: a pseudo-terminal whose other end has a stable name."""

import os
import tty
from contextlib import suppress
from pathlib import Path


class SerialLine:
    """One pseudo-terminal; `link` is the path that a driver opens like any serial port.

    `read`, `write`, `flush` and `id` are the channel that libosdp calls. One thread uses them.
    """

    def __init__(self, link: Path) -> None:
        """Open it and point `link` at it, replacing the link that an earlier run left there. Raises OSError."""
        self.link = link
        self.plugged = True
        self.fileno, self._far_end = os.openpty()
        self.id = self.fileno
        self._port = os.ttyname(self._far_end)
        # The far end stays open here, so that the line survives a driver that closes it.
        tty.setraw(self._far_end)
        os.set_blocking(self.fileno, False)
        try:
            self._point_link()
        except OSError:
            self.close()
            raise

    def read(self, size: int) -> bytes:
        """At most `size` bytes that arrived; while unplugged they are lost."""
        try:
            data = os.read(self.fileno, size)
        except BlockingIOError:
            return b""
        return data if self.plugged else b""

    def write(self, data: bytes) -> int:
        """Send; what nobody reads, or meets an unplugged cable, is lost."""
        if self.plugged:
            with suppress(BlockingIOError):
                os.write(self.fileno, data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The port vanishes, as when its adapter is pulled out."""
        with suppress(OSError):
            if str(self.link.readlink()) == self._port:
                self.link.unlink()
        os.close(self.fileno)
        os.close(self._far_end)

    def _point_link(self) -> None:
        self.link.parent.mkdir(parents=True, exist_ok=True)
        if self.link.exists() and not self.link.is_symlink():
            raise FileExistsError(f"{self.link} is not a link that a simulator made; it is left alone")
        fresh = self.link.with_name(f".{self.link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self._port)
        try:
            fresh.replace(self.link)
        except OSError:
            fresh.unlink()
            raise
