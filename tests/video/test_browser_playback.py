"""A clip is what a browser's MediaSource accepts: played in Chromium while the recording still grows."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import async_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from doorward.video.clip import stream_clip
from doorward.video.messages import CameraState
from doorward.video.wall_time import from_us, to_us, utc_now
from tests.browser import CHROMIUM_FLAGS, CLOCK_SCRIPT

OpenSite = Callable[[], AbstractAsyncContextManager[Any]]
ServeApp = Callable[[Starlette], AbstractAsyncContextManager[str]]

PAGE = """<!doctype html><video muted></video><script>
async function play(url) {
  const video = document.querySelector("video");
  const response = await fetch(url);
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await new Promise(done => source.addEventListener("sourceopen", done, {once: true}));
  const buffer = source.addSourceBuffer(`video/mp4; codecs="${response.headers.get("x-codec")}"`);
  const reader = response.body.getReader();
  let playing = false, shown = [], first = null, began = performance.now();
  const note = () => { const t = clock(video); if (t) { shown.push(t); first ??= performance.now() - began; }
                       video.requestVideoFrameCallback(note); };
  video.requestVideoFrameCallback(note);
  for (;;) {
    const {done, value} = await reader.read();
    if (done) break;
    buffer.appendBuffer(value);
    await new Promise((ok, bad) => { buffer.onupdateend = ok; buffer.onerror = () => bad(video.error); });
    if (!playing) { playing = true; await video.play(); }
  }
  source.endOfStream();
  if (!video.ended) await new Promise(done => video.addEventListener("ended", done, {once: true}));
  const ranges = [...Array(video.buffered.length).keys()].map(i => [video.buffered.start(i), video.buffered.end(i)]);
  return {shown, first, ranges, startsAt: Number(response.headers.get("x-starts-at")),
          size: [video.videoWidth, video.videoHeight]};
}
CLOCK</script>""".replace("CLOCK", CLOCK_SCRIPT)


def clip_app(site: Any) -> Starlette:
    async def page(request: Request) -> Response:
        return HTMLResponse(PAGE)

    async def clip(request: Request) -> Response:
        start, end = (from_us(int(request.query_params[name])) for name in ("start", "end"))
        stream = await stream_clip(site.root, site.camera_id, start, end, utc_now)
        headers = {"x-codec": stream.codec, "x-starts-at": str(to_us(stream.starts_at) // 1000)}
        return StreamingResponse(stream, media_type="video/mp4", headers=headers)

    return Starlette(routes=[Route("/", page), Route("/clip", clip)])


async def played(chromium: str, base: str, query: str) -> dict[str, Any]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        try:
            page = await browser.new_page()
            await page.goto(base)
            result: dict[str, Any] = await page.evaluate(f"play('/clip?{query}')")
            return result
        finally:
            await browser.close()


def test_chromium_plays_a_clip_that_still_grows_and_shows_the_interval_asked_for(
    open_site: OpenSite, app_server: ServeApp, chromium_path: str
) -> None:
    async def scenario() -> tuple[datetime, dict[str, Any]]:
        async with open_site() as site, app_server(clip_app(site)) as base:
            await site.state(CameraState.RECORDING)
            asked = utc_now()
            query = f"start={to_us(asked)}&end={to_us(asked + timedelta(seconds=4))}"
            return asked, await played(chromium_path, base, query)

    asked, result = asyncio.run(scenario())

    shown = [datetime.fromtimestamp(milliseconds / 1000, UTC) for milliseconds in result["shown"]]
    inside = [moment for moment in shown if asked <= moment <= asked + timedelta(seconds=4)]
    assert len(inside) >= 10
    assert result["size"] == [640, 360]
    assert len(result["ranges"]) == 1
    assert result["ranges"][0][0] == 0
    assert abs(result["startsAt"] - result["shown"][0]) < 1500
