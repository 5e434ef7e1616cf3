"""Whether the function runs at all."""

from portal.system import system
from web.answer import Answer
from web.doors import Doors
from web.request import Request

routes = Doors(__name__, lambda: system().settings)


@routes.door("GET", "/health")
def health(_: Request) -> Answer:
    """Runs, with all settings."""
    return Answer(data={"status": "ok"})
