"""Forms with files, however they arrive in pieces."""

from collections.abc import AsyncIterator
from tempfile import TemporaryFile
from typing import IO

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import UploadFile

from doorward.graphql import multipart
from doorward.graphql.multipart import LONGEST_FIELD, NotMultipart, boundary_of, read_form

HEAD = 'content-disposition: form-data; name="{}"{}\r\n\r\n'


def form(parts: list[tuple[str, str | None, bytes]], boundary: str = "edge") -> bytes:
    """The body that a browser sends."""
    body = b""
    for name, file_name, content in parts:
        file = "" if file_name is None else f'; filename="{file_name}"'
        body += f"--{boundary}\r\n".encode() + HEAD.format(name, file).encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def read(body: bytes, size: int = 7) -> dict[str, bytes]:
    async def pieces() -> AsyncIterator[bytes]:
        for begin in range(0, len(body), size):
            yield body[begin : begin + size]

    async def main() -> dict[str, bytes]:
        found = {}
        for name, part in (await read_form(pieces(), b"edge")).items():
            if isinstance(part, UploadFile):
                found[name] = await part.read()
                await part.close()
            else:
                found[name] = part
        return found

    return anyio.run(main)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([b"\r", b"\n", b"--", b"\r\n--edg", b"x", b"\r\n--"]), max_size=12), st.integers(1, 40))
def test_a_file_arrives_whole_in_whatever_pieces(content: list[bytes], size: int) -> None:
    file = b"".join(content)
    assert read(form([("operations", None, b"{}"), ("0", "a.jsonl", file)]), size) == {"operations": b"{}", "0": file}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing of the kind",
        b"--edge\r\n",
        b"--edge\r\n\r\n\r\nno name\r\n--edge--",
        form([("0", "a", b"cut")])[:-12],
        form([(str(number), None, b"") for number in range(11)]),
        form([("0", None, b""), ("0", None, b"")]),
        form([("0", "a", b""), ("0", "b", b"")]),
        b"--edge\r\n" + b"x-many: more\r\n" * 1000 + HEAD.format("0", "").encode() + b"\r\n--edge--",
        b"x" * 10_000 + b"\r\n" + form([("0", None, b"")]),
        form([("operations", None, b"x" * (LONGEST_FIELD + 1))]),
    ],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(NotMultipart):
        read(body, 4096)


def test_it_is_refused_where_it_goes_wrong_and_not_at_the_end() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield form([("0", None, b"")])[: -len(b"\r\n--edge--\r\n")]
        while True:
            taken += 1
            yield b"x" * 4096

    with pytest.raises(NotMultipart):
        anyio.run(read_form, endless(), b"edge")
    assert taken <= LONGEST_FIELD // 4096 + 2


@pytest.mark.parametrize(
    "end", [b"", b"\r\n--edge\r\nno name\r\n\r\n", b"\r\n--edge\r\n" + HEAD.format("1", "").encode()]
)
def test_nothing_is_left_of_files_that_came_before_what_is_wrong(end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[IO[bytes]] = []

    def spool() -> IO[bytes]:
        opened.append(TemporaryFile())  # noqa: SIM115 - closed by what is tested
        return opened[-1]

    monkeypatch.setattr(multipart, "_spool", spool)
    whole = form([("0", "a", b"y" * 100)]).removesuffix(b"\r\n--edge--\r\n")
    with pytest.raises(NotMultipart):
        read(whole + end)
    assert opened
    assert all(file.closed for file in opened)


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 71])
def test_a_form_has_a_boundary(content_type: str) -> None:
    with pytest.raises(NotMultipart):
        boundary_of(content_type)
    assert boundary_of('multipart/form-data; boundary="a b"') == b"a b"
