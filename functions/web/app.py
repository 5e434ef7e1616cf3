"""A Chalice app behind one proxy resource of API Gateway."""

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from chalice.app import Chalice, Response
from chalice.app import Request as ChaliceRequest

from latchkey import errors
from latchkey.shared.model.texts import said
from measure.metrics import measure
from web.answer import refuse
from web.logs import log, speak_for_the_domain
from web.request import NotAllowed, bare
from web.route_group import Kind, RouteGroup, note_page
from web.routes import Routes

_BROKEN: Final = 500
_BUSY: Final = 503
_TABLE: Final = "made_routes"


class App(Chalice):
    """Finds the route of every event before Chalice sees it, and writes one line about the answer: the route, never the path.

    Where the build has left a table of its routes (functions/build/routes.py), a module is loaded when one of its routes is
    first asked for: hardly a container is asked for all. In development every module is loaded at once.
    """

    def __init__(self, name: str, modules: Iterable[str]) -> None:
        super().__init__(name, configure_logs=False)
        self.api.binary_types = ["image/png", "image/webp"]
        self.kinds: dict[tuple[str, str], Kind] = {}
        self.module_of: dict[tuple[str, str], str] = {}
        self._loaded: set[str] = set()
        if Path(str(import_module(name).__file__)).with_name(f"{_TABLE}.py").is_file():
            for module, routes in import_module(f"{name}.{_TABLE}").ROUTES.items():
                self._know(module, {(method, path): Kind(**kind) for method, path, kind in routes})
        else:
            for each in modules:
                self._load(f"{name}.{each}")
        self._paths: dict[str, set[str]] = {}
        for method, path in self.kinds:
            self._paths.setdefault(path, set()).add(method)
        self._routes = Routes(self._paths, {path for (_, path), kind in self.kinds.items() if kind.fragment})

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        """Answer an event of API Gateway (or of chalice.test, which has its path in the context only)."""
        said = event["requestContext"]
        asked = event.get("path") or said["path"]
        found = self._routes.find(asked)
        method = self._method(found.route, said["httpMethod"])
        if (module := self.module_of.get((method, found.route))) is not None:
            self._load(module)
        known = {"resourcePath": found.route, "httpMethod": method, "movedTo": found.moved_to, "asked": asked}
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
        known = self._paths.get(route, set())
        return sorted({*known, "HEAD"} if "GET" in known else known)

    def _method(self, route: str, asked: str) -> str:
        """HEAD is answered like GET; API Gateway sends the headers and the length, and leaves the body out."""
        return "GET" if asked == "HEAD" and "HEAD" in self.methods(route) else asked

    def _load(self, module: str) -> None:
        """Load a module and register its routes, once."""
        if module not in self._loaded:
            self._loaded.add(module)
            group: RouteGroup = import_module(module).routes
            self.register_blueprint(group)
            self._know(module, group.kinds)

    def _know(self, module: str, kinds: dict[tuple[str, str], Kind]) -> None:
        for (method, path), kind in kinds.items():
            self.kinds[method, path], self.module_of[method, path] = kind, module
            note_page(method, path, kind.page)


def new_app(name: str, *modules: str) -> App:
    """An app of the routes of these modules of its package, whose answers to anything else have the same dress."""
    speak_for_the_domain()
    app = App(name, modules)

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
