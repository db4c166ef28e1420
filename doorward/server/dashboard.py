"""Serving the built dashboard, with the headers that keep a browser from running anything else."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from doorward.server.built_files import BuiltFiles

DASHBOARD = Path(__file__).resolve().parent.parent / "dashboard"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HSTS_S = 31_536_000
"""A year. Only with a certificate that was given: one of our own is not known to every browser."""
_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Puts the security headers on every response."""

    def __init__(self, app: ASGIApp, hsts: bool = False) -> None:
        self._app = app
        self._headers = {**_HEADERS, **({"strict-transport-security": f"max-age={HSTS_S}"} if hsts else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class DashboardFiles(BuiltFiles):
    """The built files; any other path is a view of the dashboard and gets its page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the page."""
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith("assets/"):
                raise
            response = await super().get_response("index.html", scope)
        hashed = path.startswith("assets/")
        response.headers["cache-control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        return response


def dashboard(directory: Path = DASHBOARD) -> ASGIApp:
    """The dashboard, or a page that says how to build it."""
    if (directory / "index.html").is_file():
        return DashboardFiles(directory=directory, html=True)
    return PlainTextResponse("The dashboard is not built. Run scripts/dashboard, then restart.\n", 503)
