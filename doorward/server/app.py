"""The ASGI application: the API, media, health and the dashboard."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute

from doorward.acs.controllers.stored_authority import the_authority
from doorward.acs.domain import Domain
from doorward.graphql.endpoint import Endpoint
from doorward.graphql.limits import Limits
from doorward.graphql.persisted import PersistedDocuments
from doorward.hardware.remote.wire import AUTHORITY_PATH
from doorward.server.dashboard import SecurityHeaders, dashboard
from doorward.server.explorer import Explorer
from doorward.server.gate import Gate
from doorward.server.live.endpoint import LiveEndpoint
from doorward.server.live.hub import LiveHub
from doorward.server.live.snapshot import Snapshots
from doorward.server.media import Media
from doorward.server.oidc import OidcRoutes
from doorward.server.playback import PlaybackRoutes


async def _health(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


def build_app(
    domain: Domain,
    video_root: Path,
    hsts: bool = False,
    limits: Limits | None = None,
    documents: PersistedDocuments | None = None,
    live: LiveHub | None = None,
) -> Starlette:
    """Everything that the server answers. `hsts`: browsers are to come by HTTPS alone from now on.

    Without `live` no camera shows anything at present.
    """
    live = live or LiveHub(lambda _: None)
    endpoint = Endpoint(domain, limits, documents)
    domain.cameras.recordings = video_root

    async def authority(_: Request) -> Response:
        """The certificate of the site's own authority, for browsers and controllers."""
        return Response((await the_authority(domain)).certificate, media_type="application/x-pem-file")

    return Starlette(
        routes=[
            Route("/graphql", endpoint),
            WebSocketRoute("/graphql", endpoint),
            WebSocketRoute("/live", LiveEndpoint(domain, live)),
            *Snapshots(domain, live).routes(),
            Route("/healthz", _health),
            Route(AUTHORITY_PATH, authority),
            *OidcRoutes(domain).routes(),
            *Media(domain, video_root).routes(),
            *PlaybackRoutes(domain, video_root).routes(),
            *Explorer(domain).routes(),
            Mount("/", dashboard()),
        ],
        middleware=[Middleware(SecurityHeaders, hsts=hsts), Middleware(Gate, limits=limits or Limits())],
    )
