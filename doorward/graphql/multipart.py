"""Requests with files: multipart/form-data (RFC 7578), read as it comes, as a GraphQL multipart request has it.

Fields stay in memory, so they are short; files go to temporary files that have no name once they are larger than
a megabyte. Why this is ours: docs/adr/0012-own-forms.md.
"""

from collections.abc import AsyncIterator
from email.message import Message
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from starlette.datastructures import UploadFile

MOST_PARTS = 10
LONGEST_FIELD = 1024 * 1024
_LONGEST_HEAD = 8 * 1024
_IN_MEMORY = 1024 * 1024
_BREAK, _END = b"\r\n", b"--"


class NotMultipart(ValueError):
    """The body is not what its content type says, or has too many or too long parts."""


def boundary_of(content_type: str) -> bytes:
    """What separates the parts. Raises NotMultipart."""
    message = Message()
    message["content-type"] = content_type
    boundary = message.get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= 70:
        raise NotMultipart("there is no boundary")
    return boundary.encode()


class _Body:
    """Bytes as they come, and what is left of them."""

    def __init__(self, stream: AsyncIterator[bytes]) -> None:
        self._stream = stream
        self.buffer = bytearray(_BREAK)

    async def more(self) -> None:
        """Wait for the next piece. Raises NotMultipart at the end."""
        async for piece in self._stream:
            if piece:
                self.buffer += piece
                return
        raise NotMultipart("the body ends too soon")

    async def take(self, count: int) -> bytes:
        """The next bytes."""
        while len(self.buffer) < count:
            await self.more()
        taken = bytes(self.buffer[:count])
        del self.buffer[:count]
        return taken

    async def until(self, mark: bytes, sink: IO[bytes], most: int | None) -> None:
        """Everything before the mark, which is taken too. Raises NotMultipart if it is more than `most`."""
        written = 0
        while True:
            found = self.buffer.find(mark)
            ready = max(0, len(self.buffer) - len(mark) + 1) if found < 0 else found
            written += ready
            if most is not None and written > most:
                raise NotMultipart("a part is too long")
            sink.write(self.buffer[:ready])
            del self.buffer[: ready if found < 0 else ready + len(mark)]
            if found >= 0:
                return
            await self.more()


async def read_form(stream: AsyncIterator[bytes], boundary: bytes) -> dict[str, bytes | UploadFile]:
    """The parts by name; whoever gets them closes the files. Raises NotMultipart."""
    form: dict[str, bytes | UploadFile] = {}
    try:
        await _read_parts(_Body(stream), _BREAK + _END + boundary, form)
    except BaseException:
        for part in form.values():
            if isinstance(part, UploadFile):
                part.file.close()
        raise
    return form


async def _read_parts(body: _Body, delimiter: bytes, form: dict[str, bytes | UploadFile]) -> None:
    with _spool() as preamble:
        await body.until(delimiter, preamble, _LONGEST_HEAD)
    while (after := await body.take(2)) != _END:
        if after != _BREAK or len(form) == MOST_PARTS:
            raise NotMultipart("there is no part where one should be")
        name, file_name = await _head(body)
        if name in form:
            raise NotMultipart("two parts have one name")
        sink = _spool()
        try:
            await body.until(delimiter, sink, None if file_name is not None else LONGEST_FIELD)
        except BaseException:
            sink.close()
            raise
        sink.seek(0)
        if file_name is not None:
            form[name] = UploadFile(sink, filename=file_name)
            continue
        with sink:
            form[name] = sink.read()


def _spool() -> Any:
    return SpooledTemporaryFile(max_size=_IN_MEMORY)


async def _head(body: _Body) -> tuple[str, str | None]:
    """The name of a part, and the name of its file if it is one."""
    with _spool() as head:
        await body.until(_BREAK + _BREAK, head, _LONGEST_HEAD)
        head.seek(0)
        lines = head.read().decode("utf-8", "replace").split("\r\n")
    for line in lines:
        field, _, value = line.partition(":")
        if field.strip().lower() == "content-disposition":
            message = Message()
            message["content-disposition"] = value.strip()
            name = message.get_param("name", header="content-disposition")
            file_name = message.get_param("filename", header="content-disposition")
            if isinstance(name, str):
                return name, file_name if isinstance(file_name, str) else None
    raise NotMultipart("a part has no name")
