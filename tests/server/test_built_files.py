"""Files of the dashboard and the explorer: compressed beforehand, and kept by browsers for good."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from doorward.server.built_files import accepted
from doorward.server.dashboard import dashboard

pytestmark = pytest.mark.anyio
FOR_GOOD = "public, max-age=31536000, immutable"


def built(folder: Path) -> Path:
    """A folder as the build leaves it."""
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<title>Doorward</title>")
    (folder / "assets" / "index-1.js").write_text("start();")
    (folder / "assets" / "index-1.js.br").write_bytes(b"small")
    (folder / "assets" / "index-1.js.gz").write_bytes(gzip.compress(b"start();"))
    (folder / "assets" / "icon-1.svg").write_text("<svg/>")
    return folder


def browser(folder: Path) -> httpx.AsyncClient:
    app = Starlette(routes=[Mount("/", dashboard(built(folder)))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://door")


async def raw(client: httpx.AsyncClient, path: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """An answer, and its body as it was sent."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with client.stream("GET", path, headers=named) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


@pytest.mark.parametrize(
    "takes, encoding, body",
    [
        ("gzip, deflate, br, zstd", "br", b"small"),
        ("br;q=0, gzip;q=0.5", "gzip", None),
        ("identity", None, b"start();"),
        ("", None, b"start();"),
        ("br;q=0.000", None, b"start();"),
    ],
)
async def test_a_file_comes_in_the_best_encoding_that_is_taken(
    tmp_path: Path, takes: str, encoding: str | None, body: bytes | None
) -> None:
    async with browser(tmp_path) as client:
        answer, sent = await raw(client, "/assets/index-1.js", accept_encoding=takes)
        assert (answer.status_code, answer.headers.get("content-encoding")) == (200, encoding)
        assert answer.headers["content-type"].split(";")[0] in ("text/javascript", "application/javascript")
        assert (answer.headers["vary"], answer.headers["cache-control"]) == ("accept-encoding", FOR_GOOD)
        assert sent == body if body is not None else gzip.decompress(sent) == b"start();"
        again, _ = await raw(client, "/assets/index-1.js", accept_encoding=takes, if_none_match=answer.headers["etag"])
        assert (again.status_code, again.headers["vary"]) == (304, "accept-encoding")


async def test_what_is_not_compressed_comes_as_it_is_and_pages_are_asked_for_anew(tmp_path: Path) -> None:
    async with browser(tmp_path) as client:
        icon, _ = await raw(client, "/assets/icon-1.svg", accept_encoding="br")
        assert not {"content-encoding", "vary"} & set(icon.headers)
        page, sent = await raw(client, "/people", accept_encoding="br")
        assert (sent, page.headers["cache-control"]) == (b"<title>Doorward</title>", "no-cache")
        missing, _ = await raw(client, "/assets/none.js", accept_encoding="br")
        assert missing.status_code == 404


def test_only_encodings_that_are_named_and_not_refused_are_taken() -> None:
    assert accepted("GZIP;Q=1.0 , br; q=0.1,zstd;q=0, ,deflate;q=0.0") == {"gzip", "br"}
