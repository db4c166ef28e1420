"""The ASGI application: the API, media, health and the dashboard."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute

from doorward.acs.domain import Domain
from doorward.graphql.endpoint import Endpoint
from doorward.server.dashboard import SecurityHeaders, dashboard
from doorward.server.media import Media


async def _health(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def build_app(domain: Domain, video_root: Path) -> Starlette:
    """Everything that the server answers."""
    endpoint = Endpoint(domain)
    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            Route("/healthz", _health),
            *Media(domain, video_root).routes(),
            Mount("/", dashboard()),
        ],
        middleware=[Middleware(SecurityHeaders)],
    )
