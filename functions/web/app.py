"""A Chalice app behind one proxy resource of API Gateway."""

from collections.abc import Callable
from typing import Any, Final

from chalice.app import Chalice, Response
from chalice.app import Request as ChaliceRequest

from latchkey import errors
from latchkey.shared.model.texts import said
from measure.metrics import measure
from web.answer import refuse
from web.logs import log, speak_for_the_domain
from web.request import NotAllowed, bare
from web.route_group import RouteGroup
from web.routes import Routes

_BROKEN: Final = 500
_BUSY: Final = 503


class App(Chalice):
    """Finds the route of every event before Chalice sees it, and writes one line about the answer: the route, never the path."""

    def __init__(self, name: str, *groups: RouteGroup) -> None:
        super().__init__(name, configure_logs=False)
        self.api.binary_types = ["image/png", "image/webp"]
        for group in groups:
            self.register_blueprint(group)
        self.kinds = {route: kind for group in groups for route, kind in group.kinds.items()}
        self._routes = Routes(self.routes, {path for (_, path), kind in self.kinds.items() if kind.fragment})

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer an event of API Gateway (or of chalice.test, which has its path in the context only)."""
        said = event["requestContext"]
        asked = event.get("path") or said["path"]
        found = self._routes.find(asked)
        known = {
            "resourcePath": found.route,
            "httpMethod": self._method(found.route, said["httpMethod"]),
            "movedTo": found.moved_to,
            "asked": asked,
        }
        about = {"resource": found.route, "pathParameters": dict(found.values), "requestContext": {**said, **known}}
        answer: dict[str, Any] = super().__call__({**event, **about}, context)
        status = answer["statusCode"]
        log.info("answered", extra={"route": f"{said['httpMethod']} {found.route}", "status": status})
        if status < _BROKEN:
            measure("Done")
        elif status == _BUSY:
            measure("Waits", reason=errors.TryLater.code)
        return answer

    def methods(self, route: str) -> list[str]:
        """What a route can be asked with; Chalice's own table would keep a route that it is asked for."""
        known = self.routes.get(route, {})
        return sorted({*known, "HEAD"} if "GET" in known else known)

    def _method(self, route: str, asked: str) -> str:
        """HEAD is answered like GET; API Gateway sends the headers and the length, and leaves the body out."""
        return "GET" if asked == "HEAD" and "HEAD" in self.methods(route) else asked


def new_app(name: str, *groups: RouteGroup) -> App:
    """An app of these groups of routes, whose answers to anything else have the same dress."""
    speak_for_the_domain()
    app = App(name, *groups)

    @app.middleware("http")
    def dress(event: ChaliceRequest, get_response: Callable[[Any], Response]) -> Response:
        methods = app.methods(event.path)
        if not methods:
            return refuse(bare(event), errors.NotFound())
        if event.method not in methods:
            answer = refuse(bare(event), NotAllowed())
            answer.headers["Allow"] = ", ".join(methods)
            return answer
        answer = get_response(event)
        if "Content-Security-Policy" not in answer.headers:  # Chalice's own, about something that is broken
            measure("Failed", reason="Chalice")
            return refuse(None, errors.LatchkeyError(said("Something went wrong on our side.")))
        return answer

    return app
