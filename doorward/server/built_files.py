"""Files of a build, sent as the build has compressed them to whoever takes that."""

import os
from pathlib import Path
from stat import S_ISREG

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""By the name in Accept-Encoding, the smallest first."""


class BuiltFiles(StaticFiles):
    """Where the build has put `NAME.br` or `NAME.gz` beside a file, that is sent; nothing is compressed here."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file in the best encoding that there is of it and that is taken."""
        there = {name: found for name, end in ENCODINGS.items() if (found := _file(f"{full_path}{end}"))}
        taken = accepted(Headers(scope=scope).get("accept-encoding", ""))
        encoding = next((name for name in there if name in taken), None)
        if encoding is None:
            response = super().file_response(full_path, stat_result, scope, status_code)
        else:
            path = f"{full_path}{ENCODINGS[encoding]}"
            response = super().file_response(path, there[encoding], scope, status_code)
            response.headers["content-encoding"] = encoding
        if there:
            response.headers["vary"] = "accept-encoding"
        return response


def accepted(header: str) -> set[str]:
    """The encodings that an Accept-Encoding header names and does not refuse (`;q=0`)."""
    found = set()
    for entry in header.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        weight = next((part.removeprefix("q=").strip() for part in parameters if part.startswith("q=")), "1")
        if name and weight.strip("0.") != "":
            found.add(name)
    return found


def _file(path: str) -> os.stat_result | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found if S_ISREG(found.st_mode) else None
