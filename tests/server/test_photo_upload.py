"""Photos over HTTP: who may set them, how large they may be, and what comes of them."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from doorward.acs.actor import COMMAND_LINE, Role
from doorward.acs.people.models import Cardholder, Photo
from doorward.acs.people.operations import DirectoryEntry, apply_directory
from doorward.acs.people.photo import MAX_UPLOAD_BYTES
from tests.api import HEADERS, serve_api
from tests.world import make_site, open_world

pytestmark = pytest.mark.anyio


def picture(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1200, 600), colour).save(out, "PNG")
    return out.getvalue()


async def test_a_photo_is_set_shown_replaced_and_removed(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        url = f"/cardholders/{site.ada.id}/photo"
        first = await api.http.put(url, content=picture(), headers=HEADERS)
        assert (first.status_code, first.json()["version"]) == (200, 2)
        shown = await api.http.get(first.json()["photoUrl"])
        assert shown.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(shown.content)).size == (512, 256)
        outdated = await api.http.put(url, content=picture("red"), headers={**HEADERS, "if-match": '"1"'})
        assert outdated.status_code == 409
        second = await api.http.put(url, content=picture("red"), headers={**HEADERS, "if-match": '"2"'})
        assert second.json()["photoUrl"] != first.json()["photoUrl"]
        assert (await api.http.get(first.json()["photoUrl"])).status_code == 200
        removed = await api.http.delete(url, headers=HEADERS)
        assert removed.json() == {"photoUrl": None, "version": 4}
        assert (await Cardholder.get(id=site.ada.id)).photo_id is None


async def test_only_a_page_of_ours_and_somebody_permitted_may_send_one(database_url: str, tmp_path: Path) -> None:
    async with (
        open_world(database_url) as world,
        serve_api(world, tmp_path, Role.VIEWER, Role.OPERATOR) as api,
    ):
        site = await make_site(world)
        url = f"/cardholders/{site.ada.id}/photo"
        assert (await api.http.put(url, content=picture(), headers=HEADERS)).status_code == 401
        await api.sign_in(Role.VIEWER)
        for method in ("PUT", "DELETE"):
            refused = await api.http.request(method, url, content=b"", headers=HEADERS)
            assert refused.status_code == 403
            assert "cardholder.write" in refused.json()["error"]
        await api.sign_in(Role.OPERATOR)
        for method in ("PUT", "DELETE"):
            foreign = await api.http.request(method, url, content=picture())
            assert foreign.status_code == 403
            assert "Doorward-Request" in foreign.json()["error"]
        assert not await Photo.exists()


async def test_what_is_too_large_is_refused_with_and_without_a_length(database_url: str, tmp_path: Path) -> None:
    async def without_length() -> AsyncIterator[bytes]:
        for _ in range(32):
            yield b"x" * 1024**2

    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        url = f"/cardholders/{site.ada.id}/photo"
        declared = await api.http.put(url, content=b"x" * (MAX_UPLOAD_BYTES + 1), headers=HEADERS)
        assert (declared.status_code, declared.json()) == (413, {"error": "Send at most 10 MiB."})
        streamed = await api.http.put(url, content=without_length(), headers=HEADERS)
        assert streamed.status_code == 413


@pytest.mark.parametrize(
    "content, headers, status, words",
    [
        (b"GIF89a", {}, 400, "readable JPEG, PNG or WebP"),
        (b"", {}, 400, "readable JPEG, PNG or WebP"),
        (picture(), {"if-match": "W/x"}, 400, "If-Match"),
    ],
)
async def test_what_is_wrong_is_said(
    database_url: str, tmp_path: Path, content: bytes, headers: dict[str, str], status: int, words: str
) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        reply = await api.http.put(f"/cardholders/{site.ada.id}/photo", content=content, headers={**HEADERS, **headers})
        assert reply.status_code == status
        assert words in reply.json()["error"]
        gone = await api.http.put("/cardholders/gone/photo", content=picture(), headers=HEADERS)
        assert gone.status_code == 404


async def test_a_photo_that_a_directory_owns_stays(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world, serve_api(world, tmp_path, Role.OPERATOR) as api:
        site = await make_site(world)
        await api.sign_in(Role.OPERATOR)
        await apply_directory(world.domain, COMMAND_LINE, site.ada.id, DirectoryEntry("ldap", "1", ("photo",)), {})
        reply = await api.http.put(f"/cardholders/{site.ada.id}/photo", content=picture(), headers=HEADERS)
        assert (reply.status_code, "directory ldap" in reply.json()["error"]) == (400, True)
