"""Whether the function runs at all."""

from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup

routes = RouteGroup(__name__, lambda: system().settings)


@routes.on("GET", "/health")
def health(_: Request) -> Answer:
    """Runs, with all settings."""
    return Answer(data={"status": "ok"})
